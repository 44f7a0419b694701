"""Where pixels go, between the places of the grid: rotation, affine maps, perspective, elastic distortion.

Each looks, for every pixel of the result, where it comes from (so the maps here are the inverse ones), and reads the image there.
Coordinates of tensors are those of ``grid_sample``, from -1 to 1 over the whole image.
"""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

import minitorch_bp as torch
import minitorch_bp.nn.functional as nnF

from ._image import PIL_MODES, InterpolationMode, Tensor, back, get_dimensions, interpolation_mode, is_tensor
from .conversion import through_tensor
from .geometry import pil_fill


def inverse_affine(center: Any, angle: float, translate: Any, scale: float, shear: Any) -> list[float]:
    r"""The 2 x 3 matrix that takes a place of the result to its place in the image.

    The map itself is :math:`T \, C \, R(\text{angle}) \, \text{Shear} \, \text{scale} \, C^{-1}`, with the shift T, the centre C, the
    rotation R, and the shear :math:`\bigl[\begin{smallmatrix} 1 & -\tan s_x \\ 0 & 1 \end{smallmatrix}\bigr]` after a turn by
    :math:`s_y` that keeps x.
    """
    rot, sx, sy = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(rot - sy) / math.cos(sy)
    b = -a * math.tan(sx) - math.sin(rot)
    c = math.sin(rot - sy) / math.cos(sy)
    d = -c * math.tan(sx) + math.cos(rot)
    (cx, cy), (tx, ty) = center, translate
    m = [d / scale, -b / scale, -c / scale, a / scale]  # the determinant of [[a, b], [c, d]] is 1
    return [m[0], m[1], m[0] * (-cx - tx) + m[1] * (-cy - ty) + cx, m[2], m[3], m[2] * (-cx - tx) + m[3] * (-cy - ty) + cy]


def perspective_coefficients(startpoints: Any, endpoints: Any) -> list[float]:
    r"""The eight numbers of the map from the end points back to the start points.

    .. math:: x' = \frac{a x + b y + c}{g x + h y + 1}, \qquad y' = \frac{d x + e y + f}{g x + h y + 1}
    """
    if len(startpoints) != 4 or len(endpoints) != 4:
        raise ValueError(
            f"perspective: a map needs four corners each, but got {len(startpoints)} start and {len(endpoints)} end points"
        )
    rows = []
    for (x, y), (u, v) in zip(endpoints, startpoints, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    wanted = np.asarray(startpoints, np.float64).reshape(8)
    solution = np.linalg.lstsq(np.asarray(rows, np.float64), wanted, rcond=None)[0]
    return solution.astype(np.float32).tolist()


def _places(height: int, width: int, start_y: float, start_x: float, dtype: Any) -> Tensor:
    """(x, y, 1) of every pixel's middle, of shape (height * width, 3)."""
    y, x = torch.meshgrid(torch.arange(height, dtype=dtype) + start_y, torch.arange(width, dtype=dtype) + start_x, indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)], -1).view(-1, 3)


def _affine_grid(matrix: list[float], size: tuple[int, int], new: tuple[int, int], dtype: Any) -> Tensor:
    theta = torch.tensor(matrix, dtype=dtype).view(2, 3).T / torch.tensor([0.5 * size[1], 0.5 * size[0]], dtype=dtype)
    return (_places(*new, 0.5 - new[0] * 0.5, 0.5 - new[1] * 0.5, dtype) @ theta).view(1, *new, 2)


def _read(img: Tensor, grid: Tensor, mode: Any, fill: Any) -> Tensor:
    """The image at the places of a grid, and ``fill`` outside: a channel of ones tells which is which."""
    if mode not in ("nearest", "bilinear"):
        raise ValueError(f"tensors are read by 'nearest' or 'bilinear' interpolation here, not {mode!r}")
    colours = None if fill is None else list(fill) if isinstance(fill, (tuple, list)) else [fill]
    channels = get_dimensions(img)[0]
    if colours is not None and len(colours) not in (1, channels):
        raise ValueError(f"fill has {len(colours)} numbers, but the image {channels} channels")
    x = img.to(grid.dtype).reshape(-1, channels, *img.shape[-2:])
    grid = grid.expand(x.shape[0], -1, -1, -1)
    if colours is not None:
        x = torch.cat([x, torch.ones_like(x[:, :1])], 1)
    x = nnF.grid_sample(x, grid, mode=mode, padding_mode="zeros", align_corners=False)
    if colours is not None:
        x, mask = x[:, :-1], x[:, -1:]
        colour = torch.tensor([float(c) for c in colours], dtype=x.dtype).view(1, -1, 1, 1)
        x = torch.where(mask < 0.5, colour, x) if mode == "nearest" else x * mask + (1.0 - mask) * colour
    return back(x, img).reshape((*img.shape[:-2], *grid.shape[1:3]))


