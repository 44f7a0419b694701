"""The zip archive of a checkpoint: reading it with distrust, writing it in one pass.

``data.pkl`` is the structure, ``data/0``, ``data/1``, ... are the bytes of the storages, and ``byteorder`` and ``version`` say how to read
them. Everything lies in one folder, which has the name of the file. The directory at the end says where each record is; nothing it says
is believed. Records must lie in front of the directory, one behind the other, with names that are different and stay in the folder. A
record takes memory only after its size has been compared with what it should be and charged to the
:class:`~minitorch_bp.serialization.budget.Budget`. Up to 64 KiB may follow behind the archive.

The format is PKWARE's "ZIP File Format Specification" (APPNOTE.TXT), as far as checkpoints use it: records that are stored or deflated,
with sizes of 64 bits where they are needed.
"""

from __future__ import annotations

import os
import re
import struct
import sys
import zlib
from typing import Any

import numpy as np

from .budget import Budget

MAGIC = b"PK\x03\x04"
VERSION, _MAX_VERSION = 3, 10  # of the records, as PyTorch counts
_LOCAL = struct.Struct("<4s5H3I2H")  # signature, version, flags, method, time, date, crc, packed, size, length of name, of extra
_ENTRY = struct.Struct("<4s6H3I5H2I")  # the same for the directory, with attributes and the offset of the local header
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_STORED, _DEFLATED = 0, 8
_ENTRY_COST = 300  # bytes that an entry of the directory takes here
_32 = 0xFFFFFFFF


def _damaged(why: str) -> RuntimeError:
    return RuntimeError(f"the archive of the checkpoint is damaged: {why}")


class Record:
    """An entry of the directory."""

    __slots__ = ("crc", "end", "method", "name", "offset", "packed", "size")

    def __init__(self, name: str, method: int, crc: int, packed: int, size: int, offset: int):
        self.name, self.method, self.crc, self.packed, self.size, self.offset = name, method, crc, packed, size, offset
        self.end = 0  # where the next record begins


