"""Programs about views under unusual circumstances, run by both frameworks: bases transposed in place, inference mode, unsafe parts.

Each program tells what it sees; both must tell the same, and end in the same kind of error or in none.
"""

import warnings

import pytest
import torch as reference

import minitorch_bp as mt


def _told(program, t):
    told = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            program(t, told.append)
        except Exception as error:
            told.append(type(error).__name__)
    return told


def a_view_of_a_base_that_was_transposed_and_written_to(t, tell):
    leaf = t.arange(6.0).view(2, 3).requires_grad_()
    base = leaf.clone()
    row, part = base.view(-1), base.view(-1)[1:5]
    base.t_()
    base.mul_(2.0)
    (row * t.arange(6.0)).sum().backward(retain_graph=True)
    tell(leaf.grad.tolist())
    (part * part).sum().backward()
    tell(leaf.grad.tolist())


def writes_before_and_after_two_reshapings(t, tell):
    leaf = t.arange(6.0).view(2, 3).requires_grad_()
    base = leaf.clone()
    row = base[0]
    base.unsqueeze_(0)
    row.mul_(2.0)
    column = base[0, 1]
    base.transpose_(1, 2)
    column.add_(row[:3])
    (base**3).sum().backward()
    tell(leaf.grad.tolist())
    tell((base._version, row._version))


def what_was_saved_before_a_transposition(t, tell):
    base = t.ones(2, 3, requires_grad=True).clone()
    product = base * base
    base.t_()
    product.sum().backward()


def versions(t, tell):
    for change in (
        lambda x: x.transpose_(0, 1), lambda x: x.t_(), lambda x: x.squeeze_(), lambda x: x.unsqueeze_(0), lambda x: x.detach_(),
        lambda x: x.as_strided_((2,), (1,)), lambda x: x.resize_(2, 3), lambda x: x.resize_(3, 3), lambda x: x.resize_as_(t.ones(4)),
        lambda x: x.set_(t.ones(2)), lambda x: x.fill_diagonal_(1), lambda x: x.zero_(),
    ):  # fmt: skip
        x = t.ones(2, 3)
        change(x)
        tell(x._version)


def a_view_made_in_inference_mode(t, tell):
    base = t.ones(1, 2, 3, requires_grad=True).clone()
    with t.inference_mode():
        view = base.view(-1)
    tell((view.requires_grad, view._is_view(), view.is_leaf, view.is_inference(), (view * view).requires_grad, view.grad_fn))
    view.add_(2)


def a_base_written_to_after_a_view_was_made_in_inference_mode(t, tell):
    base = t.ones(1, 2, 3, requires_grad=True).clone()
    with t.inference_mode():
        view = base.view(-1)
    base.transpose_(0, 1)
    tell(view.grad_fn)


def tensors_of_inference_mode_in_place(t, tell):
    with t.inference_mode():
        x = t.ones(1, 2, 3, requires_grad=True)
        x.resize_(1, 2).copy_(t.ones(1, 2)).add_(1).transpose_(0, 1)
        tell((x.tolist(), x.requires_grad, x.view(-1)._is_view(), x.is_inference()))
    tell((x.view(-1)._is_view(), x.view(-1).is_inference()))


def out_of_inference_mode(t, tell):
    with t.inference_mode():
        out = t.ones(3)
    t.mul(t.ones(3), 2.0, out=out)


def parts_that_may_be_written_to(t, tell):
    leaf = t.arange(9.0).view(3, 3).requires_grad_()
    for cut in (lambda x: x.unsafe_split(1), lambda x: x.unsafe_split_with_sizes((1, 1, 1)), lambda x: x.unsafe_chunk(3)):
        first, second, _ = cut(leaf * 2)
        first.mul_(second)
        first.sum().backward()
        tell((leaf.grad.tolist(), first._is_view()))


def names_of_what_has_no_derivative(t, tell):
    x = t.tensor([2.0, 1.0, 2.0], requires_grad=True)
    for found in (t.unique(x), t.unique(x, dim=0), x.unique(return_counts=True)[0], t.unique_consecutive(x)):
        tell((found.requires_grad, found.grad_fn.name()))
    t.unique(x).sum().backward()


def attributes_that_cannot_be_deleted(t, tell):
    x = t.ones(2, requires_grad=True)
    for name in ("data", "requires_grad", "_grad_fn", "_backward_hooks", "shape", "is_leaf"):
        try:
            delattr(x, name)
        except Exception as error:
            tell((name, type(error).__name__))
    x.grad = t.ones(2)
    del x.grad
    tell((x.grad, x._backward_hooks, x._grad_fn))
    x.register_hook(lambda g: g)
    tell(len(x._backward_hooks))


def the_order_of_hooks_at_an_inner_input(t, tell):
    a = t.tensor(1.0, requires_grad=True)
    b = a.clone()
    b.grad_fn.register_prehook(lambda grads: tell("node"))
    b.register_hook(lambda g: tell("tensor"))
    b.sum().backward(inputs=(b,), retain_graph=True)
    t.autograd.grad(b.sum(), (b,))


def warnings_of_anomaly_mode(t, tell):
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        try:
            with t.autograd.detect_anomaly():
                a = t.ones(2, requires_grad=True) + 1
                b = a**2
                a += 1
                b.sum().backward()
        finally:
            tell([w.category.__name__ for w in given])


def gradients_of_two_writes_to_overlapping_views(t, tell):
    def function(root, factor):
        x = root.clone()
        x.narrow(1, 2, 2).narrow(0, 1, 2).mul_(factor)
        x.narrow(1, 0, 2).narrow(0, 1, 2).mul_(factor)
        return x

    root = t.arange(16.0, dtype=t.float64).view(4, 4).requires_grad_()
    factor = t.tensor([[0.5, 2.0], [1.5, 3.0]], dtype=t.float64, requires_grad=True)
    tell(t.autograd.gradcheck(function, (root, factor)))
    tell(t.autograd.gradgradcheck(function, (root, factor)))


PROGRAMS = [f for name, f in list(globals().items()) if callable(f) and getattr(f, "__module__", "") == __name__ and name[0] != "_"]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_both_tell_the_same(program):
    told = _told(program, mt)
    assert told == _told(program, reference)
    assert told
