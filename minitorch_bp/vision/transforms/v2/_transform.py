"""The base of ``transforms.v2``: a transform takes any nesting of tuples, lists and dictionaries, and changes what is an image in it.

Of plain tensors, the first is taken for the image, unless the sample holds a picture or an ``Image``; the others are labels. Numbers are
drawn once per call, by ``make_params``, so that an image and its mask move alike.
"""

from __future__ import annotations

import enum
from typing import Any

from minitorch_bp import nn
from minitorch_bp.utils._pytree import tree_flatten, tree_unflatten

from ..._pillow import is_pil
from .. import draws
from .._image import Tensor
from ._kinds import is_kind, is_pure_tensor


def check_type(obj: Any, types_or_checks: Any) -> bool:
    """Whether an object is of one of some types, or passes one of some functions."""
    return any(isinstance(obj, t) if isinstance(t, type) else t(obj) for t in types_or_checks)


def has_any(flat_inputs: Any, *types_or_checks: Any) -> bool:
    """Whether any leaf is of one of the types."""
    return any(check_type(x, types_or_checks) for x in flat_inputs)


def has_all(flat_inputs: Any, *types_or_checks: Any) -> bool:
    """Whether each of the types has a leaf."""
    return all(any(check_type(x, (t,)) for x in flat_inputs) for t in types_or_checks)


class Transform(nn.Module):
    """The base class. A transform of one's own has ``transform(inpt, params)``, and ``make_params(flat_inputs)`` if it draws.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import v2
    >>> class Halve(v2.Transform):
    ...     def transform(self, inpt, params):
    ...         return inpt / 2
    >>> Halve()({"image": torch.ones(1, 1, 2), "label": 3})
    {'image': tensor([[[0.5000, 0.5000]]]), 'label': 3}
    """

    _transformed_types: tuple[Any, ...] = (Tensor, is_pil)

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        """Raise if the sample does not fit."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Draw what a call needs."""
        return {}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """One leaf, transformed."""
        raise NotImplementedError(f"{type(self).__name__} has no method transform(inpt, params)")

    def _happens(self) -> bool:
        return True

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        leaves, spec = tree_flatten(sample)
        self.check_inputs(leaves)
        if not self._happens():
            return sample
        chosen = self._needs_transform_list(leaves)
        params = self.make_params([x for x, needed in zip(leaves, chosen, strict=True) if needed])
        return tree_unflatten([self.transform(x, params) if c else x for x, c in zip(leaves, chosen, strict=True)], spec)

    def _needs_transform_list(self, flat_inputs: list[Any]) -> list[bool]:
        first = not any(is_pil(x) or is_kind(x, "Image", "Video") for x in flat_inputs)
        chosen = []
        for x in flat_inputs:
            needed = check_type(x, self._transformed_types)
            if needed and is_pure_tensor(x):
                needed, first = first, False
            chosen.append(needed)
        return chosen

    def extra_repr(self) -> str:
        shown = (bool, int, float, str, tuple, list, enum.Enum)
        parts = (
            f"{name}={value}"
            for name, value in self.__dict__.items()
            if not name.startswith("_") and name != "training" and isinstance(value, shown)
        )
        return ", ".join(parts)


class Perhaps(Transform):
    """A transform that happens with probability p."""

    def __init__(self, p: float = 0.5):
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"{type(self).__name__}: p must be a probability, but is {p}")
        super().__init__()
        self.p = p

    def _happens(self) -> bool:
        return draws.happens(self.p)
