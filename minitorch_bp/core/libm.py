"""Elementary functions to the C library's last bit.

PyTorch's float64 normals (and exponentials, and so on) call the C library's ``log`` one number at a time, and so does
Python's ``math``. NumPy may use vectorized functions of its own, which differ in the last bit now and then (on a processor
with AVX-512, NumPy 2.4: ``log`` in 0.4%, ``log1p`` in 7%, ``exp`` in 5% of the arguments; ``sin`` and ``cos`` never). So
each function is compared once, on first use, and taken from ``math`` where it differs: 65 to 90 ns a number instead of 1.

Only float64 results need this. A float32 result is rounded from float64, which hides the last bit but once in 2**29.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

_RANGES = {"log": (0.0, 1.0), "log1p": (-1.0, 0.0), "exp": (-6.0, 6.0), "tan": (-1.5, 1.5), "sin": (0.0, 6.3), "cos": (0.0, 6.3)}
_chosen: dict[str, Callable[[np.ndarray], np.ndarray]] = {}


def exact(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """The function of float64 arrays whose results have the same bits as ``math.name``'s.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> from minitorch_bp.core.libm import exact
    >>> bool(exact("log")(np.array([0.3]))[0] == math.log(0.3))
    True
    """
    function = _chosen.get(name)
    if function is None:
        low, high = _RANGES[name]
        probe = low + (high - low) * ((np.arange(1, 4001) * 0.6180339887498949) % 1.0)
        vectorized, scalar = getattr(np, name), _one_by_one(name)
        function = _chosen[name] = vectorized if np.array_equal(vectorized(probe), scalar(probe)) else scalar
    return function


def _one_by_one(name: str) -> Callable[[np.ndarray], np.ndarray]:
    function = getattr(math, name)

    def apply(x: np.ndarray) -> np.ndarray:
        flat = x.reshape(-1)
        try:
            return np.fromiter(map(function, flat.tolist()), np.float64, flat.size).reshape(x.shape)
        except (ValueError, OverflowError):  # math raises at log(0) and exp(1000), where the result is infinite
            with np.errstate(all="ignore"):
                result: np.ndarray = getattr(np, name)(x)
                return result

    return apply
