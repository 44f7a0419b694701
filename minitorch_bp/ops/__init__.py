"""The derivative table and all that follows from it: a folder per chapter of PyTorch's reference, a file per family.

Imported here are the operators, and what the rules of many families say; a family is imported when one of its names is first
used (``_index.py``, which is generated, says which file has it).
"""

from __future__ import annotations

import importlib
from types import FunctionType
from typing import Any

from .._index import INDEX
from ..core.public import EXPORTS, Later, home
from ..core.tensor import Tensor
from . import conversion, creation, interop, tensor_info  # noqa: F401
from .indexing import basic, diagonals, gather, indexing  # noqa: F401
from .linalg import matmul  # noqa: F401
from .pointwise import arithmetic, bitwise, compare, complex_numbers, exponential, logical, power, rounding, sign  # noqa: F401
from .reduction import prod, sums  # noqa: F401
from .shape import joining, splitting, view  # noqa: F401

_PACKAGE = __package__.rpartition(".")[0]

for _name, _file in INDEX["Tensor"].items():
    if _name not in Tensor.__dict__:
        setattr(Tensor, _name, Later(f"{_PACKAGE}.{_file}", _name))


def find(namespace: str, name: str) -> Any:
    """The function of that name in a namespace ('torch', 'linalg', ...), or None; its file is imported if need be."""
    if name not in EXPORTS.get(namespace, ()):
        file = INDEX[namespace].get(name)
        if file is None:
            return None
        importlib.import_module(f"{_PACKAGE}.{file}")
    return EXPORTS[namespace][name]


def exports() -> dict[str, dict[str, Any]]:
    """Every public function, by namespace and name, after importing what has not been imported."""
    for names in INDEX.values():
        for file in sorted(set(names.values())):
            importlib.import_module(f"{_PACKAGE}.{file}")
    return EXPORTS


def unknown(module: str, name: str, names: Any) -> str:
    """What to say of a name that is not here: whether PyTorch has it, and what is nearest."""
    import difflib

    from .._absent import ABSENT
    from .._absent_kinds import why

    theirs = "torch" + module.removeprefix(_PACKAGE)
    message = f"module {module!r} has no attribute {name!r}"
    if name in ABSENT.get(theirs, ()):
        message += f": PyTorch's {theirs}.{name} is not in {_PACKAGE}, since {why(theirs, name)[1]}"
    if not name.startswith("_") and (near := difflib.get_close_matches(name, names, 1)):
        message += f"; did you mean {near[0]!r}?"
    return message


def names_of(namespace: str, module: dict[str, Any], *others: str, **elsewhere: str) -> tuple[Any, Any, list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of the module that shows a namespace, and ``others`` of its own; ``elsewhere`` are
    names that are not declared, and the files that have them."""

    def __getattr__(name: str) -> Any:
        if name in elsewhere:
            value = getattr(importlib.import_module(f"{_PACKAGE}.{elsewhere[name]}"), name)
        else:
            value = find(namespace, name)
        if value is None:
            raise AttributeError(unknown(module["__name__"], name, names))
        module[name] = value
        return value

    names = sorted([*INDEX[namespace], *others])
    return __getattr__, lambda: sorted({*names, *EXPORTS.get(namespace, ())}), names


def functions() -> dict[Any, str]:
    """All public functions and methods, each once, with a public name: what a detour may be set on (see ``core/detour``)."""
    found: dict[Any, str] = {}
    for names in exports().values():
        for name, value in names.items():
            if isinstance(value, FunctionType) and home(value).split(".")[1] not in ("amp", "settings"):
                found.setdefault(value, name.strip("_") if name.startswith("__") else name)
    return found
