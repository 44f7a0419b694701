"""``torch.cuda.green_contexts``: parts of a CUDA device."""

from . import without_device as _without_device

SUPPORTED = False
GreenContext = _without_device.CLASSES["GreenContext"]
__all__ = ["GreenContext"]
