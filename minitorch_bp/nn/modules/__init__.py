"""The layers, one file per family, as PyTorch names them."""

from .names import *  # noqa: F403
