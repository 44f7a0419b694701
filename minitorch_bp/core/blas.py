"""How many threads NumPy's matrix products use: OpenBLAS can be told at any time, through the library that NumPy has loaded."""

from __future__ import annotations

import functools
import importlib
from typing import Any


@functools.cache
def _function(name: str) -> Any:
    """OpenBLAS's function, by whatever name it was built; None with another BLAS, or where libraries can't be asked."""
    try:
        import ctypes

        library = ctypes.CDLL(importlib.import_module("numpy._core._multiarray_umath").__file__)
    except (ImportError, OSError, TypeError):
        return None
    for built in (f"scipy_openblas_{name}64_", f"scipy_openblas_{name}", f"openblas_{name}64_", f"openblas_{name}"):
        function = getattr(library, built, None)
        if function is not None:
            return function
    return None


def set_threads(threads: int) -> None:
    """Let products use so many threads, if the BLAS can be told."""
    function = _function("set_num_threads")
    if function is not None:
        function(threads)


def threads() -> int | None:
    """How many threads products use; None if that is not known."""
    function = _function("get_num_threads")
    return None if function is None else int(function())


def kernels() -> str | None:
    """The processor whose kernels products run on, such as ``'SkylakeX'``; None if that is not known."""
    function = _function("get_corename")
    if function is None:
        return None
    function.restype = importlib.import_module("ctypes").c_char_p
    return str(function().decode())
