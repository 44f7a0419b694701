"""Formulas typed by people, ``(a + b) * b**3``, computed on tensors.

The text is parsed by Python's own parser and walked node by node; whatever is not on the list below is refused with its place, and
nothing is ever executed.
"""

from __future__ import annotations

import ast
import math
import operator
from typing import Any

from ..core.tensor import Tensor
from ..ops import find

_OPERATORS: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
    ast.MatMult: operator.matmul, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
FUNCTIONS = ("abs", "cos", "exp", "log", "max", "maximum", "mean", "min", "minimum", "relu", "sigmoid", "sin", "softmax", "sqrt", "sum", "tanh")  # fmt: skip
_LONGEST, _DEEPEST = 4000, 200


class FormulaError(ValueError):
    """A formula that cannot be computed, and why."""


def evaluate(text: str, values: dict[str, Any]) -> Any:
    """The value of a formula.

    Parameters
    ----------
    text : str
        With names, numbers, ``+ - * / ** @``, parentheses, and the functions in ``FUNCTIONS``.
    values : dict
        The tensors that the names stand for.

    Returns
    -------
    Tensor or number

    Raises
    ------
    FormulaError
        For anything else, or a name without a value.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> evaluate("(a + b) * b**3", {"a": torch.tensor(7.0), "b": torch.tensor(3.0)})
    tensor(270.)
    """
    if len(text) > _LONGEST:
        raise FormulaError(f"the formula has {len(text):,} characters; at most {_LONGEST:,} are read")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        at = getattr(error, "offset", None)
        mark = f"\n    {text}\n    {' ' * (at - 1)}^" if at else ""
        raise FormulaError(f"this is not a formula: {getattr(error, 'msg', None) or error}{mark}") from None
    return _value(tree.body, text.strip(), values, 0)


def _refuse(node: ast.AST, text: str, why: str) -> FormulaError:
    at = getattr(node, "col_offset", 0)
    return FormulaError(
        f"{why}\n    {text}\n    {' ' * at}^\nA formula has names, numbers, + - * / ** @, parentheses, and {', '.join(FUNCTIONS)}"
    )


def _value(node: ast.AST, text: str, values: dict[str, Any], depth: int) -> Any:
    if depth > _DEEPEST:
        raise FormulaError(f"the formula is nested more than {_DEEPEST} deep")
    again = lambda part: _value(part, text, values, depth + 1)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        if not math.isfinite(node.value) or abs(node.value) > 1e300:
            raise _refuse(node, text, "this number is too large")
        return node.value
    if isinstance(node, ast.Name):
        if node.id not in values:
            raise _refuse(node, text, f"{node.id} has no value: add {node.id}=3 (or another number) after the formula")
        return values[node.id]
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](again(node.operand))
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = again(node.left), again(node.right)
        if not isinstance(left, Tensor) and not isinstance(right, Tensor):
            left, right = float(left), float(right)  # (powers of Python's ints may take forever)
        try:
            result = _OPERATORS[type(node.op)](left, right)
        except OverflowError:
            raise _refuse(node, text, "this number is too large") from None
        except (TypeError, RuntimeError, ZeroDivisionError) as error:
            raise _refuse(node, text, str(error)) from None
        if isinstance(result, complex):
            raise _refuse(node, text, "this is not a real number")
        return int(result) if isinstance(result, float) and result.is_integer() and abs(result) < 2**53 else result
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
            raise _refuse(node, text, "this function is not known here")
        arguments = [again(a) for a in node.args]
        if not arguments or not isinstance(arguments[0], Tensor):
            raise _refuse(node, text, f"{node.func.id}() takes a variable, or a formula with one")
        function: Any = find("torch", node.func.id)
        try:
            return function(*arguments)
        except (TypeError, RuntimeError, IndexError) as error:
            raise _refuse(node, text, str(error)) from None
    raise _refuse(node, text, "this cannot stand in a formula")
