"""Recurrent layers: RNN, LSTM and GRU over a whole sequence, and their single steps.

A layer is one primitive. Its input has shape (L, N, features), or is packed: a matrix with a row for step 0 of every sequence,
then for step 1, and so on, where ``sizes`` says how many sequences are still running (the longest come first). Either way it
is a matrix of rows, so the product with the input's weights is one matrix product for all steps; only the product with the
state is taken step by step. Backwards, through time, the weights' gradients are again one product each.

Sources: Elman, "Finding structure in time", 1990; Hochreiter and Schmidhuber, "Long short-term memory", 1997; Cho et al.,
"Learning phrase representations using RNN encoder-decoder", 2014; Sak et al., "Long short-term memory recurrent neural network
architectures", 2014 (projections).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import MaybeTensor, Tensor, primitive, public
from .._composite import gradients_of
from ..pointwise.exponential import sigmoid
from ..pointwise.trigonometric import tanh
from ..shape.joining import cat
from .activation import relu
from .linear import linear


def _name(node: Any) -> str:
    return "StackBackward0" if len(node.shape) == 3 else "CatBackward0"


def _steps(input: Any, sizes: Any, reverse: bool) -> list[tuple[int, int, int]]:
    """``(first row, last row + 1, sequences)`` of each step, in the order in which they are taken."""
    if sizes is None:
        sizes = (input.shape[1],) * input.shape[0]
    steps, row = [], 0
    for n in sizes:
        steps.append((row, row + n, n))
        row += n
    return steps[::-1] if reverse else steps


def _rows(x: Any) -> Any:
    """(L, N, features) as a matrix; a packed input is one."""
    return x if x is None or x.ndim == 2 else x.reshape(x.shape[0] * x.shape[1], x.shape[2])


def _as_given(rows: np.ndarray, input: np.ndarray) -> np.ndarray:
    """The inverse of ``_rows``."""
    return rows if input.ndim == 2 else rows.reshape(*input.shape[:2], rows.shape[1])


def _inputs(input: np.ndarray, weight: np.ndarray, bias: Any, more: Any = None) -> np.ndarray:
    """The input's part of the gates, for all steps at once."""
    out = _rows(input) @ weight.T
    if bias is not None:
        out += bias if more is None else bias + more
    return out


def _sigmoid(x: np.ndarray) -> None:
    """In place."""
    one = x.dtype.type(1)
    np.negative(x, x)
    np.exp(x, x)
    x += one
    np.divide(one, x, x)


def _weight_gradients(needs: Any, d_in: Any, d_state: Any, input: Any, before: Any, w_ih: Any, biased: bool) -> list[Any]:
    """Of the input, of both weights and of both biases, from the gradients of the gates."""
    ones = np.ones(len(d_in), d_in.dtype) if biased else None
    return [
        _as_given(d_in @ w_ih, input) if needs[0] else None,
        d_in.T @ _rows(input) if needs[1] else None,
        d_state.T @ before if needs[2] else None,
        ones @ d_in if biased and needs[3] else None,
        ones @ d_state if biased and needs[4] else None,
    ]


# ---------------------------------------------------------------------- the plain recurrent layer
def _rnn_rule(
    xp: Any, grads: Any, needs: Any, input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, sizes: Any, reverse: Any,
    kind: Any, result0: Any, result2: Any,
) -> Any:  # fmt: skip
    if not xp.on_arrays:
        return gradients_of(_unrolled_rnn, (input, hx, w_ih, w_hh, b_ih, b_hh, sizes, reverse, kind), needs, grads)
    g_out, g_h = _rows(grads[0]), grads[1]
    dh = np.zeros_like(hx) if g_h is None else g_h.copy()
    out = _rows(result0)
    d = np.empty_like(out)
    slope = 1 - out * out if kind == "tanh" else np.sign(out)
    for s, e, n in reversed(_steps(input, sizes, reverse)):
        if g_out is not None:
            dh[:n] += g_out[s:e]
        np.multiply(dh[:n], slope[s:e], d[s:e])
        np.matmul(d[s:e], w_hh, dh[:n])
    of = _weight_gradients((needs[0], *needs[2:]), d, d, input, result2, w_ih, b_ih is not None)
    return (of[0], dh, *of[1:])


