"""Functions of real numbers only: complex ones are refused where, as in PyTorch, no kernel takes them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

_ndarray = np.ndarray


def of_reals(name: str, kernel: Any, error: type[Exception] = NotImplementedError) -> Any:
    """The kernel, for operands that are not complex; on the usual types of floats the plain one runs."""

    @functools.wraps(kernel)
    def computed(*args: Any, **options: Any) -> Any:
        for a in args:
            if a.__class__ is _ndarray and a.dtype.kind == "c":
                raise error(f"{name} is not defined for complex numbers: take .abs(), .real or .imag first")
        return kernel(*args, **options)

    return computed
