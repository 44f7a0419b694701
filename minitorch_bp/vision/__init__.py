"""``torchvision``: pictures as tensors. Transforms, datasets, models and drawing, under torchvision's names.

It stands on top of the library and uses it as its users do; nothing below knows of it. Under the swap (``minitorch_bp.compat``),
``import torchvision`` gives this package. Pillow reads, writes and changes pictures that are no tensors; it is an extra
(``pip install 'minitorch_bp[vision]'``), and imported where it is first needed.
"""

import importlib as _importlib
from typing import Any as _Any

from ..torch_version import TorchVersion as _TorchVersion

#: Of the torchvision that is mirrored, which is the one of PyTorch 2.13.
__version__ = _TorchVersion("0.28.0+minitorch")

_LATER = ("datasets", "io", "models", "ops", "transforms", "tv_tensors", "utils")


def set_image_backend(backend: str) -> None:
    """Choose the package that reads image files; there is one, Pillow.

    Parameters
    ----------
    backend : str
        'PIL'.

    Raises
    ------
    ValueError
        If it is another.

    Examples
    --------
    >>> from minitorch_bp import vision
    >>> vision.set_image_backend("PIL")
    """
    if backend != "PIL":
        raise ValueError(f"set_image_backend: {backend!r} is not supported: images are read with 'PIL'")


def get_image_backend() -> str:
    """The package that reads image files.

    Returns
    -------
    str
        'PIL'.

    Examples
    --------
    >>> from minitorch_bp import vision
    >>> vision.get_image_backend()
    'PIL'
    """
    return "PIL"


def disable_beta_transforms_warning() -> None:
    """Nothing to do: it was for a version of torchvision that warned when ``transforms.v2`` was imported.

    Examples
    --------
    >>> from minitorch_bp import vision
    >>> vision.disable_beta_transforms_warning()
    """


def __getattr__(name: str) -> _Any:
    """Import a part when it is first named."""
    if name in _LATER:
        return _importlib.import_module("." + name, __name__)
    raise AttributeError(f"{__name__} has no {name!r}; its parts are {', '.join(_LATER)}")


def __dir__() -> list[str]:
    # Who looks at every name that is listed would import every part; and with tv_tensors every public function asks its classes.
    return sorted({*globals(), *_LATER} - {"tv_tensors"})
