"""Losses against PyTorch: the types of targets, weights, the names of nodes, and what is refused."""

import numpy as np
import pytest
import torch as reference

import minitorch_bp as torch

CLASSES = ["F.cross_entropy(x, y.to(t.{}))", "F.nll_loss(x, y.to(t.{}))", "F.cross_entropy(x, y.to(t.{}), label_smoothing=0.1)",
           "F.one_hot(y.to(t.{}))", "F.embedding(y.to(t.{}) * 0, x)", "F.nll_loss(x.detach().to(t.{}), y)"]  # fmt: skip
TARGETS = ["F.binary_cross_entropy_with_logits(q, s.to(t.{}))", "F.binary_cross_entropy_with_logits(q.detach().to(t.{}), s)",
           "F.binary_cross_entropy(q, s.to(t.{}))", "F.mse_loss(a, b.to(t.{}))"]  # fmt: skip
TYPES = ["int8", "int16", "int32", "int64", "uint8", "bool", "float32", "float64"]
REDUCED = [
    "F.cross_entropy(x, p, reduction={})", "F.cross_entropy(x, p, weight=w, label_smoothing=0.1, reduction={})",
    "F.cross_entropy(x[0], p[0], reduction={})", "F.cross_entropy(x.detach()[0], t.tensor([1]), reduction={})",
    "F.nll_loss(x.detach()[0], t.tensor([1]), reduction={})", "F.binary_cross_entropy(q, s, weight=t.tensor([1.0, 3.0]), reduction={})",
    "F.mse_loss(a, b, weight=w, reduction={})", "F.l1_loss(a, b, weight=w, reduction={})", "F.mse_loss(a, b, weight=w[:2], reduction={})",
    "F.smooth_l1_loss(a, b, beta=0.0, reduction={})",
]  # fmt: skip
NOT_TENSORS = [
    "F.mse_loss(a, {})", "F.l1_loss({}, a)", "F.smooth_l1_loss(a, {})", "F.huber_loss(a, {})", "F.kl_div(a, {})", "F.nll_loss({}, y)",
    "F.cross_entropy(x, y, weight={})", "F.nll_loss(x, y, weight={})", "F.binary_cross_entropy_with_logits(q, {})",
    "F.binary_cross_entropy_with_logits(q, s, pos_weight={})", "F.binary_cross_entropy_with_logits(q, s, weight={})",
    "F.binary_cross_entropy(q, s, weight={})", "F.one_hot({})", "F.embedding({}, x)", "F.embedding(y, {})",
]  # fmt: skip
MODULES = ["MSELoss(a, b)", "CrossEntropyLoss(x, y)", "L1Loss(a, b)", "BCELoss(q, s)", "NLLLoss(x, y)", "BCEWithLogitsLoss(q, s)",
           "KLDivLoss(a, b)", "MSELoss(reduction='other')", "MSELoss(reduction='other')(a, b)", "MSELoss(size_average=False)(a, b)",
           "MSELoss(reduce=False)(a, b)", "MSELoss(False, True)(a, b)", "MSELoss(0, 0)(a, b)"]  # fmt: skip
ONE_HOT = ["F.one_hot(y[:0])", "F.one_hot(y[:0], 3)", "F.one_hot(y, -2)", "F.one_hot(y, 2.0)", "F.one_hot(y, 4)", "F.one_hot(y, 1)"]


def outcome(t, expression):
    x = t.tensor([[1.0, 2.0, 3.0], [1.0, 0.0, -1.0]], requires_grad=True)
    q, a = t.tensor([0.3, 0.6], requires_grad=True), t.tensor([1.0, 2.0, 3.0], requires_grad=True)
    p, b, w = t.tensor([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]), t.tensor([1.0, 2.0, 4.0]), t.tensor([1.0, 1.0, 2.0])
    names = {"t": t, "F": t.nn.functional, "nn": t.nn, "np": np, "x": x, "q": q, "a": a, "p": p, "b": b, "w": w}
    names |= {"y": t.tensor([2, 1]), "s": t.tensor([0.0, 1.0])}
    try:
        value = eval(expression, names)
    except Exception as error:
        return type(error).__name__
    if not isinstance(value, t.Tensor):
        return repr(value)
    if value.requires_grad:
        value.sum().backward()
    gradients = [g.grad.tolist() for g in (x, q, a) if g.grad is not None]
    return (
        str(value.dtype),
        type(value.grad_fn).__name__,
        pytest.approx(value.detach().flatten().tolist()),
        np.round(gradients, 5).tolist(),
    )


def same(expression):
    ours, wanted = outcome(torch, expression), outcome(reference, expression)
    if isinstance(wanted, tuple) and isinstance(ours, tuple):
        ours = (*ours[:2], ours[2].expected, ours[3])
        ours = (ours[0].replace("minitorch_bp", "torch"), *ours[1:])
    assert ours == wanted, expression


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("use", CLASSES + TARGETS)
def test_types_of_targets(use, dtype):
    same(use.format(dtype))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("use", REDUCED)
def test_weights_and_reductions(use):
    for reduction in ("'mean'", "'sum'", "'none'"):
        same(use.format(reduction))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("use", NOT_TENSORS)
def test_what_is_not_a_tensor(use):
    for value in ("[1.0, 2.0, 3.0]", "1.0", "'a'"):
        same(use.format(value))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", MODULES)
def test_modules_check_when_they_are_called(expression):
    same("nn." + expression)


@pytest.mark.parametrize("expression", ONE_HOT)
def test_one_hot(expression):
    same(expression)


@pytest.mark.parametrize("kind", ["int64", "int32", "bool"])
@pytest.mark.parametrize("t", [torch, reference], ids=["ours", "torch"])
def test_integer_targets_are_refused(t, kind):
    """Labels have to be turned into floating-point numbers first, also for a Bernoulli distribution."""
    logits, labels = t.zeros(2), t.ones(2, dtype=getattr(t, kind))
    with pytest.raises(RuntimeError):
        t.nn.functional.binary_cross_entropy_with_logits(logits, labels)
    with pytest.raises(RuntimeError):
        t.distributions.Bernoulli(logits=logits).log_prob(labels)
