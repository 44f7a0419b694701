"""histogram's bins: a hundred unless told otherwise, as in PyTorch."""

import numpy as np
import torch

import minitorch_bp


def test_a_hundred_bins():
    data = [0.0, 1.0, 2.5, 2.5, 9.0]
    ours, theirs = (t.histogram(t.tensor(data), density=True) for t in (minitorch_bp, torch))
    np.testing.assert_allclose(ours.hist, theirs.hist, rtol=1e-6)
    np.testing.assert_allclose(ours.bin_edges, theirs.bin_edges, rtol=1e-6)
    assert len(ours.hist) == 100
