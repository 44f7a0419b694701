"""``torch.backends``: switches of accelerator libraries that scripts set in passing. They change nothing here."""

from . import cudnn, mps

__all__ = ["cudnn", "mps"]
