"""``torch.func``: derivatives as functions of functions, and modules as functions of their parameters."""

from ..ops.vmap import vmap
from . import printing as _printing  # noqa: F401  # tensors print by it from now on
from .jacobians import hessian, jacfwd, jacrev
from .modules import functional_call, replace_all_batch_norm_modules_, stack_module_state
from .rearranging import rearrange
from .transforms import debug_unwrap, functionalize, grad, grad_and_value, jvp, linearize, vjp

__all__ = [
    "debug_unwrap",
    "functional_call",
    "functionalize",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "rearrange",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "vjp",
    "vmap",
]
