"""What the files of ``ops`` are written with: tensors and types, and the declarations of an operation."""

import functools
from typing import Any

from ..core import dtype as dtypes
from ..core.chain import one_node
from ..core.graph import shown_as
from ..core.inplace import apply_in_place, written
from ..core.primitive import primitive
from ..core.public import attach, is_operand, operators, public, reflected
from ..core.tensor import Tensor, wrap

#: What a parameter is declared as that takes a tensor or None: the front of its function checks it (see ``public``).
MaybeTensor = Any

__all__ = [
    "MaybeTensor", "Tensor", "apply_in_place", "attach", "by_second", "dtypes", "float_primitive", "is_operand", "one_node", "operators", "primitive", "public", "reflected", "shown_as", "wrap", "written",
]  # fmt: skip


def by_second(number: str, tensor: str) -> Any:
    """The name of a node that PyTorch calls otherwise if the second operand is a tensor (here: one that needs a gradient)."""
    return lambda node: number if node.edges[1] is None else tensor


#: A primitive whose one operand is brought to a float type first, as sin and erf and most functions of one number do.
float_primitive = functools.partial(primitive, promote="float", promoted=("input",))
