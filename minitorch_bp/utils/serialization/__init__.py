"""``torch.utils.serialization``: what ``save`` and ``load`` do unless a call says otherwise."""

from . import config as config

__all__ = ["config"]
