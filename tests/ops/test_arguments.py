"""Types of arguments that PyTorch refuses: sizes, steps, bounds, devices, and what operators and orderings are defined for."""

import numpy as np
import pytest
import torch as reference

import minitorch_bp as torch

EXPRESSIONS = [
    "t.full(2, 3)", "t.full([2], 3)", "t.full(size=2, fill_value=3)", "t.full((True,), 3)", "t.zeros(True)", "t.zeros((True,))",
    "t.zeros(2, True)", "t.zeros()", "t.ones()", "t.rand()", "t.randn()", "t.zeros(())", "t.zeros([])", "t.zeros(size=2)",
    "t.zeros(size=(2,))", "t.zeros(2.0)", "t.zeros(t.tensor(2))", "t.zeros(np.int64(2))", "t.rand(True)", "x.reshape(True)", "x.view(True)",
    "t.linspace(0, 1, 5.0)", "t.linspace(0, 1, True)", "t.linspace(0, 1, t.tensor(3))", "t.linspace(0, 1, -1)", "t.logspace(0, 1, 5.0)",
    "t.randint(0, 10, 3)", "t.randint(0.5, 10, (3,))", "t.randint(0, 10.0, (3,))", "t.randint(True, [2])", "t.randint(10, size=(3,))",
    "t.randint(low=0, high=5, size=(2, 2))", "t.Size([2.5])", "t.Size(['a'])", "t.Size([t.tensor(2)])", "t.Size([True])", "t.Size('ab')",
    "t.Size([np.int64(2), t.tensor([3])])", "t.Size([None])", "t.Size([2]) + (3,)", "t.Size([2]) * 2", "t.Size(range(2))", "t.device()",
    "t.device('cpu', 0)", "t.device(0)", "x.to('mps')", "x.type('other')", "~t.tensor([1.0])", "~t.tensor([1j])", "~t.tensor([1, 5])",
    "t.bitwise_not(t.tensor([1.0]))", "t.add(x, 'a')", "t.add([1], x)", "x + 'a'", "t.where(x > 0, 'a', 2)",
    "x.add_('a')", "[1.0] + t.tensor([1.0])",
]  # fmt: skip
#: A tensor of no dimensions stands for the int in it, wherever a size or a dimension is expected.
WHOLE_NUMBERS = [
    "x.expand(n, 4)",
    "x.repeat(n)",
    "x.repeat(2, n)",
    "x.sum(z)",
    "x.unsqueeze(z)",
    "x.view(t.tensor(4))",
    "x.view(n, n)",
    "x.reshape(t.tensor(4))",
    "x.permute(z)",
    "x.flip(z)",
    "x.chunk(n)",
    "x.split(n)",
    "x.topk(n)",
    "x.float().mean(z)",
    "x.max(z)",
    "x.argmax(z)",
    "x.cumsum(z)",
    "x.float().softmax(z)",
    "x.sort(z)",
    "t.cat([x, x], z)",
    "t.stack([x, x], z)",
    "x.float().var(z)",
    "x.prod(z)",
    "x.any(z)",
    "t.nn.functional.one_hot(x, t.tensor(5))",
    "x.sum(t.tensor(0.0))",
    "x.repeat(t.tensor(2.0))",
    "x.expand(t.tensor(2.0), 4)",
    "x.unsqueeze(t.tensor(0.0))",
    "x.view(t.tensor(4.0))",
    "x.view(t.tensor([4]))",
    "x.expand(n, -1)",
]
CONSTRUCTORS = [
    *(
        f"t.{f}, layout=t.strided, pin_memory=False)"
        for f in (
            "zeros(2",
            "ones((2,)",
            "full((2,), 1",
            "eye(2",
            "arange(3",
            "linspace(0, 1, 3",
            "logspace(0, 1, 3",
            "rand(2",
            "randn(2",
            "randint(3, (2,)",
            "randperm(3",
            "zeros_like(x",
            "hann_window(3",
            "scalar_tensor(2",
            "fft.fftfreq(3",
            "fft.rfftfreq(3",
            "tensor(1).new_zeros(2",
            "tensor(1).new_full((2,), 3",
        )
    ),
    *(
        f"t.{f}, pin_memory=True)"
        for f in ("zeros(2", "eye(2", "arange(2", "tensor([1.0]", "full((2,), 1", "rand(2", "ones_like(x")
    ),
    "t.zeros(2, memory_format=t.contiguous_format)",
    "t.rand(2, memory_format=t.contiguous_format)",
    "t.zeros(2, names=None)",
    "t.zeros_like(x, memory_format=t.contiguous_format)",
    "t.full((2,), t.tensor(3))",
    "t.full((2,), t.tensor([3]))",
    "t.full((2,), np.float64(2))",
    "t.full((2,), np.float32(2))",
    "t.full((2,), np.int8(2))",
    "t.linspace(t.tensor([0.0]), 1, 3)",
    "t.linspace(t.tensor(0.0), 1, 3)",
    "t.logspace(0, t.tensor([1.0]), 3)",
    "t.eye(2, out=t.ones(2, 2, dtype=t.int64))",
    "t.randint(2**63, (1,))",
]
SMALL = [
    "t.add(1, 2)", "t.add(1, 2, alpha=3)", "t.sub(1, 2)", "t.mul(2, 3)", "t.div(1, 2)", "t.div(7, 2, rounding_mode='floor')",
    "t.div(7, 2, rounding_mode='trunc')", "t.floor_divide(7, 2)", "t.add(1.5, True)", "t.mul(1j, 2)", "t.sub(True, 1)", "t.remainder(7, 2)",
    "t.add(1, None)", "t.pow(2, 3)", "t.add(t.tensor([True]), t.tensor([True]), alpha=2)", "t.add(t.tensor([True]), True, alpha=0)",
    "t.tensor([2, 0, -1, 1, -1]) ** t.tensor([-1, -2, -1, -3, -2])", "(-1) ** t.tensor([-1, -2])", "t.pow(2, t.tensor([-1, 1]))",
    "t.tensor([5, 1]) ** t.tensor([3, -1])", "t.tensor([2]) ** -1", "t.tensor([2], dtype=t.int8) ** t.tensor([-1], dtype=t.int8)",
    "x.copy_(5)", "x.copy_(2.5)", "x.copy_([1])", "x.clamp(t.tensor(1), 2)", "x.clamp(1, t.tensor(2))", "x.clamp(t.tensor([1]), 2)",
    "t.softmax(t.ones(2))", "t.ones(2).softmax()", "t.log_softmax(t.ones(2))", "t.softmax(t.ones(2), None)", "t.special.softmax(t.ones(2))",
    "t.nn.functional.softmax(t.ones(2))", "t.nn.functional.softmax(t.ones(2), 0, t.float64)", "t.softmax(t.ones(2), 0, t.float64)",
    "t.nn.functional.log_softmax(t.ones(1, 2), 1, 3, t.float64)", "t.nn.functional.softmin(t.ones(2))", "t.softmax(t.ones(2), axis=0)",
    "x.prod((0,))", "x.reshape()", "x.reshape(())", "t.round(x, decimals=1)", "t.round(x)", "x.repeat_interleave(t.ones(4))",
    "t.lerp(t.zeros(2), t.ones(2), 1j)", "t.lu(t.eye(2))",
    "t.zeros(3).scatter_(0, t.tensor([0, 1]), t.tensor([1.0]))", "t.zeros(3).scatter(0, t.tensor([0]), t.tensor([1.0, 2.0]))",
    "t.zeros(3).scatter_add(0, t.tensor([0, 1]), t.tensor([1.0]))", "t.zeros(2, 2).scatter_(1, t.tensor([[0, 1]]), t.ones(1, 1))",
    "t.zeros(2, 2).scatter_add_(1, t.tensor([[0], [1]]), t.ones(1))", "t.zeros(2).scatter_(0, t.tensor([0, 1]), t.tensor(1.0))",
    "t.zeros(2).scatter_(0, t.tensor([0]), t.tensor(1.0))", "t.zeros(2).scatter_(0, t.tensor([0, 1]), value=t.tensor(1.0))",
]  # fmt: skip
#: Found by calling every function with every kind of second argument: what is of another type there, and what has no order.
KINDS = [
    "f ** 1j", "c ** 1j", "1j ** c", "x ** 2j", "t.pow(f, 2j)", "t.pow(2j, c)", "t.float_power(f, 1j)", "f.clone().pow_(1j)",
    "c.reciprocal()", "t.tensor([1 + 0j, 0j]).reciprocal()", "t.tensor([1 + 0j, 4.0]).rsqrt()", "1 / t.tensor([1 + 0j])",
    "t.maximum(c, c)", "t.minimum(c, f[:2])", "t.fmax(c, c)", "t.fmin(c, c)", "t.max(c, c)", "c.max(0)", "c.max()", "c.sort()", "c.topk(1)",
    "c.argmin()", "c.histc()", "c % 2", "c // 2", "t.atan2(c, c)", "t.hypot(c, c)",
    "f.clone().clamp_('a')", "f.clone().clamp_([0])", "t.tensor([True]).clamp_(0)", "t.tensor([True]).clamp_(False)",
    "t.tensor([True]).clamp_(0.5)", "t.nan_to_num(f, 'a')", "t.nan_to_num(f, nan=f)", "t.nan_to_num(f, nan=1, posinf=np.float32(3))",
    "t.nan_to_num(f, nan=1j)", "t.ldexp(f.half(), x[:3])", "t.ldexp(x, x)", "t.ldexp(f, f)", "t.nextafter(f, t.ones(3, dtype=t.int64))",
    "t.nextafter(f.half(), x[:3])", "t.nextafter(x, x)", "t.nextafter(f, 1)", "t.roll(x, 1.5)", "t.roll(x, True)", "t.roll(x, (1, 2), (0, 0))",
    "t.roll(x, np.int64(1))", "t.rot90(t.ones(2, 2), 1.5)", "t.tril(t.ones(2, 2), 0.5)", "t.triu(t.ones(2, 2), True)",
    "t.tril(t.ones(2, 2), t.tensor(-1))", "t.cross(x[:3], f, dim=0)", "t.linalg.cross(x[:3], f)", "t.full_like(x, 'a')",
    "t.full_like(x, None)", "t.full_like(x, t.tensor(3))", "t.full_like(x, t.tensor([3]))", "t.full_like(x, [3])", "t.full((2,), None)",
    "t.as_tensor(x, x)", "t.as_tensor([1], t.float32)", "t.as_tensor([1], dtype=t.float32)", "t.norm(f, axis=0)", "f.norm(dim=0)",
    "x[[0.5, 1.5]]", "x[np.array([1.0])]", "x[t.tensor([0.5])]", "t.Generator().manual_seed('a')", "t.Generator().manual_seed(True)", "t.manual_seed(True).initial_seed()", "t.manual_seed(2**64)",
    "t.zeros(0).data_ptr()", "x[4:].data_ptr()", "(lambda y: y[:1].mul_(2) is None or type(y.grad_fn))(t.ones(2, requires_grad=True) * 1)",
    "c.norm(0)", "t.linalg.vector_norm(c, 0)", "t.linalg.vector_norm(c, t.inf)", "t.special.xlog1py(f, 0)", "t.special.xlog1py(0, f)",
    "t.special.xlog1py(f.double(), 0)", "t.linalg.pinv(t.eye(2), 0.5)", "t.linalg.pinv(t.eye(2), rcond=0.5)", "t.linalg.pinv(t.eye(2), 0.5, True)",
    "t.linalg.pinv(t.eye(2), 0.5, rtol=0.1)", "t.fft.fftn(t.ones(4), 2)", "t.fft.fftn(t.ones(2, 2), 1)", "t.fft.fft(f, -1)", "t.fft.rfft(f, -1)",
    "t.fft.fftn(f, (-1,)).shape", "t.linalg.vecdot(x, x)", "t.linalg.vecdot(f, f)", "f.half().eq_(f)", "f.half().gt_(x[:3])",
    "np.isnan(f)", "np.logical_not(x > 1)", "np.sqrt(f)",
]  # fmt: skip
ORDERS = ["<", ">", "<=", ">=", "==", "!="]


