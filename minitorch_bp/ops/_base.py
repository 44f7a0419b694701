"""What the files of ``ops`` are written with: tensors and types, and the declarations of an operation."""

import functools

from ..core import dtype as dtypes
from ..core.graph import shown_as
from ..core.inplace import apply_in_place, written
from ..core.primitive import primitive
from ..core.public import attach, is_operand, operators, public, reflected
from ..core.tensor import Tensor, wrap

__all__ = [
    "Tensor", "apply_in_place", "attach", "dtypes", "float_primitive", "is_operand", "operators", "primitive", "public", "reflected", "shown_as", "wrap", "written",
]  # fmt: skip

#: A primitive whose one operand is brought to a float type first, as sin and erf and most functions of one number do.
float_primitive = functools.partial(primitive, promote="float", promoted=("input",))
