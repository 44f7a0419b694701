"""The transformer: encoder and decoder layers, stacks of them, and the whole.

Source: Vaswani et al., "Attention is all you need", 2017; for ``norm_first`` Xiong et al., "On layer normalization in the
transformer architecture", 2020.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

from ...core import dtype as dtypes
from ...core.grad_mode import is_grad_enabled
from ...core.tensor import Tensor
from ...ops.creation import full
from ...ops.nn.attention import _as_added
from .. import functional as F
from .. import init
from .attention import MultiheadAttention
from .container import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm


def _activation(activation: Any) -> Callable[[Any], Any]:
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"the activation must be 'relu', 'gelu' or a function, but is {activation!r}")
    return F.relu if activation == "relu" else F.gelu


class _Layer(Module):
    """What encoder and decoder layers share: self-attention, and a feed-forward network of two linear layers."""

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
        self.activation = _activation(activation)

    def _sa_block(self, x: Any, mask: Any, padding: Any, is_causal: bool = False) -> Any:
        out = self.self_attn(x, x, x, attn_mask=mask, key_padding_mask=padding, need_weights=False, is_causal=is_causal)
        return self.dropout1(out[0])

    def _hidden(self, x: Any) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Layer):
    """Self-attention and a feed-forward network, each added to its input and normalized.

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

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def forward(
        self, src: Tensor, src_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None, is_causal: bool = False
    ) -> Tensor:
        """The shape stays; the masks are those of :class:`MultiheadAttention`."""
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

    The parameters are those of :class:`TransformerEncoderLayer`.

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
        """The shape is that of ``tgt``; ``memory`` is the encoder's output."""
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


def _copies(layer: Module, n: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(n)])


def _is_causal(mask: Any, hint: Any) -> bool:
    """Whether the mask hides the future: as the caller says, or else as its numbers do."""
    if hint is not None or mask is None:
        return bool(hint)
    size = mask.shape[-2]
    return mask.ndim == 2 and tuple(mask.shape) == (size, size) and bool((mask == _causal(size, mask.dtype)).all())


def _causal(size: int, dtype: Any) -> Any:
    return full((size, size), -math.inf, dtype=dtype if dtype is not dtypes.bool else None).triu(1)


class TransformerEncoder(Module):
    """A stack of copies of one encoder layer.

    Parameters
    ----------
    encoder_layer : TransformerEncoderLayer
    num_layers : int
    norm : Module, optional
        Applied to the output of the last layer.
    enable_nested_tensor, mask_check : bool
        When in evaluation without gradients a padding mask is given, PyTorch computes without the padding and returns zeros
        in its place; so does this.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    >>> torch.nn.TransformerEncoder(layer, num_layers=2)(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def __init__(
        self, encoder_layer: TransformerEncoderLayer, num_layers: int, norm: Any = None, enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ):  # fmt: skip
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm
        self.enable_nested_tensor, self.use_nested_tensor, self.mask_check = enable_nested_tensor, enable_nested_tensor, mask_check
        attention: Any = getattr(encoder_layer, "self_attn", None)
        fits = (
            isinstance(encoder_layer, TransformerEncoderLayer) and not encoder_layer.norm_first and attention.batch_first
            and attention._qkv_same_embed_dim and attention.in_proj_bias is not None and attention.num_heads % 2 == 0
            and encoder_layer.activation in (F.relu, F.gelu) and encoder_layer.norm1.eps == encoder_layer.norm2.eps
        )  # fmt: skip
        if enable_nested_tensor and not fits:
            self.use_nested_tensor = False

    def _zeroes_padding(self, src: Any, mask: Any, padding: Any) -> bool:
        """Whether PyTorch would compute without the padding."""
        layer = self.layers[0]
        if not self.use_nested_tensor or layer.training or src.ndim != 3 or padding is None or mask is not None:
            return False
        hidden = padding == -math.inf if padding.is_floating_point() else padding
        if self.mask_check and bool((hidden[:, 1:] < hidden[:, :-1]).any()):  # padding must come last
            return False
        return not (is_grad_enabled() and (src.requires_grad or any(p.requires_grad for p in layer.parameters())))

    def forward(
        self, src: Tensor, mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None, is_causal: bool | None = None
    ) -> Tensor:
        """The shape stays."""
        padding = _as_added("src_key_padding_mask", src_key_padding_mask, src.dtype)
        mask = _as_added("mask", mask, src.dtype)
        is_causal = _is_causal(mask, is_causal)
        out = src
        for layer in self.layers:
            out = layer(out, src_mask=mask, is_causal=is_causal, src_key_padding_mask=padding)
        if self._zeroes_padding(src, mask, padding):
            out = out.masked_fill((padding == -math.inf).unsqueeze(-1), 0.0)
        return out if self.norm is None else self.norm(out)


class TransformerDecoder(Module):
    """A stack of copies of one decoder layer.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> decoder = torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(8, 2, 16), num_layers=2)
    >>> decoder(torch.zeros(4, 3, 8), torch.zeros(6, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int, norm: Any = None):
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """The shape is that of ``tgt``."""
        out, is_causal = tgt, _is_causal(tgt_mask, tgt_is_causal)
        for layer in self.layers:
            out = layer(
                out, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, is_causal, memory_is_causal
            )
        return out if self.norm is None else self.norm(out)


class Transformer(Module):
    """Encoder and decoder.

    Parameters
    ----------
    d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward : int
    custom_encoder, custom_decoder : Module, optional
        To be used instead of the usual ones.
    dropout, activation, layer_norm_eps, batch_first, norm_first, bias
        As in :class:`TransformerEncoderLayer`.

    Raises
    ------
    RuntimeError
        If the batches of ``src`` and ``tgt`` differ, or their last dimension is not ``d_model``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> model = torch.nn.Transformer(8, 2, 1, 1, 16)
    >>> model(torch.zeros(6, 3, 8), torch.zeros(4, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    def __init__(
        self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
        dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = F.relu, custom_encoder: Any = None,
        custom_decoder: Any = None, layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False,
        bias: bool = True, device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        layer: Any = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        options = {"device": device, "dtype": dtype}

        def last_norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, **options)

        if custom_encoder is None:
            custom_encoder = TransformerEncoder(TransformerEncoderLayer(*layer, **options), num_encoder_layers, last_norm())
        if custom_decoder is None:
            custom_decoder = TransformerDecoder(TransformerDecoderLayer(*layer, **options), num_decoder_layers, last_norm())
        self.encoder, self.decoder = custom_encoder, custom_decoder
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self) -> None:
        for p in self.parameters():
            if p.ndim > 1:
                init.xavier_uniform_(p)

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask that hides the future: minus infinity above the diagonal, zeros elsewhere."""
        return _causal(sz, dtype)

    def forward(
        self, src: Tensor, tgt: Tensor, src_mask: Tensor | None = None, tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None, tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """Shapes: ``src`` (S, N, E) and ``tgt`` (T, N, E) to (T, N, E); batches come first if ``batch_first``."""
        at = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[at] != tgt.shape[at]:
            raise RuntimeError(f"Transformer: batches of {src.shape[at]} (src) and {tgt.shape[at]} (tgt) do not fit together")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError(
                f"Transformer: the last dimension must be d_model={self.d_model}, but src has shape {list(src.shape)} and tgt "
                f"{list(tgt.shape)}"
            )
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal, memory_is_causal=memory_is_causal,
        )  # fmt: skip
