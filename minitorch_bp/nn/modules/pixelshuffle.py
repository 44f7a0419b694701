"""Where PyTorch has the modules that move channels to pixels and back."""

from .upsampling import PixelShuffle, PixelUnshuffle

__all__ = ["PixelShuffle", "PixelUnshuffle"]
