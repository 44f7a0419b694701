"""Pictures of many pictures, files, and drawing on them."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

import minitorch_bp as torch

from ._pillow import pillow
from .transforms.conversion import pil_to_tensor, to_dtype, to_pil_image

Tensor = torch.Tensor


def _batch(tensor: Any) -> Tensor:
    """Images of shape (N, 3, H, W): one or many, grey or in colour."""
    if isinstance(tensor, list) and all(isinstance(t, Tensor) for t in tensor):
        tensor = torch.stack(tensor)
    if not isinstance(tensor, Tensor):
        raise TypeError(f"make_grid: expected a tensor or a list of tensors, but got {type(tensor).__name__}")
    if tensor.ndim == 2:
        tensor = tensor.unsqueeze(0)
    if tensor.ndim == 3:
        tensor = tensor.unsqueeze(0)
    return tensor.repeat(1, 3, 1, 1) if tensor.ndim == 4 and tensor.shape[1] == 1 else tensor


def _scaled(images: Tensor, value_range: Any) -> None:
    low, high = (float(images.min()), float(images.max())) if value_range is None else value_range
    images.clamp_(low, high).sub_(low).div_(max(high - low, 1e-5))


@torch.no_grad()
def make_grid(
    tensor: Any, nrow: int = 8, padding: int = 2, normalize: bool = False, value_range: Any = None, scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:  # fmt: skip
    """One image of many, beside and below each other.

    Parameters
    ----------
    tensor : Tensor of shape (N, C, H, W), or list of images
    nrow : int
        How many stand in a row.
    padding : int
        Pixels between them.
    normalize : bool
        Scale the values to 0 to 1.
    value_range : (low, high), optional
        What becomes 0 and 1; by default the smallest and largest value.
    scale_each : bool
        Scale each by its own values.
    pad_value : float
        What stands between them.

    Returns
    -------
    Tensor of shape (C, H', W')

    Raises
    ------
    TypeError
        If it is something else.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import utils
    >>> utils.make_grid(torch.zeros(5, 1, 10, 10), nrow=3).shape
    torch.Size([3, 26, 38])
    """
    images = _batch(tensor)
    if normalize:
        if value_range is not None and not isinstance(value_range, tuple):
            raise TypeError(f"make_grid: value_range must be a tuple (low, high), but got {type(value_range).__name__}")
        images = images.clone()
        for part in images if scale_each else [images]:
            _scaled(part, value_range)
    n, channels, height, width = images.shape
    if n == 1:
        return images.squeeze(0)
    columns = min(nrow, n)
    rows = math.ceil(n / columns)
    height, width = height + padding, width + padding
    grid = images.new_full((channels, height * rows + padding, width * columns + padding), pad_value)
    for k, image in enumerate(images):
        top, left = k // columns * height + padding, k % columns * width + padding
        grid[:, top : top + height - padding, left : left + width - padding] = image
    return grid


@torch.no_grad()
def save_image(tensor: Any, fp: Any, format: str | None = None, **kwargs: Any) -> None:
    """Write an image, or a grid of many, to a file; 0 is black and 1 white.

    Parameters
    ----------
    tensor : Tensor or list of tensors
    fp : str, path or file
    format : str, optional
        Of the file; by default what its name says.
    **kwargs : any
        Of :func:`make_grid`.

    Examples
    --------
    >>> import io
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import utils
    >>> file = io.BytesIO()
    >>> utils.save_image(torch.rand(4, 3, 8, 8), file, format="PNG")
    """
    grid = make_grid(tensor, **kwargs)
    array = grid.mul(255).add(0.5).clamp(0, 255).permute(1, 2, 0).to(torch.uint8).numpy()
    pillow().fromarray(np.ascontiguousarray(array)).save(fp, format=format)


def _check_image(name: str, image: Any, channels: tuple[int, ...]) -> None:
    if not isinstance(image, Tensor):
        raise TypeError(f"{name}: the image must be a tensor, but is a {type(image).__name__}")
    if image.dtype != torch.uint8 and not image.is_floating_point():
        raise ValueError(f"{name}: the image must be of uint8 or floats, but is {image.dtype}")
    if image.ndim != 3 or image.shape[0] not in channels:
        wanted = " or ".join(map(str, channels))
        raise ValueError(f"{name}: the image must have shape (C, H, W) with {wanted} channels, but has {list(image.shape)}")


def _colours(colors: Any, n: int, name: str) -> list[tuple[int, ...]]:
    """One colour per object, as (red, green, blue): of names, of tuples, of one for all, or of a palette."""
    if colors is None:
        colors = [tuple(int(c) for c in (np.array([2**25 - 1, 2**15 - 1, 2**21 - 1]) * k) % 255) for k in range(n)]
    elif isinstance(colors, list):
        if len(colors) < n:
            raise ValueError(f"{name}: {len(colors)} colours for {n} objects")
    else:
        colors = [colors] * n
    return [pillow("ImageColor").getrgb(c) if isinstance(c, str) else c for c in colors]


def _drawn(image: Tensor, draw: Any) -> Tensor:
    """An image that a function has drawn on, in the dtype it had."""
    picture = to_pil_image(to_dtype(image, torch.uint8, scale=True) if image.is_floating_point() else image)
    draw(picture)
    return to_dtype(pil_to_tensor(picture), image.dtype, scale=True)


@torch.no_grad()
def draw_bounding_boxes(
    image: Tensor, boxes: Tensor, labels: list[str] | None = None, colors: Any = None, fill: bool = False, width: int = 1,
    font: str | None = None, font_size: int | None = None, label_colors: Any = None, label_background_colors: Any = None,
    fill_labels: bool = False,
) -> Tensor:  # fmt: skip
    """Rectangles on an image.

    Parameters
    ----------
    image : Tensor of shape (C, H, W)
        Of uint8, or of floats from 0 to 1.
    boxes : Tensor of shape (N, 4)
        As corners, in pixels.
    labels : list of str, optional
    colors : colour or list of colours, optional
        Names or (red, green, blue).
    fill : bool
        Also colour what lies inside, lightly.
    width : int
        Of the lines.
    font, font_size : optional
        The file of a font, and its size.
    label_colors, label_background_colors : optional
        As ``colors``.
    fill_labels : bool
        Put labels on a ground.

    Returns
    -------
    Tensor of shape (3, H, W)

    Raises
    ------
    TypeError
        If the image is no tensor.
    ValueError
        If the shapes or the number of labels or colours do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import utils
    >>> image = torch.zeros(3, 4, 4, dtype=torch.uint8)
    >>> utils.draw_bounding_boxes(image, torch.tensor([[0, 0, 3, 3]]), colors="red")[0, :2]
    tensor([[255, 255, 255, 255],
            [255,   0,   0, 255]], dtype=torch.uint8)
    """
    _check_image("draw_bounding_boxes", image, (1, 3))
    if (boxes[:, :2] > boxes[:, 2:]).any():
        raise ValueError(
            "draw_bounding_boxes: boxes are (left, top, right, bottom), but one has them the other way; see ops.box_convert"
        )
    n = boxes.shape[0]
    if n == 0:
        warnings.warn("draw_bounding_boxes: there is no box to draw", stacklevel=2)
        return image
    if labels is not None and len(labels) != n:
        raise ValueError(f"draw_bounding_boxes: {len(labels)} labels for {n} boxes")
    colours = _colours(colors, n, "draw_bounding_boxes")
    texts, grounds = colours, colours
    if label_colors or fill_labels:
        texts = _colours(label_colors or "black", n, "draw_bounding_boxes")
    if fill_labels and label_background_colors:
        grounds = _colours(label_background_colors, n, "draw_bounding_boxes")
    fonts = pillow("ImageFont")
    type_face = fonts.load_default() if font is None else fonts.truetype(font=font, size=font_size or 10)

    def draw(picture: Any) -> None:
        pen = pillow("ImageDraw").Draw(picture, *(["RGBA"] if fill else []))
        for k, box in enumerate(boxes.to(torch.int64).tolist()):
            pen.rectangle(box, width=width, outline=colours[k], fill=(*colours[k], 100) if fill else None)
            if labels is not None and labels[k] is not None:
                at = (box[0] + width + 1, box[1] + width + 1)
                if fill_labels:
                    left, top, right, bottom = pen.textbbox(at, labels[k], font=type_face)
                    pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=grounds[k])
                pen.text(at, labels[k], fill=texts[k], font=type_face)

    return _drawn(image.repeat(3, 1, 1) if image.shape[0] == 1 else image, draw)


@torch.no_grad()
def draw_segmentation_masks(image: Tensor, masks: Tensor, alpha: float = 0.8, colors: Any = None) -> Tensor:
    """Colours over parts of an image.

    Parameters
    ----------
    image : Tensor of shape (3, H, W)
    masks : Tensor of bool, of shape (H, W) or (N, H, W)
    alpha : float
        How much of the colour, the rest is the image.
    colors : colour or list of colours, optional

    Returns
    -------
    Tensor of shape (3, H, W)
        Where masks overlap, black is mixed in.

    Raises
    ------
    TypeError
        If the image is no tensor.
    ValueError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import utils
    >>> image = torch.zeros(3, 1, 2, dtype=torch.uint8)
    >>> utils.draw_segmentation_masks(image, torch.tensor([[True, False]]), alpha=1.0, colors="red")[0]
    tensor([[255,   0]], dtype=torch.uint8)
    """
    _check_image("draw_segmentation_masks", image, (3,))
    masks = masks.unsqueeze(0) if masks.ndim == 2 else masks
    if masks.ndim != 3 or masks.dtype != torch.bool or masks.shape[1:] != image.shape[1:]:
        raise ValueError(
            f"draw_segmentation_masks: masks must be of bool and have shape (N, {image.shape[1]}, {image.shape[2]}), "
            f"but are of {masks.dtype} and {list(masks.shape)}"
        )
    if masks.shape[0] == 0:
        warnings.warn("draw_segmentation_masks: there is no mask to draw", stacklevel=2)
        return image
    over = image.clone()
    scale = 255.0 if image.is_floating_point() else 1
    for mask, colour in zip(masks, _colours(colors, masks.shape[0], "draw_segmentation_masks"), strict=False):
        over[:, mask] = torch.tensor([c / scale if scale != 1 else c for c in colour], dtype=image.dtype)[:, None]
    over[:, masks.sum(0) > 1] = 0
    return (image * (1 - alpha) + over * alpha).to(image.dtype)


@torch.no_grad()
def draw_keypoints(
    image: Tensor,
    keypoints: Tensor,
    connectivity: Any = None,
    colors: Any = None,
    radius: int = 2,
    width: int = 3,
    visibility: Any = None,
) -> Tensor:
    """Points on an image, and lines between them.

    Parameters
    ----------
    image : Tensor of shape (3, H, W)
    keypoints : Tensor of shape (N, K, 2)
        (x, y) of each.
    connectivity : list of (int, int), optional
        Which points a line joins.
    colors : str or (red, green, blue), optional
    radius, width : int
        Of the points and the lines.
    visibility : Tensor of bool, of shape (N, K), optional
        Which are drawn.

    Returns
    -------
    Tensor of shape (3, H, W)

    Raises
    ------
    TypeError
        If the image is no tensor.
    ValueError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import utils
    >>> image = torch.zeros(3, 5, 5, dtype=torch.uint8)
    >>> utils.draw_keypoints(image, torch.tensor([[[2, 2]]]), colors="red", radius=1)[0, 2]
    tensor([  0, 255, 255, 255,   0], dtype=torch.uint8)
    """
    _check_image("draw_keypoints", image, (3,))
    if keypoints.ndim != 3:
        raise ValueError(f"draw_keypoints: keypoints must have shape (N, K, 2), but have {list(keypoints.shape)}")
    seen = torch.ones(keypoints.shape[:2], dtype=torch.bool) if visibility is None else visibility
    seen = seen.squeeze(-1) if seen.ndim == 3 else seen
    if seen.shape != keypoints.shape[:2]:
        raise ValueError(f"draw_keypoints: visibility must have shape {list(keypoints.shape[:2])}, but has {list(seen.shape)}")

    def draw(picture: Any) -> None:
        pen = pillow("ImageDraw").Draw(picture)
        for points, visible in zip(keypoints.to(torch.int64).tolist(), seen.bool().tolist(), strict=True):
            for (x, y), shown in zip(points, visible, strict=True):
                if shown:
                    pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colors, outline=None, width=0)
            for a, b in connectivity or ():
                if visible[a] and visible[b]:
                    pen.line((*points[a], *points[b]), width=width)

    return _drawn(image, draw)


__all__ = ["draw_bounding_boxes", "draw_keypoints", "draw_segmentation_masks", "make_grid", "save_image"]
