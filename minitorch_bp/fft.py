"""``torch.fft``: discrete Fourier transforms. They are defined in ``ops.fft``."""

from .ops import names_of

__getattr__, __dir__, __all__ = names_of("fft", globals(), Tensor="core.tensor")