class Reader:
    """The records of an archive, by their names in its folder.

    Parameters
    ----------
    file : binary file
        It can ``read``, ``seek`` and ``tell``; ``readinto`` is used where it exists.
    budget : Budget
    start, size : int
        Where the archive begins in the file, and the file's size.

    Raises
    ------
    RuntimeError
        If it is not a sound archive.
    """

    def __init__(self, file: Any, budget: Budget, start: int, size: int):
        self._file, self._budget, self._start, self._size = file, budget, start, size
        self._readinto = getattr(file, "readinto", None)
        self.records: dict[str, Record] = {}
        entries, directory, place, self._base = self._find_directory(start)
        self._read_directory(entries, directory, place)

    def __contains__(self, name: str) -> bool:
        return name in self.records

    # ------------------------------------------------------------------ directory
    def _at(self, offset: int, count: int) -> bytes:
        if offset < 0 or count > self._size - offset:
            raise _damaged(f"{count} bytes at {offset} lie outside the file of {self._size} bytes")
        self._file.seek(offset)
        data: bytes = self._file.read(count)
        if len(data) != count:
            raise _damaged(f"the file ends at byte {offset + len(data)}")
        return data

    def _find_directory(self, start: int) -> tuple[int, bytes, int, int]:
        """The number of entries, the directory, where it begins, and what is to be added to the offsets in it."""
        length = min(self._size - start, _END.size + 0xFFFF)
        tail = self._at(self._size - length, length)
        place = tail.rfind(b"PK\x05\x06", 0, max(0, len(tail) - _END.size + 4))
        if place < 0:
            raise _damaged("it has no directory at its end; perhaps it was cut off")
        _, _, _, _, entries, size, offset, _ = _END.unpack_from(tail, place)
        end = self._size - length + place
        large = end - start >= _LOCATOR.size and self._at(end - _LOCATOR.size, 4) == b"PK\x06\x07"
        if large:
            end, entries, size, offset = self._find_directory64(end)
        base = 0 if end - size == offset else start  # do offsets count from the beginning of the file, or of the archive?
        if offset < 0 or base + offset < start or base + offset + size > end:
            raise _damaged("its directory is not where the end says")
        if entries * _ENTRY.size > size:
            raise _damaged(f"{entries} entries do not fit into a directory of {size} bytes")
        self._budget.spend(entries * _ENTRY_COST + size, "the directory of the archive")
        return entries, self._at(base + offset, size), base + offset, base

    def _find_directory64(self, end: int) -> tuple[int, int, int, int]:
        place = end - _LOCATOR.size - _END64.size
        fields = _END64.unpack(self._at(place, _END64.size))
        if fields[0] != b"PK\x06\x06" or fields[1] != _END64.size - 12:
            raise _damaged("its directory is not where the end says")
        return place, fields[7], fields[8], fields[9]

    def _read_directory(self, entries: int, directory: bytes, limit: int) -> None:
        found: list[Record] = []
        folder = ""
        place = 0
        for _ in range(entries):
            if place + _ENTRY.size > len(directory):
                raise _damaged("its directory is cut off")
            fields = _ENTRY.unpack_from(directory, place)
            signature, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment, disk, _, _, offset = fields
            place += _ENTRY.size
            raw = directory[place : place + name_length]
            extra = directory[place + name_length : place + name_length + extra_length]
            place += name_length + extra_length + comment
            if signature != b"PK\x01\x02" or place > len(directory):
                raise _damaged("its directory is cut off")
            try:
                name = raw.decode("utf-8")
            except UnicodeDecodeError:
                raise _damaged(f"the name {raw!r:.60} of a record is not text") from None
            if _32 in (packed, size, offset):
                size, packed, offset = _large(name, extra, size, packed, offset)
            if flags & 1 or method not in (_STORED, _DEFLATED) or disk:
                raise _damaged(f"record {name:.80} is encrypted, or packed by a method other than deflate")
            if name.endswith("/") and not size:
                continue  # a folder, which other zip programs write
            own, _, rest = name.partition("/")
            if not rest or "\0" in name or "\\" in name or not {"", ".", ".."}.isdisjoint(name.split("/")):
                raise _damaged(f"the name {name!r:.80} of a record is not a path inside one folder")
            folder = folder or own
            if own != folder:
                raise _damaged(f"record {name!r:.80} is not in the folder {folder!r:.80}")
            if rest in self.records:
                raise _damaged(f"it has two records {name!r:.80}")
            if method == _STORED and packed != size:
                raise _damaged(f"record {name:.80} is stored, but its two sizes {packed} and {size} differ")
            record = Record(rest, method, crc, packed, size, offset + self._base)
            self.records[rest] = record
            found.append(record)
        if place != len(directory):
            raise _damaged("its directory is longer than its entries")
        found.sort(key=lambda record: record.offset)
        if found and found[0].offset < self._start:
            raise _damaged("it begins before the position from which it is read")
        for record in reversed(found):
            record.end = limit
            if record.offset + _LOCAL.size + len(record.name) + record.packed > limit:
                raise _damaged(f"record {record.name:.80} overlaps with what follows")
            limit = record.offset

    # ------------------------------------------------------------------ records
    def place(self, name: str) -> tuple[Record, int]:
        """A record and where its bytes begin, after its own header has been compared with the directory."""
        record = self.records.get(name)
        if record is None:
            raise _damaged(f"it has no record {name!r:.80}")
        header = self._at(record.offset, _LOCAL.size)
        signature, _, flags, method, _, _, _, packed, size, name_length, extra_length = _LOCAL.unpack(header)
        begin = record.offset + _LOCAL.size + name_length + extra_length
        if signature != MAGIC or method != record.method:
            raise _damaged(f"record {name:.80} does not begin where the directory says")
        if not flags & 8 and not (packed in (record.packed, _32) and size in (record.size, _32)):
            raise _damaged(f"record {name:.80} has other sizes than the directory says")
        if begin + record.packed > record.end:
            raise _damaged(f"record {name:.80} overlaps with what follows")
        return record, begin

    def read(self, name: str, expected: int | None = None) -> np.ndarray:
        """The bytes of a record, in memory of their own; ``expected`` is how many there should be."""
        record, begin = self.place(name)
        check_size(record, expected)
        self._budget.spend(record.size, f"record {name:.80}")
        out = np.empty(record.size, np.uint8)
        if record.method == _DEFLATED:
            self._inflate(record, begin, out)
        elif record.size:
            self._file.seek(begin)
            fill(self._file, memoryview(out), f"record {name:.80}")  # type: ignore[arg-type]
        self._check(record, memoryview(out))  # type: ignore[arg-type]
        return out

    def read_bytes(self, name: str) -> bytes:
        """The same as bytes."""
        record, begin = self.place(name)
        self._budget.spend(record.size, f"record {name:.80}")
        if record.method == _DEFLATED:
            return self.read(name).tobytes()
        data = self._at(begin, record.size)
        self._check(record, data)
        return data

    def check_version(self) -> None:
        """RuntimeError if the archive does not say its version, or is of a later one than is known."""
        name = next((name for name in ("version", ".data/version") if name in self.records), None)
        if name is None:
            raise RuntimeError("the archive is not a checkpoint: it has no record that says its version")
        text = self.read_bytes(name)[:40].strip()
        if not text.isdigit() or not 1 <= int(text) <= _MAX_VERSION:
            raise RuntimeError(f"the archive has the version {text!r:.60}; versions 1 to {_MAX_VERSION} are known")

    def _check(self, record: Record, data: Any) -> None:
        if record.crc and zlib.crc32(data) != record.crc:  # (0 when the checksum was switched off)
            raise _damaged(f"the bytes of record {record.name:.80} do not have the checksum that was written with them")

    def _inflate(self, record: Record, begin: int, out: np.ndarray) -> None:
        unpack = zlib.decompressobj(-15)
        self._file.seek(begin)
        done, left, data = 0, record.packed, b""
        while left or data:
            if not data:
                data = self._file.read(min(left, 1 << 20))
                left -= len(data)
                if not data:
                    raise _damaged(f"record {record.name:.80} is cut off")
            try:
                piece = unpack.decompress(data, min(1 << 20, record.size - done + 1))
            except zlib.error as error:
                raise _damaged(f"record {record.name:.80} can't be unpacked ({error})") from None
            data = unpack.unconsumed_tail
            if done + len(piece) > record.size:
                raise _damaged(f"record {record.name:.80} unpacks to more than the {record.size} bytes that the directory says")
            out[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
            done += len(piece)
            if unpack.eof:
                break
        if done != record.size or not unpack.eof or left or unpack.unused_data:
            raise _damaged(f"record {record.name:.80} unpacks to {done} bytes, but the directory says {record.size}")


def check_size(record: Record, expected: int | None) -> None:
    """RuntimeError if a record has not the size it should have."""
    if expected is not None and record.size != expected:
        raise _damaged(f"record {record.name:.80} has {record.size} bytes, but the tensors in it need {expected}")


def fill(file: Any, out: memoryview, what: str) -> None:
    """Read as many bytes as ``out`` holds, whether or not the file can read into memory."""
    done, readinto = 0, getattr(file, "readinto", None)
    while done < len(out):
        if readinto is not None:
            count = readinto(out[done:])
        else:
            data = file.read(min(len(out) - done, 1 << 24))
            count = len(data)
            out[done : done + count] = data
        if not count:
            raise RuntimeError(f"unexpected end of the file: {what} lacks {len(out) - done} bytes; the file may be damaged")
        done += count


def _large(name: str, extra: bytes, *sizes: int) -> list[int]:
    """The sizes and the offset of an entry, with those that need 64 bits from its extra field."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == 1:
            wanted = sum(n == _32 for n in sizes)
            if length < 8 * wanted or place + 4 + length > len(extra):
                break
            values = iter(struct.unpack_from(f"<{wanted}Q", extra, place + 4))
            return [next(values) if n == _32 else n for n in sizes]
        place += 4 + length
    raise _damaged(f"record {name:.80} lacks its size")


def folder_of(file: Any) -> str:
    """The folder of a new archive: the name of the file without its ending, or 'archive' where that is not known or not ASCII."""
    if not isinstance(file, (str, os.PathLike)):
        return "archive"
    path = os.fspath(file)
    name = path if isinstance(path, str) else os.fsdecode(path)
    if not name.isascii():
        return "archive"
    name = re.split(r"[/\\]", name)[-1]
    stem, dot, _ = name.rpartition(".")
    folder = stem if dot else name
    if not folder:
        raise RuntimeError(f"{path!r:.200} names no file that could be written")
    return folder if folder != "." else "archive"  # PyTorch would call it '.', and could read it; others take that for a trap


class Writer:
    """An archive, written front to back, so that the file only needs a method ``write``.

    Parameters
    ----------
    file : binary file
    folder : str
        The folder that all records are in.
    alignment : int
        The bytes of each record begin at a multiple of it, which lets them be mapped into memory as they are.
    checksums : bool
        Whether each record gets one.
    """

    def __init__(self, file: Any, folder: str, alignment: int = 64, checksums: bool = True):
        self._file, self._folder, self._alignment, self._checksums, self._position = file, folder, alignment, checksums, 0
        self._directory: list[bytes] = []
        self.names: set[str] = set()
        self._identity = [0, 0]

    def _write(self, *parts: Any) -> None:
        for part in parts:
            self._file.write(part)
            self._position += len(part)

    def add(self, name: str, data: Any) -> None:
        """Write one record from bytes or a memoryview of bytes."""
        path = f"{self._folder}/{name}".encode()
        size, crc, offset = len(data), zlib.crc32(data) if self._checksums else 0, self._position
        self.names.add(name)
        self._identity = [(seen * 31 + new) % 10**20 for seen, new in zip(self._identity, (zlib.crc32(path), crc), strict=True)]
        large = size >= _32
        extra = struct.pack("<2H2Q", 1, 16, size, size) if large else b""
        pad = -(offset + _LOCAL.size + len(path) + len(extra) + 4) % self._alignment
        extra += b"FB" + struct.pack("<H", pad) + b"Z" * pad
        short = _32 if large else size
        version, flags, time, date = 45 if large else 20, 0x800, 0, 0x21  # names in UTF-8; 1 January 1980
        fields = (version, flags, _STORED, time, date, crc, short, short, len(path))
        self._write(_LOCAL.pack(MAGIC, *fields, len(extra)), path, extra, data)
        numbers = [n for n in (size, size, offset) if n >= _32]
        extra = struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
        entry = _ENTRY.pack(b"PK\x01\x02", version, *fields, len(extra), 0, 0, 0, 0, min(offset, _32))
        self._directory.append(entry + path + extra)

    def close(self) -> None:
        """Write the version, an identity (40 digits, from the records' names and checksums), and the directory."""
        for name, data in (("version", b"%d\n" % VERSION), ("byteorder", sys.byteorder.encode())):
            if name not in self.names:
                self.add(name, data)
        self.add(".data/serialization_id", "{:020}{:020}".format(*self._identity).encode())
        start, count, size = self._position, len(self._directory), sum(map(len, self._directory))
        self._write(*self._directory)
        if count >= 0xFFFF or start >= _32 or size >= _32:
            self._write(_END64.pack(b"PK\x06\x06", _END64.size - 12, 45, 45, 0, 0, count, count, size, start))
            self._write(_LOCATOR.pack(b"PK\x06\x07", 0, start + size, 1))
        self._write(_END.pack(b"PK\x05\x06", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), min(size, _32), min(start, _32), 0))
