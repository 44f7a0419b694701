"""Notebooks: what tensors, modules and optimizers show, a progress bar, and loss curves."""

import io
import sys

import pytest

import minitorch_bp as torch
from minitorch_bp import explain, nn


def test_a_tensor_shows_shape_type_and_a_picture():
    x = torch.tensor([[1.0, -2.0], [0.5, 4.0]], requires_grad=True)
    bundle = x._repr_mimebundle_()
    assert bundle["text/plain"] == repr(x)  # print is PyTorch's
    html = bundle["text/html"]
    assert (
        "shape (2, 2)" in html
        and "float32" in html
        and "requires grad" in html
        and "-2 to 4, mean 0.875" in html
        and html.count("<rect") == 5
    )
    assert "from MulBackward0" in (x * 2)._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    "x",
    [
        torch.tensor(3.0), torch.empty(0), torch.empty(0, 3), torch.tensor([True, False]), torch.arange(5), torch.tensor([float("nan"), float("inf"), 1.0]),
        torch.zeros(3), torch.ones(2, dtype=torch.bfloat16), torch.tensor([1 + 2j, 3]), torch.randn(3, 4, 5, 6), torch.randn(1000, 1000), torch.full((2, 2), float("nan")),
    ],
    ids=repr,
)  # fmt: skip
def test_every_kind_of_tensor_shows_itself(x):
    bundle = x._repr_mimebundle_()
    assert bundle["text/plain"] == repr(x) and len(bundle["text/html"]) < 40_000


def test_a_parameter_and_a_module():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    assert "Parameter containing" in model[0].weight._repr_mimebundle_()["text/plain"]
    bundle = model._repr_mimebundle_()
    assert bundle["text/plain"] == repr(model)
    assert (
        "21 parameters" in bundle["text/html"]
        and "weight (4, 3), bias (4,)" in bundle["text/html"]
        and "training mode" in bundle["text/html"]
    )


def test_an_optimizer():
    p = torch.zeros(5, requires_grad=True)
    optimizer = torch.optim.Adam([p], lr=0.25)
    p.sum().backward()
    optimizer.step()
    bundle = optimizer._repr_mimebundle_()
    assert (
        bundle["text/plain"] == repr(optimizer)
        and "1 (5 numbers)" in bundle["text/html"]
        and "<td" in bundle["text/html"]
        and "0.25" in bundle["text/html"]
    )


# ---------------------------------------------------------------------- progress
def test_a_loop_with_a_bar():
    shown = io.StringIO()
    loop = explain.progress(range(4), desc="epoch 1", file=shown, mininterval=0)
    assert len(loop) == 4
    for k in loop:
        loop.set_postfix(loss=torch.tensor(1 / (k + 1)), lr=0.1)
    text = shown.getvalue()
    assert (
        text.startswith("\repoch 1:")
        and " 50%" in text
        and "100%" in text
        and "4/4" in text
        and "loss=0.25, lr=0.1" in text
        and text.endswith("\n")
    )


def test_over_a_loader():
    data = torch.utils.data.TensorDataset(torch.arange(10.0))
    loader = torch.utils.data.DataLoader(data, batch_size=4)
    shown = io.StringIO()
    assert [len(x) for (x,) in explain.progress(loader, file=shown)] == [4, 4, 2]
    assert "3/3" in shown.getvalue()


def test_without_a_length_by_hand_and_switched_off():
    shown = io.StringIO()
    for _ in explain.progress((k for k in range(3)), file=shown, mininterval=0):
        pass
    assert "3it [" in shown.getvalue()
    shown = io.StringIO()
    with explain.progress(total=10, file=shown, leave=False) as bar:
        bar.update(5)
        bar.write("half")
        assert bar.n == 5
    assert "half\n" in shown.getvalue() and shown.getvalue().endswith("\r")
    shown = io.StringIO()
    assert list(explain.progress([1, 2], disable=True, file=shown)) == [1, 2] and not shown.getvalue()
    with pytest.raises(TypeError, match=r"update\(n\)"):
        list(explain.progress(total=3, disable=True))


def test_a_loop_that_is_left_early_is_closed():
    shown = io.StringIO()
    for k in explain.progress(range(10), file=shown):
        if k == 2:
            break
    assert "20%" in shown.getvalue()


# ---------------------------------------------------------------------- curves
def test_loss_curves():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    axes = explain.plot_losses({"train": [3.0, torch.tensor(2.0), 1.5], "valid": [3.5, 3.0]}, title="loss", log=True)
    assert [line.get_ydata().tolist() for line in axes.lines] == [[3, 2, 1.5], [3.5, 3]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["train", "valid"] and axes.get_yscale() == "log"
    axes = explain.plot_losses([4.0, 2.0], smooth=0.5)
    assert axes.lines[1].get_ydata().tolist() == [4, pytest.approx((0.5 * 2 + 0.25 * 4) / 0.75)]
    with pytest.raises(ValueError, match="no losses"):
        explain.plot_losses([])
    with pytest.raises(ValueError, match="smooth"):
        explain.plot_losses([1.0], smooth=1)


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        explain.plot_losses([1.0])
