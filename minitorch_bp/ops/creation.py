"""Creation operations: tensors from Python data and NumPy arrays, and tensors filled with a value."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..core.device import CPU, check_device
from ..core.grad_mode import mode
from ..core.layout import check_format, empty_in_format, empty_in_order, uninitialized
from ..core.out import check_out, write_out
from ._base import Tensor, dtypes, public, wrap
from ._shapes import as_shape, one_number, several_ints
from .from_data import check_layout, to_array
from .requires_grad import require_grad


@public("torch")
def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """A tensor of no dimensions from a number, of the default dtype unless another is given.

    Parameters
    ----------
    s : number

    Returns
    -------
    Tensor
        Of no dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.scalar_tensor(2)
    tensor(2.)
    """
    no_options(options)
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    t = wrap(dtypes.stored(s.item() if isinstance(s, Tensor) else s, kind, rounds=True))
    require_grad(t, requires_grad)
    return t


def finish(array: np.ndarray, requires_grad: bool = False, device: Any = None) -> Tensor:
    """A new leaf around an array, after the checks that all constructors share."""
    if device is not None or mode.device is not CPU:
        check_device(device if device is not None else mode.device)
    t = wrap(array)
    if requires_grad is not False:
        require_grad(t, requires_grad)
    return t


def _numpy_dtype(dtype: Any) -> np.dtype:
    return (dtypes.get_default_dtype() if dtype is None else dtypes.as_dtype(dtype)).numpy


# ---------------------------------------------------------------------- from data
@public("torch")
def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """A new tensor from a number, nested lists, an array or a tensor; the data is copied.

    Python floats become the default dtype, Python ints int64; arrays keep their dtype.

    Parameters
    ----------
    data : number, nested lists, array or Tensor
    dtype : dtype, optional
        Inferred from the data by default.
    requires_grad : bool
        Whether the new leaf requires a gradient.

    Returns
    -------
    Tensor
        Of the data's shape.

    Raises
    ------
    ValueError
        If the lists are ragged.
    TypeError, RuntimeError
        If there is something else than numbers in them, or a number that the dtype can't hold.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    tensor([[1., 2.],
            [3., 4.]])
    """
    if isinstance(data, Tensor):
        warnings.warn("to copy a tensor, prefer t.detach().clone() to tensor(t)", stacklevel=2)
    if pin_memory:
        no_options({"pin_memory": pin_memory})
    return finish(to_array(data, dtype), requires_grad, device)


@public("torch")
def as_tensor(data: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor of the data that shares memory with an array; a tensor is returned as it is.

    Parameters
    ----------
    data : number, nested lists, array or Tensor
    dtype : dtype, optional
        Another dtype than the data's makes a copy.

    Returns
    -------
    Tensor
        Of the data's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.as_tensor([1, 2])
    tensor([1, 2])
    """
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return finish(to_array(data, dtype, copy=False), False, device)


@public("torch")
def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor that shares the array's memory.

    Parameters
    ----------
    ndarray : numpy.ndarray

    Returns
    -------
    Tensor
        Of the array's shape and dtype.

    Raises
    ------
    TypeError
        For anything but an array of a type that has a dtype here.
    ValueError
        For an array with negative strides.

    Examples
    --------
    >>> import numpy as np
    >>> import minitorch_bp as torch
    >>> a = np.zeros(2)
    >>> t = torch.from_numpy(a)
    >>> a[0] = 1
    >>> t
    tensor([1., 0.], dtype=torch.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy() expects an ndarray, but got {type(ndarray).__name__}")
    check_layout(ndarray)
    if not ndarray.flags.writeable:
        warnings.warn("the array is read-only, and so is the tensor; copy it if you want to write", stacklevel=2)
    return wrap(np.asarray(ndarray))


# ---------------------------------------------------------------------- filled
def type_for(name: str, dtype: Any, out: Any) -> Any:
    """The dtype that is asked for: that of ``out`` if it is given, which ``dtype`` must not contradict."""
    if out is None:
        return dtype
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): the argument 'out' must be a Tensor, but got {type(out).__name__}")
    if dtype is not None and dtypes.as_dtype(dtype) is not out.dtype:
        raise RuntimeError(f"{name}(): out is of type {out.dtype!r}, but dtype={dtype!r} is given, too")
    return out.dtype


def finish_in(name: str, array: np.ndarray, out: Any, requires_grad: bool, device: Any) -> Tensor:
    """:func:`finish`, into ``out`` if it is given: one that has as many elements keeps its shape and its strides."""
    if out is not None and out._array.size == array.size:
        array = array.reshape(out._array.shape)
    result = finish(array, requires_grad, device)
    if out is not None:
        check_out(name, out, ())
    return write_out(name, result, out)


def _fill(value: Any, size: Any, dtype: Any, device: Any, requires_grad: bool, options: dict[str, Any]) -> Tensor:
    out = options.pop("out", None)
    form = options.pop("memory_format", None) if value is None else None
    shape = _size(size, options)
    dtype = type_for("out=", dtype, out)
    possible(shape, _numpy_dtype(dtype))
    if value is None:
        form = check_format("empty", form, len(shape), preserve=False)
        kind = _numpy_dtype(dtype)
        array = uninitialized(np.empty(shape, kind) if form is None else empty_in_format(shape, kind, form))
    else:
        kind = _numpy_dtype(dtype)
        number = value if value in (0, 1) else dtypes.stored(value, dtypes.from_numpy_dtype(kind))
        array = np.full(shape, number, kind) if value else np.zeros(shape, kind)
    return write_out("fill", finish(array, requires_grad, device), out)


