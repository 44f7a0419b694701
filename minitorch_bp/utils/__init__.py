"""``torch.utils``: loading data, checkpointing, handles of hooks."""

from . import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]
