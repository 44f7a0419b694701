"""Docstrings of modules, put together from what is written once.

A module shares its mathematics with a function, and most of its options with the other modules of its family. Each of these is
explained where it belongs: the formula and the inputs at the function (:func:`conv2d`), what only layers have at the family
(``_ConvNd``), what is special at the class (:class:`Conv2d`). A reader wants all of it in one place. So the docstring of a module is
assembled from them when it is asked for:

* the text of its function (``of=`` or ``like=`` in the class statement, or ``_like`` in its body), then that of the class, then the
  inputs and the result of a call;
* one entry for each parameter of the constructor, in its order: the class's own, or else its family's, or its function's;
* the other sections of the class, or else of the family, or of the function.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from .. import functional as F
from .module import Module

_SECTIONS = ("Parameters", "Attributes", "Raises", "See Also", "Notes", "Examples")

#: What means the same in every module that has it, for where it is explained nowhere else.
_EVERYWHERE = """Options of many modules.

Parameters
----------
inplace : bool
    Write the result over the input, to save memory.
reduction : 'mean', 'sum' or 'none'
    Whether the losses of the examples are averaged, added up, or returned as they are.
size_average : bool, optional
    An old form of ``reduction``; leave it out.
reduce : bool, optional
    An old form of ``reduction``; leave it out.
device : device, optional
    Where the parameters are: the CPU.
dtype : dtype, optional
    The type of the parameters; the default one unless given.
"""


class Docstring:
    """The ``__doc__`` of a module, assembled when it is read."""

    def __init__(self, cls: type):
        self.own: str = vars(cls).get("__doc__") or ""

    def __get__(self, module: Any, cls: type) -> str:
        sections: dict[str, str] = {}
        entries: dict[str, str] = {}
        for source in _sources(cls):
            for title, section in split(source)[1].items():
                if title == "Parameters":
                    for names, entry in _entries(section):
                        entries |= {name: entry for name in names if name not in entries}
                else:
                    sections.setdefault(title, section)
        for names, entry in _entries(split(_EVERYWHERE)[1]["Parameters"]):
            entries |= {name: entry for name in names if "\n" not in entries.get(name, "")}
        options = [str(p.replace(annotation=p.empty, default=p.empty)) for p in inspect.signature(cls).parameters.values()]
        options = [name for name in options if name in entries]  # with the stars of ``*args``
        sections["Parameters"] = "\n".join(_merged(options, entries))
        text, called = split(self.own)[0], ""
        theirs: dict[str, str] = {}
        if function := _function(cls):
            called, theirs = split(function.__doc__ or "")
            related = [f"{function.__name__} : The function that it calls.", sections.get("See Also")]
            sections["See Also"] = "\n".join(filter(None, related))
        call = _call(cls, _entries(theirs.get("Parameters", "")), theirs.get("Returns", ""), options)
        parts = [f"{title}\n{'-' * len(title)}\n{sections[title]}" for title in _SECTIONS if sections.get(title)]
        return "\n\n".join(filter(None, [called, text, *call, *parts]))


def split(docstring: str) -> tuple[str, dict[str, str]]:
    """The text of a docstring in NumPy's style, and its sections by title."""
    text, *parts = re.split(r"(?:^|\n\n)([A-Z]\w+(?: [A-Z]\w+)?)\n-{3,}\n", inspect.cleandoc(docstring))
    return text, dict(zip(parts[::2], parts[1::2], strict=True))


def _function(cls: type) -> Callable[..., Any] | None:
    """The function that a class is made of or does with learned weights; not that of its bases."""
    like: Any = getattr(cls, "_like", None) if "_like" in vars(cls) else None
    return getattr(F, like) if isinstance(like, str) else like


def _sources(cls: type) -> Iterator[str]:
    """The docstrings that a class shares: its own, its family's, and those of their functions."""
    bases = cls.__mro__[: cls.__mro__.index(Module) or 1]
    for base in bases:
        own = vars(base).get("__doc__")
        yield (own.own if isinstance(own, Docstring) else own) or ""
    for function in filter(None, map(_function, bases)):
        yield function.__doc__ or ""


def _entries(section: str) -> Iterator[tuple[list[str], str]]:
    """The entries of a section 'Parameters', each with the names it explains."""
    for entry in re.split(r"\n(?! )", section):
        if entry:
            names, _, rest = entry.partition(" : ")
            yield names.split(", "), rest


def _merged(names: list[str], entries: dict[str, str]) -> Iterator[str]:
    """The entries of these names; neighbours that share their entry stay together."""
    for k, name in enumerate(names):
        if k and entries[names[k - 1]] is entries[name]:
            continue
        together = [name]
        while k + len(together) < len(names) and entries[names[k + len(together)]] is entries[name]:
            together.append(names[k + len(together)])
        yield f"{', '.join(together)} : {entries[name]}"


def _call(cls: Any, entries: Any, returns: str, options: list[str]) -> Iterator[str]:
    """What the module is called with, and what it returns."""
    inputs = [p for p in inspect.signature(cls.forward).parameters if p not in ("self", *options)]
    shown = [(", ".join(n for n in names if n in inputs), rest) for names, rest in entries]
    lines = [f"* **{names}**: {'. '.join(_type_and_text(rest))}" for names, rest in shown if names]
    if lines:
        yield "It is called with\n\n" + "\n".join(lines)
    if returns:
        yield "and returns\n\n" + "\n".join(f"* {_phrase(entry)}" for entry in re.split(r"\n(?! )", returns))


def _type_and_text(entry: str) -> list[str]:
    """The type of an argument and, if there is one, its description."""
    kind, _, text = entry.partition("\n")
    return [kind, " ".join(text.split())] if text else [kind]


def _phrase(entry: str) -> str:
    """A result: 'Tensor, of shape (N, C).'"""
    kind, *text = _type_and_text(entry)
    return ", ".join([kind, *(t[:1].lower() + t[1:] for t in text)])
