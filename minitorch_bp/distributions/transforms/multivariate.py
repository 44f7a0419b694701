"""Transforms of vectors and matrices: shapes, the simplex, triangular, positive definite and correlation matrices."""

from __future__ import annotations

import math
from typing import Any

from ...core.device import Size
from ...core.dtype import finfo
from ...core.tensor import Tensor
from ...ops.creation import eye
from ...ops.linalg.factorizations import cholesky
from ...ops.nn.padding import pad
from ...ops.nn.smooth_activation import softplus
from ...ops.nn.softmax import softmax
from ...ops.pointwise.exponential import sigmoid
from ...ops.ranges import arange
from .. import constraints
from ..utils import tril_matrix_to_vec, vec_to_tril_matrix
from .transform import Transform


class ReshapeTransform(Transform):
    """Another shape for the last dimensions.

    Parameters
    ----------
    in_shape, out_shape : Size
        With as many elements.
    cache_size : int

    Raises
    ------
    ValueError
        If the numbers of elements differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.ReshapeTransform((4,), (2, 2))(torch.zeros(3, 4)).shape
    torch.Size([3, 2, 2])
    """

    bijective = True

    def __init__(self, in_shape: Any, out_shape: Any, cache_size: int = 0):
        self.in_shape, self.out_shape = Size(in_shape), Size(out_shape)
        if math.prod(self.in_shape) != math.prod(self.out_shape):
            raise ValueError(f"the shapes {tuple(in_shape)} and {tuple(out_shape)} have different numbers of elements")
        super().__init__(cache_size=cache_size)

    @constraints.dependent_property
    def domain(self) -> Any:  # type: ignore[override]
        """The set that arguments come from."""
        return constraints.independent(constraints.real, len(self.in_shape))

    @constraints.dependent_property
    def codomain(self) -> Any:  # type: ignore[override]
        """The set that results lie in."""
        return constraints.independent(constraints.real, len(self.out_shape))

    def _call(self, x: Tensor) -> Tensor:
        return x.reshape((*x.shape[: x.dim() - len(self.in_shape)], *self.out_shape))

    def _inverse(self, y: Tensor) -> Tensor:
        return y.reshape((*y.shape[: y.dim() - len(self.out_shape)], *self.in_shape))

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return x.new_zeros(x.shape[: x.dim() - len(self.in_shape)])

    def forward_shape(self, shape: Any) -> Any:
        return _exchanged(shape, self.in_shape, self.out_shape)

    def inverse_shape(self, shape: Any) -> Any:
        return _exchanged(shape, self.out_shape, self.in_shape)


def _exchanged(shape: Any, old: Size, new: Size) -> Size:
    """The shape with its end ``old`` replaced by ``new``."""
    cut = len(shape) - len(old)
    if cut < 0 or tuple(shape[cut:]) != tuple(old):
        raise ValueError(f"the shape must end in {tuple(old)}, but is {tuple(shape)}")
    return Size(tuple(shape[:cut]) + tuple(new))


class SoftmaxTransform(Transform):
    """The softmax of a vector, onto the simplex; not one to one, since it does not see a shift of all elements.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.SoftmaxTransform()(torch.tensor([1.0, 1.0]))
    tensor([0.5000, 0.5000])
    """

    domain = constraints.real_vector
    codomain = constraints.simplex
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        return softmax(x, -1)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def forward_shape(self, shape: Any) -> Any:
        return _at_least("SoftmaxTransform", shape, 1)

    def inverse_shape(self, shape: Any) -> Any:
        return _at_least("SoftmaxTransform", shape, 1)


def _at_least(name: str, shape: Any, dims: int) -> Any:
    if len(shape) < dims:
        raise ValueError(f"{name} needs {dims} dimensions at least, but the shape is {tuple(shape)}")
    return shape


