"""``torch.cuda.profiler``: NVIDIA's profiler, which needs a CUDA device."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .._devices import refusing

_WHY = "Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU"
_FUNCTIONS = refusing("torch.cuda.profiler", "start stop", AssertionError, _WHY)
globals().update(_FUNCTIONS)


@contextlib.contextmanager
def profile() -> Iterator[None]:
    """A context that is profiled: refused when it is entered."""
    _FUNCTIONS["start"]()
    yield


__all__ = ["profile", *_FUNCTIONS]
