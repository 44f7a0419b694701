"""Numbers that PyTorch's tracer does not know yet. Nothing is traced here, so none is ever made: libraries ask ``isinstance``."""

from __future__ import annotations


class SymInt:
    """An int that is not known yet, such as a size; there is none here.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> isinstance(torch.ones(2).shape[0], torch.SymInt)
    False
    """


class SymFloat:
    """A float that is not known yet; there is none here.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> isinstance(1.5, torch.SymFloat)
    False
    """


class SymBool:
    """A bool that is not known yet; there is none here.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> isinstance(True, torch.SymBool)
    False
    """
