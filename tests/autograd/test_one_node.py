"""Composites that PyTorch has as one node look like one, and it is real: hooks run on it, and it can be called."""

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)


def distances(t):
    a = t.tensor([[0.0, 1.0], [2.0, 0.0]], requires_grad=True)
    b = t.tensor([[3.0, 4.0]], requires_grad=True)
    return t.cdist(a * 1, b), a, b


@pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])
def test_a_hook_on_the_node_sees_the_gradients_of_its_inputs(t):
    out, _, b = distances(t)
    seen = []
    out.grad_fn.register_hook(
        lambda grad_inputs, grad_outputs: seen.append([tuple(g.shape) for g in (*grad_inputs, *grad_outputs)])
    )
    (product, _), (accumulate, _) = out.grad_fn.next_functions
    assert product.name() == "MulBackward0" and accumulate.variable is b
    out.sum().backward()
    assert seen == [[(2, 2), (1, 2), (2, 1)]]
    assert [round(x, 4) for x in b.grad.flatten().tolist()] == [0.9496, 1.6772]


@pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])
def test_the_node_can_be_called(t):
    out, _, _ = distances(t)
    first, second = out.grad_fn(t.ones(2, 1))
    assert [round(x, 4) for x in second.flatten().tolist()] == [0.9496, 1.6772] and first.shape == (2, 2)


@pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])
def test_its_saved_values_are_freed(t):
    out, _, _ = distances(t)
    assert out.grad_fn.name() == "CdistBackward0"
    out.sum().backward()
    with pytest.raises(RuntimeError):
        out.sum().backward()


@pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])
def test_outputs_share_a_node(t):
    x = t.tensor([1.0, 3.0, 8.0], requires_grad=True)
    var, mean = t.var_mean(x)
    assert var.grad_fn is mean.grad_fn and (var.output_nr, mean.output_nr) == (0, 1)
    (mean + var).backward()
    assert [round(v, 4) for v in x.grad.tolist()] == [-2.6667, -0.6667, 4.3333]


@pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])
def test_a_tensor_given_twice_has_two_edges(t):
    x = t.tensor([[1.0, 2.0], [0.0, 5.0]], requires_grad=True)
    out = t.cdist(x, x)
    assert [n.name() for n, _ in out.grad_fn.next_functions] == ["torch::autograd::AccumulateGrad"] * 2
    out.sum().backward()
    assert [round(v, 4) for v in x.grad.flatten().tolist()] == [0.6325, -1.8974, -0.6325, 1.8974]


@pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])
def test_copies_and_pixels(t):
    x = t.ones(1, 4, 2, 2)
    assert t.nn.functional.pixel_shuffle(x, 1).data_ptr() != x.data_ptr()
    assert x.to("cpu", x.dtype, False, True) is not x and x.to("cpu", x.dtype, True, False) is x
