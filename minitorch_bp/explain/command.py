"""The command line: ``python -m minitorch_bp.explain "(a + b) * b**3" a=7 b=3``."""

from __future__ import annotations

import argparse
import ast
import sys
from typing import Any

import numpy as np

from ..core.tensor import Tensor, wrap
from .formula_parser import FUNCTIONS, FormulaError, evaluate
from .picture import graph
from .player import backward

_WRONG = {"overwrite": ("recursive", "overwrite"), "recursive": ("recursive", "add")}


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        prog="python -m minitorch_bp.explain",
        description="Show the computation graph of a formula, and backpropagation on it, step by step.",
        epilog=f"A formula has names, numbers, + - * / ** @, parentheses, and the functions {', '.join(FUNCTIONS)}.",
    )
    options.add_argument("formula", help='such as "(a + b) * b**3"')
    options.add_argument("values", nargs="*", metavar="name=value", help="a number, or a vector or matrix such as w=[1,2,3]")
    options.add_argument("--html", metavar="F", help="write the step player to a page")
    options.add_argument("--svg", metavar="F", help="write the graph as a picture")
    options.add_argument("--wrong", choices=sorted(_WRONG), help="run one of the lecture's wrong algorithms instead")
    options.add_argument("--play", action="store_true", help="play the steps in the terminal, forwards and backwards")
    return options


def _tensor(text: str) -> tuple[str, Tensor]:
    name, sign, value = text.partition("=")
    name = name.strip()
    if not sign or not name.isidentifier():
        raise FormulaError(f"{text!r} is not a value: write name=number, such as a=7")
    try:
        array = np.array(ast.literal_eval(value.strip()))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise FormulaError(f"the value of {name}, {value!r}, is neither a number nor a list of numbers") from None
    if array.dtype.kind not in "biuf":
        raise FormulaError(f"the value of {name}, {value!r}, is neither a number nor a list of numbers")
    t = wrap(array.astype(np.float64))
    t._requires_grad = True
    return name, t


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        values = dict(map(_tensor, options.values))
        output: Any = evaluate(options.formula, values)
        if not isinstance(output, Tensor):
            raise FormulaError(f"this formula has no variable: its value is {output}")
        if output._array.size != 1:
            raise FormulaError(
                f"backprop starts at a single number, but this formula gives shape {tuple(output.shape)}: take its sum() or mean()"
            )
        order, accumulate = _WRONG.get(options.wrong, ("topological", "add"))
        steps = backward(output, order=order, accumulate=accumulate, title=options.formula, names=values)
        picture = graph(output, title=options.formula, names=values)
        if options.html:
            steps.save(_ending(options.html, ".html"))
        if options.svg:
            picture.save(_ending(options.svg, ".svg"))
    except (FormulaError, RuntimeError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.play:
        steps.play()
        return 0
    print(picture.text())
    print()
    print(steps.text().partition("\n")[2])
    for path in (options.html, options.svg):
        if path:
            print(f"written: {path}")
    return 0


def _ending(path: str, suffix: str) -> str:
    if not path.endswith(suffix):
        raise FormulaError(f"{path!r} should end with {suffix}")
    return path
