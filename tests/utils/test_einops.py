"""einops gives on tensors what it gives on PyTorch's, with gradients; by our backend, and under the name of torch."""

import subprocess
import sys

import einops
import pytest
import torch

CALLS = [
    lambda e, x: e.rearrange(x, "a b c -> c (a b)"),
    lambda e, x: e.rearrange(x, "a (b1 b2) c -> a b1 b2 c", b1=2),
    lambda e, x: e.rearrange([x, x], "k a b c -> a (b k) c"),
    lambda e, x: e.reduce(x, "a b c -> b", "mean"),
    lambda e, x: e.reduce(x, "a b c -> a c", "max"),
    lambda e, x: e.reduce(x, "a b c -> a c", "min"),
    lambda e, x: e.reduce(x, "a b c -> a", "prod"),
    lambda e, x: e.reduce(x, "a (b 2) c -> a b c", "sum"),
    lambda e, x: e.repeat(x, "a b c -> a (2 b) c k", k=3),
    lambda e, x: e.einsum(x, x, "a b c, a d c -> b d"),
    lambda e, x: e.pack([x, x], "a * c")[0],
    lambda e, x: e.unpack(x, [[1], [3]], "a * c")[1],
]


@pytest.mark.parametrize("k", range(len(CALLS)))
def test_calls(k):
    import minitorch_bp.utils.einops

    found = []
    for t in (minitorch_bp, torch):
        x = t.linspace(0.1, 1.0, 24).view(2, 4, 3).requires_grad_()
        y = CALLS[k](einops, x)
        (y * y).sum().backward()
        found.append((y.detach(), x.grad))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(torch.tensor(ours.tolist()), theirs)


def test_layers_under_the_name_of_torch():
    code = (
        "import sys, minitorch_bp; sys.modules['torch'] = minitorch_bp\n"
        "import torch, einops; x = torch.arange(6.0).view(2, 3)\n"
        "assert einops.rearrange(x, 'a b -> b a').shape == (3, 2)\n"
        "for name in ('nn', 'nn.functional', 'jit'): sys.modules['torch.' + name] = eval('torch.' + name)\n"
        "from einops.layers.torch import Rearrange; assert Rearrange('a b -> (b a)')(x).tolist() == [0, 3, 1, 4, 2, 5]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
