"""Gradients of complex numbers: PyTorch's convention, through holomorphic and other functions, of first and second order."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

EXPRESSIONS = [
    "(z * w).real.sum()", "(z / w).imag.sum()", "z.abs().sum()", "(z.conj() * z * w).real.sum()", "z.exp().imag.sum()", "z.sin().real.sum()", "(z * x).imag.sum()",
    "z.sqrt().real.sum()", "z.log().real.sum()", "(z ** 2 + 1j * z).imag.sum()", "t.angle(z).sum()", "t.sgn(z).real.sum()", "t.view_as_real(z * w).square().sum()",
    "t.complex(x, x * 2).abs().sum()", "t.polar(x.abs(), x).imag.sum()", "(z.reshape(2, 2) @ w.reshape(2, 2)).real.sum()", "t.stack([z, w]).mean().real", "z[1:].prod().imag",
    "z.cumsum(0).abs().sum()", "t.where(x > 0, z, w).imag.sum()", "(x * z.real).sum()", "t.fft.fft(x).abs().sum()", "t.linalg.inv(z.reshape(2, 2) + t.eye(2) * 3).real.sum()",
    "z.reciprocal().imag.sum()", "(z - w.conj()).abs().square().sum()", "t.linalg.vector_norm(z)", "z.tanh().real.sum()", "(z + x.mean()).abs().sum()", "t.view_as_complex(t.stack([x, x * x], -1)).exp().real.sum()",
]  # fmt: skip
RNG = np.random.default_rng(0)
Z, W, X = RNG.standard_normal((4, 2)) @ [1, 1j] + 0.2, RNG.standard_normal((4, 2)) @ [1, 1j], RNG.standard_normal(4)


def leaves(t):
    return [t.from_numpy(a.copy()).requires_grad_() for a in (Z, W, X)]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_first_and_second_order(expression):
    found = []
    for t in (mt, torch):
        z, w, x = leaves(t)
        y = eval(expression, {"t": t, "z": z, "w": w, "x": x})
        first = t.autograd.grad(y, (z, w, x), create_graph=True, allow_unused=True)
        size = sum((g.abs() ** 2).sum() for g in first if g is not None)
        second = t.autograd.grad(size, (z, w, x), allow_unused=True) if size.requires_grad else ()
        found.append(
            [
                None if g is None else g.detach().resolve_conj().numpy() if t is torch else g.detach().numpy()
                for g in (*first, *second)
            ]
        )
    for a, b in zip(*found, strict=True):
        if a is not None and b is not None:
            assert a.dtype == b.dtype
        np.testing.assert_allclose(0 if a is None else a, 0 if b is None else b, rtol=1e-9, atol=1e-11)


def test_the_gradient_is_the_direction_of_steepest_ascent():
    """A step against it makes a real loss smaller: the convention, by its use."""
    z = mt.tensor([3.0 + 4.0j, -1.0 + 2.0j], dtype=mt.complex128, requires_grad=True)
    for _ in range(100):
        loss = ((z - (1 - 1j)).abs() ** 2).sum()
        (g,) = mt.autograd.grad(loss, z)
        z = (z - 0.1 * g).detach().requires_grad_()
    np.testing.assert_allclose(z.detach().numpy(), [1 - 1j, 1 - 1j], atol=1e-8)


def test_a_complex_scalar_is_no_loss():
    for t in (mt, torch):
        z = t.tensor(1 + 1j, requires_grad=True)
        with pytest.raises(RuntimeError):
            (z * z).backward()


def test_a_training_step_with_complex_weights():
    losses = []
    for t in (mt, torch):
        w = t.tensor([0.5 + 0.5j, -0.3j], dtype=t.complex128, requires_grad=True)
        x = t.tensor([1.0 + 1j, 2.0], dtype=t.complex128)
        optimizer = t.optim.SGD([w], lr=0.05, momentum=0.9)
        curve = []
        for _ in range(10):
            optimizer.zero_grad()
            loss = ((w * x).sum() - (2 - 1j)).abs() ** 2
            loss.backward()
            optimizer.step()
            curve.append(loss.item())
        losses.append(curve)
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
