"""Without a package that writes event files the import says what to install; with one, tensors reach it as arrays."""

import subprocess
import sys
import types

import numpy as np
import pytest

import minitorch_bp

BLOCKED = "import sys, importlib.util as u; find = u.find_spec\nu.find_spec = lambda n, *a: None if n.startswith('tensorboard') else find(n, *a)\n"


def test_without_a_package():
    code = (
        BLOCKED
        + "import minitorch_bp as t\ntry:\n    t.utils.tensorboard.SummaryWriter\nexcept ImportError as e:\n    assert 'pip install' in str(e)\nelse:\n    raise SystemExit(1)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_with_a_package(monkeypatch, tmp_path):
    calls = []

    class Writer:
        def __init__(self, *args, **kwargs):
            calls.append(("made", args, kwargs))

        def __getattr__(self, name):
            return lambda *args, **kwargs: calls.append((name, args, kwargs))

        def add_graph(self):
            raise AssertionError

    module = types.ModuleType("tensorboardX")
    module.SummaryWriter, module.__spec__ = Writer, types.SimpleNamespace()
    monkeypatch.setitem(sys.modules, "tensorboardX", module)
    monkeypatch.delitem(sys.modules, "minitorch_bp.utils.tensorboard", raising=False)
    monkeypatch.delattr(minitorch_bp.utils, "tensorboard", raising=False)
    with minitorch_bp.utils.tensorboard.SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", minitorch_bp.tensor(2.0, requires_grad=True), 3)
        writer.add_scalars("two", {"a": minitorch_bp.tensor(1.0)}, global_step=1)
    assert writer.get_logdir() == str(tmp_path)
    names = [name for name, _, _ in calls]
    assert names == ["made", "add_scalar", "add_scalars", "close"]
    assert isinstance(calls[1][1][1], np.ndarray) and calls[1][1][1] == 2.0 and isinstance(calls[2][1][1]["a"], np.ndarray)
    with pytest.raises(AttributeError):
        writer.unknown()
    sys.modules.pop("minitorch_bp.utils.tensorboard")
