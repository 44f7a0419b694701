"""``cond`` and ``while_loop``: one of two functions, and one again and again, as a tensor says."""

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


@public("torch")
def while_loop(cond_fn: Any, body_fn: Any, carried_inputs: Any) -> Any:
    """Replace the values by ``body_fn(*values)`` as long as ``cond_fn(*values)`` holds.

    Parameters
    ----------
    cond_fn : function
        To a bool, or a tensor of one.
    body_fn : function
        To values of the same structure.
    carried_inputs : tuple or list
        The values to begin with.

    Returns
    -------
    object
        The last values.

    Raises
    ------
    RuntimeError
        If the condition has more than one element, or the arguments are of other types.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.while_loop(lambda x: x < 100, lambda x: (x * 2,), (torch.tensor(3),))
    (tensor(192),)
    """
    if not callable(cond_fn) or not callable(body_fn):
        raise RuntimeError("while_loop: the condition and the body must be functions")
    if not isinstance(carried_inputs, (tuple, list)):
        raise RuntimeError(f"while_loop: the values must be a tuple or a list, but are a {type(carried_inputs).__name__}")
    values: Any = carried_inputs
    while True:
        each = tuple(values) if isinstance(values, (tuple, list)) else (values,)
        if not cond(cond_fn(*each), lambda: True, lambda: False):
            return values
        values = body_fn(*each)
