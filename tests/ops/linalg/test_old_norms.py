"""torch's older names of norms and products, and what it removed."""

import pytest
import torch

import minitorch_bp

X = [[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]
CALLS = {
    "frobenius": lambda t, x: t.frobenius_norm(x, (0, 1)), "frobenius of rows": lambda t, x: t.frobenius_norm(x, [1], True),
    "frobenius of all": lambda t, x: t.frobenius_norm(x, [], keepdim=True), "nuclear": lambda t, x: t.nuclear_norm(x),
    "nuclear of a batch": lambda t, x: t.nuclear_norm(t.stack([x, x * 2]), (1, 2), True), "norm_except_dim": lambda t, x: t.norm_except_dim(x, 2, 1),
    "norm_except_dim none": lambda t, x: t.norm_except_dim(x, 1, -1), "dsmm": lambda t, x: t.dsmm(x, x.t()), "spmm": lambda t, x: t.spmm(x, x.t()),
    "adjoint": lambda t, x: t.adjoint(x), "x.adjoint": lambda t, x: (x * (1 + 2j)).adjoint().real, "vander": lambda t, x: t.vander(x.detach()[0]),
    "vander rising": lambda t, x: t.vander(x.detach()[1], 4, increasing=True), "vander of one column": lambda t, x: t.vander(x.detach()[1], N=1),
    "vander of none": lambda t, x: t.vander(x.detach()[1], 0),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_values_and_gradients(name):
    found = []
    for t in (minitorch_bp, torch):
        x = t.tensor(X, dtype=t.float64, requires_grad=True)
        y = CALLS[name](t, x)
        if y.requires_grad:
            (y * y).sum().backward()
        found.append((y.detach().flatten().tolist(), tuple(y.shape), [] if x.grad is None else x.grad.flatten().tolist()))
    assert found[0][1] == found[1][1] and found[0][0] == pytest.approx(found[1][0]) and found[0][2] == pytest.approx(found[1][2])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float16", "complex64"])
def test_vander_of_every_type(dtype):
    mine, theirs = (t.vander(t.tensor([1, 2, 3]).to(getattr(t, dtype)), 3) for t in (minitorch_bp, torch))
    assert mine.tolist() == theirs.tolist() and repr(mine.dtype) == repr(theirs.dtype)


@pytest.mark.parametrize("name", ["solve", "lstsq", "eig", "symeig", "matrix_rank"])
def test_removed(name):
    for t in (minitorch_bp, torch):
        with pytest.raises(RuntimeError, match="removed"):
            getattr(t, name)(t.eye(2), *([t.eye(2)] if name in ("solve", "lstsq") else []))
