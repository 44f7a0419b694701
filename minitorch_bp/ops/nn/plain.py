"""What ``nn.functional`` wraps, as ``torch`` has it: all arguments in their places, and numbers where the wrappers take names.

Old code and exported programs call these; new code calls the functions of ``nn.functional``.
"""

from __future__ import annotations

from typing import Any

from .._base import MaybeTensor, Tensor, public
from . import batch_norm as _batch_norm
from . import dropout as _dropout
from . import embedding as _embedding
from . import grid_sample as _grid_sample
from . import loss as _loss
from .conv import conv1d, conv2d, conv3d
from .conv_transpose import conv_transpose1d, conv_transpose2d, conv_transpose3d
from .padding import pad

_REDUCTIONS = ("none", "mean", "sum")


def _reduction(name: str, number: int) -> str:
    if number not in (0, 1, 2):
        raise ValueError(f"{name}: the reduction must be 0 (none), 1 (mean) or 2 (sum), but is {number!r}")
    return _REDUCTIONS[number]


@public("torch")
def constant_pad_nd(input: Tensor, pad: Any, value: Any = 0) -> Tensor:
    """Add elements of one value at both ends of the last dimensions; :func:`nn.functional.pad` has other modes, too.

    Parameters
    ----------
    input : Tensor
    pad : tuple of ints
        (before, after) of the last dimension, then of the one before it, and so on.
    value : number
        The value of the new elements.

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.constant_pad_nd(torch.ones(2), (1, 0))
    tensor([0., 1., 1.])
    """
    return _pad(input, pad, value=value)


_pad = pad


@public("torch")
def convolution(
    input: Tensor,
    weight: Tensor,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
) -> Tensor:
    """Convolution in one, two or three dimensions, or its transpose.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    weight : Tensor
        Of as many dimensions.
    bias : Tensor, optional
    stride, padding, dilation : tuple of ints
    transposed : bool
        Whether it is the transpose, as :func:`nn.functional.conv_transpose2d`.
    output_padding : tuple of ints
        For the transpose.
    groups : int

    Returns
    -------
    Tensor
        As the functions of :mod:`nn.functional` have it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.convolution(torch.ones(1, 1, 3), torch.ones(1, 1, 2), None, (1,), (0,), (1,), False, (0,), 1)
    tensor([[[2., 2.]]])
    """
    n = weight.ndim - 2
    if n not in (1, 2, 3):
        raise RuntimeError(f"convolution: expected a weight of 3 to 5 dimensions, but got shape {list(weight.shape)}")
    if transposed:
        function: Any = (conv_transpose1d, conv_transpose2d, conv_transpose3d)[n - 1]
        return function(input, weight, bias, stride, padding, output_padding, groups, dilation)
    return (conv1d, conv2d, conv3d)[n - 1](input, weight, bias, stride, padding, dilation, groups)


