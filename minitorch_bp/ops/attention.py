"""Attention: a weighted mean of values, the weights a softmax of how well queries and keys agree."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.tensor import Tensor
from ._shapes import check_tensor
from .activation import softmax
from .creation import from_numpy, zeros
from .dropout import dropout
from .joining import cat
from .matmul import linear, matmul
from .padding import pad


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False,
    scale: Any = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    r""":math:`\operatorname{softmax}(Q K^T / \sqrt{d} + M) V`.

    Parameters
    ----------
    query : Tensor of shape (..., L, E)
    key, value : Tensor of shape (..., S, E)
    attn_mask : Tensor broadcastable to (..., L, S)
        Boolean (True: may be attended to) or added to the scores.
    dropout_p : float
        Applied to the weights, whatever the training mode.
    is_causal : bool
        Position i attends to positions up to i.
    scale : float
        In the place of :math:`1 / \sqrt d`.
    enable_gqa : bool
        Fewer heads of keys and values, each shared by several of queries.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> q = torch.zeros(1, 1, 2)
    >>> torch.nn.functional.scaled_dot_product_attention(q, torch.ones(1, 2, 2), torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[2., 3.]]])
    """
    for name, t in (("query", query), ("key", key), ("value", value)):
        check_tensor("scaled_dot_product_attention", t, name)
        if t.ndim < 2:
            raise RuntimeError(f"scaled_dot_product_attention: {name} needs at least 2 dimensions, but has shape {list(t.shape)}")
    if not query.dtype is key.dtype is value.dtype:
        raise RuntimeError(
            f"scaled_dot_product_attention: expected one type, but got {query.dtype!r}, {key.dtype!r} and {value.dtype!r}"
        )
    if is_causal and attn_mask is not None:
        raise RuntimeError("scaled_dot_product_attention: give either attn_mask or is_causal")
    if enable_gqa:
        times = query.shape[-3] // key.shape[-3]
        key, value = (_repeated_heads(t, times) for t in (key, value))
    factor = math.sqrt(1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    scores = matmul(query * factor, (key * factor).transpose(-2, -1))
    if is_causal:
        attn_mask = from_numpy(np.tri(*scores.shape[-2:], dtype=bool))
    if attn_mask is not None:
        if attn_mask.dtype is dtypes.bool:
            attn_mask = zeros(*attn_mask.shape, dtype=scores.dtype).masked_fill(~attn_mask, -math.inf)
        scores = scores + attn_mask
    weights = softmax(scores, -1)
    if attn_mask is not None:  # a row that may attend to nothing gives zeros
        nothing = (scores == -math.inf).all(-1, keepdim=True)
        weights = weights.masked_fill(nothing, 0.0)
    if dropout_p > 0:
        weights = dropout(weights, dropout_p)
    return matmul(weights, value)


def _repeated_heads(t: Tensor, times: int) -> Tensor:
    *lead, heads, length, size = t.shape
    return t.unsqueeze(-3).expand(*lead, heads, times, length, size).reshape(*lead, heads * times, length, size)


def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int, in_proj_weight: Any, in_proj_bias: Any,
    bias_k: Any, bias_v: Any, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor, out_proj_bias: Any,
    training: bool = True, key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None,
    use_separate_proj_weight: bool = False, q_proj_weight: Any = None, k_proj_weight: Any = None, v_proj_weight: Any = None,
    static_k: Any = None, static_v: Any = None, average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Tensor, Any]:  # fmt: skip
    """Several attentions side by side, each on its own projection; what ``nn.MultiheadAttention`` computes.

    Shapes are (L, N, E), or (L, E) without a batch. Returns the result and the weights (or None).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(2, 1, 4)
    >>> eye = torch.eye(4)
    >>> out, weights = torch.nn.functional.multi_head_attention_forward(
    ...     x, x, x, 4, 2, torch.cat([eye, eye, eye]), None, None, None, False, 0.0, eye, None)
    >>> out.shape, weights
    (torch.Size([2, 1, 4]), tensor([[[0.5000, 0.5000],
             [0.5000, 0.5000]]]))
    """
    batched = query.ndim == 3
    if query.ndim not in (2, 3):
        raise AssertionError(f"multi_head_attention_forward: expected 2 or 3 dimensions, but got shape {list(query.shape)}")
    if not batched:
        query, key, value = (t.unsqueeze(1) for t in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, n, e = query.shape
    if e != embed_dim_to_check:
        raise AssertionError(f"multi_head_attention_forward: expected embeddings of {embed_dim_to_check}, but got {e}")
    if e % num_heads:
        raise AssertionError(f"multi_head_attention_forward: {e} can't be divided by {num_heads} heads")
    if is_causal and attn_mask is None:
        raise RuntimeError("multi_head_attention_forward: is_causal is a hint about attn_mask, which must be given, too")
    attn_mask = _as_added("attn_mask", attn_mask, query.dtype)
    key_padding_mask = _as_added("key_padding_mask", key_padding_mask, query.dtype)
    if use_separate_proj_weight:
        projections = (q_proj_weight, k_proj_weight, v_proj_weight)
    else:
        projections = in_proj_weight.chunk(3)
    biases = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
    q, k, v = (linear(t, w, b) for t, w, b in zip((query, key, value), projections, biases, strict=True))
    if bias_k is not None:
        k, v = cat([k, bias_k.expand(1, n, e)]), cat([v, bias_v.expand(1, n, e)])
        attn_mask, key_padding_mask = (None if m is None else pad(m, (0, 1)) for m in (attn_mask, key_padding_mask))
    size = e // num_heads
    q, k, v = (t.reshape(t.shape[0], n * num_heads, size).transpose(0, 1) for t in (q, k, v))
    k = k if static_k is None else static_k
    v = v if static_v is None else static_v
    if add_zero_attn:
        k, v = (cat([t, zeros(t.shape[0], 1, size, dtype=t.dtype)], 1) for t in (k, v))
        attn_mask, key_padding_mask = (None if m is None else pad(m, (0, 1)) for m in (attn_mask, key_padding_mask))
    source = k.shape[1]
    mask = attn_mask if attn_mask is None or attn_mask.ndim == 3 else attn_mask.unsqueeze(0)
    if key_padding_mask is not None:
        hidden = key_padding_mask.reshape(n, 1, 1, source).expand(n, num_heads, 1, source).reshape(n * num_heads, 1, source)
        mask = hidden if mask is None else mask + hidden
    scores = matmul(q * math.sqrt(1.0 / size), k.transpose(-2, -1))
    weights = softmax(scores if mask is None else scores + mask, -1)
    if dropout_p > 0 and training:
        weights = dropout(weights, dropout_p)
    out = matmul(weights, v).transpose(0, 1).reshape(length, n, e)
    out = linear(out, out_proj_weight, out_proj_bias)
    if not need_weights:
        return (out if batched else out.squeeze(1)), None
    shown = weights.reshape(n, num_heads, length, source)
    shown = shown.mean(1) if average_attn_weights else shown
    return (out, shown) if batched else (out.squeeze(1), shown.squeeze(0))


def _as_added(name: str, mask: Any, dtype: Any) -> Any:
    """A mask as numbers to be added to the scores; in a boolean one, True means: not to be attended to."""
    if mask is None or mask.is_floating_point():
        return mask
    if mask.dtype is not dtypes.bool:
        raise AssertionError(f"multi_head_attention_forward: {name} must be boolean or floating, but is {mask.dtype!r}")
    return zeros(*mask.shape, dtype=dtype).masked_fill(mask, -math.inf)
