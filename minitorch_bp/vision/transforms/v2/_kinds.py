"""What a leaf of a sample is, and functions that treat each kind in its way.

``tv_tensors`` is not imported before somebody uses it: classes of tensors make every public function ask them.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch_bp import from_numpy

from ..._pillow import is_pil
from .._image import Tensor, get_dimensions
from ..conversion import pil_to_tensor

_MODULE = __name__.rpartition(".transforms")[0] + ".tv_tensors"


def is_kind(x: Any, *names: str) -> bool:
    """Whether it is one of these kinds of ``tv_tensors`` ('TVTensor' is any)."""
    module = sys.modules.get(_MODULE)
    return module is not None and isinstance(x, tuple(getattr(module, name) for name in names))


def is_pure_tensor(inpt: Any) -> bool:
    """A tensor of no special kind."""
    return isinstance(inpt, Tensor) and not is_kind(inpt, "TVTensor")


def is_image(x: Any) -> bool:
    """A picture, a plain tensor, or an Image or Video."""
    return is_pil(x) or is_pure_tensor(x) or is_kind(x, "Image", "Video")


def get_size(inpt: Any) -> list[int]:
    """Height and width, of boxes those of their image.

    Parameters
    ----------
    inpt : PIL Image or Tensor

    Returns
    -------
    list of int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.get_size(torch.zeros(3, 4, 5))
    [4, 5]
    """
    return list(inpt.canvas_size) if is_kind(inpt, "BoundingBoxes") else get_dimensions(inpt)[1:]


def query_size(flat_inputs: list[Any]) -> tuple[int, int]:
    """The one (height, width) of all images, masks and boxes of a sample."""
    sizes = {tuple(get_size(x)) for x in flat_inputs if is_image(x) or is_kind(x, "Mask", "BoundingBoxes")}
    if not sizes:
        raise TypeError("the sample holds no image, mask or boxes")
    if len(sizes) > 1:
        raise ValueError(f"the sample holds images of different sizes: {sorted(sizes)}")
    height, width = sizes.pop()
    return height, width


def query_chw(flat_inputs: list[Any]) -> tuple[int, int, int]:
    """The one (channels, height, width) of all images of a sample."""
    shapes = {tuple(get_dimensions(x)) for x in flat_inputs if is_image(x)}
    if not shapes:
        raise TypeError("the sample holds no image")
    if len(shapes) > 1:
        raise ValueError(f"the sample holds images of different shapes: {sorted(shapes)}")
    channels, height, width = shapes.pop()
    return channels, height, width


def by_kind(function: Callable[..., Any], mask: Any = None, boxes: Any = None) -> Callable[..., Any]:
    """A function of images, also for masks and boxes: these pass through where there is no function for them."""

    @functools.wraps(function)
    def front(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_kind(inpt, "TVTensor"):
            return function(inpt, *args, **kwargs)
        if is_kind(inpt, "BoundingBoxes"):
            return inpt if boxes is None else boxes(inpt, *args, **kwargs)
        chosen = mask if is_kind(inpt, "Mask") else function
        if chosen is None:
            return inpt
        from ...tv_tensors import wrap

        out = chosen(inpt.as_subclass(Tensor), *args, **kwargs)
        if not isinstance(out, Tensor):
            return tuple(wrap(o, like=inpt) for o in out)
        return wrap(out, like=inpt)

    return front


def to_image(inpt: Any) -> Any:
    """A picture, an ndarray (height, width, channels) or a tensor as an ``Image`` of ``tv_tensors`` (``transforms.v2``).

    Parameters
    ----------
    inpt : PIL Image, ndarray or Tensor

    Returns
    -------
    tv_tensors.Image

    Raises
    ------
    TypeError
        If it is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.to_image(np.zeros((4, 5, 3), dtype=np.uint8)).shape
    torch.Size([3, 4, 5])
    """
    from ...tv_tensors import Image

    if isinstance(inpt, np.ndarray):
        return Image(from_numpy(np.atleast_3d(inpt)).permute(2, 0, 1).contiguous())
    if is_pil(inpt):
        return Image(pil_to_tensor(inpt))
    if isinstance(inpt, Tensor):
        return Image(inpt)
    raise TypeError(f"to_image: expected a Pillow picture, an ndarray or a tensor, but got {type(inpt).__name__}")
