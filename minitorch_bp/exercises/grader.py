"""Grading a file: a process of its own, and what it says as points and messages."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Report:
    """What came out: of each check, and of the file as a whole."""

    results: list[dict[str, Any]]
    trouble: list[str]
    printed: str = ""

    @property
    def points(self) -> float:
        return sum(r["points"] for r in self.results)

    @property
    def of(self) -> float:
        return sum(r["of"] for r in self.results)

    def gradescope(self, show_hidden: bool = False) -> dict[str, Any]:
        """Gradescope's ``results.json``: what is hidden is shown after the due date."""
        tests = [
            {
                "name": r["title"], "score": r["points"], "max_score": r["of"], "status": "failed" if r["message"] else "passed",
                "output": r["message"], "visibility": "visible" if show_hidden or not r["hidden"] else "after_due_date",
            }
            for r in self.results
        ]  # fmt: skip
        return {"tests": tests, "output": "\n".join(self.trouble), "stdout_visibility": "visible"}


def grade(
    source: pathlib.Path, student: pathlib.Path, framework: str = "minitorch_bp", seed: int = 0, seconds: float = 10.0
) -> Report:
    """Run a student's file against an exercise.

    Parameters
    ----------
    source : path
        The exercise.
    student : path
        A script, or a notebook (its code cells).
    framework : 'minitorch_bp' or 'torch'
    seed : int
        The student's variant.
    seconds : float
        For each statement of the file, and for each check.

    Returns
    -------
    Report
        A file that cannot run at all has no points, and a sentence that says why.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    student = student if student.suffix != ".ipynb" else _as_script(student)
    if not student.is_file():
        raise FileNotFoundError(f"{student}: there is no such file")
    read, write = os.pipe()
    command = [
        sys.executable,
        "-m",
        "minitorch_bp.exercises.worker",
        str(source),
        str(student),
        framework,
        str(seed),
        str(seconds),
        str(write),
    ]
    package = str(pathlib.Path(__file__).resolve().parents[2])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")])),
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen(
        command, pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )
    os.close(write)
    killed = False
    try:
        _, errors = process.communicate(timeout=seconds * 8 + 30)
    except subprocess.TimeoutExpired:
        process.kill()
        _, errors = process.communicate()
        killed = True
    with os.fdopen(read) as stream:
        lines = [json.loads(line) for line in stream.read().splitlines()]
    return _report(lines, killed, errors.decode(errors="replace"))


def _report(lines: list[dict[str, Any]], killed: bool, errors: str) -> Report:
    if not lines:
        why = (
            "it did not end" if killed else "the process ended" + (f": {errors.strip().splitlines()[-1]}" if errors.strip() else "")
        )
        return Report([], [f"nothing could be checked, because {why}. Does the file call os._exit or run for ever?"])
    head, results = lines[0], lines[1:]
    done = {r["name"] for r in results}
    for name, title, points, hidden in head["checks"]:
        if name not in done:
            message = "did not run: the check before it ended the process or did not come to an end"
            results.append({"name": name, "title": title, "points": 0.0, "of": points, "hidden": hidden, "message": message})
    return Report(results, head["trouble"], head["printed"])


def _as_script(notebook: pathlib.Path) -> pathlib.Path:
    """The code cells of a notebook, without magics, as a file beside it."""
    import tempfile

    content = json.loads(notebook.read_text())
    cells = ["".join(c["source"]) for c in content["cells"] if c["cell_type"] == "code"]
    text = "\n\n".join(
        "\n".join(line for line in c.split("\n") if not line.lstrip().startswith(("%", "!")))
        for c in cells
        if "run_checks" not in c
    )
    script = pathlib.Path(tempfile.mkdtemp()) / f"{notebook.stem}.py"
    script.write_text(text)
    return script
