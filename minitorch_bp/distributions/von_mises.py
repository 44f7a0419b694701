"""The von Mises distribution: a normal distribution on the circle."""

from __future__ import annotations

import math
from typing import Any

from ..core.dtype import float64
from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.creation import empty, zeros
from ..ops.pointwise.compare import where
from ..ops.random.draw import rand
from ..ops.special.bessel import i0e, i1e
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class VonMises(Distribution):
    r"""The von Mises distribution, over angles in [-pi, pi): :math:`p(x) = \frac{e^{\kappa \cos(x - \mu)}}{2 \pi I_0(\kappa)}`.

    Draws are by rejection from a wrapped Cauchy distribution (D. J. Best and N. I. Fisher, "Efficient simulation of the von
    Mises distribution", 1979).

    Parameters
    ----------
    loc : Tensor or number
        The mean angle mu.
    concentration : Tensor or number
        The kappa, positive.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.VonMises(torch.tensor(0.0), torch.tensor(1.0)).log_prob(torch.tensor(0.0))
    tensor(-1.0738)
    """

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None):
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.size(), validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """The mean angle."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The circular variance, 1 - I_1 / I_0."""
        return 1 - i1e(self.concentration) / i0e(self.concentration)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw angles, in float64 until the end; all positions are drawn again until each has accepted one."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            loc, kappa = self.loc.to(float64), self.concentration.to(float64)
            r = _proposal(kappa).expand(shape)
            x, done = empty(shape, dtype=float64), zeros(shape).bool()
            while not done.all():
                u1, u2, u3 = rand((3, *shape), dtype=float64).unbind()
                z = (math.pi * u1).cos()
                f = (1 + r * z) / (r + z)
                c = kappa * (r - f)
                accept = ((c * (2 - c) - u2) > 0) | ((c / u2).log() + 1 - c >= 0)
                x = where(accept, (u3 - 0.5).sign() * f.acos(), x)
                done = done | accept
            return ((x + math.pi + loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        log_i0 = i0e(self.concentration).log() + self.concentration
        return self.concentration * (value - self.loc).cos() - math.log(2 * math.pi) - log_i0


def _proposal(kappa: Tensor) -> Tensor:
    """The proposal's parameter r, by its series where kappa is small."""
    tau = 1 + (1 + 4 * kappa**2).sqrt()
    rho = (tau - (2 * tau).sqrt()) / (2 * kappa)
    return where(kappa < 1e-5, 1 / kappa + kappa, (1 + rho**2) / (2 * rho))
