"""The types that signatures are spoken in.

Read by type checkers only: a file imports this one under ``if TYPE_CHECKING``, so that it costs nothing at run time. The
generated stubs use the same names, which an editor then shows; results with named fields are in ``results.pyi``, which is
generated, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import EllipsisType
from typing import Any, ParamSpec, Protocol, SupportsIndex, TypeAlias, TypeVar

import numpy as np

from .device import device
from .tensor import Tensor

#: A Python number, as ``alpha=``, ``fill_value`` or an exponent.
Number: TypeAlias = int | float | complex
#: What stands beside a tensor in arithmetic.
Operand: TypeAlias = Tensor | Number | np.number[Any] | np.bool_
#: Sizes: a list, a tuple, or another tensor's ``shape``.
Shape: TypeAlias = Sequence[int]
#: One dimension, or several.
Dim: TypeAlias = int | Sequence[int]
#: One number for every dimension, or one for each: kernel sizes, strides, paddings.
Sizes: TypeAlias = int | Sequence[int]
#: What stands between brackets: ``x[0]``, ``x[:, None]``, ``x[mask]``.
Index: TypeAlias = SupportsIndex | slice | EllipsisType | Tensor | np.ndarray[Any, Any] | list[Any] | tuple[Any, ...] | range | None
#: The name of a device, or the object.
DeviceLike: TypeAlias = str | int | device
#: What becomes an array.
ArrayLike: TypeAlias = np.ndarray[Any, Any] | Sequence[Any] | np.generic | Number
#: What a gradient is asked of, and the gradients of outputs.
Tensors: TypeAlias = Tensor | Sequence[Tensor]
Gradients: TypeAlias = Tensor | Sequence[Tensor | None]
#: What an optimizer is given: parameters, with names or without, or groups of them with options of their own.
Params: TypeAlias = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[dict[str, Any]]
#: A derivative rule: the vocabulary, the gradient of the result, and what the rule reads by name.
Rule: TypeAlias = Callable[..., Any]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class HasForward(Protocol[P, R_co]):
    """A module seen by its call, which takes and returns what its ``forward`` does."""

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


class HasStaticForward(Protocol[R_co]):
    """A :class:`Function` seen by its ``apply``, which returns what its ``forward`` does."""

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> R_co: ...
