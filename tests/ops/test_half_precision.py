"""Every operation of PyTorch's database in half precision: float16 and bfloat16 are computed in float32 and rounded once.

The types must be PyTorch's. Each result, and each gradient, is within one unit in the last place of PyTorch's, or no further
from the float64 value than PyTorch's is (and half a unit, where PyTorch is exact by chance).
"""

import functools
import warnings

import numpy as np
import pytest
import torch
from torch.utils._pytree import tree_map

import minitorch_bp as mt
from minitorch_bp.core.trees import leaves_of
from parity import opdb
from parity.translation import Missing, fresh, ours, translated

HALVES = (torch.float16, torch.bfloat16)
RANDOM = (
    "rand",
    "dropout",
    "bernoulli",
    "multinomial",
    "normal",
    "uniform",
    "exponential",
    "cauchy",
    "geometric",
    "empty",
    "resize",
)
_NONE = "a gradient of 0, which PyTorch leaves undefined in half precision, or the other way round"
_SUMS = "PyTorch rounds the sums of several gradients, or of several functions, at other places"
_TIES = "equal numbers, in an order that is not defined"
KNOWN = {
    "view_as_complex": "complex32 is not here", "complex": "complex32 is not here", "sort": _TIES, "argsort": _TIES, "topk": _TIES, "mode": _TIES,
    "matrix_exp": "NaN in PyTorch", "linalg.matrix_exp": "NaN in PyTorch", "as_strided_scatter": "overwritten elements have the gradient 0 here", "cat": _NONE, "norm": _NONE,
    "linalg.norm": _NONE, "linalg.norm.subgradients_at_zero": _NONE, "linalg.vector_norm": _NONE, "gradient": _SUMS, "var_mean": _SUMS,
    "std_mean": _SUMS, "std_mean.unbiased": _SUMS, "var_mean.unbiased": _SUMS, "corrcoef": _SUMS, "logcumsumexp": _SUMS, "softmax": "weights that saturate",
    "softmax.with_dtype": "weights that saturate", "masked.softmax": "weights that saturate", "nn.functional.softmin": "weights that saturate", "masked.softmin": "weights that saturate",
    "nn.functional.softmin.with_dtype": "weights that saturate", "nn.functional.softsign": _SUMS, "nn.functional.soft_margin_loss": _SUMS,
    "nn.functional.triplet_margin_loss": _SUMS, "nn.functional.triplet_margin_with_distance_loss": _SUMS, "logsumexp": _SUMS, "nn.functional.normalize": _SUMS,
    "masked.normalize": _SUMS, "linalg.multi_dot": "another order of products", "nn.functional.batch_norm": _SUMS, "nn.functional.instance_norm": _SUMS,
    "nn.functional.grid_sample": _SUMS, "special.i0e": _SUMS, "special.ndtr": "PyTorch flushes what is below its type", "nn.functional.group_norm": _SUMS,
}  # fmt: skip


@functools.cache
def entries():
    found = {}
    for info in opdb.entries(torch):
        name = opdb.full_name(info)
        if opdb.out_of_scope(info) is None and not any(word in name for word in RANDOM) and name not in KNOWN:
            found[name] = info
    return found


def wide(arguments):
    """The arguments in float64."""

    def one(x):
        if isinstance(x, torch.Tensor) and x.dtype in HALVES:
            return x.detach().double().requires_grad_(x.requires_grad)
        return torch.float64 if isinstance(x, torch.dtype) and x in HALVES else x

    return tree_map(one, arguments)


def run(t, call, args, kwargs, differentiable):
    t.manual_seed(0)
    results = list(leaves_of(call(*args, **kwargs)))
    gradients = []
    if differentiable:
        leaves = [x for x in leaves_of((args, kwargs)) if isinstance(x, t.Tensor) and x.requires_grad]
        roots = [x for x in results if isinstance(x, t.Tensor) and x.requires_grad]
        if leaves and roots:
            gradients = list(t.autograd.grad(roots, leaves, [t.ones_like(r) for r in roots], allow_unused=True))
    return results + gradients


