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
    assert rounds == [4, 8] and prof.step_num == 10
    assert [e.count for e in prof.key_averages() if e.key == "ProfilerStep*"] == [2]


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


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_parts_of_a_training_step(t):
    model = t.nn.Sequential(t.nn.Linear(3, 2), t.nn.ReLU())
    optimizers = [t.optim.SGD(model.parameters(), 0.1), t.optim.AdamW(model.parameters())]
    with t.profiler.profile(record_shapes=True, profile_memory=False, with_flops=True) as prof:
        model(t.ones(4, 3)).sum().backward()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
    keys = {e.key: e for e in prof.key_averages()}
    steps = {f"Optimizer.{what}#{kind}.{what}" for what in ("step", "zero_grad") for kind in ("SGD", "AdamW")}
    nodes = {"AddmmBackward0", "ReluBackward0", "SumBackward0"}
    assert steps | nodes | {f"autograd::engine::evaluate_function: {n}" for n in nodes} <= set(keys)
    assert "aten::backward" not in keys and keys["AddmmBackward0"].count == 1
    first = next(iter(keys.values()))
    for name in ("cpu_time_str", "cpu_time_total_str", "self_cpu_time_total_str"):
        assert getattr(first, name).endswith("s")
    assert (type(first).__name__, type(prof.events()[0]).__name__) == ("FunctionEventAvg", "FunctionEvent")
    event = prof.events()[0]
    assert event.time_range.elapsed_us() == pytest.approx(event.cpu_time_total) and event.device_time_total == 0


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_keys_to_sort_by(t):
    with t.profiler.profile() as prof:
        t.ones(3) + 1
    for key in ("cpu_time_total", "self_cpu_time_total", "cpu_time", "count", "self_cuda_time_total", "cuda_time_total", "device_time_total", "cpu_memory_usage",
                "self_cpu_memory_usage", "flops", "xpu_time_total", None):  # fmt: skip
        lines = prof.key_averages().table(sort_by=key, row_limit=1).splitlines()
        assert lines[0].strip("- ") == "" and lines[1].split()[0] == "Name" and len(lines[0]) == len(lines[1]) == len(lines[3])
    for wrong in ("foo", "name"):
        with pytest.raises(AttributeError):
            prof.key_averages().table(sort_by=wrong)


@BOTH
def test_wrong_options(t):
    for activities in ([], ["cpu"]):
        with pytest.raises(AssertionError):
            t.profiler.profile(activities=activities)
    for wrong in ({"unknown": 1}, {"schedule": 3}):
        with pytest.raises(TypeError):
            t.profiler.profile(**wrong)
    with pytest.raises(AssertionError):
        t.profiler.schedule(wait=0, warmup=0, active=1)(-1)
    with pytest.raises(AssertionError):
        t.profiler.profile().key_averages()
    with t.profiler.profile() as prof:
        t.ones(1)
    with pytest.raises(AssertionError):
        prof.export_stacks("none")


def test_stacks(tmp_path):
    def caller():
        return minitorch_bp.ones(500, 500).exp()

    with minitorch_bp.profiler.profile(with_stack=True) as prof:
        caller()
    stack = next(e.stack for e in prof.events() if e.key == "aten::exp")
    assert stack[0].endswith(": caller") and "test_profiler.py" in stack[0]
    prof.export_stacks(tmp_path / "stacks")
    lines = (tmp_path / "stacks").read_text().splitlines()
    assert all(line.rpartition(" ")[2].isdigit() for line in lines) and any("caller" in line for line in lines)
    assert len(prof.key_averages(group_by_stack_n=1)) == 2
    assert "Source Location" in prof.key_averages().table()
