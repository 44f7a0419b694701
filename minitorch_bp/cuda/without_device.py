"""What ``torch.cuda`` answers without a CUDA device: counters are 0, lists are empty, and what needs a device is refused.

A table has the names and the answers; each becomes a function.
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

from .._devices import refusing

NO_CUDA = "Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU"


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError(NO_CUDA)


def _function(name: str, summary: str, answer: Callable[[], Any] | None) -> Any:
    """A function that gives the answer, or refuses if there is none."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return _refuse() if answer is None else answer()

    function.__name__ = function.__qualname__ = name
    function.__module__ = __name__
    shown = repr(answer()) if answer is not None and answer() is not None else ""
    if answer is None:
        example = f"Traceback (most recent call last):\n        ...\n    AssertionError: {NO_CUDA}"
        raises = "\n\n    Raises\n    ------\n    AssertionError\n        Always, as there is no CUDA device."
    else:
        example, raises = shown, ""
    example = f"\n    {example}" if example else ""
    function.__doc__ = f"""{summary}

    Parameters
    ----------
    *args, **kwargs
        As PyTorch takes them; without effect.

    Returns
    -------
    object
        {"Never." if answer is None else f"``{answer()!r}``."}{raises}

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.{name}(){example}
    """
    return function


_ZERO = "memory_allocated max_memory_allocated memory_reserved max_memory_reserved memory_cached max_memory_cached"
_NOTHING = (
    "seed seed_all caching_allocator_enable reset_peak_memory_stats reset_accumulated_memory_stats reset_max_memory_allocated "
    "reset_max_memory_cached reset_peak_host_memory_stats reset_accumulated_host_memory_stats"
)
_REFUSED = (
    "caching_allocator_alloc caching_allocator_delete can_device_access_peer change_current_allocator clock_rate cudart "
    "current_blas_handle current_solver_handle current_stream default_stream device_memory_used get_allocator_backend "
    "get_device_capability get_device_properties get_per_process_memory_fraction get_rng_state get_stream_from_external "
    "get_sync_debug_mode init initial_seed ipc_collect make_graphed_callables "
    "mem_get_info memory_snapshot memory_summary memory_usage power_draw set_per_process_memory_fraction set_rng_state "
    "set_rng_state_all set_stream set_sync_debug_mode temperature use_mem_pool utilization list_gpu_processes"
)
FUNCTIONS: dict[str, Any] = {
    **{n: _function(n, "Bytes of memory of a CUDA device: none.", lambda: 0) for n in _ZERO.split()},
    **{n: _function(n, "Nothing to do, as there is no CUDA device.", lambda: None) for n in _NOTHING.split()},
    **{n: _function(n, "What needs a CUDA device, and is refused without one.", None) for n in _REFUSED.split()},
    **refusing("torch.cuda", "is_current_stream_capturing graph_pool_handle", RuntimeError, NO_CUDA),
    "memory_stats": _function("memory_stats", "Counters of the memory: none.", collections.OrderedDict),
    "host_memory_stats": _function("host_memory_stats", "Counters of the memory: none.", collections.OrderedDict),
    "memory_stats_as_nested_dict": _function("memory_stats_as_nested_dict", "Counters of the memory: none.", dict),
    "host_memory_stats_as_nested_dict": _function("host_memory_stats_as_nested_dict", "Counters of the memory: none.", dict),
    "get_arch_list": _function("get_arch_list", "The architectures that the library was compiled for: none.", list),
    "get_gencode_flags": _function("get_gencode_flags", "The compiler's flags for them: none.", str),
    "get_rng_state_all": _function("get_rng_state_all", "The states of all generators: none.", list),
    "is_bf16_supported": _function("is_bf16_supported", "Whether a device knows bfloat16: there is none.", bool),
    "is_tf32_supported": _function("is_tf32_supported", "Whether a device knows TF32: there is none.", bool),
}  # fmt: skip


class DeferredCudaCallError(Exception):
    """An error in a call that waited for CUDA to be initialized; nothing raises it here."""


class CudaError(RuntimeError):
    """An error that CUDA reports; nothing raises it here."""


class _Unavailable:
    """A class of objects that live on a CUDA device."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"torch.cuda.{cls.__name__} needs a CUDA device, and {NO_CUDA.partition(': ')[2]}")


class device:
    """A context in which a CUDA device is the current one: with a negative number or None it changes nothing.

    Parameters
    ----------
    device : device, int or None
    """

    def __init__(self, device: Any):
        self.idx = getattr(device, "index", device)
        self.idx = -1 if self.idx is None else self.idx

    def __enter__(self) -> None:
        if not isinstance(self.idx, int) or self.idx >= 0:
            _refuse()

    def __exit__(self, *exception: Any) -> None:
        pass


class device_of(device):
    """A context in which the device of a tensor is the current one: it changes nothing for a tensor on the CPU.

    Parameters
    ----------
    obj : Tensor or storage
    """

    def __init__(self, obj: Any):
        super().__init__(-1)


class StreamContext:
    """A context in which a stream is the current one: with None, the only possible one, it changes nothing.

    Parameters
    ----------
    stream : None
    """

    def __init__(self, stream: Any):
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            _refuse()

    def __exit__(self, *exception: Any) -> None:
        pass


def stream(stream: Any) -> StreamContext:
    """The context in which a stream is the current one.

    Parameters
    ----------
    stream : None
        There are no streams.

    Returns
    -------
    StreamContext
        It changes nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.cuda.stream(None):
    ...     torch.ones(1)
    tensor([1.])
    """
    return StreamContext(stream)


def _classes(names: str, error: type[Exception]) -> dict[str, Any]:
    def make(name: str) -> Any:
        def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
            raise error(f"torch.cuda.{name}: {NO_CUDA}")

        return type(
            name, (), {"__new__": __new__, "__module__": __name__, "__doc__": f"On a CUDA device; {error.__name__} without one."}
        )

    return {n: make(n) for n in names.split()}


_KINDS = "BFloat16 Bool Byte Char Double Float Half Int Long Short"
CLASSES: dict[str, Any] = {
    **_classes(" ".join(f"{k}Tensor" for k in _KINDS.split()), TypeError),
    **_classes(" ".join(f"{k}Storage" for k in [*_KINDS.split(), "ComplexFloat", "ComplexDouble"]), AssertionError),
    **{n: type(n, (_Unavailable,), {"__doc__": _Unavailable.__doc__, "__module__": __name__})
       for n in ("Event", "Stream", "ExternalStream", "CUDAGraph", "CUDAPluggableAllocator", "MemPool", "GreenContext", "graph")},
}  # fmt: skip
