"""The parts of :mod:`minitorch_bp.utils.benchmark`, under the names that PyTorch has for them."""

from . import common as common
from . import compare as compare
from . import timer as timer
