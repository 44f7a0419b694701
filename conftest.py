"""What a test leaves behind is gone before the next one begins."""

import gc
import importlib
import sys

import pytest

from minitorch_bp.core import compiled

for _name in compiled.modules():  # before doctest comes to their sources, which it would import in their place
    importlib.import_module(f"minitorch_bp.{_name}")


def _watchers():
    overrides = sys.modules.get("minitorch_bp.overrides")
    return overrides._watchers[0] if overrides is not None else 0


@pytest.fixture(autouse=True)
def no_subclasses_left():
    """A subclass of Tensor makes every public function ask it, until it is deleted; a class is part of a circle of references."""
    before = _watchers()
    yield
    if _watchers() > before:
        if sys.modules.pop("minitorch_bp.vision.tv_tensors", None) is not None:  # the one file of such classes
            vars(sys.modules["minitorch_bp.vision"]).pop("tv_tensors", None)
        gc.collect()
        sys.modules["minitorch_bp.overrides"]._forget_deleted()
