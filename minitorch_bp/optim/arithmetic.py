"""The ways in which an optimizer's formula is computed.

A formula such as ``m += (1 - beta) * (g - m)`` is written once, with operators. Ordinarily its letters are NumPy arrays, so
that ``+=`` writes into the memory of the state (:class:`OnArrays`). In half precision gradients and numbers are float32, and
what PyTorch keeps in a tensor is rounded (:class:`OnHalves`). With ``differentiable=True`` they are tensors, and the step is
recorded like any other computation (:class:`OnTensors`).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import ops
from ..core.dtype import float64, get_default_dtype
from ..core.tensor import Tensor, wrap
from ..core.view import bump_version

if TYPE_CHECKING:
    from collections.abc import Iterator


class OnArrays:
    """Formulas on arrays: nothing is recorded, and what is written with ``+=`` stands in the tensors at once."""

    sqrt, abs, sign, clip = np.sqrt, np.abs, np.sign, staticmethod(np.clip)

    @staticmethod
    def scalars(*values: Any) -> list[Any]:
        """Options of which other numbers are computed: tensors become Python's numbers."""
        return [float(v) if isinstance(v, Tensor) else v for v in values]

    @staticmethod
    def number(params: list[Any], value: Any) -> Any:
        """A number that parameters are multiplied with.

        It becomes an array of no dimension, with which NumPy multiplies small arrays twice as fast as with one of Python's
        numbers. With bfloat16 it stays Python's: that type would round 0.999 to 1.
        """
        dtype = params[0]._array.dtype
        if value.__class__ is not float:
            value = float(value)
        if dtype.kind == "f":
            return _constant(value, dtype)
        return value if dtype.kind == "V" else np.array(value, params[0]._array.real.dtype)

    @staticmethod
    def numbers(params: list[Any], *values: Any) -> list[Any]:
        """Several of them."""
        return [OnArrays.number(params, v) for v in values]

    factor = number  # that a summand is multiplied with: PyTorch rounds it to half precision first

    @staticmethod
    def stored(value: Any, p: Any) -> Any:
        """An intermediate result for which PyTorch makes a tensor of the parameter's type."""
        return value

    @staticmethod
    def root(v: Any, eps: Any, p: Any, by: Any = 1) -> Any:
        """The root of an average of squares, which steps are divided by: :math:`\\sqrt v / by + \\epsilon`."""
        return np.sqrt(v) / by + eps

    @staticmethod
    def raise_to(low: Any, high: Any) -> Any:
        """The larger of two arrays, elementwise, written over the first."""
        return np.maximum(low, high, out=low)

    @staticmethod
    def count(state: dict[str, Any]) -> Any:
        """Add one to the number of steps, which is a tensor in PyTorch's files, and return it."""
        array = state["step"]._array
        step = int(array) + 1
        array[()] = step
        return step

    @staticmethod
    def scalar(state: dict[str, Any], name: str) -> Any:
        """A number that is kept in the state."""
        return float(state[name]._array)

    @staticmethod
    def set_scalar(state: dict[str, Any], name: str, value: Any) -> None:
        """Keep a number in the state, rounded to its type."""
        state[name]._array[()] = value

    @staticmethod
    def scaled(state: dict[str, Any], name: str, factor: Any) -> Any:
        """Multiply a number that is kept in the state, in its own precision."""
        array = state[name]._array
        array *= factor
        return float(array)

    @staticmethod
    def rounded(value: float) -> Any:
        """A number in the precision of the default type, in which PyTorch computes numbers that it keeps."""
        return float(value) if get_default_dtype() is float64 else np.float32(value)

    @staticmethod
    def buffer(state: dict[str, Any], name: str) -> Any:
        """The values that the state has under a name, to be written to; None if it has none."""
        kept = state.get(name)
        if kept is None:
            return None
        array = kept._array
        return array if array.dtype.kind == "f" else pairs(array)

    @staticmethod
    def keep(p: Any, state: dict[str, Any], name: str, value: Any) -> Any:
        """Begin a buffer of the state with a copy of a value."""
        array = np.array(value, p._array.real.dtype)
        state[name] = wrap(array if p._array.dtype.kind != "c" else array.view(p._array.dtype)[..., 0])
        return array

    @staticmethod
    def each(group: dict[str, Any], params: list[Any]) -> Iterator[Any]:
        """For each parameter its values, to be written to, its gradient, and itself.

        Complex values are seen as pairs of real ones, which move independently, as in PyTorch.
        """
        if params[0]._array.dtype.kind == "c" or group.get("maximize"):
            sign = np.negative if group.get("maximize") else np.positive
            for p in params:
                yield pairs(p._array), sign(pairs(p._grad._array)), p
                bump_version(p)
            return
        for p in params:
            yield p._array, p._grad._array, p
            cell = p._cell
            if cell is None:
                bump_version(p)
            else:
                cell[0] += 1


