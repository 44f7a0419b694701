"""``torch.backends.mps``: Apple's accelerator, which is not used here."""


def is_available() -> bool:
    """Whether Apple's accelerator can be used.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.mps.is_available()
    False
    """
    return False


def is_built() -> bool:
    """Whether the package was built for Apple's accelerator.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.mps.is_built()
    False
    """
    return False
