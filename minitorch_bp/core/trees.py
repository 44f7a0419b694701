"""Nested tuples, lists and dictionaries of tensors: what functions may take and return where a single tensor would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves_of(tree: Any) -> Iterator[Any]:
    """What the containers hold, in order."""
    if isinstance(tree, (tuple, list)):
        for part in tree:
            yield from leaves_of(part)
    elif isinstance(tree, dict):
        for part in tree.values():
            yield from leaves_of(part)
    else:
        yield tree


def mapped(change: Callable[[Any], Any], tree: Any) -> Any:
    """The same containers with every leaf changed."""
    if isinstance(tree, dict):
        return type(tree)((k, mapped(change, v)) for k, v in tree.items())
    if isinstance(tree, (tuple, list)):
        parts = [mapped(change, v) for v in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return change(tree)


def like(tree: Any, leaves: Any) -> Any:
    """The same containers with other leaves, given in order."""
    rest = iter(leaves)
    return mapped(lambda _: next(rest), tree)
