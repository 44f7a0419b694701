"""``torch.linalg``: linear algebra on matrices and batches of them. The functions stand in ``ops/linalg``."""

from ..ops import names_of
from ..ops.linalg.decompositions import LinAlgError as LinAlgError

__getattr__, __dir__, __all__ = names_of("linalg", globals(), "LinAlgError")
