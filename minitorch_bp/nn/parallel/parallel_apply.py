"""``parallel_apply``: among accelerators only, so refused here."""

from .data_parallel import among_accelerators

_FUNCTIONS = among_accelerators("parallel_apply")
parallel_apply = _FUNCTIONS["parallel_apply"]
