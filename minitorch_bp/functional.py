"""``torch.functional``: functions that PyTorch writes in Python, under the name of their file there."""

from __future__ import annotations

from typing import Any

from .ops import find

_NAMES = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "istft",
    "lu",
    "meshgrid",
    "norm",
    "pca_lowrank",
    "split",
    "stft",
    "svd_lowrank",
    "tensordot",
    "unique",
    "unique_consecutive",
    "unravel_index",
]


def __getattr__(name: str) -> Any:
    value = find("torch", name) if name in _NAMES else None
    if value is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; the names that are here are in the API reference")
    return value


def __dir__() -> list[str]:
    return _NAMES
