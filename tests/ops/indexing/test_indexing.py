"""Assignment to elements: what is converted, and what PyTorch refuses."""

import itertools

import pytest
import torch

import minitorch_bp as mt

INDICES = {
    "list": lambda t: [0, 1], "tensor": lambda t: t.tensor([0, 1]), "0-d": lambda t: t.tensor(1), "mask": lambda t: t.tensor([True, True, False]),
    "slice": lambda t: slice(0, 2), "None": lambda t: (None, t.tensor([0, 1])), "ellipsis": lambda t: (..., t.tensor([True, True, False])),
}  # fmt: skip
VALUES = {"0-d": lambda t, d: t.tensor(1, dtype=d), "one": lambda t, d: t.ones(1, dtype=d), "two": lambda t, d: t.ones(2, dtype=d)}


def _assign(t, dtype, other, index, value, tracked):
    x = t.zeros(3, dtype=getattr(t, dtype))
    x = x.requires_grad_() * 1 if tracked else x
    try:
        x[INDICES[index](t)] = VALUES[value](t, getattr(t, other))
    except Exception as error:
        return type(error)
    return x.tolist(), str(x.dtype)


@pytest.mark.parametrize("index, value", list(itertools.product(INDICES, VALUES)))
def test_assigning_a_tensor_of_another_type(index, value):
    for dtype, other in itertools.product(("float32", "float64", "int32"), ("float32", "float64", "int64", "bool")):
        for tracked in (False, True) if dtype != "int32" else (False,):
            case = (dtype, other, index, value, tracked)
            assert _assign(mt, *case) == _assign(torch, *case), case


@pytest.mark.parametrize("index", ["slice(None)", "...", "(slice(None), slice(None))", "0", "(0, ...)", "(slice(None), 0)", "None"])
@pytest.mark.parametrize(
    "value", ["1.0", "t.tensor(2.0)", "t.tensor(2.0, requires_grad=True)", "t.tensor([5.0], requires_grad=True)"]
)
def test_an_assignment_is_recorded(index, value):
    results = []
    for t in (mt, torch):
        x, v = t.zeros(2, 3, requires_grad=True), eval(value, {"t": t})
        z = x.clone()
        z[eval(index)] = v
        (z * t.arange(6.0).view(2, 3)).sum().backward()
        slope = v.grad.tolist() if "grad" in value else None
        results.append((type(z.grad_fn).__name__, z.tolist(), x.grad.tolist(), slope))
    assert results[0] == results[1]


@pytest.mark.parametrize("index", ["[-1]", "[0, 1]", "(slice(None), [0, 2])", "([1], [2])"])
@pytest.mark.parametrize("shape", [(1,), (1, 1), (1, 1, 1), (1, 1, 1, 1), (1, 3), (1, 1, 2), (2, 1), (1, 2, 1)])
def test_leading_ones_of_what_is_assigned_say_nothing(index, shape):
    """However many there are: PyTorch takes them off, and the gradient has them again."""
    results = []
    for t in (mt, torch):
        x, v = t.zeros(2, 3, requires_grad=True), t.ones(shape, requires_grad=True)
        z = x.clone()
        try:
            z[eval(index)] = v
            (z * t.arange(6.0).view(2, 3)).sum().backward()
            nodes = [type(node).__name__ for node, _ in z.grad_fn.next_functions]
            results.append((z.tolist(), x.grad.tolist(), v.grad.tolist(), nodes))
        except RuntimeError:
            results.append("refused")
    assert results[0] == results[1]


@pytest.mark.parametrize("call", ["t.ones(1, 1)", "t.ones(1, 1, 1)", "t.ones(1, 2)", "t.ones(1)", "t.ones(2)", "t.tensor(1.0)"])
def test_index_put_takes_no_more_dimensions_than_there_are(call):
    def tried(t, accumulate):
        try:
            return t.zeros(3).index_put_((t.tensor([0, 1]),), eval(call, {"t": t}), accumulate).tolist()
        except RuntimeError:
            return "refused"

    for accumulate in (False, True):
        assert tried(mt, accumulate) == tried(torch, accumulate)
    with pytest.raises(TypeError):
        mt.zeros(2, 3).index_put_((None, mt.tensor([0])), mt.ones(2, 1))


@pytest.mark.parametrize("index", [slice(None), slice(None, None, 1), slice(0, 3), slice(0, 9), slice(-3, None), slice(1, None),
                                   ..., (slice(0, 3, 1), slice(0, 2)), (..., slice(0, 2)), (slice(0, 3), ...), (slice(0, 3), 0)])  # fmt: skip
def test_a_write_to_all_of_a_tensor_is_shown_as_one_to_the_tensor(index):
    names = []
    for framework in (torch, mt):
        x = framework.zeros(3, 2, requires_grad=True)
        filled, copied = x * 1, x * 1
        filled[index] = 0.5
        copied[index] = x[index] * 2
        names.append([t.grad_fn.name().replace("torch::autograd::", "") for t in (filled, copied)])
    assert names[1] == names[0]


def test_a_leaf_is_refused_before_the_index_is_looked_at():
    far, one = mt.tensor([9]), mt.ones(1)
    leaf = mt.ones(3, requires_grad=True)
    for write in (lambda: leaf.put_(far, one), lambda: leaf.index_fill_(0, far, 1.0), lambda: leaf.index_copy_(0, far, one),
                  lambda: leaf.index_reduce_(0, far, one, "mean"), lambda: leaf.cumsum_(9)):  # fmt: skip
        with pytest.raises(RuntimeError, match="leaf"):  # PyTorch's type; an IndexError where nothing is wrong but the index
            write()
    with pytest.raises(IndexError):
        mt.ones(3).index_fill_(0, far, 1.0)
