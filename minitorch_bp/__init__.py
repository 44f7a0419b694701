"""PyTorch's API on NumPy: ``import minitorch_bp as torch``.

A tensor library with reverse-mode automatic differentiation, written to be read. Names, printed output, numbers under a
seed, and error types are PyTorch's.
"""

import importlib as _importlib
import math as _math
import warnings as _warnings

from .core.device import Size, device
from .core.dtype import *
from .core.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .core.public import EXPORTS as _EXPORTS
from .core.public import shown_in as _shown_in
from .core.layout import contiguous_format as legacy_contiguous_format
from .core.layout import channels_last, channels_last_3d, contiguous_format, memory_format, preserve_format
from .core.random import Generator, default_generator
from .core.repr import set_printoptions
from .core.symbolic import SymBool, SymFloat, SymInt
from .core.tensor import Tensor, layout, sparse_coo, sparse_csr, strided
from .core.memory import keeps_freed_memory as _keeps_freed_memory
from . import ops as _ops

globals().update(_EXPORTS["torch"])

from . import autograd
from .autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from .legacy import *

has_lapack = has_mkl = has_openmp = has_spectral = True  # what this PyTorch can do: solve, multiply, use cores, transform
inf, nan, pi, e = _math.inf, _math.nan, _math.pi, _math.e
newaxis = None

#: Of the PyTorch that is mirrored, since scripts ask for it. This package's own: ``importlib.metadata.version("minitorch_bp")``.
from .torch_version import __version__

_shown_in(__name__, Tensor, Size, device, dtype, Generator, layout, SymBool, SymFloat, SymInt)

# Results such as 1/0 are inf without a warning, as in torch: NumPy's warnings about our own calls are switched off,
# those about the user's arrays stay.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minitorch_bp\.(ops|core|optim|nn|autograd)\.")

_LATER = (
    "_C",
    "__config__",
    "__future__",
    "_dynamo",
    "accelerator",
    "amp",
    "backends",
    "compat",
    "compiler",
    "cpu",
    "cuda",
    "distributed",
    "distributions",
    "explain",
    "fft",
    "func",
    "functional",
    "futures",
    "fx",
    "hub",
    "jit",
    "linalg",
    "masked",
    "mps",
    "mtia",
    "multiprocessing",
    "nn",
    "onnx",
    "optim",
    "overrides",
    "profiler",
    "quasirandom",
    "random",
    "return_types",
    "serialization",
    "signal",
    "special",
    "storage",
    "testing",
    "torch_version",
    "types",
    "utils",
    "version",
    "vision",
    "xpu",
)
#: Names that stand here, too, and where they are found.
_ELSEWHERE = {
    "AcceleratorError": "accelerator.AcceleratorError",
    "DisableTorchFunction": "overrides.DisableTorchFunction",
    "DisableTorchFunctionSubclass": "overrides.DisableTorchFunctionSubclass",
    "Event": "_devices.Event",
    "Future": "futures.Future",
    "GradScaler": "amp.GradScaler",
    "OutOfMemoryError": "accelerator.OutOfMemoryError",
    "Storage": "ops.memory.FloatStorage",
    "StorageBase": "ops.memory.UntypedStorage",
    "Stream": "_devices.Stream",
    "classproperty": "_devices.classproperty",
    "fork": "futures.fork",
    "get_device_module": "_devices.get_device_module",
    "thread_safe_generator": "random.thread_safe_generator",
    "wait": "futures.wait",
    "windows": "signal.windows",
    "JITException": "jit.Error",
    "ScriptFunction": "jit.ScriptFunction",
    "ScriptModule": "jit.ScriptModule",
}

for _file, _names in {
    "type_names": "AnyType BoolType ComplexType DeviceObjType FloatType IntType NoneType NumberType PyObjectType StreamObjType StringType "
    "SymBoolType SymIntType TensorType Type",
    "type_forms": "AwaitType DictType FutureType InferredType ListType OptionalType RRefType TupleType UnionType unify_type_list",
}.items():
    _ELSEWHERE |= {_name: f"{_file}.{_name}" for _name in _names.split()}
#: Old attributes of PyTorch, and the question that is asked now.
_ASKED_NOW = {
    "has_cuda": "backends.cuda.is_built",
    "has_cudnn": "backends.cudnn.is_available",
    "has_mkldnn": "backends.mkldnn.is_available",
    "has_mps": "backends.mps.is_built",
}


def __getattr__(name):
    """Import a submodule, or the file of a function, when it is first named: the import is a quarter faster for it."""
    if name == "torch":  # PyTorch's package has itself as an attribute, and libraries write torch.torch.Tensor
        return _importlib.import_module(__package__)
    if name in _LATER:
        return _importlib.import_module("." + name, __package__)
    if name in _ELSEWHERE:
        module, _, known = _ELSEWHERE[name].rpartition(".")
        globals()[name] = value = getattr(_importlib.import_module("." + module, __package__), known or name)
        return value
    if name in _ASKED_NOW:
        part, _, question = _ASKED_NOW[name].rpartition(".")
        _warnings.warn(f"torch.{name} is deprecated: ask torch.{part}.{question}()", stacklevel=2)
        return getattr(_importlib.import_module("." + part, __package__), question)()
    value = _ops.find("torch", name)
    if value is None:
        if name.endswith("_") and not name.startswith("_") and hasattr(Tensor, name):
            return getattr(Tensor, name)  # torch.relu_(x) is x.relu_()
        raise AttributeError(_ops.unknown(__package__, name, __dir__()))
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_LATER, *_ELSEWHERE, *_ops.INDEX["torch"], *_EXPORTS["torch"]})


# ``import *`` brings functions and classes, no modules (which would hide Python's own ``types`` and ``random``), as in torch.
__all__ = [
    name for name in __dir__() if not (name.startswith("_") or name in _LATER or isinstance(globals().get(name), type(_math)))
]
