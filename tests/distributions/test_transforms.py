"""Transforms: values, inverses, Jacobians, shapes, caches, equality and what is shown, as PyTorch's."""

import pathlib
import pickle
import sys

import numpy as np
import pytest

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import FRAMEWORKS, Raised, outcome

ROW = [[-1.5, 0.2, 0.9], [0.3, 0.4, -2.0]]
POSITIVE = [[0.5, 0.2, 0.9], [0.3, 1.4, 2.0]]
SQUARE = [[0.5, 0.2, 0.9], [0.3, 1.4, 2.0], [-0.4, 0.7, 0.1]]
#: name: (make the transform from a framework and its transforms, an argument)
TRANSFORMS = {
    "abs": (lambda t, T: T.AbsTransform(), ROW),
    "exp": (lambda t, T: T.ExpTransform(), ROW),
    "power": (lambda t, T: T.PowerTransform(t.tensor([1.0, -2.0, 0.5])), POSITIVE),
    "power of a number": (lambda t, T: T.PowerTransform(2.0), POSITIVE),
    "sigmoid": (lambda t, T: T.SigmoidTransform(), ROW),
    "sigmoid far out": (lambda t, T: T.SigmoidTransform(), [-200.0, 40.0]),
    "softplus": (lambda t, T: T.SoftplusTransform(), ROW),
    "softplus far out": (lambda t, T: T.SoftplusTransform(), [-10.0, 30.0]),
    "tanh": (lambda t, T: T.TanhTransform(), ROW),
    "affine": (lambda t, T: T.AffineTransform(t.tensor([0.5, 1.0, -1.0]), t.tensor([2.0, -0.5, 1.5])), ROW),
    "affine of numbers": (lambda t, T: T.AffineTransform(0.5, -2.0), ROW),
    "affine of vectors": (lambda t, T: T.AffineTransform(0.5, t.tensor([2.0, -0.5, 1.5]), event_dim=1), ROW),
    "affine of matrices": (lambda t, T: T.AffineTransform(0.5, -2.0, event_dim=2), ROW),
    "cdf": (lambda t, T: T.CumulativeDistributionTransform(t.distributions.Normal(0.0, 1.5)), ROW),
    "softmax": (lambda t, T: T.SoftmaxTransform(), ROW),
    "stick breaking": (lambda t, T: T.StickBreakingTransform(), ROW),
    "correlations": (lambda t, T: T.CorrCholeskyTransform(), ROW),
    "correlations of more": (lambda t, T: T.CorrCholeskyTransform(), [[-1.5, 0.2, 0.9, 0.3, 0.4, -2.0]]),
    "lower cholesky": (lambda t, T: T.LowerCholeskyTransform(), SQUARE),
    "positive definite": (lambda t, T: T.PositiveDefiniteTransform(), SQUARE),
    "reshape": (lambda t, T: T.ReshapeTransform((3,), (3, 1)), ROW),
    "reshape all": (lambda t, T: T.ReshapeTransform((2, 3), (6,)), ROW),
    "inverse": (lambda t, T: T.ExpTransform().inv, POSITIVE),
    "compose": (lambda t, T: T.ComposeTransform([T.AffineTransform(1.0, -2.0), T.ExpTransform()]), ROW),
    "compose nothing": (lambda t, T: T.ComposeTransform([]), ROW),
    "compose of dimensions": (lambda t, T: T.ComposeTransform([T.AffineTransform(1.0, 2.0), T.StickBreakingTransform()]), ROW),
    "compose and reshape": (
        lambda t, T: T.ComposeTransform([T.ExpTransform(), T.ReshapeTransform((2, 3), (6,)), T.AffineTransform(0.0, 2.0)]),
        ROW,
    ),
    "inverse of composed": (lambda t, T: T.ComposeTransform([T.AffineTransform(1.0, -2.0), T.ExpTransform()]).inv, POSITIVE),
    "independent": (lambda t, T: T.IndependentTransform(T.ExpTransform(), 1), ROW),
    "independent of too few": (lambda t, T: T.IndependentTransform(T.ExpTransform(), 3), ROW),
    "independent compose": (
        lambda t, T: T.ComposeTransform([T.IndependentTransform(T.ExpTransform(), 1), T.AffineTransform(0.0, 3.0)]),
        ROW,
    ),
    "cat": (lambda t, T: T.CatTransform([T.ExpTransform(), T.AffineTransform(0.5, 2.0)], dim=-1, lengths=[1, 2]), ROW),
    "cat of rows": (lambda t, T: T.CatTransform([T.ExpTransform(), T.AffineTransform(0.5, 2.0)], dim=0), ROW),
    "cat of the wrong length": (lambda t, T: T.CatTransform([T.ExpTransform(), T.ExpTransform()], dim=-1), ROW),
    "stack": (lambda t, T: T.StackTransform([T.ExpTransform(), T.AffineTransform(0.5, 2.0)], dim=0), ROW),
    "stack of the last": (lambda t, T: T.StackTransform([T.ExpTransform(), T.TanhTransform(), T.AbsTransform()], dim=-1), ROW),
}


