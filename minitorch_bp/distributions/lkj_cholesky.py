"""The LKJ distribution of random correlation matrices."""

from __future__ import annotations

import math
from typing import Any

from ..core.device import Size
from ..core.dtype import finfo
from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.random.draw import randn
from ..ops.ranges import arange
from ..ops.shape.joining import cat
from . import constraints
from .beta import Beta
from .distribution import Distribution
from .utils import broadcast_all


class LKJCholesky(Distribution):
    r"""The LKJ distribution, over the Cholesky factors L of n by n correlation matrices: :math:`p(L L^T) \propto \det(L L^T)^{\eta - 1}`.

    Draws are by the onion method (D. Lewandowski, D. Kurowicka and H. Joe, "Generating random correlation matrices based on
    vines and extended onion method", 2009, section 3).

    Parameters
    ----------
    dim : int
        The n, 2 at least.
    concentration : Tensor or number
        The eta, positive; with 1, correlation matrices are uniform.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If n is less than 2, or eta not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.LKJCholesky(3, 1.0).sample().shape
    torch.Size([3, 3])
    """

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None):
        if dim < 2:
            raise ValueError(f"LKJCholesky: dim must be an integer of 2 at least, but is {dim!r}")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        super().__init__(self.concentration.size(), Size((dim, dim)), validate_args=validate_args)

    def _row_lengths(self) -> Beta:
        """The squared length of each row's part below the diagonal: a beta variable (the first row's is not used)."""
        order = arange(self.dim - 1, dtype=self.concentration.dtype)
        order = cat([order.new_zeros((1,)), order])
        marginal = self.concentration + 0.5 * (self.dim - 2)
        return Beta(order + 0.5, marginal.unsqueeze(-1) - 0.5 * order)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw each row's direction from a sphere, its length below the diagonal from a beta distribution."""
        with no_grad():
            y = self._row_lengths().sample(sample_shape).unsqueeze(-1)
            normal = randn(self._extended_shape(sample_shape), dtype=self.concentration.dtype).tril(-1)
            direction = normal / normal.norm(dim=-1, keepdim=True)
            direction[..., 0, :].fill_(0.0)
            w = y.sqrt() * direction
            diagonal = (1 - (w**2).sum(-1)).clamp(min=finfo(w.dtype).tiny).sqrt()
            return w + diagonal.diag_embed()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        n, eta = self.dim, self.concentration
        # the change of variables from L L^T to L multiplies the density by powers of L's diagonal
        orders = 2 * (eta - 1).unsqueeze(-1) + n - arange(2, n + 1, dtype=eta.dtype)
        unnormalized = (orders * value.diagonal(dim1=-1, dim2=-2)[..., 1:].log()).sum(-1)
        alpha = eta + 0.5 * (n - 1)
        log_constant = (alpha - 0.5).mvlgamma(n - 1) - alpha.lgamma() * (n - 1)
        return unnormalized - (log_constant + 0.5 * (n - 1) * math.log(math.pi))