@primitive(outputs=("*",), joint=(("input", "hx", "w_ih", "w_hh", "b_ih", "b_hh"), _rnn_rule), grad_name=_name)
def _rnn_layer(input, hx, w_ih, w_hh, b_ih, b_hh, sizes, reverse, kind):
    out = _inputs(input, w_ih, b_ih, b_hh)
    h, before, w = hx.copy(), np.empty_like(out), np.ascontiguousarray(w_hh.T)
    for s, e, n in _steps(input, sizes, reverse):
        now = out[s:e]
        before[s:e] = h[:n]
        now += h[:n] @ w
        np.tanh(now, out=now) if kind == "tanh" else np.maximum(now, 0, out=now)
        h[:n] = now
    return _as_given(out.astype(input.dtype, copy=False), input), h, before


# ---------------------------------------------------------------------- LSTM
def _lstm_rule(
    xp: Any, grads: Any, needs: Any, input: Any, hx: Any, cx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any,
    sizes: Any, reverse: Any, result3: Any, result4: Any, result5: Any, result6: Any,
) -> Any:  # fmt: skip
    if not xp.on_arrays:
        return gradients_of(_unrolled_lstm, (input, hx, cx, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse), needs, grads)
    g_out, g_h, g_c = _rows(grads[0]), grads[1], grads[2]
    gates, before, before_c, squashed = result3, result4, result5, result6
    m = cx.shape[1]
    dh = np.zeros_like(hx) if g_h is None else g_h.copy()
    dc = np.zeros_like(cx) if g_c is None else g_c.copy()
    # What does not depend on the order of the steps is computed for all of them at once: the slopes of the gates' functions,
    # the input gate's and the candidate's factors.
    slope = gates * (1 - gates)
    slope[:, 2 * m : 3 * m] = 1 - gates[:, 2 * m : 3 * m] ** 2
    slope[:, :m] *= gates[:, 2 * m : 3 * m]
    slope[:, m : 2 * m] *= before_c
    slope[:, 2 * m : 3 * m] *= gates[:, :m]
    slope[:, 3 * m :] *= squashed
    through = gates[:, 3 * m :] * (1 - squashed * squashed)
    d = np.empty_like(gates)
    projected = [] if w_hr is None else [np.empty((len(gates), hx.shape[1]), hx.dtype)]
    for s, e, n in reversed(_steps(input, sizes, reverse)):
        now = dh[:n]
        if g_out is not None:
            now += g_out[s:e]
        if projected:
            projected[0][s:e] = now
            now = now @ w_hr
        state = dc[:n]
        state += now * through[s:e]
        part = d[s:e].reshape(n, 4, m)
        part[:, :3] = state[:, None]
        part[:, 3] = now
        d[s:e] *= slope[s:e]
        state *= gates[s:e, m : 2 * m]
        np.matmul(d[s:e], w_hh, dh[:n])
    places = (needs[0], *needs[3:7])
    of = _weight_gradients(places, d, d, input, before, w_ih, b_ih is not None)
    d_hr = projected[0].T @ (gates[:, 3 * m :] * squashed) if projected else None
    return (of[0], dh, dc, *of[1:], d_hr)


