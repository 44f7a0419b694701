"""What ``embedding_bag`` refuses, with PyTorch's types of errors."""

import pytest
import torch
import torch.nn.functional

import minitorch_bp

MISTAKES = {
    "first offset": lambda t, w: t.nn.functional.embedding_bag(t.tensor([1, 2]), w, t.tensor([1])),
    "offset beyond": lambda t, w: t.nn.functional.embedding_bag(t.tensor([1, 2]), w, t.tensor([0, 5])),
    "no offsets": lambda t, w: t.nn.functional.embedding_bag(t.tensor([1, 2]), w),
    "offsets of a matrix": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[1, 2]]), w, t.tensor([0])),
    "index": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[1, 4]]), w),
    "negative index": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[1, -1]]), w, mode="sum"),
    "index, weighted": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[1, 4]]), w, mode="sum", per_sample_weights=t.ones(1, 2)),
    "index beside padding": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[0, 4]]), w, mode="max", padding_idx=0),
    "padding": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[1, 2]]), w, padding_idx=4),
    "negative padding": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[1, 2]]), w, padding_idx=-5),
    "weights of another type": lambda t, w: t.nn.functional.embedding_bag(t.tensor([[1, 2]]), w, mode="sum", per_sample_weights=t.ones(1, 2).double()),
    "module's padding": lambda t, w: t.nn.EmbeddingBag(4, 2, padding_idx=4),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    kinds = []
    for t in (minitorch_bp, torch):
        with pytest.raises(Exception) as caught:
            MISTAKES[name](t, t.ones(4, 2))
        kinds.append(caught.type)
    assert kinds[0] is kinds[1]
