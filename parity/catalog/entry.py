"""What an entry of the catalogue is, and the words in which the chapters write one down.

An entry is a template in which ``{0}``, ``{1}`` are operands, ``{dim}`` and ``{keepdim}`` arguments that the generator draws,
and ``{out}`` the result (where it takes more than one line). ``F.`` stands for ``torch.nn.functional.``, and the names of
:data:`FORMS` for an operand made fit: ``{definite}`` is a positive definite matrix made of ``{0}``. What an entry cannot be
asked for stands in its own fields, each with its reason; there is no other list of names.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass, field
from typing import Any

_FLOAT = "{0}.dtype if {0}.is_floating_point() else torch.float64"
#: Operands made fit for what is called on them.
FORMS = {
    # Positive definite, with eigenvalues apart: well conditioned, so that rounding stays rounding.
    "definite": f"({{finite}} @ {{finite}}.mT * 0.02 + torch.diag(torch.arange({{0}}.shape[-2]) * 1.5 + 1).to({_FLOAT}))",
    "finite": f"torch.nan_to_num({{0}}, 0.0, 1.0, -1.0).clamp(-3, 3).to({_FLOAT})",
    # Partial sorting leaves any of equal elements in front.
    "distinct": "({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.01)",
    # The gradient of a norm of nearly equal numbers is made of rounding.
    "spread": "({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.37)",
    "integer": "torch.nan_to_num({0} * 4, 0.0, 5.0, -5.0).clamp(-9, 9).round().to(torch.int64)",
    "complex": "torch.complex({0}, {0} * 0.5 + 1.0)",
    "zeros": "torch.zeros_like({0}, dtype=torch.int64)",
    "zero_row": "torch.zeros_like({0}.narrow({dim}, 0, 1), dtype=torch.int64)",
    "classes": "torch.zeros({0}.shape[0], dtype=torch.int64)",
    "weight": "{0}[0].flatten(1)[:, 0]",
}
#: Why an entry is loose at an infinity or NaN (each was judged without, alone and in a thousand programs or more).
BLAS = "BLAS may skip a product with zero, which NaN would survive"
VECTOR = "PyTorch's vectorized loop and its scalar loop for the rest of a row differ in the gradient at NaN"
OVERFLOW = "squares and powers of large numbers overflow in one order of computing and not in another"
FORMULA = "infinities are subtracted, or multiplied by zero, in another order"
COUNT = "PyTorch divides by the number of elements that equal the result: by zero where that is NaN"
TIES = "infinities stay equal however the elements are spread, and PyTorch takes any of equal elements"
ONEDNN = "on some processors PyTorch hands float32 to oneDNN, whose kernel gives NaN at infinity"


@dataclass(frozen=True)
class Entry:
    """One way to call an operation.

    Attributes
    ----------
    kind : which operands and arguments to draw: 'unary', 'binary', 'reduce', 'dim', 'matrix' or 'batch'
    random : it draws random numbers, so the generator's state is compared
    writes : it writes to an operand, which other steps may have saved
    itself_or_copy : whether the result shares memory with the operand depends on the operand's layout
    free_layout : PyTorch's own iteration decides how the result lies in memory, so strides are not compared
    read_only : PyTorch cannot bear a write to the result: it is one of several outputs (a view refuses, and what is none trips
        an internal assertion of retain_grad), a view of something inside, or saved without need (by ``scatter_reduce``)
    loose_at_infinity : why its result and gradient at an infinity or NaN are a matter of how the formula is written, not of what
        it says; empty if they are not
    composite : it sums, subtracts near-equal numbers or uses a series, so that units in the last place say little
    series : PyTorch's own derivative is a truncated series, so it may be off by more than rounding (its trigamma:
        up to 5e-10 of the value on [0.5, 8], where SciPy's agrees with mpmath's to 1e-15)
    deviation : a standard deviation: where it is 0 but for rounding, its derivative is rounding divided by rounding
    normalizes : 'rows' or 'groups' of its operand, so the gradient is a difference of terms over their deviation
    once : PyTorch cannot differentiate it a second time, or not everywhere
    floats_only : for other types PyTorch's checks depend on scalars and sizes
    legal_only : illegal operands are not tried: PyTorch's checks of them depend on sizes
    hookable : a hook gets a gradient; not where PyTorch leaves it undefined (``norm0``), or gives one of the second order in double
        precision, which it then refuses itself
    refused : both frameworks refuse what it does, which is what it is about
    node : why its result's node has another name than PyTorch's, if it has
    known : kinds of inputs (see :data:`coverage.FEATURES`) on which the frameworks differ for good, with the reason
    """

    name: str
    template: str
    kind: str
    random: bool = False
    writes: bool = False
    itself_or_copy: bool = False
    free_layout: bool = False
    read_only: bool = False
    loose_at_infinity: str = ""
    composite: bool = False
    series: bool = False
    deviation: bool = False
    normalizes: str = ""
    once: bool = False
    floats_only: bool = False
    legal_only: bool = False
    hookable: bool = True
    refused: bool = False
    node: str = ""
    known: dict[str, str] = field(default_factory=dict)

    @functools.cached_property
    def exact(self) -> bool:
        """Whether equal operands give equal bits, with the signs of zeros: it is made of moves, comparisons and operations that IEEE 754
        rounds correctly, one at a time."""
        text = re.sub(r"\{(\w+)\}", r"x\1", self.template)
        parts = list(ast.walk(ast.parse(text)))
        calls = {c.func.attr if isinstance(c.func, ast.Attribute) else c.func.id for c in parts if isinstance(c, ast.Call)}  # type: ignore[attr-defined]
        operators = {type(o.op) for o in parts if isinstance(o, (ast.BinOp, ast.UnaryOp))}
        return not self.random and not self.writes and calls <= _EXACT and operators <= _ROUNDED


#: Functions and operators whose results are the same bits in any correct implementation.
_EXACT = frozenset(
    [
        "abs",
        "ceil",
        "floor",
        "isfinite",
        "isinf",
        "isnan",
        "logical_not",
        "neg",
        "positive",
        "reciprocal",
        "relu",
        "sgn",
        "sign",
        "signbit",
        "trunc",
        "copysign",
        "where",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "clone",
        "contiguous",
        "detach",
        "flatten",
        "reshape",
        "view_as",
        "view",
        "ravel",
        "unsqueeze",
        "squeeze",
        "t",
        "permute",
        "movedim",
        "transpose",
        "unflatten",
        "expand",
        "roll",
        "flip",
        "stack",
        "cat",
        "hstack",
        "vstack",
        "split",
        "chunk",
        "unbind",
        "tril",
        "triu",
        "diagonal",
        "index_select",
        "gather",
        "masked_fill",
        "narrow",
        "select",
        "repeat",
        "tile",
        "add",
        "sub",
        "mul",
        "div",
        "threshold",
        "hardtanh",
        "zeros_like",
        "ones_like",
        "full_like",
        "numel",
        "size",
        "dim",
        "tensor",
    ]
)
_ROUNDED = {ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub}


def _entry(kind: str, name: str, template: str, **fields: Any) -> Entry:
    """An entry, with the abbreviations in its template spelled out."""
    for form, text in FORMS.items():  # in this order: "definite" is made of "finite"
        template = template.replace("{%s}" % form, text)
    return Entry(name, re.sub(r"\bF\.", "torch.nn.functional.", template), kind, **fields)


unary = functools.partial(_entry, "unary")  # one operand of any shape
binary = functools.partial(_entry, "binary", free_layout=True)  # two that broadcast; they may lie differently
reduce = functools.partial(_entry, "reduce")  # {dim}, {keepdim}
dim = functools.partial(_entry, "dim")  # {dim}
matrix = functools.partial(_entry, "matrix")  # an operand of two dimensions
batch = functools.partial(_entry, "batch")  # an operand of three dimensions


def in_place(name: str, call: str, make: Any = unary, **fields: Any) -> Entry:
    """An in-place call on a copy of the operand."""
    return make(name, "{out} = {0} * 1\n{out}." + call, **fields)


def drawn(name: str, template: str, make: Any = unary, **fields: Any) -> Entry:
    """An entry that draws random numbers, from a seed of its own."""
    return make(name, "torch.manual_seed(5)\n" + ("" if "{out}" in template else "{out} = ") + template, random=True, **fields)
