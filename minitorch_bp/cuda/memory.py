"""``torch.cuda.memory``: the functions of :mod:`torch.cuda` about the memory of a CUDA device, of which there is none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from . import without_device as _without_device

_NAMES = (
    "caching_allocator_alloc caching_allocator_delete caching_allocator_enable get_per_process_memory_fraction "
    "set_per_process_memory_fraction memory_stats memory_stats_as_nested_dict reset_accumulated_memory_stats reset_peak_memory_stats "
    "reset_max_memory_allocated reset_max_memory_cached host_memory_stats host_memory_stats_as_nested_dict "
    "reset_accumulated_host_memory_stats reset_peak_host_memory_stats memory_allocated max_memory_allocated memory_reserved "
    "max_memory_reserved memory_cached max_memory_cached memory_snapshot memory_summary list_gpu_processes mem_get_info "
    "get_allocator_backend change_current_allocator use_mem_pool CUDAPluggableAllocator MemPool"
)
_ALL = {**_without_device.FUNCTIONS, **_without_device.CLASSES}
globals().update({name: _ALL[name] for name in _NAMES.split()})


def empty_cache() -> None:
    """Free cached memory of the CUDA device: there is nothing to free."""


@contextlib.contextmanager
def caching_allocator_disabled() -> Iterator[None]:
    """A context in which the memory of a CUDA device is not cached: it changes nothing.

    Yields
    ------
    None

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.cuda.caching_allocator_disabled():
    ...     pass
    """
    yield


__all__ = ["empty_cache", "caching_allocator_disabled", *_NAMES.split()]
