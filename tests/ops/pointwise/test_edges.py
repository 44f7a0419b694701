"""Every pointwise function at the edges: zeros of both signs, infinities, NaN, the limits of the type and of the domain.

Values, and gradients of the first and second order, are compared with PyTorch's, the signs of zeros with them. A difference
is allowed where PyTorch's own float64 result agrees with ours (its float32 kernels overflow early, or lose digits), and in
second derivatives where PyTorch's is NaN and ours finite (its formulas multiply 0 by infinity there). What else differs is
listed in ``KNOWN``, with the reason.
"""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

INF, NAN = float("inf"), float("nan")
LIMITS = np.finfo(np.float32)
NEAR_ONE = [float(np.nextafter(np.float32(1), np.float32(k))) for k in (0, 2)]
ONE = [0.0, -0.0, 1, -1, INF, -INF, NAN, float(LIMITS.max), float(LIMITS.min), float(LIMITS.tiny), -float(LIMITS.tiny), 0.5, -0.5, 2, -2,
       3, -3, 1e-4, 20, -20, 88.8, -104, *NEAR_ONE, 1e10, -1e10, 2.5, -1.5]  # fmt: skip
TWO = [0.0, -0.0, 1, -1, INF, -INF, NAN, 0.5, -0.5, 2, -2, 3, -3, float(LIMITS.max), float(LIMITS.tiny)]
NUMBERS = [0, 0.5, -0.5, -1, 2.5, -0.0, INF, NAN]

UNARY = [
    "acos",
    "acosh",
    "angle",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "cos",
    "cosh",
    "deg2rad",
    "digamma",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "fix",
    "floor",
    "frac",
    "i0",
    "lgamma",
    "log",
    "log10",
    "log1p",
    "log2",
    "logit",
    "nan_to_num",
    "neg",
    "positive",
    "rad2deg",
    "reciprocal",
    "relu",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "signbit",
    "sin",
    "sinc",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
    "isfinite",
    "isinf",
    "isnan",
    "isposinf",
    "isneginf",
    "logical_not",
    "special.entr",
    "special.erfcx",
    "special.expit",
    "special.i0e",
    "special.i1",
    "special.i1e",
    "special.log_ndtr",
    "special.ndtr",
    "special.ndtri",
    "special.psi",
    "special.gammaln",
]
ACTIVATIONS = [
    "relu",
    "relu6",
    "elu",
    "celu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "softsign",
    "tanhshrink",
    "hardtanh",
    "hardswish",
    "leaky_relu",
    "logsigmoid",
    "softshrink",
    "hardshrink",
]
BINARY = [
    "add",
    "sub",
    "mul",
    "div",
    "floor_divide",
    "remainder",
    "fmod",
    "pow",
    "atan2",
    "hypot",
    "copysign",
    "fmax",
    "fmin",
    "maximum",
    "minimum",
    "logaddexp",
    "logaddexp2",
    "xlogy",
    "nextafter",
    "heaviside",
    "ldexp",
    "eq",
    "ne",
    "lt",
    "gt",
    "le",
    "ge",
    "logical_and",
    "logical_or",
    "logical_xor",
    "float_power",
    "rsub",
    "special.xlog1py",
    "special.zeta",
]
LOSSES = ["mse_loss", "smooth_l1_loss", "huber_loss", "kl_div", "binary_cross_entropy_with_logits", "poisson_nll_loss"]


def named(name):
    *space, last = name.split(".")
    return lambda t, *x: getattr(getattr(t, space[0]) if space else t, last)(*x)


def functional(name, **options):
    return lambda t, *x: getattr(t.nn.functional, name)(*x, **options)


