"""Recurrent layers (RNN, LSTM, GRU); their single steps are the cells, in ``rnn_cells.py``."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

from ...core.grad_mode import mode
from ...core.tensor import Tensor
from ...ops.creation import empty, zeros
from ...ops.nn import recurrent_stacks
from .. import init
from ..parameter import Parameter
from ..utils.rnn import PackedSequence
from .module import Module
from .rnn_cells import GRUCell as GRUCell  # where PyTorch has them
from .rnn_cells import LSTMCell as LSTMCell
from .rnn_cells import RNNCell as RNNCell
from .rnn_cells import RNNCellBase as RNNCellBase

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    r"""What the recurrent layers share: the weights of all layers and directions, and what goes in and out.

    The weights are called ``weight_ih_l0``, ``weight_hh_l0``, ``bias_ih_l0``, ``bias_hh_l0`` (and ``weight_hr_l0``), with
    ``_reverse`` for the direction from the end.

    Parameters
    ----------
    mode : 'LSTM', 'GRU', 'RNN_TANH' or 'RNN_RELU'
        What a step computes.
    input_size : int
        The number of features of the input at each step.
    hidden_size : int
        The number of features of the state.
    num_layers : int
        How many layers stand above each other, each reading the outputs of the one below.
    bias : bool
        Whether there are biases.
    batch_first : bool
        Whether shapes are (N, L, features) instead of (L, N, features).
    dropout : float
        The probability of dropout between layers, in training.
    bidirectional : bool
        Whether a second run, from the end of the sequence, stands beside the first.
    proj_size : int
        If positive, the size of a projection of the hidden state, which takes its place.

    Attributes
    ----------
    weight_ih_l0 : Parameter of shape (gates * hidden_size, input_size)
        From the input, for layer 0; an LSTM has 4 gates, a GRU 3, an RNN 1.
    weight_hh_l0 : Parameter of shape (gates * hidden_size, hidden_size)
        From the state before.
    bias_ih_l0, bias_hh_l0 : Parameter of shape (gates * hidden_size,)

    Raises
    ------
    ValueError
        If a size is not positive, ``dropout`` is no probability, or ``proj_size`` is not below ``hidden_size``.
    TypeError
        If an option has the wrong type.

    See Also
    --------
    minitorch_bp.nn.RNN, minitorch_bp.nn.LSTM, minitorch_bp.nn.GRU

    Notes
    -----
    All weights are drawn from :math:`U(-1/\sqrt{h}, 1/\sqrt{h})`, where h is ``hidden_size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.RNNBase("GRU", 3, 4)
    RNNBase(3, 4)
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
        """RuntimeError unless the input has the right number of dimensions and features.

        Parameters
        ----------
        input : Tensor
        batch_sizes : LongTensor or None
            Those of a packed sequence.
        """
        wanted = 3 if batch_sizes is None else 2
        if input.ndim != wanted or input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"{type(self).__name__}: expected {wanted} dimensions and input_size={self.input_size}, but got shape {list(input.shape)}"
            )

    def check_hidden_size(self, hx: Any, size: int, n: int, what: str) -> None:
        """RuntimeError unless a state has shape (layers x directions, batch, size).

        Parameters
        ----------
        hx : Tensor
            The state.
        size, n : int
            The size of the state, and of the batch.
        what : str
            What the error calls it.
        """
        wanted = (self.num_layers * (2 if self.bidirectional else 1), n, size)
        if tuple(hx.shape) != wanted:
            raise RuntimeError(f"{type(self).__name__}: {what} must have shape {list(wanted)}, but has {list(hx.shape)}")

    def _sizes(self) -> dict[str, int]:
        """The names of the states and their sizes."""
        return {"hx": self.proj_size or self.hidden_size}

    # ------------------------------------------------------------------ calling
    def _given_states(self, hx: Any) -> list[Any]:
        """The state as a list: a Tensor, or several in a tuple. The types of the errors are those that taking them apart would have."""
        names, kind = list(self._sizes()), type(hx).__name__
        wanted = f"{type(self).__name__}: the state must be a {'Tensor' if len(names) == 1 else f'tuple ({chr(44).join(names)})'}"
        if len(names) == 1:
            if not isinstance(hx, Tensor):
                raise AttributeError(f"{wanted}, but got a {kind}")
            return [hx]
        if not hasattr(hx, "__getitem__"):
            raise TypeError(f"{wanted}, but got a {kind}")
        if len(hx) < len(names) or (len(hx) > len(names) and not isinstance(hx, Tensor)):
            raise (IndexError if len(hx) < len(names) else RuntimeError)(f"{wanted}, but got a {kind} of length {len(hx)}")
        return [hx[k] for k in range(len(names))]

    def forward(self, input: Tensor | PackedSequence, hx: Any = None) -> tuple[Any, Any]:
        """Run all layers over the sequences.

        Parameters
        ----------
        input : Tensor of shape (L, N, input_size), or PackedSequence
            L steps of N sequences; (N, L, input_size) if ``batch_first``, (L, input_size) for one sequence without a batch.
        hx : Tensor of shape (layers * directions, N, hidden_size), optional
            The state before the first step, zeros unless given; a pair (h, c) for an LSTM.

        Returns
        -------
        output : Tensor of shape (L, N, directions * hidden_size), or PackedSequence
            The states of the last layer at every step.
        state : Tensor of shape (layers * directions, N, hidden_size)
            The state of every layer after the last step; a pair (h, c) for an LSTM.

        Raises
        ------
        RuntimeError
            If the shapes do not fit.
        ValueError
            If the input is not of the weights' dtype, or has not 2 or 3 dimensions.
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
        if not packed and not rows.shape[1 if self.batch_first else 0]:
            raise RuntimeError(f"{name}: the sequences must have at least one step, but the input has shape {list(rows.shape)}")
        n = int(batch_sizes[0]) if packed else rows.shape[0 if self.batch_first else 1]
        if hx is None:
            lead = self.num_layers * (2 if self.bidirectional else 1)
            states = [zeros(lead, n, size, dtype=rows.dtype) for size in self._sizes().values()]
        else:
            states = self._given_states(hx)
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
    r"""Recurrent layers, :math:`h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})`.

    Source: Elman, "Finding structure in time", 1990.

    Parameters
    ----------
    nonlinearity : 'tanh' or 'relu'
        The function of the formula.
    **others : any
        Refused: ``proj_size`` is an option of :class:`LSTM` only.

    See Also
    --------
    minitorch_bp.nn.LSTM : Remembers for longer.
    minitorch_bp.nn.RNNCell : One step.

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
    r"""Long short-term memory layers: a cell state that gates write to, keep, and show.

    At each step :math:`c_t = f_t c_{t-1} + i_t g_t` and :math:`h_t = o_t \tanh c_t`. The gates i, f and o are sigmoids, and g is a
    tanh, of :math:`W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}`, each with rows of its own in that order (i, f, g, o).

    Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997.

    Parameters
    ----------
    proj_size : int
        If positive, the size of a projection of the hidden state, which takes its place.

    See Also
    --------
    minitorch_bp.nn.GRU : With one state less.
    minitorch_bp.nn.LSTMCell : One step.

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
    r"""Gated recurrent layers: :math:`h_t = (1 - z_t) n_t + z_t h_{t-1}`.

    The gates r and z are sigmoids of :math:`W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}`, and
    :math:`n_t = \tanh(W_{in} x_t + b_{in} + r_t (W_{hn} h_{t-1} + b_{hn}))`, each with rows of its own in the order r, z, n.

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.

    Parameters
    ----------
    **others : any
        Refused: ``proj_size`` is an option of :class:`LSTM` only.

    See Also
    --------
    minitorch_bp.nn.LSTM : With a cell state.
    minitorch_bp.nn.GRUCell : One step.

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
