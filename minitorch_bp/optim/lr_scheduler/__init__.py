"""Schedulers: rules for the learning rate of each epoch, called after the optimizer.

Each class is a formula; :class:`LRScheduler` counts the epochs and writes what the formula says into the optimizer's groups.
Most come in two forms. The *chainable* one computes a learning rate from the one before, so that several schedulers can act on
one optimizer; the *closed* one computes it from the first learning rate, and is what ``step(epoch)`` asks for.
"""

from ...core.home import bring_home as _bring_home
from ...core.tensor import Tensor as Tensor
from ..optimizer import Optimizer as Optimizer
from .base import EPOCH_DEPRECATION_WARNING as EPOCH_DEPRECATION_WARNING
from .base import LRScheduler as LRScheduler
from .base import _LRScheduler as _LRScheduler
from .cosine import CosineAnnealingLR as CosineAnnealingLR
from .cosine import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from .cyclic import CyclicLR as CyclicLR
from .factors import ConstantLR as ConstantLR
from .factors import ExponentialLR as ExponentialLR
from .factors import LinearLR as LinearLR
from .factors import MultiStepLR as MultiStepLR
from .factors import PolynomialLR as PolynomialLR
from .factors import StepLR as StepLR
from .functions import LambdaLR as LambdaLR
from .functions import MultiplicativeLR as MultiplicativeLR
from .one_cycle import OneCycleLR as OneCycleLR
from .plateau import ReduceLROnPlateau as ReduceLROnPlateau
from .several import ChainedScheduler as ChainedScheduler
from .several import SequentialLR as SequentialLR

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR", "LRScheduler",
    "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "SequentialLR",
    "StepLR",
]  # fmt: skip

_bring_home(globals(), __name__)
