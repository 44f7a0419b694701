"""Small helpers that modules of other libraries import: a number as a tuple of equal numbers, and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple[Any, ...]]:
    """A function that repeats a number ``n`` times, and makes a tuple of anything iterable."""

    def parse(x: Any) -> tuple[Any, ...]:
        return tuple(x) if isinstance(x, Iterable) else tuple(repeat(x, n))

    parse.__name__ = name
    return parse


_single, _pair, _triple, _quadruple = _ntuple(1, "_single"), _ntuple(2, "_pair"), _ntuple(3, "_triple"), _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t: Iterable[Any], n: int) -> tuple[Any, ...]:
    """The elements from the last to the first, each ``n`` times: padding as ``F.pad`` wants it."""
    return tuple(x for x in reversed(tuple(t)) for _ in range(n))


def _list_with_default(out_size: list[Any], defaults: list[int]) -> list[Any]:
    """Sizes, with those of ``defaults`` (its last ones) where None is given."""
    if isinstance(out_size, int):
        return out_size  # type: ignore[return-value]  # as PyTorch
    if len(defaults) <= len(out_size):
        raise ValueError(
            f"the input must have more dimensions than the {len(out_size)} sizes of the output, but has {len(defaults)}"
        )
    return [d if size is None else size for size, d in zip(out_size, defaults[-len(out_size) :], strict=True)]


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Take a prefix away from the names in a state dict, in place: ``module.weight``, as wrapped models are saved, to ``weight``.

    Parameters
    ----------
    state_dict : dict
    prefix : str
        Such as 'module.'.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> state = {"module.weight": 1}
    >>> torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
    >>> state
    {'weight': 1}
    """
    for key in [k for k in state_dict if k.startswith(prefix)]:
        state_dict[key[len(prefix) :]] = state_dict.pop(key)
    metadata: Any = getattr(state_dict, "_metadata", None)
    for key in list(metadata or ()):
        if key and (key.startswith(prefix) or key == prefix.rstrip(".")):
            metadata[key[len(prefix) :]] = metadata.pop(key)
