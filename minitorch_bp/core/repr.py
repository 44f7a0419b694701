"""How tensors print: PyTorch's layout, character for character.

A tensor's elements share one format, chosen from the smallest and the largest that are printed: whole numbers get a
bare point, numbers of very different size get exponents. Large tensors show only their edges.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtype as dtypes
from .tensor import Tensor
from .view import grad_fn, requires_grad

if TYPE_CHECKING:
    from collections.abc import Callable


class _Options:
    """What :func:`set_printoptions` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


options = _Options()
#: what other files add to a tensor's text: forward mode its tangent
suffixes_of_others: list[Callable[[Tensor], str]] = []
#: what gives a tensor another text: the transformations of ``torch.func``
wrappings_of_others: list[Callable[[Tensor], str | None]] = []
_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print.

    Parameters
    ----------
    precision : int
        Digits after the point (4).
    threshold : number
        The number of elements above which only the edges print (1000).
    edgeitems : int
        How many elements an edge has (3).
    linewidth : int
        Characters per line (80).
    profile : 'default', 'short' or 'full'
    sci_mode : bool, optional
        Always or never use exponents; None decides by the numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_printoptions(precision=2)
    >>> torch.tensor([1.12345])
    tensor([1.12])
    >>> torch.set_printoptions(profile="default")
    """
    if profile is not None:
        for name, value in _PROFILES.get(profile, {}).items():
            setattr(options, name, value)
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    for name, value in given.items():
        if value is not None:
            setattr(options, name, value)
    options.sci_mode = sci_mode


class _Format:
    """The common format of some elements: ``width``, and how to write one number."""

    def __init__(self, values: np.ndarray, kind: str):
        self.floating = kind == "f"
        self.whole = True
        self.exponents = False
        self.width = 1
        if not self.floating:
            self.width = max((len(str(v)) for v in values.reshape(-1).tolist()), default=1)
            return
        wide = values.reshape(-1).astype(np.float64)
        finite = np.abs(wide[np.isfinite(wide) & (wide != 0)])
        if finite.size:
            low, high = float(finite.min()), float(finite.max())
            self.whole = bool((np.ceil(finite) == finite).all())
            self.exponents = high / low > 1000.0 or high > 1.0e8 or (not self.whole and low < 1.0e-4)
        if options.sci_mode is not None and finite.size:
            self.exponents = options.sci_mode
        if finite.size:
            signed = wide[np.isfinite(wide) & (wide != 0)]
            self.width = max(len(self._bare(v)) for v in signed.tolist())

    def _bare(self, value: float) -> str:
        if self.exponents:
            return f"{value:.{options.precision}e}"
        if self.whole:
            text = f"{value:.0f}"
            return text if math.isinf(value) or math.isnan(value) else text + "."
        return f"{value:.{options.precision}f}"

    def text(self, value: Any) -> str:
        return self._bare(value) if self.floating else str(value)


def _edges(x: np.ndarray) -> np.ndarray:
    """Only the elements that will print."""
    for d in range(x.ndim):
        if x.shape[d] > 2 * options.edgeitems:
            keep = np.r_[0 : options.edgeitems, x.shape[d] - options.edgeitems : x.shape[d]]
            x = np.take(x, keep, d)
    return x


def _brackets(x: np.ndarray, indent: int, summarize: bool, write: Callable[[Any], str], width: int) -> str:
    if x.ndim == 0:
        return write(x.item())
    edge = options.edgeitems
    short = summarize and x.shape[0] > 2 * edge
    rows = [*x[:edge], *x[-edge:]] if short else list(x)
    if x.ndim == 1:
        per_line = max(1, (options.linewidth - indent) // (width + 2))
        cells = [write(v.item()) for v in rows]
        if short:
            cells.insert(edge, " ...")
        lines = [cells[k : k + per_line] for k in range(0, len(cells), per_line)] or [[]]
        return "[" + (",\n" + " " * (indent + 1)).join(", ".join(line) for line in lines) + "]"
    parts = [_brackets(row, indent + 1, summarize, write, width) for row in rows]
    if short:
        parts.insert(edge, "...")
    return "[" + ("," + "\n" * (x.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _body(x: np.ndarray, indent: int) -> str:
    summarize = x.size > options.threshold
    shown = _edges(x) if summarize else x
    if x.dtype.kind == "c":
        real, imaginary = _Format(shown.real, "f"), _Format(shown.imag, "f")
        width = real.width + imaginary.width + 1

        def write(value: Any) -> str:
            re, im = real.text(value.real), imaginary.text(value.imag)
            return f"{re:>{real.width}}{'' if im.startswith('-') else '+'}{im}j"

        return _brackets(x, indent, summarize, write, width)
    chosen = _Format(shown, "f" if x.dtype.kind not in "iub" else "i")

    def write_real(value: Any) -> str:
        return f"{chosen.text(value):>{chosen.width}}"

    return _brackets(x, indent, summarize, write_real, chosen.width)


def tensor_repr(t: Tensor, *, tensor_contents: Any = None, wrapped: bool = True) -> str:
    """The text that ``print(tensor)`` shows; not ``wrapped``, what it shows where nothing is transformed."""
    for other in wrappings_of_others if wrapped else ():
        if (whole := other(t)) is not None:
            return whole
    x = t._array
    prefix = t._shown + "("
    suffixes = []
    d = dtypes.from_numpy_dtype(x.dtype)
    if x.size == 0:
        if x.ndim != 1:
            suffixes.append(f"size={tuple(x.shape)}")
        if d is not dtypes.get_default_dtype():
            suffixes.append(f"dtype={d!r}")
        body = "[]"
    else:
        plain = (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool)
        if d not in plain and not (d.is_complex and d is dtypes.get_default_dtype().to_complex()):
            suffixes.append(f"dtype={d!r}")
        body = _body(x, len(prefix))
    try:
        node = grad_fn(t)
        name = type(node).__name__.rsplit("::", 1)[-1]
    except RuntimeError:  # a view that can't be brought up to date
        node, name = t, "Invalid"
    if node is not None:
        suffixes.append(f"grad_fn=<{name}>")
    elif requires_grad(t):
        suffixes.append("requires_grad=True")
    suffixes += [text for other in suffixes_of_others if (text := other(t))]
    text = prefix + body
    last = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if last + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * len(prefix) + suffix
            last = len(prefix) + len(suffix)
        else:
            text += ", " + suffix
            last += len(suffix) + 2
    return text + ")"
