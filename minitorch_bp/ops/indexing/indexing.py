"""Indexing: ``x[...]`` to read and to write, and the functions that take index tensors.

Integers, slices, ``None`` and ``...`` make a view; lists and tensors make a copy. The rule of every reading is a writing
into zeros, and the other way round. An element read twice receives both gradients, so the writing *adds*.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from ...core.grad_mode import mode
from ...core.inplace import _copy, refuse_overlap, refuse_shifted
from ...core.record import watch_indices
from ...core.sums import add_rows
from ...core.view import bump_version, check_writable, mark_view, requires_grad
from .._base import Tensor, apply_in_place, attach, dtypes, one_node, primitive, public, wrap
from .._shapes import check_tensor
from ..conversion import fill_
from ._assignment import assign, no_deleting, strip_ones, written_memory
from ._refusal import in_words
from .basic import _getitem, select

_BASIC = (int, slice, type(None), type(Ellipsis), np.integer)
_INDEX_TYPES = "lqiB?"


# ---------------------------------------------------------------------- advanced indexing: copies
@primitive(
    grad_name="IndexBackward0",
    input=lambda xp, grad, input_shape, index: xp._index_add_zeros(grad, input_shape, index),
)
def _index(input, index):
    return input[index]


@primitive(input=lambda xp, grad, index: xp._index(grad, index))
def _index_add_zeros(input, shape, index):
    out = np.zeros(shape, input.dtype)
    if len(index) == 1 and isinstance(index[0], np.ndarray) and index[0].dtype.kind in "iu":
        add_rows(out, index[0], input)
    else:
        np.add.at(out, index, input)
    return out


@primitive(
    grad_name="IndexPutBackward0",
    input=lambda xp, grad, index, accumulate: grad if accumulate else xp._index_put(grad, index, 0, False),
    values=lambda xp, grad, index: xp._index(grad, index),
)
def _index_put(input, index, values, accumulate):
    out = input.copy()
    if accumulate:
        np.add.at(out, index, values)
    else:
        if not out.size:
            out[index]  # an index that names nothing is refused before values that do not fit
        assign(out, index, values)
    return out


def _advanced(entry: Any) -> Any:
    """An index entry that selects by values, as an array."""
    array = entry._array if isinstance(entry, Tensor) else np.asarray(entry)
    if isinstance(entry, Tensor) and array.ndim and array.dtype.char not in _INDEX_TYPES:
        raise IndexError(f"tensors used as indices must be of type int64, int32, uint8 or bool, but got {entry.dtype!r}")
    if array.dtype.kind == "U":
        raise TypeError("a tensor can't be indexed by strings")
    if not isinstance(entry, Tensor) and (array.dtype.kind == "f" or (array.size == 0 and not isinstance(entry, np.ndarray))):
        array = array.astype(np.int64)  # as torch reads lists and arrays: what stands behind the point is dropped
    if array.dtype == np.uint8:
        warnings.warn("indexing by a uint8 mask is deprecated in PyTorch: use a mask of type bool", stacklevel=4)
        array = array.astype(bool)
    if array.dtype.kind not in "iub":
        raise IndexError(f"tensors used as indices must be of integer or boolean type, but got {array.dtype}")
    return array


def _parse(input: Tensor, index: Any) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
    """``(basic, advanced)``: first the view to take, then the arrays to index it with (None if the view is all)."""
    entries = index if isinstance(index, tuple) or (type(index) is list and _stands_for_tuple(index)) else (index,)
    basic: list[Any] = []
    special: dict[int, Any] = {}  # position in ``basic`` -> array
    ended = False
    _check_count(entries, input._array.ndim)
    for entry in entries:
        if type(entry) is bool:
            entry = np.asarray(entry)
        if isinstance(entry, _BASIC):
            if isinstance(entry, slice):
                entry = _check_slice(entry, input, basic)
            elif entry is Ellipsis and Ellipsis in basic:
                ended = True  # the first one stands for all dimensions that are left
                continue
            elif ended and entry is not None:
                raise IndexError("too many indices: an index follows a second ellipsis, for which no dimension is left")
            basic.append(entry)
        elif (
            isinstance(entry, Tensor)
            and not entry._array.ndim
            and entry._array.dtype.kind in "iu"
            and entry._array.dtype != np.uint8
        ):
            basic.append(int(entry._array))
        elif isinstance(entry, (Tensor, np.ndarray, list, tuple, range)):
            special[len(basic)] = _advanced(list(entry) if isinstance(entry, range) else _nested(entry))
            basic.append(slice(None))
        else:
            error = TypeError if isinstance(entry, str) else IndexError
            raise error(
                f"a tensor can be indexed by ints, slices, None, ..., and integer or boolean tensors, but not by "
                f"{type(entry).__name__}"
            )
    if not special:
        return tuple(basic), None
    return _separate(input._array.ndim, basic, special)


def _plain(index: Any) -> tuple[Any, ...] | None:
    """The usual indices, made ready without a question more than they need: ints, slices by ints, 0-d tensors, and tuples of them.

    None for anything else. ``x[i : i + 8]`` with a 0-d tensor i fell from 6.4 to 2.5 us, ``x[3:7]`` from 2.1 to 1.2.
    """
    kind = type(index)
    if kind is int:
        return (index,)
    if kind is slice:
        start, stop, step = index.start, index.stop, index.step
        if step is None and (start is None or start.__class__ is int) and (stop is None or stop.__class__ is int):
            return (index,)
        start, stop = _whole_number(start), _whole_number(stop)
        return None if step is not None or start is Ellipsis or stop is Ellipsis else (slice(start, stop),)
    if kind is tuple:
        for entry in index:
            kind = type(entry)
            if kind is not int and (
                kind is not slice
                or entry.step is not None
                or (entry.start is not None and entry.start.__class__ is not int)
                or (entry.stop is not None and entry.stop.__class__ is not int)
            ):
                return None
        return index  # type: ignore[no-any-return]
    number = _whole_number(index)
    return None if number is None or number is Ellipsis else (number,)


def _whole_number(value: Any) -> Any:
    """A 0-d tensor of an int as that int, an int and None as they are; ``...`` for anything else, which takes the longer way."""
    if value.__class__ is Tensor:
        array = value._array
        return ... if array.ndim or array.dtype.kind != "i" else array.item()
    return value if value is None or value.__class__ is int else ...


def _stands_for_tuple(index: list[Any]) -> bool:
    """Whether a list means one index per dimension, as in old NumPy: a short one with anything but numbers in it."""
    return len(index) < 32 and any(
        entry is None or entry is Ellipsis or isinstance(entry, (Tensor, np.ndarray, list, tuple, range, slice, str))
        for entry in index
    )


def _separate(ndim: int, basic: list[Any], special: dict[int, Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Where each array stands once the basic entries have been applied (ints vanish, None and ... widen)."""
    consumed = 0
    for k, entry in enumerate(basic):
        if entry is not None and entry is not Ellipsis:
            consumed += special[k].ndim if k in special and special[k].dtype == bool else 1
    first: list[Any] = []
    second: list[Any] = []
    for k, entry in enumerate(basic):
        if k in special:
            mask = special[k].dtype == bool
            first += [slice(None)] * (special[k].ndim if mask else 1)
            second.append(special[k])
        elif entry is Ellipsis:
            n = max(ndim - consumed, 0)
            first += [slice(None)] * n
            second += [slice(None)] * n
        else:
            first.append(entry)
            if not isinstance(entry, (int, np.integer)):
                second.append(slice(None))
    return tuple(first), tuple(second)


