"""Results with named fields."""

from __future__ import annotations

import functools
from operator import itemgetter
from typing import Any


@functools.cache
def return_type(name: str, *fields: str) -> Any:
    """A tuple with named fields that prints as torch's ``torch.return_types.name`` (namedtuple() costs 0.3 ms each)."""

    def __new__(cls: Any, *values: Any) -> Any:
        return tuple.__new__(cls, values)

    def __repr__(self: Any) -> str:
        inside = ",\n".join(f"{f}={getattr(self, f)!r}" for f in fields)
        return f"torch.return_types.{name}(\n{inside})"

    members: dict[str, Any] = {"__new__": __new__, "__repr__": __repr__, "_fields": fields, "__module__": "torch.return_types"}
    members.update((f, property(itemgetter(k))) for k, f in enumerate(fields))
    return type(name, (tuple,), members)
