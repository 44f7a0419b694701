"""What a tensor may be in PyTorch and is not here: the questions have PyTorch's answers for an ordinary tensor."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@BOTH
def test_answers(t):
    x = t.arange(6.0).reshape(2, 3)
    assert not any(
        [t.is_conj(x), x.is_conj(), t.is_neg(x), x.is_neg(), t.is_distributed(x), x.is_pinned(), x.is_shared(), x.volatile]
    )
    assert not any([x.is_xpu, x.is_ipu, x.is_xla, x.is_mtia, x.is_maia, x.is_vulkan])
    assert x.resolve_conj() is x and t.resolve_neg(x) is x and t.get_device(x) == -1 and x.const_data_ptr() == x.data_ptr()
    assert (x.sparse_dim(), x.dense_dim(), x.dim_order(), x.t().dim_order()) == (0, 2, (0, 1), (1, 0))
    assert x.is_set_to(x.view(2, 3)) and not x.is_set_to(x.clone()) and not x.is_set_to(x.view(3, 2))
    assert x.storage_type().__name__ == "FloatStorage"
    for name in ("is_coalesced", "coalesce", "values", "indices", "crow_indices", "col_indices", "ccol_indices", "row_indices"):
        with pytest.raises(RuntimeError):
            getattr(x, name)()
    with pytest.raises(RuntimeError, match="removed"):
        x.reinforce(1.0)


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_conjugates_and_shapes(t):
    assert t.resolve_conj(t.tensor([1j]).conj()).tolist() == [-1j]
    assert t.arange(4).resize_as(t.ones(2, 2)).tolist() == [[0, 1], [2, 3]]
    with pytest.raises(RuntimeError):
        t.ones(2, 2, 2).as_strided((2, 2), (1, 1)).dim_order(ambiguity_check=True)
