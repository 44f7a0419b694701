"""The transformer: stacks of encoder and decoder layers, and the whole.

Source: Vaswani et al., "Attention is all you need", 2017.
"""

from __future__ import annotations

import copy
import math
from typing import Any

from ...core import dtype as dtypes
from ...core.grad_mode import is_grad_enabled
from ...core.tensor import Tensor
from ...ops.creation import full
from ...ops.nn.attention import _as_added
from .. import functional as F
from .. import init
from .container import ModuleList
from .module import Module
from .normalization import LayerNorm
from .transformer_layers import TransformerDecoderLayer as TransformerDecoderLayer  # where PyTorch has them
from .transformer_layers import TransformerEncoderLayer as TransformerEncoderLayer
from .transformer_layers import _get_activation_fn as _get_activation_fn


def _get_clones(module: Module, N: int) -> ModuleList:
    return ModuleList([copy.deepcopy(module) for _ in range(N)])


def _is_causal(mask: Any, hint: Any) -> bool:
    """Whether the mask hides the future: as the caller says, or else as its numbers do."""
    if hint is not None or mask is None:
        return bool(hint)
    size = mask.shape[-2]
    return (
        mask.ndim == 2
        and tuple(mask.shape) == (size, size)
        and bool((mask == _generate_square_subsequent_mask(size, dtype=mask.dtype)).all())
    )


def _generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Any:
    return full((sz, sz), -math.inf, dtype=dtype if dtype is not dtypes.bool else None, device=device).triu(1)


class TransformerEncoder(Module):
    """A stack of copies of one encoder layer.

    Parameters
    ----------
    encoder_layer : TransformerEncoderLayer
        The layer; each copy starts with its numbers.
    num_layers : int
        How many copies.
    norm : Module, optional
        Applied to the output of the last layer.
    enable_nested_tensor, mask_check : bool
        When in evaluation without gradients a padding mask is given, PyTorch computes without the padding and returns zeros
        in its place; so does this.

    See Also
    --------
    minitorch_bp.nn.Transformer : Encoder and decoder.

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
        self.layers = _get_clones(encoder_layer, num_layers)
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
        """Run all layers.

        Parameters
        ----------
        src : Tensor of shape (L, N, d_model)
            (N, L, d_model) if ``batch_first``, (L, d_model) without a batch.
        mask : Tensor of shape (L, L) or (N * nhead, L, L), optional
            True (or minus infinity) where a position must not look.
        src_key_padding_mask : Tensor of shape (N, L), optional
            True (or minus infinity) where a position is padding.
        is_causal : bool, optional
            A hint that the mask hides the future; found out from the mask unless given.

        Returns
        -------
        Tensor
            Of the shape of ``src``.
        """
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

    Parameters
    ----------
    decoder_layer : TransformerDecoderLayer
        The layer; each copy starts with its numbers.
    num_layers : int
        How many copies.
    norm : Module, optional
        Applied to the output of the last layer.

    See Also
    --------
    minitorch_bp.nn.Transformer : Encoder and decoder.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> decoder = torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(8, 2, 16), num_layers=2)
    >>> decoder(torch.zeros(4, 3, 8), torch.zeros(6, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int, norm: Any = None):
        super().__init__()
        self.layers = _get_clones(decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """Run all layers; the arguments are those of :meth:`TransformerDecoderLayer.forward`.

        Parameters
        ----------
        tgt, memory : Tensor of shape (T, N, d_model) and (S, N, d_model)
        tgt_mask, memory_mask : Tensor of shape (T, T) and (T, S), optional
        tgt_key_padding_mask, memory_key_padding_mask : Tensor of shape (N, T) and (N, S), optional
        tgt_is_causal : bool, optional
            Found out from the mask unless given.
        memory_is_causal : bool

        Returns
        -------
        Tensor
            Of the shape of ``tgt``.
        """
        out, is_causal = tgt, _is_causal(tgt_mask, tgt_is_causal)
        for layer in self.layers:
            out = layer(
                out, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, is_causal, memory_is_causal
            )
        return out if self.norm is None else self.norm(out)


class Transformer(Module):
    """Encoder and decoder: sequences to sequences, by attention alone.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    d_model : int
        The size E of the embedding.
    nhead : int
        The number of heads of each attention.
    num_encoder_layers, num_decoder_layers : int
        How many layers each has.
    dim_feedforward : int
        The size of the hidden layers.
    dropout : float
        The probability of dropout in training, in all places.
    activation : 'relu', 'gelu' or function
        What follows the hidden layers.
    custom_encoder, custom_decoder : Module, optional
        To be used instead of the usual ones.
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
        If the batches of ``src`` and ``tgt`` differ, or their last dimension is not ``d_model``.

    See Also
    --------
    minitorch_bp.nn.TransformerEncoder, minitorch_bp.nn.TransformerDecoder

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
        """A mask that hides the future: minus infinity above the diagonal, zeros elsewhere.

        Parameters
        ----------
        sz : int
            The number of positions.

        Returns
        -------
        Tensor
            Of shape (sz, sz).

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        return _generate_square_subsequent_mask(sz, device, dtype)

    def forward(
        self, src: Tensor, tgt: Tensor, src_mask: Tensor | None = None, tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None, tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """Encode ``src``, and decode ``tgt`` with what comes out.

        Parameters
        ----------
        src, tgt : Tensor of shape (S, N, d_model) and (T, N, d_model)
            The batches come first if ``batch_first``.
        src_mask, tgt_mask, memory_mask : Tensor of shape (S, S), (T, T) and (T, S), optional
            True (or minus infinity) where a position must not look.
        src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask : Tensor of shape (N, S), (N, T) and (N, S), optional
            True (or minus infinity) where a position is padding.
        src_is_causal, tgt_is_causal : bool, optional
            Hints that the masks hide the future; found out from the masks unless given.
        memory_is_causal : bool

        Returns
        -------
        Tensor
            Of the shape of ``tgt``.

        Raises
        ------
        RuntimeError
            If the batches of ``src`` and ``tgt`` differ, or their last dimension is not ``d_model``.
        """
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
