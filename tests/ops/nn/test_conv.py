"""Convolution: the fast way computes what the plain definition says, and both what PyTorch does; values and gradients."""

import itertools

import numpy as np
import pytest
import torch

import minitorch_bp as mt
from minitorch_bp.ops.nn.conv import _conv2d_in_steps

STRIDES, PADDINGS, DILATIONS, GROUPS = ((1, 1), (2, 2), (1, 3)), ((0, 0), (2, 1)), ((1, 1), (1, 3)), (1, 2, 4)


def values_and_gradients(t, conv2d, arrays, options):
    tensors = [t.tensor(a, requires_grad=True) for a in arrays]
    out = conv2d(*tensors, *options)
    seed = t.arange(1.0, out.numel() + 1, dtype=t.float64).sin().reshape(out.shape)
    return [r.detach().numpy() for r in (out, *t.autograd.grad(out, tensors, seed))]


@pytest.mark.parametrize("kernel", [(2, 2), (4, 2), (3, 1)])
@pytest.mark.parametrize("groups", GROUPS)
def test_the_fast_convolution_is_the_plain_one(kernel, groups):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(s) for s in ((2, 4, 9, 7), (4, 4 // groups, *kernel), (4,))]
    for stride, padding, dilation in itertools.product(STRIDES, PADDINGS, DILATIONS):
        options = (stride, padding, dilation, groups)
        plain = values_and_gradients(mt, _conv2d_in_steps, arrays, options)
        fast = values_and_gradients(mt, mt.nn.functional.conv2d, arrays, options)
        theirs = values_and_gradients(torch, torch.nn.functional.conv2d, arrays, options)
        for a, b, c in zip(plain, fast, theirs, strict=True):
            np.testing.assert_allclose(a, c, rtol=1e-10, atol=1e-10, err_msg=str(options))
            np.testing.assert_allclose(b, c, rtol=1e-10, atol=1e-10, err_msg=str(options))


def test_without_bias():
    x, w = mt.arange(24.0).reshape(1, 2, 3, 4), mt.ones(2, 2, 2, 2)
    options = ((1, 2), (1, 0), (1, 1), 1)
    expected = torch.nn.functional.conv2d(torch.tensor(x.numpy()), torch.ones(2, 2, 2, 2), None, *options).tolist()
    assert _conv2d_in_steps(x, w, None, *options).tolist() == mt.nn.functional.conv2d(x, w, None, *options).tolist() == expected


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_no_channels(n, groups):
    """The sum over no channels is 0: only the bias is left. The gradients have PyTorch's shapes (its own result is empty)."""
    shapes = []
    for t in (mt, torch):
        for stride, out in ((1, 6), (2, 3)):
            x = t.zeros(2, 0, *(7,) * n, requires_grad=True)
            w, b = t.zeros(4, 0, *(2,) * n, requires_grad=True), t.arange(4.0).requires_grad_()
            y = getattr(t.nn.functional, f"conv{n}d")(x, w, b, stride, groups=groups)
            y.sum().backward()
            shapes.append((tuple(x.grad.shape), tuple(w.grad.shape), tuple(b.grad.shape)))
            if t is mt:
                np.testing.assert_array_equal(
                    y.detach().numpy(), np.broadcast_to(np.arange(4.0).reshape(4, *(1,) * n), (2, 4, *(out,) * n))
                )
                assert b.grad.tolist() == [2 * out**n] * 4
    assert shapes[:2] == shapes[2:]


def test_what_is_no_tensor():
    for t in (mt, torch):
        for args in ((None, t.ones(1, 1, 1)), (t.ones(1, 1, 1), None)):
            with pytest.raises(TypeError):
                t.nn.functional.conv1d(*args)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("outputs", [3, 8, 20])
def test_many_channels(n, outputs):
    """From six channels on, windows are laid out with channels last, and one matrix of them serves both gradients."""
    rng = np.random.default_rng(n)
    arrays = [rng.standard_normal(s) for s in ((3, 8, 7, 6, 5)[: n + 2], (outputs, 8, 3, 2, 3)[: n + 2], (outputs,))]
    for stride, padding, dilation in itertools.product((1, 2), (0, 1, 4), (1, 2)):
        options = (stride, padding, dilation, 1)
        if dilation == 2 and padding == 0 and n == 3:
            continue  # the kernel would not fit
        ours = values_and_gradients(mt, getattr(mt.nn.functional, f"conv{n}d"), arrays, options)
        theirs = values_and_gradients(torch, getattr(torch.nn.functional, f"conv{n}d"), arrays, options)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10, err_msg=str(options))


def test_many_channels_twice_differentiable():
    arrays = [np.random.default_rng(0).standard_normal(s) for s in ((2, 6, 5), (4, 6, 3))]
    results = []
    for t in (mt, torch):
        x, w = (t.tensor(a, requires_grad=True) for a in arrays)
        y = (t.nn.functional.conv1d(x, w, padding=1) ** 2).sum()
        gx, gw = t.autograd.grad(y, (x, w), create_graph=True)
        results.append([g.numpy() for g in t.autograd.grad((gx * gx).sum() + (gw**3).sum(), (x, w))])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)
