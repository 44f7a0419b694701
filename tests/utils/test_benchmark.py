"""Timers: what PyTorch's show of the same statement, but for the times themselves."""

import re

import pytest
import torch
import torch.utils.benchmark

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


def shown(measurement):
    """The text of a measurement without its times, and without what says that the machine is busy."""
    text = repr(measurement).partition("\n")[2].partition("\n  WARNING")[0]
    return re.sub(r"\d+\.\d+ [num]?s", "T", text)


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


def measured(t, times, number=1, stmt="f(x)", setup="pass", **labels):
    return t.utils.benchmark.Measurement(number, times, t.utils.benchmark.TaskSpec(stmt, setup, **labels))


TIMES = [
    [1.0], [1, 1], [1, 2], [1, 1.1], [1, 1.001] * 2, [1e-6, 1.1e-6], [1e-7] * 5, [1e-5] * 3, [1e-4] * 7, [1e-3] * 2, [1, 1.2, 1.3, 1.4, 1.5, 1.6],
    [1, 1.01, 1.02, 1.03] * 5, [5e-3, 6e-3, 5e-3, 7e-3] * 10, [9.999e-7] * 4,
]  # fmt: skip


def test_numbers_of_a_measurement():
    for times in TIMES:
        ours, theirs = (measured(t, times, 7) for t in (minitorch_bp, torch))
        for name in ("median", "mean", "iqr", "significant_figures", "has_warnings", "title", "as_row_name", "setup", "env"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name)) if name in ("mean", "iqr") else True
            assert name in ("mean", "iqr") or getattr(ours, name) == getattr(theirs, name), (times, name)
        assert ours.meets_confidence(0.01) == theirs.meets_confidence(0.01)
        assert shown(ours) == shown(theirs)


@pytest.mark.parametrize(
    "labels",
    [
        {}, {"label": "L"}, {"label": "L", "sub_label": "S"}, {"sub_label": "S"}, {"sub_label": "S", "description": "D", "env": "E"},
        {"stmt": "x = 1\ny = 2"}, {"setup": "x = 1"}, {"setup": "x = 1\ny = 2"}, {"setup": ""}, {"num_threads": 4, "label": "L", "description": "D"},
        {"stmt": "x = 1\ny = 2", "sub_label": "S"},
    ],
)  # fmt: skip
def test_labels(labels):
    for times in ([1e-3], [1e-3] * 2, [1e-3] * 9):
        ours, theirs = (measured(t, times, **labels) for t in (minitorch_bp, torch))
        assert repr(ours).splitlines()[1:] == repr(theirs).splitlines()[1:]
        assert ours.title == theirs.title and ours.task_spec.summarize() == theirs.task_spec.summarize()
        assert ours.as_row_name == theirs.as_row_name


@BOTH
def test_merged_measurements(t):
    merge = t.utils.benchmark.Measurement.merge
    found = merge([measured(t, [1.0], 2), measured(t, [3.0], stmt="g"), measured(t, [2.0], 4)])
    assert [(m.number_per_run, m.raw_times, m.stmt) for m in found] == [(1, [0.5, 0.5], "f(x)"), (1, [3.0], "g")]
    assert merge([]) == []


@BOTH
def test_statements(t):
    timer = t.utils.benchmark.Timer
    assert timer("torch.ones(n)", globals={"n": 3}).timeit(2).number_per_run == 2
    assert timer("\n    y = 1\n    z = y + 1\n", "\n  import math\n  q = math.pi\n").timeit(3).stmt == "y = 1\nz = y + 1"
    assert timer("  x = 1;  ").timeit(2).stmt == "x = 1;"
    for wrong, kind in (("x +", SyntaxError), (3, ValueError), (lambda: 1, ValueError)):
        with pytest.raises(kind):
            timer(wrong)
    for wrong in ({"language": "foo"}, {"global_setup": "x"}):
        with pytest.raises(ValueError):
            timer("1", **wrong)
    with pytest.raises(NotImplementedError):
        timer("1").autorange()
    calls = []
    timer("pass").blocked_autorange(callback=lambda number, took: calls.append(number), min_run_time=0.002)
    assert calls and calls[0] % 10 == 0
    assert timer("torch.get_num_threads()", num_threads=2).timeit(1).num_threads == 2