@public("torch")
def batch_norm(
    input: Tensor,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """:func:`nn.functional.batch_norm` with all arguments in their places.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    weight, bias : Tensor of shape (C,), or None
    running_mean, running_var : Tensor of shape (C,), or None in training
    training : bool
    momentum, eps : float
    cudnn_enabled : bool
        Without effect.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.batch_norm(torch.tensor([[0.0], [2.0]]), None, None, None, None, True, 0.1, 1e-5, False)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    return _batch_norm.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


@public("torch")
def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Zero whole channels with probability ``p``, and scale the others by 1 / (1 - p).

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    p : float
    train : bool
        Whether anything is dropped.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.feature_dropout(torch.ones(1, 1, 2), 1.0, True)
    tensor([[[0., 0.]]])
    """
    return _dropout._dropped("feature_dropout", input, p, train, False, features=True)


@public("torch")
def feature_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """:func:`feature_dropout` in place.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    p : float
    train : bool
        Whether anything is dropped.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.feature_dropout_(torch.ones(1, 1, 2), 1.0, True)
    tensor([[[0., 0.]]])
    """
    return _dropout._dropped("feature_dropout_", input, p, train, True, features=True)


@public("torch")
def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """The rows of a table that ``indices`` name; the table comes first, unlike in :func:`nn.functional.embedding`.

    Parameters
    ----------
    weight : Tensor of shape (rows, size)
    indices : LongTensor
    padding_idx : int
        A row whose gradient stays 0; none for -1.
    scale_grad_by_freq : bool
        Divide a row's gradient by the number of times it was used.
    sparse : bool
        There are no sparse gradients here.

    Returns
    -------
    Tensor
        Of shape (..., size).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.embedding(torch.tensor([[0.0], [1.0]]), torch.tensor([1]))
    tensor([[1.]])
    """
    padding = None if padding_idx < 0 else padding_idx
    return _embedding.embedding(indices, weight, padding, None, 2.0, scale_grad_by_freq, sparse)


@public("torch")
def embedding_renorm_(weight: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """Scale the rows of a table that ``indices`` name down, in place, to at most a norm.

    Parameters
    ----------
    weight : Tensor of shape (rows, size)
    indices : LongTensor
    max_norm : float
    norm_type : float
        Which norm.

    Returns
    -------
    Tensor
        The same table.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.embedding_renorm_(torch.tensor([[3.0, 4.0]]), torch.tensor([0]), 10.0, 2.0)
    tensor([[3., 4.]])
    """
    _embedding._shorten_rows(indices, weight, max_norm, norm_type)
    return weight


@public("torch", names=["grid_sampler_2d", "grid_sampler_3d"])
def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """:func:`nn.functional.grid_sample` with numbers for the modes.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (N, C, D, H, W)
    grid : Tensor of shape (N, ..., 2 or 3)
    interpolation_mode : 0 (bilinear), 1 (nearest) or 2 (bicubic)
    padding_mode : 0 (zeros), 1 (border) or 2 (reflection)
    align_corners : bool
        Whether -1 and 1 are the centres of the corner elements.

    Returns
    -------
    Tensor
        Of shape (N, C, ...).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.grid_sampler(torch.tensor([[[[0.0, 1.0]]]]), torch.zeros(1, 1, 1, 2), 0, 0, False)
    tensor([[[[0.5000]]]])
    """
    modes, paddings = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")
    return _grid_sample.grid_sample(input, grid, modes[interpolation_mode], paddings[padding_mode], align_corners)


@public("torch")
def affine_grid_generator(theta: Tensor, size: Any, align_corners: bool) -> Tensor:
    """:func:`nn.functional.affine_grid` under its other name.

    Parameters
    ----------
    theta : Tensor of shape (N, 2, 3) or (N, 3, 4)
    size : (N, C, H, W) or (N, C, D, H, W)
    align_corners : bool
        Whether -1 and 1 are the centres of the corner elements.

    Returns
    -------
    Tensor
        Of shape (N, H, W, 2) or (N, D, H, W, 3).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.affine_grid_generator(torch.eye(2, 3).unsqueeze(0), (1, 1, 1, 1), False)
    tensor([[[[0., 0.]]]])
    """
    return _grid_sample.affine_grid(theta, size, align_corners)


@public("torch")
def kl_div(input: Tensor, target: Tensor, reduction: int = 0, *, log_target: bool = False) -> Tensor:
    """:func:`nn.functional.kl_div` with a number for the reduction.

    Parameters
    ----------
    input, target : Tensor
    reduction : 0 (none), 1 (mean) or 2 (sum)
    log_target : bool
        Whether the target holds logarithms, too.

    Returns
    -------
    Tensor
        Of no dimensions, unless the reduction is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.kl_div(torch.zeros(2), torch.ones(2), 2)
    tensor(0.)
    """
    if reduction == 1:  # without the advice of the wrapper to divide by the batch
        return _loss.kl_div(input, target, reduction="none", log_target=log_target).mean()
    return _loss.kl_div(input, target, reduction=_reduction("kl_div", reduction), log_target=log_target)


@public("torch")
def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: MaybeTensor = None, pos_weight: MaybeTensor = None, reduction: int = 0
) -> Tensor:
    """:func:`nn.functional.binary_cross_entropy_with_logits` with a number for the reduction.

    Parameters
    ----------
    input, target : Tensor
    weight, pos_weight : Tensor, optional
    reduction : 0 (none), 1 (mean) or 2 (sum)

    Returns
    -------
    Tensor
        Of no dimensions, unless the reduction is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.binary_cross_entropy_with_logits(torch.zeros(1), torch.ones(1))
    tensor([0.6931])
    """
    how = _reduction("binary_cross_entropy_with_logits", reduction)
    return _loss.binary_cross_entropy_with_logits(input, target, weight=weight, pos_weight=pos_weight, reduction=how)
