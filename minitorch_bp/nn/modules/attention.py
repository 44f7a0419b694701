"""Multi-head attention as a module."""

from __future__ import annotations

from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import empty
from ...ops.nn.attention import multi_head_attention_forward
from .. import init
from ..parameter import Parameter
from .linear import NonDynamicallyQuantizableLinear
from .module import Module


class MultiheadAttention(Module):
    r"""Several attentions side by side, each on a projection of its own, their results joined and projected.

    Head h computes :math:`\operatorname{softmax}(Q_h K_h^T / \sqrt{d}) V_h`, where :math:`Q_h`, :math:`K_h` and :math:`V_h` are
    learned linear functions of query, key and value, and d is ``embed_dim / num_heads``.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    embed_dim : int
        The size E of the queries and of the result.
    num_heads : int
        How many attentions; each sees ``embed_dim / num_heads`` numbers.
    dropout : float
        The probability of dropout of the attention weights, in training.
    bias : bool
        Whether the projections have biases.
    add_bias_kv : bool
        Whether there is one more key and value for every query, which is learned.
    add_zero_attn : bool
        Whether there is one more key and value for every query, made of zeros.
    kdim, vdim : int, optional
        The sizes of keys and values, if they are not ``embed_dim``.
    batch_first : bool
        Whether shapes are (N, L, E) instead of (L, N, E).

    Attributes
    ----------
    in_proj_weight : Parameter of shape (3 * embed_dim, embed_dim), or None
        The projections of query, key and value, one above the other; None if ``kdim`` or ``vdim`` is another size.
    in_proj_bias : Parameter of shape (3 * embed_dim,), or None
    out_proj : Linear
        The projection of the result.

    Raises
    ------
    AssertionError
        If the heads do not divide the embedding.
    ValueError
        If ``embed_dim`` or ``num_heads`` is not positive.

    See Also
    --------
    scaled_dot_product_attention : What each head computes.
    multi_head_attention_forward : The function that it calls.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> attention = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    >>> x = torch.zeros(3, 5, 8)
    >>> out, weights = attention(x, x, x)
    >>> out.shape, weights.shape
    (torch.Size([3, 5, 8]), torch.Size([3, 5, 5]))
    """

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
        add_zero_attn: bool = False, kdim: Any = None, vdim: Any = None, batch_first: bool = False, device: Any = None,
        dtype: Any = None,
    ):  # fmt: skip
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(f"MultiheadAttention: embed_dim={embed_dim} and num_heads={num_heads} must be positive")
        options = {"device": device, "dtype": dtype}
        super().__init__()
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.head_dim, self.add_zero_attn = embed_dim // num_heads, add_zero_attn
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError(f"MultiheadAttention: {num_heads} heads can't divide an embedding of {embed_dim}")
        whole = self._qkv_same_embed_dim
        shapes = {
            "in_proj_weight": (3 * embed_dim, embed_dim) if whole else None,
            "q_proj_weight": None if whole else (embed_dim, embed_dim),
            "k_proj_weight": None if whole else (embed_dim, self.kdim),
            "v_proj_weight": None if whole else (embed_dim, self.vdim),
            "in_proj_bias": (3 * embed_dim,) if bias else None,
            "bias_k": (1, 1, embed_dim) if add_bias_kv else None,
            "bias_v": (1, 1, embed_dim) if add_bias_kv else None,
        }
        for name, shape in shapes.items():
            self.register_parameter(name, None if shape is None else Parameter(empty(*shape, **options)))
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **options)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for name in ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"):
            if getattr(self, name) is not None:
                init.xavier_uniform_(getattr(self, name))
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None = None, need_weights: bool = True,
        attn_mask: Tensor | None = None, average_attn_weights: bool = True, is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """Attend from queries to keys and values.

        Parameters
        ----------
        query : Tensor of shape (L, N, E)
            L positions of N sequences; (N, L, E) if ``batch_first``, (L, E) without a batch.
        key, value : Tensor of shape (S, N, kdim) and (S, N, vdim)
            What is looked up, and what is returned of it; S and N change places if ``batch_first``.
        key_padding_mask : Tensor of shape (N, S), optional
            True (or minus infinity) where a key is padding.
        need_weights : bool
            Also return the weights; without them it is faster.
        attn_mask : Tensor of shape (L, S) or (N * num_heads, L, S), optional
            True (or minus infinity) where a query must not look.
        average_attn_weights : bool
            Whether the weights are averaged over the heads.
        is_causal : bool
            A hint that the mask hides the future; the mask must be given all the same.

        Returns
        -------
        output : Tensor
            Of the shape of ``query``.
        weights : Tensor of shape (N, L, S), or None
            The share of each key in each result; (N, num_heads, L, S) if they are not averaged.
        """
        turned = self.batch_first and query.ndim == 3
        if turned:  # the same tensor three times stays one, so that one product projects it
            flipped = {id(t): t.transpose(0, 1) for t in (query, key, value)}
            query, key, value = (flipped[id(t)] for t in (query, key, value))
        out, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k, self.bias_v,
            self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training, key_padding_mask,
            need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight,
            average_attn_weights=average_attn_weights, is_causal=is_causal,
        )  # fmt: skip
        return (out.transpose(0, 1) if turned else out), weights
