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


# ---------------------------------------------------------------------- versions and views
@BOTH
@pytest.mark.parametrize("write", ["squeeze_", "t_", "unsqueeze_", "swapaxes_"])
def test_a_new_shape_in_place_is_a_new_version(t, write):
    x = t.ones(2, 3)
    getattr(x, write)(*{"unsqueeze_": (0,), "swapaxes_": (0, 1)}.get(write, ()))
    assert x._version == 1


@BOTH
def test_memory_that_is_exchanged_is_a_new_version(t):
    x, y = t.ones(4), t.ones(2)
    x.resize_(4)
    assert x._version == 0
    x.resize_(2)
    assert x._version == 1
    y.add_(1)
    y.add_(1)
    x.set_(y)
    y.add_(1)
    assert (x._version, y._version) == (2, 3)


@BOTH
def test_views_of_what_got_another_shape_in_place(t):
    a = t.arange(6.0).reshape(2, 3).requires_grad_()
    b = a * 1
    flat = b.view(-1)
    b.t_()
    assert type(flat.grad_fn).__name__ == "AsStridedBackward0"
    flat[1].mul_(5)
    assert b.tolist() == [[0, 3], [5, 4], [2, 5]]
    b.sum().backward()
    assert a.grad.tolist() == [[1, 5, 1], [1, 1, 1]]


@BOTH
def test_a_view_saves_nothing_that_could_be_freed(t):
    x = t.ones(3, 4, requires_grad=True)
    for view in (x.select(-1, 1), x[:, ::2], x[None], x.as_strided((2,), (2,))):
        t.autograd.grad(view.sum(), x)
        t.autograd.grad([view], [x], [t.ones_like(view)])
    y = (x * 1).view(-1)
    y += x[0, 0]
    t.autograd.grad(y, x, t.ones(12))
    with pytest.raises(RuntimeError):
        t.autograd.grad(y, x, t.ones(12))  # how the base was is gone


@BOTH
def test_a_strided_view_is_written_to(t):
    x = t.ones(4, 3, requires_grad=True)
    v = (x * 1).t().as_strided((2,), (2,))
    v[..., :1] += 1
    v.sum().backward()
    assert x.grad.sum() == 2


@BOTH
def test_writes_to_expanded_memory(t):
    x = (t.ones(3, 3).t() * 1).expand(2, 3, 3)
    assert x.zero_().sum() == 0
    with pytest.raises(RuntimeError):
        t.zeros(3, 1).expand(3, 4)[0] = t.arange(4.0)
    with pytest.raises(RuntimeError):
        t.zeros(3, 1).expand(3, 4).uniform_()
    with pytest.raises(RuntimeError):
        t.nn.functional.embedding(t.tensor([0]), t.ones(2, 1).expand(2, 3), max_norm=0.1)
    assert t.zeros(2, 0).expand(2, 2, 0).zero_().shape == (2, 2, 0)


@BOTH
def test_copies_that_are_no_views(t):
    x = t.ones(1, 4, 2)
    shuffled = t.nn.functional.channel_shuffle(x[..., None], 1)
    shuffled.zero_()
    assert x.sum() == 8


@BOTH
def test_rows_without_a_norm_are_not_scaled(t):
    x = t.tensor([[float("nan"), 1.0], [3.0, 4.0]])
    assert x.renorm(2, 0, 1.0)[0, 1] == 1


@BOTH
def test_tables_of_other_dimensions(t):
    for shape in ((), (4,), (2, 2, 2)):
        with pytest.raises(ValueError):
            t.nn.functional.embedding_bag(t.tensor([[0]]), t.ones(shape))
    with pytest.raises(RuntimeError):
        t.nn.functional.embedding(t.tensor([0]), t.ones((), requires_grad=True), max_norm=0.1)


@BOTH
def test_an_input_of_backward_keeps_its_gradient_from_then_on(t):
    x = leaf(t)
    y = x * 2
    y.sum().backward(inputs=[y], retain_graph=True)
    assert y.retains_grad and y.grad.tolist() == [1, 1, 1] and x.grad is None
    (y * 3).sum().backward(inputs=[y], retain_graph=True)
    (y * 3).sum().backward()
    assert y.grad.tolist() == [7, 7, 7]


@BOTH
def test_operands_of_wrong_types(t):
    with pytest.raises(TypeError):
        2 @ t.ones(2, 2)
    with pytest.raises(TypeError):
        t.nn.functional.layer_norm(t.ones(2, 2), 2)


@BOTH
def test_a_function_that_asks_for_nothing_saved_runs_twice(t):
    class Twice(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(t)
    y = Twice.apply(x).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [4, 4, 4]


def test_a_saved_mask_that_was_changed_behind_the_engine():
    x = mt.zeros(1, 2, 3, requires_grad=True)
    mask = mt.tensor([[True, False, False], [False, True, False]])
    chosen = mt.masked_select(x, mask)
    mask.detach().numpy()[...] = True
    with pytest.raises(RuntimeError, match="changed where the engine"):  # PyTorch's type, too
        chosen.sum().backward()
