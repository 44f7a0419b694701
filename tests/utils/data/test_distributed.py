"""The shares of several processes: PyTorch's indices for every rank and epoch."""

import pytest
import torch

import minitorch_bp as mt


@pytest.mark.parametrize("n", [1, 2, 10, 11, 60])
@pytest.mark.parametrize("options", [{}, {"drop_last": True}, {"shuffle": False}, {"seed": 5, "drop_last": True}], ids=str)
def test_shares(n, options):
    results = []
    for t in (mt, torch):
        shares = []
        for rank in range(3):
            sampler = t.utils.data.DistributedSampler(range(n), 3, rank, **options)
            for epoch in (0, 7):
                sampler.set_epoch(epoch)
                shares.append((list(sampler), len(sampler), sampler.total_size))
        results.append(shares)
    assert results[0] == results[1]


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_mistakes(t):
    for arguments in ((), (2,), (2, 2), (2, -1)):
        with pytest.raises(ValueError):
            t.utils.data.distributed.DistributedSampler(range(3), *arguments)
    data = [1, 2]
    sampler = t.utils.data.DistributedSampler(data, 2, 0, shuffle=False, drop_last=True)
    data.clear()
    with pytest.raises(AssertionError):
        list(sampler)
