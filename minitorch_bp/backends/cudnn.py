"""``torch.backends.cudnn``: flags that may be set, and a library that is not there."""

deterministic = False
benchmark = False
enabled = True


def is_available() -> bool:
    """Whether cuDNN can be used.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cudnn.is_available()
    False
    """
    return False