def _rotated_size(matrix: list[float], height: int, width: int) -> tuple[int, int]:
    """The size that holds all of the image."""
    corners = np.array([[-0.5 * width, -0.5 * height, 1], [-0.5 * width, 0.5 * height, 1], [0.5 * width, 0.5 * height, 1], [0.5 * width, -0.5 * height, 1]])  # fmt: skip
    ends = corners.astype(np.float32) @ np.array(matrix, np.float32).reshape(2, 3).T + np.array(
        [0.5 * width, 0.5 * height], np.float32
    )
    tolerance = np.float32(1e-4)  # an edge that rounding puts beside a pixel does not make room for one
    high, low = (np.trunc(f(ends, 0) / tolerance) * tolerance for f in (np.max, np.min))
    new_width, new_height = np.ceil(high) - np.floor(low)
    return int(new_height), int(new_width)


def _centered(center: Any, height: int, width: int) -> list[float]:
    """A centre from the top left corner as one from the middle."""
    return [0.0, 0.0] if center is None else [center[0] - width * 0.5, center[1] - height * 0.5]


def _check_center(name: str, angle: Any, center: Any) -> None:
    if not isinstance(angle, (int, float)):
        raise TypeError(f"{name}: angle must be a number, but got {type(angle).__name__}")
    if center is not None and not isinstance(center, (list, tuple)):
        raise TypeError(f"{name}: center must be a sequence (x, y), but got {type(center).__name__}")


def rotate(
    img: Any,
    angle: float,
    interpolation: Any = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Any = None,
    fill: Any = None,
) -> Any:
    """Turn an image, counter-clockwise.

    Parameters
    ----------
    img : PIL Image or Tensor
    angle : float
        In degrees.
    interpolation : InterpolationMode
    expand : bool
        Enlarge the result so that all of the image fits.
    center : (x, y), optional
        What stays in place, from the top left corner; by default the middle.
    fill : number or sequence of numbers, optional
        The colour of what lies outside of the image.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If an argument is of another type.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.rotate(torch.tensor([[[1, 2], [3, 4]]]), 90)
    tensor([[[2, 4],
             [1, 3]]])
    """
    mode = interpolation_mode(interpolation)
    _check_center("rotate", angle, center)
    if not is_tensor(img):
        return img.rotate(angle, PIL_MODES[mode], expand, center, **pil_fill(img, fill))
    height, width = img.shape[-2:]
    matrix = inverse_affine(_centered(center, height, width), -angle, [0.0, 0.0], 1.0, [0.0, 0.0])
    new = _rotated_size(matrix, height, width) if expand else (height, width)
    dtype = img.dtype if img.is_floating_point() else torch.float32
    return _read(img, _affine_grid(matrix, (height, width), new, dtype), mode.value, fill)


def affine(
    img: Any, angle: float, translate: Any, scale: float, shear: Any, interpolation: Any = InterpolationMode.NEAREST, fill: Any = None,
    center: Any = None,
) -> Any:  # fmt: skip
    """Turn (clockwise), shear, scale and shift an image.

    Parameters
    ----------
    img : PIL Image or Tensor
    angle : float
        In degrees.
    translate : (x, y)
        In pixels.
    scale : float
    shear : float or (x, y)
        In degrees.
    interpolation : InterpolationMode
    fill : number or sequence of numbers, optional
        The colour of what lies outside of the image.
    center : (x, y), optional
        From the top left corner; by default the middle.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If the scale is not positive, or a sequence has other than 2 numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.affine(torch.tensor([[[1, 2, 3]]]), 0, (1, 0), 1.0, 0)
    tensor([[[0, 1, 2]]])
    """
    mode = interpolation_mode(interpolation)
    _check_center("affine", angle, center)
    if not isinstance(translate, (list, tuple)):
        raise TypeError(f"affine: translate must be a sequence (x, y), but got {type(translate).__name__}")
    if len(translate) != 2:
        raise ValueError(f"affine: translate must be two numbers (x, y), but got {len(translate)}")
    if scale <= 0.0:
        raise ValueError(f"affine: scale must be positive, but got {scale}")
    if not isinstance(shear, (numbers.Number, list, tuple)):
        raise TypeError(f"affine: shear must be a number or a sequence of two, but got {type(shear).__name__}")
    shear = [shear, 0.0] if isinstance(shear, numbers.Number) else list(shear) * (1 + (len(shear) == 1))
    if len(shear) != 2:
        raise ValueError(f"affine: shear must be one or two numbers, but got {shear}")
    _, height, width = get_dimensions(img)
    if not is_tensor(img):
        middle = [width * 0.5, height * 0.5] if center is None else center
        matrix = inverse_affine(middle, angle, translate, scale, shear)
        return img.transform(img.size, 0, matrix, PIL_MODES[mode], **pil_fill(img, fill))
    matrix = inverse_affine(_centered(center, height, width), angle, translate, scale, shear)
    dtype = img.dtype if img.is_floating_point() else torch.float32
    return _read(img, _affine_grid(matrix, (height, width), (height, width), dtype), mode.value, fill)