def array(x):
    t = torch if isinstance(x, torch.Tensor) else mt
    x = x.detach()
    x = x.to(t.complex128) if x.is_complex() else x.double() if x.dtype.is_floating_point else x
    return x.resolve_conj().resolve_neg().numpy(force=True) if t is torch else x.numpy()


def difference(a, b, exact, kind):
    """What is wrong with our result, or None."""
    if not isinstance(b, torch.Tensor) or a is None:
        return None if a is None or isinstance(a, type(b)) else f"{type(a)} instead of {type(b)}"
    if str(a.dtype).rpartition(".")[2] != str(b.dtype).rpartition(".")[2] or tuple(a.shape) != tuple(b.shape):
        return f"{a.dtype} {a.shape} instead of {b.dtype} {b.shape}"
    x, y = array(a), array(b)
    if y.dtype.kind in "iub":
        return None if np.array_equal(x, y) else "other integers"
    eps = torch.finfo(kind).eps
    least = torch.finfo(kind).smallest_normal * eps
    with np.errstate(all="ignore"):
        far = ~((x == y) | (np.isnan(x) & np.isnan(y))) & ~(np.abs(x - y) <= 1.01 * np.maximum(np.abs(y) * eps, least))
        if isinstance(exact, torch.Tensor) and tuple(exact.shape) == tuple(b.shape):
            e = array(exact)
            far &= ~(np.abs(x - e) <= np.abs(y - e) + 0.51 * np.maximum(np.abs(e) * eps, least))
    return f"{x[far][:3]} instead of {y[far][:3]}" if far.any() else None


def check(info, kind):
    function = ours(info.op, info.name)
    differentiable = info.supports_autograd and kind in info.supported_backward_dtypes("cpu")
    torch.manual_seed(0)
    for sample, _ in zip(info.sample_inputs("cpu", kind, requires_grad=differentiable), range(1), strict=False):
        given = ((sample.input, *sample.args), sample.kwargs)
        try:
            theirs = run(torch, info.op, *fresh(torch, given), differentiable)
            exact = run(torch, info.op, *wide(fresh(torch, given)), differentiable)
        except (RuntimeError, NotImplementedError, TypeError):
            continue
        try:
            mine = run(mt, function, *translated(fresh(torch, given)), differentiable)
        except Missing:
            continue
        exact = exact if len(exact) == len(theirs) else [None] * len(theirs)
        assert len(mine) == len(theirs)
        for a, b, e in zip(mine, theirs, exact, strict=True):
            wrong = difference(a, b, e, kind)
            if wrong:
                return wrong
    return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("part", range(12))
@pytest.mark.parametrize("kind", HALVES, ids=str)
def test_every_operation(kind, part):
    differing = {}
    for name in list(entries())[part::12]:
        info = entries()[name]
        with warnings.catch_warnings(action="ignore"):
            if kind not in info.supported_dtypes("cpu"):
                continue
            try:
                wrong = check(info, kind)
            except Missing:
                continue
        if wrong:
            differing[name] = wrong
    assert not differing


def test_the_named_cases():
    for t in (mt, torch):
        a = t.linspace(0, 1, 400).bfloat16()
        assert (a * 3.4445).float().sum().item() == pytest.approx(689.0048, abs=1e-3)
        for kind in (t.float16, t.bfloat16):
            x = t.ones(2, dtype=kind)
            for result in (x.erf(), x.erfc(), x.lgamma(), x.digamma(), t.addcmul(x, x, x, value=0.3), t.lerp(x, x, 0.3)):
                assert result.dtype is kind
            assert t.addmm(t.ones(2, 2, dtype=kind), t.ones(2, 2, dtype=kind), t.ones(2, 2, dtype=kind), beta=0.3).dtype is kind
            for f in (t.nn.functional.softshrink, t.nn.functional.softplus, t.nn.functional.hardtanh):
                assert f(x).dtype is kind


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "__rsub__", "__rtruediv__"])
def test_numbers_meet_half_precision_as_in_pytorch(name, dtype):
    for size in (1, 8, 31, 64):
        values = np.random.default_rng(size).normal(size=size)
        for number in (0.3, 3.4445, 1e-3):
            mine, theirs = (getattr(t.tensor(values).to(getattr(t, dtype)), name)(number).double().tolist() for t in (mt, torch))
            assert mine == theirs, (size, number)
