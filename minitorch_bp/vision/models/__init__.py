"""Networks for images, with torchvision's names of parameters and, under a seed, its initial values."""

from .._missing import missing_from
from . import alexnet as _alexnet
from . import mobilenetv2, resnet, squeezenet, vgg
from ._registry import (
    Weights,
    WeightsEnum,
    get_model,
    get_model_builder,
    get_model_weights,
    get_weight,
    list_models,
)
from .alexnet import *
from .mobilenetv2 import *
from .resnet import *
from .squeezenet import *
from .vgg import *

__all__ = [
    "Weights", "WeightsEnum", "get_model", "get_model_builder", "get_model_weights", "get_weight", "list_models", "mobilenetv2", "resnet",
    "squeezenet", "vgg", *_alexnet.__all__, *mobilenetv2.__all__, *resnet.__all__, *squeezenet.__all__, *vgg.__all__,
]  # fmt: skip

__getattr__ = missing_from(__name__)
