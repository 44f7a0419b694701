"""``torch._subclasses.fake_tensor``: PyTorch's compiler computes with tensors that have a shape and no memory. Here all have memory."""

from typing import Any


def is_fake(x: Any) -> bool:
    """Whether a tensor has no memory.

    Parameters
    ----------
    x : any

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp._subclasses.fake_tensor import is_fake
    >>> is_fake(torch.ones(1))
    False
    """
    return False
