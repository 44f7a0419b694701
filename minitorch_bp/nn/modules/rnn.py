"""Recurrent layers (RNN, LSTM, GRU) and their single steps (the cells)."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

from ...core.grad_mode import mode
from ...core.tensor import Tensor
from ...ops.creation import empty, zeros
from ...ops.nn import recurrent as cells
from ...ops.nn import recurrent_stacks
from .. import init
from ..parameter import Parameter
from ..utils.rnn import PackedSequence
from .module import Module

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What the recurrent layers share: the weights of all layers and directions, and what goes in and out.

    ``mode`` is 'LSTM', 'GRU', 'RNN_TANH' or 'RNN_RELU'. The weights are called ``weight_ih_l0``, ``weight_hh_l0``,
    ``bias_ih_l0``, ``bias_hh_l0`` (and ``weight_hr_l0``), with ``_reverse`` for the direction from the end, and are drawn from
    :math:`U(-1/\\sqrt{h}, 1/\\sqrt{h})`, h the hidden size.
    """

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0, device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        name = type(self).__name__
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout, self.bidirectional = bias, batch_first, float(dropout), bidirectional
        self.proj_size = proj_size
        if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
            raise ValueError(f"{name}: dropout must be a number between 0 and 1, but is {dropout!r}")
        if dropout > 0 and num_layers == 1:
            warnings.warn(f"{name}: dropout={dropout} works between layers, so it does nothing in one layer", stacklevel=2)
        for what, kind in (("bias", bool), ("batch_first", bool), ("input_size", int), ("hidden_size", int)):
            if not isinstance(getattr(self, what), kind):
                raise TypeError(f"{name}: {what} must be of type {kind.__name__}, but is {getattr(self, what)!r}")
        for what in ("input_size", "hidden_size", "num_layers"):
            if getattr(self, what) <= 0:
                raise ValueError(f"{name}: {what} must be positive, but is {getattr(self, what)}")
        if not 0 <= proj_size < hidden_size:
            raise ValueError(f"{name}: proj_size must lie between 0 and hidden_size ({hidden_size}), but is {proj_size}")
        if mode not in _GATES:
            raise ValueError(f"{name}: unknown mode {mode!r}")
        out, gates, directions = proj_size or hidden_size, _GATES[mode] * hidden_size, 2 if bidirectional else 1
        self._flat_weights_names: list[str] = []
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            features = input_size if layer == 0 else out * directions
            for suffix in ("", "_reverse")[:directions]:
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates, features), "weight_hh": (gates, out)}
                if bias:
                    shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                names = [f"{kind}_l{layer}{suffix}" for kind in shapes]
                for key, shape in zip(names, shapes.values(), strict=True):
                    setattr(self, key, Parameter(empty(*shape, device=device, dtype=dtype)))
                self._flat_weights_names += names
                self._all_weights.append(names)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new parameters."""
        bound = 1 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing: the weights need not lie side by side in memory."""

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Any]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    # ------------------------------------------------------------------ checks
    def check_input(self, input: Any, batch_sizes: Any) -> None:
        """RuntimeError unless the input has the right number of dimensions and features."""
        wanted = 3 if batch_sizes is None else 2
        if input.ndim != wanted or input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"{type(self).__name__}: expected {wanted} dimensions and input_size={self.input_size}, but got shape {list(input.shape)}"
            )

    def check_hidden_size(self, hx: Any, size: int, n: int, what: str) -> None:
        """RuntimeError unless a state has shape (layers x directions, batch, size)."""
        wanted = (self.num_layers * (2 if self.bidirectional else 1), n, size)
        if tuple(hx.shape) != wanted:
            raise RuntimeError(f"{type(self).__name__}: {what} must have shape {list(wanted)}, but has {list(hx.shape)}")

    def _sizes(self) -> dict[str, int]:
        """The names of the states and their sizes."""
        return {"hx": self.proj_size or self.hidden_size}

    # ------------------------------------------------------------------ calling
    def forward(self, input: Tensor | PackedSequence, hx: Any = None) -> tuple[Any, Any]:
        """Run all layers over the sequences.

        Parameters
        ----------
        input : Tensor of shape (L, N, input_size), (N, L, input_size) if ``batch_first``, (L, input_size), or a PackedSequence
        hx : Tensor of shape (layers x directions, N, size), or (h, c) for an LSTM
            The state before the first step; zeros unless given.

        Returns
        -------
        The outputs of the last layer at every step, and the state after the last step of all layers.
        """
        packed = isinstance(input, PackedSequence)
        rows: Any
        batch_sizes: Any
        rows, batch_sizes, in_order, back = input if packed else (input, None, None, None)
        name = type(self).__name__
        if not packed and rows.ndim not in (2, 3):
            raise ValueError(f"{name}: expected an input of 2 or 3 dimensions, but got shape {list(rows.shape)}")
        alone = not packed and rows.ndim == 2
        if alone:
            rows = rows.unsqueeze(0 if self.batch_first else 1)
        n = int(batch_sizes[0]) if packed else rows.shape[0 if self.batch_first else 1]
        if hx is None:
            lead = self.num_layers * (2 if self.bidirectional else 1)
            states = [zeros(lead, n, size, dtype=rows.dtype) for size in self._sizes().values()]
        else:
            states = list(hx) if isinstance(hx, (tuple, list)) else [hx]
            if len(states) != len(self._sizes()):
                raise RuntimeError(
                    f"{name}: expected {len(self._sizes())} states ({', '.join(self._sizes())}), but got {len(states)}"
                )
            if not packed and any(s.ndim != (2 if alone else 3) for s in states):
                raise RuntimeError(
                    f"{name}: an input of {2 if alone else 3} dimensions needs states of as many, but they have shapes "
                    f"{[list(s.shape) for s in states]}"
                )
            states = [s.unsqueeze(1) if alone else s if in_order is None else s.index_select(1, in_order) for s in states]
        self.check_input(rows, batch_sizes)
        weight = self._flat_weights[0]
        if rows.dtype is not weight.dtype and not mode.autocast:
            raise ValueError(
                f"{name}: the input has type {rows.dtype!r}, the weights {weight.dtype!r}: convert one of them with .to()"
            )
        for (what, size), s in zip(self._sizes().items(), states, strict=True):
            self.check_hidden_size(s, size, n, what)
        function = getattr(recurrent_stacks, self.mode.lower())
        options = (self._flat_weights, self.bias, self.num_layers, self.dropout, self.training, self.bidirectional)
        if packed:
            out, *finals = function(rows, batch_sizes, tuple(states), *options)
            out = PackedSequence(out, batch_sizes, in_order, back)
        else:
            out, *finals = function(rows, tuple(states), *options, self.batch_first)
        if alone:
            out, finals = out.squeeze(0 if self.batch_first else 1), [s.squeeze(1) for s in finals]
        finals = finals if back is None else [s.index_select(1, back) for s in finals]
        return out, finals[0] if len(finals) == 1 else tuple(finals)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        for key, default in (
            ("proj_size", 0), ("num_layers", 1), ("bias", True), ("batch_first", False), ("dropout", 0), ("bidirectional", False),
        ):  # fmt: skip
            if getattr(self, key) != default:
                text += f", {key}={getattr(self, key)}"
        return text


