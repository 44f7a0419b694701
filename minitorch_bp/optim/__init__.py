"""Optimizers: rules that turn gradients into steps; and schedulers, rules for how long the steps are."""

from . import lr_scheduler, optimizer, swa_utils
from .adam import Adam, AdamW
from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "lr_scheduler", "optimizer", "swa_utils"]