def _nested(entry: Any) -> Any:
    """A list index as an array; its elements may be tensors."""
    if isinstance(entry, (list, tuple)):
        return [_nested(e) if isinstance(e, (list, tuple)) else e.item() if isinstance(e, Tensor) else e for e in entry]
    return entry


def _check_count(entries: Any, ndim: int) -> None:
    """More indices than dimensions are refused before any of them is looked at."""
    count = 0
    for entry in entries:
        if type(entry) is Tensor and entry._array.dtype.char in "?B":  # a mask stands for as many dimensions as it has
            count += entry._array.ndim
        elif entry is not None and entry is not Ellipsis and type(entry) is not bool:
            count += 1
    if count > ndim:
        raise IndexError(f"too many indices: {count} for a tensor of {ndim} dimensions")


def _check_slice(s: slice, input: Tensor, before: list[Any]) -> slice:
    parts = [operator.index(p) if isinstance(p, Tensor) else p for p in (s.start, s.stop, s.step)]
    if parts[2] is not None and parts[2] <= 0:
        _getitem(input, tuple(before))  # what is out of range further left is refused first
        raise ValueError(f"a slice's step must be positive, but got {parts[2]}: use flip() to reverse")
    return slice(*parts)


def getitem(input: Tensor, index: Any) -> Tensor:
    """``input[index]``: a view for ints, slices, None and ``...``, a copy for lists and tensors.

    Raises
    ------
    IndexError
        If an index is out of range, there are too many, or an index tensor is of floating type.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.arange(6).view(2, 3)
    >>> x[1, ::2], x[:, [0, 0]]
    (tensor([3, 5]), tensor([[0, 0],
            [3, 3]]))
    """
    basic, advanced = _plain(index), None
    if basic is None:
        basic, advanced = _parse(input, index)
    elif type(index) is int and not input._array.ndim:
        raise IndexError("a 0-d tensor cannot be indexed: use .item() for its number")
    try:
        if advanced is None:
            if input._requires_grad is True or (input._requires_grad and requires_grad(input)) or Ellipsis in basic:
                return _getitem(input, basic)
            # What a data set does for each of its elements: nothing is recorded, so nothing is asked.
            part = wrap(input._array[*basic, ...])
            mark_view(part, input, _getitem.op, (basic,))
            return part
        whole = all(type(e) is slice and e == slice(None) for e in basic)
        taken = input if whole else _getitem(input, basic)
        if taken._requires_grad:
            advanced = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in advanced)
            return watch_indices(_index(taken, advanced), index)
        return _index(taken, advanced)
    except IndexError as error:
        raise in_words(input._array.shape, basic, advanced, error) from None


