"""The corpus: what once failed, kept as a regression suite.

A file holds one shrunk case, in full: it says the same after the generator has changed. A campaign replays all of them before
anything else, ``python -m parity corpus`` only them. A case stays after it has been mended, until somebody deletes its file.
"""

from __future__ import annotations

import json
import pathlib
import warnings
from collections.abc import Iterator
from typing import Any

from . import cases
from .record import Failure, Report

FORMAT = 2


class CorruptCorpus(Exception):
    """A file of the corpus is not a saved case; the message names it."""


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def save(folder: pathlib.Path, failures: list[Failure]) -> list[pathlib.Path]:
    """Write the cases of failures, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for failure in failures:
        if failure.program is None:
            continue
        content = {
            "format": FORMAT, "kind": failure.kind, "seed": failure.seed, "case": failure.case, "label": failure.label,
            "group": failure.group, "difference": failure.difference, "content": json.loads(failure.program),
        }  # fmt: skip
        name = failure.label or f"seed-{failure.seed}-case-{failure.case}"
        path = folder / ("".join(c if c.isalnum() or c in "._-" else "-" for c in name)[:120] + ".json")
        path.write_text(json.dumps(content, indent=1) + "\n")
        written.append(path)
    return written


def load(path: pathlib.Path) -> dict[str, Any]:
    """A file's content, with the case made of it; :class:`CorruptCorpus` if it is not one of ours."""
    try:
        content = json.loads(path.read_text())
        if isinstance(content, dict) and "format" not in content and {"seed", "case", "program"} <= set(content):
            raise CorruptCorpus(
                f"{path} was saved by an older version of the harness (format 1; this one reads {FORMAT}), whose seeds "
                "and programs mean something else now: delete it, or pass another --corpus"
            )
        if content["format"] != FORMAT:
            raise CorruptCorpus(
                f"{path} has format {content['format']!r}, and this version of the harness reads format {FORMAT}: pass another --corpus"
            )
        content["content"] = cases.KINDS[content["kind"]].load(content["content"])
        str(content["label"]), content["seed"], content["case"]
    except (ValueError, KeyError, TypeError, OSError, IndexError) as error:
        raise CorruptCorpus(
            f"{path} is not a saved failure: {type(error).__name__}: {error}. Delete or mend it, or pass another --corpus"
        ) from None
    return content


def check(path: pathlib.Path, command: str) -> Failure | None:
    """Run the case of a file again; what it gives, if it still differs."""
    content = load(path)
    kind, case = content["kind"], content["content"]
    with warnings.catch_warnings(action="ignore"):
        mismatch = cases.difference(kind, case)
        if mismatch is None:
            return None
        label = content["label"] or f"case {content['case']} of seed {content['seed']}, kept in {path.name}"
        return cases.failure(kind, case, str(mismatch), f"{command} --program {path}", content["seed"], content["case"], label)


def replay(folder: pathlib.Path, command: str) -> Iterator[Report]:
    """Run every saved case again, one report each. All files are read before the first one is run."""
    for path in files(folder):
        load(path)
    for path in files(folder):
        failure = check(path, command)
        yield Report(replayed=1, failures=[] if failure is None else [failure])
