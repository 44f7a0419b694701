"""``torch.cuda.nvtx``: marks for NVIDIA's profiler, which without a CUDA device are refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .._devices import refusing

_WHY = "NVTX marks need a CUDA device, and minitorch_bp computes on the CPU"
_NAMES = "range_push range_pop range_start range_end mark"
_FUNCTIONS = refusing("torch.cuda.nvtx", _NAMES, RuntimeError, _WHY)
globals().update(_FUNCTIONS)


@contextlib.contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:
    """A context whose begin and end are marked: refused when it is entered."""
    _FUNCTIONS["range_push"]()
    yield


__all__ = ["range", *_NAMES.split()]