ONE_OPERAND = {
    **{n: named(n) for n in UNARY},
    **{f"F.{n}": functional(n) for n in ACTIVATIONS},
    "gelu tanh": functional("gelu", approximate="tanh"),
    "threshold": lambda t, x: t.nn.functional.threshold(x, 0.0, 5.0),
    "clamp": lambda t, x: t.clamp(x, -1.0, 1.0),
    "clamp min": lambda t, x: t.clamp(x, min=0.0),
    "clamp max": lambda t, x: t.clamp(x, max=-0.0),
    "logit eps": lambda t, x: t.logit(x, 1e-6),
    "mvlgamma": lambda t, x: t.mvlgamma(x, 2),
    "polygamma": lambda t, x: t.polygamma(1, x),
    "round 2": lambda t, x: t.round(x, decimals=2),
}
WITH_NUMBER = {
    "x**s": lambda t, x, s: x**s,
    "s**x": lambda t, x, s: s**x,
    "x%s": lambda t, x, s: x % s,
    "fmod": lambda t, x, s: t.fmod(x, s),
    "x//s": lambda t, x, s: x // s,
    "x/s": lambda t, x, s: x / s,
    "s/x": lambda t, x, s: s / x,
    "xlogy": lambda t, x, s: t.xlogy(x, s),
    "copysign": lambda t, x, s: t.copysign(x, s),
    "div trunc": lambda t, x, s: t.div(x, s, rounding_mode="trunc"),
    "div floor": lambda t, x, s: t.div(x, s, rounding_mode="floor"),
}
TWO_OPERANDS = {
    **{n: named(n) for n in BINARY},
    **{n: functional(n, reduction="none") for n in LOSSES},
    "div trunc": lambda t, x, y: t.div(x, y, rounding_mode="trunc"),
    "div floor": lambda t, x, y: t.div(x, y, rounding_mode="floor"),
    "lerp": lambda t, x, y: t.lerp(x, y, 0.3),
    "lerp from the end": lambda t, x, y: t.lerp(x, y, 0.7),
    "addcdiv": lambda t, x, y: t.addcdiv(x, x, y),
    "clamp": lambda t, x, y: t.clamp(x, y, y + 1),
    "where": lambda t, x, y: t.where(x > y, x, y),
}

_POLE = "at a pole PyTorch's series stops at a large number"
_SIGNS = "the infinities of two terms meet, in another order"
#: name: (parts, reason, how many points at most)
KNOWN = {
    "digamma": (("grad", "plain", "second"), _POLE, 9),
    "special.psi": (("grad", "plain", "second"), _POLE, 9),
    "lgamma": (("second",), _POLE, 9),
    "special.gammaln": (("second",), _POLE, 9),
    "polygamma": (("value", "grad", "plain", "second"), _POLE, 9),
    "mvlgamma": (("value", "grad", "plain", "second"), _POLE, 12),
    "special.zeta": (("value", "grad1", "plain1", "second1"), "next to a pole, and for q below 0", 99),
    "special.log_ndtr": (("grad", "plain", "second"), "PyTorch's loses the tail: NaN or 0 where the slope is -x", 9),
    "special.erfcx": (("grad", "plain", "second"), "terms that cancel to rounding", 3),
    "special.i1": (("second",), "terms that cancel to rounding", 1),
    "gelu tanh": (("value", "grad", "plain"), "terms that cancel to rounding", 1),
    "F.tanhshrink": (("value",), "terms that cancel to rounding", 1),
    "logaddexp2": (("value",), "terms that cancel to rounding", 1),
    "F.hardswish": (("second",), "NaN counts as beyond 3 in PyTorch", 1),
    "F.softplus": (("second",), "at the threshold PyTorch's is 0", 1),
    "sinc": (("grad", "plain", "second"), "PyTorch's formula cancels next to 0", 3),
    "logit": (("plain0",), "the sign of the infinity at -0 depends on PyTorch's kernel", 2),
    "special.i0e": (("grad", "plain", "second"), "terms that cancel to rounding", 12),
    "special.i1e": (("grad", "plain", "second"), "terms that cancel to rounding", 12),
    "F.logsigmoid": (("second",), "1 - sigmoid is 0 on the other side", 6),
    "F.softsign": (("second",), "0 with another sign", 2),
    "logit eps": (("grad0", "plain0", "second"), "NaN counts as limited in some of PyTorch's forms", 18),
    "s**x": (("second",), "0 to a positive power: NaN in PyTorch, or 0", 20),
    "xlogy": (("grad", "plain", "second"), "NaN as the number; " + _SIGNS, 14),
    "x%s": (("value",), "PyTorch's vector kernel gives NaN for quotients beyond the type's integers", 3),
    "fmod": (("value",), "PyTorch's vector kernel gives NaN for quotients beyond the type's integers", 3),
    "remainder": (("value",), "PyTorch's vector kernel gives NaN for quotients beyond the type's integers", 3),
    "ldexp": (("second1",), _SIGNS, 20),
    "atan2": (("second",), "next to the origin, where the squares vanish", 18),
}  # fmt: skip


def evaluated(t, f, arrays, dtype):
    """The value, the gradients as a plain backward gives them, as a recorded one does, and those of the second order."""
    xs = [t.tensor(a, dtype=getattr(t, dtype)).requires_grad_() for a in arrays]
    array = lambda x: None if x is None else x.detach().numpy(**({"force": True} if t is torch else {}))
    y = f(t, *xs)
    parts = {"value": array(y)}
    if not y.requires_grad:
        return parts
    try:
        first = t.autograd.grad(y, xs, t.ones_like(y), create_graph=True, allow_unused=True)
    except RuntimeError:  # not differentiable
        return parts
    parts.update({f"grad{k}": array(g) for k, g in enumerate(first)})
    roots = [g for g in first if g is not None and g.requires_grad]
    if roots:
        second = t.autograd.grad(roots, xs, [t.ones_like(g) for g in roots], allow_unused=True)
        parts.update({f"second{k}": array(g) for k, g in enumerate(second)})
    y = f(t, *xs)
    plain = t.autograd.grad(y, xs, t.ones_like(y), allow_unused=True)
    parts.update({f"plain{k}": array(g) for k, g in enumerate(plain)})
    return parts


