"""The order of a result's elements in memory, where an operand was expanded.

A result keeps the memory order of its operands: the transpose of a matrix gives a result whose columns are contiguous. NumPy does
the same, but along an expanded dimension (stride 0) nothing says what comes first, and the two libraries choose differently. It
shows in ``stride()``, and in random numbers, which are drawn in memory order.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def memory_axes(*operands: np.ndarray) -> list[int]:
    """The dimensions of arrays of one shape, the densest in memory first.

    An insertion sort, because the order is not total: the first operand that has strides in both dimensions decides, and where none
    has, the later dimension stays denser.
    """
    shape = operands[0].shape

    def comes_after(a: int, b: int) -> int:
        for x in operands:
            first, second = abs(x.strides[a]), abs(x.strides[b])
            if not first or not second:
                continue
            if first != second:
                return 1 if first > second else -1
            if shape[a] > shape[b]:
                return 1
        return 0

    axes = list(range(len(shape)))[::-1]
    for i in range(1, len(axes)):
        place = i
        for j in range(i - 1, -1, -1):
            order = comes_after(axes[j], axes[place])
            if order > 0:
                axes[j], axes[place] = axes[place], axes[j]
                place = j
            elif order < 0:
                break
    return axes


def empty_in_order(dtype: np.dtype, *operands: np.ndarray) -> np.ndarray:
    """Memory for a result of these operands, which have one shape."""
    if all(0 not in x.strides for x in operands):
        return np.empty_like(operands[0], dtype)
    axes = memory_axes(*operands)[::-1]
    shape = operands[0].shape
    return np.empty([shape[a] for a in axes], dtype).transpose(np.argsort(axes))


def in_memory_order(out: np.ndarray, *operands: np.ndarray) -> np.ndarray:
    """``out``, laid out as a result of operands of its shape."""
    copy = empty_in_order(out.dtype, *operands)
    if copy.strides == out.strides:
        return out
    copy[...] = out
    return copy


def memory_order(array: np.ndarray) -> np.ndarray:
    """A view whose last dimension is densest in memory: torch fills strided targets in this order."""
    return array.transpose(memory_axes(array)[::-1])


def laid_out(values: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Values drawn in memory order, as an array of the shape and layout of ``like``."""
    if like.flags.c_contiguous:
        return values.reshape(like.shape)
    out = empty_in_order(values.dtype, like)
    dense = memory_order(out)
    dense[...] = values.reshape(dense.shape)
    return out


#: Whether deterministic algorithms are asked for, and whether memory that nobody has written to is filled then.
UNINITIALIZED = {"deterministic": False, "fill": True}


def uninitialized(array: np.ndarray) -> np.ndarray:
    """New memory, which is filled with what shows a mistake (NaN, or the largest integer) if deterministic algorithms are asked for."""
    if UNINITIALIZED["deterministic"] and UNINITIALIZED["fill"]:
        array.fill(np.iinfo(array.dtype).max if array.dtype.kind in "iu" else True if array.dtype.kind == "b" else np.nan)
    return array


# ---------------------------------------------------------------------- memory formats
class memory_format:
    """An order of dimensions in memory, by name: ``torch.channels_last`` and its kin.

    Parameters
    ----------
    name : str
        Not to be called: the formats are ``torch.channels_last`` and its kin.
    order : tuple of ints
        The dimensions, from the outermost in memory to the innermost.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.zeros(1, 3, 2, 2).contiguous(memory_format=torch.channels_last)
    >>> x.stride()
    (12, 1, 6, 3)
    """

    __slots__ = ("name", "order")

    def __init__(self, name: str, order: tuple[int, ...] = ()):
        self.name, self.order = name, order  # the dimensions, from the outermost in memory to the innermost; () for any number

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


memory_format.__module__ = __package__.rpartition(".")[0]
contiguous_format, preserve_format = memory_format("contiguous_format"), memory_format("preserve_format")
channels_last = memory_format("channels_last", (0, 2, 3, 1))
channels_last_3d = memory_format("channels_last_3d", (0, 2, 3, 4, 1))


def check_format(name: str, form: Any, ndim: int | None = None, preserve: bool = True) -> Any:
    """The format, or None for the one that keeps what is there; TypeError for anything else, RuntimeError where it does not fit."""
    if form is None:
        return None
    if not isinstance(form, memory_format):
        raise TypeError(f"{name}(): memory_format must be torch.channels_last or another memory format, but got {form!r}")
    if form is preserve_format:
        if not preserve:
            raise RuntimeError(f"{name}: torch.preserve_format says nothing here; give torch.contiguous_format or leave it out")
        return None
    if ndim is not None and form.order and ndim != len(form.order):
        raise RuntimeError(f"{name}: {form!r} is an order of {len(form.order)} dimensions, but the tensor has {ndim}")
    return form


def empty_in_format(shape: Any, dtype: np.dtype, form: memory_format) -> np.ndarray:
    """Memory for a tensor in a format."""
    if not form.order:
        return np.empty(shape, dtype)
    return np.empty([shape[d] for d in form.order], dtype).transpose(np.argsort(form.order))


def is_in_format(array: np.ndarray, form: memory_format) -> bool:
    """Whether the elements lie in memory in that order, without gaps."""
    if not form.order:
        return array.flags.c_contiguous
    return array.ndim == len(form.order) and array.transpose(form.order).flags.c_contiguous


def in_format(array: np.ndarray, form: memory_format) -> np.ndarray:
    """A copy in a format."""
    out = empty_in_format(array.shape, array.dtype, form)
    out[...] = array
    return out


def suggested_format(array: np.ndarray) -> memory_format | None:
    """The format with channels last whose order an image or volume has in memory, gaps or not; None for any other array."""
    form = {4: channels_last, 5: channels_last_3d}.get(array.ndim)
    if form is None or not array.size or not array.strides[1]:
        return None
    least, strides = 0, array.strides
    for d in reversed(form.order):  # from the innermost dimension outwards
        if strides[d] < least or (d == 0 and least == strides[1]):  # (a single pixel of a single sample has both orders)
            return None
        least = strides[d] * array.shape[d]
    return form


def like_image(results: Any, *inputs: Any) -> Any:
    """What an image operation made, one tensor or several and new: with channels last if one of the inputs has them there."""
    for x in inputs:
        array = x._array
        if array.flags.c_contiguous and array.shape[-1] != 1:  # (a kernel of one place is contiguous in either order)
            continue
        if (form := suggested_format(array)) is not None:
            for t in results if isinstance(results, tuple) else (results,):
                ones = t._array.shape[2:] == (1,) * (array.ndim - 2)  # is in either format, but has the strides of this one
                if t._array.ndim == array.ndim and (ones or not is_in_format(t._array, form)):
                    t._array = in_format(t._array, form)
            break
    return results
