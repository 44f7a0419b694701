"""Losses and distances of tensors of two types: the type of the result, its value, or the kind of error are PyTorch's."""

import itertools
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt

TYPES = ["float32", "float64", "float16", "bfloat16", "int64", "bool"]
RNG = np.random.default_rng(0)
A, B = RNG.uniform(0.1, 0.9, (2, 3, 4))
CLASSES = np.array([0, 1, 3])

LOSSES = {
    "l1": lambda F, a, b, c: F.l1_loss(a, b),
    "mse": lambda F, a, b, c: F.mse_loss(a, b),
    "smooth_l1, beta 0": lambda F, a, b, c: F.smooth_l1_loss(a, b, beta=0.0),
    "huber": lambda F, a, b, c: F.huber_loss(a, b),
    "huber, elements": lambda F, a, b, c: F.huber_loss(a, b, reduction="none"),
    "soft_margin": lambda F, a, b, c: F.soft_margin_loss(a, b),
    "cross entropy, two classes": lambda F, a, b, c: F.binary_cross_entropy(a, b),
    "its weight": lambda F, a, b, c: F.binary_cross_entropy(a, a.detach(), weight=b),
    "with logits": lambda F, a, b, c: F.binary_cross_entropy_with_logits(a, b),
    "weight of that": lambda F, a, b, c: F.binary_cross_entropy_with_logits(a, a.detach() * 0 + 0.5, weight=b),
    "pos_weight": lambda F, a, b, c: F.binary_cross_entropy_with_logits(a, a.detach() * 0 + 0.5, pos_weight=b[0]),
    "poisson": lambda F, a, b, c: F.poisson_nll_loss(a, b),
    "gaussian": lambda F, a, b, c: F.gaussian_nll_loss(a, a.detach(), b),
    "pairwise_distance": lambda F, a, b, c: F.pairwise_distance(a, b),
    "triplet": lambda F, a, b, c: F.triplet_margin_loss(a, b, a.detach() + 0.1),
    "triplet with distance": lambda F, a, b, c: F.triplet_margin_with_distance_loss(a, a.detach() + 0.1, b, swap=True),
    "cosine_embedding": lambda F, a, b, c: F.cosine_embedding_loss(a, b, c * 0 + 1),
    "multi_margin": lambda F, a, b, c: F.multi_margin_loss(a, c, weight=b[0]),
    "multilabel_margin": lambda F, a, b, c: F.multilabel_margin_loss(a, b),
    "pdist": lambda F, a, b, c: F.pdist(a),
}


def outcome(t, loss, first, second):
    """The type and the values of a loss, or the kind of error."""
    a, b = t.tensor(A).to(getattr(t, first)), t.tensor(B).to(getattr(t, second))
    try:
        result = loss(t.nn.functional, a, b, t.tensor(CLASSES))
    except Exception as error:
        return type(error).__name__, None
    return str(result.dtype).removeprefix("torch."), np.array(result.double().tolist())


@pytest.mark.parametrize("name", LOSSES)
def test_two_types(name):
    for first, second in itertools.product(TYPES, TYPES):
        (kind, here), (wanted, there) = (outcome(t, LOSSES[name], first, second) for t in (mt, torch))
        assert kind == wanted, (first, second)
        if there is not None:
            least = max(
                1e-6 if {first, second} != {"float64"} else 1e-12,
                *({"float16": 2e-3, "bfloat16": 2e-2}.get(d, 0) for d in (first, second)),
            )
            np.testing.assert_allclose(here, there, rtol=least, atol=least, err_msg=f"{first}, {second}")


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_distances_of_two_types(t):
    x = t.ones(2, 3)
    for second in ("float64", "float16", "bfloat16"):
        y = x.to(getattr(t, second)) * 2
        for distance in (t.cosine_similarity, t.pairwise_distance, t.dist):
            wanted = t.float64 if second == "float64" else t.float32
            assert distance(x, y).dtype is wanted and distance(y, x).dtype is wanted
        with pytest.raises(RuntimeError):
            t.cdist(x, y)
    with pytest.raises(NotImplementedError):
        t.cdist(x.half(), x.half())
    assert t.dist(x.half(), x.bfloat16()).dtype is t.float32


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_the_mean_of_a_divergence_warns(t):
    log, p = t.tensor([[0.2, 0.8]]).log(), t.tensor([[0.5, 0.5]])
    with pytest.warns(UserWarning, match="batchmean"):
        t.nn.functional.kl_div(log, p)
    with pytest.warns(UserWarning, match="batchmean"):
        t.nn.KLDivLoss()(log, p)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for reduction in ("batchmean", "sum", "none"):
            t.nn.functional.kl_div(log, p, reduction=reduction)
