"""Where the memory goes: what nodes keep, and that it is what is measured."""

import gc
import tracemalloc

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp import explain, nn

NUMPY = np.lib.tracemalloc_domain
F = nn.functional


def allocated():
    """Bytes of arrays that are alive, of those made since tracemalloc was started."""
    snapshot = tracemalloc.take_snapshot().filter_traces([tracemalloc.DomainFilter(True, NUMPY)])
    return sum(trace.size for trace in snapshot.traces)


def mlp():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 64), nn.ReLU(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 10))
    x, y = torch.randn(128, 40), torch.randint(0, 10, (128,))
    return model, lambda: F.cross_entropy(model(x), y)


def cnn():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 49, 10)
    )
    x, y = torch.randn(16, 1, 14, 14), torch.randint(0, 10, (16,))
    return model, lambda: F.cross_entropy(model(x), y)


def sums_of_products():
    x, w = torch.randn(200, 30), torch.randn(30, requires_grad=True)
    return w, lambda: ((torch.sigmoid(x @ w) - 0.5) ** 2).mean() + (w * w).sum()


@pytest.mark.parametrize("make", [mlp, cnn, sums_of_products])
def test_what_is_kept_is_what_is_measured(make):
    _owner, run = make()
    run()  # what is made once (columns of ones and the like) exists now
    gc.collect()
    tracemalloc.start()
    try:
        before = allocated()
        loss = run()
        gc.collect()
        kept = allocated() - before
        usage = explain.memory(loss)
        own = sum(
            k.nbytes for row in usage.rows for k in row.kept if k.kind == "activation" and k.what == "result" and k.shape == ()
        )
        # The loss itself is alive, too, if no rule keeps it; and batch norm has counted a batch.
        assert abs(kept - usage.activations) <= 64 + own, (kept, usage.activations)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [mlp, cnn])
def test_the_peak_is_what_is_measured(make):
    model, run = make()
    run().backward()
    model.zero_grad()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        loss = run()
        tracemalloc.reset_peak()
        loss.backward()
        measured = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    model.zero_grad()
    assert explain.memory(run()).peak == pytest.approx(measured, rel=0.05)


def test_what_a_rule_reads_is_what_is_kept():
    a, b = torch.randn(10, requires_grad=True), torch.randn(10, requires_grad=True)
    h = a * b  # both factors, which are leaves
    loss = torch.exp(h).sum()  # exp keeps its result
    usage = explain.memory(loss)
    assert [(row.op, [(k.what, k.kind) for k in row.kept]) for row in usage.rows] == [
        ("Mul", [("other", "parameter"), ("input", "parameter")]), ("Exp", [("result", "activation")]), ("Sum", []),
    ]  # fmt: skip
    assert (usage.activations, usage.parameters, usage.gradients, usage.data) == (40, 80, 80, 0)


def test_what_two_nodes_keep_is_counted_once():
    x = torch.randn(10, requires_grad=True)
    h = torch.tanh(x)
    usage = explain.memory((h * h).sum())
    assert usage.activations == 40
    assert {k.kind for row in usage.rows if row.op == "Mul" for k in row.kept} == {"shared"}


def test_by_module_and_optimizer():
    model, run = mlp()
    usage = explain.memory(run(), torch.optim.Adam(model.parameters()))
    numbers = sum(p.numel() for p in model.parameters())
    assert usage.parameters == usage.gradients == 4 * numbers
    # Two averages for each number, and a step count for each parameter.
    assert usage.optimizer == pytest.approx(2 * 4 * numbers + 6 * 4, abs=64)
    assert explain.memory(run(), torch.optim.SGD(model.parameters())).optimizer == 0
    assert explain.memory(run(), torch.optim.SGD(model.parameters(), momentum=0.9)).optimizer == 4 * numbers
    by_module = usage.by_module()
    assert sum(by_module.values()) == usage.activations and any("model.2" in name for name in by_module)
    assert "model.2" in str(usage) and "kept for backward" in str(usage) and "<table>" in usage._repr_mimebundle_()["text/html"]


def test_nothing_is_changed():
    model, run = mlp()
    optimizer = torch.optim.Adam(model.parameters())
    loss = run()
    explain.memory(loss, optimizer)
    assert not optimizer.state and all(p.grad is None for p in model.parameters())
    loss.backward()
    assert explain.memory(loss).activations == 0 and explain.memory(loss).peak is None  # freed
    with pytest.raises(RuntimeError, match="requires grad"):
        explain.memory(torch.ones(()))
