"""What gradcheck notices besides wrong gradients: chance, types, None for a gradient, outputs that change their form."""

import warnings

import pytest
import torch as reference

import minitorch_bp as mt


def function(t, backward):
    class Made(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return backward(t, g)

    return Made.apply


def jittering(t, g):
    return g * 2 * (1 + 1e-6 * t.rand_like(g))


def needs_a_gradient(t, g):
    return g * 2


def hooked(t):
    def run(x):
        y = x.clone()
        y.register_hook(lambda g: g * 1)  # not for None
        return y

    return run


CASES = {
    "right": (lambda t: function(t, needs_a_gradient), {}),
    "jitter": (lambda t: function(t, jittering), {}),
    "jitter, allowed": (lambda t: function(t, jittering), {"nondet_tol": 1e-4}),
    "a hook that takes no None": (hooked, {}),
    "a hook that takes no None, unchecked": (hooked, {"check_undefined_grad": False}),
    "in a batch": (lambda t: t.sin, {"check_batched_grad": True}),
    "types": (lambda t: t.sin, {"check_grad_dtypes": True}),
    "another shape": (lambda t: lambda x: t.cat([x, x]) if bool((x >= 1).all()) else x, {}),
    "another type": (lambda t: lambda x: x.float() if bool((x >= 1).all()) else x, {}),
    "nothing to check": (lambda t: t.sin, {"check_backward_ad": False}),
}


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_options(case, fast_mode):
    make, options = case

    def outcome(t):
        x = t.ones(2, dtype=t.float64, requires_grad=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = []
            for raises in (True, False):
                try:
                    told.append(t.autograd.gradcheck(make(t), x, fast_mode=fast_mode, raise_exception=raises, **options))
                except Exception as error:
                    told.append("RuntimeError" if isinstance(error, RuntimeError) else type(error).__name__)
        return told

    assert outcome(mt) == outcome(reference)


# ---------------------------------------------------------------------- complex numbers, and forward mode
def pushing(t, jvp):
    class Twice(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

        @staticmethod
        def jvp(ctx, d):
            return jvp(t, d)

    return Twice.apply


def conjugating(t):
    """A wrong rule: it forgets to conjugate."""

    class Product(t.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z * (1 + 2j)

        @staticmethod
        def backward(ctx, g):
            return g * (1 + 2j)

    return Product.apply


FORWARD = {"check_forward_ad": True}
BATCHED = {"check_forward_ad": True, "check_batched_forward_grad": True}
ANY_MODE = {
    "holomorphic": (lambda t: lambda z: z * z.exp(), "complex128", FORWARD),
    "to real": (lambda t: lambda z: (z.abs() ** 2, z.angle()), "complex128", FORWARD),
    "to complex": (lambda t: lambda x: x * 1j, "float64", FORWARD),
    "parts": (lambda t: t.view_as_real, "complex128", {}),
    "without a conjugate": (conjugating, "complex128", {}),
    "right": (lambda t: pushing(t, lambda t, d: d * 2), "float64", BATCHED),
    "wrong": (lambda t: pushing(t, lambda t, d: d * 2.2), "float64", FORWARD),
    "random": (lambda t: pushing(t, lambda t, d: d * 2 + 0 * t.randn_like(d)), "float64", BATCHED),
    "several": (lambda t: lambda x: (x.sin(), x * 2), "float64", BATCHED),
    "batched alone": (lambda t: t.sin, "float64", {"check_batched_forward_grad": True}),
}


@pytest.mark.parametrize("case", ANY_MODE.values(), ids=ANY_MODE)
def test_complex_and_forward(case):
    make, dtype, options = case

    def outcome(t):
        x = t.tensor([0.5, 0.7], dtype=getattr(t, dtype))
        x = (x * (1 + 0.5j) if dtype == "complex128" else x).requires_grad_()
        try:
            return t.autograd.gradcheck(make(t), (x,), **options)
        except RuntimeError:
            return RuntimeError
        except Exception as error:
            return type(error)

    assert outcome(mt) == outcome(reference)