#: PyTorch's own truncated series: the largest relative error.
SERIES = dict.fromkeys(("digamma", "special.psi", "polygamma", "mvlgamma", "lgamma", "special.gammaln", "special.zeta"), 1e-8)


def same(a, b, scale=0.0, series=0.0):
    """Where two arrays agree: bit by bit, or to 64 roundings; zeros with their signs."""
    if a.dtype.kind != "f":
        return a == b
    eps = np.finfo(a.dtype).eps
    tiny = np.finfo(np.float32).tiny
    with np.errstate(all="ignore"):
        equal = (np.isnan(a) & np.isnan(b)) | ((a == b) & (np.signbit(a) == np.signbit(b)))
        near = (
            np.isfinite(a)
            & np.isfinite(b)
            & (np.abs(a - b) <= max(64 * eps, series) * np.maximum(np.abs(b), scale))
            & ((a != 0) | (b != 0))
        )
        below = (np.abs(a) < tiny) & (np.abs(b) < tiny) & ((a != 0) | (b != 0))  # PyTorch's kernels flush what is below the type
    return equal | near | below


def compare(name, f, arrays, dtype):
    ours, theirs = (evaluated(t, f, arrays, dtype) for t in (mt, torch))
    exact = evaluated(torch, f, [np.asarray(a, dtype).astype(np.float64) for a in arrays], "float64")
    wrong = {}
    for part, b in theirs.items():
        a = ours.get(part)
        zeros = np.zeros(len(arrays[0]), dtype)
        if a is None or b is None:  # an undefined gradient is 0, of either sign
            ok = ((zeros if a is None else a) == 0) & ((zeros if b is None else b) == 0)
            a, b = zeros if a is None else a, zeros if b is None else b
        else:
            assert a.dtype == b.dtype, (name, part, a.dtype, b.dtype)
            ok = same(a, b, 1.0 if part.startswith("second") else 0.0, SERIES.get(name, 0.0))
        e = exact.get(part)
        if a.dtype.kind == "f" and e is not None and dtype == "float32":
            with np.errstate(all="ignore"):
                ok |= same(a, e.astype(np.float32), 1.0 if part.startswith("second") else 0.0)
        if part.startswith("second"):
            ok |= np.isnan(b) & np.isfinite(a)
        if not ok.all():
            wrong[part] = [(*(float(x[k]) for x in arrays), float(a[k]), float(b[k])) for k in np.flatnonzero(~ok)]
    parts, _, most = KNOWN.get(name, ((), "", 0))
    for part in list(wrong):
        if part.startswith(parts) and parts and len(wrong[part]) <= most:
            del wrong[part]
    assert not wrong, (name, {part: points[:8] for part, points in wrong.items()})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ONE_OPERAND)
def test_one_operand(name, dtype):
    points = [x for x in ONE if name != "mvlgamma" or abs(x) < 1e9]  # (Hurwitz's zeta counts up from there, one by one)
    compare(name, ONE_OPERAND[name], [np.array(points, dtype)], dtype)


@pytest.mark.parametrize("name", WITH_NUMBER)
def test_with_a_number(name):
    for s in NUMBERS:
        compare(name, lambda t, x, s=s: WITH_NUMBER[name](t, x, s), [np.array(ONE, np.float32)], "float32")


@pytest.mark.parametrize("name", TWO_OPERANDS)
def test_two_operands(name):
    grid = np.meshgrid(np.array(TWO, np.float32), np.array(TWO, np.float32))
    compare(name, TWO_OPERANDS[name], [g.ravel() for g in grid], "float32")


