"""What instructors hand out and upload: a Gradescope autograder, nbgrader's and Otter's forms."""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import io
import pathlib
import zipfile

from .source import Exercise, points_of, read

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
VERSION = "0.1.0"

SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, when the autograder's image is built.
set -e
apt-get update -qq && apt-get install -y -qq python3 python3-pip python3-venv
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install -q /autograder/source/{wheel}
"""
RUN = """#!/usr/bin/env bash
# Gradescope runs this for each submission.
cd /autograder
venv/bin/python -m minitorch_bp.exercises autograde source/{name}.py submission results/results.json --seed {seed}
"""


def wheel(folder: pathlib.Path, exercises: bool = True) -> pathlib.Path:
    """This library as a wheel, made from its own files: no build tools, no network; the same bytes each time.

    Parameters
    ----------
    folder : path
        Where to write it.
    exercises : bool
        Whether the exercises with their solutions come along, where this copy of the library has them inside.

    Returns
    -------
    path
        The wheel.
    """
    info = f"minitorch_bp-{VERSION}.dist-info"
    target = folder / f"minitorch_bp-{VERSION}-py3-none-any.whl"
    records: list[tuple[str, str, int]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, content: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            records.append((name, f"sha256={digest}", len(content)))

        for path in sorted(PACKAGE.rglob("*")):
            if path.parent == PACKAGE / "exercises" / "sources" and not exercises:
                continue
            if (path.is_file() and path.suffix in (".py", ".pyi", ".typed", ".json")) or path.name == "py.typed":
                put(f"minitorch_bp/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes())
        needs = "".join(
            f"Requires-Dist: {r}\n" for r in ("numpy>=2.0", "scipy>=1.11", "ml_dtypes>=0.5; sys_platform != 'emscripten'")
        )
        put(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: minitorch_bp\nVersion: {VERSION}\n{needs}".encode())
        put(f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: minitorch_bp\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([*records, (f"{info}/RECORD", "", "")])
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), lines.getvalue(), zipfile.ZIP_DEFLATED)
    return target


def gradescope(source: pathlib.Path, target: pathlib.Path, seed: int = 0) -> pathlib.Path:
    """The zip to upload as an autograder: ``setup.sh``, ``run_autograder``, the exercise, and this library as a wheel."""
    import tempfile

    read(source, seed)  # refuses what is no exercise
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        made = wheel(pathlib.Path(folder))
        archive.write(made, made.name)
        archive.write(source, source.name)
        for name, text in (
            ("setup.sh", SETUP.format(wheel=made.name)),
            ("run_autograder", RUN.format(name=source.stem, seed=seed)),
        ):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    return target


def otter(exercise: Exercise, folder: pathlib.Path) -> list[pathlib.Path]:
    """The starter notebook, and a test file of Otter's for each check."""
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    notebook = folder / f"{exercise.name}.ipynb"
    notebook.write_text(exercise.notebook())
    written = [notebook]
    tree, lines = ast.parse(exercise.checks), exercise.checks.split("\n")
    checks = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.decorator_list]
    shared = [n for n in tree.body if n not in checks]
    for node in checks:
        hidden = any("hidden=True" in ast.unparse(d) for d in node.decorator_list)
        body = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        arguments = ", ".join(["SimpleNamespace(**env)", f"SimpleNamespace(**{vars(exercise.given)!r})"][: len(node.args.args)])
        text = (
            "from types import SimpleNamespace\n\nfrom otter.test_files import test_case\n\n"
            + "\n".join(ast.unparse(n) for n in shared)
            + f'\n\nOK_FORMAT = False\n\nname = "{node.name}"\npoints = {points_of(node)}\n\n\n{body}\n\n\n'
            + f"@test_case(points={points_of(node)}, hidden={hidden})\ndef test_{node.name}(env):\n    {node.name}({arguments})\n"
        )
        path = folder / "tests" / f"{node.name}.py"
        path.write_text(text)
        written.append(path)
    return written


def nbgrader(exercise: Exercise, folder: pathlib.Path) -> pathlib.Path:
    """nbgrader's source notebook: ``source/NAME/NAME.ipynb``, from which nbgrader itself makes the students' version."""
    path = folder / "source" / exercise.name / f"{exercise.name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(exercise.notebook(nbgrader=True))
    return path