def possible(shape: tuple[int, ...], dtype: np.dtype) -> None:
    """RuntimeError for a shape that takes more than a process can address."""
    if shape and math.prod(max(n, 1) for n in shape) * dtype.itemsize >= 2**47:
        raise RuntimeError(f"a tensor of shape {list(shape)} and type torch.{dtype} is larger than any memory")


def _size(size: Any, options: dict[str, Any]) -> tuple[int, ...]:
    """The shape of ``f(2, 3)`` or ``f((2, 3))`` or ``f(size=(2, 3))``."""
    if size and not options:
        for n in size:
            if n.__class__ is not int or n < 0:
                break
        else:  # the usual call: 0.15 us in place of 0.6
            return size  # type: ignore[no-any-return]
    if not size:
        if "size" not in options:
            raise TypeError("the size is missing: f(2, 3), or f(()) for a tensor of no dimensions")
        size = (options.pop("size"),)
        several_ints(size[0])
    no_options(options)
    shape = as_shape(size)
    if shape and min(shape) < 0:
        raise RuntimeError(f"a size can't be negative, but got {list(shape)}")
    return shape


def no_options(options: dict[str, Any]) -> None:
    """What every constructor takes besides: ``layout=torch.strided`` and ``pin_memory=False``. Anything else is refused."""
    for key, value in options.items():
        if key not in ("layout", "pin_memory"):
            raise TypeError(f"unexpected keyword argument {key!r}")
        if key == "pin_memory" and value:
            raise RuntimeError("pin_memory=True pins memory for a GPU, and there is none: leave it out")
        if key == "layout" and value is not None and str(value) != "torch.strided":
            raise NotImplementedError(f"the argument layout={value!r} is not supported: tensors are strided here")


@public("torch")
def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """A tensor of zeros.

    Parameters
    ----------
    *size : ints

    Returns
    -------
    Tensor
        Of shape ``size``, and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2)
    tensor([0., 0.])
    """
    return _fill(0, size, dtype, device, requires_grad, options)


@public("torch")
def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """A tensor of ones.

    Parameters
    ----------
    *size : ints

    Returns
    -------
    Tensor
        Of shape ``size``, and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2)
    tensor([1., 1.])
    """
    return _fill(1, size, dtype, device, requires_grad, options)


@public("torch")
def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """A tensor whose elements are not initialized.

    Parameters
    ----------
    *size : ints

    Returns
    -------
    Tensor
        Of shape ``size``, and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty(2, 3).shape
    torch.Size([2, 3])
    """
    return _fill(None, size, dtype, device, requires_grad, options)


@public("torch")
def full(
    size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """A tensor filled with one value, whose type also decides the dtype unless one is given.

    Parameters
    ----------
    size : tuple of ints
    fill_value : number

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.full((2,), 7)
    tensor([7, 7])
    """
    fill_value = one_number("full", "fill_value", fill_value)
    several_ints(size)
    if options.get("out") is None:
        dtype = dtype or dtypes.scalar_type(fill_value)
    return _fill(fill_value, (size,), dtype, device, requires_grad, options)


def _like(value: Any, input: Tensor, dtype: Any, device: Any, requires_grad: bool, options: dict[str, Any]) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(f"the argument 'input' must be a Tensor, but got {type(input).__name__}")
    form = check_format("like", options.pop("memory_format", None), input.ndim)
    no_options(options)
    wanted = input._array.dtype if dtype is None else _numpy_dtype(dtype)
    array = empty_in_order(wanted, input._array) if form is None else empty_in_format(input._array.shape, wanted, form)
    if value is None:
        uninitialized(array)
    else:
        array.fill(dtypes.stored(value, dtypes.from_numpy_dtype(wanted)))
    return finish(array, requires_grad, device)


@public("torch")
def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """Zeros in the shape and dtype of ``input``.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, and of its dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros_like(torch.tensor([1, 2]))
    tensor([0, 0])
    """
    return _like(0, input, dtype, device, requires_grad, options)


@public("torch")
def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """Ones in the shape and dtype of ``input``.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, and of its dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones_like(torch.tensor([1, 2]))
    tensor([1, 1])
    """
    return _like(1, input, dtype, device, requires_grad, options)


@public("torch")
def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """An uninitialized tensor in the shape and dtype of ``input``.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, and of its dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty_like(torch.tensor([1, 2])).dtype
    torch.int64
    """
    return _like(None, input, dtype, device, requires_grad, options)


@public("torch")
def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """One value in the shape and dtype of ``input``.

    Parameters
    ----------
    input : Tensor
    fill_value : number

    Returns
    -------
    Tensor
        Of ``input``'s shape, and of its dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.full_like(torch.zeros(2), 7)
    tensor([7., 7.])
    """
    fill_value = one_number("full_like", "fill_value", fill_value)
    if not isinstance(fill_value, (int, float, complex)):
        raise TypeError(f"full_like(): fill_value must be a number, but got {type(fill_value).__name__}")
    return _like(fill_value, input, dtype, device, requires_grad, options)


@public("torch", own_out=True)
def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, out: Any = None,
    **options: Any,
) -> Tensor:  # fmt: skip
    """The identity matrix: ones on the diagonal, zeros elsewhere.

    Parameters
    ----------
    n : int
        The number of rows.
    m : int, optional
        The number of columns; ``n`` by default.

    Returns
    -------
    Tensor
        Of shape (n, m), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"eye: sizes can't be negative, but got {n} and {m}")
    no_options(options)
    wanted = _numpy_dtype(type_for("eye", dtype, out))
    possible((n, n if m is None else m), wanted)
    return finish_in("eye", np.eye(n, m, dtype=wanted), out, requires_grad, device)
