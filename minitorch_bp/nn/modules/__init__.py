"""The layers, one file per family, as PyTorch names them."""

from . import utils as utils
from .names import *  # noqa: F403
