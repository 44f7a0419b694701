"""``replicate``: among accelerators only, so refused here."""

from .data_parallel import among_accelerators

_FUNCTIONS = among_accelerators("replicate")
replicate = _FUNCTIONS["replicate"]
