"""``torch.cuda.random``: the functions of :mod:`torch.cuda` for its random generators, of which there are none."""

from . import without_device as _without_device

_NAMES = "get_rng_state get_rng_state_all set_rng_state set_rng_state_all seed seed_all initial_seed"
globals().update({name: _without_device.FUNCTIONS[name] for name in _NAMES.split()})


def manual_seed(seed: int) -> None:
    """Seed the generator of the CUDA device: there is nothing to seed."""


manual_seed_all = manual_seed
__all__ = ["manual_seed", "manual_seed_all", *_NAMES.split()]
