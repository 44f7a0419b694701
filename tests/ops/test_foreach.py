"""``torch._foreach_*``: PyTorch's values, for each kind of second argument."""

import pytest
import torch

import minitorch_bp
from minitorch_bp.ops import foreach

#: All of them, by their names.
NAMES = [
    "_foreach_abs",
    "_foreach_abs_",
    "_foreach_acos",
    "_foreach_acos_",
    "_foreach_add",
    "_foreach_add_",
    "_foreach_addcdiv",
    "_foreach_addcdiv_",
    "_foreach_addcmul",
    "_foreach_addcmul_",
    "_foreach_asin",
    "_foreach_asin_",
    "_foreach_atan",
    "_foreach_atan_",
    "_foreach_ceil",
    "_foreach_ceil_",
    "_foreach_clamp_max",
    "_foreach_clamp_max_",
    "_foreach_clamp_min",
    "_foreach_clamp_min_",
    "_foreach_clone",
    "_foreach_copy_",
    "_foreach_cos",
    "_foreach_cos_",
    "_foreach_cosh",
    "_foreach_cosh_",
    "_foreach_div",
    "_foreach_div_",
    "_foreach_erf",
    "_foreach_erf_",
    "_foreach_erfc",
    "_foreach_erfc_",
    "_foreach_exp",
    "_foreach_exp_",
    "_foreach_expm1",
    "_foreach_expm1_",
    "_foreach_floor",
    "_foreach_floor_",
    "_foreach_frac",
    "_foreach_frac_",
    "_foreach_lerp",
    "_foreach_lerp_",
    "_foreach_lgamma",
    "_foreach_lgamma_",
    "_foreach_log",
    "_foreach_log10",
    "_foreach_log10_",
    "_foreach_log1p",
    "_foreach_log1p_",
    "_foreach_log2",
    "_foreach_log2_",
    "_foreach_log_",
    "_foreach_max",
    "_foreach_maximum",
    "_foreach_maximum_",
    "_foreach_minimum",
    "_foreach_minimum_",
    "_foreach_mul",
    "_foreach_mul_",
    "_foreach_neg",
    "_foreach_neg_",
    "_foreach_norm",
    "_foreach_pow",
    "_foreach_pow_",
    "_foreach_reciprocal",
    "_foreach_reciprocal_",
    "_foreach_round",
    "_foreach_round_",
    "_foreach_rsqrt",
    "_foreach_rsqrt_",
    "_foreach_sigmoid",
    "_foreach_sigmoid_",
    "_foreach_sign",
    "_foreach_sign_",
    "_foreach_sin",
    "_foreach_sin_",
    "_foreach_sinh",
    "_foreach_sinh_",
    "_foreach_sqrt",
    "_foreach_sqrt_",
    "_foreach_sub",
    "_foreach_sub_",
    "_foreach_tan",
    "_foreach_tan_",
    "_foreach_tanh",
    "_foreach_tanh_",
    "_foreach_trunc",
    "_foreach_trunc_",
    "_foreach_zero_",
]
SECOND = {
    "tensors": lambda t: lists(t, 2),
    "number": lambda t: 2.0,
    "numbers": lambda t: [1.5, 2.5],
    "tensor": lambda t: t.tensor(2.0),
}


def lists(t, k):
    return [t.tensor([0.1, 0.5, 0.9]) + k * 0.1, t.tensor([[0.3, 0.6]]) + k * 0.1]


def run(t, name, *more, **options):
    tensors = lists(t, 0)
    try:
        result = getattr(t, "_foreach_" + name)(tensors, *(m(t) for m in more), **options)
    except (RuntimeError, TypeError) as error:
        return type(error)
    if name.endswith("_"):
        assert all(r is x for r, x in zip(result, tensors, strict=True))
    return type(result), [torch.tensor(r.tolist()) for r in result]


def compare(*args, **options):
    ours, theirs = run(minitorch_bp, *args, **options), run(torch, *args, **options)
    assert (ours if isinstance(ours, type) else ours[0]) is (theirs if isinstance(theirs, type) else theirs[0])
    if not isinstance(ours, type):
        torch.testing.assert_close(ours[1], theirs[1])


def forms(names):
    return [n + s for n in names.split() for s in ([foreach.ONE_WAY_ONLY[n]] if n in foreach.ONE_WAY_ONLY else ["", "_"])]


@pytest.mark.parametrize("name", forms(foreach.UNARY))
def test_alone(name):
    compare(name)


@pytest.mark.parametrize("name", [n for n in forms(foreach.BINARY) if n not in ("norm", "copy_")])
@pytest.mark.parametrize("second", ["tensors", "number", "numbers"])
def test_with_a_second(name, second):
    compare(name, SECOND[second])


def test_more_seconds():
    for name in ("add", "mul", "div", "add_"):
        compare(name, SECOND["tensor"])
    compare("add", SECOND["tensors"], alpha=2.0)
    compare("sub_", SECOND["tensors"], alpha=0.5)
    compare("copy_", SECOND["tensors"])
    compare("norm")
    compare("norm", lambda t: 1)
    for t in (minitorch_bp, torch):
        assert [x.tolist() for x in t._foreach_pow(2.0, [t.tensor([3.0])])] == [[8.0]]


@pytest.mark.parametrize("name", ["addcmul", "addcdiv", "addcmul_", "addcdiv_"])
def test_with_two_more(name):
    one, two = (lambda t: lists(t, 1)), (lambda t: lists(t, 2))
    compare(name, one, two)
    compare(name, one, two, value=0.5)
    compare(name, one, two, lambda t: [0.5, 2.0])
    compare(name, one, two, lambda t: t.tensor([0.5, 2.0]))


@pytest.mark.parametrize("name", ["lerp", "lerp_"])
def test_lerp(name):
    for weight in SECOND["tensors"], lambda t: 0.5, SECOND["numbers"]:
        compare(name, lambda t: lists(t, 1), weight)


def test_what_is_refused():
    for wrong in (lambda t: [1.0], lambda t: lists(t, 0)[:1]):
        compare("add", wrong)
    for t in (minitorch_bp, torch):
        with pytest.raises(RuntimeError):
            t._foreach_add([], [])
        with pytest.raises(TypeError):
            t._foreach_sqrt(3)


def test_these_are_all():
    every = forms(foreach.UNARY) + forms(foreach.BINARY) + forms(foreach.TERNARY)
    assert sorted(NAMES) == sorted(f"_foreach_{name}" for name in every)
    assert all(hasattr(torch, name) and hasattr(minitorch_bp, name) for name in NAMES)
