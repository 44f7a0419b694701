"""Data parallelism on one computer without accelerators."""

from ..._devices import refusing as _refusing
from .data_parallel import DataParallel
from .distributed import DistributedDataParallel

_WHY = "tensors are spread over accelerators, and there is none: call the module itself"
globals().update(_refusing("torch.nn.parallel", "data_parallel gather parallel_apply replicate scatter", RuntimeError, _WHY))

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel", "gather", "parallel_apply", "replicate", "scatter"]
