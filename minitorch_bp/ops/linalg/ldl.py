"""The LDL decomposition of symmetric and Hermitian matrices, after Bunch and Kaufman: ``ldl_factor`` and ``ldl_solve``.

Definite or not, such a matrix is :math:`P L D L^H P^T` with a unit triangular L and a D of blocks of size 1 and 2; LAPACK
packs both into one matrix ``LD``, and the exchanges of rows into ``pivots``, negative where a block of size 2 begins.

Source: Bunch and Kaufman, "Some stable methods for calculating inertia and solving symmetric linear systems", 1977.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, public, wrap
from .._return_types import return_type
from .._shapes import check_tensor, same_type


def _factored(name: str, A: Tensor, hermitian: bool) -> tuple[Tensor, Tensor, Tensor]:
    from scipy.linalg import get_lapack_funcs

    check_tensor(name, A, "A")
    a = A._array
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise RuntimeError(f"{name}: A must consist of square matrices, but has shape {list(a.shape)}")
    if a.dtype.kind not in "fc" or a.dtype.itemsize < 4:
        raise RuntimeError(f"{name}: expected a float, double or complex matrix, but got one of type {A.dtype!r}")
    factors, n = np.array(a), a.shape[-1]
    pivots, info = np.zeros(a.shape[:-1], np.int32), np.zeros(a.shape[:-2], np.int32)
    (factor,) = get_lapack_funcs(("hetrf" if hermitian and a.dtype.kind == "c" else "sytrf",), (factors,))
    for k in np.ndindex(*a.shape[:-2]) if n else ():
        packed, order, code = factor(a[k], lower=1)
        factors[k], pivots[k], info[k] = np.tril(packed), order, code
    return wrap(factors), wrap(pivots), wrap(info)


@public("linalg", own_out=True)
def ldl_factor(A: Tensor, *, hermitian: bool = False, out: Any = None) -> Any:
    r"""The LDL decomposition of a symmetric or Hermitian matrix, in the packed form that :func:`linalg.ldl_solve` takes.

    Source: Bunch and Kaufman, 1977.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
        Only the lower triangle is read.
    hermitian : bool
        Whether complex matrices are Hermitian, or symmetric.

    Returns
    -------
    (Tensor, IntTensor)
        A named tuple ``(LD, pivots)``.

    Raises
    ------
    RuntimeError
        If a block of D is singular.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.ldl_factor(torch.tensor([[4.0, 2.0], [2.0, 5.0]])).pivots
    tensor([1, 2], dtype=torch.int32)
    """
    LD, pivots, info = _factored("linalg.ldl_factor", A, hermitian)
    if info._array.any():
        raise RuntimeError(f"linalg.ldl_factor: the block of D at {int(info._array.max())} is singular; ldl_factor_ex returns it")
    return return_type("linalg_ldl_factor", "LD", "pivots")(*_written(out, LD, pivots))


@public("linalg", own_out=True)
def ldl_factor_ex(A: Tensor, *, hermitian: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """:func:`linalg.ldl_factor`, which also says where D is singular in place of raising an error.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
        Only the lower triangle is read.
    hermitian : bool
        Whether complex matrices are Hermitian, or symmetric.
    check_errors : bool
        Raise RuntimeError after all.

    Returns
    -------
    (Tensor, IntTensor, IntTensor)
        A named tuple ``(LD, pivots, info)``; info is 0, or the place of a singular block.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.ldl_factor_ex(torch.eye(2)).info
    tensor(0, dtype=torch.int32)
    """
    LD, pivots, info = _factored("linalg.ldl_factor_ex", A, hermitian)
    if check_errors and info._array.any():
        raise RuntimeError(f"linalg.ldl_factor_ex: the block of D at {int(info._array.max())} is singular")
    return return_type("linalg_ldl_factor_ex", "LD", "pivots", "info")(*_written(out, LD, pivots, info))


def _written(out: Any, *results: Tensor) -> tuple[Any, ...]:
    from ...core.out import write_out

    return results if out is None else tuple(write_out("linalg.ldl_factor", r, o) for r, o in zip(results, out, strict=True))


@public("linalg")
def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Any = None) -> Tensor:
    """Solve A X = B by the decomposition of A.

    Parameters
    ----------
    LD : Tensor of shape (..., n, n)
        Of :func:`linalg.ldl_factor`.
    pivots : IntTensor of shape (..., n)
    B : Tensor of shape (..., n, k)
    hermitian : bool
        As it was given to ``ldl_factor``.

    Returns
    -------
    Tensor
        The X, of B's shape.

    Raises
    ------
    RuntimeError
        If shapes or types do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> LD, pivots = torch.linalg.ldl_factor(torch.tensor([[4.0, 0.0], [0.0, 5.0]]))
    >>> torch.linalg.ldl_solve(LD, pivots, torch.tensor([[8.0], [5.0]]))
    tensor([[2.],
            [1.]])
    """
    for name, t in (("LD", LD), ("pivots", pivots), ("B", B)):
        check_tensor("linalg.ldl_solve", t, name)
    ld, b = LD._array, B._array
    if ld.ndim < 2 or ld.shape[-1] != ld.shape[-2]:
        raise RuntimeError(f"linalg.ldl_solve: LD must consist of square matrices, but has shape {list(ld.shape)}")
    if b.ndim < 2 or b.shape[-2] != ld.shape[-1]:
        raise RuntimeError(f"linalg.ldl_solve: a B of shape {list(b.shape)} does not fit an LD of shape {list(ld.shape)}")
    if pivots._array.shape != ld.shape[:-1]:
        raise RuntimeError(f"linalg.ldl_solve: expected pivots of shape {list(ld.shape[:-1])}, but got {list(pivots.shape)}")
    if pivots._array.dtype.kind not in "iu":
        raise RuntimeError(f"linalg.ldl_solve: pivots must be integers, but are of type {pivots.dtype!r}")
    same_type("linalg.ldl_solve", ld, b)
    lead = np.broadcast_shapes(ld.shape[:-2], b.shape[:-2])
    ld, order = np.broadcast_to(ld, lead + ld.shape[-2:]), np.broadcast_to(pivots._array, lead + ld.shape[-1:])
    x = np.array(np.broadcast_to(b, lead + b.shape[-2:]))
    for k in np.ndindex(*lead):
        x[k] = _solved(ld[k], order[k], x[k], hermitian)
    return wrap(x)


def _solved(ld: np.ndarray, pivots: np.ndarray, x: np.ndarray, hermitian: bool) -> np.ndarray:
    """Through the factors one block at a time: forwards with L, by D, and backwards with the transpose of L."""
    n, blocks, k = len(ld), [], 0
    conjugated = np.conj if hermitian else np.asarray
    while k < n:
        size = 1 if pivots[k] > 0 else 2
        blocks.append((k, size))
        k += size
    for k, size in blocks:
        last = k + size - 1  # (a block of two exchanges its second row)
        _exchange(x, last, abs(pivots[k]) - 1)
        below = ld[k + size :, k : k + size]
        x[k + size :] -= below @ x[k : k + size]
        d = ld[k : k + size, k : k + size].copy()
        if size == 2:
            d[0, 1] = conjugated(d[1, 0])
        x[k : k + size] = np.linalg.solve(d, x[k : k + size])
    for k, size in reversed(blocks):
        x[k : k + size] -= conjugated(ld[k + size :, k : k + size]).T @ x[k + size :]
        _exchange(x, k + size - 1, abs(pivots[k]) - 1)
    return x


def _exchange(x: np.ndarray, a: int, b: int) -> None:
    if a != b:
        x[[a, b]] = x[[b, a]]
