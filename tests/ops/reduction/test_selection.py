"""``topk`` and ``kthvalue``: what k may be."""

import numpy as np
import pytest
import torch

import minitorch_bp


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["ours", "torch"])
def test_k_is_an_int(t):
    x = t.tensor([3.0, 1.0, 2.0])
    for k in (2, np.int64(2), t.tensor(2)):
        assert x.topk(k).values.tolist() == [3, 2] and x.kthvalue(k).values == 2
    for k in (2.0, True, np.float32(2), "2", None):
        with pytest.raises(TypeError):
            x.topk(k)
        with pytest.raises(TypeError):
            x.kthvalue(k)
