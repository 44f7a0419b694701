"""The random stream without PyTorch at hand: digests that PyTorch 2.13.0 gave (``tests/make_golden_random.py``)."""

import json
import pathlib
import sys

import pytest

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import make_golden_random as golden

EXPECTED = json.loads(golden.PATH.read_text())


@pytest.fixture(scope="module")
def found():
    return golden.digests(mt)


@pytest.mark.parametrize("name", golden.CASES)
def test_digest(name, found):
    assert found[name] == EXPECTED[name]
