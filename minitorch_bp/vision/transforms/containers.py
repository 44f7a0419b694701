"""Random choice of transforms, and the transforms that happen with a probability."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from minitorch_bp import nn

from . import draws
from .fixed import Shown, listed


class RandomApply(nn.Module):
    """All of the transforms with probability p, or none.

    Parameters
    ----------
    transforms : list of callables, or ModuleList
    p : float
    """

    def __init__(self, transforms: Any, p: float = 0.5):
        super().__init__()
        self.transforms, self.p = transforms, p

    def forward(self, img: Any) -> Any:
        if not draws.happens(self.p):
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(\n    p={self.p}{listed(self.transforms)}\n)"


class RandomTransforms:
    """What :class:`RandomChoice` and :class:`RandomOrder` share: a list of transforms."""

    def __init__(self, transforms: Any):
        if not isinstance(transforms, Sequence):
            raise TypeError(f"{type(self).__name__}: expected a sequence of transforms, but got {type(transforms).__name__}")
        self.transforms = transforms

    def __call__(self, *args: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({listed(self.transforms)}\n)"


class RandomOrder(RandomTransforms):
    """All of the transforms, in a random order (drawn by Python's ``random``)."""

    def __call__(self, img: Any) -> Any:
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for k in order:
            img = self.transforms[k](img)
        return img


class RandomChoice(RandomTransforms):
    """One of the transforms (drawn by Python's ``random``), with the weights ``p``."""

    def __init__(self, transforms: Any, p: Any = None):
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise TypeError(f"RandomChoice: p must be a sequence of weights, but got {type(p).__name__}")
        self.p = p

    def __call__(self, *args: Any) -> Any:
        return random.choices(self.transforms, weights=self.p)[0](*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"


class Perhaps(Shown, nn.Module):
    """A transform that happens with probability p."""

    shown: Sequence[str] = ("p",)

    def __init__(self, p: float = 0.5):
        super().__init__()
        self.p = p

    def forward(self, img: Any) -> Any:
        return self._transformed(img) if draws.happens(self.p) else img

    def _transformed(self, img: Any) -> Any:
        raise NotImplementedError
