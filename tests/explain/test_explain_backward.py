"""The backward pass step by step: the lecture's numbers, forwards and backwards, right and wrong."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp import explain, nn


def leaf(value):
    return torch.tensor(float(value), requires_grad=True)


def lecture():
    a, b = leaf(7), leaf(3)
    return explain.backward((a + b) * b**3)


def test_the_lectures_steps():
    """Steps 0 to 6, in the lecture's order, with every intermediate gradient."""
    steps = lecture()
    seen = []
    for k in range(len(steps)):
        steps.seek(k)
        seen.append([steps.state()[name] for name in "abcde"])
    assert seen == [
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],
        [0, 0, 27, 10, 1],
        [0, 270, 27, 10, 1],
        [27, 297, 27, 10, 1],
        [27, 297, 27, 10, 1],
        [27, 297, 27, 10, 1],
    ]
    assert [step.title for step in steps][2:5] == ["Mul e", "Pow d", "Add c"]
    assert steps.grads["b"] == 297 and not steps.wrong


def test_the_formula_is_filled_in_with_numbers():
    steps = lecture()
    assert steps[3].text == "Step 3: Pow d: b.grad += 10 * 3 * 3**2 = 0 + 270"
    assert steps[3].lines[0].formula == "d.grad * 3 * b**2"
    assert [line.text for line in steps[4].lines] == ["a.grad += 27 * 1 = 0 + 27", "b.grad += 27 * 1 = 270 + 27"]


def test_it_plays_forwards_and_backwards():
    steps = lecture()
    steps.seek(3)
    assert steps.state()["b"] == 270
    assert steps.forward().number == 4 and steps.state()["b"] == 297
    assert steps.back().number == 3 and steps.state()["b"] == 270
    assert steps.seek(0).number == 0 and steps.back().number == 0 and steps.state()["b"] == 0
    assert steps.seek(-1).number == 6 and steps.forward().number == 6
    with pytest.raises(IndexError, match="0 to 6"):
        steps.seek(7)


def test_in_the_terminal():
    keys, shown = iter(["", "", "", "b", "99", "4", "", "", "q"]), []
    lecture().play(read=lambda prompt: next(keys), write=shown.append)
    assert [s.partition(":")[0] for s in shown if s.startswith("Step")] == [f"Step {k}" for k in (0, 1, 2, 3, 2, 2, 4, 5, 6)]
    assert "b.grad = 297" in shown[-2] and shown[-1] == "Every gradient is right."


def test_overwriting_goes_wrong():
    a, b = leaf(7), leaf(3)
    steps = explain.backward((a + b) * b**3, order="recursive", accumulate="overwrite")
    mine, right = steps.wrong["b"]
    assert (mine, right) == (270, 297)  # the last path to write
    assert "27 of another path is lost" in str(steps) and "270, but should be 297" in str(steps)


def test_recursion_without_order_counts_twice():
    x = leaf(2)
    w = x * 1
    u1, u2 = w * 1, w * 1
    y = u1 + u2
    steps = explain.backward(y, order="recursive")
    assert steps.wrong.keys() == {"x"} and [g.item() for g in steps.wrong["x"]] == [3, 2]  # 1, then 1 + 1
    assert "Mul w (visit 2)" in str(steps)
    assert not explain.backward(y).wrong


def test_on_a_tree_both_wrong_algorithms_are_right():
    a, b, c = leaf(7), leaf(3), leaf(2)
    for options in ({"order": "recursive"}, {"accumulate": "overwrite"}):
        steps = explain.backward((a + b) * c, **options)
        assert not steps.wrong and "happens to be right" in str(steps)
        assert [steps.grads[name] for name in "abcd"] == [2, 2, 10, 2]


def test_recursion_that_explodes_is_stopped():
    x = leaf(1)
    h = x
    for _ in range(40):
        h = h + h  # 2**40 paths
    steps = explain.backward(h, order="recursive")
    assert len(steps) <= 2002 and "stopped" in steps[-1].text


@pytest.mark.parametrize("make", [lambda b: b.tanh(), lambda b: b.sigmoid(), lambda b: b.exp(), torch.relu])
def test_a_unary_function(make):
    a, b, c = leaf(7), leaf(0.3), leaf(2)
    f = (a + make(b)) * c
    steps = explain.backward(f)
    f.backward()
    assert steps.grads["b"].item() == pytest.approx(b.grad.item(), rel=1e-6)


