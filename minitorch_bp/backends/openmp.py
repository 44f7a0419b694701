"""``torch.backends.openmp``: threads inside a function, which only NumPy's BLAS has here."""


def is_available() -> bool:
    """Whether functions run on several threads by OpenMP.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.openmp.is_available()
    False
    """
    return False