# ---------------------------------------------------------------------- integers
KINDS = ["uint8", "int8", "int16", "int32", "int64", "bool"]
WITH_INTEGERS = [
    "x<<y",
    "x>>y",
    "x//y",
    "x%y",
    "x/y",
    "x**y",
    "x*y",
    "x+y",
    "x-y",
    "t.fmod(x,y)",
    "t.div(x,y,rounding_mode='trunc')",
    "t.lcm(x,y)",
    "x&y",
    "x|y",
    "x^y",
    "t.maximum(x,y)",
    "x==y",
    "x<y",
    "t.atan2(x,y)",
    "t.copysign(x,y)",
    "t.remainder(x,y)",
    "t.ldexp(x,y)",
]
OF_INTEGERS = [
    "-x",
    "x.abs()",
    "~x",
    "x.sign()",
    "x.square()",
    "x.reciprocal()",
    "x**2",
    "x**0",
    "x**-1",
    "x**0.5",
    "2**x",
    "0**x",
    "(-1)**x",
    "x//2",
    "x//-1",
    "x%3",
    "x%-3",
    "x/0",
    "x//0",
    "x%0",
    "x*2.5",
    "x+True",
    "x<<1",
    "x>>1",
    "x<<-1",
    "x<<100",
    "1<<x",
    "x.to(t.int8)",
    "x.to(t.uint8)",
    "x.bool()",
    "x.sum()",
    "x.prod()",
    "x.cumsum(0)",
    "x.cumprod(0)",
    "x.clamp(0)",
    "x.clamp(-1,1)",
    "x.clamp(max=3.5)",
    "x.clamp(max=300)",
    "x.round()",
    "x.logical_not()",
    "x.signbit()",
    "x.float_power(2)",
    "x.mean()",
    "x.var()",
    "x.max()",
    "x.median()",
    "x.fill_(300)",
    "x.fill_(-1)",
    "x.fill_(2.7)",
    "x.add_(1.5)",
    "x.mul_(2)",
    "x.div_(2)",
    "x==300",
    "x<1e30",
    "x>2**40",
    "x+2**40",
    "x*2**40",
    "t.where(x>1,x,300)",
    "x.masked_fill(x>1,300)",
    "t.nn.functional.pad(x,(1,1),value=300)",
    "x.new_full((2,),300)",
    "t.full_like(x,300)",
    "x.scatter(0,t.tensor([0]),300)",
    "t.tensor(300,dtype=x.dtype)",
    "t.tensor(-1,dtype=x.dtype)",
    "t.tensor([300],dtype=x.dtype)",
    "t.full((2,),2.5,dtype=x.dtype)",
    "t.linspace(0,10,3,dtype=x.dtype)",
]


def integers(t, kind):
    d = getattr(t, kind)
    if kind == "bool":
        return t.tensor([False, True, True, False, True])
    info = t.iinfo(d)
    return t.tensor([0, 1, 3, info.max, info.min if info.min < 0 else 2], dtype=d)


def shown(t, expression, **values):
    try:
        return repr(eval(expression, {"t": t, **values})).replace("minitorch_bp", "torch")
    except Exception as error:
        return type(error).__name__


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_integers_at_their_limits(kind):
    for expression in OF_INTEGERS:
        results = [shown(t, expression, x=integers(t, kind)) for t in (mt, torch)]
        assert results[0] == results[1], expression
    for other in ("int8", "int64"):
        for expression in WITH_INTEGERS:
            for second in ([5, 1, 7, 3, 40], [0, 1, 2, 0, 1]):
                results = [
                    shown(t, expression, x=integers(t, kind), y=t.tensor(second, dtype=getattr(t, other))) for t in (mt, torch)
                ]
                assert results[0] == results[1], (other, expression, second)


# ---------------------------------------------------------------------- beyond the range
BEYOND = [
    "t.tensor(300,dtype=t.uint8)",
    "t.tensor([2**63])",
    "t.arange(3).fill_(float('nan'))",
    "t.arange(2**63)",
    "t.tensor(1j,dtype=t.float32)",
    "t.ones(2).fill_(None)",
    "t.zeros(2**62)",
    "t.empty(2**40,2**40)",
    "t.rand(2**60)",
    "t.eye(2**31)",
    "t.ones(2).expand(2**62,2)",
    "t.tensor([1.])//0",
    "t.tensor([1.])%0",
    "t.arange(0,300,100,dtype=t.bool)",
    "t.full((2,),300,dtype=t.uint8)",
    "t.nn.functional.ctc_loss(t.zeros(5,1,3),t.ones(1,6).long(),t.tensor([5]),t.tensor([7]))",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", BEYOND)
def test_beyond_the_range(expression):
    assert shown(mt, expression) == shown(torch, expression)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "bool"])
def test_only_floats_are_rounded_to_digits(dtype):
    x = mt.ones(2).to(getattr(mt, dtype))
    for digits in (0, 1, -1):
        for call in (lambda: mt.round(x, decimals=digits), lambda: x.round_(decimals=digits)):
            with pytest.raises(NotImplementedError):
                call()
    assert mt.round(mt.tensor([125.26]), decimals=-1).item() == 130.0
