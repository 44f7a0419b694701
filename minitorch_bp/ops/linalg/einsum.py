"""Einstein summation, as reshapes and one batched matrix product per pair of operands.

Each letter of a pair is one of four: in both and kept (batch), in both and summed (inner), or in one only (rows,
columns). Ordered so, the pair is ``(batch, rows, inner) @ (batch, inner, columns)``.
"""

from __future__ import annotations

import math
import string
from typing import Any

from .._base import Tensor, public
from ..indexing.diagonals import diagonal
from ..shape.view import permute, reshape
from .matmul import bmm

_LETTERS = string.ascii_uppercase + string.ascii_lowercase


@public("torch")
def einsum(equation: Any, *operands: Any) -> Tensor:
    """Sums of products in Einstein's notation: ``einsum('ij,jk->ik', A, B)`` is the matrix product.

    Each operand is brought to the order of all letters, then they are multiplied and summed; pairs of operands that
    share a letter to be summed go through a matrix product.

    Parameters
    ----------
    equation : str
        A letter for each dimension of each operand; ``...`` stands for dimensions that broadcast. Instead of an equation,
        each operand may be followed by a list of numbers below 52 (and ``...``) in place of letters, and the last list by
        one for the output: ``einsum(A, [0, 1], B, [1, 2], [0, 2])``.
    *operands : Tensor

    Returns
    -------
    Tensor
        With the dimensions after ``->``; by default those letters that occur once, in alphabetical order.

    Raises
    ------
    RuntimeError
        If the equation does not fit the operands.
    ValueError
        If there are no operands, or a list has other numbers in it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.einsum("ij,j->i", torch.eye(2), torch.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """
    if isinstance(equation, Tensor):
        equation, operands = _from_lists((equation, *operands))
    elif len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    if not isinstance(equation, str) or not all(isinstance(t, Tensor) for t in operands):
        raise TypeError("einsum() takes an equation and tensors, or tensors each followed by a list of numbers")
    if not operands:
        raise ValueError("einsum() needs at least one operand")
    return contract(equation, operands)


def _from_lists(arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The equation, and the operands, of ``einsum(A, [0, 1], B, [1, 2], [0, 2])``."""
    terms = []
    for numbers in [*arguments[1::2], *(arguments[-1:] if len(arguments) % 2 else [])]:
        if isinstance(numbers, Tensor) or not all(n is Ellipsis or 0 <= n < 52 for n in numbers):
            raise ValueError("einsum: each operand must be followed by a list of numbers from 0 to 51, which may have '...' in it")
        terms.append("".join("..." if n is Ellipsis else _LETTERS[n] for n in numbers))
    count = len(arguments) // 2
    return ",".join(terms[:count]) + "".join("->" + term for term in terms[count:]), arguments[: 2 * count : 2]


def contract(equation: str, operands: tuple[Any, ...]) -> Tensor:
    """The value of an einsum equation."""
    terms, output = _parse(equation, operands)
    reduced = [_take_diagonals(t, letters) for t, letters in zip(operands, terms, strict=True)]
    tensor, letters = reduced[0]
    if len(reduced) == 1:
        return _single(tensor, letters, output)
    for k in range(1, len(reduced)):
        needed = output + "".join(le for _, le in reduced[k + 1 :])
        tensor, letters = _pair(tensor, letters, *reduced[k], needed, output if k == len(reduced) - 1 else None)
    return tensor


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


def _single(t: Tensor, letters: str, output: str) -> Tensor:
    """One operand: its letters in the order of the output, the others summed over."""
    order = output + "".join(c for c in letters if c not in output)
    t = permute(t, tuple(letters.index(c) for c in order))
    return t.sum(tuple(range(len(output), len(order)))) if len(order) > len(output) else t


def _pair(a: Tensor, la: str, b: Tensor, lb: str, needed: str, output: str | None = None) -> tuple[Tensor, str]:
    """Two operands, of which the letters ``needed`` stay; in the order ``output``, if it is given."""
    if all(c in needed for c in la + lb):  # nothing is summed over: a product, elementwise
        letters = la + "".join(c for c in lb if c not in la) if output is None else output
        return _spread(a, la, letters) * _spread(b, lb, letters), letters
    a, la = _sum_unused(a, la, needed + lb)
    b, lb = _sum_unused(b, lb, needed + la)
    size = {c: n for t, le in ((a, la), (b, lb)) for c, n in zip(le, t._array.shape, strict=True) if n != 1}
    shared = [c for c in la if c in lb]
    batch = [c for c in shared if c in needed]
    inner = [c for c in shared if c not in needed]
    rows, columns = [c for c in la if c not in lb], [c for c in lb if c not in la]

    def arranged(t: Tensor, letters: str, groups: tuple[list[str], ...]) -> Tensor:
        order = [c for g in groups for c in g]
        t = permute(t, tuple(letters.index(c) for c in order))
        if any(n != size.get(c, 1) for c, n in zip(order, t._array.shape, strict=True)):
            t = t.expand((*(size.get(c, 1) for c in order),))
        return reshape(t, tuple(math.prod(size.get(c, 1) for c in g) for g in groups))

    product = bmm(arranged(a, la, (batch, rows, inner)), arranged(b, lb, (batch, inner, columns)))
    letters = "".join(batch + rows + columns)
    product = product.view(tuple(size.get(c, 1) for c in letters))
    if output is None or output == letters:
        return product, letters
    product = permute(product, tuple(letters.index(c) for c in output))
    return product.view(product.shape), output


def _spread(t: Tensor, letters: str, wanted: str) -> Tensor:
    """The operand with its dimensions in the order ``wanted``, and dimensions of size 1 for the letters that it does not have."""
    for c in wanted:
        if c not in letters:
            t, letters = t.unsqueeze(-1), letters + c
    return permute(t, tuple(letters.index(c) for c in wanted))
