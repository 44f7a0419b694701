"""The second table of planted bugs: of other makes than the mutants of rules and kernels, and written before the checks.

What a tired programmer might do in a rare branch, to a type, to a state that outlives a step, to printing, to random numbers.
``python -m parity mutate --planted`` plants each in a process of its own and says how long a campaign takes to find it.
"""

from . import around, beyond, branches, engine, further, numbers, surfaces, training
from .plant import Plant, plant

TABLE: list[Plant] = [
    bug for part in (branches, numbers, engine, training, around, surfaces, beyond, further) for bug in part.TABLE
]

__all__ = ["TABLE", "Plant", "plant"]
