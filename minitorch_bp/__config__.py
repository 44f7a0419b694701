"""``torch.__config__``: how this copy was built, and what it computes with."""

from __future__ import annotations

import os
import platform

import numpy as np

from .core import compiled
from .settings import get_num_threads


def show() -> str:
    """What this copy was built with: the modules that are compiled, if any, and the NumPy and BLAS under it.

    Returns
    -------
    str
        Several lines, to be printed.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.__config__.show().splitlines()[0]
    'minitorch_bp built with:'
    """
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]  # type: ignore[index]
    lines = [
        f"Python {platform.python_version()} ({platform.python_implementation()})",
        f"NumPy {np.__version__}, with {blas['name']} {blas.get('version', '')}".rstrip(),
        f"Build: {compiled.build()}",
    ]
    return "\n".join(["minitorch_bp built with:", *(f"  - {line}" for line in lines), ""])


def parallel_info() -> str:
    """How many threads are used, and what the environment says about it.

    Returns
    -------
    str
        Several lines, to be printed.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.__config__.parallel_info().splitlines()[0].startswith("threads of matrix products")
    True
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    lines = [f"threads of matrix products (torch.get_num_threads()): {get_num_threads()}", "of everything else: 1"]
    lines += [f"cores: {os.cpu_count()}", "Environment variables:"]
    return "\n".join([*lines, *(f"\t{name} : {os.environ.get(name, '[not set]')}" for name in names), ""])


__all__ = ["parallel_info", "show"]
