"""``python -m minitorch_bp.exercises``: starters, checks, and graders from the command line."""

from __future__ import annotations

import argparse
import json
import pathlib
import sys

from . import packs, pages
from .checks import print_results
from .grader import grade
from .source import read, sources


def find(name: str) -> pathlib.Path:
    """An exercise by its path, its name, or its number."""
    if pathlib.Path(name).is_file():
        return pathlib.Path(name)
    found = [p for p in sorted(sources().glob("e[0-9]*.py")) if name in (p.stem, p.stem[1:3].lstrip("0"), p.stem.partition("_")[2])]
    if not found:
        raise SystemExit(f"there is no exercise {name!r}; `python -m minitorch_bp.exercises list` shows them")
    return found[0]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m minitorch_bp.exercises", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the exercises")
    for name, what in (
        ("starter", "what a student gets"),
        ("solution", "the solution"),
        ("gradescope", "a zip to upload"),
        ("otter", "Otter's form"),
        ("nbgrader", "nbgrader's form"),
    ):
        one = commands.add_parser(name, help=what)
        one.add_argument("exercise", help="name, number or path")
        one.add_argument("-o", "--output", type=pathlib.Path, default=None)
        one.add_argument("--seed", type=int, default=0, help="another variant of the numbers; 0 has the lecture's")
        if name in ("starter", "solution"):
            one.add_argument("--notebook", action="store_true")
    one = commands.add_parser("check", help="run the checks on a file")
    one.add_argument("file", type=pathlib.Path)
    one.add_argument("--exercise", default=None, help="by default the one that the file is named after")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--with", dest="framework", choices=["minitorch_bp", "torch"], default="minitorch_bp")
    one.add_argument("--seconds", type=float, default=10.0, help="for each statement and each check")
    one = commands.add_parser("browser", help="a folder of pages that run the exercises in a browser, without internet")
    one.add_argument("folder", type=pathlib.Path)
    one.add_argument("--pyodide", type=pathlib.Path, required=True, help="Pyodide's distribution, unpacked")
    one.add_argument("--seed", type=int, default=0)
    one = commands.add_parser("autograde", help="what Gradescope calls")
    one.add_argument("exercise")
    one.add_argument("submission", type=pathlib.Path)
    one.add_argument("results", type=pathlib.Path)
    one.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except (ValueError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2


def _list(options: argparse.Namespace) -> int:
    for path in sorted(sources().glob("e[0-9]*.py")):
        print(f"{path.stem:28} {read(path).title}")
    return 0


def _form(options: argparse.Namespace) -> int:
    exercise = read(find(options.exercise), options.seed)
    solution, notebook = options.command == "solution", options.notebook
    target = options.output or pathlib.Path(f"{exercise.name}{'.ipynb' if notebook else '.py'}")
    target.write_text(exercise.notebook(solution) if notebook else exercise.script(solution))
    print(target)
    return 0


def _check(options: argparse.Namespace) -> int:
    report = grade(find(options.exercise or options.file.stem), options.file, options.framework, options.seed, options.seconds)
    for line in report.trouble:
        print(line)
    print_results(report.results)
    return 0 if report.results and report.points == report.of else 1


def _autograde(options: argparse.Namespace) -> int:
    source = find(options.exercise)
    files = sorted(p for p in options.submission.iterdir() if p.suffix in (".py", ".ipynb"))
    files.sort(key=lambda p: p.stem != source.stem)
    if files:
        content = grade(source, files[0], seed=options.seed).gradescope()
    else:
        content = {"score": 0, "output": "no .py or .ipynb file was submitted"}
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps(content, indent=1) + "\n")
    return 0


def _pack(options: argparse.Namespace) -> int:
    source = find(options.exercise)
    if options.command == "gradescope":
        print(packs.gradescope(source, options.output or pathlib.Path(f"{source.stem}.zip"), options.seed))
    elif options.command == "otter":
        for path in packs.otter(read(source, options.seed), options.output or pathlib.Path(source.stem)):
            print(path)
    else:
        print(packs.nbgrader(read(source, options.seed), options.output or pathlib.Path()))
    return 0


def _browser(options: argparse.Namespace) -> int:
    lacking = pages.write_folder(options.folder, options.pyodide, options.seed)
    if lacking:
        print(f"without {', '.join(lacking)}: what needs {'it' if len(lacking) == 1 else 'them'} will say so")
    print(f"{options.folder}: serve it with\n\n    python -m http.server -d {options.folder}\n")
    return 0


COMMANDS = {
    "list": _list,
    "starter": _form,
    "solution": _form,
    "check": _check,
    "browser": _browser,
    "autograde": _autograde,
    "gradescope": _pack,
    "otter": _pack,
    "nbgrader": _pack,
}

if __name__ == "__main__":
    raise SystemExit(main())
