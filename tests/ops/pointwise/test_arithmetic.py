"""``alpha`` of sums, and the older order of arguments, number first, in place."""

import pytest
import torch

import minitorch_bp


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_alpha_may_be_a_tensor(t):
    x, y = t.tensor([1.0, 2.0]), t.tensor([3.0, 5.0])
    assert t.add(x, y, alpha=t.tensor(2.0)).tolist() == [7.0, 12.0] and t.sub(x, y, alpha=t.tensor(2)).tolist() == [-5.0, -8.0]
    assert x.clone().add_(y, alpha=t.tensor(0.5)).tolist() == [2.5, 4.5] and x.clone().sub_(y, alpha=t.tensor(0.5)).tolist() == [
        -0.5,
        -0.5,
    ]


@pytest.mark.filterwarnings("ignore:This overload")
@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_the_number_may_come_first_in_place(t):
    x, y, z = t.tensor([1.0, 2.0]), t.tensor([3.0, 5.0]), t.tensor([2.0, 4.0])
    assert x.clone().add_(2, y).tolist() == [7.0, 12.0] and x.clone().sub_(2, y).tolist() == [-5.0, -8.0]
    assert x.clone().addcmul_(2, y, z).tolist() == [13.0, 42.0] and x.clone().addcdiv_(2, y, z).tolist() == [4.0, 4.5]
    assert x.clone().addcmul_(y, z, value=t.tensor(2.0)).tolist() == [13.0, 42.0]
    assert x.clone().addcdiv_(y, z, value=2).tolist() == [4.0, 4.5]


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_a_tensor_is_no_factor(t):
    x = t.ones(2)
    for f in (t.addcmul, t.addcdiv):
        for call in (lambda f=f: f(x, x, x, value=x), lambda f=f: f(x, x, x, x)):
            with pytest.raises(TypeError):
                call()


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_booleans_have_no_powers(t):
    b = t.tensor([True, False])
    for power in (lambda: True**b, lambda: False**b, lambda: t.pow(True, b), lambda: b**b):
        with pytest.raises(NotImplementedError):
            power()
    assert (2**b).tolist() == [2, 1] and (b**2).tolist() == [1, 0]


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
@pytest.mark.parametrize("alpha", [0.1, 1.001, 3, -0.3])
def test_numbers_are_rounded_to_half_precision_before_they_are_used(kind, alpha):
    """As PyTorch does it below 32 elements; in longer blocks it rounds the product and the sum together."""
    ends = []
    for t in (minitorch_bp, torch):
        t.manual_seed(0)
        x, y = t.randn(24).to(getattr(t, kind)), (t.randn(24).abs() + 1).to(getattr(t, kind))
        rows = x.reshape(4, 6)
        ends.append([
            t.add(x, y, alpha=alpha), t.sub(x, y, alpha=alpha), t.rsub(x, y, alpha=alpha), x.clone().add_(y, alpha=alpha),
            t.add(x, 0.37, alpha=alpha), t.sub(x, 0.37, alpha=alpha), t.rsub(x, 0.37, alpha=alpha),
            t.addr(rows, y[:4], x[:6], beta=alpha, alpha=alpha), abs(alpha) ** y, *([] if alpha == 3 else [y**alpha]),
        ])  # fmt: skip
    assert [v.tolist() for v in ends[0]] == [v.tolist() for v in ends[1]]


@pytest.mark.parametrize("t", [minitorch_bp, torch])
def test_a_boolean_alpha_is_for_booleans(t):
    x = t.ones(2)
    for function in (t.add, t.sub, t.rsub):
        with pytest.raises(RuntimeError):
            function(x, x, alpha=True)
    assert t.add(t.tensor([True, False]), t.tensor([False, False]), alpha=True).tolist() == [True, False]
