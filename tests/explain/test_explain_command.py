"""The command line: the lecture's formula, the pages it writes, and what it refuses."""

import subprocess
import sys

import pytest

from minitorch_bp.explain.command import main
from minitorch_bp.explain.formula_parser import FormulaError, evaluate


def test_the_lectures_formula(capsys, tmp_path):
    page, picture = tmp_path / "out.html", tmp_path / "out.svg"
    assert main(["(a + b) * b**3", "a=7", "b=3", "--html", str(page), "--svg", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "Step 3: Pow d: b.grad += 10 * 3 * 3**2 = 0 + 270" in out and "Input b           value 3    grad 297" in out
    assert "b.grad" in page.read_text() and picture.read_text().startswith("<svg")


@pytest.mark.parametrize(
    "formula, values, grads",
    [
        ("(a + b) * c", "a=7 b=3 c=2", {"a": 2, "b": 2, "c": 10, "d": 2}),
        ("(a + b**3) * c", "a=7 b=3 c=2", {"e": 2, "c": 34, "a": 2, "d": 2, "b": 54}),
        ("(a + relu(b)) * c", "a=7 b=-3 c=2", {"a": 2, "b": 0, "c": 7}),
    ],
)
def test_the_lectures_other_graphs(capsys, formula, values, grads):
    assert main([formula, *values.split()]) == 0
    lines = capsys.readouterr().out.partition("\n\n")[0].splitlines()[1:]
    shown = {line.split()[1]: float(line.partition("grad ")[2].split()[0]) for line in lines}
    assert {name: shown[name] for name in grads} == grads


def test_the_wrong_algorithms(capsys):
    main(["(a + b) * b**3", "a=7", "b=3", "--wrong", "overwrite"])
    assert "b.grad is 270, but should be 297" in capsys.readouterr().out
    main(["exp(x * 1) + (x * 1)", "x=0", "--wrong", "recursive"])
    assert "happens to be right" in capsys.readouterr().out


def test_vectors(capsys):
    assert main(["mean((X @ w - y)**2)", "X=[[1,2],[3,4]]", "w=[1,1]", "y=[0,1]"]) == 0
    assert "value 22.5" in capsys.readouterr().out


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')", "a.real", "a[0]", "a if b else c", "[x for x in a]", "(lambda: 1)()", "f'{a}'", "a := 3", "a, b", "a == b",
        "print(a)", "exp(x=a)", "'a' * 9", "9**9**9", "a**9**9**9**9", "1/0 + a", "a @ b", "a +", "((a)", "missing + 1", "1e400 * a", "1j * a", "True + a",
        "+".join(["a"] * 5000), "(" * 150 + "a" + ")" * 150 + "**2" * 300, "3 + 4", "exp(3)", "exp()", "yield a", "await a", "*a", "not a", "a and b", "a // b",
    ],
)  # fmt: skip
def test_what_is_refused(capsys, formula):
    assert main([formula, "a=7", "b=3"]) == 2
    shown = capsys.readouterr()
    assert shown.err and "Traceback" not in shown.err and not shown.out


@pytest.mark.parametrize("value", ["a", "a=", "a=x", "a='7'", "2a=3", "a=[1,'b']", "a={}", "a=[[1],[2,3]]", "a=__import__('os')"])
def test_values_that_are_none(capsys, value):
    assert main(["a * 2", value]) == 2
    assert capsys.readouterr().err


def test_a_place_that_cannot_be_written(capsys, tmp_path):
    assert main(["a * 2", "a=1", "--html", str(tmp_path / "no" / "x.html")]) == 2
    assert main(["a * 2", "a=1", "--svg", "x.png"]) == 2
    assert ".svg" in capsys.readouterr().err


def test_an_error_points_at_its_place():
    with pytest.raises(FormulaError, match=r"z has no value: add z=3.*\n    a \+ z\n        \^"):
        evaluate("a + z", {"a": 1.0})


def test_as_a_module():
    run = subprocess.run(
        [sys.executable, "-m", "minitorch_bp.explain", "a * b", "a=7", "b=3"], capture_output=True, text=True, check=True
    )
    assert "a.grad += 1 * 3 = 0 + 3" in run.stdout
