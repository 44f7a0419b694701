"""The forms in which a node keeps what its rules need, besides tensors themselves (the essay in ``graph`` says why)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tensor import Tensor, version_cell, wrap

#: In place of the saved values, once they have been dropped.
RELEASED = ("released",)


class SavedResult:
    """The output of an operation, as its own node keeps it."""

    __slots__ = ("array", "cell", "version")

    def __init__(self, array: np.ndarray, cell: list[int], version: int):
        self.array, self.cell, self.version = array, cell, version


class Watched:
    """A saved value that was made of other tensors: a write to one of them is noticed, too."""

    __slots__ = ("tensors", "value", "versions")

    def __init__(self, value: Any, tensors: list[Tensor]):
        self.value, self.tensors = value, tensors
        self.versions = [version_cell(t)[0] for t in tensors]

    def check(self, stale: Any) -> Any:
        for t, version in zip(self.tensors, self.versions, strict=True):
            if t._cell[0] != version:
                stale(t._array.shape, t._cell[0], version)
        return self.value


class Packed:
    """A saved value that a pair of hooks has exchanged for something else.

    ``kind`` says what it was: 'argument', 'result' or 'hidden'; ``edge`` is where the gradient of an argument goes.
    """

    __slots__ = ("content", "edge", "kind", "unpack")

    def __init__(self, content: Any, unpack: Any, kind: str, edge: Any):
        self.content, self.unpack, self.kind, self.edge = content, unpack, kind, edge


def pack(value: Any, edge: Any, hook: Any, unpack: Any) -> Packed:
    """A saved value after the hook has seen it: as a tensor in the same memory, and with the same history if it was an argument."""
    if isinstance(value, Tensor):
        kind, array, cell = "argument", value._array, version_cell(value)
    elif isinstance(value, SavedResult):
        kind, array, cell = "result", value.array, value.cell
    else:
        kind, array, cell = "hidden", value, [0]
    if isinstance(value, Tensor) and (edge is value or (edge is None and not value._requires_grad)):
        shown = value
    else:
        shown = wrap(array)
        shown._cell = cell
        if kind == "argument" and edge is not None and not isinstance(edge, Tensor):
            shown._requires_grad, shown._fn = True, edge  # (of a result it would be a cycle: the node that keeps it)
    before = shown._version
    content = hook(shown)
    if shown._version != before:
        raise RuntimeError("a pack hook must not modify in place the tensor that it is given")
    return Packed(content, unpack, kind, edge if kind == "argument" else None)


class SavedTensor:
    """One saved value of a node, for :meth:`register_hooks`.

    Parameters
    ----------
    node : Node
        The node that has it; only its ``_raw_saved_*`` attributes make such objects.
    position : int
        Which of its values.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> y = torch.ones(1, requires_grad=True) * 2.0
    >>> type(y.exp().grad_fn._raw_saved_result).__name__
    'SavedTensor'
    """

    __slots__ = ("_node", "_position")

    _node: Any
    _position: int | None

    def __new__(cls, node: Any = None, position: int | None = None) -> SavedTensor:
        if node is None:
            raise RuntimeError("a SavedTensor is made by recording only: ask a node for its _raw_saved_ attributes")
        self = object.__new__(cls)
        self._node, self._position = node, position
        return self

    def register_hooks(self, pack_hook: Any, unpack_hook: Any) -> None:
        """Exchange the saved value for ``pack_hook(value)``, until ``unpack_hook`` is asked for it.

        Parameters
        ----------
        pack_hook : function
            Takes the value, a Tensor, and returns anything.
        unpack_hook : function
            Takes that, and returns a Tensor with the same numbers.
        """
        if not callable(pack_hook) or not callable(unpack_hook):
            raise TypeError("register_hooks takes two functions")
        node = self._node
        node.check_kept()
        value = None if self._position is None else node.saved[self._position]
        if isinstance(value, Packed):
            raise RuntimeError("this saved tensor has hooks already")
        if value is None:
            raise RuntimeError("what was saved here is None, which takes no hooks")
        saved = list(node.saved)
        assert self._position is not None
        saved[self._position] = pack(value, place_of(value), pack_hook, unpack_hook)
        node.saved = tuple(saved)


def place_of(value: Any) -> Any:
    """Where the gradient of a saved tensor goes, None for other values."""
    if isinstance(value, Tensor) and value._requires_grad is True:
        return value if value._fn is None else value._fn
    return None
