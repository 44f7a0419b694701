"""Elements into batches: containers part by part, and at the bottom a function for each type.

``default_collate_fn_map`` says what becomes of which type. To teach :func:`default_collate` another one, add it there; to have
other rules for one loader only, call :func:`collate` with a map of your own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any, TypeAlias

import numpy as np

from ....core.dtype import float64
from ....core.tensor import Tensor
from ....ops.creation import as_tensor, tensor
from ....ops.shape.joining import stack

CollateMap: TypeAlias = "dict[type | tuple[type, ...], Callable[..., Any]]"

#: Kinds of NumPy arrays that have no tensor form: bytes, strings, objects.
_NO_NUMBERS = "SUO"


def default_convert(data: Any) -> Any:
    """What becomes of an element when there are no batches: arrays become tensors, also inside of containers.

    Parameters
    ----------
    data : object

    Returns
    -------
    object
        Mappings and sequences keep their type if they can, tuples become lists. What is not NumPy's stays as it is.

    Examples
    --------
    >>> import numpy as np
    >>> import minitorch_bp as torch
    >>> torch.utils.data.default_convert([np.array([1, 2]), "x", 3])
    [tensor([1, 2]), 'x', 3]
    """
    if isinstance(data, (Tensor, str, bytes)):
        return data
    if type(data).__module__ == "numpy":
        return data if isinstance(data, np.ndarray) and data.dtype.kind in _NO_NUMBERS else as_tensor(data)
    if isinstance(data, Mapping):
        return _mapping_like(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, Sequence):
        return _sequence_like(data, [default_convert(d) for d in data])
    return data


def collate(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """A list of elements as one batch, by the functions of a map.

    The type of the first element decides. If the map has it, or a class of which it is a subclass, that function makes the
    batch. Otherwise mappings and sequences are collated part by part, into a container of the same type (tuples into lists).

    Parameters
    ----------
    batch : sequence
    collate_fn_map : dict, optional
        From a type, or a tuple of types, to a function that is called as ``f(batch, collate_fn_map=collate_fn_map)``.

    Returns
    -------
    object
        What the function returns, or a container of what the functions of its parts return.

    Raises
    ------
    TypeError
        If there is no function for the type of an element.
    RuntimeError
        If sequences have different lengths.

    Examples
    --------
    >>> from minitorch_bp.utils.data._utils.collate import collate
    >>> collate([(1, "a"), (2, "b")], collate_fn_map={int: lambda batch, **_: sum(batch), str: lambda batch, **_: "".join(batch)})
    [3, 'ab']
    """
    first = batch[0]
    kind = type(first)
    if collate_fn_map is not None:
        function = collate_fn_map.get(kind)
        if function is None:
            function = next((f for known, f in collate_fn_map.items() if isinstance(first, known)), None)
        if function is not None:
            return function(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        return _mapping_like(first, {key: collate([d[key] for d in batch], collate_fn_map=collate_fn_map) for key in first})
    if not isinstance(first, Sequence):
        raise _no_tensor_form(kind)
    named = isinstance(first, tuple) and hasattr(first, "_fields")
    lengths = set(map(len, batch))
    if len(lengths) > 1 and not named:
        raise RuntimeError(f"the elements of a batch must have one length, but have {sorted(lengths)}")
    parts = [collate(part, collate_fn_map=collate_fn_map) for part in zip(*batch, strict=False)]
    return kind(*parts) if named else _sequence_like(first, parts)


def _mapping_like(mapping: Mapping[Any, Any], content: dict[Any, Any]) -> Any:
    """The content in a mapping of the same type, or in a dictionary where that type cannot be made so."""
    try:
        if isinstance(mapping, MutableMapping):
            made = copy.copy(mapping)  # keeps what else it has, the default of a defaultdict for example
            made.update(content)
            return made
        return type(mapping)(content)  # type: ignore[call-arg]
    except TypeError:
        return content


def _sequence_like(sequence: Sequence[Any], content: list[Any]) -> Any:
    """The content in a sequence of the same type, or in a list where that type cannot be made so; tuples become lists."""
    if isinstance(sequence, tuple):
        return content
    try:
        if isinstance(sequence, MutableSequence):
            made = copy.copy(sequence)
            for i, value in enumerate(content):
                made[i] = value
            return made
        return type(sequence)(content)  # type: ignore[call-arg]
    except TypeError:
        return content


def _no_tensor_form(what: Any) -> TypeError:
    return TypeError(f"a batch can hold tensors, arrays, numbers, strings, dictionaries or sequences of them, but found {what}")


def collate_tensor_fn(batch: Sequence[Tensor], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """Stacked along a new first dimension."""
    return stack(batch, 0)


def collate_numpy_array_fn(batch: Sequence[np.ndarray], *, collate_fn_map: CollateMap | None = None) -> Any:
    """As tensors, stacked; TypeError for arrays of strings or objects."""
    if batch[0].dtype.kind in _NO_NUMBERS:
        raise _no_tensor_form(batch[0].dtype)
    return collate([as_tensor(b) for b in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: Sequence[Any], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """One tensor of the scalars' type."""
    return as_tensor(batch)


def collate_float_fn(batch: Sequence[float], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """One tensor of float64."""
    return tensor(batch, dtype=float64)


def collate_int_fn(batch: Sequence[int], *, collate_fn_map: CollateMap | None = None) -> Tensor:
    """One tensor of int64, or of bool."""
    return tensor(batch)


def collate_str_fn(batch: Iterable[Any], *, collate_fn_map: CollateMap | None = None) -> Any:
    """The batch as it is."""
    return batch


#: What :func:`default_collate` does with which type.
default_collate_fn_map: CollateMap = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def default_collate(batch: Any) -> Any:
    """A list of elements as one batch: tensors stacked, numbers as tensors, containers part by part.

    Parameters
    ----------
    batch : sequence
        Of tensors or arrays (which are stacked along a new first dimension), floats (which become one tensor of float64), ints,
        NumPy scalars, strings and bytes (which stay as they are), or mappings, named tuples, tuples and other sequences of these.

    Returns
    -------
    object
        Mappings, named tuples and sequences keep their type if they can; tuples become lists.

    Raises
    ------
    TypeError
        For elements that have no tensor form.
    RuntimeError
        If tensors have different shapes, or sequences different lengths.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.data.default_collate([(1, 2.0, "a"), (3, 4.0, "b")])
    [tensor([1, 3]), tensor([2., 4.], dtype=torch.float64), ('a', 'b')]
    >>> torch.utils.data.default_collate([{"x": True}, {"x": False}])
    {'x': tensor([ True, False])}
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
