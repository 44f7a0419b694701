"""``rearrange``: permute, join and divide dimensions by a text with their names, as ``"b h w -> b (h w)"``.

Each side is a list of names, of groups of names in brackets that are one dimension together, and of ``...`` for all the others. So the
tensor is divided into the named dimensions of the left side, permuted, and joined as the right side says.
"""

from __future__ import annotations

import math
import re
from typing import Any

from ..core.tensor import Tensor
from ..ops.shape.joining import stack


def _groups(side: str, others: list[str]) -> list[list[str]]:
    """The dimensions of one side, each the list of names that it is made of (none, if it has size 1); ``...`` are ``others``."""
    groups: list[list[str]] = []
    inside = False
    for word in re.findall(r"\.\.\.|\w+|\S", side):
        if word in "()":
            if inside == (word == "("):
                raise ValueError(f"rearrange: the brackets in {side!r} are nested, or not closed")
            inside = word == "("
            if inside:
                groups.append([])
            continue
        if word == "...":
            names = others
        elif word == "1":
            names = []
        elif word.isidentifier():
            names = [word]
        else:
            raise ValueError(f"rearrange: {word!r} in {side!r} is neither a name nor 1")
        if inside:
            groups[-1] += names
        else:
            groups += [[name] for name in names] if names or word == "..." else [[]]
    if inside:
        raise ValueError(f"rearrange: a bracket in {side!r} is not closed")
    return groups


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Permute, join and divide the dimensions of a tensor by their names.

    Parameters
    ----------
    tensor : Tensor, or list of Tensors
        A list has its number as the first dimension.
    pattern : str
        The dimensions before and after, such as ``"b c h w -> b (h w) c"``.
    **axes_lengths : int
        The sizes of dimensions that are divided.

    Returns
    -------
    Tensor
        A view, where one is possible.

    Raises
    ------
    ValueError
        If the pattern is none, or does not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.rearrange(torch.arange(6).reshape(1, 2, 3), "b h w -> (h w) b").shape
    torch.Size([6, 1])
    """
    if pattern.count("->") != 1:
        raise ValueError(f"rearrange: expected one '->' in the pattern, but got {pattern!r}")
    before, after = pattern.split("->")
    t = stack(tensor) if isinstance(tensor, (list, tuple)) else tensor
    count = t.ndim - len(_groups(before, []))
    others = [f"...{k}" for k in range(count)] if "..." in before else []
    left, right = _groups(before, others), _groups(after, others)
    order, wanted = ([name for group in side for name in group] for side in (left, right))
    if len(left) != t.ndim:
        raise ValueError(f"rearrange: {before.strip()!r} does not fit a tensor of {t.ndim} dimensions")
    if len(set(order)) < len(order) or sorted(order) != sorted(wanted):
        raise ValueError(f"rearrange: each name must stand once on both sides, but the pattern is {pattern!r}")
    sizes = dict(axes_lengths)
    for group, size in zip(left, t.shape, strict=True):
        unknown = [name for name in group if name not in sizes]
        known = math.prod(sizes[name] for name in group if name in sizes)
        if len(unknown) == 1 and known and size % known == 0:
            sizes[unknown[0]] = size // known
        elif unknown or known != size:
            raise ValueError(f"rearrange: the dimension of size {size} can't be divided into {group} with the sizes {axes_lengths}")
    parts = t.reshape([sizes[name] for name in order]).permute([order.index(name) for name in wanted])
    joined: Tensor = parts.reshape([math.prod(sizes[name] for name in group) for group in right])
    return joined