class OnHalves(OnArrays):
    """Formulas on arrays of float16 or bfloat16, rounded where PyTorch rounds: each of its operations calculates in float32.

    The gradients are float32, so that what is calculated from them is, too; ``+=`` rounds what it writes.
    """

    @staticmethod
    def number(params: list[Any], value: Any) -> Any:
        """A number that parameters are multiplied with, in float32."""
        return np.array(float(value), np.float32)

    @staticmethod
    def numbers(params: list[Any], *values: Any) -> list[Any]:
        """Several of them."""
        return [OnHalves.number(params, v) for v in values]

    @staticmethod
    def factor(params: list[Any], value: Any) -> Any:
        """A number that a summand is multiplied with, rounded to the parameters' type."""
        return np.array(float(value), params[0]._array.dtype).astype(np.float32)

    @staticmethod
    def stored(value: Any, p: Any) -> Any:
        """An intermediate result, rounded to the parameter's type."""
        return value.astype(p._array.dtype).astype(np.float32)

    @staticmethod
    def root(v: Any, eps: Any, p: Any, by: Any = 1) -> Any:
        """The root of an average of squares, rounded three times; eps, as all summands, is rounded itself."""
        stored = OnHalves.stored
        return stored(stored(stored(np.sqrt(v.astype(np.float32)), p) / by, p) + stored(eps, p), p)

    @staticmethod
    def each(group: dict[str, Any], params: list[Any]) -> Iterator[Any]:
        """For each parameter its values, to be written to, its gradient in float32, and itself."""
        sign = np.float32(-1 if group.get("maximize") else 1)
        for p in params:
            yield p._array, sign * p._grad._array.astype(np.float32), p
            bump_version(p)


class OnTensors:
    """Formulas on tensors, recorded, for ``differentiable=True``."""

    def __getattr__(self, name: str) -> Any:
        return ops.find("torch", name)

    @staticmethod
    def scalars(*values: Any) -> list[Any]:
        """Options as they are; a tensor of one element loses its dimensions."""
        return [v.reshape(()) if isinstance(v, Tensor) else v for v in values]

    @staticmethod
    def number(params: list[Any], value: Any) -> Any:
        """An option as it is; a tensor of one element loses its dimensions."""
        return value.reshape(()) if isinstance(value, Tensor) else value

    @staticmethod
    def numbers(params: list[Any], *values: Any) -> list[Any]:
        """Several of them."""
        return OnTensors.scalars(*values)

    @staticmethod
    def factor(params: list[Any], value: Any) -> Any:
        """A number that a summand is multiplied with."""
        return OnTensors.number(params, value)

    @staticmethod
    def stored(value: Any, p: Any) -> Any:
        """An intermediate result."""
        return value

    @staticmethod
    def root(v: Any, eps: Any, p: Any, by: Any = 1) -> Any:
        """The root of an average of squares, over ``by``, plus eps."""
        return v.sqrt() / by + eps

    @staticmethod
    def raise_to(low: Any, high: Any) -> Any:
        """The larger of two tensors, elementwise, written over the first."""
        return low.copy_(ops.find("torch", "maximum")(low.clone(), high))

    @staticmethod
    def count(state: dict[str, Any]) -> Any:
        """Add one to the number of steps, and return it."""
        state["step"] = state["step"] + 1
        return int(state["step"])

    @staticmethod
    def scalar(state: dict[str, Any], name: str) -> Any:
        """A number that is kept in the state."""
        return state[name]

    @staticmethod
    def set_scalar(state: dict[str, Any], name: str, value: Any) -> None:
        """Keep a number in the state, rounded to its type."""
        old = state[name]
        state[name] = value.to(old.dtype) if isinstance(value, Tensor) else old.new_tensor(value)

    @staticmethod
    def scaled(state: dict[str, Any], name: str, factor: Any) -> Any:
        """Multiply a number that is kept in the state, in its own precision."""
        state[name] = state[name] * factor
        return state[name]

    @staticmethod
    def rounded(value: Any) -> Any:
        """A number that is kept, as it is."""
        return value

    @staticmethod
    def buffer(state: dict[str, Any], name: str) -> Any:
        """The values that the state has under a name, to be written to; None if it has none.

        They are a copy, which takes the place of what the graph of earlier steps has read.
        """
        if state.get(name) is None:
            return None
        state[name] = buffer = state[name].clone()
        return buffer if buffer._array.dtype.kind != "c" else ops.find("torch", "view_as_real")(buffer)

    @staticmethod
    def keep(p: Any, state: dict[str, Any], name: str, value: Any) -> Any:
        """Begin a buffer of the state with a copy of a value."""
        value = value.clone()
        state[name] = value if p._array.dtype.kind != "c" else ops.find("torch", "view_as_complex")(value)
        return value

    @staticmethod
    def each(group: dict[str, Any], params: list[Any]) -> Iterator[Any]:
        """For each parameter its values, to be written to, its gradient, and itself."""
        real = ops.find("torch", "view_as_real") if params[0]._array.dtype.kind == "c" else lambda t: t
        for p in params:
            g = real(p.grad)
            yield real(p), -g if group.get("maximize") else g, p


@functools.lru_cache(maxsize=256)
def _constant(value: float, dtype: np.dtype) -> np.ndarray:
    """A number as an array of no dimension. Options seldom change from step to step: 70 ns in place of 180."""
    array = np.array(value, dtype)
    array.flags.writeable = False
    return array


def pairs(array: np.ndarray) -> np.ndarray:
    """Complex numbers as pairs of real ones in the same memory; real ones as they are."""
    if array.dtype.kind != "c":
        return array
    if not array.flags.writeable:  # a gradient that was expanded: it is only read
        array = array.copy()
    return array[..., None].view(array.real.dtype)


__all__ = ["OnArrays", "OnHalves", "OnTensors", "pairs"]
