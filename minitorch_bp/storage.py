"""``torch.storage``: the classes of the memory behind tensors."""

from .ops.memory import TypedStorage, UntypedStorage

__all__ = ["TypedStorage", "UntypedStorage"]
