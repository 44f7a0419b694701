"""Constraints check, show and describe themselves as PyTorch's do; transforms into them are registered for the same ones."""

import pathlib
import sys

import numpy as np
import pytest

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import FRAMEWORKS, SPD, Raised, outcome

NAN, INF = float("nan"), float("inf")
NUMBERS = [-INF, -2.0, -1.5, 0.0, 0.3, 1.0, 2.0, 3.0, INF, NAN]
VECTORS = [[0.2, 0.8], [0.5, 0.6], [1.0, 0.0], [-0.5, 1.5], [0.0, 0.0], [NAN, 1.0], [1.0, 1.0], [3.0, 4.0]]
MATRICES = [SPD, [[1.0, 0, 0], [0.6, 0.8, 0], [0, 0.28, 0.96]], [[1.0, 2, 3], [0, 1, 1], [0, 0, 1]], [[-1.0, 0, 0], [0, 1, 0], [0, 0, 1]],
            [[1.0, 1, 0], [1, 1, 0], [0, 0, 1]], [[1.0, 2, 0], [2, 1, 0], [0, 0, 1]]]  # fmt: skip
CONSTRAINTS = {
    "boolean": (lambda t, c: c.boolean, NUMBERS),
    "one_hot": (lambda t, c: c.one_hot, VECTORS),
    "integer_interval": (lambda t, c: c.integer_interval(-2, 2), NUMBERS),
    "nonnegative_integer": (lambda t, c: c.nonnegative_integer, NUMBERS),
    "positive_integer": (lambda t, c: c.positive_integer, NUMBERS),
    "real": (lambda t, c: c.real, NUMBERS),
    "real_vector": (lambda t, c: c.real_vector, VECTORS),
    "positive": (lambda t, c: c.positive, NUMBERS),
    "nonnegative": (lambda t, c: c.nonnegative, NUMBERS),
    "greater_than": (lambda t, c: c.greater_than(-1.5), NUMBERS),
    "greater_than_eq": (lambda t, c: c.greater_than_eq(-1.5), NUMBERS),
    "less_than": (lambda t, c: c.less_than(1.0), NUMBERS),
    "interval": (lambda t, c: c.interval(-1.5, 1.0), NUMBERS),
    "interval of tensors": (lambda t, c: c.interval(t.tensor(-1.5), t.tensor(1.0)), NUMBERS),
    "unit_interval": (lambda t, c: c.unit_interval, NUMBERS),
    "half_open_interval": (lambda t, c: c.half_open_interval(-1.5, 1.0), NUMBERS),
    "simplex": (lambda t, c: c.simplex, VECTORS),
    "multinomial": (lambda t, c: c.multinomial(3), VECTORS),
    "lower_triangular": (lambda t, c: c.lower_triangular, MATRICES),
    "lower_cholesky": (lambda t, c: c.lower_cholesky, MATRICES),
    "corr_cholesky": (lambda t, c: c.corr_cholesky, MATRICES),
    "square": (lambda t, c: c.square, MATRICES),
    "not square": (lambda t, c: c.square, VECTORS),
    "symmetric": (lambda t, c: c.symmetric, MATRICES),
    "positive_definite": (lambda t, c: c.positive_definite, MATRICES),
    "positive_definite all": (lambda t, c: c.positive_definite, [SPD, SPD]),
    "positive_definite symmetric": (lambda t, c: c.positive_definite, [MATRICES[5], SPD]),
    "positive_semidefinite": (lambda t, c: c.positive_semidefinite, MATRICES),
    "positive_semidefinite symmetric": (lambda t, c: c.positive_semidefinite, [MATRICES[4], MATRICES[5], SPD]),
    "independent": (lambda t, c: c.independent(c.positive, 1), VECTORS),
    "independent twice": (lambda t, c: c.independent(c.real_vector, 1), VECTORS),
    "independent of too few": (lambda t, c: c.independent(c.positive, 3), VECTORS),
    "cat": (lambda t, c: c.cat([c.positive, c.real], -1), VECTORS),
    "cat of lengths": (lambda t, c: c.cat([c.positive, c.less_than(0.5)], 0, [2, 6]), VECTORS),
    "stack": (lambda t, c: c.stack([c.positive, c.unit_interval], -1), VECTORS),
    "mixture": (lambda t, c: c.MixtureSameFamilyConstraint(c.interval(t.tensor([0.0, -2.0]), t.tensor([1.0, 1.0]))), NUMBERS),
    "dependent": (lambda t, c: c.dependent, NUMBERS),
    "dependent known": (lambda t, c: c.dependent(is_discrete=True, event_dim=1), NUMBERS),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraint(name):
    results = []
    for t in FRAMEWORKS.values():
        constraint = CONSTRAINTS[name][0](t, t.distributions.constraints)
        checked = outcome(lambda: constraint.check(t.tensor(CONSTRAINTS[name][1])))
        results.append([checked if isinstance(checked, Raised) else (checked.tolist(), str(checked.dtype)[-4:])])
        results[-1] += [outcome(lambda: constraint.event_dim), outcome(lambda: constraint.is_discrete)]
        results[-1] += [t.distributions.constraints.is_dependent(constraint)]
        if not name.startswith(("independent", "cat", "stack", "mixture")):
            results[-1].append(repr(constraint))
    assert results[1] == results[0]


def test_what_is_shown_and_refused():
    for t in FRAMEWORKS.values():
        c = t.distributions.constraints
        assert repr(c.interval(-1.0, 2)) == "Interval(lower_bound=-1.0, upper_bound=2)"
        assert repr(c.independent(c.positive, 1)) == "IndependentConstraint(GreaterThan(lower_bound=0.0), 1)"
        for wrong in (
            lambda: c.independent(c.positive, -1),
            lambda: c.cat([1]),
            lambda: c.cat([c.real], 0, [1, 2]),
            lambda: c.stack([1]),
        ):
            with pytest.raises(AssertionError):
                wrong()
        with pytest.raises(NotImplementedError):
            c.Constraint().check(t.zeros(1))
        assert isinstance(t.distributions.Uniform.support, c.Constraint) and c.is_dependent(t.distributions.Uniform.support)
        assert t.distributions.Uniform.support.event_dim == 0 and not t.distributions.Uniform.support.is_discrete


@pytest.mark.parametrize("registry", ["biject_to", "transform_to"])
@pytest.mark.parametrize("name", CONSTRAINTS)
def test_transforms_into_constraints(name, registry):
    results = []
    for t in FRAMEWORKS.values():
        constraint = CONSTRAINTS[name][0](t, t.distributions.constraints)
        transform = outcome(lambda: getattr(t.distributions, registry)(constraint))
        if isinstance(transform, Raised):
            results.append([transform])
            continue
        shape = outcome(lambda: transform.inverse_shape(t.tensor(CONSTRAINTS[name][1]).shape))
        if isinstance(shape, Raised):
            results.append([shape])
            continue
        x = t.linspace(-1.0, 1.0, int(np.prod(shape))).reshape(shape)
        y = outcome(lambda: transform(x))
        if isinstance(y, Raised):
            results.append([y])
            continue
        assert t.distributions.constraints.is_dependent(constraint) or outcome(lambda: constraint.check(y).all()) == True  # noqa: E712
        results.append([y.numpy(), transform.inv(y).numpy(), repr(transform.codomain.event_dim), transform.bijective])
    for want, got in zip(*results, strict=True):
        if isinstance(want, np.ndarray):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
        else:
            assert got == want


def test_registering():
    for t in FRAMEWORKS.values():
        D = t.distributions
        registry = type(D.biject_to)()
        assert registry.register(D.constraints.real, lambda c: "of real") is not None

        @registry.register(D.constraints.greater_than)
        def of_greater(constraint):
            return constraint.lower_bound

        assert registry(D.constraints.real) == "of real" and registry(D.constraints.greater_than(3)) == 3
        with pytest.raises(NotImplementedError):
            registry(D.constraints.boolean)
        for wrong in (str, 5):
            with pytest.raises(TypeError):
                registry.register(wrong, of_greater)


def test_messages_say_what_was_given():
    with pytest.raises(NotImplementedError, match="no transform into Boolean"):
        mt.distributions.transform_to(mt.distributions.constraints.boolean)
    with pytest.raises(ValueError, match="2 dimensions, but the tensor to check has only 1"):
        mt.distributions.constraints.independent(mt.distributions.constraints.real, 2).check(mt.zeros(3))
