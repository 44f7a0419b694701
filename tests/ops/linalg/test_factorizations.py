"""Factorizations of matrices that can't be factored."""

import pytest
import torch

import minitorch_bp as mt

MATRICES = [
    [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [[2.0, 0.5, 0.1], [0.5, 1.0, -0.2], [0.1, -0.2, 0.7]],
    [[-1.0, 0.0, 0.0], [3.0, 1.0, 0.0], [4.0, 5.0, 1.0]],
]


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cholesky_ex_says_which_are_not_positive_definite(dtype, upper):
    results = []
    for t in (torch, mt):
        A = t.tensor(MATRICES, dtype=getattr(t, dtype))
        L, info = t.linalg.cholesky_ex(A, upper=upper)
        results.append((L[1].tolist(), L[0].tolist() if not upper else None, info.tolist(), str(info.dtype)))
        with pytest.raises(RuntimeError):
            t.linalg.cholesky_ex(A, upper=upper, check_errors=True)
        assert t.linalg.cholesky_ex(A[1]).info == 0
    assert results[1][0] == [pytest.approx(row, rel=1e-6) for row in results[0][0]]
    assert results[1][1:] == results[0][1:]
