"""How much memory a file may ask for, counted before it is taken.

A file of a few hundred bytes can ask for gigabytes: by compressed zeros, by a table with one entry at position two billion, by one byte
for each of many objects. So whoever allocates on behalf of a file first asks the file's :class:`Budget`, which is twice the file
and 56 MiB unless ``load(max_bytes=)`` says otherwise. (With what is not counted, loading stays below twice the file and 64 MiB.)
"""

from __future__ import annotations

SLACK = 56 << 20


class Budget:
    """What is left of the bytes that a file may ask for.

    The charges for Python objects are estimates from above: 10 bytes for an instruction, which covers a place on the stack, and
    what a number, a text, a container or a tensor takes in addition.
    """

    __slots__ = ("left", "limit")

    def __init__(self, limit: int):
        self.limit = self.left = limit

    def spend(self, count: int, what: str) -> None:
        """Take ``count`` bytes; RuntimeError if ``what`` asks for more than is left."""
        self.left -= count
        if self.left < 0:
            raise RuntimeError(
                f"loading stops at {what}: the file asks for more memory than the {self.limit} bytes that it may take (twice its size "
                "and 56 MiB, unless max_bytes says otherwise). If you trust the file, pass load(..., max_bytes=) with a larger number"
            )
