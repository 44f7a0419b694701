"""The mixin of distributions whose parameter is given either as probabilities or as logits; the other is computed when read."""

from __future__ import annotations

from typing import Any, ClassVar

from ..core.device import Size
from ..core.tensor import Tensor
from ..ops.ranges import arange
from .utils import broadcast_all, lazy_property, logits_to_probs, probs_to_logits


class ProbsOrLogits:
    """``probs`` and ``logits``, of which one is given."""

    #: Whether a logit is the log-odds of one probability, or an element of a vector of log-probabilities.
    _binary: ClassVar[bool] = True

    def _take(self, probs: Any, logits: Any, *others: Any) -> tuple[Tensor, ...]:
        """Keep the one that is given; return it and ``others``, all of one shape."""
        if (probs is None) == (logits is None):
            which = "neither" if probs is None else "both"
            raise ValueError(f"{type(self).__name__} takes either probs or logits, but {which} of them were given")
        name, given = ("logits", logits) if probs is None else ("probs", probs)
        taken = broadcast_all(given, *others) if self._binary else (given,)
        self.__dict__[name] = taken[0]
        return taken

    @lazy_property
    def logits(self) -> Tensor:
        """The logits."""
        return probs_to_logits(self.probs, is_binary=self._binary)

    @lazy_property
    def probs(self) -> Tensor:
        """The probabilities."""
        return logits_to_probs(self.logits, is_binary=self._binary)

    @property
    def _param(self) -> Tensor:
        """The one that was given."""
        return self.__dict__["probs"] if "probs" in self.__dict__ else self.__dict__["logits"]

    @property
    def param_shape(self) -> Size:
        """The shape of ``probs`` and of ``logits``."""
        return self._param.size()


def enumerated(count: int, batch_shape: Any, expand: bool, dtype: Any) -> Tensor:
    """0, 1, ..., count - 1 along a first dimension, before ones or the batch shape."""
    values = arange(count, dtype=dtype).view(-1, *[1] * len(batch_shape))
    return values.expand(-1, *batch_shape) if expand else values
