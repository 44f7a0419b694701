"""Orthogonal polynomials (Chebyshev, Hermite, Laguerre, Legendre), by their recurrences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public, wrap
from .._shapes import check_operands


def _recurrence(first: Any, step: Any, x: np.ndarray, n: np.ndarray) -> np.ndarray:
    """p_n(x) by the three-term recurrence, for each element its own n; 0 for negative n."""
    x, n = np.broadcast_arrays(x, n)
    out = np.zeros(x.shape, x.dtype)
    before, now = np.ones(x.shape, x.dtype), first(x)
    out = np.where(n == 0, before, np.where(n == 1, now, out))
    for k in range(1, int(n.max(initial=0))):
        before, now = now, step(x, now, before, k)
        out = np.where(n == k + 1, now, out)
    return out


def _polynomial(name: str, text: str, first: Any, step: Any, example: str, shifted: bool = False) -> Callable[..., Tensor]:
    def function(input: Any, n: Any, *, out: Any = None) -> Tensor:
        if not isinstance(input, Tensor) and not isinstance(n, Tensor):
            raise TypeError(f"{name}(): at least one of the operands must be a Tensor")
        check_operands(name, input=input, n=n)
        operands = [v._array if isinstance(v, Tensor) else v for v in (input, n)]
        wanted = dtypes.result_dtype(operands)
        kind = (wanted if wanted.category >= dtypes.FLOATING else dtypes.get_default_dtype()).numpy
        x, order = (np.asarray(v).astype(kind) for v in operands)
        x = 2 * x - 1 if shifted else x  # from [0, 1] to [-1, 1]
        return wrap(np.asarray(_recurrence(first, step, x, np.trunc(order))).astype(kind))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{text}

    Not differentiable, as in torch.

    Parameters
    ----------
    input, n : Tensor or number
        The argument and the degree, of broadcastable shapes; at least one is a Tensor.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; integers become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.{name}(torch.tensor([0.5]), torch.tensor([2]))
    tensor([{example}])
    """
    return public("special")(function)


_chebyshev = lambda x, now, before, k: 2 * x * now - before
for _kind, _which, _first, _example, _shifted_example in (
    ("t", "first", lambda x: x, "-0.5000", "-1."),
    ("u", "second", lambda x: 2 * x, "0.", "-1."),
    ("v", "third", lambda x: 2 * x - 1, "-1.", "-1."),
    ("w", "fourth", lambda x: 2 * x + 1, "1.", "-1."),
):
    _name, _text = f"chebyshev_polynomial_{_kind}", f"of the {_which} kind."
    _polynomial(_name, f"Chebyshev polynomials {_text}", _first, _chebyshev, _example)
    _text = f"Shifted Chebyshev polynomials, on [0, 1], {_text}"
    _polynomial(f"shifted_{_name}", _text, _first, _chebyshev, _shifted_example, shifted=True)
hermite_polynomial_h = _polynomial(
    "hermite_polynomial_h", "The physicist's Hermite polynomials.", lambda x: 2 * x,
    lambda x, now, before, k: 2 * x * now - 2 * k * before, "-1.",
)  # fmt: skip
hermite_polynomial_he = _polynomial(
    "hermite_polynomial_he", "The probabilist's Hermite polynomials.", lambda x: x,
    lambda x, now, before, k: x * now - k * before, "-0.7500",
)  # fmt: skip
laguerre_polynomial_l = _polynomial(
    "laguerre_polynomial_l", "Laguerre polynomials.", lambda x: 1 - x,
    lambda x, now, before, k: ((2 * k + 1 - x) * now - k * before) / (k + 1), "0.1250",
)  # fmt: skip
legendre_polynomial_p = _polynomial(
    "legendre_polynomial_p", "Legendre polynomials.", lambda x: x,
    lambda x, now, before, k: ((2 * k + 1) * x * now - k * before) / (k + 1), "-0.1250",
)  # fmt: skip
