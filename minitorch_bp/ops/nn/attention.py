"""Attention: a weighted mean of values, the weights a softmax of how well queries and keys agree."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import MaybeTensor, Tensor, dtypes, primitive, public, wrap
from .._composite import gradients_of
from .._shapes import check_tensor, same_type
from ..creation import from_numpy, ones, zeros
from ..linalg.matmul import matmul
from ..shape.joining import cat
from ..shape.rearrange import broadcast_shapes
from .dropout import dropout
from .linear import linear
from .padding import pad
from .softmax import softmax


def _softmaxed(query: Any, key: Any, mask: Any, scale: float) -> np.ndarray:
    """The weights; a row that may attend to nothing has zeros."""
    scores = (query * query.dtype.type(scale)) @ key.swapaxes(-2, -1)
    if mask is not None:
        scores += mask
    top = np.maximum.reduce(scores, -1, keepdims=True, initial=-np.inf)
    if mask is not None:
        top = np.where(np.isneginf(top), query.dtype.type(0), top)
    scores -= top
    np.exp(scores, scores)
    total = np.add.reduce(scores, -1, keepdims=True)
    if mask is not None:
        total[total == 0] = 1
    scores /= total
    return scores


def _attention_rule(
    xp: Any, grad: Any, needs: Any, query: Any, key: Any, value: Any, mask: Any, kept: Any, scale: Any, hidden0: Any
) -> Any:
    if not xp.on_arrays:
        return gradients_of(_attention_in_steps, (query, key, value, mask, kept, scale), needs, [grad])
    weights = hidden0
    d_weights = grad @ value.swapaxes(-2, -1)
    if kept is not None:
        d_weights *= kept
    # The softmax: each row loses its mean under the weights.
    d_scores = d_weights * weights
    inner = np.add.reduce(d_scores, -1, keepdims=True)
    d_weights -= inner
    d_weights *= weights
    scale = query.dtype.type(scale)
    return (
        (d_weights @ key) * scale if needs[0] else None,
        d_weights.swapaxes(-2, -1) @ (query * scale) if needs[1] else None,
        (weights if kept is None else weights * kept).swapaxes(-2, -1) @ grad if needs[2] else None,
        d_weights if needs[3] else None,
    )


@primitive(
    hidden=lambda node, k, weights: wrap(weights),
    grad_name="ScaledDotProductFlashAttentionForCpuBackward0",
    joint=(("query", "key", "value", "mask"), _attention_rule),
)
def _attention(query, key, value, mask, kept, scale):
    weights = _softmaxed(query, key, mask, scale)
    out = (weights if kept is None else weights * kept) @ value
    return out.astype(value.dtype, copy=False), weights  # bfloat16 comes out as float32


def _attention_in_steps(query: Tensor, key: Tensor, value: Tensor, mask: Any, kept: Any, scale: float) -> Tensor:
    """The slow definition, which second derivatives are made of."""
    scores = matmul(query * scale, key.transpose(-2, -1))
    scores = scores if mask is None else scores + mask
    if mask is None:
        weights = softmax(scores, -1)
    else:  # a row that sees nothing has the weights 0, and no gradient; the softmax of nothing but -inf would be NaN
        blind = (scores == -math.inf).all(-1, keepdim=True)
        weights = softmax(scores.masked_fill(blind, 0.0), -1).masked_fill(blind, 0.0)
    return matmul(weights if kept is None else weights * kept, value)


@public("nn.functional")
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: MaybeTensor = None, dropout_p: float = 0.0, is_causal: bool = False,
    scale: Any = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    r"""Scaled dot product attention, :math:`\operatorname{softmax}(Q K^T / \sqrt{d} + M) V`.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    query : Tensor of shape (..., L, E)
    key : Tensor of shape (..., S, E)
    value : Tensor of shape (..., S, Ev)
    attn_mask : Tensor, optional
        Broadcastable to (..., L, S); boolean (True: may be attended to) or added to the scores.
    dropout_p : float
        Applied to the weights, whatever the training mode.
    is_causal : bool
        Position i attends to positions up to i. With ``attn_mask``, too, in four dimensions, both count.
    scale : float, optional
        In the place of :math:`1 / \sqrt d`.
    enable_gqa : bool
        Fewer heads of keys and values, each shared by several of queries.

    Returns
    -------
    Tensor
        Of shape (..., L, Ev).

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
    same_type("scaled_dot_product_attention", query, key, value)
    if not query.is_floating_point():
        raise RuntimeError(f"scaled_dot_product_attention needs floating-point tensors, but got {query.dtype!r}")
    if attn_mask is not None and attn_mask.dtype not in (dtypes.bool, dtypes.float32, query.dtype):
        raise RuntimeError(
            f"scaled_dot_product_attention: attn_mask must be boolean or of type {query.dtype!r}, but is {attn_mask.dtype!r}"
        )
    if is_causal is not True and is_causal is not False:
        raise TypeError(f"scaled_dot_product_attention(): is_causal must be True or False, but got {is_causal!r}")
    if dropout_p > 1:
        raise RuntimeError(f"scaled_dot_product_attention: the probability of dropout must lie between 0 and 1, but is {dropout_p}")
    if enable_gqa:
        times = query.shape[-3] // key.shape[-3]
        key, value = (_repeated_heads(t, times) for t in (key, value))
    scale = 1 / math.sqrt(query.shape[-1] or 1) if scale is None else scale
    causal = from_numpy(np.tri(query.shape[-2], key.shape[-2], dtype=bool)) if is_causal else None
    if attn_mask is None:
        attn_mask = causal
    elif causal is not None:
        fused = query.ndim == 4 and query.shape[-1] == value.shape[-1] and not dropout_p and not attn_mask.requires_grad
        if not fused or attn_mask.ndim not in (2, 4):  # what PyTorch's fused kernel takes; its plain one refuses both
            raise RuntimeError("scaled_dot_product_attention: give either attn_mask or is_causal")
        attn_mask = attn_mask & causal if attn_mask.dtype is dtypes.bool else attn_mask.masked_fill(~causal, -math.inf)
    if attn_mask is not None and attn_mask.dtype is dtypes.bool:
        attn_mask = zeros(*attn_mask.shape, dtype=query.dtype).masked_fill(~attn_mask, -math.inf)
    kept = None
    if dropout_p > 0:
        lead = broadcast_shapes(query.shape[:-2], key.shape[:-2])
        kept = dropout(ones(*lead, query.shape[-2], key.shape[-2], dtype=query.dtype), dropout_p)
    return _attention(query, key, value, attn_mask, kept, scale)


