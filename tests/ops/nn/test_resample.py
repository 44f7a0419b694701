"""Interpolation where PyTorch takes a short way: to the same size, or to twice the size, of an image."""

import itertools

import numpy as np
import pytest
import torch as reference

import minitorch_bp as mt


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "area", "bilinear"])
@pytest.mark.parametrize("scale", [(1.3, 2), (2.3, 1), 1.6, 3], ids=str)
def test_scales_that_lead_to_the_same_or_the_double_size(mode, scale):
    for height in range(1, 6):
        ours, theirs = (
            t.nn.functional.interpolate(t.arange(2.0 * height).view(1, 1, height, 2), scale_factor=scale, mode=mode)
            for t in (mt, reference)
        )
        assert ours.shape == theirs.shape
        assert ours.flatten().tolist() == pytest.approx(theirs.flatten().tolist(), abs=1e-6)


def test_an_average_over_nothing():
    ours, theirs = (t.nn.functional.interpolate(t.ones(1, 1, 1, 2), scale_factor=0.6, mode="area") for t in (mt, reference))
    assert tuple(ours.shape) == tuple(theirs.shape) == (1, 1, 0, 1)


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_images_of_bytes(mode, antialias):
    """Bit for bit: with integer weights, and rounded after each dimension."""
    rng = np.random.default_rng(0)
    for size, new in itertools.product([(16, 5), (32, 32), (2, 40)], [(3, 4), (14, 18), (7, 9), (33, 11)]):
        x = rng.integers(0, 256, (2, 1, *size), dtype=np.uint8)
        ours, theirs = (
            t.nn.functional.interpolate(t.from_numpy(x), new, mode=mode, antialias=antialias).numpy() for t in (mt, reference)
        )
        assert np.array_equal(ours, theirs), (size, new)
    for t in (mt, reference):
        with pytest.raises(NotImplementedError):
            t.nn.functional.interpolate(t.ones(1, 1, 2, 2, dtype=t.int8), 3, mode=mode)
        with pytest.raises(NotImplementedError):
            t.nn.functional.interpolate(t.ones(1, 1, 4, dtype=t.uint8), 3, mode="linear")