def facts(t, name):
    """All that can be compared of a transform, as functions without arguments."""
    transform = TRANSFORMS[name][0](t, t.distributions.transforms)
    x = t.tensor(TRANSFORMS[name][1], dtype=t.float64, requires_grad=True)
    results = {}

    def note(key, function):
        results[key] = outcome(function)

    note("y", lambda: transform(x))
    y = results["y"]
    if not isinstance(y, Raised):
        note("x", lambda: transform.inv(y))
        note("jacobian", lambda: transform.log_abs_det_jacobian(x, y))
        note("inverse jacobian", lambda: transform.inv.log_abs_det_jacobian(y, x))
        note("gradient", lambda: t.autograd.grad((y * t.linspace(0.5, 1.0, y.numel(), dtype=y.dtype).reshape(y.shape)).sum(), x)[0])
        note("gradient of jacobian", lambda: t.autograd.grad(transform.log_abs_det_jacobian(x, transform(x)).sum(), x)[0])
        note("inverse shape", lambda: tuple(transform.inverse_shape(y.shape)))
    note("forward shape", lambda: tuple(transform.forward_shape(x.shape)))
    note("shape of nothing", lambda: tuple(transform.forward_shape(t.Size(()))))
    for attribute in ("event_dim", "bijective"):
        note(attribute, lambda: getattr(transform, attribute))
    note(
        "sign", lambda: np.asarray(transform.sign.tolist() if isinstance(transform.sign, t.Tensor) else transform.sign, np.float64)
    )
    for side in ("domain", "codomain"):
        note(side, lambda: (getattr(transform, side).event_dim, getattr(transform, side).is_discrete))
    note("shown", lambda: repr(transform).replace("_InverseTransform", "Inverse"))
    return results


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transform(name):
    want, got = (facts(t, name) for t in FRAMEWORKS.values())
    assert want.keys() == got.keys()
    for key, value in want.items():
        if isinstance(value, Raised):
            assert got[key] == value, key
        elif hasattr(value, "shape"):
            theirs, ours = (np.asarray(v.detach().numpy() if hasattr(v, "detach") else v) for v in (value, got[key]))
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7, err_msg=key)  # some parameters are of float32
        else:
            assert got[key] == value, key


@pytest.mark.parametrize("name", TRANSFORMS)
def test_cache(name):
    for t in FRAMEWORKS.values():
        T = t.distributions.transforms
        transform = TRANSFORMS[name][0](t, T)
        x = t.tensor(TRANSFORMS[name][1])
        if isinstance(outcome(lambda: transform(x)), Raised) or name.startswith("compose nothing"):
            continue
        cached = transform.with_cache(1)
        assert cached.with_cache(1) is cached and type(cached) is type(transform)
        y = cached(x)
        assert cached(x) is y and cached.inv(y) is x
        assert cached.inv.inv is cached or "compose" in name
        np.testing.assert_allclose(cached.with_cache(0)(x).numpy(), y.numpy())
        if "composed" not in name:
            assert transform(x) is not transform(x) or name == "inverse of composed"
    with pytest.raises(ValueError):
        mt.distributions.ExpTransform(cache_size=2)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_equality(name):
    """Of two made alike, and of one with all others."""
    results = []
    for t in FRAMEWORKS.values():
        T = t.distributions.transforms
        here = TRANSFORMS[name][0](t, T)
        others = [make(t, T) for make, _ in TRANSFORMS.values()]
        equal = [outcome(lambda: bool(here == other)) for other in others]
        results.append([here == here, here != here, *equal, here == here.inv, here.inv == here.inv])
    names = ["itself", "not itself", *TRANSFORMS]
    for key, want, got in zip([*names, "inverse", "inverses"], *results, strict=True):
        assert got == want, f"{name} and {key}"


