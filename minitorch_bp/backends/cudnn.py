"""``torch.backends.cudnn``: flags that may be set, and a library that is not there."""

deterministic = False
benchmark = False
enabled = True


def is_available() -> bool:
    """Always False."""
    return False
