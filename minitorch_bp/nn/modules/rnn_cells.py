"""The single steps of recurrent layers: a cell takes an input and a state, and returns the next state."""

from __future__ import annotations

import math
from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import empty, zeros
from ...ops.nn import recurrent as cells
from .. import init
from ..parameter import Parameter
from .module import Module


class RNNCellBase(Module):
    r"""What the cells share: ``weight_ih``, ``weight_hh`` and the biases, for ``num_chunks`` gates.

    Parameters
    ----------
    input_size : int
        The number of features of the input.
    hidden_size : int
        The number of features of the state.
    bias : bool
        Whether there are biases.
    num_chunks : int
        The number of gates.

    Attributes
    ----------
    weight_ih : Parameter of shape (gates * hidden_size, input_size)
        From the input; an LSTM has 4 gates, a GRU 3, an RNN 1.
    weight_hh : Parameter of shape (gates * hidden_size, hidden_size)
        From the state before.
    bias_ih, bias_hh : Parameter of shape (gates * hidden_size,), or None

    See Also
    --------
    minitorch_bp.nn.RNNCell, minitorch_bp.nn.LSTMCell, minitorch_bp.nn.GRUCell

    Notes
    -----
    All weights are drawn from :math:`U(-1/\sqrt{h}, 1/\sqrt{h})`, where h is ``hidden_size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.RNNCellBase(3, 4, bias=True, num_chunks=2).weight_ih.shape
    torch.Size([8, 3])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None):
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        size = num_chunks * hidden_size
        self.weight_ih = Parameter(empty(size, input_size, device=device, dtype=dtype))
        self.weight_hh = Parameter(empty(size, hidden_size, device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(empty(size, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new parameters."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def _step(self, function: Any, input: Tensor, hx: Tensor | None) -> Tensor:
        """One step of a cell with one state."""
        (h,), alone = self._prepared(input, None if hx is None else (hx,), 1)
        out = function(input.unsqueeze(0) if alone else input, h, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return out.squeeze(0) if alone else out

    def _prepared(self, input: Tensor, states: Any, count: int) -> tuple[Any, bool]:
        """The states with a batch dimension, zeros unless given; and whether the input has none."""
        name = type(self).__name__
        for what, t in (("input", input), *(("state", s) for s in (() if states is None else states))):
            if t.ndim not in (1, 2):
                raise ValueError(f"{name}: expected an {what} of 1 or 2 dimensions, but got shape {list(t.shape)}")
        if states is not None and count == 2 and (not isinstance(states, (tuple, list)) or len(states) != 2):
            kind = RuntimeError if isinstance(states, (tuple, list)) else TypeError
            raise kind(f"{name}: the state must be a tuple (h, c), but got a {type(states).__name__} of {len(states)} elements")
        alone = input.ndim == 1
        if states is None:
            shape = (1 if alone else input.shape[0], self.hidden_size)
            return [zeros(*shape, dtype=input.dtype)] * count, alone
        batched = [s.unsqueeze(0) if alone else s for s in states]
        batch = 1 if alone else input.shape[0]
        for s in batched:
            if tuple(s.shape) != (batch, self.hidden_size):
                raise RuntimeError(f"{name}: expected a state of shape {[batch, self.hidden_size]}, but got {list(s.shape)}")
        return batched, alone

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        for key, default in (("bias", True), ("nonlinearity", "tanh")):
            if getattr(self, key, default) != default:
                text += f", {key}={getattr(self, key)}"
        return text


class RNNCell(RNNCellBase):
    r"""One step of an :class:`RNN`: :math:`h' = \tanh(W_{ih} x + b_{ih} + W_{hh} h + b_{hh})`.

    Parameters
    ----------
    nonlinearity : 'tanh' or 'relu'
        The function of the formula.

    See Also
    --------
    rnn_tanh_cell : The function that it calls, or :func:`rnn_relu_cell`.
    minitorch_bp.nn.RNN : All steps of a sequence.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.RNNCell(3, 4)(torch.zeros(2, 3)).shape
    torch.Size([2, 4])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None,
        dtype: Any = None,
    ):  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Compute the next state.

        Parameters
        ----------
        input : Tensor of shape (N, input_size) or (input_size,)
        hx : Tensor of shape (N, hidden_size) or (hidden_size,), optional
            The state; zeros unless given.

        Returns
        -------
        Tensor
            The next state, of the shape of ``hx``.

        Raises
        ------
        RuntimeError
            If the shapes do not fit, or for an unknown nonlinearity.
        """
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"RNNCell: nonlinearity must be 'tanh' or 'relu', but is {self.nonlinearity!r}")
        return self._step(cells.rnn_tanh_cell if self.nonlinearity == "tanh" else cells.rnn_relu_cell, input, hx)


class GRUCell(RNNCellBase):
    """One step of a :class:`GRU`: :math:`h' = (1 - z) n + z h`.

    See Also
    --------
    gru_cell : The function that it calls, with the whole formula.
    minitorch_bp.nn.GRU : All steps of a sequence.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.GRUCell(3, 4)(torch.zeros(2, 3)).shape
    torch.Size([2, 4])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Compute the next state.

        Parameters
        ----------
        input : Tensor of shape (N, input_size) or (input_size,)
        hx : Tensor of shape (N, hidden_size) or (hidden_size,), optional
            The state; zeros unless given.

        Returns
        -------
        Tensor
            The next state, of the shape of ``hx``.
        """
        return self._step(cells.gru_cell, input, hx)


class LSTMCell(RNNCellBase):
    r"""One step of an :class:`LSTM`: :math:`c' = f c + i g`, :math:`h' = o \tanh c'`.

    See Also
    --------
    lstm_cell : The function that it calls.
    minitorch_bp.nn.LSTM : All steps of a sequence.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> h, c = torch.nn.LSTMCell(3, 4)(torch.zeros(2, 3))
    >>> h.shape, c.shape
    (torch.Size([2, 4]), torch.Size([2, 4]))
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """Compute the next states.

        Parameters
        ----------
        input : Tensor of shape (N, input_size) or (input_size,)
        hx : (Tensor, Tensor), optional
            The states (h, c), each of shape (N, hidden_size) or (hidden_size,); zeros unless given.

        Returns
        -------
        (Tensor, Tensor)
            The next states (h', c').
        """
        states, alone = self._prepared(input, hx, 2)
        h, c = cells.lstm_cell(
            input.unsqueeze(0) if alone else input, states, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        )  # fmt: skip
        return (h.squeeze(0), c.squeeze(0)) if alone else (h, c)
