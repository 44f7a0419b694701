"""The corpus: failures kept as files, replayed before anything else next time.

A file holds one shrunk program as JSON. It leaves the folder when it no longer fails.
"""

from __future__ import annotations

import json
import pathlib
import warnings
from typing import Any

import minitorch_bp

from .campaign import COMMAND, Failure, Report, reference
from .judge import compare
from .program import Program, run, script


class CorruptCorpus(Exception):
    """A file of the corpus is not a saved program; the message names it."""


def save(folder: pathlib.Path, failures: list[Failure]) -> list[pathlib.Path]:
    """Write the programs of failures; those of networks are named by seed and case only."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for failure in failures:
        content = {"seed": failure.seed, "case": failure.case, "program": json.loads(failure.program) if failure.program else None}
        path = folder / f"seed-{failure.seed}-case-{failure.case}.json"
        path.write_text(json.dumps(content, indent=1) + "\n")
        written.append(path)
    return written


def load(path: pathlib.Path) -> dict[str, Any]:
    """A file's content; :class:`CorruptCorpus` if it is not one of ours."""
    try:
        content = json.loads(path.read_text())
        program = content["program"]
        content["program"] = None if program is None else Program.from_json(json.dumps(program))
        int(content["seed"]), int(content["case"])
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise CorruptCorpus(f"{path} is not a saved failure: {error}. Delete or mend it, or pass another --corpus") from None
    return content


def replay(folder: pathlib.Path) -> Report:
    """Run every saved failure again. Those that pass are removed, those that still fail are reported."""
    from .campaign import run_case

    torch, report = reference(), Report()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        content = load(path)
        program, failure = content["program"], None
        if program is None:
            with warnings.catch_warnings(action="ignore"):
                failure = run_case(content["seed"], content["case"], Report())
        else:
            with warnings.catch_warnings(action="ignore"):
                mismatch = compare(program, run(program, minitorch_bp), run(program, torch), torch)
            if mismatch is not None:
                failure = Failure(content["seed"], content["case"], str(mismatch), script(program), program.to_json(),
                                  f"{COMMAND} --seed {content['seed']} --case {content['case']}")  # fmt: skip
        report.replayed += 1
        if failure is None:
            path.unlink()
        else:
            report.failures.append(failure)
    return report