class StickBreakingTransform(Transform):
    r"""One to one from vectors of n numbers to the simplex of n + 1: each number says which share of the rest to break off.

    With :math:`z_i = \sigma(x_i - \ln(n + 1 - i))`, the i-th piece is :math:`y_i = z_i \prod_{j<i} (1 - z_j)` (counting from
    1), so that x = 0 gives equal pieces. The Stan reference manual, "Unit simplex", has the derivation.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.StickBreakingTransform()(torch.zeros(3))
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = True
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        share = sigmoid(x - _log_pieces_left(x))
        rest = (1 - share).cumprod(-1)
        return pad(share, [0, 1], value=1) * pad(rest, [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        pieces = y[..., :-1]
        # what remains once a piece is broken off, kept from 0
        rest = (1 - pieces.cumsum(-1)).clamp(min=finfo(y.dtype).tiny)
        return pieces.log() - rest.log() + _log_pieces_left(pieces)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        x = x - _log_pieces_left(x)
        return (-x - softplus(-x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Any) -> Any:
        shape = _at_least("StickBreakingTransform", shape, 1)
        return Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape: Any) -> Any:
        shape = _at_least("StickBreakingTransform", shape, 1)
        return Size((*shape[:-1], shape[-1] - 1))


def _log_pieces_left(x: Tensor) -> Tensor:
    """ln n, ..., ln 2, ln 1 for n numbers: among how many further pieces the rest will be divided."""
    return arange(x.shape[-1], 0, -1, dtype=x.dtype).log()


class CorrCholeskyTransform(Transform):
    r"""One to one from n(n - 1)/2 numbers to the Cholesky factors of n by n correlation matrices.

    The numbers fill the part below the diagonal, row by row; with z = tanh(x), row i is
    :math:`L_{ij} = z_{ij} \sqrt{\prod_{k<j} (1 - z_{ik}^2)}`, and the diagonal completes it to length 1. The Stan reference
    manual, "Cholesky factors of correlation matrices", has the derivation.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.CorrCholeskyTransform()(torch.zeros(1))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        x = x.tanh()
        eps = finfo(x.dtype).eps
        z = vec_to_tril_matrix(x.clamp(min=-1 + eps, max=1 - eps), diag=-1)
        left = (1 - z * z).sqrt().cumprod(-1)  # of the length 1, after each column
        return (z + eye(z.shape[-1], dtype=z.dtype)) * pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        left = 1 - (y * y).cumsum(-1)
        below = tril_matrix_to_vec(y, diag=-1)
        t = below / tril_matrix_to_vec(pad(left[..., :-1], [1, 0], value=1), diag=-1).sqrt()
        return (t.log1p() - (-t).log1p()) / 2  # artanh

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        left = tril_matrix_to_vec(1 - (y * y).cumsum(-1), diag=-2)
        of_products = 0.5 * left.log().sum(-1)
        of_tanh = -2 * (x + softplus(-2 * x) - math.log(2.0)).sum(-1)
        return of_products + of_tanh

    def forward_shape(self, shape: Any) -> Any:
        shape = _at_least("CorrCholeskyTransform", shape, 1)
        n = round((0.25 + 2 * shape[-1]) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != shape[-1]:
            raise ValueError(f"no square matrix has {shape[-1]} elements below its diagonal")
        return Size((*shape[:-1], n, n))

    def inverse_shape(self, shape: Any) -> Any:
        shape = _at_least("CorrCholeskyTransform", shape, 2)
        if shape[-1] != shape[-2]:
            raise ValueError(f"a Cholesky factor is square, but the shape is {tuple(shape)}")
        return Size((*shape[:-2], shape[-1] * (shape[-1] - 1) // 2))


class LowerCholeskyTransform(Transform):
    """From square matrices to lower triangular ones with a positive diagonal: its exponential.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.LowerCholeskyTransform()(torch.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(Transform):
    """From square matrices to positive definite ones: L @ L.mT with L of :class:`LowerCholeskyTransform`.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.PositiveDefiniteTransform()(torch.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.positive_definite
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        lower = LowerCholeskyTransform()(x)
        return lower @ lower.mT

    def _inverse(self, y: Tensor) -> Tensor:
        return LowerCholeskyTransform().inv(cholesky(y))
