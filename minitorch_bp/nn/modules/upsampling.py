"""Making images larger or smaller: interpolation, and moving channels into space and back."""

from __future__ import annotations

from typing import Any

from .functional_module import UnaryModule


class Upsample(UnaryModule, of="interpolate"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Upsample(scale_factor=2)(torch.arange(2.0).reshape(1, 1, 2))
    tensor([[[0., 0., 1., 1.]]])
    """

    def __init__(
        self, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ):  # fmt: skip
        super().__init__()
        self.name, self.size = type(self).__name__, size
        if isinstance(scale_factor, tuple):
            scale_factor = tuple(float(f) for f in scale_factor)
        self.scale_factor = float(scale_factor) if isinstance(scale_factor, (int, float)) and scale_factor else scale_factor
        self.mode: Any = mode
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def extra_repr(self) -> str:
        size = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{size}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Nearest-neighbour interpolation of images, (N, C, H, W): each pixel is repeated.

    See Also
    --------
    interpolate : The function that it calls.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.UpsamplingNearest2d(scale_factor=2)(torch.tensor([[[[1.0, 2.0]]]]))
    tensor([[[[1., 1., 2., 2.],
              [1., 1., 2., 2.]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None):
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Bilinear interpolation of images, (N, C, H, W), with ``align_corners=True``: the corner pixels keep their values.

    See Also
    --------
    interpolate : The function that it calls.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.UpsamplingBilinear2d(size=(1, 3))(torch.tensor([[[[1.0, 2.0]]]]))
    tensor([[[[1.0000, 1.5000, 2.0000]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None):
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)


class PixelShuffle(UnaryModule, of="pixel_shuffle"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.PixelShuffle(2)(torch.zeros(1, 8, 3, 3)).shape
    torch.Size([1, 2, 6, 6])
    """

    def __init__(self, upscale_factor: int):
        super().__init__()
        self.upscale_factor = upscale_factor


class PixelUnshuffle(UnaryModule, of="pixel_unshuffle"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.PixelUnshuffle(2)(torch.zeros(1, 2, 6, 6)).shape
    torch.Size([1, 8, 3, 3])
    """

    def __init__(self, downscale_factor: int):
        super().__init__()
        self.downscale_factor = downscale_factor


class ChannelShuffle(UnaryModule, of="channel_shuffle"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ChannelShuffle(2)(torch.arange(4.0).reshape(1, 4, 1, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    def __init__(self, groups: int):
        super().__init__()
        self.groups = groups
