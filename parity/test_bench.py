"""The workloads of the benchmark run in both frameworks, and by hand."""

import pytest
import torch

import minitorch_bp

from . import bench
from .bench_work import BY_HAND, WORK, geometric_mean


@pytest.mark.parametrize("name", WORK)
def test_both_frameworks_take_the_step(name):
    for framework in (minitorch_bp, torch):
        step = WORK[name](framework)
        step()
        step()


def test_by_hand():
    assert set(BY_HAND) < set(WORK)
    for make in BY_HAND.values():
        make()()


def test_the_mean_of_ratios_is_geometric():
    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)


def test_profile(capsys):
    assert bench.profile("lecture") == 0
    assert "_run" in capsys.readouterr().out  # the engine's loop
    assert bench.profile("no such work") == 2
