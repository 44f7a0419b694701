"""einops on tensors: import this module once, and ``einops.rearrange(x, "b c h w -> b (h w) c")`` takes them.

einops asks every class that derives from its ``AbstractBackend`` whether it knows a tensor, so defining one is enough.
``einops.layers.torch`` needs the package under the name ``torch``: ``sys.modules["torch"] = minitorch_bp``, before einops is imported;
this module is then not needed.

Examples
--------
>>> import minitorch_bp as torch
>>> import minitorch_bp.utils.einops
>>> import einops
>>> einops.rearrange(torch.arange(6).view(2, 3), "a b -> b a").shape
torch.Size([3, 2])
"""

from __future__ import annotations

from typing import Any

from einops._backends import AbstractBackend

from ..core.tensor import Tensor
from ..ops import find

_PACKAGE = __name__.partition(".")[0]
_REDUCTIONS = {"min": "amin", "max": "amax", "sum": "sum", "mean": "mean", "any": "any", "all": "all", "prod": "prod"}


def _torch(name: str) -> Any:
    return find("torch", name)


class MinitorchBackend(AbstractBackend):  # type: ignore[misc]  # einops has no types here
    """What einops needs of a library of arrays."""

    framework_name = _PACKAGE

    def is_appropriate_type(self, tensor: Any) -> bool:
        return isinstance(tensor, Tensor)

    def from_numpy(self, x: Any) -> Any:
        return _torch("from_numpy")(x)

    def to_numpy(self, x: Any) -> Any:
        return x.detach().numpy()

    def arange(self, start: int, stop: int) -> Any:
        return _torch("arange")(start, stop)

    def reduce(self, x: Any, operation: str, reduced_axes: Any) -> Any:
        if operation in ("any", "all", "prod"):
            for axis in sorted(reduced_axes, reverse=True):
                x = getattr(x, operation)(dim=axis)
            return x
        return getattr(x, _REDUCTIONS[operation])(dim=tuple(reduced_axes))

    def transpose(self, x: Any, axes: Any) -> Any:
        return x.permute(axes)

    def stack_on_zeroth_dimension(self, tensors: list[Any]) -> Any:
        return _torch("stack")(tensors)

    def add_axes(self, x: Any, n_axes: int, pos2len: dict[int, int]) -> Any:
        sizes = [-1] * n_axes
        for axis, length in pos2len.items():
            x = x.unsqueeze(axis)
            sizes[axis] = length
        return x.expand(sizes)

    def tile(self, x: Any, repeats: Any) -> Any:
        return x.repeat(repeats)

    def concat(self, tensors: Any, axis: int) -> Any:
        return _torch("cat")(tensors, dim=axis)

    def add_axis(self, x: Any, new_position: int) -> Any:
        return x.unsqueeze(new_position)

    def is_float_type(self, x: Any) -> bool:
        return bool(x.is_floating_point())

    def einsum(self, pattern: str, *x: Any) -> Any:
        return _torch("einsum")(pattern, *x)
