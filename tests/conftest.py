"""What a test leaves behind is gone before the next one begins."""

import gc
import sys

import pytest


@pytest.fixture(autouse=True)
def no_subclasses_left():
    """A subclass of Tensor makes every public function ask it, until it is deleted; a class is part of a circle of references."""
    overrides = sys.modules.get("minitorch_bp.overrides")
    before = overrides._watchers[0] if overrides is not None else 0
    yield
    overrides = sys.modules.get("minitorch_bp.overrides")
    if overrides is not None and overrides._watchers[0] > before:
        gc.collect()
        overrides._forget_deleted()
