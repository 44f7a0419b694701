"""The list of PyTorch's names that are not here is what the installed PyTorch says."""

import pathlib
import subprocess
import sys

import pytest

import minitorch_bp as torch
from minitorch_bp._absent import ABSENT
from minitorch_bp._absent_kinds import KINDS, why


def test_the_list_is_current():
    """In a process of its own: what a module offers depends on which of its parts have been imported."""
    make = pathlib.Path(__file__).with_name("make_absent.py")
    done = subprocess.run([sys.executable, "-W", "ignore", str(make), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_reason_is_needed_and_most_names_have_one():
    """A kind without a name is out of date; what has no reason is to be built, and there is little of it."""
    used = [why(space, name)[0] for space, names in ABSENT.items() for name in names]
    assert {kind for kind, _, _ in KINDS} <= set(used) and used.count("open") < 60


def test_an_error_says_why():
    for space, name, word in (
        (torch, "quantized_batch_norm", "quantized"),
        (torch, "quantize_per_tensor", "quantized"),
        (torch, "sparse_coo_tensor", "sparse"),
    ):
        with pytest.raises(AttributeError, match=word):
            getattr(space, name)
