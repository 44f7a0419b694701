"""The settings of :func:`torch.save` and :func:`torch.load` that hold for the whole process.

``config.load.mmap = True``, for example, maps every file that is loaded from a path, unless the call of ``load`` says otherwise.
"""

from __future__ import annotations

import mmap as _mmap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class LoadSettings:
    """What ``load`` does: whether it maps files, with which flags, and the byte order of files that do not say theirs."""

    __slots__ = ("calculate_storage_offsets", "endianness", "mmap", "mmap_flags")

    def __init__(self) -> None:
        self.mmap = False
        self.endianness: Any = None
        self.mmap_flags: int | None = getattr(_mmap, "MAP_PRIVATE", None)  # None where there are no such flags, on Windows
        self.calculate_storage_offsets = False  # PyTorch's way to find records faster; they are found at once here


class SaveSettings:
    """What ``save`` does: whether it writes checksums, and of what the places of the storages are multiples."""

    __slots__ = ("compute_crc32", "storage_alignment", "use_pinned_memory_for_d2h")

    def __init__(self) -> None:
        self.compute_crc32 = True
        self.storage_alignment = 64
        self.use_pinned_memory_for_d2h = False  # for copies from a GPU


load, save = LoadSettings(), SaveSettings()


@contextmanager
def patch(name: str, value: Any) -> Iterator[None]:
    """A context in which one setting has another value, as ``patch("load.mmap", True)``."""
    part, _, setting = name.partition(".")
    settings = {"load": load, "save": save}[part]
    before = getattr(settings, setting)
    setattr(settings, setting, value)
    try:
        yield
    finally:
        setattr(settings, setting, before)