def named(t):
    return {"n": t.tensor(2), "z": t.tensor(0), "f": t.tensor([1.0, 2.0, 0.5]), "c": t.tensor([1 + 2j, 3 - 1j])}


def outcome(t, expression):
    t.manual_seed(0)
    try:
        return repr(eval(expression, {"t": t, "np": np, "x": t.arange(4), **named(t)})).replace("minitorch_bp", "torch")
    except Exception as error:
        return type(error).__name__


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", EXPRESSIONS + WHOLE_NUMBERS + CONSTRUCTORS + SMALL + KINDS)
def test_arguments(expression):
    assert outcome(torch, expression) == outcome(reference, expression)


@pytest.mark.parametrize("order", ORDERS)
def test_complex_numbers_have_no_order(order):
    for left, right in (("t.tensor([1 + 1j])", "t.tensor([1j])"), ("t.tensor([1j])", "1"), ("t.tensor([1.0])", "1j")):
        expression = f"{left} {order} {right}"
        assert outcome(torch, expression) == outcome(reference, expression)


def test_a_device_as_context():
    for t in (torch, reference):
        with t.device("cpu") as outer:
            assert outer == t.device("cpu") and t.ones(1).tolist() == [1]
            with t.device("cpu"):
                pass
            assert t.ones(1).device.type == "cpu"


