"""``torch.utils.dlpack``: sharing memory with other libraries."""

from __future__ import annotations

import enum
from typing import Any

from ..core.tensor import Tensor
from ..ops.interop import from_dlpack


class DLDeviceType(enum.IntEnum):
    """Numbers of devices; tensors here are on the first."""

    kDLCPU = 1
    kDLCUDA = 2


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule that another library's ``from_dlpack`` reads.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    capsule
        Of the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> type(torch.utils.dlpack.to_dlpack(torch.ones(2))).__name__
    'PyCapsule'
    """
    return tensor.__dlpack__()


__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]
