"""The section exercises: solutions pass and starters fail with a hint on both frameworks; mistakes are named; nothing breaks the checker."""

import json
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest

from minitorch_bp.exercises import packs, source
from minitorch_bp.exercises.__main__ import main
from minitorch_bp.exercises.grader import grade

SOURCES = sorted(source.sources().glob("e[0-9]*.py"))
BY_NAME = {p.stem: p for p in SOURCES}
ids = [p.stem for p in SOURCES]


def graded(name, text, folder, framework="minitorch_bp", seed=0, seconds=10.0):
    path = folder / f"{name}.py"
    path.write_text(text)
    return grade(BY_NAME[name], path, framework, seed, seconds)


def messages(report):
    return {r["name"]: r["message"] for r in report.results}


@pytest.mark.parametrize("framework", ["minitorch_bp", "torch"])
@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_the_solution_has_all_points_and_the_starter_a_message_for_each_lost_one(path, framework, tmp_path):
    for seed in (0, 7) if "GIVEN" in path.read_text() else (0,):
        exercise = source.read(path, seed)
        solved = graded(path.stem, exercise.script(solution=True), tmp_path, framework, seed)
        assert solved.points == solved.of >= 10 and not solved.trouble, messages(solved)
        begun = graded(path.stem, exercise.script(solution=False), tmp_path, framework, seed)
        assert begun.points < begun.of / 2
        assert all(r["message"] for r in begun.results if not r["points"])
        assert not any("Traceback" in r["message"] or "Error" in r["message"] for r in begun.results), messages(begun)


