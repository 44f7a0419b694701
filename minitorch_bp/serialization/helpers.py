"""Small functions that stand beside ``save`` and ``load`` in PyTorch."""

from __future__ import annotations

import contextlib
import inspect
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

from ..ops.memory import STORAGES


def check_module_version_greater_or_equal(module: Any, req_version_tuple: tuple[int, ...], error_if_malformed: bool = True) -> bool:
    """Whether a package has at least a version.

    Parameters
    ----------
    module : module
        With a ``__version__``.
    req_version_tuple : tuple of ints
    error_if_malformed : bool
        Whether a version that can't be read is an error; otherwise it is warned of, and counts as new enough.

    Returns
    -------
    bool
        True if it has.

    Raises
    ------
    RuntimeError
        If the version can't be read.

    Examples
    --------
    >>> import numpy
    >>> import minitorch_bp as torch
    >>> torch.serialization.check_module_version_greater_or_equal(numpy, (1, 0))
    True
    """
    try:
        parts = module.__version__.split(".")
        version = tuple(type(number)(part) for number, part in zip(req_version_tuple, parts, strict=False))
    except (AttributeError, ValueError) as error:
        message = f"the version of {module.__name__}, {getattr(module, '__version__', None)!r}, can't be compared with numbers"
        if error_if_malformed:
            raise RuntimeError(message) from error
        warnings.warn(f"{message}; it is taken to be new enough", stacklevel=2)
        return True
    return version >= req_version_tuple


def get_source_lines_and_file(obj: Any, error_msg: str | None = None) -> tuple[list[str], int, str | None]:
    """The source of a function or class.

    Parameters
    ----------
    obj : function, class or module
    error_msg : str, optional
        What to add to an error.

    Returns
    -------
    (list of str, int, str)
        The lines, the number of the first, and the file.

    Raises
    ------
    OSError
        If the source is not there.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.get_source_lines_and_file(torch.nn.Linear)[0][0]
    'class Linear(Module):\\n'
    """
    try:
        lines, number = inspect.getsourcelines(obj)
        return lines, number, inspect.getsourcefile(obj)
    except OSError as error:
        raise OSError(f"the source of {obj!r} is not there{'. ' + error_msg if error_msg else ''}") from error


@contextlib.contextmanager
def mkdtemp() -> Iterator[str]:
    """A directory that is there inside a ``with`` block.

    Yields
    ------
    str
        Its path.

    Examples
    --------
    >>> import os
    >>> import minitorch_bp as torch
    >>> with torch.serialization.mkdtemp() as path:
    ...     os.path.isdir(path)
    True
    """
    path = tempfile.mkdtemp()
    try:
        yield path
    finally:
        shutil.rmtree(path)


def normalize_storage_type(storage_type: Any) -> Any:
    """The class of storages in ``torch`` that has the name of another one, which may be of a device.

    Parameters
    ----------
    storage_type : type

    Returns
    -------
    type
        Such as ``torch.FloatStorage``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.normalize_storage_type(torch.cuda.FloatStorage) is torch.FloatStorage
    True
    """
    return STORAGES.get(storage_type.__name__, storage_type)


def validate_hpu_device(location: str) -> int:
    """The number of the HPU that a location names.

    Parameters
    ----------
    location : str

    Raises
    ------
    RuntimeError
        Always, because there is none here.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.validate_hpu_device("hpu:0")
    Traceback (most recent call last):
        ...
    RuntimeError: the storages lie on an HPU, and minitorch_bp computes on the CPU. Pass map_location='cpu' to load them there
    """
    raise RuntimeError(
        "the storages lie on an HPU, and minitorch_bp computes on the CPU. Pass map_location='cpu' to load them there"
    )
