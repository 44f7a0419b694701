"""Functions that PyTorch 1.x had and 2.x refuses by name: what they say is where to go."""

from __future__ import annotations

from typing import Any

from .._base import public


def _declare(name: str, instead: str, *namespaces: str) -> None:
    def removed(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"torch.{name} was removed: use {instead}")

    removed.__name__ = removed.__qualname__ = name
    removed.__doc__ = f"""Removed from PyTorch; use {instead}.

    Parameters
    ----------
    *args, **kwargs
        What it used to take.

    Returns
    -------
    Tensor
        Never.

    Raises
    ------
    RuntimeError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> try:
    ...     torch.{name}(torch.eye(2))
    ... except RuntimeError:
    ...     print("removed")
    removed
    """
    public(*namespaces, aliases=False)(removed)


_declare("solve", "linalg.solve(A, B), with the matrix first")
_declare("lstsq", "linalg.lstsq(A, B), with the matrix first")
_declare("eig", "linalg.eig(A), whose results are complex")
_declare("symeig", "linalg.eigh(A, UPLO='U')")
_declare("matrix_rank", "linalg.matrix_rank(A)", "torch")