@primitive(
    outputs=("*",),
    joint=(("input", "hx", "cx", "w_ih", "w_hh", "b_ih", "b_hh", "w_hr"), _lstm_rule),
    grad_name=lambda node: (
        "MkldnnRnnLayerBackward0" if _name(node) == "StackBackward0" and node.dtype == np.float32 else _name(node)
    ),
)
def _lstm_layer(input, hx, cx, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse):
    gates = _inputs(input, w_ih, b_ih, b_hh)
    m = cx.shape[1]
    h, c, w = hx.copy(), cx.copy(), np.ascontiguousarray(w_hh.T)
    out = np.empty((len(gates), hx.shape[1]), gates.dtype)
    before, before_c, squashed = np.empty_like(out), np.empty((len(gates), m), gates.dtype), np.empty((len(gates), m), gates.dtype)
    for s, e, n in _steps(input, sizes, reverse):
        now = gates[s:e]
        before[s:e], before_c[s:e] = h[:n], c[:n]
        now += h[:n] @ w
        candidate = np.tanh(now[:, 2 * m : 3 * m])
        _sigmoid(now)  # of the other three gates; one call for all is faster than one for each part
        now[:, 2 * m : 3 * m] = candidate
        state = c[:n]
        state *= now[:, m : 2 * m]
        state += now[:, :m] * candidate
        np.tanh(state, squashed[s:e])
        if w_hr is None:
            np.multiply(now[:, 3 * m :], squashed[s:e], out[s:e])
        else:
            np.matmul(now[:, 3 * m :] * squashed[s:e], w_hr.T, out[s:e])
        h[:n] = out[s:e]
    return _as_given(out.astype(input.dtype, copy=False), input), h, c, gates, before, before_c, squashed


# ---------------------------------------------------------------------- GRU
def _gru_rule(
    xp: Any, grads: Any, needs: Any, input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, sizes: Any, reverse: Any,
    result2: Any, result3: Any, result4: Any,
) -> Any:  # fmt: skip
    if not xp.on_arrays:
        return gradients_of(_unrolled_gru, (input, hx, w_ih, w_hh, b_ih, b_hh, sizes, reverse), needs, grads)
    g_out, g_h = _rows(grads[0]), grads[1]
    gates, before, recurrent = result2, result3, result4
    m = hx.shape[1]
    dh = np.zeros_like(hx) if g_h is None else g_h.copy()
    r, z, new = gates[:, :m], gates[:, m : 2 * m], gates[:, 2 * m :]
    to_new, to_z, to_r = (1 - z) * (1 - new * new), (before - new) * z * (1 - z), recurrent * r * (1 - r)
    d, d_state = np.empty_like(gates), np.empty_like(gates)
    for s, e, n in reversed(_steps(input, sizes, reverse)):
        now = dh[:n]
        if g_out is not None:
            now += g_out[s:e]
        candidate = d[s:e, 2 * m :]
        np.multiply(now, to_new[s:e], candidate)
        np.multiply(candidate, to_r[s:e], d[s:e, :m])
        np.multiply(now, to_z[s:e], d[s:e, m : 2 * m])
        state = d_state[s:e]
        state[:, : 2 * m] = d[s:e, : 2 * m]
        np.multiply(candidate, r[s:e], state[:, 2 * m :])
        now *= z[s:e]
        now += state @ w_hh
    of = _weight_gradients((needs[0], *needs[2:]), d, d_state, input, before, w_ih, b_ih is not None)
    return (of[0], dh, *of[1:])


@primitive(outputs=("*",), joint=(("input", "hx", "w_ih", "w_hh", "b_ih", "b_hh"), _gru_rule), grad_name=_name)
def _gru_layer(input, hx, w_ih, w_hh, b_ih, b_hh, sizes, reverse):
    gates = _inputs(input, w_ih, b_ih)
    m = hx.shape[1]
    h, w = hx.copy(), np.ascontiguousarray(w_hh.T)
    out = np.empty((len(gates), m), gates.dtype)
    before, recurrent = np.empty_like(out), np.empty_like(out)
    for s, e, n in _steps(input, sizes, reverse):
        now = gates[s:e]
        before[s:e] = h[:n]
        state = h[:n] @ w
        if b_hh is not None:
            state += b_hh
        both = now[:, : 2 * m]
        both += state[:, : 2 * m]
        _sigmoid(both)
        recurrent[s:e] = state[:, 2 * m :]
        new = now[:, 2 * m :]
        new += now[:, :m] * state[:, 2 * m :]
        np.tanh(new, new)
        np.subtract(h[:n], new, out[s:e])
        out[s:e] *= now[:, m : 2 * m]
        out[s:e] += new
        h[:n] = out[s:e]
    return _as_given(out.astype(input.dtype, copy=False), input), h, gates, before, recurrent


