"""``view_copy`` and its kin: the values of PyTorch's, memory of their own, the gradient of the view."""

import pytest
import torch

import minitorch_bp

CASES = [
    ("alias_copy",), ("as_strided_copy", (2, 2), (3, 1), 1), ("detach_copy",), ("diagonal_copy", 1), ("expand_copy", (2, 2, 3)), ("narrow_copy", 1, 1, 2),
    ("permute_copy", (1, 0)), ("select_copy", 1, 2), ("slice_copy", 1, 0, 3, 2), ("slice_copy",), ("split_copy", 2, 1), ("split_with_sizes_copy", [1, 2], 1),
    ("squeeze_copy",), ("squeeze_copy", 0), ("t_copy",), ("transpose_copy", 0, 1), ("unbind_copy", 1), ("unfold_copy", 1, 2, 1), ("unsqueeze_copy", 1), ("view_copy", (3, 2)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_memory_and_gradient(case):
    name, *args = case
    found = []
    for t in (minitorch_bp, torch):
        x = t.arange(6.0).reshape(2, 3).requires_grad_()
        y = getattr(t, name)(x, *args)
        parts = [y] if isinstance(y, t.Tensor) else list(y)
        assert all(p.data_ptr() != x.data_ptr() and p.is_contiguous() for p in parts)
        if parts[0].requires_grad and name != "detach_copy":
            sum((k + 1) * (p * p).sum() for k, p in enumerate(parts)).backward()
        found.append(([p.tolist() for p in parts], x.grad if x.grad is None else x.grad.tolist()))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["view_as_real_copy", "view_as_complex_copy"])
def test_complex(name):
    data = [1 + 2j] if name == "view_as_real_copy" else [[1.0, 2.0]]
    assert getattr(minitorch_bp, name)(minitorch_bp.tensor(data)).tolist() == getattr(torch, name)(torch.tensor(data)).tolist()


def test_out():
    for t in (minitorch_bp, torch):
        out = t.zeros(3, 2)
        assert t.t_copy(t.arange(6.0).reshape(2, 3), out=out) is out and out[1].tolist() == [1, 4]
        parts = [t.zeros(2), t.zeros(1)]
        t.split_copy(t.arange(3.0), 2, out=parts)
        assert [p.tolist() for p in parts] == [[0, 1], [2]]
        x = t.arange(3.0)
        assert x.narrow_copy(0, 1, 2).tolist() == [1, 2]
        with pytest.raises((RuntimeError, IndexError)):
            t.narrow_copy(x, 0, 2, 2)
