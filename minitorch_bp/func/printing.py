"""How tensors print inside of functions that are transformed: as PyTorch's, which are wrapped once for each transformation.

    GradTrackingTensor(lvl=1, value=
        tensor([1., 2.])
    )

Here nothing is wrapped; which transformations a tensor takes part in is seen from its history.
"""

from __future__ import annotations

import textwrap
from typing import Any

from ..core.repr import tensor_repr, wrappings_of_others
from ..core.tensor import Tensor
from ..core.view import edge_of
from .transforms import edges_below, running


def _wrapped(t: Tensor) -> str | None:
    """The text of a tensor that a running transformation differentiates in, None for any other."""
    return _text(t, running.levels) if running.levels else None


def _text(t: Tensor, levels: tuple[Any, ...]) -> str | None:
    history = {id(edge) for edge in edges_below([t])}
    while levels and not any(id(edge_of(own)) in history for own in levels[-1].own):
        levels = levels[:-1]
    if not levels:
        return None
    level, outer = levels[-1], levels[:-1]
    value = next((given for own, given in zip(level.own, level.given, strict=True) if own is t), t)
    text = _text(value, outer) or _plain(value, level)
    return f"GradTrackingTensor(lvl={level.number}, value=\n{textwrap.indent(text, '    ')}\n)"


def _plain(t: Tensor, level: Any) -> str:
    """The text of a value, which has a history if that leads to a leaf that no transformation has made."""
    outside = any(isinstance(edge, Tensor) and "_level" not in edge.__dict__ for edge in edges_below([t]))
    return tensor_repr(t if outside and level.outside else t.detach(), wrapped=False)


wrappings_of_others.append(_wrapped)
