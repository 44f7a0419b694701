"""``torch._C``: the few names that subclasses of Tensor import from there."""

from .core.tensor import disabled_torch_function as _disabled_torch_function_impl
from .overrides import DisableTorchFunction, DisableTorchFunctionSubclass

__all__ = ["DisableTorchFunction", "DisableTorchFunctionSubclass", "_disabled_torch_function_impl"]
