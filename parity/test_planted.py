"""The two tables of planted bugs: each can still be planted, changes the code, and some are hunted down."""

import ast
import subprocess
import sys

import pytest

from parity.mutants import EDITS
from parity.mutate import to_edit
from parity.planted import TABLE, plant


def code(source):
    """The program without what it says about itself."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = ""
    return ast.dump(tree)


def applied(bug, source):
    """The source with the bug in it, or None if the code has moved on."""
    try:
        return bug.applied(source)
    except LookupError:
        return None


def test_the_bugs_can_be_planted():
    """All but a few: code moves on, and the command names those that it can't plant any more."""
    sources = {bug.file: bug.file.read_text() for bug in TABLE}
    healthy = {file: code(source) for file, source in sources.items()}
    edited = {bug: text for bug in TABLE if (text := applied(bug, sources[bug.file])) is not None}
    assert not [bug.name for bug, text in edited.items() if code(text) == healthy[bug.file]]
    assert len({bug.name for bug in TABLE}) == len(TABLE) and len(edited) >= max(300, 0.95 * len(TABLE))


def test_the_edits_can_be_made():
    """Those of the first table, each at one place."""
    gone = []
    for edit in EDITS:
        try:
            *_, source = to_edit(edit)
            assert code(source) != code(source.replace(edit.old, edit.new)), edit.name
        except (LookupError, AttributeError) as error:
            gone.append(f"{edit.name}: {error}")
    assert not gone


def test_a_bug_that_is_gone_is_said_to_be():
    with pytest.raises(LookupError, match="no longer contains"):
        TABLE[0].applied("def _nll_backward(): pass")
    with pytest.raises(LookupError, match="has no"):
        TABLE[0].applied("")


def test_planting_needs_a_fresh_process():
    import minitorch_bp  # noqa: F401

    with pytest.raises(RuntimeError, match="fresh process"):
        plant(TABLE[0])


def test_a_bug_is_hunted_down():
    """By a campaign in a process that imports the package with the bug in it."""
    done = subprocess.run(
        [sys.executable, "-m", "parity", "mutate", "--planted", "--only", "_run: 'place = edge.index", "--jobs", "1"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "found 1 of 1" in done.stdout, done.stdout + done.stderr
