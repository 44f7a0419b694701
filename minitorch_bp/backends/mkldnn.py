"""``torch.backends.mkldnn``: a library that is not used here."""

enabled = False
deterministic = False


def is_available() -> bool:
    """Whether oneDNN can be used.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.mkldnn.is_available()
    False
    """
    return False
