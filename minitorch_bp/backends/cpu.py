"""``torch.backends.cpu``: what the CPU can do is NumPy's affair."""


def get_cpu_capability() -> str:
    """The name of the vector instructions that PyTorch would use.

    Returns
    -------
    str
        'DEFAULT': none are chosen here.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cpu.get_cpu_capability()
    'DEFAULT'
    """
    return "DEFAULT"
