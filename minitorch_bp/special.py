"""``torch.special``: special functions. Values are SciPy's; the functions and their derivative rules stand in ``ops/special``."""

from .ops import names_of

__getattr__, __dir__, __all__ = names_of("special", globals(), Tensor="core.tensor")