def test_vectors_and_matrices():
    rng = np.random.default_rng(0)
    X, y = torch.from_numpy(rng.standard_normal((5, 3))), torch.from_numpy(rng.standard_normal(5))
    w = torch.from_numpy(rng.standard_normal(3)).requires_grad_()
    product = X @ w
    loss = ((product - y) ** 2).mean()
    steps = explain.backward(loss)
    np.testing.assert_allclose(steps.grads["w"], 2 / 5 * X.numpy().T @ (product.detach().numpy() - y.numpy()))
    assert "w.grad += X.T @ product.grad   (3,)" in str(steps)
    for name, grad in steps.grads.items():
        assert grad.shape == steps.right[name].shape


def test_broadcasting_is_said():
    x, b = torch.ones(4, 3, requires_grad=True), torch.zeros(3, requires_grad=True)
    steps = explain.backward((x + b).sum())
    assert "b.grad += c.grad * 1   (3,), summed from (4, 3) (undo broadcasting)" in str(steps)
    np.testing.assert_array_equal(steps.grads["b"], [4, 4, 4])


def test_a_model_gets_what_backward_gives():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3))
    loss = nn.CrossEntropyLoss()(model(torch.randn(4, 1, 8, 8)), torch.tensor([0, 1, 2, 0]))
    steps = explain.backward(loss)
    loss.backward()
    for name, p in model.named_parameters():
        np.testing.assert_allclose(steps.grads[f"model.{name}"], p.grad.numpy(), rtol=1e-6, atol=1e-7)


# ---------------------------------------------------------------------- the page
def test_the_page_needs_nothing_else_and_holds_the_lectures_steps(tmp_path):
    steps = lecture()
    page = steps.save(tmp_path / "player.html").read_text()
    assert "https://" not in page and "<script src" not in page
    data = json.loads(re.search(r'id="steps">(.*?)</script>', page)[1])
    assert [step["t"] for step in data][3] == "Step 3: Pow d"
    assert data[3]["l"][0][:2] == ["b.grad += 10 * 3 * 3**2 = 0 + 270", "d.grad * 3 * b**2"]
    numbers = {change[0]: change[1] for step in data for change in step.get("c", ())}
    assert sorted(numbers.values()) == ["1", "10", "27", "27", "297"]
    assert "text/html" in steps._repr_mimebundle_()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs a browser")
@pytest.mark.parametrize("step, b", [(0, "0"), (3, "270"), (6, "297")])
def test_in_a_browser_it_plays_to_the_lectures_numbers(tmp_path, step, b):
    page = lecture().save(tmp_path / "player.html")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"{page.as_uri()}#step={step}"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    box = re.search(r"Input <tspan[^>]*>b</tspan>.*?grad  (\S+?)</text>", shown, re.S)
    assert box is not None and box[1] == b
    assert ("Every gradient is right." in shown) and f"{step} / 6" in shown


def test_two_hundred_steps_are_under_a_megabyte():
    x = torch.randn(8, 8, requires_grad=True)
    h = x
    for _ in range(66):
        h = h @ x + torch.sin(h)
    steps = explain.backward(h.sum())
    assert 195 <= len(steps) <= 205
    assert len(steps.html().encode()) < 1_000_000


# ---------------------------------------------------------------------- what cannot be explained
def test_a_graph_that_was_freed():
    e = leaf(7) * leaf(3)
    e.backward()
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        explain.backward(e)


def test_what_is_no_loss():
    with pytest.raises(RuntimeError, match="requires grad"):
        explain.backward(torch.ones(()))
    with pytest.raises(RuntimeError, match=r"\.sum\(\) or \.mean\(\)"):
        explain.backward(torch.ones(2, requires_grad=True) * 2)
    with pytest.raises(TypeError, match="takes a tensor"):
        explain.backward(lambda: 3)
    with pytest.raises(ValueError, match="'recursive'"):
        explain.backward(leaf(1) * 2, order="random")
    with pytest.raises(ValueError, match="'overwrite'"):
        explain.backward(leaf(1) * 2, accumulate="max")


def test_a_graph_that_is_too_large():
    h = leaf(1)
    for _ in range(100_000):
        h = h * 1.0
    with pytest.raises(ValueError, match="more than 1,000 operations"):
        explain.backward(h)
