"""Settings of ``save`` and ``load`` by PyTorch's functions; they are kept in :mod:`minitorch_bp.utils.serialization.config`."""

from __future__ import annotations

import enum
import sys
import threading
from typing import Any

from ..utils.serialization import config

MAP_PRIVATE, MAP_SHARED = 2, 1
_skipping = threading.local()  # how many contexts the thread has open, as ``count``


class SourceChangeWarning(Warning):
    """The source of a module is another one than when it was saved. (Sources are not saved, so nothing warns of it.)"""


class LoadEndianness(enum.Enum):
    """The byte order of files that do not say theirs: this machine's, or one of the two.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.serialization.LoadEndianness)
    [<LoadEndianness.NATIVE: 1>, <LoadEndianness.LITTLE: 2>, <LoadEndianness.BIG: 3>]
    """

    NATIVE = 1
    LITTLE = 2
    BIG = 3


def get_default_load_endianness() -> LoadEndianness | None:
    """The byte order of files that do not say theirs.

    Returns
    -------
    LoadEndianness or None
        None, the default, is little.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.get_default_load_endianness()
    """
    return config.load.endianness  # type: ignore[no-any-return]


def set_default_load_endianness(endianness: LoadEndianness | None) -> None:
    """Set the byte order of files that do not say theirs.

    Parameters
    ----------
    endianness : LoadEndianness or None

    Raises
    ------
    TypeError
        If it is something else.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.set_default_load_endianness(torch.serialization.LoadEndianness.NATIVE)
    >>> torch.serialization.get_default_load_endianness()
    <LoadEndianness.NATIVE: 1>
    >>> torch.serialization.set_default_load_endianness(None)
    """
    if endianness is not None and not isinstance(endianness, LoadEndianness):
        raise TypeError(f"set_default_load_endianness() takes a LoadEndianness or None, but got {endianness!r}")
    config.load.endianness = endianness


def unsaid_order() -> str:
    """The byte order of files that do not say theirs, as 'little' or 'big'."""
    orders = {LoadEndianness.NATIVE: sys.byteorder, LoadEndianness.BIG: "big"}
    return orders.get(config.load.endianness, "little")


def get_crc32_options() -> bool:
    """Whether :func:`torch.save` writes a checksum for each record.

    Returns
    -------
    bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.get_crc32_options()
    True
    """
    return config.save.compute_crc32


def set_crc32_options(compute_crc32: bool) -> None:
    """Set whether :func:`torch.save` writes a checksum for each record. Without, damage goes unnoticed.

    Parameters
    ----------
    compute_crc32 : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.set_crc32_options(False)
    >>> torch.serialization.get_crc32_options()
    False
    >>> torch.serialization.set_crc32_options(True)
    """
    config.save.compute_crc32 = compute_crc32


def get_default_mmap_options() -> int | None:
    """How ``load(mmap=True)`` maps a file: ``MAP_PRIVATE``, with writes that stay in memory, or ``MAP_SHARED``.

    Returns
    -------
    int or None

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.get_default_mmap_options() == torch.serialization.MAP_PRIVATE
    True
    """
    return config.load.mmap_flags


class set_default_mmap_options:
    """Set how ``load(mmap=True)`` maps a file, from now on or inside a ``with`` block.

    Parameters
    ----------
    flags : int
        ``mmap.MAP_PRIVATE`` (what is written to the tensors stays in memory) or ``mmap.MAP_SHARED`` (it goes into the file).

    Raises
    ------
    ValueError
        If it is another number.
    RuntimeError
        On Windows, which has no such flags.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.serialization.set_default_mmap_options(torch.serialization.MAP_SHARED):
    ...     torch.serialization.get_default_mmap_options()
    1
    >>> torch.serialization.get_default_mmap_options()
    2
    """

    def __init__(self, flags: int) -> None:
        if sys.platform == "win32":
            raise RuntimeError("set_default_mmap_options: files can't be mapped with flags on Windows")
        if flags not in (MAP_PRIVATE, MAP_SHARED):
            raise ValueError(f"set_default_mmap_options: the flags must be MAP_PRIVATE or MAP_SHARED, but are {flags!r}")
        self._before, config.load.mmap_flags = config.load.mmap_flags, flags

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        config.load.mmap_flags = self._before


class skip_data:
    """A context in which the contents of storages are neither written by ``save`` nor read by ``load``.

    A file that is saved so has room for the contents, to be filled in later; tensors that are loaded so have their size and type.

    Parameters
    ----------
    materialize_fake_tensors : bool
        For tensors without memory, which are not here.

    Examples
    --------
    >>> import io
    >>> import minitorch_bp as torch
    >>> buffer = io.BytesIO()
    >>> torch.save(torch.ones(3), buffer)
    >>> _ = buffer.seek(0)
    >>> with torch.serialization.skip_data():
    ...     x = torch.load(buffer)
    >>> x.shape
    torch.Size([3])
    """

    def __init__(self, materialize_fake_tensors: bool = False):
        self.materialize_fake_tensors = materialize_fake_tensors

    def __enter__(self) -> None:
        _skipping.count = getattr(_skipping, "count", 0) + 1

    def __exit__(self, *exception: Any) -> None:
        _skipping.count -= 1


def skips_data() -> bool:
    """Whether this thread skips contents."""
    return getattr(_skipping, "count", 0) > 0
