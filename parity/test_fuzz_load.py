"""The fuzzer of the loaders, for a moment, and that it notices what it should."""

import random
import subprocess
import sys

import pytest

import minitorch_bp

from . import fuzz_load


def test_no_findings(tmp_path):
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "parity.fuzz_load",
        "--blind",
        "--minutes",
        "0.05",
        "--findings",
        str(tmp_path),
    ]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0 and " 0 findings" in found.stdout, found.stdout + found.stderr


def test_inputs_are_bent_and_repeatable():
    corpus = list(fuzz_load.seeds(minitorch_bp))
    assert {data[0] for data in corpus} == {0, 1, 2, 3} and len(corpus) > 50
    drawn = [[fuzz_load.bent(random.Random(seed), corpus) for _ in range(5)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2] and not set(drawn[0]) & set(corpus)


def test_a_broken_promise_is_a_finding():
    target = fuzz_load.Target(minitorch_bp)
    target._promised = {EOFError}
    with pytest.raises(fuzz_load.Finding, match="UnpicklingError"):
        target(b"\1\x80\x02cos\nsystem\n.")