# ---------------------------------------------------------------------- single steps
def _check_cell(name: str, input: Tensor, states: Any, w_ih: Tensor, w_hh: Tensor) -> None:
    if input.shape[-1] != w_ih.shape[1]:
        raise RuntimeError(f"{name}: the weights expect {w_ih.shape[1]} features, but the input has shape {list(input.shape)}")
    for h in states:
        if h.shape[-1] != w_hh.shape[1]:
            raise RuntimeError(f"{name}: the weights expect a state of {w_hh.shape[1]}, but it has shape {list(h.shape)}")
        if input.ndim == 2 and h.shape[0] != input.shape[0]:
            raise RuntimeError(f"{name}: a batch of {input.shape[0]} and a state of shape {list(h.shape)} do not fit together")


@public("torch")
def rnn_tanh_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: MaybeTensor = None, b_hh: MaybeTensor = None
) -> Tensor:
    r"""One step of a recurrent layer: :math:`h' = \tanh(W_{ih} x + b_{ih} + W_{hh} h + b_{hh})`.

    Parameters
    ----------
    input : Tensor of shape (N, features)
    hx : Tensor of shape (N, size)
        The state h.
    w_ih, w_hh : Tensor of shape (size, features) and (size, size)
    b_ih, b_hh : Tensor of shape (size,), optional

    Returns
    -------
    Tensor
        Of shape (N, size).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rnn_tanh_cell(torch.ones(1, 2), torch.zeros(1, 1), torch.ones(1, 2), torch.ones(1, 1))
    tensor([[0.9640]])
    """
    _check_cell("rnn_tanh_cell", input, (hx,), w_ih, w_hh)
    return tanh(linear(input, w_ih, b_ih) + linear(hx, w_hh, b_hh))


@public("torch")
def rnn_relu_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: MaybeTensor = None, b_hh: MaybeTensor = None
) -> Tensor:
    r"""One step of a recurrent layer: :math:`h' = \max(0, W_{ih} x + b_{ih} + W_{hh} h + b_{hh})`.

    Parameters
    ----------
    input : Tensor of shape (N, features)
    hx : Tensor of shape (N, size)
        The state h.
    w_ih, w_hh : Tensor of shape (size, features) and (size, size)
    b_ih, b_hh : Tensor of shape (size,), optional

    Returns
    -------
    Tensor
        Of shape (N, size).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rnn_relu_cell(torch.ones(1, 2), torch.zeros(1, 1), torch.ones(1, 2), torch.ones(1, 1))
    tensor([[2.]])
    """
    _check_cell("rnn_relu_cell", input, (hx,), w_ih, w_hh)
    return relu(linear(input, w_ih, b_ih) + linear(hx, w_hh, b_hh))


