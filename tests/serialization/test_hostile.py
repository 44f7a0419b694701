"""A hostile or damaged file does nothing: it executes nothing, changes nothing, takes neither long nor much memory, and says what it is."""

import collections
import json
import os
import pathlib
import subprocess
import sys

import pytest

ALLOWANCE = 64 << 20
#: PyTorch's types: a refused or unsound pickle, a damaged archive or tensor, a truncated pickle, an unknown byte order.
ERRORS = {"UnpicklingError", "RuntimeError", "EOFError", "NotImplementedError", "ValueError"}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    report = folder / "report"
    root = pathlib.Path(__file__).parents[2]
    env = {**os.environ, "MINITORCH_CANARY": str(folder / "canary"), "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"}
    program = [sys.executable, "-W", "ignore", str(pathlib.Path(__file__).with_name("hostile.py")), str(report)]
    subprocess.run(program, env=env, check=True, timeout=300)  # (a crash of the interpreter is an exit status)
    *found, last = [json.loads(line) for line in report.read_text().splitlines()]
    return found, last


def test_the_corpus_is_large_and_was_gone_through(rows):
    families = collections.Counter(row["family"] for row in rows[0])
    assert families["flips"] >= 500 and sum(families.values()) - families["flips"] >= 1_500 and len(families) == 8


def test_nothing_is_executed_and_nothing_is_changed(rows):
    found, last = rows
    assert not last["canary"] and last["changed"] == []
    assert [row["name"] for row in found if row["events"]] == []
    assert [row["name"] for row in found if row["family"] == "executing" and row["kind"] == "loaded"] == []


def test_nothing_takes_long(rows):
    assert {row["name"]: row["s"] for row in rows[0] if row["s"] > 5} == {}


def test_nothing_takes_more_than_twice_its_size_and_64_mib(rows):
    assert {row["name"]: row["peak"] for row in rows[0] if row["peak"] > 2 * row["size"] + ALLOWANCE} == {}


def test_errors_are_of_few_types_and_say_why(rows):
    bad = [row for row in rows[0] if row["kind"] != "loaded"]
    assert {row["kind"] for row in bad} <= ERRORS
    assert [row["name"] for row in bad if len(row["message"]) < 30] == []
    internal = ("can't be followed", "NoneType' object", "numpy.ndarray", "given)")
    assert [(row["name"], row["message"]) for row in bad if any(word in row["message"] for word in internal)] == []


def test_a_flipped_bit_is_noticed_or_harmless(rows):
    """The checksum covers every record, so what loads from an archive with a flipped bit is what was saved."""
    flipped = [row for row in rows[0] if row["family"] == "flips" and "pickle" not in row["name"] and "legacy" not in row["name"]]
    loaded = {row["message"] for row in flipped if row["kind"] == "loaded"}
    assert loaded <= {"{'w': tensor([1., 2., 3., 4.]), 'n': 3, 'l': [0.5, True, None]}"}
