"""The Tensor: a NumPy array, and what automatic differentiation must remember about it.

This file holds the data and what can be said of it without computing anything. Everything that computes is a function
of ``minitorch_bp.ops`` (or ``autograd``), and is attached to the class by a table, so that ``x.exp()`` and
``torch.exp(x)`` are the same function object. ``tensor.pyi`` lists the attached methods for editors and type checkers.

A tensor that came out of an operation carries ``_fn``, the graph node that computed it. A *leaf* has none: it was made
by the user. Both may require grad; only a leaf's gradient is kept, in ``.grad``.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from . import dtype as dtypes
from .device import CPU, Size
from .grad_mode import mode
from .storage import byte_offset, is_dense, memory, root

#: ``_requires_grad`` of a view whose base does not require grad *yet*: true enough for the hot path to look closer.
MAYBE = 2


class Extras:
    """What few tensors have: hooks, and the wish to keep an intermediate gradient."""

    __slots__ = ("accumulate_grad", "hooks", "node_hooks", "post_accumulate_hooks", "reshaped", "retains_grad")

    def __init__(self) -> None:
        self.hooks: dict[int, Any] | None = None
        self.post_accumulate_hooks: dict[int, Any] | None = None
        self.retains_grad = False
        self.reshaped = False  # in place, so that the views of it are found by their strides (see view.ways_to)
        self.accumulate_grad: Any = None
        self.node_hooks: Any = None  # a graph.Hooks, of the AccumulateGrad


class TensorBase:
    """What a tensor holds: in the compiled build a struct (``tensor.pxd``), which compiled code reads without asking Python."""

    __slots__ = ("_array", "_cell", "_extras", "_fn", "_grad", "_requires_grad", "_view")

    _array: np.ndarray  # the storage
    _requires_grad: Any  # False, True, or MAYBE
    _grad: Tensor | None
    _fn: Any  # the graph.Node (or graph.Output) that computed it; None for a leaf
    _cell: Any  # [version], shared with every alias; None until someone needs it
    _view: Any  # a view.View when this is a differentiable view of another tensor
    _extras: Extras | None


class Tensor(TensorBase):
    """An n-dimensional array that can remember how it was computed.

    Make one with :func:`minitorch_bp.tensor` and its kin; operations on tensors whose ``requires_grad`` is true are
    recorded, and :meth:`backward` runs the record in reverse to fill the ``.grad`` of the leaves.

    Parameters
    ----------
    *args : ints, or sequence of numbers
        Sizes, for uninitialized memory; or data. Of the default dtype.
    **kwargs : any
        ``device='cpu'``.

    See Also
    --------
    minitorch_bp.tensor : The usual way to make one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__dict__", "__weakref__")

    _shown = "tensor"  # what the text of a tensor begins with

    # NumPy must not take over ``array + tensor``.
    __array_priority__ = 1000

    def __new__(cls, *args: Any, **kwargs: Any) -> Tensor:
        self = _blank(cls)
        if (
            args or kwargs or cls is Tensor
        ):  # sizes or data; here rather than in __init__, so that a subclass may take other arguments in its own
            self._array = constructor[0](*args, **kwargs)
        return self

    __hash__ = object.__hash__

    # ------------------------------------------------------------------ what it is
    @property
    def shape(self) -> Size:
        """The size of each dimension, as a :class:`Size`.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.zeros(2, 3).shape
        torch.Size([2, 3])
        """
        return _new_size(Size, self._array.shape)  # which are ints: no need to check

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.tensor([1, 2]).dtype
        torch.int64
        """
        return dtypes.from_numpy_dtype(self._array.dtype)

    @property
    def ndim(self) -> int:
        """The number of dimensions.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.zeros(2, 3).ndim
        2
        """
        return self._array.ndim

    @property
    def device(self) -> Any:
        """Where the data is: always ``cpu``.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.zeros(1).device
        device(type='cpu')
        """
        return CPU

    @property
    def itemsize(self) -> int:
        """Bytes per element.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.zeros(1, dtype=torch.float64).itemsize
        8
        """
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.zeros(2, 3).nbytes
        24
        """
        return self._array.nbytes

    @property
    def layout(self) -> Any:
        """How the elements are stored: always ``torch.strided``.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.zeros(1).layout
        torch.strided
        """
        return strided

    is_cuda = is_sparse = is_sparse_csr = is_quantized = is_meta = is_mps = is_mkldnn = is_nested = False
    is_xpu = is_ipu = is_xla = is_mtia = is_maia = is_vulkan = volatile = False
    is_cpu = True

    @property
    def _version(self) -> int:
        """How many times the storage was written in place."""
        return 0 if self._cell is None else self._cell[0]

    @property
    def output_nr(self) -> int:
        """Which of its node's outputs this tensor is.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> left, right = torch.ones(4, requires_grad=True).chunk(2)
        >>> left.output_nr, right.output_nr
        (0, 1)
        """
        return getattr(self._fn, "index", 0)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows (see ``explain/notebook``); ``repr`` and ``print`` do not."""
        return importlib.import_module(__package__.rpartition(".")[0] + ".explain.notebook").of_tensor(self)  # type: ignore[no-any-return]

    # ------------------------------------------------------------------ subclasses (see ``overrides``)
    def __init_subclass__(cls, **options: Any) -> None:
        """A class of a user's: public functions ask it from now on, unless it is a Parameter or the like."""
        super().__init_subclass__(**options)
        if getattr(cls.__torch_function__, "__func__", cls.__torch_function__) is not disabled_torch_function:
            cls._shown = cls.__name__
            _overrides().watch(cls)

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Compute a function, and return tensors of this class."""
        return _overrides().default_torch_function(cls, func, types, args, kwargs)

    @staticmethod
    def _make_subclass(cls: Any, data: Tensor, require_grad: bool = False) -> Any:
        """A leaf of a subclass with the memory of a tensor; libraries make their parameters so."""
        t = _blank(cls)
        t._array, t._cell, t._requires_grad = data._array, version_cell(data), bool(require_grad)
        return t

    # ------------------------------------------------------------------ pickling and copying
    def __reduce_ex__(self, protocol: Any) -> Any:
        """The memory that the tensor is a view of, and where in it; without the gradient, and each tensor with memory of its own."""
        state = (bool(self.requires_grad), None, dict(self.__dict__))
        array, owner = self._array, root(self._array)
        if type(owner) is not np.ndarray or not is_dense(owner) or min(array.strides, default=0) < 0:
            return (_rebuild, (type(self), np.array(array), *state))
        if owner is array:
            return (_rebuild, (type(self), array[...], *state))
        return (_rebuild_view, (type(self), owner[...], array.shape, array.strides, byte_offset(array, owner), array.dtype, *state))

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if id(self) not in memo:
            import copy

            if self._fn is not None:
                raise RuntimeError(
                    "only leaf tensors can be copied deeply: this one was computed by a recorded operation. "
                    "Use .detach() first if its history is not needed"
                )
            attributes = copy.deepcopy(self.__dict__, memo)
            memo[id(self)] = _rebuild(
                type(self), self._array_copied(memo), bool(self.requires_grad), copy.deepcopy(self._grad, memo), attributes
            )
        return memo[id(self)]

    def _array_copied(self, memo: dict[int, Any]) -> np.ndarray:
        """The array in a copy of the memory that it is a view of: so the copies of two views of one memory share theirs, too."""
        import copy

        root = array = self._array
        while isinstance(root.base, np.ndarray):
            root = root.base
        memory = copy.deepcopy(root, memo)
        if memory.strides != root.strides or not array.size:
            return np.array(array)
        offset = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        copied = np.ndarray(array.shape, array.dtype, memory.ravel("K"), offset, array.strides)
        copied.flags.writeable = array.flags.writeable
        return copied

    def __copy__(self) -> Tensor:
        copied = _rebuild(type(self), self._array, bool(self.requires_grad), None, dict(self.__dict__))
        copied._cell = version_cell(self)
        return copied


def disabled_torch_function(cls: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """The ``__torch_function__`` of classes that are not asked."""
    return func(*args, **(kwargs or {}))


def _overrides() -> Any:
    return importlib.import_module(__package__.rpartition(".")[0] + ".overrides")  # far above this file, and rarely needed


class layout:
    """The way elements are laid out in memory: ``torch.strided`` for all tensors here.

    Parameters
    ----------
    name : str
        What it is printed as.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2).layout
    torch.strided
    """

    def __init__(self, name: str):
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


strided = layout("strided")
sparse_coo, sparse_csr = layout("sparse_coo"), layout("sparse_csr")  # names only: nothing is stored like that here
_EMPTY = np.empty(0, np.float32)
_new = TensorBase.__new__
_new_size = tuple.__new__


#: What ``Tensor(2, 3)`` and ``Tensor([1, 2])`` hold: a function that makes an array of such arguments.
constructor: list[Any] = []


def _blank(kind: type[Tensor]) -> Tensor:
    t: Tensor = _new(kind)
    t._array = _EMPTY
    t._requires_grad = False
    t._grad = t._fn = t._view = t._extras = None
    t._cell = mode.version_cell
    return t


def wrap(array: np.ndarray) -> Tensor:
    """A new tensor around an array, with no history."""
    t: TensorBase = _new(Tensor)
    t._array = array
    t._requires_grad = False
    t._grad = t._fn = t._view = t._extras = None
    t._cell = mode.version_cell
    return t


def version_cell(t: TensorBase) -> Any:
    """The tensor's ``[version]``, made on first demand: most tensors are never written to nor aliased."""
    if t._cell is None:
        t._cell = [0]
    return t._cell


def extras(t: Tensor) -> Extras:
    """The tensor's :class:`Extras`, made on first demand."""
    if t._extras is None:
        t._extras = Extras()
    return t._extras


def _rebuild(kind: type[Tensor], array: np.ndarray, requires_grad: bool, grad: Any, attributes: dict[str, Any]) -> Tensor:
    t = _blank(kind)
    t._array, t._requires_grad, t._grad = array, requires_grad, grad
    t.__dict__.update(attributes)
    return t


def _rebuild_view(kind: type[Tensor], owner: np.ndarray, shape: Any, strides: Any, offset: int, dtype: Any, *state: Any) -> Tensor:
    return _rebuild(kind, np.ndarray(shape, dtype, memory(owner), offset if owner.size else 0, strides), *state)