@public("torch")
def lstm_cell(
    input: Tensor, hx: Any, w_ih: Tensor, w_hh: Tensor, b_ih: MaybeTensor = None, b_hh: MaybeTensor = None
) -> tuple[Tensor, Tensor]:
    r"""One step of an LSTM: :math:`c' = f c + i g`, :math:`h' = o \tanh c'`, the gates i, f, g, o from input and state.

    Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997.

    Parameters
    ----------
    input : Tensor of shape (N, features)
    hx : (Tensor, Tensor)
        The state (h, c), of shape (N, size).
    w_ih, w_hh : Tensor of shape (4 size, features) and (4 size, size)
    b_ih, b_hh : Tensor of shape (4 size,), optional

    Returns
    -------
    (Tensor, Tensor)
        The state (h', c').

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> state = torch.zeros(1, 1), torch.ones(1, 1)
    >>> torch.lstm_cell(torch.zeros(1, 2), state, torch.ones(4, 2), torch.ones(4, 1))
    (tensor([[0.2311]]), tensor([[0.5000]]))
    """
    if not isinstance(hx, (tuple, list)):
        raise TypeError(f"lstm_cell(): the state must be a tuple (h, c), but got a {type(hx).__name__}")
    if len(hx) != 2:
        raise RuntimeError(f"lstm_cell: the state must be a tuple (h, c), but has {len(hx)} elements")
    h, c = hx
    _check_cell("lstm_cell", input, (h,), w_ih, w_hh)
    i, f, g, o = (linear(input, w_ih, b_ih) + linear(h, w_hh, b_hh)).unsafe_chunk(4, -1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


@public("torch")
def gru_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: MaybeTensor = None, b_hh: MaybeTensor = None) -> Tensor:
    r"""One step of a GRU: :math:`h' = (1 - z) n + z h` with :math:`n = \tanh(W_{in} x + b_{in} + r (W_{hn} h + b_{hn}))`.

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.

    Parameters
    ----------
    input : Tensor of shape (N, features)
    hx : Tensor of shape (N, size)
        The state h.
    w_ih, w_hh : Tensor of shape (3 size, features) and (3 size, size)
    b_ih, b_hh : Tensor of shape (3 size,), optional

    Returns
    -------
    Tensor
        Of shape (N, size).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.gru_cell(torch.zeros(1, 2), torch.ones(1, 1), torch.zeros(3, 2), torch.zeros(3, 1))
    tensor([[0.5000]])
    """
    _check_cell("gru_cell", input, (hx,), w_ih, w_hh)
    (r, z, n), (hr, hz, hn) = linear(input, w_ih, b_ih).unsafe_chunk(3, -1), linear(hx, w_hh, b_hh).unsafe_chunk(3, -1)
    n = tanh(n + sigmoid(r + hr) * hn)
    return (hx - n) * sigmoid(z + hz) + n


# ---------------------------------------------------------------------- the slow definitions of the layers
def _unrolled(step: Any, input: Tensor, states: tuple[Tensor, ...], sizes: Any, reverse: bool) -> tuple[Tensor, ...]:
    """A layer as its steps; what the second derivative of a layer is made of."""
    outs, rows = [], _rows(input)
    for s, e, n in _steps(input, sizes, reverse):
        now = step(rows[s:e], *(h[:n] for h in states))
        states = tuple(cat([new, old[n:]]) if n < len(old) else new for new, old in zip(now, states, strict=True))
        outs.append(now[0])
    out = cat(outs[::-1] if reverse else outs)
    return (out if input.ndim == 2 else out.view(*input.shape[:2], -1)), *states


def _unrolled_rnn(
    input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, sizes: Any, reverse: bool, kind: str
) -> tuple[Tensor, ...]:
    cell = rnn_tanh_cell if kind == "tanh" else rnn_relu_cell
    return _unrolled(lambda x, h: (cell(x, h, w_ih, w_hh, b_ih, b_hh),), input, (hx,), sizes, reverse)


def _unrolled_gru(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, sizes: Any, reverse: bool) -> tuple[Tensor, ...]:
    return _unrolled(lambda x, h: (gru_cell(x, h, w_ih, w_hh, b_ih, b_hh),), input, (hx,), sizes, reverse)


def _unrolled_lstm(
    input: Any, hx: Any, cx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any, sizes: Any, reverse: bool
) -> tuple[Tensor, ...]:
    def step(x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        h, c = lstm_cell(x, (h, c), w_ih, w_hh, b_ih, b_hh)
        return (h if w_hr is None else linear(h, w_hr)), c

    return _unrolled(step, input, (hx, cx), sizes, reverse)
