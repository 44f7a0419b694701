"""Archives of records under PyTorch's own names for it, for those who look into a checkpoint or write other records."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .archive import MAGIC, Reader, Writer, folder_of
from .budget import SLACK, Budget


class _RecordWriter(Writer):
    def write_record(self, name: str, data: Any, size: int) -> None:
        self.add(name, memoryview(data)[:size])


class _RecordReader(Reader):
    def get_record(self, name: str) -> bytes:
        return self.read_bytes(name)

    def get_all_records(self) -> list[str]:
        return list(self.records)

    def has_record(self, name: str) -> bool:
        return name in self.records

    def get_record_size(self, name: str) -> int:
        return self.place(name)[0].size

    def get_record_offset(self, name: str) -> int:
        return self.place(name)[1]

    def serialization_id(self) -> str:
        name = ".data/serialization_id"
        return self.read_bytes(name).decode() if name in self.records else ""


@contextmanager
def _opened(f: Any, mode: str) -> Iterator[Any]:
    if isinstance(f, (str, os.PathLike)):
        with open(f, mode) as file:
            yield file
    else:
        yield f


def _is_zipfile(f: Any) -> bool:
    """Whether a zip archive begins where the file stands."""
    start = f.tell()
    found = f.read(len(MAGIC)) == MAGIC
    f.seek(start)
    return bool(found)


@contextmanager
def _open_zipfile_writer(f: Any) -> Iterator[_RecordWriter]:
    """An archive to write records to, in a path or an open file."""
    with _opened(f, "wb") as file:
        archive = _RecordWriter(file, folder_of(f))
        yield archive
        archive.close()
        getattr(file, "flush", bool)()


@contextmanager
def _open_zipfile_reader(f: Any) -> Iterator[_RecordReader]:
    """The archive in a path or an open file."""
    with _opened(f, "rb") as file:
        file.seek(0, 2)
        size = file.tell()
        yield _RecordReader(file, Budget(2 * size + SLACK), 0, size)
