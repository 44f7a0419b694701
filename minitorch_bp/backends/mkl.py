"""``torch.backends.mkl``: a library that is not used here, unless NumPy uses it."""


def is_available() -> bool:
    """Whether MKL is linked.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.mkl.is_available()
    False
    """
    return False
