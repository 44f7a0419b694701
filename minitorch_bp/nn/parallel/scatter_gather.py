"""``gather`` and ``scatter``: among accelerators only, so refused here."""

from .data_parallel import among_accelerators

_FUNCTIONS = among_accelerators("gather scatter")
gather = _FUNCTIONS["gather"]
scatter = _FUNCTIONS["scatter"]
