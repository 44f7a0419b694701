r"""Connectionist temporal classification: the probability of a label sequence, summed over all its alignments.

The forward recursion over positions of the extended labels (blank, l1, blank, l2, ..., blank), with a batch at a time, written
with differentiable operations; its derivative is the backward recursion.

Source: Graves et al., "Connectionist temporal classification", 2006.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, one_node, public, wrap
from .._shapes import full_precision_only
from ..creation import full
from ..pointwise.compare import where
from ..shape.joining import cat, stack
from .loss_reduction import check_reduction, reduced


def _as_list(lengths: Any) -> list[int]:
    return [int(n) for n in (lengths._array.reshape(-1) if isinstance(lengths, Tensor) else np.asarray(lengths).reshape(-1))]


@public("torch", "nn.functional")
def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:  # fmt: skip
    """The connectionist temporal classification loss: the negative log-probability of the targets.

    Parameters
    ----------
    log_probs : Tensor of shape (T, N, C) or (T, C)
        Logarithms of probabilities.
    targets : Tensor of shape (N, S), or all of them in a row
    input_lengths, target_lengths : Tensor or tuple of ints
        For each sample.
    blank : int
        The class that stands for nothing.
    reduction : 'mean', 'sum' or 'none'
        The mean is of the losses divided by their targets' lengths.
    zero_infinity : bool
        Infinite losses (targets that do not fit) count as 0.

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> p = torch.tensor([[[0.5, 0.5]]]).log()
    >>> torch.nn.functional.ctc_loss(p, torch.tensor([[1]]), torch.tensor([1]), torch.tensor([1]))
    tensor(0.6931)
    """
    reduction = check_reduction("ctc_loss", reduction)
    full_precision_only("ctc_loss", log_probs._array)
    if log_probs.ndim == 2:
        log_probs = log_probs.unsqueeze(1)
        losses = ctc_loss(
            log_probs, targets.reshape(1, -1), _as_list(input_lengths), _as_list(target_lengths), blank, "none", zero_infinity
        )
        size = max(_as_list(target_lengths)[0], 1)
        return losses[0] / size if reduction == "mean" else losses[0]
    if targets.dtype.category >= dtypes.FLOATING:
        raise RuntimeError(f"ctc_loss: targets must be integers, but are of type {targets.dtype!r}")
    for what, given in (("input", input_lengths), ("target", target_lengths)):
        if isinstance(given, Tensor) and given.dtype.category >= dtypes.FLOATING:
            raise RuntimeError(f"ctc_loss: {what}_lengths must be integers, but are of type {given.dtype!r}")
    steps, n, classes = log_probs.shape
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: the blank must be a class below {classes}, but is {blank}")
    lengths, sizes = _as_list(input_lengths), _as_list(target_lengths)
    if len(lengths) != n or len(sizes) != n:
        raise RuntimeError(f"ctc_loss: {len(lengths)} input and {len(sizes)} target lengths do not fit a batch of {n}")
    if any(k > steps or k < 0 for k in lengths):
        raise RuntimeError(f"ctc_loss: an input length lies beyond the {steps} steps")
    fits = max(sizes, default=0) <= targets.shape[1] if targets.ndim == 2 else sum(sizes) == targets.numel()
    if not fits or min(sizes, default=0) < 0:
        raise RuntimeError(f"ctc_loss: the target lengths {sizes} do not fit targets of shape {list(targets.shape)}")
    rows = targets._array if targets.ndim == 2 else None
    longest = max(sizes, default=0)
    if (rows is not None and longest > rows.shape[1]) or (rows is None and sum(sizes) != len(targets._array)):
        raise RuntimeError(f"ctc_loss: target lengths {sizes} do not fit targets of shape {list(targets.shape)}")
    ends = np.cumsum([0, *sizes])
    labels = [(rows[k, :m] if rows is not None else targets._array[ends[k] : ends[k + 1]]) for k, m in enumerate(sizes)]
    losses = stack([_one(log_probs[:, k], labels[k], lengths[k], blank) for k in range(n)])
    losses = one_node("CtcLossBackward0", losses, log_probs)
    if zero_infinity:
        losses = where(losses == float("inf"), (losses * 0).detach().nan_to_num(), losses)
    if reduction == "mean":
        return (losses / wrap(np.maximum(sizes, 1).astype(losses._array.dtype))).mean()
    return reduced(losses, reduction)


def _one(log_probs: Tensor, labels: np.ndarray, length: int, blank: int) -> Tensor:
    """The loss of one sample, by the forward recursion."""
    extended = np.full(2 * len(labels) + 1, blank)
    extended[1::2] = labels
    emitted = log_probs[:, wrap(extended)]  # (T, 2S + 1)
    low = -1e30  # a probability of 0 that can be subtracted from itself
    if not length:
        return emitted.sum() * 0 + (0.0 if not len(labels) else float("inf"))
    skips = np.zeros(len(extended), bool)
    skips[2:] = (extended[2:] != blank) & (extended[2:] != extended[:-2])
    start = np.full(len(extended), low)
    start[:2] = 0
    none = lambda k: full((k,), low, dtype=log_probs.dtype)
    alpha = emitted[0] + wrap(start.astype(log_probs._array.dtype))
    block = wrap(np.where(skips, 0, low).astype(log_probs._array.dtype))
    for t in range(1, length):
        before = cat([none(1), alpha[:-1]])
        skipped = cat([none(min(2, len(extended))), alpha[:-2]])[: len(extended)] + block
        alpha = stack([alpha, before, skipped]).logsumexp(0) + emitted[t]
    loss = -(alpha[-2:] if len(extended) > 1 else alpha[-1:]).logsumexp(0)
    loss = where(loss > 1e29, loss * 0 + float("inf"), loss)
    # torch takes the gradient at the scores before log_softmax for the one in the logarithms: it has their sum of probabilities.
    given = log_probs[:length].exp()
    return loss + (given - given.detach()).sum()
