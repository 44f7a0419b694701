r"""Complex numbers and their parts.

A real loss :math:`L` of a complex number :math:`z = x + iy` has the gradient :math:`\partial L/\partial x + i\,\partial
L/\partial y` here, as in PyTorch: the direction in which L grows fastest. For a holomorphic function that is the incoming
gradient times the *conjugate* of the derivative, which the engine takes care of (``Plan.for_complex``). The functions of this
file are not holomorphic, and give that gradient themselves.

Source: Kreutz-Delgado, "The complex gradient operator and the CR-calculus", 2009.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.namespaces import raw, tracked
from .._base import Tensor, attach, dtypes, float_primitive, primitive, public
from .._shapes import check_tensor, same_type
from ..creation import ones_like
from ..shape.view import matrix_transpose
from .sign import sign


@primitive(conjugates=True, grad_name="ConjBackward0", input=lambda xp, grad: xp._conjugated(grad))
def _conj(input):
    return np.conj(input)


raw._conjugated = lambda x: x if x is None or x.dtype.kind != "c" else np.asarray(np.conj(x))  # (an array, of no dimensions too)


tracked._conjugated = lambda x: x if x is None or x._array.dtype.kind != "c" else _conj(x)


@primitive(view=True, conjugates=True, grad_name="RealBackward0", input=lambda xp, grad: grad)
def _real(input):
    return input.real


@primitive(view=True, conjugates=True, grad_name="ImagBackward0", input=lambda xp, grad: grad * 1j)
def _imag(input):
    return input.imag


@primitive(view=True, conjugates=True, grad_name="ViewAsRealBackward0", input=lambda xp, grad: xp._view_as_complex(grad))
def _view_as_real(input):
    kind = np.float32 if input.dtype == np.complex64 else np.float64
    return np.stack((input.real, input.imag), -1) if not input.flags.writeable else input[..., None].view(kind)


@primitive(view=True, conjugates=True, grad_name="ViewAsComplexBackward0", input=lambda xp, grad: xp._view_as_real(grad))
def _view_as_complex(input):
    if input.strides[-1] != input.itemsize:  # (a gradient; the public function refuses)
        input = np.ascontiguousarray(input)
    return input.view(np.complex64 if input.dtype == np.float32 else np.complex128)[..., 0]


@primitive(
    conjugates=True,
    elementwise=True,
    grad_name="ComplexBackward0",
    real=lambda xp, grad, real: xp._real(grad),  # torch keeps both parts
    imag=lambda xp, grad, imag: xp._imag(grad),
)
def _complex(real, imag):
    kind = np.result_type(real, np.complex64)
    out = np.empty_like(real, kind) if real.shape == imag.shape else np.empty(np.broadcast_shapes(real.shape, imag.shape), kind)
    out.real, out.imag = real, imag
    return out


@primitive(
    conjugates=True,
    elementwise=True,
    grad_name="PolarBackward0",
    abs=lambda xp, grad, result: xp._real(xp._conj(grad) * xp.sgn(result)),
    angle=lambda xp, grad, result: xp._real(xp._conj(grad) * (result * 1j)),
)
def _polar(abs, angle):
    return _complex.op.kernel(abs * np.cos(angle), abs * np.sin(angle))


def _sgn_rule(xp: Any, grad: Any, input: Any, result: Any) -> Any:
    """Only what is perpendicular to z turns its direction."""
    if xp.array_of(input).dtype.kind != "c":
        return xp._zeros_of(grad)
    along = xp._real(xp._conj(result) * grad)
    size = xp.abs(input)
    return xp._where(size == 0, 0, (grad - result * along) / xp._where(size == 0, 1, size))


@public(inplace=True, exact=True)
@primitive(conjugates=True, input=_sgn_rule)
def sgn(input):
    r"""The sign; of a complex number :math:`z / |z|`, and 0 at 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sgn(torch.tensor([-2.0, 0.0])), torch.sgn(torch.tensor(3 + 4j))
    (tensor([-1.,  0.]), tensor(0.6000+0.8000j))
    """
    return np.sign(input) if input.dtype.kind == "c" else sign.op.kernel(input)


def _angle_rule(xp: Any, grad: Any, input: Any) -> Any:
    if xp.array_of(input).dtype.kind != "c":
        return xp._zeros_of(grad)
    square = xp._real(input * xp._conj(input))
    return xp._where(square == 0, 0, grad * (input * 1j) / xp._where(square == 0, 1, square))


@public()
@float_primitive(conjugates=True, input=_angle_rule)
def angle(input):
    """The angle of a complex number in radians; of a real one 0 or pi (and 0 is its gradient).

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.angle(torch.tensor([1j, -1 + 0j])), torch.angle(torch.tensor([2.0, -2.0]))
    (tensor([1.5708, 3.1416]), tensor([0.0000, 3.1416]))
    """
    if input.dtype.kind == "c":
        return np.angle(input)
    return np.where(np.isnan(input), input, np.where(input < 0, np.pi, 0)).astype(input.dtype)


@public("torch")
def real(input: Tensor) -> Tensor:
    """The real part, a view; a real tensor is returned as it is.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        A view, of the real dtype that belongs to the complex one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.real(torch.tensor([1 + 2j]))
    tensor([1.])
    """
    check_tensor("real", input)
    return _real(input) if input.dtype.is_complex else input


@public("torch")
def imag(input: Tensor) -> Tensor:
    """The imaginary part, a view.

    Parameters
    ----------
    input : Tensor
        Of complex dtype.

    Returns
    -------
    Tensor
        A view, of the real dtype that belongs to the complex one.

    Raises
    ------
    RuntimeError
        For a real tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.imag(torch.tensor([1 + 2j]))
    tensor([2.])
    """
    check_tensor("imag", input)
    if not input.dtype.is_complex:
        raise RuntimeError(f"imag: a tensor of type {input.dtype!r} has no imaginary part")
    return _imag(input)


@public("torch")
def view_as_real(input: Tensor) -> Tensor:
    """A complex tensor as a real one with a last dimension of 2, in the same memory.

    Parameters
    ----------
    input : Tensor
        Of complex dtype.

    Returns
    -------
    Tensor
        A view with one dimension more, for real and imaginary parts.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.view_as_real(torch.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    check_tensor("view_as_real", input)
    if not input.dtype.is_complex:
        raise RuntimeError(f"view_as_real: expected a complex tensor, but got one of type {input.dtype!r}")
    return _view_as_real(input)


@public("torch")
def view_as_complex(input: Tensor) -> Tensor:
    """A real tensor whose last dimension has size 2 as a complex one, in the same memory.

    Parameters
    ----------
    input : Tensor
        Of floating-point type, with a last dimension of size 2.

    Returns
    -------
    Tensor
        A view with one dimension less.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.view_as_complex(torch.tensor([[1.0, 2.0]]))
    tensor([1.+2.j])
    """
    check_tensor("view_as_complex", input)
    if input.dtype.is_complex or not input.dtype.is_floating_point:
        raise RuntimeError(f"view_as_complex: expected a real floating-point tensor, but got one of type {input.dtype!r}")
    if not input.ndim or input.shape[-1] != 2:
        raise RuntimeError(f"view_as_complex: the last dimension must have size 2, but the shape is {list(input.shape)}")
    steps = input.stride()
    if steps[-1] != 1 or any(s % 2 for s in (*steps[:-1], input.storage_offset())):
        raise RuntimeError(
            "view_as_complex: the parts of a number must lie side by side in memory, each pair at an even place; "
            f"but the strides are {list(steps)} and the offset is {input.storage_offset()}"
        )
    return _view_as_complex(input)


@public("torch", exact=True)
def complex(real: Tensor, imag: Tensor, *, out: Any = None) -> Tensor:
    """Complex numbers from their real and imaginary parts.

    Parameters
    ----------
    real, imag : Tensor
        Of one floating-point dtype and broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the complex dtype that belongs to the real one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.complex(torch.tensor(1.0), torch.tensor(2.0))
    tensor(1.+2.j)
    """
    check_tensor("complex", real, "real")
    check_tensor("complex", imag, "imag")
    if not real.is_floating_point():
        raise RuntimeError(f"complex: the parts must be of type float or double, but got {real.dtype!r}")
    same_type("complex", real, imag)
    return _complex(real, imag)


@public("torch")
def polar(abs: Tensor, angle: Tensor, *, out: Any = None) -> Tensor:
    r"""Complex numbers from their absolute values and angles: :math:`r (\cos\phi + i \sin\phi)`.

    Parameters
    ----------
    abs, angle : Tensor
        Of one floating-point dtype and broadcastable shapes; the angle in radians.

    Returns
    -------
    Tensor
        Of the broadcast shape and the complex dtype that belongs to the real one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.polar(torch.tensor(2.0), torch.tensor(0.0))
    tensor(2.+0.j)
    """
    check_tensor("polar", abs, "abs")
    check_tensor("polar", angle, "angle")
    if abs.dtype is not angle.dtype or not abs.is_floating_point():
        raise RuntimeError(f"polar: both must be of one floating-point type, but got {abs.dtype!r} and {angle.dtype!r}")
    return _polar(abs, angle)


@public()
def conj(input: Tensor) -> Tensor:
    """The complex conjugate; a real tensor is returned as it is.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.conj(torch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    check_tensor("conj", input)
    return _conj(input) if input.dtype.is_complex else input


@public("torch")
def _neg_view(input: Tensor) -> Tensor:
    """The negative. In PyTorch it is a view whose elements are negated when they are read; here they are negated at once."""
    check_tensor("_neg_view", input)
    return -input


@public(inplace=True, exact=True)
def conj_physical(input: Tensor, *, out: Any = None) -> Tensor:
    """:func:`conj` as a new tensor.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.conj_physical(torch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    return conj(input)


@public()
def isreal(input: Tensor) -> Tensor:
    """Whether the imaginary part is zero, elementwise.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isreal(torch.tensor([1 + 0j, 1j]))
    tensor([ True, False])
    """
    return imag(input) == 0 if input.dtype.is_complex else ones_like(input, dtype=dtypes.bool)


def _adjoint(self: Tensor) -> Tensor:
    """The conjugate transpose of a matrix (``x.H``).

    Raises
    ------
    RuntimeError
        Unless there are two dimensions or none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1 + 2j, 3]]).H
    tensor([[1.-2.j],
            [3.-0.j]])
    """
    if self.ndim not in (0, 2):
        raise RuntimeError(f"H needs a matrix, but the tensor has {self.ndim} dimensions")
    return conj(self.transpose(0, 1)) if self.ndim else conj(self)


_ADJOINTS = """The conjugate transpose of each matrix (``x.mH``).

Examples
--------
>>> import minitorch_bp as torch
>>> torch.tensor([[1 + 2j, 3]]).mH
tensor([[1.-2.j],
        [3.-0.j]])
"""


def _assign(part: Tensor, value: Any) -> None:
    if isinstance(value, (int, float)):
        part.fill_(value)
    else:
        check_tensor("real and imag", value, "value")
        part.copy_(value)


def _set_real(self: Tensor, value: Tensor) -> None:
    _assign(real(self), value)


def _set_imag(self: Tensor, value: Tensor) -> None:
    _assign(imag(self), value)


attach("real", property(real, _set_real))
attach("imag", property(imag, _set_imag))
attach("mH", property(lambda self: conj(matrix_transpose(self)), doc=_ADJOINTS))
attach("H", property(_adjoint))
