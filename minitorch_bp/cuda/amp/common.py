"""``torch.cuda.amp.common``: whether a GPU can be asked for mixed precision."""


def amp_definitely_not_available() -> bool:
    """Whether there is no CUDA device whose mixed precision could be used.

    Returns
    -------
    bool
        True.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.amp.common.amp_definitely_not_available()
    True
    """
    return True


__all__ = ["amp_definitely_not_available"]
