"""What a node says that it has saved, and tensors of the graph that are pickled or copied."""

import copy
import pickle

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)
OPERATIONS = ["x * 2", "x * 2.5", "x / 2", "2 / x", "x * x", "x * w", "x / w", "x ** 2", "x ** w", "x.relu()", "x.log()",
              "x.sqrt()", "x.abs()", "x.view(4)", "x.permute(1, 0)", "x.max()",
              "torch.atan2(x, w)", "x.t()"]  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
def test_saved_values(operation):
    def shown(t):
        scope = {"torch": t, "x": t.tensor([[1.0, 4.0], [9.0, 16.0]], requires_grad=True), "w": t.ones(2, 2, requires_grad=True)}
        node = eval(operation, scope).grad_fn
        saved = {n: getattr(node, n) for n in dir(node) if n.startswith("_saved")}
        return {n: (v.tolist(), str(v.dtype)[-7:]) if hasattr(v, "tolist") else v for n, v in saved.items()}

    assert shown(mt) == shown(reference)


@pytest.mark.parametrize("t", LIBRARIES)
def test_shapes_and_what_is_not_there(t):
    x = t.ones(2, 3, requires_grad=True)
    assert tuple(x.sum().grad_fn._saved_self_sym_sizes) == (2, 3)
    with pytest.raises(AttributeError):
        _ = x.sum().grad_fn._saved_nothing


@pytest.mark.parametrize("t", LIBRARIES)
def test_a_computed_tensor_is_pickled_as_a_leaf(t):
    y = t.ones(2, requires_grad=True) * 2
    for z in (pickle.loads(pickle.dumps(y)), copy.copy(y)):
        assert z.requires_grad and z.is_leaf and z.tolist() == [2, 2]
    with pytest.raises(RuntimeError):
        copy.deepcopy(y)


@pytest.mark.parametrize("t", LIBRARIES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_the_gradient_of_an_angle_at_the_origin(t, dtype):
    x, y = (t.tensor([0.0, 1.0], dtype=getattr(t, dtype), requires_grad=True) for _ in range(2))
    t.atan2(x, y).sum().backward()
    assert x.grad.tolist() == [0, 0.5] and y.grad.tolist() == [0, -0.5]


@pytest.mark.parametrize("t", LIBRARIES)
def test_deep_copies_of_views_share_memory_as_the_views_do(t):
    a = t.arange(6.0)
    views = [a, a[1:], a.view(2, 3).t(), a[::2], a.expand(2, 6)]
    copies = copy.deepcopy(views)
    assert [(c.stride(), c.storage_offset(), c.tolist()) for c in copies] == [
        (v.stride(), v.storage_offset(), v.tolist()) for v in views
    ]
    copies[1].zero_()
    assert copies[0].tolist() == [0] * 6 and copies[2].sum() == 0 and a.sum() == 15
    weight, alias = copy.deepcopy([t.nn.Parameter(a), a])
    weight.data.fill_(3)
    assert alias.tolist() == a.tolist()
