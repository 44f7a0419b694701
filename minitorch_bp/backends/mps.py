"""``torch.backends.mps``: Apple's accelerator, which is not used here."""


def is_available() -> bool:
    """Always False."""
    return False


def is_built() -> bool:
    """Always False."""
    return False
