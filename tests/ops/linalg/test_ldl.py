"""LDL decompositions: LAPACK's factors and pivots, as PyTorch returns them, and A X = B."""

import numpy as np
import pytest
import torch

import minitorch_bp


def matrix(n, kind, batch=()):
    rng = np.random.default_rng(n)
    a = rng.normal(size=(*batch, n, n)) + (0 if kind == "real" else 1j * rng.normal(size=(*batch, n, n)))
    a = a + np.swapaxes(a.conj() if kind == "hermitian" else a, -1, -2)
    if n > 2:
        a[..., 0, 0] = a[..., 1, 1] = 0  # blocks of size 2
    return a


@pytest.mark.parametrize("kind", ["real", "complex", "hermitian"])
@pytest.mark.parametrize("n", [0, 1, 2, 5, 12])
def test_factors_and_solution(n, kind):
    hermitian = kind == "hermitian"
    for batch in ((), (2, 3)):
        a = matrix(n, kind, batch)
        b = np.random.default_rng(1).normal(size=(*batch, n, 2)).astype(a.dtype)
        results = []
        for t in (minitorch_bp, torch):
            LD, pivots, info = t.linalg.ldl_factor_ex(t.tensor(a), hermitian=hermitian)
            x = t.linalg.ldl_solve(LD, pivots, t.tensor(b), hermitian=hermitian)
            assert repr(pivots.dtype) == repr(info.dtype) == "torch.int32"
            results.append((LD.numpy(), pivots.numpy(), info.numpy(), x.numpy()))
        mine, theirs = results
        assert np.allclose(mine[0], theirs[0]) and np.array_equal(mine[1], theirs[1]) and np.array_equal(mine[2], theirs[2])
        assert np.allclose(mine[3], theirs[3]) and np.allclose(a @ mine[3], b)


def test_named_tuples_and_refusals():
    for t in (minitorch_bp, torch):
        got = t.linalg.ldl_factor(t.eye(2))
        assert got._fields if hasattr(got, "_fields") else got.LD is not None
        assert got.LD.tolist() == [[1, 0], [0, 1]] and got.pivots.tolist() == [1, 2]
        for bad in (
            lambda: t.linalg.ldl_factor(t.ones(2, 3)),
            lambda: t.linalg.ldl_factor(t.zeros(2, 2)),
            lambda: t.linalg.ldl_solve(got.LD, got.pivots, t.ones(3, 1)),
            lambda: t.linalg.ldl_solve(got.LD, got.pivots, t.ones(2, 1, dtype=t.float64)),
        ):
            with pytest.raises(RuntimeError):
                bad()