def test_the_gradient_of_atan2_at_the_origin_is_zero():
    for t in (torch, reference):
        y, x = t.tensor([0.0, -0.0, 1.0], requires_grad=True), t.tensor([0.0, 0.0, 2.0], requires_grad=True)
        t.atan2(y, x).sum().backward()
        assert y.grad.tolist() == pytest.approx([0, 0, 0.4]) and x.grad.tolist() == pytest.approx([0, 0, -0.2])


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "int64", "int32", "bool"])
@pytest.mark.parametrize("expression", ["x ** s", "s ** x", "x * s", "s - x", "s / x", "s // x", "s > x", "s == x"])
def test_numbers_of_numpy_as_operands(expression, kind):
    results = []
    for t in (torch, reference):
        y = eval(expression, {"x": t.tensor([1.0, 3.0]), "s": getattr(np, kind)(2)})
        results.append((repr(y).replace("minitorch_bp", "torch"), type(y).__name__))
    assert results[0] == results[1]


def test_the_gradient_of_acosh_outside_of_its_domain():
    for t in (torch, reference):
        x = t.tensor([1.0, -1.0, 2.0], requires_grad=True)
        t.acosh(x).sum().backward()
        assert x.grad.tolist() == pytest.approx([float("inf"), float("inf"), 3**-0.5])
        z = t.tensor([2 + 1j, -0.5 + 1j, -2 + 0.5j], requires_grad=True)
        t.acosh(z).abs().sum().backward()
        assert z.grad.tolist() == pytest.approx([0.2991 + 0.3663j, -0.6917 + 0.1329j, -0.3729 - 0.3937j], abs=1e-4)


