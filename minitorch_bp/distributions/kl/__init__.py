"""The Kullback-Leibler divergence: see :mod:`registry` for how a formula is found, and the two other files for the formulas."""

from . import same_family, two_families  # noqa: F401  (they register their formulas)
from .registry import _KL_REGISTRY as _KL_REGISTRY
from .registry import kl_divergence, register_kl
from .same_family import _kl_expfamily_expfamily as _kl_expfamily_expfamily

__all__ = ["kl_divergence", "register_kl"]
