"""Losses: what they refuse."""

import pytest
import torch

import minitorch_bp as mt


@pytest.mark.parametrize("kind", ["int64", "int32", "bool"])
@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_binary_cross_entropy_with_logits_refuses_integer_targets(t, kind):
    """As PyTorch: labels have to be turned into floating-point numbers."""
    logits, labels = t.zeros(2), t.ones(2, dtype=getattr(t, kind))
    with pytest.raises(RuntimeError):
        t.nn.functional.binary_cross_entropy_with_logits(logits, labels)
    with pytest.raises(RuntimeError):
        t.distributions.Bernoulli(logits=logits).log_prob(labels)
