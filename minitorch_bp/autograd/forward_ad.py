r"""Forward mode: derivatives that travel with the values.

Inside a :class:`dual_level` a tensor can carry a **tangent**, the direction in which it moves; every function of it passes a tangent on, the
derivative of its result in that direction, :math:`J v`. No rules beyond those of the backward pass are needed. The backward pass of one
function computes :math:`J^T u`, which is linear in :math:`u`; so the gradient of :math:`(J^T u) \cdot v` in :math:`u` is :math:`J v`.

* A view of a dual tensor has the same view of the tangent, so that a write to one is a write to the other.
* An operation in place changes the tangent in place; a tensor without one gets zeros first.
* A :class:`~minitorch_bp.autograd.Function` passes tangents on by its ``jvp``.

The watching is done by detours (``core/detour``) that exist only while a level is open.
Source: Pearlmutter and Siskind, "Reverse-mode AD in a functional framework", 2008; Griewank and Walther, "Evaluating Derivatives", 2008.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any, NamedTuple

from ..core.detour import remove_detour, set_detour
from ..core.dtype import promote_types
from ..core.tensor import Tensor
from .tangents import detour, followed, laid_out_as, quiet, set_tangent, state, tangent_of


class UnpackedDualTensor(NamedTuple):
    """What :func:`unpack_dual` returns.

    Parameters
    ----------
    primal : Tensor
        The value.
    tangent : Tensor or None
        Its derivative in the direction, of the same shape.

    Examples
    --------
    >>> from minitorch_bp.autograd import forward_ad
    >>> import minitorch_bp as torch
    >>> with forward_ad.dual_level():
    ...     dual = forward_ad.make_dual(torch.tensor(3.0), torch.tensor(1.0))
    ...     print(forward_ad.unpack_dual(dual * dual).tangent)
    tensor(6.)
    """

    primal: Tensor
    tangent: Tensor | None


_open = [0]
_lock = threading.Lock()


# ---------------------------------------------------------------------- levels
def enter_dual_level() -> int:
    """Open a level.

    Returns
    -------
    int
        Its number, 0.

    Raises
    ------
    RuntimeError
        If one is open.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.forward_ad.enter_dual_level()
    0
    >>> torch.autograd.forward_ad.exit_dual_level()
    """
    if state.tangents is not None:
        raise RuntimeError("Nested forward mode AD is not supported at the moment: leave the open dual_level first")
    state.tangents = {}
    with _lock:
        _open[0] += 1
        if _open[0] == 1:
            set_detour(followed(), detour, innermost=True)
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Close the level: all tangents are forgotten.

    Parameters
    ----------
    level : int, optional
        That of the innermost one.

    Raises
    ------
    RuntimeError
        If none is open, or another one is innermost.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.forward_ad.dual_level():
    ...     pass
    """
    if state.tangents is None:
        raise RuntimeError("exit_dual_level: no dual_level is open")
    if level not in (None, 0):
        raise RuntimeError(f"exit_dual_level: level {level} is not the innermost one, 0")
    state.tangents = None
    with _lock:
        _open[0] -= 1
        if not _open[0]:
            remove_detour(followed(), detour)


class dual_level(contextlib.ContextDecorator):
    """A context in which tensors can carry tangents.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.autograd import forward_ad
    >>> with forward_ad.dual_level():
    ...     x = forward_ad.make_dual(torch.tensor(3.0), torch.tensor(1.0))
    ...     forward_ad.unpack_dual(x**2)
    UnpackedDualTensor(primal=tensor(9.), tangent=tensor(6.))
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *error: Any) -> None:
        exit_dual_level()


def __getattr__(name: str) -> Any:
    if name == "_current_level":
        return -1 if state.tangents is None else 0
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# ---------------------------------------------------------------------- duals
def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A tensor that carries a tangent.

    Parameters
    ----------
    tensor : Tensor
        The value.
    tangent : Tensor of the same shape and dtype
        The direction. It is kept as it is, if it lies in memory as the value does.
    level : int, optional
        The open one.

    Returns
    -------
    Tensor
        A view of ``tensor``, which itself gets no tangent.

    Raises
    ------
    RuntimeError
        Outside of a :class:`dual_level`, for another shape, or for a tangent that carries one itself.
    ValueError
        For integers or booleans.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.autograd import forward_ad
    >>> with forward_ad.dual_level():
    ...     forward_ad.make_dual(torch.ones(2), torch.zeros(2))
    tensor([1., 1.], tangent=tensor([0., 0.]))
    """
    if state.tangents is None or level not in (None, 0):
        raise RuntimeError("make_dual: a tensor can carry a tangent only inside of a dual_level. Write `with dual_level():`")
    for what, x in (("primal", tensor), ("tangent", tangent)):
        if not (x.is_floating_point() or x.is_complex()):
            raise ValueError(f"Expected {what} to be floating point or complex, but got {x.dtype}")
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            f"make_dual: Trying to set a forward gradient that has a different size than the tensor: {list(tangent.shape)} for {list(tensor.shape)}"
        )
    if promote_types(tensor.dtype, tangent.dtype) is not tensor.dtype:
        raise RuntimeError(
            f"make_dual: the tangent has type {tangent.dtype}, which is wider than that of the tensor, {tensor.dtype}"
        )
    if tangent_of(tangent) is not None:
        raise RuntimeError("make_dual: the tangent has a forward gradient at the same level itself, which is not supported")
    with quiet():
        dual = tensor.view_as(tensor)
        set_tangent(dual, laid_out_as(tensor, tangent))
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The value and the tangent of a tensor.

    Parameters
    ----------
    tensor : Tensor
    level : int, optional
        The open one.

    Returns
    -------
    UnpackedDualTensor
        ``primal``, a view without a tangent, and ``tangent``, or None.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.forward_ad.unpack_dual(torch.ones(1))
    UnpackedDualTensor(primal=tensor([1.]), tangent=None)
    """
    if state.tangents is None or level not in (None, 0):
        return UnpackedDualTensor(tensor, None)
    with quiet():
        primal, tangent = tensor.view_as(tensor), tangent_of(tensor)
        set_tangent(primal, None)
    return UnpackedDualTensor(primal, tangent)


# ---------------------------------------------------------------------- the switch
def _is_fwd_grad_enabled() -> bool:
    return state.enabled


class _set_fwd_grad_enabled(contextlib.ContextDecorator):
    """Switch forward mode on or off: at once, and in a ``with`` block until its end."""

    def __init__(self, mode: bool):
        self.before, state.enabled = state.enabled, mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: Any) -> None:
        state.enabled = self.before


__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]
