"""One entry of the derivative table, and the plans made from it.

An :class:`Op` holds what a primitive declares. From "which inputs need a gradient" follows a :class:`Plan`: the rules that
will run, and the values they read, which are the values to save.
"""

from __future__ import annotations

import copy
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from .half import rule_in_float32

if TYPE_CHECKING:
    from types import CodeType

OPS: dict[str, Op] = {}

ARGUMENT, SHAPE, RESULT, NEEDS, HIDDEN = range(5)
#: NumPy's names for arguments, which PyTorch's functions take, too, where they are written in C++.
NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other", "size": "shape"}


class Op:
    """One entry of the derivative table.

    Attributes
    ----------
    kernel : function on arrays
    plain_kernel : the same without what half precision takes
    call : the public function on tensors
    params, defaults : of the kernel
    rules : list of (parameter positions, rule, names the rule reads)
    differentiable : parameter positions that have a rule, in the order in which the rules are declared
    promote : None (operands are used as they are), 'same' (brought to one type), 'float' (and integers to float)
    grad_name : the name of its nodes, a string or a function of the node
    public_name, view, outputs : see :func:`primitive`
    apart, exact : see :func:`public`
    """

    def __init__(self, kernel: Any, rules: dict[str, Any], joint: Any, **options: Any):
        self.name: str = kernel.__name__
        self.kernel = self.plain_kernel = kernel
        self.__dict__.update(options)
        code = kernel.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        names = code.co_varnames[:count]
        self.buffered = "out" in names  # the kernel can write into a buffer
        self.params: tuple[str, ...] = tuple(n for n in names if n != "out")
        given = dict(zip(names[code.co_argcount - len(kernel.__defaults__ or ()) : code.co_argcount],
                         kernel.__defaults__ or (), strict=True))  # fmt: skip
        given.update(kernel.__kwdefaults__ or {})
        self.defaults = given
        self.positional = len([n for n in code.co_varnames[: code.co_argcount] if n != "out"])
        self.default_values = tuple(given.get(p, MISSING) for p in self.params)
        self.position = {p: i for i, p in enumerate(self.params)}
        self.required = sum(d is MISSING for d in self.default_values)

        for argument in [*rules, *(joint[0] if joint else ())]:
            if argument not in self.position:
                raise TypeError(
                    f"the primitive {self.name} has a rule for {argument!r}, but its kernel takes {', '.join(self.params)}: "
                    "name the rule after one of these, or add the argument to the kernel"
                )
        self.rules: list[tuple[Any, Any, tuple[str, ...]]] = []
        self.sequence = self.params[0] == "tensors"
        self.differentiable: tuple[int, ...]
        if joint is not None:
            targets, rule = joint
            self.differentiable = tuple(self.position[t] for t in targets)
            self.rules.append((tuple(range(len(targets))), rule, _reads(rule)))
        else:
            self.differentiable = tuple(self.position[p] for p in rules)
            for k, rule in enumerate(rules.values()):
                self.rules.append((None if self.sequence else k, rule, _reads(rule)))
        for name in {n for _, _, reads in self.rules for n in reads}:
            if (
                name not in self.position
                and name.removesuffix("_shape") not in self.position
                and name.rstrip("0123456789") not in _READ
            ):
                raise TypeError(
                    f"a rule of the primitive {self.name} reads {name!r}: it can read the arguments ({', '.join(self.params)}), "
                    "their shapes (input_shape, ...), result, hidden and needs"
                )
        self.plans: dict[int, Plan] = {}
        self.call: Any = None
        self.apart = self.exact = False
        self.in_place_name = self.public_name.rstrip("_") + "_"
        self.operator: Any = None  # the same for use as an operator, if there are two operands
        self.name_reads_saved = not isinstance(self.grad_name, str) and "reads" in self.grad_name.__code__.co_names

    promote: str | None
    promoted: tuple[str, ...]
    grad_name: Any
    public_name: str
    view: bool
    outputs: tuple[str, ...] | None
    hidden: Any
    varargs: str | None
    elementwise: bool
    ufunc: Any
    booleans: bool
    conjugates: bool
    fills: bool
    numbers: str
    arity: Any
    unfold: Any = None  # function of a node that makes it the chain of nodes which PyTorch has in its place (see ``chain``)

    def plan(self, mask: int) -> Plan:
        plan = self.plans.get(mask)
        if plan is None:
            plan = self.plans[mask] = Plan(self, mask)
        return plan

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments in the kernel's order, defaults filled in; TypeError as Python gives for a bad call."""
        if self.varargs is not None:
            at = self.position[self.varargs]
            if len(args) > at and args[at].__class__ not in _LISTS and _is_whole(args[at]):
                sizes = args[at:]
                if {*map(type, sizes)} != _INTS:  # a tensor of no dimensions is an int, too
                    sizes = tuple(operator.index(n) if _is_whole(n) else n for n in sizes)
                args = (*args[:at], sizes)
        if len(args) > self.positional:
            raise TypeError(f"{self.public_name}() takes {self.positional} positional arguments, but {len(args)} were given")
        if not kwargs and len(args) == len(self.params):
            return args
        values = list(args) + list(self.default_values[len(args) :])
        for key, value in kwargs.items():
            at = self.position.get(key, -1)
            if at < 0:
                at = self.position.get(NAMES.get(key, ""), -1)
                if at >= 0 and self.params[at] in kwargs:
                    raise TypeError(f"{self.public_name}() got two values for the argument {self.params[at]!r}: also as {key!r}")
            if at < 0:
                if key in UNSUPPORTED:
                    if value is None or value is False:
                        continue
                    raise NotImplementedError(f"{self.public_name}() does not support the argument {key}={value!r}")
                raise TypeError(f"{self.public_name}() got an unexpected keyword argument {key!r}")
            if at < len(args):
                raise TypeError(f"{self.public_name}() got two values for the argument {key!r}")
            values[at] = value
        if any(v is MISSING for v in values):
            missing = [p for p, v in zip(self.params, values, strict=True) if v is MISSING]
            raise TypeError(f"{self.public_name}() needs the argument {missing[0]!r}")
        return tuple(values)


