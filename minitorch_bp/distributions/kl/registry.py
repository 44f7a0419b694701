"""The divergence of two distributions: a table of formulas by the two classes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ...core.tensor import Tensor
from ..distribution import Distribution

_KL_REGISTRY: dict[tuple[type, type], Callable[..., Any]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Any], Any]:
    """Say the formula for two classes, as a decorator; it holds for their subclasses, too, unless these have one of their own.

    Parameters
    ----------
    type_p, type_q : subclass of Distribution

    Returns
    -------
    callable
        The decorator of a function of p and q.

    Raises
    ------
    TypeError
        If one is no class of distributions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> D = torch.distributions
    >>> class Mine(D.Normal):
    ...     pass
    >>> @D.register_kl(Mine, Mine)
    ... def zero(p, q):
    ...     return torch.zeros(p.batch_shape)
    >>> D.kl_divergence(Mine(0.0, 1.0), Mine(1.0, 1.0))
    tensor(0.)
    """
    for kind in (type_p, type_q):
        if not isinstance(kind, type):
            raise TypeError(f"register_kl takes classes of distributions, but got {kind!r}")

    def decorator(function: Any) -> Any:
        _KL_REGISTRY[type_p, type_q] = function
        return function

    return decorator


def _formula(type_p: type, type_q: type) -> Any:
    """The most specific formula, by the classes' orders of resolution; a warning if p and q disagree which that is."""
    matches = [(p, q) for p, q in _KL_REGISTRY if issubclass(type_p, p) and issubclass(type_q, q)]
    if not matches:
        return None
    by_p = min(matches, key=lambda m: (type_p.__mro__.index(m[0]), type_q.__mro__.index(m[1])))
    by_q = min(matches, key=lambda m: (type_q.__mro__.index(m[1]), type_p.__mro__.index(m[0])))
    if _KL_REGISTRY[by_p] is not _KL_REGISTRY[by_q]:
        warnings.warn(
            f"kl_divergence({type_p.__name__}, {type_q.__name__}) is ambiguous: the formulas for "
            f"({by_p[0].__name__}, {by_p[1].__name__}) and ({by_q[0].__name__}, {by_q[1].__name__}) both fit, and the first is used; "
            "register one for the two classes",
            RuntimeWarning,
            stacklevel=3,
        )
    return _KL_REGISTRY[by_p]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    r"""The Kullback-Leibler divergence, :math:`\mathrm{KL}(p \| q) = \int p(x) \ln \frac{p(x)}{q(x)} dx`.

    Parameters
    ----------
    p, q : Distribution

    Returns
    -------
    Tensor
        Of the batch shape.

    Raises
    ------
    NotImplementedError
        If no formula is registered for the two classes.

    Examples
    --------
    The term of a variational autoencoder's loss (D. P. Kingma and M. Welling, 2014, arXiv:1312.6114):

    >>> import minitorch_bp as torch
    >>> D = torch.distributions
    >>> D.kl_divergence(D.Normal(torch.tensor([0.0, 1.0]), 1.0), D.Normal(0.0, 1.0))
    tensor([0.0000, 0.5000])
    """
    function = _formula(type(p), type(q))
    if function is None:
        raise NotImplementedError(f"no formula for the divergence of {type(p).__name__} from {type(q).__name__} is registered")
    return function(p, q)
