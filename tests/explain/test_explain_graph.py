"""Drawn graphs: the lecture's numbers on every box, names, folding, what failed, and what cannot be drawn."""

import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp import explain, nn


def leaf(value):
    return torch.tensor(float(value), requires_grad=True)


def boxes_of(graph):
    return {box.name: box for box in graph.boxes}


def test_the_lectures_graph():
    a, b = leaf(7), leaf(3)
    e = (a + b) * b**3
    graph = explain.graph(e)
    boxes = boxes_of(graph)
    assert [box.title for box in graph.boxes] == ["Input a", "Input b", "Add c", "Pow d", "Mul e"]
    assert {name: box.value.item() for name, box in boxes.items()} == {"a": 7, "b": 3, "c": 10, "d": 27, "e": 270}
    assert {name: box.grad.item() for name, box in boxes.items()} == {"a": 27, "b": 297, "c": 27, "d": 10, "e": 1}
    (link,) = boxes["d"].links
    assert (link.local, link.local_value, link.share.item()) == ("3 * b**2", 27, 270)
    assert [link.local_value for link in boxes["e"].links] == [27, 10]
    assert a.grad is None and b.grad is None  # nothing is touched
    e.backward()
    assert b.grad.item() == 297  # and the graph is as it was


@pytest.mark.parametrize("b_value, value, grads", [(3, 20, (2, 2, 10)), (-3, 14, (2, 0, 7))])
def test_relu(b_value, value, grads):
    a, b, c = leaf(7), leaf(b_value), leaf(2)
    boxes = boxes_of(explain.graph((a + torch.relu(b)) * c))
    assert max(boxes.values(), key=lambda box: box.number).value.item() == value
    assert tuple(boxes[name].grad.item() for name in "abc") == grads


def test_variables_have_the_names_of_the_caller():
    first, second = leaf(2), leaf(5)
    weights = [leaf(1), leaf(4)]
    inner = first * weights[1]
    graph = explain.graph(inner + second)
    assert {"first", "second", "weights[1]", "inner"} <= set(boxes_of(graph))
    assert "Mul inner" in str(graph) and "= first * weights[1]" in str(graph)


def test_names_of_parameters_are_their_paths():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    x = torch.randn(4, 2)
    graph = explain.graph(model(x).mean())
    assert {"model.0.weight", "model.0.bias", "model.2.weight", "model.2.bias", "x"} <= set(boxes_of(graph))


def test_a_value_that_nobody_kept_is_computed_again():
    a, b, c = leaf(7), leaf(3), leaf(2)
    graph = explain.graph((a + b) + c)  # additions keep nothing
    assert [box.value.item() for box in graph.boxes if box.op == "Add"] == [10, 12]


def test_matrices_are_shown_by_shape_with_a_look_inside():
    X, y = torch.arange(6.0).reshape(3, 2), torch.ones(3)
    w = torch.tensor([0.5, -1.5], requires_grad=True)
    graph = explain.graph(((X @ w - y) ** 2).mean())
    assert graph["w"].shape == (2,) and "value (3, 2)" in graph.svg()
    assert "-1.5" in graph.svg() and "-1.5" in graph.html()  # in the tooltip and beside the picture
    residual = X.numpy() @ np.array([0.5, -1.5]) - 1
    np.testing.assert_allclose(graph["w"].grad, 2 / 3 * X.numpy().T @ residual, rtol=1e-6)


def test_pictures_are_well_formed_and_need_nothing_else():
    a, b = leaf(7), leaf(3)
    graph = explain.graph((a + b) * b**3, title="<&>")
    ET.fromstring(graph.svg())
    bundle = graph._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/svg+xml", "text/html"} and bundle["text/plain"] == str(graph)
    for page in (graph.html(), bundle["text/html"]):
        assert "https://" not in page and "<script src" not in page and "@import" not in page
    assert 'sandbox="allow-scripts"' in bundle["text/html"]


def test_saving(tmp_path):
    graph = explain.graph(leaf(7) * leaf(3))
    assert graph.save(tmp_path / "g.svg").read_text().startswith("<svg")
    assert graph.save(tmp_path / "g.html").read_text().startswith("<!doctype html>")
    assert graph.save(tmp_path / "g.txt").read_text() == str(graph)


def test_a_thousand_nodes_are_drawn_in_under_a_second_and_folded():
    x = leaf(0.5)
    h = x
    for _ in range(333):
        h = h * x + torch.sin(h)
    begin = time.perf_counter()
    graph = explain.graph(h)
    graph.svg()
    assert time.perf_counter() - begin < 1
    assert graph.nodes == 1000 and len(graph.boxes) <= 150 and "folded" in str(graph)
    h.backward()
    assert graph["x"].grad.item() == pytest.approx(x.grad.item(), rel=1e-5)


