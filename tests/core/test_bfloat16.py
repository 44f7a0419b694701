"""bfloat16, which NumPy does not know as a floating type, is one here: it computes, promotes and carries gradients."""

import subprocess
import sys

import pytest
import torch

import minitorch_bp as mt

EXPRESSIONS = [
    "x.exp()", "x.abs().log()", "x.sin()", "x.tanh()", "x.square()", "x ** 2", "(x.abs() + 1) ** 0.5", "x.sqrt()", "1 / x", "x + 1", "x * x", "x - x.flip(0)", "x.mean()",
    "x.sum()", "x.relu()", "t.sigmoid(x)", "x.reshape(2, 3)[1]", "x.softmax(0)", "x.std()", "x.max()", "x.median()", "x.clamp(-1, 1)", "t.where(x > 0, x, -x)",
    "x.float()", "x.long()", "t.arange(3, dtype=t.bfloat16)", "t.linspace(0, 1, 5, dtype=t.bfloat16)", "t.full((2,), 0.3, dtype=t.bfloat16)", "x.round()",
    "x + t.ones(6)", "x + t.ones(6, dtype=t.float64)", "x + t.ones(6, dtype=t.int64)", "x.reshape(2, 3) @ x.reshape(3, 2)",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_values_dtypes_and_gradients(expression):
    found = []
    for t in (mt, torch):
        x = t.tensor([0.5, -1.25, 3.0, 2.0, -0.75, 1.5], dtype=t.bfloat16, requires_grad=True)
        y = eval(expression, {"t": t, "x": x})
        if y.requires_grad:
            y.double().sum().backward()
        gradient = None if x.grad is None else (str(x.grad.dtype), x.grad.double().numpy())
        found.append((str(y.dtype), y.detach().double().numpy(), gradient))
    (dtype, values, gradient), (their_dtype, theirs, their_gradient) = found
    assert dtype == their_dtype
    assert values == pytest.approx(theirs, rel=2**-7, nan_ok=True)
    assert (gradient is None) == (their_gradient is None)
    if gradient is not None:
        assert gradient[0] == their_gradient[0] == "torch.bfloat16"
        assert gradient[1] == pytest.approx(their_gradient[1], rel=2**-6, abs=2**-8, nan_ok=True)


def test_training():
    losses = []
    for t in (mt, torch):
        t.manual_seed(0)
        model = t.nn.Sequential(t.nn.Linear(4, 8), t.nn.ReLU(), t.nn.Dropout(0.2), t.nn.Linear(8, 3)).to(t.bfloat16)
        optimizer = t.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        x, y = t.randn(16, 4).to(t.bfloat16), t.randint(3, (16,))
        curve = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = t.nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            curve.append(loss.item())
        losses.append(curve)
    assert losses[0] == pytest.approx(losses[1], abs=0.05)


def test_without_ml_dtypes():
    """In the browser there is no wheel of it: everything else works, and bfloat16 says what it needs."""
    text = """
import sys
sys.modules["ml_dtypes"] = None
import minitorch_bp as torch
assert torch.bfloat16.itemsize == 2 and repr(torch.bfloat16) == "torch.bfloat16"
assert torch.ones(2).sum().item() == 2
for make in (lambda: torch.ones(2, dtype=torch.bfloat16), lambda: torch.ones(2).bfloat16()):
    try:
        make()
    except NotImplementedError as error:
        assert "pip install ml_dtypes" in str(error)
    else:
        raise AssertionError("made")
"""
    subprocess.run([sys.executable, "-c", text], check=True)


def test_loaded_on_first_use():
    text = "import sys, minitorch_bp as torch; torch.ones(2).double(); assert 'ml_dtypes' not in sys.modules"
    subprocess.run([sys.executable, "-c", text], check=True)
