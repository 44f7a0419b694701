"""SciPy's special functions, imported when one of them is first needed."""

from __future__ import annotations

from typing import Any


def _special() -> Any:
    """scipy.special, imported on first use: it costs more than all of this package."""
    import scipy.special

    return scipy.special
