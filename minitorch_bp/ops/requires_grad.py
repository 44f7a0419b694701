"""Whether a tensor requires a gradient: who may ask for one, and of what."""

from __future__ import annotations

from typing import Any

from ..core.grad_mode import is_inference_mode_enabled, mode
from ..core.view import requires_grad as is_tracked
from ._base import Tensor, public


def require_grad(t: Tensor, wanted: bool | None = True) -> None:
    """Make a leaf require grad if that is wanted; RuntimeError for types that have no gradient, TypeError for no bool."""
    if wanted is not True:
        if wanted is not None and wanted is not False:
            raise TypeError(f"requires_grad must be True or False, but got {wanted!r}")
        return
    if t._array.dtype.kind not in "fc" and not t.dtype.is_floating_point:
        raise RuntimeError(
            f"only tensors of floating-point or complex type can require gradients, but this one is of type {t.dtype!r}"
        )
    t._requires_grad = True


@public("Tensor")
def requires_grad_(input: Tensor, requires_grad: bool = True) -> Tensor:
    """Set whether gradients are wanted, in place.

    Parameters
    ----------
    input : Tensor
    requires_grad : bool

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        For an integer tensor, when switching off what a recorded operation switched on, or inside a function that ``torch.func``
        transforms.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).requires_grad_()
    tensor([1.], requires_grad=True)
    """
    if requires_grad is not True and requires_grad is not False:
        raise TypeError(f"requires_grad must be True or False, but got {requires_grad!r}")
    if mode.transforms:
        raise RuntimeError(
            f"requires_grad_() inside of a function that torch.func.{mode.transforms[-1]} transforms: the transformation decides what is "
            "differentiated. Give the tensor as an argument instead (torch.autograd.functional can't be used there, either)"
        )
    return requiring_grad(input, requires_grad)


def requiring_grad(input: Tensor, requires_grad: bool = True) -> Tensor:
    """The same for the library's own use."""
    if requires_grad == is_tracked(input):
        return input
    if requires_grad and input.is_inference() and not is_inference_mode_enabled():
        raise RuntimeError("a tensor made under inference_mode can't require grad outside of it: make a .clone() of it")
    if requires_grad:
        require_grad(input)
    else:
        set_requires_grad(input, False)
    return input


def set_requires_grad(t: Tensor, value: Any) -> None:
    """The setter of ``t.requires_grad``."""
    if value is not True and value is not False:
        raise RuntimeError(f"requires_grad must be True or False, but got {value!r}")
    if is_tracked(t) and not t.is_leaf:  # type: ignore[attr-defined]
        raise RuntimeError("requires_grad can be set only of a leaf: use .detach() to stop gradients at a computed tensor")
    if value:
        requiring_grad(t)
    else:
        t._requires_grad = False
