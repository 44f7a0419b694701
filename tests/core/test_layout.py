"""The memory order of results, and of the numbers drawn into them, against PyTorch's strides."""

import itertools

import numpy as np
import pytest
import torch

import minitorch_bp
from minitorch_bp.core.layout import empty_in_order, memory_axes

SIZES = [(2, 3, 4), (3, 3, 3), (4, 2, 2)]
FUNCTIONS = {
    "clone": lambda t, x: x.clone(),
    "zeros_like": lambda t, x: t.zeros_like(x),
    "exp": lambda t, x: x.exp(),
    "times a number": lambda t, x: x * 2,
    "its own sum": lambda t, x: x + x,
    "gelu": lambda t, x: t.nn.functional.gelu(x),
    "rand_like": lambda t, x: t.rand_like(x),
    "dropout": lambda t, x: t.nn.functional.dropout(x, 0.5),
    "alpha_dropout": lambda t, x: t.nn.functional.alpha_dropout(x, 0.5, training=True),
    "bernoulli": lambda t, x: t.bernoulli(x * 0.5),
}


def expanded(t, sizes, order, kept):
    """Ones of these sizes, made by permuting and expanding: along the dimensions that are not kept the stride is 0."""
    base = [n if d in kept else 1 for d, n in enumerate(sizes)]
    x = t.ones([base[d] for d in order])
    return x.permute([order.index(d) for d in range(len(sizes))]).expand(sizes)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_expanded_operands(name):
    function = FUNCTIONS[name]
    for sizes, order, count in itertools.product(SIZES, itertools.permutations(range(3)), (1, 2)):
        for kept in itertools.combinations(range(3), count):
            results = []
            for t in (torch, minitorch_bp):
                t.manual_seed(1)
                x = expanded(t, sizes, order, kept)
                results.append((x, function(t, x)))
            (x, theirs), (_, ours) = results
            case = f"{name} of a tensor of sizes {sizes} and strides {x.stride()}"
            assert ours.stride() == theirs.stride(), case
            assert np.allclose(ours.numpy(), theirs.numpy(), rtol=1e-6, atol=0), case


def test_gumbel_noise_is_drawn_in_order():
    """The noise of gumbel_softmax has no layout of its own: a transposed input meets the same numbers as a copy of it."""
    x = minitorch_bp.arange(12.0).reshape(3, 4).t()
    drawn = []
    for logits in (x, x.contiguous()):
        minitorch_bp.manual_seed(0)
        drawn.append(minitorch_bp.nn.functional.gumbel_softmax(logits))
    assert minitorch_bp.allclose(*drawn)
    torch.manual_seed(0)
    theirs = torch.nn.functional.gumbel_softmax(torch.arange(12.0).reshape(3, 4).t())
    assert np.allclose(drawn[0].numpy(), theirs.numpy(), rtol=1e-5)


@pytest.mark.parametrize("samples", [1, 2])
def test_multinomial_of_columns(samples):
    drawn = []
    for t in (torch, minitorch_bp):
        t.manual_seed(4)
        drawn.append(t.multinomial((t.arange(20.0) + 1).reshape(5, 4).t(), samples).tolist())
    assert drawn[0] == drawn[1]


def test_axes():
    x = np.zeros((2, 3, 4))
    assert memory_axes(x) == [2, 1, 0]
    assert memory_axes(x.transpose(2, 0, 1)) == [0, 2, 1]
    assert empty_in_order(x.dtype, x.transpose(2, 0, 1)).strides == x.transpose(2, 0, 1).strides
