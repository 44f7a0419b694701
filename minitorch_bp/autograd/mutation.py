"""Writing to saved tensors: what a node has saved is copied just before somebody writes to its memory.

Usually such a write makes backward refuse. Inside :class:`allow_mutation_on_saved_tensors` each write is announced
(``mode.before_write``), and those saved tensors that share the memory become copies.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator, MutableMapping
from typing import Any

from ..core.grad_mode import mode
from ..core.tensor import Tensor, version_cell, wrap
from .anomaly_mode import saved_tensors_hooks


class _Handle:
    """What a node keeps in place of a tensor."""

    __slots__ = ("__weakref__",)


class _Saved:
    """The tensors that were saved in the block, as they are (``original``), or copied before a write (``cloned``)."""

    def __init__(self) -> None:
        self.cloned: MutableMapping[_Handle, Tensor] = weakref.WeakKeyDictionary()
        self.original: MutableMapping[_Handle, Tensor] = weakref.WeakKeyDictionary()
        self.tid_to_weakhandle: MutableMapping[Any, _Handle] = weakref.WeakValueDictionary()  # one handle for one tensor
        self.sid_to_tid: dict[Any, set[Any]] = {}  # which tensors share a memory (known by its version cell)
        self._cells: dict[int, Any] = {}  # keeps the cells, so that their ids are not used again
        self._open = True

    def pack(self, t: Tensor) -> _Handle:
        cell = version_cell(t)
        self._cells[id(cell)] = cell
        array = t._array
        tid = (id(cell), cell[0], array.__array_interface__["data"][0], array.shape, array.strides, array.dtype.str)
        self.sid_to_tid.setdefault(id(cell), set()).add(tid)
        handle = self.tid_to_weakhandle.get(tid)
        if handle is None:
            handle = self.tid_to_weakhandle[tid] = _Handle()
            self.original[handle] = t
        return handle

    def unpack(self, handle: _Handle) -> Tensor:
        t = self.cloned.get(handle)
        t = self.original.get(handle) if t is None else t
        if not self._open or t is None:
            raise AssertionError("backward outside of the allow_mutation_on_saved_tensors() block in which the graph was recorded")
        return t

    def before_write(self, t: Tensor) -> None:
        if t._cell is None:
            return
        for tid in self.sid_to_tid.get(id(t._cell), ()):
            handle = self.tid_to_weakhandle.get(tid)
            if handle is not None and handle not in self.cloned:
                self.cloned[handle] = wrap(self.original.pop(handle)._array.copy("K"))

    def clear(self) -> None:
        self._open = False
        for table in (self.cloned, self.original, self.tid_to_weakhandle, self.sid_to_tid, self._cells):
            table.clear()


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_Saved]:
    """In the block, what is written to after it was saved for backward is copied first, instead of backward refusing.

    Backward must run in the block, too.

    Yields
    ------
    object
        Its ``clear()`` drops the copies.

    Raises
    ------
    RuntimeError
        Inside another such block.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.graph.allow_mutation_on_saved_tensors():
    ...     a = torch.ones(2, requires_grad=True)
    ...     b = a.clone()
    ...     out = (b**2).sum()
    ...     b = b.sin_()
    ...     out.backward()
    >>> a.grad
    tensor([2., 2.])
    """
    if mode.before_write is not None:
        raise RuntimeError("allow_mutation_on_saved_tensors() can't stand inside another such block")
    saved = _Saved()
    with saved_tensors_hooks(saved.pack, saved.unpack):
        mode.before_write = saved.before_write
        try:
            yield saved
        finally:
            mode.before_write = None
            saved.clear()
