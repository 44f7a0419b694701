"""Containers of ``transforms.v2``: their draws come from PyTorch's generator, where those of ``transforms`` use Python's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from .. import draws
from ._transform import Transform


class _Container(Transform):
    _kinds: tuple[Any, ...] = (Sequence,)

    def __init__(self, transforms: Any):
        super().__init__()
        if not isinstance(transforms, self._kinds):
            raise TypeError(f"{type(self).__name__}: expected a sequence of transforms, but got {type(transforms).__name__}")
        if not len(transforms):
            raise ValueError(f"{type(self).__name__}: expected at least one transform")
        self.transforms = transforms

    @staticmethod
    def _each(inputs: Any, transforms: Any) -> Any:
        several = len(inputs) > 1
        out: Any = inputs if several else inputs[0]
        for transform in transforms:
            out = transform(*inputs)
            inputs = out if several else (out,)
        return out


class _Listed(_Container):
    def extra_repr(self) -> str:
        return "\n".join(f"    {t}" for t in self.transforms)


class Compose(_Listed):
    """One transform after the other."""

    def forward(self, *inputs: Any) -> Any:
        return self._each(inputs, self.transforms)


class RandomApply(_Listed):
    """All of the transforms with probability p, or none."""

    _kinds = (Sequence, nn.ModuleList)

    def __init__(self, transforms: Any, p: float = 0.5):
        super().__init__(transforms)
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"RandomApply: p must be a probability, but is {p}")
        self.p = p

    def forward(self, *inputs: Any) -> Any:
        return self._each(inputs, self.transforms if draws.happens(self.p) else [])


class RandomChoice(_Container):
    """One of the transforms, with the weights ``p``."""

    def __init__(self, transforms: Any, p: Any = None):
        super().__init__(transforms)
        p = [1] * len(transforms) if p is None else p
        if len(p) != len(transforms):
            raise ValueError(f"RandomChoice: {len(p)} weights for {len(transforms)} transforms")
        self.p = [weight / sum(p) for weight in p]

    def forward(self, *inputs: Any) -> Any:
        return self.transforms[int(torch.multinomial(torch.tensor(self.p), 1))](*inputs)


class RandomOrder(_Container):
    """All of the transforms, in a random order."""

    def forward(self, *inputs: Any) -> Any:
        return self._each(inputs, [self.transforms[k] for k in torch.randperm(len(self.transforms)).tolist()])
