"""Einstein summation, as reshapes and one batched matrix product per pair of operands.

Each letter of a pair is one of four: in both and kept (batch), in both and summed (inner), or in one only (rows,
columns). Ordered so, the pair is ``(batch, rows, inner) @ (batch, inner, columns)``.
"""

from __future__ import annotations

import math
from typing import Any

from .._base import Tensor, public
from ..indexing.diagonals import diagonal
from ..shape.view import permute, reshape
from .matmul import bmm


@public("torch")
def einsum(equation: str, *operands: Any) -> Tensor:
    """Sums of products in Einstein's notation: ``einsum('ij,jk->ik', A, B)`` is the matrix product.

    Each operand is brought to the order of all letters, then they are multiplied and summed; pairs of operands that
    share a letter to be summed go through a matrix product.

    Parameters
    ----------
    equation : str
        A letter for each dimension of each operand; ``...`` stands for dimensions that broadcast.
    *operands : Tensor

    Returns
    -------
    Tensor
        With the dimensions after ``->``; by default those letters that occur once, in alphabetical order.

    Raises
    ------
    RuntimeError
        If the equation does not fit the operands.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.einsum("ij,j->i", torch.eye(2), torch.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])

    return contract(equation, operands)


def contract(equation: str, operands: tuple[Any, ...]) -> Tensor:
    """The value of an einsum equation."""
    terms, output = _parse(equation, operands)
    reduced = [_take_diagonals(t, letters) for t, letters in zip(operands, terms, strict=True)]
    tensor, letters = reduced[0]
    tensor, letters = _sum_unused(tensor, letters, output + "".join(le for _, le in reduced[1:]))
    for k in range(1, len(reduced)):
        other, other_letters = reduced[k]
        later = output + "".join(le for _, le in reduced[k + 1 :])
        other, other_letters = _sum_unused(other, other_letters, later + letters)
        tensor, letters = _pair(tensor, letters, other, other_letters, later)
    tensor, letters = _sum_unused(tensor, letters, output)
    return permute(tensor, tuple(letters.index(c) for c in output))


def _parse(equation: str, operands: tuple[Any, ...]) -> tuple[list[str], str]:
    left, arrow, output = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise RuntimeError(f"einsum: the equation {equation!r} names {len(terms)} operands, but {len(operands)} were given")
    used = set(left)
    spare = "".join(c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba" if c not in used)
    widest = ""
    full = []
    for term, t in zip(terms, operands, strict=True):
        ndim = t._array.ndim
        if "..." in term:
            extra = spare[: ndim - (len(term) - 3)][::-1]
            widest = extra if len(extra) > len(widest) else widest
            term = term.replace("...", extra)
        if len(term) != ndim or not (term.isalpha() or not term):
            raise RuntimeError(f"einsum: the term {term!r} of {equation!r} does not fit an operand of {ndim} dimensions")
        full.append(term)
    if arrow:
        output = output.replace("...", widest)
    else:
        everything = "".join(full)
        output = widest + "".join(sorted(c for c in set(everything) - set(widest) if everything.count(c) == 1))
    sizes: dict[str, int] = {}
    for term, t in zip(full, operands, strict=True):
        for c, n in zip(term, t._array.shape, strict=True):
            if sizes.get(c, n) != n and 1 not in (sizes[c], n):
                raise RuntimeError(f"einsum: in {equation!r} the letter {c!r} stands for sizes {sizes[c]} and {n}")
            sizes[c] = max(n, sizes.get(c, 1))
    if any(c not in sizes for c in output) or len(set(output)) != len(output):
        raise RuntimeError(f"einsum: the output {output!r} of {equation!r} must name each of its letters once, from the inputs")
    return full, output


def _take_diagonals(t: Tensor, letters: str) -> tuple[Tensor, str]:
    for c in letters:
        while letters.count(c) > 1:
            first = letters.index(c)
            second = letters.index(c, first + 1)
            t = diagonal(t, 0, first, second)
            letters = letters[:first] + letters[first + 1 : second] + letters[second + 1 :] + c
    return t, letters


def _sum_unused(t: Tensor, letters: str, needed: str) -> tuple[Tensor, str]:
    unused = tuple(k for k, c in enumerate(letters) if c not in needed)
    return (t.sum(unused), "".join(c for c in letters if c in needed)) if unused else (t, letters)


def _pair(a: Tensor, la: str, b: Tensor, lb: str, later: str) -> tuple[Tensor, str]:
    size = {c: n for t, le in ((a, la), (b, lb)) for c, n in zip(le, t._array.shape, strict=True) if n != 1}
    shared = [c for c in la if c in lb]
    batch = [c for c in shared if c in later]
    inner = [c for c in shared if c not in later]
    rows, columns = [c for c in la if c not in lb], [c for c in lb if c not in la]

    def arranged(t: Tensor, letters: str, groups: tuple[list[str], ...]) -> Tensor:
        order = [c for g in groups for c in g]
        t = permute(t, tuple(letters.index(c) for c in order))
        t = t.expand(*(size.get(c, 1) for c in order)) if order else t
        return reshape(t, tuple(math.prod(size.get(c, 1) for c in g) for g in groups))

    product = bmm(arranged(a, la, (batch, rows, inner)), arranged(b, lb, (batch, inner, columns)))
    letters = batch + rows + columns
    return reshape(product, tuple(size.get(c, 1) for c in letters)), "".join(letters)
