"""Writes into memory that an operand lies in: refused, unless place for place, or where neither fills a block (PyTorch looks no closer)."""

import pytest
import torch as reference

import minitorch_bp as torch

WRITES = [
    "x.sub_(x[0])", "x.div_(x[-1])", "x[0].add_(x[1])", "x[0].add_(x[0])", "x.view(1, 6).add_(x)", "x[1:].add_(x[:-1])",
    "x[:3].add_(x[3:])", "x[::2].mul_(x[1::2])", "x.add_(x)", "x.copy_(x)", "x[1:].copy_(x[:-1])", "x.copy_(x[0])", "x.double().sub_(x[0])",
    "b.mul_(b[0, 0])", "b[0].sub_(b[1])", "b.addcmul_(b[0], b[1])", "b.addcdiv_(b, b[0])", "b.lerp_(b[0], 0.5)",
    "b.clamp_(b[0])", "b.eq_(b[0])", "b.pow_(b[0])", "b.hypot_(b[0])", "b.logical_and_(b[0])", "b.remainder_(b[0])",
    "b.fill_(b[0, 0])", "b.masked_fill_(b > 0, b[0, 0])", "y.t().add_(y)", "y.add_(y.t())", "y.copy_(y.t())", "y.mul_(y.t().clone())",
    "t.mul(b, 2, out=b[:])", "t.add(b[0], b, out=b)", "t.neg(x[:3], out=x[3:])", "t.neg(b.t(), out=b.t())",
    "x.unsqueeze(1).add_(x.unsqueeze(1))", "x[None, None].mul_(x[None, None])", "x[:0].add_(x[1:1])",
]  # fmt: skip
STATEMENTS = [
    "x -= x[0]", "x[1:] += x[:-1]", "b -= b[0]", "b[:] = b[0]", "b[0:2] = b[1:3]", "b[0] = b[1]", "b[1:] = b[0]", "b[0] = b[0, 0]",
    "x[1:] = x[:-1]", "x[:3] = x[3:]", "x[:] = x", "y[:, 0] = y[:, 1]", "y[:] = y.t()", "w = b * 1.0; w[0:2] = w[1:3]",
    "w = g * 1.0; w -= w[0]", "w = g * 1.0; w[1:] = w[:-1]", "w = g * 1.0; w[:] = w[0]", "w = g * 1.0; w[0] = w[1]",
]  # fmt: skip


def outcome(t, code):
    names = {
        "t": t,
        "x": t.arange(6.0),
        "b": t.arange(8.0).view(4, 2),
        "y": t.arange(4.0).view(2, 2),
        "g": t.ones(3, requires_grad=True),
    }
    try:
        exec(code, names)
    except Exception as error:
        return type(error).__name__
    return {name: value.tolist() for name, value in names.items() if isinstance(value, t.Tensor)}


@pytest.mark.parametrize("code", WRITES + STATEMENTS)
def test_where_an_operand_lies_in_the_memory_that_is_written(code):
    assert outcome(torch, code) == outcome(reference, code)


def test_a_refused_write_changes_nothing():
    x = torch.arange(4.0)
    version = x._version
    with pytest.raises(RuntimeError, match="clone"):
        x -= x[0]
    assert x.tolist() == [0, 1, 2, 3] and x._version == version