@BOTH
def test_units_and_digits(t):
    b = t.utils.benchmark
    units = [b.select_unit(x)[0] for x in (1e-9, 9.99e-10, 1e-6, 9.999e-7, 1e-3, 0.5, 1.0, 100)]
    assert units == ["ns", "s", "us", "ns", "ms", "ms", "s", "s"] and b.select_unit(1e-3) == ("ms", 1e-3)
    assert [b.unit_to_english(u) for u in ("ns", "us", "ms", "s")] == ["nanosecond", "microsecond", "millisecond", "second"]
    assert b.ordered_unique([3, 1, 3, 2, 1]) == [3, 1, 2]
    assert [b.trim_sigfig(1234567, 2), b.trim_sigfig(99.999, 2)] == [1200000.0, 100.0]
    assert b.trim_sigfig(3.14159, 3) == 3.1399998664855957 and b.trim_sigfig(0.000123456, 4) == 0.00012349999451544136
    for wrong in (0, -1):
        with pytest.raises(ValueError):
            b.select_unit(wrong)


def rows(t):
    noisy = [1e-3, 5e-3, 9e-3, 2e-3]
    scale = (1, 1.005, 1.05, 1.2, 1.9, 2.1, 4.9, 5.1, 30)
    yield [
        measured(t, [1e-3 * k] * 5, label="L", sub_label=f"[{n}]", description=d, num_threads=threads)
        for threads in (1, 4)
        for n in (1, 64)
        for k, d in ((1, "mul"), (2, "bmm"))
    ]
    yield [measured(t, noisy, label="A", description="x"), measured(t, [1e-6] * 4, label="B", description="y")]
    yield [measured(t, times, description=d, stmt=s) for times, d, s in (([1e-3] * 5, "a", "f"), (noisy, "b", "f"), ([1e-3] * 5, "b", "longer"))]  # fmt: skip
    yield [measured(t, [k * 1e-3] * 4, description=d) for k, d in zip(scale, "abcdefghi", strict=True)]
    yield [measured(t, [k * 1e-3] * 4, description="x", stmt=d) for k, d in zip(scale, "abcdefghi", strict=True)]
    yield [measured(t, [k * 1e-9] * 4, description=d) for k, d in ((10, "a"), (50, "b"), (100, "c"), (120, "d"))]
    yield [
        measured(t, [k * 1e-3] * 4, description="x", stmt=d) for k, d in zip((0.5, 1, 10, 99.9, 1234.5678), "abcde", strict=True)
    ]
    yield [measured(t, [1e-3], description="a", env=env, num_threads=n) for env, n in (("long env", 1), ("b", 1), ("b", 4))]
    yield [measured(t, [1e-3], description="a", env=env, stmt=s) for env, s in (("z", "q"), ("b", "p"), ("z", "r"))]
    yield [measured(t, [1e-3], description="a very long description", label="L", sub_label="s"),
           measured(t, [123456.0], description="b", label="L", sub_label="another one")]  # fmt: skip
    yield [measured(t, [1e-3, 2e-3], description="d"), measured(t, [9e-3], description="d")]
    yield []


@pytest.mark.parametrize("options", ["", "trim_significant_figures", "colorize", "rowwise", "highlight_warnings", "all"])
def test_tables(options):
    for ours, theirs in zip(rows(minitorch_bp), rows(torch), strict=True):
        found = []
        for t, results in ((minitorch_bp, ours), (torch, theirs)):
            table = t.utils.benchmark.Compare(results[:1])
            table.extend_results(results[1:])
            if options == "rowwise":
                table.colorize(rowwise=True)
            for name in ("trim_significant_figures", "colorize", "highlight_warnings"):
                if options in (name, "all"):
                    getattr(table, name)()
            found.append([line for line in str(table).split("\n") if not line.startswith("(! XX%)")])
        assert found[0] == found[1]
    with pytest.raises(ValueError):
        minitorch_bp.utils.benchmark.Compare([3])
