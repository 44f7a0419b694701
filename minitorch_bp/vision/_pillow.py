"""Pillow, when it is needed: one place that imports it, and says what to do where it is not installed."""

from __future__ import annotations

import importlib
import sys
from typing import Any


def pillow(module: str = "Image") -> Any:
    """A module of Pillow (``PIL.Image``, ``PIL.ImageOps``, ...)."""
    try:
        return importlib.import_module(f"PIL.{module}")
    except ImportError as error:
        raise ImportError(
            "this needs Pillow, which is not installed: pip install pillow (or pip install 'minitorch_bp[vision]')", name="PIL"
        ) from error


def is_pil(image: Any) -> bool:
    """Whether it is a picture of Pillow's. Whoever has one has imported Pillow, so this need not."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(image, module.Image)


def from_array(array: Any, mode: str | None = None) -> Any:
    """A picture of the elements of an ndarray: (height, width) or (height, width, channels)."""
    image = pillow().fromarray(array)
    return image if mode is None or image.mode == mode else _as_mode(image, array, mode)


def _as_mode(image: Any, array: Any, mode: str) -> Any:
    """The same bytes under another mode of as many channels (YCbCr and HSV look like RGB to NumPy)."""
    return pillow().frombytes(mode, image.size, array.tobytes())
