"""Timers: what PyTorch's show of the same statement, but for the times themselves."""

import re

import pytest
import torch
import torch.utils.benchmark

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


def shown(measurement):
    """The text of a measurement without its times, and without what says that the machine is busy."""
    lines = repr(measurement).splitlines()[1:]
    return [re.sub(r"\d+\.\d+ [num]?s", "T", line.replace(" ,", ",")) for line in lines if "WARN" not in line and "ugges" not in line
            and "busy" not in line]  # fmt: skip


def test_what_is_shown():
    found = []
    for t in (minitorch_bp, torch):
        timer = t.utils.benchmark.Timer("x + y", "x = 1; y = 2", label="sum", sub_label="ints", description="here", num_threads=2)
        found.append(shown(timer.timeit(100)))
        found.append(shown(t.utils.benchmark.Timer("x", globals={"x": 3}).timeit(1)))
    assert found[:2] == found[2:]


@BOTH
def test_measurements(t):
    benchmark = t.utils.benchmark
    spec = benchmark.TaskSpec("a", "pass")
    m = benchmark.Measurement(10, [10.0, 20.0, 30.0, 50.0], spec)
    assert m.times == [1.0, 2.0, 3.0, 5.0] and m.median == 2.5 and m.mean == 2.75 and m.iqr == 1.75
    assert m.has_warnings and not m.meets_confidence() and m.title == "a"
    once = benchmark.Timer("sum(range(100))").blocked_autorange(min_run_time=0.01)
    assert once.number_per_run >= 1 and sum(once.raw_times) >= 0.01 and once.median > 0
    often = benchmark.Timer("sum(range(100))").adaptive_autorange(max_run_time=0.05)
    assert often.median > 0 and often.number_per_run % 10 == 0
    assert benchmark.select_unit(2e-6)[0] == "us"
    with pytest.raises(NotImplementedError):
        benchmark.Timer("x").repeat()
    with pytest.raises(NameError):
        benchmark.Timer("not_there").timeit(1)


def test_a_table():
    benchmark = minitorch_bp.utils.benchmark
    rows = [benchmark.Timer("1 + 1", sub_label=s, description=d).timeit(10) for s in ("a", "b") for d in ("x", "y")]
    table = benchmark.Compare(rows)
    lines = str(table).splitlines()
    assert len(lines) == 4 and lines[0].split() == ["|", "x", "|", "y"] and [line.split()[0] for line in lines[1:3]] == ["a", "b"]
