"""Operations on boxes, and blocks of networks."""

from .._missing import missing_from
from . import boxes as boxes
from . import misc as misc
from .boxes import (
    batched_nms,
    box_area,
    box_convert,
    box_iou,
    clip_boxes_to_image,
    distance_box_iou,
    generalized_box_iou,
    nms,
    remove_small_boxes,
)
from .misc import (
    MLP,
    Conv2dNormActivation,
    FrozenBatchNorm2d,
    Permute,
    SqueezeExcitation,
    StochasticDepth,
    sigmoid_focal_loss,
    stochastic_depth,
)

__all__ = [
    "MLP", "Conv2dNormActivation", "FrozenBatchNorm2d", "Permute", "SqueezeExcitation", "StochasticDepth", "batched_nms", "box_area", "box_convert",
    "box_iou", "boxes", "clip_boxes_to_image", "distance_box_iou", "generalized_box_iou", "misc", "nms", "remove_small_boxes",
    "sigmoid_focal_loss", "stochastic_depth",
]  # fmt: skip

__getattr__ = missing_from(__name__)
