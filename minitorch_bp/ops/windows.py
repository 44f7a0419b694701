"""Sliding windows and what is computed in each: ``unfold`` and ``fold``, average and power pooling, maxima in 1 and 3 dimensions.

One primitive lays the windows out, ``(N, C, *out, *kernel)``; its derivative adds them back. Everything else is a reduction
over the last dimensions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.primitive import primitive
from ..core.tensor import Tensor
from ._shapes import check_tensor, floats_only, takes_out, wrap_dim
from .conv import _windows, as_tuple
from .padding import _pad


@primitive(
    method=False,
    grad_name="UnfoldBackward0",
    input=lambda xp, grad, input_shape, kernel, stride, dilation, sizes: xp._overlay(
        grad, input_shape, kernel, stride, dilation, sizes
    ),
)
def _laid_out_windows(input, kernel, stride, dilation, sizes):
    return _windows(input, kernel, stride, dilation, sizes).copy()


@primitive(
    method=False,
    grad_name="Im2ColBackward0",
    input=lambda xp, grad, kernel, stride, dilation, sizes: xp._laid_out_windows(grad, kernel, stride, dilation, sizes),
)
def _overlay(input, shape, kernel, stride, dilation, sizes):
    """Windows added up where they lie: the adjoint of laying them out."""
    out = np.zeros(shape, input.dtype)
    for place in np.ndindex(*kernel):
        where = tuple(slice(i * d, i * d + s * m, s) for i, d, s, m in zip(place, dilation, stride, sizes, strict=True))
        out[(..., *where)] += input[(..., *place)]
    return out


# ---------------------------------------------------------------------- unfold, fold
def _column_sizes(name: str, shape: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> tuple[int, ...]:
    for what, values in (("kernel_size", kernel), ("stride", stride), ("dilation", dilation)):
        if any(v <= 0 for v in values):
            raise RuntimeError(f"{name}: {what} must be positive, but is {list(values)}")
    sizes = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(shape, kernel, stride, padding, dilation, strict=True)
    )
    if any(m <= 0 for m in sizes):
        raise RuntimeError(f"{name}: the window {list(kernel)} does not fit into the padded shape {list(shape)}")
    return sizes


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Every window of an image as a column: (N, C, H, W) to (N, C kH kW, number of windows).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.unfold(torch.arange(9.0).reshape(1, 1, 3, 3), 2)
    tensor([[[0., 1., 3., 4.],
             [1., 2., 4., 5.],
             [3., 4., 6., 7.],
             [4., 5., 7., 8.]]])
    """
    check_tensor("unfold", input)
    if 0 in input.shape[-3:]:
        raise RuntimeError(f"unfold: only the batch may be empty, but got shape {list(input.shape)}")
    if input.ndim not in (3, 4):
        raise (IndexError if input.ndim < 3 else RuntimeError)(
            f"unfold: expected an image of 3 or 4 dimensions, but got shape {list(input.shape)}"
        )
    if input.ndim == 3:
        return unfold(input.unsqueeze(0), kernel_size, dilation, padding, stride).squeeze(0)
    kernel, stride, padding, dilation = (as_tuple(v, 2) for v in (kernel_size, stride, padding, dilation))
    sizes = _column_sizes("unfold", input.shape[2:], kernel, stride, padding, dilation)
    if input._array.dtype.kind != "b":
        floats_only("unfold", input._array)
    padded = _pad(input, (0, 0, *padding), (0, 0, *padding), 0.0) if any(padding) else input
    windows = _laid_out_windows(padded, kernel, stride, dilation, sizes)
    n, c = input.shape[:2]
    return windows.permute(0, 1, 4, 5, 2, 3).reshape(n, c * math.prod(kernel), math.prod(sizes))


