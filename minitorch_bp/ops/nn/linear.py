"""Linear layers: :math:`y = x W^T + b` and the bilinear form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.chain import argument, unfold
from ...core.namespaces import tracked
from .._base import MaybeTensor, Tensor, one_node, primitive, public, shown_as
from .._composite import is_half, rounded_once
from .._shapes import same_type
from ..linalg.matmul import addmm, bmm, mm


def _of_vector(node: Any) -> bool:
    """Whether the weight had one dimension: by where the gradients go, which is known after backward, too."""
    arrays = (edge._array if isinstance(edge, Tensor) else edge for edge in node.edges[1:3])
    input, weight = (None if x is None else len(x.shape) for x in arrays)
    return weight == 1 or (weight is None and input is not None and input > len(node.shape))


def _linear_name(node: Any) -> str:
    bias = node.edges[0] is not None
    if _of_vector(node):
        return "AddBackward0" if bias else ("DotBackward0", "MvBackward0", "ViewBackward0")[min(len(node.shape), 2)]
    if len(node.shape) == 2:
        return "AddmmBackward0" if bias else "MmBackward0"
    if len(node.shape) == 1:
        return "ViewBackward0" if bias else "SqueezeBackward4"
    return "ViewBackward0" if bias else "UnsafeViewBackward0"


def _linear_input(xp: Any, grad: Any, weight: Any) -> Any:
    if len(weight.shape) == 1:
        return xp.unsqueeze(grad, -1) * weight
    if len(grad.shape) == 2:
        return xp._mm(grad, weight)
    return xp._unsafe_view(xp._mm(_rows(xp, grad), weight), (*grad.shape[:-1], weight.shape[1]))


def _linear_weight(xp: Any, grad: Any, input: Any) -> Any:
    if len(grad.shape) < len(input.shape):  # a weight of one dimension
        return xp.unsqueeze(grad, -1) * input
    if len(grad.shape) == 2:
        return xp._mm(xp.t(grad), input)
    return xp._mm(xp.t(_rows(xp, grad)), _rows(xp, input))


def _rows(xp: Any, x: Any) -> Any:
    return xp._unsafe_view(x, (-1, x.shape[-1]))


@public("nn.functional")
@primitive(
    grad_name=_linear_name,
    bias=lambda xp, grad: grad,
    input=_linear_input,
    weight=_linear_weight,
)
def linear(input, weight, bias=None):
    r"""The linear layer, :math:`y = x W^T + b`.

    Parameters
    ----------
    input : Tensor of shape (..., in_features)
    weight : Tensor of shape (out_features, in_features) or (in_features,)
    bias : Tensor of shape (out_features,), or any that broadcasts to the result, optional

    Returns
    -------
    Tensor
        Of shape (..., out_features), or (...).

    Raises
    ------
    RuntimeError
        If the last dimension of the input is not in_features, or the dtypes differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> W, b = torch.tensor([[1.0, 2.0]]), torch.tensor([0.5])
    >>> torch.nn.functional.linear(torch.tensor([[3.0, 4.0]]), W, b)
    tensor([[11.5000]])
    """
    if input.ndim == 2 and weight.ndim == 2 and input.dtype is weight.dtype:
        try:
            out = input.dot(weight.T)  # takes half of matmul's time on small matrices
        except ValueError:
            raise _linear_error(input, weight, bias) from None
    elif weight.ndim == 1 and input.shape[-1:] == weight.shape and input.dtype == weight.dtype:
        if bias is not None and (bias.ndim or input.ndim > 1 or bias.dtype != weight.dtype):
            raise _linear_error(input, weight, bias)
        out = np.matmul(input, weight)
        return np.asarray(out if bias is None else out + bias).astype(input.dtype, copy=False)
    elif input.ndim == 0 or weight.ndim != 2 or input.shape[-1] != weight.shape[1] or input.dtype != weight.dtype:
        raise _linear_error(input, weight, bias)
    else:
        rows = input.reshape(math.prod(input.shape[:-1]), input.shape[-1])
        out = rows.dot(weight.T).reshape(*input.shape[:-1], weight.shape[0])
    if bias is not None:
        if bias.shape != weight.shape[:1] or bias.dtype is not weight.dtype:  # seldom, and then perhaps one number for all
            ending = zip(reversed(bias.shape), reversed(out.shape), strict=False)
            if bias.ndim > out.ndim or any(m not in (1, n) for m, n in ending) or bias.dtype != weight.dtype:
                raise _linear_error(input, weight, bias)
        np.add(out, bias, out)
    return out


def _linear_chain(node: Any) -> Tensor:
    """``addmm`` with the transposed weight, on a matrix of all rows."""
    shape, has_bias = node.shape, node.edges[0] is not None
    x = argument(node, "input", (*shape[:-1], 1))
    weight = argument(node, "weight", (shape[-1], x._array.shape[-1]))
    if x._array.shape[-1] != weight._array.shape[-1]:  # neither was kept
        x = argument(node, "input", (*shape[:-1], weight._array.shape[-1]))
    rows = x if len(shape) == 2 else x.unsqueeze(0) if len(shape) == 1 and not has_bias else x.reshape(-1, x.shape[-1])
    bias = argument(node, "bias", shape[-1:]) if has_bias else None
    if bias is not None and bias.ndim > 1 and len(shape) != 2:  # type: ignore[attr-defined]
        return mm(rows, weight.t()).view(shape) + bias
    out = mm(rows, weight.t()) if bias is None else addmm(bias, rows, weight.t())
    if len(shape) == 2:
        return out
    if has_bias:
        return out.view(shape)
    return shown_as(out.squeeze(0), "SqueezeBackward4") if len(shape) == 1 else tracked._unsafe_view(out, shape)


def _unfold_linear(node: Any) -> None:
    if not _of_vector(node):
        unfold(node, compose=_linear_chain)


linear.op.unfold = _unfold_linear


def _linear_error(input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None) -> RuntimeError:
    if input.ndim == 0 or weight.ndim != 2 or input.shape[-1] != weight.shape[1]:
        return RuntimeError(
            f"linear: input of shape {list(input.shape)} and weight of shape {list(weight.shape)} cannot be multiplied: "
            f"the input's last dimension must be the weight's second"
        )
    types = [f"torch.{x.dtype}" for x in (input, weight, bias) if x is not None]
    if len(set(types)) > 1:
        return RuntimeError(f"linear: input, weight and bias must have one dtype, but got {', '.join(types)}")
    assert bias is not None
    return RuntimeError(f"linear: the bias must have shape [{weight.shape[0]}], but has {list(bias.shape)}")


@public("torch", "nn.functional")
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: MaybeTensor = None) -> Tensor:
    r"""A bilinear form for each output, :math:`y_k = x_1^T W_k x_2 + b_k`.

    Parameters
    ----------
    input1, input2 : Tensor of shape (..., in1_features) and (..., in2_features)
    weight : Tensor of shape (out_features, in1_features, in2_features)
    bias : Tensor of shape (out_features,), optional

    Returns
    -------
    Tensor
        Of shape (..., out_features).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.bilinear(torch.tensor([2.0]), torch.tensor([3.0]), torch.ones(1, 1, 1))
    tensor([6.])
    """
    same_type("bilinear", input1, input2, weight, bias)
    if is_half(input1):
        return rounded_once(bilinear, input1, input2, weight, bias)
    if weight.ndim != 3 or input1.shape[-1] != weight.shape[1] or input2.shape[-1] != weight.shape[2]:
        raise RuntimeError(
            f"bilinear: inputs of shapes {list(input1.shape)} and {list(input2.shape)} do not fit a weight of shape {list(weight.shape)}"
        )
    lead = tuple(input1.shape[:-1])
    if lead != tuple(input2.shape[:-1]):
        raise RuntimeError(f"bilinear: shapes {list(input1.shape)} and {list(input2.shape)} must agree apart from the last size")
    rows1, rows2 = input1.reshape(-1, weight.shape[1]), input2.reshape(-1, weight.shape[2])
    left = bmm(rows1.expand(weight.shape[0], *rows1.shape), weight)
    out = one_node("TrilinearBackward0", (left * rows2).sum(-1).t().contiguous(), rows1, weight, rows2)
    out = out.reshape(*lead, weight.shape[0])
    return out if bias is None else out + bias