#: exercise, what stands in the solution, what a student wrote instead, the check that says so, what its message says
WRONG = [
    ("e01_graph_by_hand", '"d": a + b,', '"d": a * b,', "forward_pass", "d is a sum"),
    ("e01_graph_by_hand", '"e": (a + b) * c}', '"e": a + b * c}', "forward_pass", "the sum comes first"),
    ("e01_graph_by_hand", '"d": c, "c": a + b', '"d": a + b, "c": c', "backward_pass", "the *other* child"),
    ("e01_graph_by_hand", '"a": c, "b": c', '"a": 1.0, "b": 1.0', "backward_pass", "Add's local derivative"),
    ("e02_numerical_gradient", "/ (2 * eps)", "/ eps", "of_the_lecture", "2 * eps"),
    ("e02_numerical_gradient", "[x - eps * (i == k) for", "[x for", "of_the_lecture", "half of"),
    ("e02_numerical_gradient", "eps * (i == k)", "eps", "of_the_lecture", "one at a time"),
    ("e02_numerical_gradient", "2_000_000", "1_000_000", "cost", "up and down are two"),
    ("e03_own_nodes", "grad * ctx.p * x ** (ctx.p - 1), None", "grad * x ** (ctx.p - 1), None", "power_in_a_graph", "factor p is missing"),
    ("e03_own_nodes", "grad * ctx.p * x ** (ctx.p - 1), None", "ctx.p * x ** (ctx.p - 1), None", "power_in_a_graph", "multiply it with the gradient that arrives"),
    ("e03_own_nodes", "grad * (x > 0)", "grad * (x >= 0)", "relu", "x > 0, not x >= 0"),
    ("e03_own_nodes", "grad * (x > 0)", "grad", "relu", "no gradient passes"),
    ("e04_wrong_algorithms", "overwritten_c_last = b**3\noverwritten_d_last = (a + b) * 3 * b**2", "overwritten_c_last = (a + b) * 3 * b**2\noverwritten_d_last = b**3", "overwriting", "runs last wins"),
    ("e04_wrong_algorithms", "right = (a + b) * 3 * b**2 + b**3", "right = b**3", "overwriting", "path through d is lost"),
    ("e04_wrong_algorithms", "grads[node] * local, grads)", "arriving * local, grads)", "recursion", "which is the fault"),
    ("e05_topological_sort", "grads[child] += grads[node] * local", "grads[child] = grads[node] * local", "gradients_of_the_lecture", "+=, not ="),
    ("e05_topological_sort", "for node in reversed(order)", "for node in order", "gradients_of_the_lecture", "not reversed"),
    ("e05_topological_sort", "            for child in children[node]:\n                visit(child)\n            order.append(node)", "            order.append(node)\n            for child in children[node]:\n                visit(child)", "order_of_the_lecture", "before its child"),
    ("e06_engine", "p * self.data ** (p - 1)", "self.data ** (p - 1)", "two_paths", "factor 3"),
    ("e06_engine", "[(self, other.data), (other, self.data)]", "[(self, self.data), (other, other.data)]", "sums_and_products", ""),
    ("e06_engine", "arriving[id(child)] += ", "arriving[id(child)] = ", "two_paths", "is lost"),
    ("e07_vectors", "X.T @ grad", "X @ X.T @ grad", "product", "shape"),
    ("e07_vectors", "grad[:, None] * w, X.T @ grad", "(grad[:, None] * w).T, X.T @ grad", "product", "transposed"),
    ("e07_vectors", "grad * torch.ones_like(x) / x.numel()", "grad * torch.ones_like(x)", "mean", "4 times"),
    ("e07_vectors", "return grad, -grad", "return grad, grad", "difference", "sign"),
    ("e08_linear_regression", "            p.grad.zero_()", "            pass", "steps", "clear it after each step"),
    ("e08_linear_regression", ".mean() + l2", ".sum() + l2", "value", "average, do not sum"),
    ("e08_linear_regression", "l2 * (w**2).sum()", "l2 * ((w**2).sum() + b**2)", "penalty", "bias is not penalized"),
    ("e09_logistic_regression", "torch.exp(-z)", "torch.exp(z)", "probability", "sign in the exponent"),
    ("e09_logistic_regression", "(sigmoid(z) - y) / z.numel()", "sigmoid(z) - y", "gradient", "3 times"),
    ("e09_logistic_regression", "(torch.nn.functional.softplus(z) - y * z).mean()", "loss(z, y)", "large_scores", ""),
    ("e10_softmax_regression", "E / E.sum(dim=1, keepdim=True)", "E / E.sum(dim=0, keepdim=True)", "probabilities", ""),
    ("e10_softmax_regression", "torch.exp(Z - Z.max(dim=1, keepdim=True).values)", "torch.exp(Z)", "large_scores", "subtract the largest"),
    ("e11_mlp_by_hand", "grad_Z.sum(0), grad_out @ H", "grad_Z, grad_out @ H", "gradients_of_all", "Sum over the dimensions"),
    ("e11_mlp_by_hand", "return grad_Z.T @ X", "return X.T @ grad_Z", "gradients_of_all", "transposed"),
    ("e12_mlp_with_nn", "self.second(torch.sigmoid(self.first(x)))", "self.second(self.first(x))", "nonlinear", "two layers are one"),
    ("e12_mlp_with_nn", "        optimizer.zero_grad()\n", "", "regression", "zero_grad"),
    ("e13_architecture", "nn.ModuleList([Residual(size) for _ in range(depth)])", "[Residual(size) for _ in range(depth)]", "depth", "ModuleList"),
    ("e13_architecture", "x + self.second", "self.second", "skips", "missing from the sum"),
    ("e14_memory", "loss.item()", "loss", "plain_numbers", "keeps its whole graph"),
    ("e15_bug_hunt", "grad * 2 * x", "grad * x", "square", "half of"),
    ("e15_bug_hunt", "-grad * x / y**2", "grad * x / y**2", "divide", "sign"),
    ("e15_bug_hunt", "grad, grad.sum(0)", "grad, grad.mean(0)", "add_row", "a factor is wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong", "check", "says"), WRONG, ids=[f"{w[0]}-{i}" for i, w in enumerate(WRONG)])