def test_modules_are_folded_before_anything_else():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.down = nn.Linear(4, 8), nn.Linear(8, 4)

        def forward(self, x):
            return x + self.down(torch.relu(self.up(x)))

    model = nn.Sequential(*[Block() for _ in range(40)])
    graph = explain.graph(lambda x: model(x).sum(), torch.randn(2, 4))
    assert graph.nodes > 150 >= len(graph.boxes)
    groups = [box.op for box in graph.boxes if box.kind == "group"]
    assert "model.0.up" in groups or "model.0" in groups
    for box in graph.boxes:  # in order, each after its sources
        assert all(graph.boxes.index(link.source) < graph.boxes.index(box) for link in box.links)


def test_the_picture_of_a_function_knows_what_the_graph_forgets():
    w, y = torch.ones(3, requires_grad=True), torch.tensor([1.0, 2.0, 3.0])
    graph = explain.graph(lambda w: (w - y).sum(), w)
    assert "w - y" in str(graph)  # subtraction keeps neither


def test_local_variables_of_the_function_have_their_names():
    def f(w):
        hidden = torch.tanh(w * 2)
        return (hidden**2).sum()

    assert "Tanh hidden" in str(explain.graph(f, torch.ones(3, requires_grad=True)))


def test_a_forward_that_fails_is_drawn_as_far_as_it_got():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(9, 3))
    graph = explain.graph(model, torch.randn(6, 4))
    failed = graph.boxes[-1]
    assert failed.kind == "failed" and [box.op for box in graph.boxes if box.kind == "operation"] == ["Linear", "Relu"]
    assert {link.source.name for link in failed.links} >= {"model.2.weight", "model.2.bias"}
    assert "[6, 8]" in str(graph) and "[3, 9]" in str(graph)
    ET.fromstring(graph.svg())


def test_a_failing_function_leaves_no_detour_behind():
    code = torch.mul.__code__
    with pytest.raises(ZeroDivisionError):
        explain.graph(lambda: 1 / 0)
    x = torch.ones(2, requires_grad=True)
    assert (x * 2).sum().item() == 4 and torch.mul.__code__ is code


def test_your_own_function_views_and_several_outputs_are_drawn():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    x = torch.arange(6.0, requires_grad=True)
    y = x * 1
    y[2:4] *= 3
    first, second = Double.apply(y).split(3)
    loss = (first * second).sum()
    graph = explain.graph(loss)
    loss.backward()
    np.testing.assert_allclose(graph["x"].grad, x.grad.numpy())
    assert {"Double", "CopySlices", "Split"} <= {box.op for box in graph.boxes}
    ET.fromstring(graph.svg())


def test_complex_numbers_and_half_precision():
    z = torch.tensor(1 + 2j, requires_grad=True)
    loss = (z * z.conj()).real
    graph = explain.graph(loss)
    loss.backward()
    assert graph["z"].grad == z.grad.item()
    h = torch.ones(3, dtype=torch.bfloat16, requires_grad=True)
    assert "bfloat16" in explain.graph((h * 2).sum()).svg()


# ---------------------------------------------------------------------- what cannot be drawn
def test_after_backward_the_graph_is_drawn_without_what_was_freed():
    a, b = leaf(7), leaf(3)
    e = (a + b) * b**3
    e.backward()
    graph = explain.graph(e)
    assert [box.op for box in graph.boxes] == ["Input", "Input", "Add", "Pow", "Mul"]
    assert graph["b"].grad.item() == 297 and "retain_graph=True" in str(graph)


def test_a_tensor_without_a_graph():
    with pytest.raises(RuntimeError, match="requires_grad=True"):
        explain.graph(torch.ones(2).sum())
    with pytest.raises(TypeError, match="takes a tensor"):
        explain.graph(3.0)


def test_a_leaf_alone():
    a = leaf(7)
    graph = explain.graph(a)
    assert [box.title for box in graph.boxes] == ["Input a"] and graph["a"].grad.item() == 1


def test_an_output_that_is_not_a_number():
    x = torch.ones(2, requires_grad=True)
    assert "gradient=" in str(explain.graph(x * 2))
    np.testing.assert_array_equal(explain.graph(x * 2, gradient=torch.tensor([1.0, 10.0]))["x"].grad, [2, 20])
    with pytest.raises(RuntimeError, match=r"\[3\]"):
        explain.graph(x * 2, gradient=torch.ones(3))


def test_a_million_nodes():
    x = leaf(1.0)
    h = x
    for _ in range(1_000_000):
        h = h * 1.0
    begin = time.perf_counter()
    graph = explain.graph(h)
    assert "nearest to the output" in str(graph) and len(graph.boxes) <= 150
    assert time.perf_counter() - begin < 20


def test_importing_the_package_does_not_import_explain():
    import subprocess
    import sys

    code = "import minitorch_bp, sys; assert not any(m.startswith('minitorch_bp.explain') for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
