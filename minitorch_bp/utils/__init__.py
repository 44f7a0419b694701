"""``torch.utils``: loading data."""

from . import data

__all__ = ["data"]