def test_a_mistake_is_named(name, right, wrong, check, says, tmp_path):
    text = source.read(BY_NAME[name]).script(solution=True)
    assert right in text
    report = graded(name, text.replace(right, wrong), tmp_path)
    found = messages(report)
    assert found[check] and says in found[check], found
    assert report.points > 0 or ".sum() + l2" in wrong, "what is right still counts"  # (with a sum the descent goes to infinity)


BAD = {
    "def f(:\n": "not Python",
    "import nothing_of_this_name\n": "ModuleNotFoundError",
    "while True:\n    pass\n": "does not end",
    "print('x' * 5_000_000)\n": "prints 5,000,001 characters",
    "import sys\nsys.exit(0)\n": "ends the program",
    "raise SystemExit\n": "ends the program",
    "import minitorch_bp.exercises.checks as c\nc.outcome = lambda one, *_: dict(name=one.name, title='', points=99, of=1, hidden=False, message='')\n": "replaces",
    "import minitorch_bp.exercises.checks as c\nc.equal.__code__ = (lambda *a, **k: None).__code__\n": "replaces",
    "import builtins\nbuiltins.abs = lambda x: 0\n": "builtins.abs",
}


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_bad_file_gets_a_sentence_and_what_is_right_in_it_counts(bad, tmp_path):
    solution = source.read(BY_NAME["e05_topological_sort"]).script(solution=True)
    report = graded("e05_topological_sort", bad + solution, tmp_path, seconds=2.0)
    assert any(BAD[bad] in line for line in report.trouble), report.trouble
    assert report.points == (0 if bad.startswith("def f(") else report.of)


def test_a_wrong_answer_stays_wrong_when_the_checker_is_replaced(tmp_path):
    cheat = (
        "import minitorch_bp.exercises.checks as c\nc.close = lambda *_: True\nc.equal.__code__ = (lambda *a, **k: None).__code__\n"
    )
    text = source.read(BY_NAME["e05_topological_sort"]).script(solution=False)
    assert graded("e05_topological_sort", cheat + text, tmp_path).points == 0


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("while True: pass", "does not end"),
        ("raise SystemExit", "ended the program"),
        ("import os; os._exit(0)", "did not run"),
        ("return 'grads'", "TypeError"),
    ],
)
def test_a_function_that_does_not_behave_loses_its_own_checks_only(body, says, tmp_path):
    text = source.read(BY_NAME["e05_topological_sort"]).script(solution=True)
    head, mark, tail = text.partition('    """The gradient of every node; graph[node] is a list of (child, local derivative)."""\n')
    report = graded("e05_topological_sort", head + mark + f"    {body}\n" + tail, tmp_path, seconds=2.0)
    found = messages(report)
    assert found["gradients_of_the_lecture"]
    assert any(says in m for m in found.values()), found
    assert not found["order_of_the_lecture"]


def test_a_variant_has_other_numbers_and_the_same_for_the_same_student():
    path = BY_NAME["e01_graph_by_hand"]
    assert vars(source.read(path).given) == {"a": 7.0, "b": 3.0, "c": 2.0}
    assert source.read(path, 5).given == source.read(path, 5).given
    assert len({str(source.read(path, k).given) for k in range(20)}) > 10


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_starters_hold_no_solution_and_no_hidden_check(path):
    exercise = source.read(path)
    for text in (exercise.script(solution=False), exercise.notebook()):
        assert "hidden=True" not in text and "SOLUTION" not in text and "STARTER" not in text
    assert json.loads(exercise.notebook())["nbformat"] == 4


def test_a_starter_runs_by_itself_and_prints_its_checks(tmp_path):
    path = tmp_path / "e05_topological_sort.py"
    path.write_text(source.read(BY_NAME["e05_topological_sort"]).script(solution=True))
    printed = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True).stdout
    assert printed.strip().endswith("9 of 9 points")  # the hidden check is worth the tenth


