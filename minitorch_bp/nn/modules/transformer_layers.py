"""The layers of the transformer: attention and a feed-forward network, each added to its input and normalized.

Source: Vaswani et al., "Attention is all you need", 2017; for ``norm_first`` Xiong et al., "On layer normalization in the
transformer architecture", 2020.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.tensor import Tensor
from ...ops.nn.attention import _as_added
from .. import functional as F
from .attention import MultiheadAttention
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm


def _get_activation_fn(activation: Any) -> Callable[[Any], Any]:
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"the activation must be 'relu', 'gelu' or a function, but is {activation!r}")
    return F.relu if activation == "relu" else F.gelu


class _Layer(Module):
    """What encoder and decoder layers share: self-attention, and a feed-forward network of two linear layers.

    Parameters
    ----------
    d_model : int
        The size E of the embedding.
    nhead : int
        The number of heads of each attention.
    dim_feedforward : int
        The size of the hidden layer.
    dropout : float
        The probability of dropout in training, in all places.
    activation : 'relu', 'gelu' or function
        What follows the hidden layer.
    layer_norm_eps : float
        The ``eps`` of the norms.
    batch_first : bool
        Whether shapes are (N, L, E) instead of (L, N, E).
    norm_first : bool
        Normalize before each part instead of after it.
    bias : bool
        Whether linear layers and norms have biases.

    Raises
    ------
    RuntimeError
        For an unknown activation.
    """

    self_attn: MultiheadAttention
    _attentions: tuple[str, ...] = ("self_attn",)

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = F.relu,
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True,
        device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        options = {"device": device, "dtype": dtype}
        super().__init__()
        for name in self._attentions:
            setattr(self, name, MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, **options))
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, **options)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, **options)
        self.norm_first = norm_first
        parts = "123"[: len(self._attentions) + 1]
        for k in parts:
            setattr(self, "norm" + k, LayerNorm(d_model, layer_norm_eps, bias=bias, **options))
        for k in parts:
            setattr(self, "dropout" + k, Dropout(dropout))
        self.activation = _get_activation_fn(activation)

    def _sa_block(self, x: Any, mask: Any, padding: Any, is_causal: bool = False) -> Any:
        out = self.self_attn(x, x, x, attn_mask=mask, key_padding_mask=padding, need_weights=False, is_causal=is_causal)
        return self.dropout1(out[0])

    def _hidden(self, x: Any) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Layer):
    r"""Self-attention and a feed-forward network, each added to its input and normalized.

    With :math:`x' = \operatorname{norm}(x + \operatorname{attention}(x))`, the result is
    :math:`\operatorname{norm}(x' + W_2 \operatorname{relu}(W_1 x' + b_1) + b_2)`.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    d_model, nhead, dim_feedforward : int
        Sizes of the embedding and of the hidden layer, and the number of heads.
    dropout : float
    activation : 'relu', 'gelu' or function
    layer_norm_eps : float
    batch_first : bool
        Whether shapes are (N, L, E) instead of (L, N, E).
    norm_first : bool
        Normalize before each part instead of after it.
    bias : bool
        Of the linear layers and norms.

    See Also
    --------
    minitorch_bp.nn.TransformerEncoder : A stack of them.
    minitorch_bp.nn.MultiheadAttention : The attention.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def forward(
        self, src: Tensor, src_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None, is_causal: bool = False
    ) -> Tensor:
        """Run the layer.

        Parameters
        ----------
        src : Tensor of shape (L, N, d_model)
            (N, L, d_model) if ``batch_first``, (L, d_model) without a batch.
        src_mask : Tensor of shape (L, L) or (N * nhead, L, L), optional
            True (or minus infinity) where a position must not look.
        src_key_padding_mask : Tensor of shape (N, L), optional
            True (or minus infinity) where a position is padding.
        is_causal : bool
            A hint that the mask hides the future.

        Returns
        -------
        Tensor
            Of the shape of ``src``.
        """
        padding = _as_added("src_key_padding_mask", src_key_padding_mask, src.dtype)
        mask = _as_added("src_mask", src_mask, src.dtype)
        x = src
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), mask, padding, is_causal)
            return x + self.dropout2(self._hidden(self.norm2(x)))
        x = self.norm1(x + self._sa_block(x, mask, padding, is_causal))
        return self.norm2(x + self.dropout2(self._hidden(x)))


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to the encoder's output, and a feed-forward network.

    Each is added to its input and normalized, as in :class:`TransformerEncoderLayer`.

    Source: Vaswani et al., "Attention is all you need", 2017.

    See Also
    --------
    minitorch_bp.nn.TransformerDecoder : A stack of them.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.TransformerDecoderLayer(8, 2, 16)
    >>> layer(torch.zeros(4, 3, 8), torch.zeros(6, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    _attentions = ("self_attn", "multihead_attn")

    def _mha_block(self, x: Any, memory: Any, mask: Any, padding: Any, is_causal: bool) -> Any:
        out = self.multihead_attn(
            x, memory, memory, attn_mask=mask, key_padding_mask=padding, is_causal=is_causal, need_weights=False
        )
        return self.dropout2(out[0])

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None, tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """Run the layer.

        Parameters
        ----------
        tgt : Tensor of shape (T, N, d_model)
            (N, T, d_model) if ``batch_first``, (T, d_model) without a batch.
        memory : Tensor of shape (S, N, d_model)
            The encoder's output.
        tgt_mask : Tensor of shape (T, T), optional
            True (or minus infinity) where a position of ``tgt`` must not look at another.
        memory_mask : Tensor of shape (T, S), optional
            The same for positions of ``memory``.
        tgt_key_padding_mask, memory_key_padding_mask : Tensor of shape (N, T) and (N, S), optional
            True (or minus infinity) where a position is padding.
        tgt_is_causal, memory_is_causal : bool
            Hints that the masks hide the future.

        Returns
        -------
        Tensor
            Of the shape of ``tgt``.
        """
        own = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        other = (memory, memory_mask, memory_key_padding_mask, memory_is_causal)
        x = tgt
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), *own)
            x = x + self._mha_block(self.norm2(x), *other)
            return x + self.dropout3(self._hidden(self.norm3(x)))
        x = self.norm1(x + self._sa_block(x, *own))
        x = self.norm2(x + self._mha_block(x, *other))
        return self.norm3(x + self.dropout3(self._hidden(x)))