def setitem(input: Tensor, index: Any, value: Any) -> None:
    """``input[index] = value``: written in place, converted to the tensor's dtype.

    Raises
    ------
    RuntimeError
        If the value does not fit; or if elements picked by index tensors are to get those of a tensor of another type (as
        in torch, which converts for slices, and a single element for a mask).
    """
    if not isinstance(value, (Tensor, float, int, complex, np.integer)):
        raise TypeError(
            f"only a number or a tensor can be assigned to elements of a tensor, not a {type(value).__name__}: "
            "make a tensor of it with torch.tensor()"
        )
    basic, advanced = (plain, None) if (plain := _plain(index)) is not None else _parse(input, index)
    if advanced is not None and (not isinstance(value, Tensor) or value._array.size == 1):
        for entry in index if isinstance(index, (tuple, list)) else (index,):
            if isinstance(entry, Tensor) and entry._array.dtype == np.uint8 and entry._array.ndim:
                raise RuntimeError("one value is written by a mask of type bool, but the mask is of type uint8: use mask.bool()")
    try:
        _write(input, basic, advanced, value, index)
    except IndexError as error:
        raise in_words(input._array.shape, basic, advanced, error) from None


def _write(input: Tensor, basic: tuple[Any, ...], advanced: tuple[Any, ...] | None, value: Any, index: Any) -> None:
    if not isinstance(value, Tensor):
        if not input._requires_grad or not mode.recording:
            _set_number(input, basic, advanced, value)
            return
        value = wrap(_element(value, input))
    elif advanced is not None and value._array.dtype != input._array.dtype:
        chosen = [a for a in advanced if isinstance(a, np.ndarray)]
        if value._array.size != 1 or len(chosen) != 1 or chosen[0].dtype.kind != "b":
            raise RuntimeError(
                f"elements picked by index tensors of a tensor of type {input.dtype!r} can't be set to a tensor of type "
                f"{value.dtype!r}: convert it with .to({input.dtype!r})"
            )
    if input._requires_grad or value._requires_grad:
        if mode.recording:
            _set_recorded(input, basic, advanced, value, index)
            return
    check_writable(input, recorded=False)
    memory = written_memory(input, basic)
    source = strip_ones(value._array, memory.ndim)
    if advanced is None and source.shape == memory.shape:
        refuse_shifted("__setitem__", memory, value)
    if memory.dtype.kind != "c" and source.dtype.kind == "c":
        warnings.warn("a complex value is written into a real tensor: its imaginary part is dropped", stacklevel=3)
        source = source.real
    try:
        assign(memory, ... if advanced is None else advanced, source)
    except ValueError:
        if not memory.size and advanced is not None:
            memory[advanced]  # an index that names nothing is refused before values that do not fit
        elements = memory if advanced is None else memory[advanced]
        raise RuntimeError(
            f"a value of shape {list(value._array.shape)} can't be assigned to elements of shape {list(elements.shape)}"
        ) from None
    bump_version(input)


