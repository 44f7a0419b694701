"""What the files of ``ops`` are written with: tensors and types, and the declarations of an operation."""

from ..core import dtype as dtypes
from ..core.graph import shown_as
from ..core.inplace import apply_in_place, written
from ..core.primitive import primitive
from ..core.public import attach, is_operand, operators, public, reflected
from ..core.tensor import Tensor, wrap

__all__ = [
    "Tensor", "apply_in_place", "attach", "dtypes", "is_operand", "operators", "primitive", "public", "reflected", "shown_as", "wrap", "written",
]  # fmt: skip