_INTS, _LISTS = {int}, (tuple, list)


def _is_whole(n: Any) -> bool:
    """Whether an argument is an int: Python's, NumPy's, or that of a tensor of no dimensions."""
    if n.__class__ is int:
        return True
    array = getattr(n, "_array", n)
    return isinstance(array, (np.ndarray, np.integer)) and array.ndim == 0 and array.dtype.kind in "iu"


def check_keepdim(name: str, keepdim: Any) -> None:
    """TypeError unless it is a truth value: ``x.sum(0, 1)`` was meant as ``x.sum((0, 1))``."""
    if not isinstance(keepdim, (bool, np.bool_)):
        raise TypeError(f"{name}(): keepdim must be True or False, but got {keepdim!r}; several dimensions are a tuple: dim=(0, 1)")


class _Missing:
    """The default of parameters that have none, so that a call by another name (``torch.sum(x=t)``) gets as far as our code."""

    def __repr__(self) -> str:
        return "<missing>"


MISSING: Any = _Missing()
_READ = frozenset({"result", "hidden", "needs"})
UNSUPPORTED = frozenset({"layout", "pin_memory", "memory_format", "names"})


def _reads(rule: Any) -> tuple[str, ...]:
    code: CodeType = rule.__code__
    return code.co_varnames[2 : code.co_argcount]


class Plan:
    """What is done for one pattern of "which inputs need a gradient": the rules to run, and the values they need.

    Attributes
    ----------
    rules : list of (rule, positions among the saved values or None for all, edge index or indices)
    saves : list of (kind, parameter position), parallel to ``names``
    simple : the parameter positions, when only arguments are saved (what the fast paths handle), else None
    saves_data : whether releasing the saved values frees anything
    """

    __slots__ = ("_complex", "_half", "names", "needs", "op", "rules", "saves", "saves_data", "simple")

    def __init__(self, op: Op, mask: int):
        self.op = op
        self._complex: Plan | None = None
        self._half: Plan | None = None
        self.needs = tuple(bool(mask >> k & 1) for k in range(len(op.differentiable)))
        active = [
            (targets, rule, reads)
            for targets, rule, reads in op.rules
            if targets is None or not isinstance(targets, int) or self.needs[targets]
        ]
        names: list[str] = []
        for _, _, reads in active:
            names += [n for n in reads if n not in names]
        self.names = tuple(names)
        self.rules = [
            (rule, None if reads == self.names else tuple(names.index(n) for n in reads), targets)
            for targets, rule, reads in active
        ]
        self.saves = tuple(self._locate(n) for n in names)
        arguments = [i for kind, i in self.saves if kind == ARGUMENT]
        self.simple = tuple(arguments) if len(arguments) == len(self.saves) else None
        tensors = {i for i, p in enumerate(op.params) if p in _TENSOR_NAMES} | set(op.differentiable)
        self.saves_data = not op.view and any(
            kind in (RESULT, HIDDEN) or (kind == ARGUMENT and i in tensors) for kind, i in self.saves
        )

    def for_type(self, d: np.dtype) -> Plan:
        """The plan for a result of this type."""
        if d.kind == "c":
            return self.for_complex()
        if d.itemsize != 2 or self.op.view:
            return self
        if self._half is None:
            plan = self._half = copy.copy(self)
            plan.rules = [(rule_in_float32(rule), reads, targets) for rule, reads, targets in self.rules]
        return self._half

    def for_complex(self) -> Plan:
        """The plan for a complex result: rules say ``grad * f'(z)``, PyTorch's gradient is ``grad * conj(f'(z))``.

        Conjugating what goes into a rule and what comes out turns one into the other, for every operation that is a
        holomorphic function. The few that are not say so (``conjugates=True``), and give PyTorch's gradient themselves.
        """
        if self.op.conjugates:
            return self
        if self._complex is None:
            plan = self._complex = copy.copy(self)
            plan.rules = [(_between_conjugates(rule), reads, targets) for rule, reads, targets in self.rules]
        return self._complex

    def _locate(self, name: str) -> tuple[int, int]:
        position = self.op.position
        if name == "needs":
            return (NEEDS, 0)
        if name.startswith("hidden"):
            return (HIDDEN, int(name[6:] or 0))
        if name.startswith("result"):
            return (RESULT, int(name[6:] or 0))
        if name in position:
            return (ARGUMENT, position[name])
        return (SHAPE, position[name[:-6]])


def _between_conjugates(rule: Any) -> Any:
    def conjugated(xp: Any, grad: Any, *args: Any) -> Any:
        conjugate = xp._conjugated
        found = rule(xp, [conjugate(g) for g in grad] if type(grad) is list else conjugate(grad), *args)
        return [conjugate(g) for g in found] if isinstance(found, (tuple, list)) else conjugate(found)

    return conjugated


_TENSOR_NAMES = frozenset({"input", "other", "index", "target", "condition", "mask", "weight"})
