"""``torch._C``: the few names of it that other libraries use."""

from .core.tensor import disabled_torch_function as _disabled_torch_function_impl
from .ops.linalg.decompositions import LinAlgError as _LinAlgError
from .overrides import DisableTorchFunction, DisableTorchFunctionSubclass


def _log_api_usage_once(event: str) -> None:
    """Note that a part of a library is used: nothing is noted."""


def _are_functorch_transforms_active() -> bool:
    """Whether a function runs under ``grad`` or ``vmap`` in a way that forbids it to look at its numbers: False, it may here."""
    return False


def _get_tracing_state() -> None:
    """What ``torch.jit.trace`` is recording: nothing, since it runs a function as it is."""


__all__ = ["DisableTorchFunction", "DisableTorchFunctionSubclass", "_LinAlgError", "_disabled_torch_function_impl"]