def _element(value: Any, input: Tensor) -> np.ndarray:
    """A number as an element of the tensor; to the types of 16 bits it is rounded."""
    try:
        return dtypes.stored(value, input.dtype, rounds=True)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def _set_number(input: Tensor, basic: tuple[Any, ...], advanced: Any, value: Any) -> None:
    """``input[index] = number``; RuntimeError for one that is out of the range of the tensor's dtype."""
    check_writable(input, recorded=False)
    memory = written_memory(input, basic)
    where = ... if advanced is None else advanced
    try:
        # Beyond the range of the smallest floating type, or a fraction into a type that may not hold it: to be checked.
        if not -60000 < value < 60000 or (type(value) is not int and memory.dtype.kind != "f"):
            value = _element(value, input)
        memory[where] = value
    except (OverflowError, ValueError, TypeError):
        memory[where] = _element(value, input)
    bump_version(input)


def _takes_all(basic: Any, shape: tuple[int, ...]) -> bool:
    """Whether an index is slices from the first to the last place alone: PyTorch then writes to the tensor, and not to a view."""
    given = len(basic) - (Ellipsis in basic)
    dim = 0
    for entry in basic:
        if entry is Ellipsis:
            dim += len(shape) - given
        elif (
            type(entry) is not slice
            or entry.start not in (None, 0)
            or entry.step not in (None, 1)
            or (entry.stop is not None and not entry.stop >= shape[dim])
        ):
            return False
        else:
            dim += 1
    return True


def _set_recorded(input: Tensor, basic: Any, advanced: Any, value: Tensor, index: Any) -> None:
    target = input if _takes_all(basic, input._array.shape) else _getitem(input, basic)
    if advanced is None and not value._array.ndim and target._array.ndim:
        fill_(target, value)
    elif advanced is None:
        while value._array.ndim > target._array.ndim and value._array.shape[0] == 1:
            value = select(value, 0, 0)
        if value._array.shape == target._array.shape:
            refuse_shifted("__setitem__", target._array, value)
        apply_in_place(_copy.op, target, value)
    else:
        advanced = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in advanced)
        value = value if value._array.dtype == target._array.dtype else value.to(target.dtype)
        if value._array.shape[:1] == (1,):  # leading ones say nothing, however many there are
            value = value.view(strip_ones(value._array, 0).shape)
        watch_indices(apply_in_place(_index_put.op, target, advanced, value, False), index)


@public("Tensor")
def index_put_(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """Write (or add) ``values`` at the positions that the index tensors give, in place.

    Parameters
    ----------
    input : Tensor
    indices : tuple of LongTensors or BoolTensors
        One per dimension, as in ``input[indices]``.
    values : Tensor
        Broadcast to the positions' shape.
    accumulate : bool
        Add instead of overwriting; an index that occurs twice counts twice.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(3).index_put_((torch.tensor([0, 0]),), torch.tensor([1.0, 2.0]), accumulate=True)
    tensor([3., 0., 0.])
    """
    check_tensor("index_put_", values, "values")
    if not isinstance(indices, (tuple, list)) or not all(isinstance(i, Tensor) for i in indices):
        raise TypeError("index_put_(): the indices must be a tuple of tensors")
    if values._array.dtype != input._array.dtype:
        raise RuntimeError(f"index_put_: the values must have the tensor's type {input.dtype!r}, but got {values.dtype!r}")
    refuse_overlap("index_put_", input, values, *indices)
    arrays = tuple(_advanced(i).copy() for i in indices)
    if values._array.ndim > 1 and values._array.ndim > (picked := input._array[arrays]).ndim:
        raise RuntimeError(
            f"index_put_: values of shape {list(values.shape)} do not fit the elements, of shape {list(picked.shape)}"
        )
    return watch_indices(apply_in_place(_index_put.op, input, arrays, values, accumulate), indices)


@public()
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with ``values`` written (or added) at the positions that the index tensors give.

    Parameters
    ----------
    input : Tensor
    indices : tuple of LongTensors or BoolTensors
        One per dimension, as in ``input[indices]``.
    values : Tensor
        Broadcast to the positions' shape.
    accumulate : bool
        Add instead of overwriting; an index that occurs twice counts twice.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.index_put(torch.zeros(3), (torch.tensor([0, 2]),), torch.tensor(1.0))
    tensor([1., 0., 1.])
    """
    return one_node("IndexPutBackward0", index_put_(input.clone(), indices, values, accumulate), input, values)


attach("__getitem__", getitem)
attach("__setitem__", setitem)
attach("__delitem__", no_deleting)
