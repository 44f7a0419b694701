"""Sobol's sequence: PyTorch's points, bit by bit, scrambled or not."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@pytest.mark.parametrize("scramble", [False, True])
@pytest.mark.parametrize("dimension", [1, 2, 7, 300])
def test_points(dimension, scramble):
    found = []
    for t in (minitorch_bp, torch):
        engine = t.quasirandom.SobolEngine(dimension, scramble=scramble, seed=11 if scramble else None)
        points = [engine.draw(n).tolist() for n in (1, 4, 2)]
        points.append(engine.fast_forward(9).draw(3, dtype=t.float64).tolist())
        points.append(engine.reset().draw_base2(3).tolist())
        points.append(t.quasirandom.SobolEngine(dimension).fast_forward(5).draw(2, out=t.empty(2, dimension)).tolist())
        found.append((points, repr(engine), engine.num_generated))
    assert found[0] == found[1]


def test_the_default_generator_scrambles():
    found = []
    for t in (minitorch_bp, torch):
        t.manual_seed(2)
        found.append((t.quasirandom.SobolEngine(3, True).draw(5).tolist(), t.rand(1).item()))
    assert found[0] == found[1]


@BOTH
def test_refusals(t):
    for dimension in (0, t.quasirandom.SobolEngine.MAXDIM + 1):
        with pytest.raises(ValueError):
            t.quasirandom.SobolEngine(dimension)
    engine = t.quasirandom.SobolEngine(1)
    engine.draw(3)
    with pytest.raises(ValueError):
        engine.draw_base2(3)
