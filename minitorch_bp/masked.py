"""``torch.masked``: reductions and normalizations under a boolean mask. They are defined in ``ops.masked``."""

from .ops import names_of

__getattr__, __dir__, __all__ = names_of("masked", globals())
