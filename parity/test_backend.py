"""Anybody's backend: a mirror with planted differences, a thin one of NumPy, the adapters that come along, and bad names."""

import json
import os
import pathlib
import re
import subprocess
import sys
import types
from typing import Any

import numpy as np
import pytest
import torch

import minitorch_bp
from parity import backend
from parity.catalog import CATALOG
from parity.coverage import program_for

ROOT = pathlib.Path(backend.__file__).parent.parent


def command(*arguments, folder=None):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *([str(folder)] if folder else [])])}
    return subprocess.run([sys.executable, "-m", "parity", *arguments], capture_output=True, text=True, env=environment)


def judged(name, kind, adapter):
    program = program_for(CATALOG[name], kind)
    assert program is not None
    return backend.judged(program, adapter, torch)


def test_a_mirror_of_pytorch_is_compared_as_it_stands():
    ours = backend.load("minitorch_bp")
    assert ours.name == "minitorch_bp" and ours.torch is minitorch_bp
    for name in ("exp", "sum", "mm", "softmax", "div", "max_dim"):
        for kind in ("float64", "float32", "ties", "integers"):
            assert judged(name, kind, ours)[0] in ("ok", "refused"), (name, kind)


def test_what_is_wrong_or_missing_is_told(monkeypatch):
    part: Any = types.ModuleType("part")
    for name in ("from_numpy", "float64", "tanh"):
        setattr(part, name, getattr(minitorch_bp, name))
    part.exp = lambda x: minitorch_bp.exp(x) * 1.001
    monkeypatch.setitem(sys.modules, "part", part)
    adapter = backend.load("part")
    assert judged("tanh", "float64", adapter)[0] == "ok"
    verdict, mismatch = judged("exp", "float64", adapter)
    assert verdict == "differs" and mismatch is not None and mismatch.where == "result"
    assert judged("asin", "float64", adapter)[0] == "missing: asin"


NUMPY = """
import numpy as np

name, version = "tiny", "1"


class torch:
    @staticmethod
    def sin(x):
        return np.sin(x)


def run(function, arrays):
    (result,) = function(arrays)
    return [result], lambda cotangents: [cotangents[0] * np.cos(arrays[0]) SIGN]
"""


@pytest.mark.parametrize("sign, code", [("", 0), ("* -1", 1)])
def test_an_adapter_of_a_page(sign, code, tmp_path):
    (tmp_path / "tiny.py").write_text(NUMPY.replace("SIGN", sign))
    files = ["--json", str(tmp_path / "r.json"), "--html", str(tmp_path / "r.html")]
    done = command("--backend", "tiny", "--ops", "sin,relu", "--cases", "5", "--seed", "5", *files, folder=tmp_path)
    found = json.loads((tmp_path / "r.json").read_text())
    assert "1 of 2 entries of the catalogue are there" in done.stdout and "MISSING: relu" in done.stdout, done.stdout + done.stderr
    assert found["about"]["subject"] == "tiny 1" and found["coverage"]["relu"]["float64"] == "missing"
    assert "tiny 1 and PyTorch" in (tmp_path / "r.html").read_text()
    assert ("gradient 0" in done.stdout) == bool(code)


def test_pytorch_against_its_own_float64():
    alone = backend.load("torch")
    assert alone.alone and judged("exp", "float32", alone)[0] == "ok"
    done = command("--backend", "torch", "--ops", "sum,mean,exp", "--cases", "3")
    assert done.returncode == 0 and "3 of 3 entries" in done.stdout, done.stdout + done.stderr


def test_autograd_through_a_thin_face():
    adapter = backend.load("autograd")
    for name in ("exp", "sin", "mul", "div", "mm", "tanh", "sum"):
        assert judged(name, "float64", adapter)[0] == "ok", name
    verdict, mismatch = judged("clamp_min", "zeros", adapter)  # at the bound PyTorch's gradient is 1, autograd's 0
    assert verdict == "differs" and mismatch is not None and mismatch.where == "gradient 0" and not np.any(mismatch.ours)


FINDINGS = re.findall(r"^## ([^\n]*)\n.*?```python\n(.*?)```", (ROOT / "docs" / "pytorch_findings.md").read_text(), re.M | re.S)


@pytest.mark.parametrize("title, script", FINDINGS, ids=[title[:40] for title, _ in FINDINGS])
def test_what_was_found_about_pytorch_is_still_so(title, script):
    exec(compile(script, title, "exec"), {})


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("", None, "needs a name"), ("no_such_thing", None, "there is no backend 'no_such_thing'"), ("json", None, "neither an adapter"),
        ("nameless", "version = '1'\ntorch = None\ndef run(function, arrays): pass", "has no name"),
    ],
)  # fmt: skip
def test_a_backend_that_is_none_is_one_sentence(name, content, words, tmp_path):
    if content:
        (tmp_path / f"{name}.py").write_text(content)
    done = command("--backend", name, folder=tmp_path)
    said = [line for line in done.stderr.splitlines() if not line.startswith("parity: seed")]
    assert done.returncode == 2 and len(said) == 1 and words in said[0], done.stderr