def _repeated_heads(t: Tensor, times: int) -> Tensor:
    *lead, heads, length, size = t.shape
    return t.unsqueeze(-3).expand(*lead, heads, times, length, size).reshape(*lead, heads * times, length, size)


@public("nn.functional")
def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int, in_proj_weight: Any, in_proj_bias: Any,
    bias_k: Any, bias_v: Any, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor, out_proj_bias: Any,
    training: bool | int = True, key_padding_mask: MaybeTensor = None, need_weights: bool = True, attn_mask: MaybeTensor = None,
    use_separate_proj_weight: bool = False, q_proj_weight: MaybeTensor = None, k_proj_weight: MaybeTensor = None, v_proj_weight: MaybeTensor = None,
    static_k: MaybeTensor = None, static_v: MaybeTensor = None, average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Tensor, Any]:  # fmt: skip
    """Multi-head attention: several attentions side by side, each on its own projection; what ``nn.MultiheadAttention`` computes.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    query, key, value : Tensor of shape (L, N, E), or (L, E) without a batch
    embed_dim_to_check, num_heads : int
        The size E, which the heads share.
    in_proj_weight, in_proj_bias : Tensor
        The projections of query, key and value, one above the other.
    bias_k, bias_v : Tensor, optional
        One more key and value.
    add_zero_attn : bool
        One more key and value of zeros.
    dropout_p : float
        Applied to the weights if ``training``.
    out_proj_weight, out_proj_bias : Tensor
        The projection of the result.
    training : bool
    key_padding_mask : Tensor of shape (N, S), optional
        The keys that are not to be attended to (True), or numbers to add to the scores.
    need_weights : bool
        Whether the weights are returned.
    attn_mask : Tensor, optional
        As ``key_padding_mask``, of shape (L, S) or (N num_heads, L, S).
    use_separate_proj_weight : bool
        Take the following three in place of ``in_proj_weight``.
    q_proj_weight, k_proj_weight, v_proj_weight : Tensor, optional
    static_k, static_v : Tensor, optional
        Keys and values that are projected already.
    average_attn_weights : bool
        Whether the weights are averaged over the heads.
    is_causal : bool
        A hint that ``attn_mask`` is causal.

    Returns
    -------
    (Tensor, Tensor or None)
        The result, of the shape of ``query``, and the weights.

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
    if attn_mask is not None:
        wanted = {2: (length, key.shape[0]), 3: (n * num_heads, length, key.shape[0])}.get(attn_mask.ndim)
        if tuple(attn_mask.shape) != wanted:
            kind = AssertionError if wanted is None or (attn_mask.ndim == 3 and not batched) else RuntimeError
            raise kind(
                f"multi_head_attention_forward: attn_mask of shape {list(attn_mask.shape)} does not fit {length} queries, "
                f"{key.shape[0]} keys and {n * num_heads} heads"
            )
    key_padding_mask = _as_added("key_padding_mask", key_padding_mask, query.dtype)
    if key.shape[:2] != value.shape[:2] or (not use_separate_proj_weight and key.shape != value.shape):
        raise AssertionError(
            f"multi_head_attention_forward: keys of shape {list(key.shape)} and values of shape {list(value.shape)} do not belong together"
        )
    if query is key and key is value and not use_separate_proj_weight:  # one product for all three
        q, k, v = linear(query, in_proj_weight, in_proj_bias).chunk(3, -1)
    else:
        given = (q_proj_weight, k_proj_weight, v_proj_weight)
        projections = given if use_separate_proj_weight else in_proj_weight.chunk(3)
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
        if tuple(key_padding_mask.shape) != (n, source):
            raise AssertionError(
                f"multi_head_attention_forward: key_padding_mask must have shape {[n, source]}, but has {list(key_padding_mask.shape)}"
            )
        hidden = key_padding_mask.reshape(n, 1, 1, source).expand(n, num_heads, 1, source).reshape(n * num_heads, 1, source)
        mask = hidden if mask is None else mask + hidden
    if mask is not None and mask.shape[0] != 1:
        mask = mask.expand(-1, length, -1).view(n, num_heads, length, source)
    heads = [t.view(n, num_heads, t.shape[1], size) for t in (q, k, v)]
    p = dropout_p if training else 0.0
    if not need_weights:
        q, k, v = heads
        out, shown = scaled_dot_product_attention(q, k, v, mask, p), None
    else:
        q, k, v = heads
        scores = matmul(q * math.sqrt(1.0 / size), k.transpose(-2, -1))
        shown = weights = softmax(scores if mask is None else scores + mask, -1)
        if p > 0:
            shown = weights = dropout(weights, p)
        out = matmul(weights, v)
    out = out.permute(2, 0, 1, 3).reshape(length, n, e)
    out = linear(out, out_proj_weight, out_proj_bias)
    if shown is not None and average_attn_weights:
        shown = shown.mean(1)
    if batched:
        return out, shown
    return out.squeeze(1), None if shown is None else shown.squeeze(0)


def _as_added(name: str, mask: Any, dtype: Any) -> Any:
    """A mask as numbers to be added to the scores; in a boolean one, True means: not to be attended to."""
    if mask is None or mask.is_floating_point():
        return mask
    if mask.dtype is not dtypes.bool:
        raise AssertionError(f"multi_head_attention_forward: {name} must be boolean or floating, but is {mask.dtype!r}")
    return zeros(*mask.shape, dtype=dtype).masked_fill(mask, -math.inf)
