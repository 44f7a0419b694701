"""``torch.backends.opt_einsum``: a library that is not used here."""

enabled = False
strategy = None


def is_available() -> bool:
    """Whether the order of products is chosen by opt_einsum.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.opt_einsum.is_available()
    False
    """
    return False
