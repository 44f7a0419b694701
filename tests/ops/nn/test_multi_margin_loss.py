"""Margin losses of several classes: the values of PyTorch, ties included, and what they refuse."""

import numpy as np
import pytest
import torch

import minitorch_bp

INPUT = [[0.1, 0.2, 0.4, -1.0], [1.0, 0.0, 0.0, 1.0], [2.0, float("nan"), 0.5, float("inf")]]  # 1 - 1 + 0: a margin just kept
LABELS = [[2, -1, 0, 1], [0, 3, -1, 2], [0, 2, 0, -1]]


def run(torch, reduction, dtype):
    x = torch.tensor(INPUT, dtype=getattr(torch, dtype), requires_grad=True)
    loss = torch.nn.functional.multilabel_margin_loss(x, torch.tensor(LABELS), reduction=reduction)
    weights = torch.arange(1, loss.numel() + 1).reshape(loss.shape)
    (loss * weights).sum().backward()
    return loss.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_several_labels(reduction, dtype):
    for ours, theirs in zip(run(minitorch_bp, reduction, dtype), run(torch, reduction, dtype), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6 if dtype == "float32" else 1e-14)


def test_only_a_class_or_minus_1_is_a_label():
    for framework in (torch, minitorch_bp):
        for label in (-2, 4):
            with pytest.raises(RuntimeError, match="target"):
                framework.nn.functional.multilabel_margin_loss(framework.ones(1, 4), framework.tensor([[0, label, 1, 2]]))


def test_targets_are_kept_for_the_gradient():
    for framework in (torch, minitorch_bp):
        x, target = framework.ones(1, 2, requires_grad=True), framework.tensor([[0, -1]])
        loss = framework.nn.functional.multilabel_margin_loss(x, target)
        target.zero_()
        with pytest.raises(RuntimeError, match="modified"):
            loss.backward()


def test_there_is_no_second_derivative():
    for framework in (torch, minitorch_bp):
        x = framework.tensor([[0.5, 0.2]], requires_grad=True)
        loss = framework.nn.functional.multilabel_margin_loss(x, framework.tensor([[0, -1]]))
        (first,) = framework.autograd.grad(loss, x, create_graph=True)
        assert first.tolist() == [[-0.5, 0.5]]
        with pytest.raises(RuntimeError):
            first.sum().backward()
