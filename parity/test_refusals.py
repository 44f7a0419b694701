"""What is no tensor in the place of one is refused as PyTorch refuses it, and in words of our own."""

import functools

import torch

from parity import refusals
from parity.opdb import entries, out_of_scope


@functools.cache
def _found(part):
    """What was refused in one part of the database: (how many, [(what, fault)])."""
    total, wrong = 0, []
    for info in [e for e in entries(torch) if out_of_scope(e) is None][part::8]:
        for what, raised, refused in refusals.compare(info):
            total += 1
            assert refused is not None
            if fault := refusals.fault(raised, refused):
                wrong.append((what, fault))
    return total, wrong


def test_nearly_all_refusals_are_those_of_pytorch():
    found = [_found(part) for part in range(8)]
    total, wrong = sum(n for n, _ in found), [w for _, ws in found for w in ws]
    assert total >= 5000 and len(wrong) <= LIMIT * total


#: PyTorch refuses what is not used, and numbers and arrays in some places where they do no harm here.
LIMIT = 0.035


def test_hardly_an_error_comes_from_inside():
    """A special method called by hand, and numbers that may also be tensors, are what is left: 18 of 5,021."""
    inside = ("AttributeError", "KeyError", "UFuncTypeError", "the message says")
    found = [(what, fault) for part in range(8) for what, fault in _found(part)[1] if fault.startswith(inside)]
    assert len(found) <= 20, found
