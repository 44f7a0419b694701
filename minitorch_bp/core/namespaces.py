"""The two vocabularies in which a derivative rule can be spoken.

A rule such as ``lambda xp, grad, input: grad * xp.cos(input)`` runs with ``xp = raw`` on NumPy arrays in an ordinary
backward pass, and with ``xp = tracked`` on Tensors when the backward pass is itself recorded (``create_graph=True``),
which is all that higher derivatives need. Every primitive registers its kernel in ``raw`` and its recording function in
``tracked`` under the same name. A three-operation rule costs 1.9 us on arrays and 4 us on untracked tensors: hence two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


class Vocabulary:
    """A set of functions by name (without a ``__getattr__``, which would slow every look-up)."""

    def __init__(self, on_arrays: bool):
        self.on_arrays = on_arrays

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

        _conjugated: Any  # of complex numbers, the conjugate; others as they are (see ``ops/pointwise/complex_numbers``)
        matmul: Any
        constant: Any  # an array as an operand, and the other way round (see ``ops/_shapes``)
        array_of: Any


raw = Vocabulary(on_arrays=True)
tracked = Vocabulary(on_arrays=False)
