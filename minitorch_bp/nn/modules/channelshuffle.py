"""Where PyTorch has the module that shuffles channels."""

from .upsampling import ChannelShuffle

__all__ = ["ChannelShuffle"]
