"""``torch.cuda.nccl``: sums and copies among several CUDA devices, of which there is none."""

from __future__ import annotations

from typing import Any

from .._devices import refusing

SUM = 0
_NAMES = "all_reduce reduce broadcast all_gather reduce_scatter"
globals().update(refusing("torch.cuda.nccl", _NAMES, RuntimeError, "there are no CUDA devices, minitorch_bp computes on the CPU"))


def is_available(tensors: Any) -> bool:
    """Whether the tensors are on CUDA devices.

    Parameters
    ----------
    tensors : list of Tensor

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.nccl.is_available([torch.ones(1)])
    False
    """
    return False


__all__ = [*_NAMES.split()]
