"""Freed arrays are kept for the next ones, where the C library can be told to.

A training step frees the arrays that the next step will want again. The GNU C library gives large ones back to the system
at once, and faults them in anew, a page of 4 KB after the other and each zeroed first: 3,900 faults in a step of
``(exp(-x * x) * sigmoid(x)).sum().backward()`` on a million floats, more than half of its time. So at import the library is
told (``mallopt``) to keep up to 256 MB of freed memory. That holds for the whole process; the memory that is in use at once does
not grow, but a process keeps what it has needed, up to that size, where it would shrink in between.

``MINITORCH_BP_KEEP_MEMORY=0`` in the environment leaves the library alone, and so do its own variables (``MALLOC_TRIM_THRESHOLD_``,
``MALLOC_MMAP_THRESHOLD_``, ``MALLOC_TOP_PAD_``, ``GLIBC_TUNABLES``). Other C libraries have no such setting: nothing happens there.
"""

from __future__ import annotations

import os
import sys

KEPT = 1 << 28
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of <malloc.h>
_VARIABLES = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_", "GLIBC_TUNABLES")


def keep_freed_memory() -> bool:
    """Tell the C library to keep freed memory, and return whether it does so for us."""
    if sys.platform != "linux" or os.environ.get("MINITORCH_BP_KEEP_MEMORY") == "0" or any(v in os.environ for v in _VARIABLES):
        return False
    try:
        import ctypes  # NumPy has loaded it

        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 - AttributeError for any other C library
        # Older versions refuse more than 32 MB for arrays that get a mapping of their own.
        large = library.mallopt(_MMAP_THRESHOLD, KEPT) or library.mallopt(_MMAP_THRESHOLD, 1 << 25)
        return bool(large and library.mallopt(_TRIM_THRESHOLD, KEPT))
    except (ImportError, AttributeError, OSError, TypeError):
        return False


#: Whether this process keeps freed memory because of this package.
keeps_freed_memory = keep_freed_memory()
