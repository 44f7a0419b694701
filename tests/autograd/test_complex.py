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
    "(z ** w).imag.sum()", "(z ** x).real.sum()", "(x.abs() ** w).imag.sum()", "(2 ** z).real.sum()", "((-2.5) ** z).imag.sum()", "(z ** (1.5 - 1j)).imag.sum()",
    *(f"t.linalg.vector_norm(z, {p})" for p in (0.5, 1, 1.5, 2, 3, "float('inf')", "-float('inf')")), "(z * w).norm(1)", "t.dist(z, w, 3)", "t.renorm(z.reshape(2, 2), 1, 0, 0.5).imag.sum()",
    "t.nn.functional.normalize(z, p=1, dim=0).real.sum()", "t.logsumexp(z * w, 0).imag", "t.logcumsumexp(z, 0).imag.sum()", "t.masked.logsumexp(z, 0, mask=x > 0).imag",
    "t.masked.var(z * w, 0, mask=x > -1).real", "t.masked.std(z).real", "t.logdet(z.reshape(2, 2)).imag", "t.linalg.slogdet(z.reshape(2, 2)).logabsdet",
    "t.linalg.slogdet(z.reshape(2, 2)).sign.imag", "t.slogdet(z.reshape(2, 2))[0].real", "t.linalg.svdvals(z.reshape(2, 2))[0]", "t.linalg.matrix_norm(z.reshape(2, 2), 'nuc')",
    "t.linalg.eigvalsh(z.reshape(2, 2) + z.reshape(2, 2).mH)[1]", "t.linalg.cond(z.reshape(2, 2))", "t.linalg.cholesky(z.reshape(2, 2) @ z.reshape(2, 2).mH).imag.sum()",
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


# What has a value at 0, or at a tie, which no random numbers meet; expressions of t and a leaf z.
AT_ZERO = [
    *(f"t.linalg.vector_norm(z, {p})" for p in (0.5, 1, 1.5, 2, 3, "float('inf')", "-float('inf')")), "z.norm(1)", "z.norm(float('inf'))",
    "(0j ** (1 + z)).real.sum()", "(t.zeros_like(z) ** (1 + z)).imag.sum()", "(z ** 2).imag.sum()", "(z ** 0).real.sum()", "t.linalg.cholesky(t.eye(2) + z[:2] * z[:2, None].conj()).imag.sum()",
]  # fmt: skip


@pytest.mark.parametrize("expression", AT_ZERO)
@pytest.mark.parametrize(
    "numbers", [[3 + 4j, 0j, 5 + 0j, 0j], [0j, 0j], [-5j, 5 + 0j, 3 - 4j]], ids=["some zeros", "zeros", "ties"]
)
def test_at_zero_and_at_ties(expression, numbers):
    found = []
    for t in (mt, torch):
        z = t.tensor(numbers, dtype=t.complex128, requires_grad=True)
        y = eval(expression, {"t": t, "z": z})
        (g,) = t.autograd.grad(y, z, create_graph=True)
        found.append(g.detach().resolve_conj().numpy() if t is torch else g.detach().numpy())
    np.testing.assert_allclose(*found, rtol=1e-12, atol=1e-14)


def test_the_gradient_of_what_must_be_hermitian_is_pytorchs_for_each_element():
    """Elements on the diagonal whose imaginary part is ignored have a gradient of one, which PyTorch does not take away."""
    a = np.array([[4.0, 1 - 1j, 0.5j], [1 + 1j, 5.0, 0.3], [-0.5j, 0.3, 6.0]])
    found = []
    for t in (mt, torch):
        x = t.from_numpy(a.copy()).requires_grad_()
        (t.linalg.cholesky(x) * (1 + 2j)).abs().sum().backward()
        y = t.from_numpy(a.copy()).requires_grad_()
        t.linalg.cholesky(y).backward(t.full((3, 3), 1 + 2j, dtype=t.complex128))
        found.append([g.resolve_conj().numpy() if t is torch else g.numpy() for g in (x.grad, y.grad)])
    np.testing.assert_allclose(*found, rtol=1e-12, atol=1e-13)


def test_the_logarithm_of_a_sum_of_exponentials_has_the_principal_angle():
    for numbers in ([1 + 3j, 2 + 3j, -1 + 5j], [800 + 1j, 1j], [5 - 40j, 5 - 41j], [complex(-np.inf, 0)] * 2):
        ours, theirs = (t.logsumexp(t.tensor(numbers, dtype=t.complex128), 0) for t in (mt, torch))
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-14)


def test_what_asks_for_an_order_under_a_mask_refuses_complex_numbers():
    for t in (mt, torch):
        for name in ("amax", "amin"):
            with pytest.raises(TypeError):
                getattr(t.masked, name)(t.tensor([1j, 2.0]), 0, mask=t.tensor([True, False]))


def test_a_masked_variance_of_complex_numbers_is_complex():
    for mask in (None, [True, True, False]):
        for name in ("var", "std"):
            ours, theirs = (
                getattr(t.masked, name)(t.tensor([1 + 1j, 2 - 2j, 3j]), 0, mask=None if mask is None else t.tensor(mask))
                for t in (mt, torch)
            )
            assert ours.dtype is mt.complex64 and theirs.dtype is torch.complex64
            np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


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


def test_a_gradient_of_no_dimensions_is_written_into():
    """Of one number the conjugate is no array in NumPy; rules that write into their gradient need one."""
    found = []
    for t in (mt, torch):
        z = t.tensor(1 + 2j, dtype=t.complex128, requires_grad=True)
        zero, value = t.tensor(0), t.tensor(5j, dtype=t.complex128)
        calls = [
            z.index_fill(0, zero, 3j),
            z.index_copy(0, zero, value),
            z.scatter(0, zero, value),
            (z * 2).scatter_add(0, zero, value),
        ]
        found.append([t.autograd.grad((1 + 1j) * c, z, t.ones_like(c), allow_unused=True)[0] for c in calls])
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.resolve_conj().numpy())