def test_nodes_of_elements_written_by_index():
    names = []
    for t in (torch, reference):
        x, v, i = t.zeros(5, requires_grad=True), t.ones(3), t.tensor([0, 0, 1])
        written = [x.clone() for _ in range(3)]
        written[0][i] = v
        written[1][t.tensor([True, False, True, False, True])] = v
        written[2][0] = 1.0
        names.append([type(y.grad_fn).__name__ for y in (*written, x.put(i, v))])
    assert names[0] == names[1]


@pytest.mark.parametrize("call", [
    "torch.permute(x, 0, 1)", "torch.permute(x, (1, 0))", "torch.permute(x, dims=(1, 0))", "x.permute(1, 0)", "x.permute((1, 0))",
    "torch.reshape(x, 3, 2)", "torch.reshape(x, -1)", "torch.reshape(x, (3, 2))", "torch.reshape(x, torch.Size([6]))", "x.reshape(3, 2)",
    "x.reshape(-1)", "torch.flip(x, 0)", "torch.flip(x, 0, 1)", "torch.flip(x, [0])", "x.flip(0)", "x.flip(0, 1)", "torch.tile(x, 2)",
    "torch.tile(x, 2, 2)", "torch.tile(x, (2,))", "x.tile(2)", "x.tile(2, 2)",
])  # fmt: skip
def test_numbers_one_by_one_are_for_methods(call):
    """torch.permute(x, 1, 0) is a TypeError: the function takes one tuple, the method the numbers, too."""
    outcomes = []
    for framework in (reference, torch):
        try:
            outcomes.append(eval(call, {"torch": framework, "x": framework.arange(6.0).reshape(2, 3)}).tolist())
        except TypeError:
            outcomes.append(TypeError)
    assert outcomes[1] == outcomes[0]
