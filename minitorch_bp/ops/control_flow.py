"""``cond``: one of two functions, chosen by a tensor."""

from __future__ import annotations

from typing import Any

from ._base import Tensor, public


@public("torch")
def cond(pred: Any, true_fn: Any, false_fn: Any, operands: Any = ()) -> Any:
    """``true_fn(*operands)`` if the condition holds, else ``false_fn(*operands)``.

    Parameters
    ----------
    pred : bool or Tensor
        A condition.
    true_fn, false_fn : function
        Of the operands.
    operands : tuple

    Returns
    -------
    object
        What the chosen function returns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cond(torch.tensor(True), lambda x: x + 1, lambda x: x - 1, (torch.tensor(1),))
    tensor(2)
    """
    if not isinstance(pred, (bool, Tensor)):
        raise RuntimeError(f"cond: expected a bool or a tensor of one bool, but got {type(pred).__name__}")
    if isinstance(pred, Tensor) and pred.numel() != 1:
        raise RuntimeError(f"cond: expected a condition of one element, but got shape {list(pred.shape)}")
    return (true_fn if pred else false_fn)(*operands)
