"""Schedules are PyTorch's; events are real calls, whose times add up."""

import itertools
import json

import pytest
import torch
import torch.profiler

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


def test_schedules():
    for wait, warmup, active, repeat, skip in itertools.product((0, 1, 2), (0, 1), (1, 2), (0, 2), (0, 3)):
        plans = [
            t.profiler.schedule(wait=wait, warmup=warmup, active=active, repeat=repeat, skip_first=skip)
            for t in (minitorch_bp, torch)
        ]
        ours, theirs = ([plan(k).name for k in range(20)] for plan in plans)
        assert ours == theirs
    for t in (minitorch_bp, torch):
        for wrong in ({"wait": 0, "warmup": 0, "active": 0}, {"wait": -1, "warmup": 0, "active": 1}):
            with pytest.raises(AssertionError):
                t.profiler.schedule(**wrong)


@BOTH
def test_events(t, tmp_path):
    with t.profiler.profile(activities=[t.profiler.ProfilerActivity.CPU], record_shapes=True) as prof:
        with t.profiler.record_function("mine"):
            t.matmul(t.ones(3, 4), t.ones(4, 2))
        t.ones(1) + t.ones(1)
    names = {e.key: e for e in prof.key_averages()}
    assert names["mine"].count == 1 and names["aten::ones"].count == 4 and names["aten::matmul"].count == 1
    assert names["mine"].cpu_time_total >= names["aten::matmul"].cpu_time_total > 0
    assert names["mine"].self_cpu_time_total <= names["mine"].cpu_time_total
    table = prof.key_averages().table(sort_by="cpu_time_total", row_limit=3)
    assert "Self CPU time total" in table and "# of Calls" in table
    shapes = [e.input_shapes for e in prof.events() if e.name == "aten::matmul"]
    assert shapes[0][:2] == [[3, 4], [4, 2]]
    prof.export_chrome_trace(str(tmp_path / "trace.json"))
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert "mine" in {e["name"] for e in events}


@BOTH
def test_steps(t):
    rounds = []
    plan = t.profiler.schedule(wait=1, warmup=1, active=2, repeat=2)
    with t.profiler.profile(schedule=plan, on_trace_ready=lambda p: rounds.append(p.step_num)) as prof:
        for _ in range(10):
            t.ones(1)
            prof.step()
    assert rounds == [4, 8] or rounds == [3, 7]


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_the_older_profiler(t):
    with t.autograd.profiler.profile() as prof:
        x = t.ones(2, requires_grad=True)
        with t.autograd.profiler.record_function("part"):
            (x * 2).sum()
    keys = [e.key for e in prof.key_averages()]
    assert {"part", "aten::mul", "aten::sum"} <= set(keys)
    assert "aten::mul" in prof.table() and prof.self_cpu_time_total > 0

    @t.autograd.profiler.record_function("decorated")
    def f():
        return 3

    with t.autograd.profiler.profile() as prof:
        assert f() == 3
    assert "decorated" in {e.key for e in prof.function_events}


def test_nothing_stays():
    minitorch_bp.mm(minitorch_bp.ones(1, 1), minitorch_bp.ones(1, 1))  # its first call gives it its own code
    code = minitorch_bp.mm.__code__
    with minitorch_bp.profiler.profile(), minitorch_bp.profiler.profile():
        assert minitorch_bp.mm.__code__ is not code
    assert minitorch_bp.mm.__code__ is code
    assert [f.name for f in minitorch_bp.profiler.supported_activities()] == ["CPU"]
