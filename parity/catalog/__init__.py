"""The catalogue: how each public operation is called, and on what.

The chapters list the entries; an operation is added by one line in one of them. The generator draws operands and arguments by
the entry's kind. Templates keep values where the operation is smooth and finite (``log(x.abs() + 0.5)``); kinks, ties and zeros
come from the leaves. Among equal elements PyTorch's ``topk``, ``median(dim)`` and unstable ``sort`` pick whichever its partial
sorting happens to leave in front; these entries make the elements distinct, or sort stably. PyTorch's batch_norm backward reads
a weight that is not contiguous as if it were (a transposed input's channel: gradients of the wrong channel), so the entry makes
it contiguous.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import minitorch_bp.nn  # noqa: F401  (declares nn.functional's own)
from minitorch_bp.core.op import OPS
from minitorch_bp.ops import exports

from . import in_place, indexing, linalg, nn, pointwise, random, reduction, shape
from .entry import Entry, binary, unary

METHODS = exports()["Tensor"]
CHAPTERS = (pointwise, in_place, reduction, shape, indexing, linalg, nn, random)


def _in_place_entries(written: dict[str, Entry]) -> Iterator[Entry]:
    """An entry for the in-place form of every primitive that has one, on numbers between 0.1 and 0.9.

    So a new operation declared with ``inplace=True`` is exercised without a line here. An in-place form that a chapter writes down gets
    none (of ``acosh_`` and the like PyTorch knows no derivative).
    """
    for name, op in OPS.items():
        if METHODS.get(name) is op.call and name + "_" in METHODS and op.rules and name + "_" not in written:
            plain = written.get(name)
            fields: dict[str, Any] = {"series": plain.series, "composite": plain.composite} if plain else {}
            if op.params in (("input",), ("input", "approximate")):
                if name == "t":
                    fields["node"] = "PyTorch counts the node of the copy in place"
                yield unary(f"{name}_ auto", "{out} = torch.sigmoid({0}) * 0.8 + 0.1\n{out}.%s_()" % name, **fields)
            elif op.params == ("input", "other"):
                text = "{out} = torch.sigmoid({0}) + 0.1 + {1} * 0\n{out}.%s_(torch.sigmoid({1}) + 0.2)" % name
                if name in ("copysign", "fmod", "remainder", "div", "pow"):
                    fields["node"] = "PyTorch has overloads for numbers, which are asked for by other operands here"
                yield binary(f"{name}_ auto", text, **fields)


def _catalog() -> dict[str, Entry]:
    written: dict[str, Entry] = {}
    for entry in (entry for chapter in CHAPTERS for entry in chapter.ENTRIES):
        if written.setdefault(entry.name, entry) is not entry:
            raise ValueError(f"two entries of the catalogue are called {entry.name}")
    return {**written, **{entry.name: entry for entry in _in_place_entries(written)}}


CATALOG: dict[str, Entry] = _catalog()
