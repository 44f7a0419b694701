"""The chi-squared distribution."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from . import constraints
from .gamma import Gamma


class Chi2(Gamma):
    r"""The chi-squared distribution, over the positive numbers: a sum of squares of ``df`` standard normal variables.

    .. math:: p(x) = \frac{x^{\nu / 2 - 1} e^{-x / 2}}{2^{\nu / 2} \Gamma(\nu / 2)}

    Parameters
    ----------
    df : Tensor or number
        The degrees of freedom nu, positive.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.Chi2(3.0).mean
    tensor(3.)
    """

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None):
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution with a larger batch.

        Parameters
        ----------
        batch_shape : Size

        Returns
        -------
        Chi2
        """
        new = super().expand(batch_shape, _instance)
        new.concentration, new.rate = self.concentration.expand(batch_shape), self.rate.expand(batch_shape)
        return new
