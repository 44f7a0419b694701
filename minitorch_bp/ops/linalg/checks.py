"""The checks of arguments that the functions of ``torch.linalg`` share."""

from __future__ import annotations

import numpy as np

from .._base import Tensor, dtypes, wrap


def _square(name: str, A: Tensor) -> Tensor:
    _matrices(name, A)
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(f"linalg.{name}: expected square matrices, but got shape {list(A.shape)}")
    return A


#: Where integers are refused by the kernel in PyTorch, not before it.
_WITHOUT_INTEGERS = frozenset(("eigh", "eigvalsh", "lu", "lu_factor", "lu_factor_ex", "householder_product", "solve_triangular"))


def _matrices(name: str, A: Tensor) -> Tensor:
    if not isinstance(A, Tensor):
        raise TypeError(f"linalg.{name}: expected a Tensor, but got {type(A).__name__}")
    if A.ndim < 2:
        raise RuntimeError(f"linalg.{name}: expected a matrix or a batch of matrices, but got shape {list(A.shape)}")
    if A.dtype not in (dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128):
        kind = NotImplementedError if name in _WITHOUT_INTEGERS else RuntimeError
        raise kind(f"linalg.{name}: expected a floating-point or complex type, but got {A.dtype!r}")
    return A


def _zeros_info(A: Tensor) -> Tensor:
    return wrap(np.zeros(A.shape[:-2], np.int32))