def test_a_notebook_is_graded_by_its_code_cells(tmp_path):
    path = tmp_path / "e05_topological_sort.ipynb"
    path.write_text(source.read(BY_NAME["e05_topological_sort"]).notebook(solution=True))
    assert grade(BY_NAME["e05_topological_sort"], path).points == 10


def test_the_command_line_goes_from_a_starter_to_a_grade(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["solution", "5"]) == 0
    assert main(["check", "e05_topological_sort.py"]) == 0
    assert main(["starter", "topological_sort"]) == 0
    assert main(["check", "e05_topological_sort.py"]) == 1
    assert "0 of 10 points" in capsys.readouterr().out
    assert main(["check", "nothing.py", "--exercise", "5"]) == 2
    with pytest.raises(SystemExit, match="no exercise 'sorting'"):
        main(["starter", "sorting"])


def test_gradescope_zip_grades_a_submission(tmp_path):
    made = packs.gradescope(BY_NAME["e01_graph_by_hand"], tmp_path / "e01.zip", seed=3)
    box = tmp_path / "autograder"
    with zipfile.ZipFile(made) as archive:
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
        archive.extractall(box / "source")
    (box / "submission").mkdir()
    (box / "submission" / "mine.py").write_text(source.read(BY_NAME["e01_graph_by_hand"], 3).script(solution=True))
    (box / "results").mkdir()
    # What setup.sh and run_autograder do, with this Python: the wheel is all that is used of the library.
    with zipfile.ZipFile(next((box / "source").glob("*.whl"))) as wheel:
        wheel.extractall(box / "installed")
    line = re.search(r"-m (minitorch_bp.exercises autograde .*)", (box / "source" / "run_autograder").read_text())[1]
    subprocess.run(
        [sys.executable, "-m", *line.split()],
        cwd=box,
        env={"PYTHONPATH": str(box / "installed"), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    results = json.loads((box / "results" / "results.json").read_text())
    assert sum(t["score"] for t in results["tests"]) == sum(t["max_score"] for t in results["tests"]) == 10
    assert {t["visibility"] for t in results["tests"]} == {"visible", "after_due_date"}


def test_nothing_submitted_is_said(tmp_path):
    (tmp_path / "submission").mkdir()
    assert main(["autograde", "1", str(tmp_path / "submission"), str(tmp_path / "results.json")]) == 0
    assert json.loads((tmp_path / "results.json").read_text())["score"] == 0


@pytest.mark.parametrize("path", SOURCES[:3], ids=ids[:3])
def test_nbgraders_notebook_runs_and_its_checks_pass(path, tmp_path):
    made = packs.nbgrader(source.read(path), tmp_path)
    cells = json.loads(made.read_text())["cells"]
    graded = [c["metadata"]["nbgrader"] for c in cells if "nbgrader" in c["metadata"]]
    assert sum(m.get("points", 0) for m in graded) == 10
    assert len({m["grade_id"] for m in graded}) == len(graded)
    exec("\n".join(c["source"] for c in cells if c["cell_type"] == "code"), {})


@pytest.mark.parametrize("path", SOURCES[:3], ids=ids[:3])
def test_otters_tests_pass_on_the_solution(path, tmp_path):
    exercise = source.read(path, 4 if "e01" in path.stem else 0)
    names: dict = {"__name__": "student"}
    exec(exercise.script(solution=True).split("# %% Checks")[0], names)
    for file in packs.otter(exercise, tmp_path)[1:]:
        text = file.read_text().replace("from otter.test_files import test_case", "test_case = lambda **k: (lambda f: f)")
        module: dict = {}
        exec(text, module)
        module[f"test_{file.stem}"](names)


def test_what_is_no_exercise_is_refused(tmp_path):
    path = tmp_path / "x.py"
    path.write_text("print(1)\n")
    with pytest.raises(source.BadSource, match="no exercise"):
        source.read(pathlib.Path(path))