class RNN(RNNBase):
    r"""Recurrent layers :math:`h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})`.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int
    nonlinearity : 'tanh' or 'relu'
    bias, batch_first, bidirectional : bool
    dropout : float
        Between layers.

    Source: Elman, "Finding structure in time", 1990.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> out, h = torch.nn.RNN(3, 4)(torch.zeros(5, 2, 3))
    >>> out.shape, h.shape
    (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh", bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, device: Any = None, dtype: Any = None,
        **others: Any,
    ):  # fmt: skip
        _refuse("RNN", others)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"RNN: nonlinearity must be 'tanh' or 'relu', but is {nonlinearity!r}")
        mode = "RNN_" + nonlinearity.upper()
        super().__init__(mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)
        self.nonlinearity = nonlinearity


def _refuse(name: str, others: dict[str, Any]) -> None:
    if "proj_size" in others:
        raise ValueError(f"{name} has no projections: proj_size is an argument of LSTM only")
    if others:
        raise TypeError(f"{name}() got an unexpected keyword argument {next(iter(others))!r}")


class LSTM(RNNBase):
    r"""Long short-term memory layers: a cell state that gates write to, keep, and show (:func:`lstm_cell`).

    Parameters
    ----------
    input_size, hidden_size, num_layers : int
    bias, batch_first, bidirectional : bool
    dropout : float
        Between layers.
    proj_size : int
        If positive, the size of a projection of the hidden state, which takes its place.

    Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> out, (h, c) = torch.nn.LSTM(3, 4, num_layers=2, batch_first=True)(torch.zeros(2, 5, 3))
    >>> out.shape, h.shape, c.shape
    (torch.Size([2, 5, 4]), torch.Size([2, 2, 4]), torch.Size([2, 2, 4]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0, device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device, dtype
        )

    def _sizes(self) -> dict[str, int]:
        return {"hx": self.proj_size or self.hidden_size, "cx": self.hidden_size}


class GRU(RNNBase):
    """Gated recurrent layers (:func:`gru_cell`); the arguments are those of :class:`LSTM`, without projections.

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> out, h = torch.nn.GRU(3, 4, bidirectional=True)(torch.zeros(5, 2, 3))
    >>> out.shape, h.shape
    (torch.Size([5, 2, 8]), torch.Size([2, 2, 4]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, device: Any = None, dtype: Any = None, **others: Any,
    ):  # fmt: skip
        _refuse("GRU", others)
        super().__init__("GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)


# ---------------------------------------------------------------------- cells
class RNNCellBase(Module):
    """What the cells share: ``weight_ih``, ``weight_hh`` and the biases, for ``num_chunks`` gates."""

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
        for what, t in (("input", input), *(("state", s) for s in states or ())):
            if t.ndim not in (1, 2):
                raise ValueError(f"{name}: expected an {what} of 1 or 2 dimensions, but got shape {list(t.shape)}")
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
    """One step of an RNN (:func:`rnn_tanh_cell`).

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
        """Shapes: (N, input_size) and (N, hidden_size) to (N, hidden_size)."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"RNNCell: nonlinearity must be 'tanh' or 'relu', but is {self.nonlinearity!r}")
        return self._step(cells.rnn_tanh_cell if self.nonlinearity == "tanh" else cells.rnn_relu_cell, input, hx)


class GRUCell(RNNCellBase):
    """One step of a GRU (:func:`gru_cell`)."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Shapes: (N, input_size) and (N, hidden_size) to (N, hidden_size)."""
        return self._step(cells.gru_cell, input, hx)


class LSTMCell(RNNCellBase):
    """One step of an LSTM (:func:`lstm_cell`).

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
        """Shapes: (N, input_size), and the states (N, hidden_size), to the new states."""
        states, alone = self._prepared(input, hx, 2)
        h, c = cells.lstm_cell(
            input.unsqueeze(0) if alone else input, states, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        )  # fmt: skip
        return (h.squeeze(0), c.squeeze(0)) if alone else (h, c)
