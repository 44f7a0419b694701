"""What a gradient needs and somebody has overwritten meanwhile: accumulated gradients, indices; and gradients added in place."""

import pytest
import torch as reference

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", (mt, reference), ids=["mini", "torch"])


def leaf(t):
    return t.tensor([1.0, 2.0, 3.0], requires_grad=True)


@BOTH
def test_a_gradient_that_was_saved_and_then_added_to(t):
    w, x = leaf(t), leaf(t)
    (x * 2).sum().backward()
    y = (w * x.grad).sum()
    (x * 2).sum().backward()
    assert x.grad._version == 1
    with pytest.raises(RuntimeError):
        y.backward()


@pytest.mark.filterwarnings("ignore:.*create_graph=True")
@BOTH
def test_a_plain_backward_adds_in_place_to_a_recorded_gradient(t):
    x = leaf(t)
    (x**2).sum().backward(create_graph=True)
    first = x.grad
    (x * 2).sum().backward()
    assert x.grad is first and first.tolist() == [4, 6, 8] and first.requires_grad and first._version == 2
    (x * 2).sum().backward(create_graph=True)
    assert x.grad is not first and first.tolist() == [4, 6, 8] and x.grad.tolist() == [6, 8, 10]


def put(t, x, i):
    return (x * 1).index_put((i,), x[:1] * 2)


def put_in_place(t, x, i):
    return (x * 1).index_put_((i,), x[:1] * 2)


def assigned(t, x, i):
    z = x * 1
    z[i] = x[:1] * 2
    return z


def assigned_to_a_view(t, x, i):
    z = t.stack((x, x))
    z[0][i] = x[:1] * 2
    return z


def assigned_to_a_row(t, x, i):
    z = t.stack((x, x))
    z[0, i] = x[:1] * 2
    return z


TAKEN = {
    "picked": lambda t, x, i: x[i],
    "picked by two": lambda t, x, i: t.stack((x, x))[i, i],
    "put": put,
    "put in place": put_in_place,
    "assigned": assigned,
    "assigned to a view": assigned_to_a_view,
    "assigned to a row": assigned_to_a_row,
    "gather": lambda t, x, i: x.gather(0, i),
    "index_select": lambda t, x, i: x.index_select(0, i),
    "a mask": lambda t, x, i: x[x > i],
}


@pytest.mark.parametrize("how", TAKEN.values(), ids=TAKEN)
@pytest.mark.parametrize("written", [False, True])
def test_indices_that_are_written_to(how, written):
    def outcome(t):
        x, i = leaf(t), t.tensor([1])
        y = how(t, x, i)
        if written:
            i.zero_()
        try:
            y.sum().backward()
        except Exception as error:
            return type(error).__name__
        return x.grad.tolist()

    assert outcome(mt) == outcome(reference)


@BOTH
def test_assigning_to_all_elements_is_a_copy(t):
    for everything in (slice(None), ...):
        z = t.zeros(3)
        z[everything] = leaf(t) * 2
        assert type(z.grad_fn).__name__ == "CopyBackwards"