def fold(input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Columns added up to an image: the adjoint of :func:`unfold`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.fold(torch.ones(1, 4, 4), (3, 3), 2)
    tensor([[[[1., 2., 1.],
              [2., 4., 2.],
              [1., 2., 1.]]]])
    """
    check_tensor("fold", input)
    if input.ndim not in (2, 3):
        raise RuntimeError(f"fold: expected columns of 2 or 3 dimensions, but got shape {list(input.shape)}")
    if input.ndim == 2:
        return fold(input.unsqueeze(0), output_size, kernel_size, dilation, padding, stride).squeeze(0)
    shape, kernel, stride, padding, dilation = (as_tuple(v, 2) for v in (output_size, kernel_size, stride, padding, dilation))
    sizes = _column_sizes("fold", shape, kernel, stride, padding, dilation)
    if input.shape[1] % math.prod(kernel) or input.shape[2] != math.prod(sizes):
        raise RuntimeError(
            f"fold: columns of shape {list(input.shape)} do not fit the output {list(shape)} with windows {list(kernel)}: "
            f"expected a multiple of {math.prod(kernel)} rows and {math.prod(sizes)} columns"
        )
    if input._array.dtype.kind != "b":
        floats_only("fold", input._array)
    c = input.shape[1] // math.prod(kernel)
    windows = input.reshape(input.shape[0], c, *kernel, *sizes).permute(0, 1, 4, 5, 2, 3)
    whole = (input.shape[0], c, *(s + 2 * p for s, p in zip(shape, padding, strict=True)))
    image = _overlay(windows, whole, kernel, stride, dilation, sizes)
    return image[:, :, padding[0] : padding[0] + shape[0], padding[1] : padding[1] + shape[1]]


def unfold_dimension(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows of one dimension, as a new last dimension (``Tensor.unfold``).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    dimension = wrap_dim(dimension, input.ndim, "unfold")
    length = input.shape[dimension] if input.ndim else 1
    if not 0 <= size <= length:
        raise RuntimeError(f"unfold: a window of {size} does not fit into a dimension of size {length}")
    if step <= 0:
        raise RuntimeError(f"unfold: the step must be positive, but is {step}")
    if not input.ndim:
        return input.reshape(1)[:size]
    return _strided_windows(input, dimension, size, step)


@primitive(
    view=True,
    method=False,
    grad_name="UnfoldBackward0",
    input=lambda xp, grad, input_shape, dimension, size, step: xp._overlay_dimension(grad, input_shape, dimension, size, step),
)
def _strided_windows(input, dimension, size, step):
    windows = np.lib.stride_tricks.sliding_window_view(input, size, dimension, writeable=input.flags.writeable)
    return windows[(slice(None),) * dimension + (slice(None, None, step),)]


@primitive(method=False, input=lambda xp, grad, dimension, size, step: xp._strided_windows(grad, dimension, size, step))
def _overlay_dimension(input, shape, dimension, size, step):
    out = np.zeros(shape, input.dtype)
    count = input.shape[dimension]
    for k in range(size):
        out[(slice(None),) * dimension + (slice(k, k + count * step, step),)][...] += input[..., k]
    return out


# ---------------------------------------------------------------------- pooling
@primitive(method=False, elementwise=True, grad=lambda xp, g, input: xp._with(g, input), input=lambda xp, g: xp._zeros_of(g))
def _with(grad, input):
    """The gradient as it is. It does not depend on the input, but torch says that it may, and a second backward relies on it."""
    return grad


@primitive(method=False, elementwise=True, grad_name="AvgPool2DBackward0", input=lambda xp, grad, input: xp._with(grad, input))
def _seen(input):
    return input


def _pooled_sizes(name: str, shape: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> tuple[int, ...]:
    if any(d <= 0 for d in dilation):
        raise RuntimeError(f"{name}: the dilation must be positive, but is {list(dilation)}")
    if any(s <= 0 for s in stride):
        raise RuntimeError(f"{name}: the stride must be positive, but is {list(stride)}")
    if any(k <= 0 for k in kernel):
        raise RuntimeError(f"{name}: the window must be positive, but is {list(kernel)}")
    if any(p < 0 or 2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise RuntimeError(f"{name}: the padding {list(padding)} must lie between 0 and half of the window {list(kernel)}")
    found = []
    for n, k, s, p, d in zip(shape, kernel, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        m = (-(-room // s) if ceil_mode else room // s) + 1
        if ceil_mode and (m - 1) * s >= n + p:
            m -= 1  # a window must start inside the input or the left padding
        if m <= 0:
            raise RuntimeError(f"{name}: the window {list(kernel)} does not fit into an input of shape {list(shape)}")
        found.append(m)
    return tuple(found)


def _pool_arguments(
    name: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Any:
    """``(kernel, stride, sizes, before, after)``: the padding that the windows need at both ends."""
    check_tensor(name, input)
    if input.ndim not in (n + 1, n + 2):
        raise RuntimeError(f"{name}: expected an input of {n + 1} or {n + 2} dimensions, but got shape {list(input.shape)}")
    if 0 in input.shape[-n - 1 :]:
        raise RuntimeError(f"{name}: only the batch may be empty, but got shape {list(input.shape)}")
    kernel, padding, dilation = as_tuple(kernel_size, n), as_tuple(padding, n), as_tuple(dilation, n)
    stride = kernel if stride is None or stride == [] or stride == () else as_tuple(stride, n)
    shape = input.shape[-n:]
    sizes = _pooled_sizes(name, shape, kernel, stride, padding, dilation, ceil_mode)
    need = [(m - 1) * s + d * (k - 1) + 1 for m, s, d, k in zip(sizes, stride, dilation, kernel, strict=True)]
    after = tuple(max(w - size - p, 0) for w, size, p in zip(need, shape, padding, strict=True))
    return kernel, stride, padding, dilation, sizes, after


def _avg_pool(
    name: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, include: bool, divisor: Any
) -> Tensor:
    check_tensor(name, input)
    if not input.ndim or (n == 2 and input.ndim < 3):
        raise IndexError(f"{name}: a tensor of {input.ndim} dimensions has no images")
    kernel, stride, padding, ones, sizes, after = _pool_arguments(name, n, input, kernel_size, stride, padding, 1, ceil_mode)
    if divisor == 0:
        raise RuntimeError(f"{name}: divisor_override must not be zero")
    if input.ndim == n + 1:
        return _avg_pool(name, n, input.unsqueeze(0), kernel, stride, padding, ceil_mode, include, divisor).squeeze(0)
    whole = input._array.dtype == np.int64
    if not whole:
        floats_only(name, input._array)
    padded = _pad(_seen(input), (0, 0, *padding), (0, 0, *after), 0)
    total = _laid_out_windows(padded, kernel, stride, ones, sizes).sum(tuple(range(2 + n, 2 + 2 * n)))
    if divisor is not None:
        return total / divisor
    counts = np.ones(1)
    for size, k, s, p, m in zip(input.shape[2:], kernel, stride, padding, sizes, strict=True):
        start = np.arange(m) * s - p
        stop = np.minimum(start + k, size + p)
        inside = stop - start if include else np.minimum(stop, size) - np.maximum(start, 0)
        counts = counts[..., None] * inside
    from .creation import from_numpy

    counts = from_numpy(np.asarray(counts[0])).to(total.dtype)
    return total.div(counts, rounding_mode="trunc") if whole else total / counts


def avg_pool1d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
) -> Tensor:
    """The mean of each window of a row; see :func:`avg_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.avg_pool1d(torch.tensor([[1.0, 3.0, 5.0, 7.0]]), 2)
    tensor([[2., 6.]])
    """
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


@takes_out
def avg_pool2d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: Any = None,
) -> Tensor:  # fmt: skip
    """The mean of each window of an image.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    kernel_size, stride, padding : int or pair
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.
    count_include_pad : bool
        Whether padding counts as elements of the mean.
    divisor_override : int
        Divide by this instead.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.avg_pool2d(torch.arange(16.0).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 2.5000,  4.5000],
              [10.5000, 12.5000]]]])
    """
    return _avg_pool("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@takes_out
def avg_pool3d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: Any = None,
) -> Tensor:  # fmt: skip
    """The mean of each window of a volume; see :func:`avg_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.avg_pool3d(torch.ones(1, 1, 2, 2, 2), 2).shape
    torch.Size([1, 1, 1, 1, 1])
    """
    return _avg_pool("avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def lp_pool(n: int, input: Tensor, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    kernel = as_tuple(kernel_size, n)
    mean = _avg_pool(f"lp_pool{n}d", n, input.pow(norm_type), kernel, stride, 0, ceil_mode, True, None)
    return (mean.sign() * mean.abs().relu() * math.prod(kernel)).pow(1.0 / norm_type)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    r"""The power mean of each window, :math:`(\sum x^p)^{1/p}`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.lp_pool1d(torch.tensor([[3.0, 4.0]]), 2, 2)
    tensor([[5.]])
    """
    return lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The same for images; see :func:`lp_pool1d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.lp_pool2d(torch.ones(1, 1, 2, 2), 2, 2)
    tensor([[[[2.]]]])
    """
    return lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The same for volumes; see :func:`lp_pool1d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.lp_pool3d(torch.ones(1, 1, 2, 2, 1), 2, (2, 2, 1))
    tensor([[[[[2.]]]]])
    """
    return lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


def _max_pool(
    n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, return_indices: bool
) -> Any:
    """The largest of each window: its place is found on the array, and the value gathered."""
    name = f"max_pool{n}d"
    kernel, stride, padding, dilation, sizes, after = _pool_arguments(
        name, n, input, kernel_size, stride, padding, dilation, ceil_mode
    )
    if input.ndim == n + 1:
        found = _max_pool(n, input.unsqueeze(0), kernel, stride, padding, dilation, ceil_mode, return_indices)
        return tuple(t.squeeze(0) for t in found) if return_indices else found.squeeze(0)
    places = _places_of_maxima(input._array, kernel, stride, padding, dilation, sizes, after)
    from .creation import from_numpy

    index = from_numpy(places)
    values = _maxima(input, index)
    return (values, index) if return_indices else values


@primitive(
    method=False, grad_name="MaxPool2DWithIndicesBackward0", input=lambda xp, grad, input, index: xp._unpool(grad, input, index)
)
def _maxima(input, index):
    flat = input.reshape(*input.shape[:2], math.prod(input.shape[2:]))
    return np.take_along_axis(flat, index.reshape(*index.shape[:2], math.prod(index.shape[2:])), -1).reshape(index.shape)


def _places_of_maxima(x: np.ndarray, kernel: Any, stride: Any, padding: Any, dilation: Any, sizes: Any, after: Any) -> np.ndarray:
    n = len(kernel)
    low = -np.inf if x.dtype.kind in "fV" else np.iinfo(x.dtype).min
    widths = ((0, 0), (0, 0), *zip(padding, after, strict=True))
    windows = _windows(np.pad(x, widths, constant_values=low), kernel, stride, dilation, sizes)
    windows = windows.reshape(*x.shape[:2], *sizes, math.prod(kernel))
    number = np.arange(math.prod(x.shape[2:])).reshape(1, 1, *x.shape[2:])
    numbers = _windows(np.pad(number, widths, constant_values=-1), kernel, stride, dilation, sizes)
    numbers = numbers.reshape(1, 1, *sizes, math.prod(kernel))
    # A place of the padding must not win against minus infinity.
    scores = np.where((numbers < 0), np.where(np.isneginf(windows) if x.dtype.kind == "f" else False, -np.inf, windows), windows)
    best = scores.argmax(-1)
    found = np.take_along_axis(np.broadcast_to(numbers, windows.shape), best[..., None], -1)[..., 0]
    if (found < 0).any():
        real = np.broadcast_to(numbers >= 0, windows.shape).argmax(-1)
        first = np.take_along_axis(np.broadcast_to(numbers, windows.shape), real[..., None], -1)[..., 0]
        found = np.where(found < 0, first, found)
    return np.ascontiguousarray(found).reshape(*x.shape[:2], *sizes) if n else found


def max_pool1d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window of a row; see :func:`max_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_pool1d(torch.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
    tensor([[3., 2.]])
    """
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window of a volume; see :func:`max_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_pool3d(torch.arange(8.0).reshape(1, 1, 2, 2, 2), 2)
    tensor([[[[[7.]]]]])
    """
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _max_unpool(n: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> Tensor:
    name = f"max_unpool{n}d"
    check_tensor(name, input)
    if indices._array.dtype != np.int64:
        raise RuntimeError(f"{name}: the indices must be of type torch.int64, but are of type {indices.dtype!r}")
    if indices.shape != input.shape:
        raise RuntimeError(f"{name}: indices of shape {list(indices.shape)} do not fit an input of shape {list(input.shape)}")
    kernel, padding = as_tuple(kernel_size, n), as_tuple(padding, n)
    stride = kernel if stride is None or stride == [] else as_tuple(stride, n)
    if output_size is None:
        shape = tuple((m - 1) * s - 2 * p + k for m, s, p, k in zip(input.shape[-n:], stride, padding, kernel, strict=True))
    else:
        shape = tuple(output_size)[-n:]
    lead = input.shape[:-n]
    if indices.numel() and not 0 <= int(indices._array.min()) <= int(indices._array.max()) < math.prod(shape):
        raise RuntimeError(f"{name}: an index lies outside of the output of shape {list(shape)}")
    from .creation import zeros

    empty = zeros(*lead, math.prod(shape), dtype=input.dtype)
    return empty.scatter(-1, indices.flatten(-n), input.flatten(-n)).reshape(*lead, *shape)


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The values back at the places they were pooled from, zeros elsewhere.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_unpool1d(torch.tensor([[5.0]]), torch.tensor([[1]]), 2)
    tensor([[0., 5.]])
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The same for images; see :func:`max_unpool1d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_unpool2d(torch.tensor([[[5.0]]]), torch.tensor([[[3]]]), 2)
    tensor([[[0., 0.],
             [0., 5.]]])
    """
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The same for volumes; see :func:`max_unpool1d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_unpool3d(torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1, dtype=torch.int64), 2).sum()
    tensor(1.)
    """
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
