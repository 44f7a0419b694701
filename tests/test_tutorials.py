"""Every page of the docs that is made of cells prints the same with PyTorch: the tutorials say so."""

import ast
import contextlib
import io
import pathlib
import re

import matplotlib
import pytest

matplotlib.use("agg")
DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
PAGES = [DOCS / "quickstart.md", *sorted(DOCS.glob("tutorials/*.md")), *sorted(DOCS.glob("notes/*.md"))]
CELL = re.compile(r"```\{code-cell\}\n((?::[^\n]*\n)*)(.*?)```", re.S)


def outputs(text, page):
    """What each cell prints or shows; of an expected exception, its type."""
    names: dict = {}
    shown = []
    for tags, code in CELL.findall(text):
        tree = ast.parse(code)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            try:
                exec(compile(tree, str(page), "exec"), names)
                value = None if last is None else eval(compile(ast.Expression(last.value), str(page), "eval"), names)
            except Exception as error:
                assert "raises-exception" in tags, f"{page.name}: {error!r} in\n{code}"
                value = type(error).__name__
        drawn = type(value).__module__.startswith("matplotlib")
        shown.append((printed.getvalue(), None if value is None or drawn else repr(value)))
    return shown


@pytest.mark.parametrize("page", [p for p in PAGES if CELL.search(p.read_text())], ids=lambda page: page.stem)
def test_a_page_shows_what_pytorch_shows(page):
    text = page.read_text()
    theirs = text.replace("import minitorch_bp as torch", "import torch").replace("from minitorch_bp", "from torch")
    assert "minitorch_bp" not in "".join(code for _, code in CELL.findall(theirs)), "a cell that only runs here"
    for (_, code), here, there in zip(CELL.findall(text), outputs(text, page), outputs(theirs, page), strict=True):
        if "UserWarning" in here[0]:  # a warning's words are our own
            here, there = (here[0].split()[0], here[1]), (there[0].split()[0], there[1])
        assert here == there, code
