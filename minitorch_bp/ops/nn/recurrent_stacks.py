"""Stacks of recurrent layers, in one direction or both: ``torch.rnn_tanh``, ``rnn_relu``, ``lstm`` and ``gru``.

They take a padded batch ``(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)`` or packed
rows ``(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)``, as PyTorch's do. ``params`` is
the flat list of all weights: for each layer, for each direction, ``w_ih, w_hh``, the two biases, and the projection.
"""

from __future__ import annotations

from typing import Any

from .._base import Tensor, public, shown_as
from .._shapes import same_type
from ..shape.joining import cat, stack
from .dropout import dropout as _dropout
from .recurrent import _gru_layer, _lstm_layer, _rnn_layer


def _layer(mode: str, input: Tensor, states: Any, weights: list[Any], projection: Any, sizes: Any, reverse: bool) -> Any:
    """One layer in one direction: its outputs, and its final states."""
    if mode == "lstm":
        return _lstm_layer(input, *states, *weights, projection, sizes, reverse)[:3]
    if mode == "gru":
        return _gru_layer(input, *states, *weights, sizes, reverse)[:2]
    return _rnn_layer(input, *states, *weights, sizes, reverse, mode[4:])[:2]


def _run(mode: str, input: Tensor, *args: Any) -> tuple[Tensor, ...]:
    """All layers, one after the other: the outputs of the last, and the final states of all, stacked."""
    sizes, batch_first = None, False
    if isinstance(args[0], Tensor) and not args[0].is_floating_point():
        batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional = args
        sizes = tuple(batch_sizes.tolist())
    else:
        hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first = args
    if input.ndim != (3 if sizes is None else 2):
        kind = IndexError if input.ndim < 3 else RuntimeError
        raise kind(f"{mode}: expected an input of {3 if sizes is None else 2} dimensions, but got shape {list(input.shape)}")
    states = (hx,) if isinstance(hx, Tensor) else tuple(hx)
    same_type(mode, input, *states, *params)
    directions = 2 if bidirectional else 1
    each = len(params) // (num_layers * directions)
    finals: list[Any] = []
    out = input.transpose(0, 1) if batch_first else input
    for layer in range(num_layers):
        if dropout and train and layer:
            out = _dropout(out, dropout, True)
        outs = []
        for d in range(directions):
            k = layer * directions + d
            own = params[k * each : (k + 1) * each]
            weights = own[:4] if has_biases else [*own[:2], None, None]
            projection = own[-1] if len(own) % 2 else None
            outputs, *final = _layer(mode, out, [s[k] for s in states], weights, projection, sizes, d == 1)
            outs.append(outputs)
            finals.append(final)
        out = outs[0] if directions == 1 else cat(outs, -1)
    if batch_first:
        out = out.transpose(0, 1) if mode == "lstm" else shown_as(out.transpose(0, 1), "TransposeBackward1")
    return (out, *(stack(f) for f in zip(*finals, strict=True)))


@public("torch")
def rnn_tanh(input: Tensor, *args: Any) -> tuple[Tensor, ...]:
    """A stack of recurrent layers with tanh.

    Parameters
    ----------
    input : Tensor of shape (L, N, features), or (N, L, features) if ``batch_first``
    *args : object
        Those of :func:`lstm`, with one state.

    Returns
    -------
    (Tensor, Tensor)
        The outputs of the last layer, and the final states of all layers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> weights = [torch.ones(1, 2), torch.ones(1, 1)]
    >>> torch.rnn_tanh(torch.ones(1, 1, 2), torch.zeros(1, 1, 1), weights, False, 1, 0.0, False, False, False)[0]
    tensor([[[0.9640]]])
    """
    return _run("rnn_tanh", input, *args)


@public("torch")
def rnn_relu(input: Tensor, *args: Any) -> tuple[Tensor, ...]:
    """A stack of recurrent layers with the rectifier.

    Parameters
    ----------
    input : Tensor of shape (L, N, features), or (N, L, features) if ``batch_first``
    *args : object
        Those of :func:`lstm`, with one state.

    Returns
    -------
    (Tensor, Tensor)
        The outputs of the last layer, and the final states of all layers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> weights = [torch.ones(1, 2), torch.ones(1, 1)]
    >>> torch.rnn_relu(torch.ones(1, 1, 2), torch.zeros(1, 1, 1), weights, False, 1, 0.0, False, False, False)[0]
    tensor([[[2.]]])
    """
    return _run("rnn_relu", input, *args)


@public("torch")
def gru(input: Tensor, *args: Any) -> tuple[Tensor, ...]:
    """A stack of GRU layers; what :class:`minitorch_bp.nn.GRU` computes.

    Parameters
    ----------
    input : Tensor of shape (L, N, features), or (N, L, features) if ``batch_first``
    *args : object
        Those of :func:`lstm`, with one state.

    Returns
    -------
    (Tensor, Tensor)
        The outputs of the last layer, and the final states of all layers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> weights = [torch.zeros(3, 2), torch.zeros(3, 1)]
    >>> torch.gru(torch.ones(1, 1, 2), torch.ones(1, 1, 1), weights, False, 1, 0.0, False, False, False)[0]
    tensor([[[0.5000]]])
    """
    return _run("gru", input, *args)


@public("torch")
def lstm(input: Tensor, *args: Any) -> tuple[Tensor, ...]:
    """A stack of LSTM layers; what :class:`minitorch_bp.nn.LSTM` computes.

    The arguments are ``lstm(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)``.

    Parameters
    ----------
    input : Tensor of shape (L, N, features), or (N, L, features) if ``batch_first``
    *args : object
        ``hx`` is the pair (h, c), each of shape (layers x directions, N, size); ``params`` is the list of all layers'
        weights; ``dropout`` acts between layers if ``train``.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        The outputs of the last layer, and the final h and c of all layers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> weights = [torch.ones(4, 2), torch.ones(4, 1)]
    >>> zero = torch.zeros(1, 1, 1)
    >>> torch.lstm(torch.ones(1, 1, 2), (zero, zero), weights, False, 1, 0.0, False, False, False)[0]
    tensor([[[0.6083]]])
    """
    return _run("lstm", input, *args)