def test_pickle_and_deepcopy():
    T = mt.distributions.transforms
    transform = T.ComposeTransform([T.AffineTransform(1.0, 2.0), T.ExpTransform(cache_size=1)])
    assert transform.inv.inv is transform
    again = pickle.loads(pickle.dumps(transform))
    assert again == transform and again(mt.zeros(1)) == transform(mt.zeros(1))


def test_what_is_refused():
    for t in FRAMEWORKS.values():
        T = t.distributions.transforms
        for wrong in (
            lambda: T.CatTransform([1]),
            lambda: T.StackTransform([1]),
            lambda: T.CatTransform([T.ExpTransform()], lengths=[1, 2]),
        ):
            with pytest.raises(AssertionError):
                wrong()
        with pytest.raises(ValueError):
            T.ReshapeTransform((2,), (3,))
        with pytest.raises(ValueError):
            T.ReshapeTransform((2,), (2, 1)).forward_shape((3,))
        with pytest.raises(ValueError):
            _ = T.StickBreakingTransform().inverse_shape(())
        with pytest.raises(ValueError):
            _ = T.CorrCholeskyTransform().forward_shape((2,))
        with pytest.raises(ValueError):
            _ = T.CorrCholeskyTransform().event_dim
        bare = T.Transform()
        for missing in (lambda: bare(1), lambda: bare.inv(1), lambda: bare.sign, lambda: bare.log_abs_det_jacobian(1, 1)):
            with pytest.raises(NotImplementedError):
                missing()


def test_a_transform_of_ones_own():
    """What a student writes: a flow's layer."""
    results = []
    for t in FRAMEWORKS.values():
        D = t.distributions

        class Leaky(D.transforms.Transform):
            domain = codomain = D.constraints.real
            bijective = True
            sign = 1

            def _call(self, x):
                return t.where(x > 0, x, 0.5 * x)

            def _inverse(self, y):
                return t.where(y > 0, y, 2 * y)

            def log_abs_det_jacobian(self, x, y):
                return t.where(x > 0, t.zeros_like(x), t.full_like(x, 0.5).log())

        t.manual_seed(0)
        flow = D.TransformedDistribution(D.Normal(t.zeros(3), 1.0), [Leaky(cache_size=1), D.AffineTransform(0.5, 2.0)])
        x = flow.rsample((4,))
        results.append([x.numpy(), flow.log_prob(x).numpy(), flow.cdf(x).numpy()])
    for want, got in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("diag", [-2, -1, 0, 1])
def test_triangles_as_vectors(diag):
    results = []
    for t in FRAMEWORKS.values():
        U = t.distributions.utils
        vector = U.tril_matrix_to_vec(t.arange(32.0).view(2, 4, 4), diag)
        results.append([vector.tolist(), U.vec_to_tril_matrix(vector, diag).tolist()])
    assert results[1] == results[0]


@pytest.mark.parametrize("t", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_a_shape_that_does_not_end_as_it_should(t):
    reshape = t.distributions.transforms.ReshapeTransform((4,), (2, 2))
    for wrong in (lambda: reshape(t.ones(5)), lambda: reshape.inv(t.ones(2, 3))):
        with pytest.raises(RuntimeError):
            wrong()
    for wrong in (lambda: reshape.forward_shape((3, 5)), lambda: reshape.inverse_shape((3, 2, 3))):
        with pytest.raises(ValueError):
            wrong()
    assert reshape.inv(t.ones(3, 2, 2)).shape == (3, 4)
