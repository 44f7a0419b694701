"""Arguments are checked in both frameworks."""

import pytest
import torch

import minitorch_bp


@pytest.fixture(autouse=True)
def checked_arguments():
    """PyTorch's compiler switches PyTorch's checks off when it is imported, as another test may have done."""
    for t in (torch, minitorch_bp):
        t.distributions.Distribution.set_default_validate_args(True)
