"""What a user's type checker says: nothing about scripts as courses write them, and something about every mistake."""

import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
SCRIPTS = ROOT / "tests" / "typing"
OK = sorted(SCRIPTS.glob("ok/*.py"))
WRONG = sorted(SCRIPTS.glob("wrong/*.py"))
#: A run takes the checkers that are there; .ci/run asks for both.
CHECKERS = [name for name in ("mypy", "pyright") if importlib.util.find_spec(name)]


def mypy(folder):
    """``(file, line)`` and message of all that mypy --strict reports."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-version=3.11", "--no-color-output"]
    command += [
        "--follow-imports=silent",
        f"--cache-dir={folder}",
        *map(str, OK + WRONG),
    ]  # silent: scripts are judged, not the package
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={**os.environ, "MYPYPATH": str(ROOT)})
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found = re.findall(r"^(.*?):(\d+): error: (.*)$", ran.stdout, re.M)
    return [(pathlib.Path(file).name, int(line), text) for file, line, text in found]


def pyright(folder):
    """The same of pyright in its standard mode (but a mistake may be all that its line does)."""
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(SCRIPTS)]
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found = [d for d in json.loads(ran.stdout)["generalDiagnostics"] if d["severity"] == "error"]
    return [(pathlib.Path(d["file"]).name, d["range"]["start"]["line"] + 1, d["message"]) for d in found]


@pytest.mark.parametrize("checker", [globals()[name] for name in CHECKERS])
def test_right_scripts_have_no_error_and_each_mistake_has_one(checker, tmp_path):
    assert len(OK) == 10
    found = checker(tmp_path)
    assert [f for f in found if f[0] in {path.name for path in OK}] == []
    for path in WRONG:
        marked = {n for n, line in enumerate(path.read_text().splitlines(), 1) if line.endswith("# error")}
        reported = {line: text for name, line, text in found if name == path.name}
        assert len(marked) >= 10
        assert sorted(marked - reported.keys()) == [], f"{path.name}: lines with a mistake that is not reported"
        assert {n: text for n, text in reported.items() if n not in marked} == {}, f"{path.name}: right, but reported"


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_the_scripts_run(path):
    ran = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ran.returncode == 0, ran.stderr