def perspective(
    img: Any,
    startpoints: Any,
    endpoints: Any,
    interpolation: Any = InterpolationMode.BILINEAR,
    fill: Any = None,
    coefficients: Any = None,
) -> Any:
    """Move four corners, and all between them with straight lines kept straight.

    Parameters
    ----------
    img : PIL Image or Tensor
    startpoints, endpoints : list of 4 (x, y)
        Where the top left, top right, bottom right and bottom left corner are, and where they go.
    interpolation : InterpolationMode
    fill : number or sequence of numbers, optional
        The colour of what lies outside of the image.
    coefficients : list of 8 float, optional
        The map itself, in place of the points (``transforms.v2``).

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If there are other than four points.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> corners = [[0, 0], [2, 0], [2, 1], [0, 1]]
    >>> F.perspective(torch.tensor([[[1.0, 2, 3], [4, 5, 6]]]), corners, corners)
    tensor([[[1., 2., 3.],
             [4., 5., 6.]]])
    """
    mode = interpolation_mode(interpolation)
    k = list(coefficients) if coefficients is not None else perspective_coefficients(startpoints, endpoints)
    if len(k) != 8:
        raise ValueError(f"perspective: coefficients must be 8 numbers, but got {len(k)}")
    if not is_tensor(img):
        return img.transform(img.size, 2, k, PIL_MODES[mode], **pil_fill(img, fill))
    height, width = img.shape[-2:]
    dtype = img.dtype if img.is_floating_point() else torch.float32
    places = _places(height, width, 0.5, 0.5, dtype)
    top = torch.tensor([k[0:3], k[3:6]], dtype=dtype).T / torch.tensor([0.5 * width, 0.5 * height], dtype=dtype)
    below = torch.tensor([[k[6], k[7], 1.0]] * 2, dtype=dtype).T
    return _read(img, ((places @ top) / (places @ below) - 1.0).view(1, height, width, 2), mode.value, fill)


def _elastic(img: Tensor, displacement: Tensor, mode: str, fill: Any) -> Tensor:
    height, width = img.shape[-2:]
    if tuple(displacement.shape) != (1, height, width, 2):
        raise ValueError(
            f"elastic_transform: displacement must have shape {(1, height, width, 2)}, but has {tuple(displacement.shape)}"
        )
    y, x = (torch.linspace((1 - n) / n, (n - 1) / n, n) for n in (height, width))
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return _read(img, torch.stack([columns, rows], -1).unsqueeze(0) + displacement, mode, fill)


def elastic_transform(img: Any, displacement: Tensor, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None) -> Any:
    """Shift each pixel by its own vector.

    Parameters
    ----------
    img : PIL Image or Tensor
    displacement : Tensor of shape (1, H, W, 2)
        (x, y) of each, where 2 is the size of the image.
    interpolation : InterpolationMode
    fill : number or sequence of numbers, optional
        The colour of what lies outside of the image.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If the displacement is no tensor.
    ValueError
        If it has another shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> shift = torch.zeros(1, 1, 4, 2)
    >>> shift[..., 0] = 2 / 4
    >>> F.elastic_transform(torch.tensor([[[1.0, 2, 3, 4]]]), shift)
    tensor([[[2., 3., 4., 0.]]])
    """
    mode = interpolation_mode(interpolation)
    if not isinstance(displacement, Tensor):
        raise TypeError(f"elastic_transform: displacement must be a tensor, but got {type(displacement).__name__}")
    return through_tensor(_elastic, img, displacement, mode.value, fill)
