"""Helpers around modules: clipping gradients, parameters as one vector, sequences of different lengths, parametrizations."""

import importlib
from typing import Any

from . import rnn
from .clip_grad import clip_grad_norm, clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from .convert_parameters import parameters_to_vector, vector_to_parameters
from .init import skip_init

# What needs the modules, which need this package themselves, is imported when it is first named.
_LATER = {
    "parametrizations": None,
    "parametrize": None,
    "spectral_norm": "norm_hooks",
    "remove_spectral_norm": "norm_hooks",
    "weight_norm": "norm_hooks",
    "remove_weight_norm": "norm_hooks",
}

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "parameters_to_vector",
    "parametrizations",
    "parametrize",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "skip_init",
    "spectral_norm",
    "vector_to_parameters",
    "weight_norm",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'nn.utils' has no attribute {name!r}")
    home = _LATER[name]
    found = importlib.import_module("." + (home or name), __name__)
    if home is None:
        return found
    for other, place in _LATER.items():  # all of the file's: importing it has put the file itself under one of the names
        if place == home:
            globals()[other] = getattr(found, other)
    return globals()[name]
