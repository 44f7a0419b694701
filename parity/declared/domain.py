"""What a declaration of an operation is made of: parameters, each with a domain that values are drawn from.

One declaration serves the campaign (which draws calls), ``coverage`` (which asks that every option is drawn) and ``mutate`` (which
forgets one option at a time). A domain draws Python *text*, so that a case is a script. Sizes are drawn first, by name; a
tensor's shape, and values that depend on others, are expressions in them: ``T("n c*g h")``, ``"=g"``.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..choices import Choices

LEFT_OUT = ...  # in a domain: the argument is not given
Env = dict[str, Any]  # the sizes that were drawn, and of each tensor its shape as NAME_shape


@dataclass(frozen=True)
class Text:
    """A value that is no literal: its text."""

    text: str


INF, NINF, NAN = Text("float('inf')"), Text("-float('inf')"), Text("float('nan')")
Domain = Any  # a tuple of options, a T, or a function of (draw, env) that gives text


@dataclass(frozen=True)
class T:
    """A tensor: its shape, an expression in the sizes or one of 'any', 'like NAME', 'with NAME' (it broadcasts with NAME), 'within NAME' (to NAME's shape).

    ``values`` is a helper of the scripts (``real``, ``positive``, ``unit``, ...), ``below N`` or ``labels`` for integers, or ``mask``.
    ``grad``: whether it is a parameter; ``maybe``: it may be left out.
    """

    shape: str
    values: str = "real"
    grad: bool = True
    maybe: bool = False
    least: int = 0  # dimensions of 'any'
    empty: bool = True  # whether 'any' may have no elements


@dataclass(frozen=True)
class Declared:
    """An operation: how it is called, its sizes and its parameters.

    Attributes
    ----------
    name : 'F.conv2d', 'torch.sum', 'linalg.norm', '.sum' (a method of the first parameter)
    sizes : name -> options of a size
    parameters : name -> domain, in order; those that are drawn as tensors stand first, by position
    after : text that picks what is compared of ``{}``, the call
    orders : derivatives that are compared
    loose : a tolerance in place of some roundings, where PyTorch itself is less precise
    named : whether PyTorch has one node for it, whose name is compared
    warns : whether warnings are compared: not where PyTorch warns once in a process, or of its own slowness
    refusal : whether illegal calls of it are drawn
    saved : why writes to what it has saved, and lifetimes, are not compared: PyTorch saves something else
    held : why lifetimes alone are not compared
    refused : why only names, numbers and ``out=`` of illegal calls are wrong: PyTorch refuses, or takes, other operands
    """

    name: str
    sizes: dict[str, tuple[int, ...]]
    parameters: dict[str, Domain]
    after: str = "{}"
    orders: int = 2
    loose: float = 0.0
    random: bool = False
    in_place: bool = False
    named: bool = True
    warns: bool = True
    refusal: bool = True
    saved: str = ""
    held: str = ""
    refused: str = ""
    options: tuple[str, ...] = field(default=(), compare=False)

    @property
    def weight(self) -> int:
        """How often it is drawn, relative to others: the bits that say one of its calls, so that options meet as often as values do.

        What is a table of functions counts as several rows.
        """
        bits = 0.0
        for name, domain in self.parameters.items():
            if isinstance(domain, tuple):
                bits += len(domain) / 4 if name in ("function", "maker") else math.log2(len(domain))
            else:
                bits += 0.5 if isinstance(domain, T) else 2.0
        return max(1, round(bits))


def op(name: str, sizes: str = "", /, **parameters: Domain) -> Declared:
    """A declaration. ``sizes`` is text such as ``"n=0,1,2 c=2,3"``; names that begin with an underscore are fields of it."""
    drawn = dict(part.split("=") for part in sizes.split())
    fields = {k[1:]: parameters.pop(k) for k in list(parameters) if k[0] == "_" and k[1:] in Declared.__dataclass_fields__}
    return Declared(name, {k: tuple(map(int, v.split(","))) for k, v in drawn.items()}, parameters, **fields)


# ---------------------------------------------------------------------- domains
def option(value: Any, env: Env) -> str | None:
    """The text of an option; None if it is left out."""
    if value is LEFT_OUT:
        return None
    if isinstance(value, Text):
        return value.text
    if isinstance(value, str) and value.startswith("=") and len(value) > 1 and value != "==":
        given = eval(value[1:], {"Text": Text}, dict(env))
        return given.text if isinstance(given, Text) else repr(given)
    return repr(value)


def _ndim(env: Env, name: str) -> int:
    return len(env[f"{name}_shape"])


def dim(name: str, extra: int = 0, *more: Any) -> Domain:
    """A dimension of a tensor, counted from either end; now and then one that is not there."""

    def drawn(draw: Choices, env: Env) -> str | None:
        n = max(_ndim(env, name) + extra, 1)
        if more and not draw.integer(0, 3):
            return option(draw.choice(more), env)
        return str(draw.integer(-n, n - 1)) if draw.integer(0, 24) else str(draw.choice((n, -n - 1)))

    return drawn


def dims(name: str, *more: Any) -> Domain:
    """None, left out, a dimension, or several as a tuple or list."""

    def drawn(draw: Choices, env: Env) -> str | None:
        n = _ndim(env, name)
        way = draw.integer(0, 7)
        if way < 2:
            return option(draw.choice((LEFT_OUT, None, *more)), env)
        if way < 5 or not n:
            return dim(name)(draw, env)
        chosen = [d - n * draw.integer(0, 1) for d in range(n) if draw.integer(0, 1)]
        if draw.integer(0, 1):
            chosen.reverse()
        return repr(tuple(chosen) if draw.integer(0, 2) else chosen)

    return drawn


def each(options: tuple[Any, ...], count: int) -> Domain:
    """An option for all of ``count`` places, or one for each."""

    def drawn(draw: Choices, env: Env) -> str | None:
        if draw.integer(0, 1):
            return option(draw.choice((LEFT_OUT, *options)), env)
        return repr(tuple(draw.choice(options) for _ in range(count)))

    return drawn


def text(template: str, **domains: Domain) -> Domain:
    """Text with parts that are drawn."""

    def drawn(draw: Choices, env: Env) -> str:
        parts = {name: _drawn(domain, draw, env)[0] for name, domain in domains.items()}
        return template.format(**parts, **{k: repr(v) for k, v in env.items()})

    return drawn


def several(values: Domain, low: int, high: int) -> Domain:
    """A tuple of ``low`` to ``high`` values."""

    def drawn(draw: Choices, env: Env) -> str:
        parts = [_drawn(values, draw, env)[0] for _ in range(draw.integer(low, high))]
        return "(" + "".join(f"{p}, " for p in parts) + ")"

    return drawn


# ---------------------------------------------------------------------- drawing
@functools.cache
def _expression(shape: str) -> Any:
    return compile("(" + "".join(f"{part}, " for part in shape.split()) + ")", "<shape>", "eval")


def shape_of(t: T, draw: Choices, env: Env) -> tuple[int, ...]:
    """The shape of a tensor, drawn or computed."""
    if t.shape == "any":
        rank = max(draw.choice((0, 1, 1, 2, 2, 2, 3, 3, 4)), t.least)
        sizes = (1, 2, 2, 3, 3, 4) if draw.integer(0, 11) or not t.empty else (0, 1, 2)
        return tuple(draw.choice(sizes) for _ in range(rank))
    kind, _, other = t.shape.partition(" ")
    if kind == "like":
        return env[f"{other}_shape"]
    if kind in ("with", "within"):
        base = env[f"{other}_shape"]
        shape = tuple(1 if not draw.integer(0, 3) else n for n in base[draw.integer(0, len(base)) if base else 0 :])
        return (draw.integer(1, 2), *shape) if kind == "with" and not draw.integer(0, 9) and len(shape) == len(base) else shape
    return tuple(max(int(n), 0) for n in eval(_expression(t.shape), {}, env))


_VALUES = ("real",) * 5 + ("grid",) * 3 + ("nothing", "large")
_LAID = ("{}",) * 8 + ("gaps({})", "turned({})")


def tensor_text(t: T, draw: Choices, env: Env, shape: tuple[int, ...], plain: bool = False) -> str:
    """The text that makes a tensor."""
    values, *rest = t.values.split()
    size = "".join(f", {n}" for n in shape)
    if values == "below":
        high = eval(" ".join(rest), {}, env)
        return f"whole({high}{size})"
    if values == "labels":
        return f"torch.tensor(labels({size[2:]}))"
    if values == "mask":
        return f"v(coins({size[2:]})).bool()"
    if values == "real" and not plain:
        values = draw.choice(_VALUES)
    return f"{'p' if t.grad else 'v'}({values}({size[2:]}))"


def _drawn(domain: Domain, draw: Choices, env: Env) -> tuple[str | None, Any]:
    """The text of a value, and the option that it is."""
    if isinstance(domain, tuple):
        chosen = draw.choice(domain)
        return option(chosen, env), chosen
    if callable(domain):
        given = domain(draw, env)
        return given, given
    return option(domain, env), domain


#: Functions whose sizes PyTorch also takes one by one; here they have no name then.
_POSITIONAL = frozenset({"torch.reshape", "torch.tile", ".expand", "torch.stack", "torch.cat", "torch.einsum"})


@dataclass
class Call:
    """A drawn call: lines that make its tensors, and its arguments by name, as text."""

    declared: Declared
    made: dict[str, str]
    arguments: dict[str, str]

    def text(self, arguments: dict[str, str] | None = None) -> str:
        """The call."""
        arguments = self.arguments if arguments is None else arguments
        name, names = self.declared.name, list(arguments)
        together = [n for n, m in zip(names, self.declared.parameters, strict=False) if n == m]  # up to what is left out
        by_place: tuple[str, ...] = ("tensors", "equation", "shape", "dims", "size") if name in _POSITIONAL else ()
        if name == "torch.pow":
            by_place = ("input",)
        positional = list(itertools.takewhile(lambda n: n in self.made or n in by_place, together))
        rest = [f"{n}={arguments[n]}" for n in names if n not in positional]
        given = [arguments[n] for n in positional]
        if name.startswith("."):
            return f"{given[0]}{name}({', '.join([*given[1:], *rest])})"
        return f"{name}({', '.join([*given, *rest])})"


def drawn_call(declared: Declared, draw: Choices) -> Call:
    """Draw sizes, tensors and arguments."""
    env: Env = {name: draw.choice(options) for name, options in declared.sizes.items()}
    made: dict[str, str] = {}
    arguments: dict[str, str] = {}
    for name, domain in declared.parameters.items():
        if isinstance(domain, T):
            if domain.maybe and not draw.integer(0, 2):
                env[f"{name}_shape"] = ()
                continue
            shape = env[f"{name}_shape"] = shape_of(domain, draw, env)
            made[name] = tensor_text(domain, draw, env, shape)
            arguments[name] = draw.choice(_LAID).format(name) if domain.grad else name
        else:
            given, value = _drawn(domain, draw, env)
            if name == "keepdim" and "dim" in declared.parameters and "dim" not in arguments:
                continue  # PyTorch has no such overload
            if given is not None:
                arguments[name] = given
                env[name] = value
    return Call(declared, made, arguments)


Draw = Callable[[Choices, Env], str]
