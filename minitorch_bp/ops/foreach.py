"""``torch._foreach_*``: one function on each tensor of a list. In PyTorch they save launches of kernels; here they are loops.

One table says which functions there are, and what may stand beside the list: nothing, a second list (or one number or tensor for all,
or a number for each), or two more lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.tensor import Tensor
from ._base import public

UNARY = (
    "abs acos asin atan ceil clone cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 max neg reciprocal round rsqrt "
    "sigmoid sign sin sinh sqrt tan tanh trunc zero"
)
BINARY = "add sub mul div pow maximum minimum clamp_max clamp_min norm copy"
TERNARY = "addcmul addcdiv lerp"
ONE_WAY_ONLY = {"clone": "", "max": "", "norm": "", "zero": "_", "copy": "_"}  # which of the two forms there is
_METHOD = {"clamp_max": "minimum", "clamp_min": "maximum", "norm": "norm"}

_TEXT = """:meth:`Tensor.{name}` of each tensor in a list{more}.

    Parameters
    ----------
    tensors : list of Tensor
{parameters}
    Returns
    -------
    {returns}

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> len(torch._foreach_{name}({arguments}))
    2
    """


def _checked(name: str, tensors: Any) -> list[Tensor]:
    if not isinstance(tensors, (list, tuple)) or not all(isinstance(t, Tensor) for t in tensors):
        raise TypeError(f"_foreach_{name}: expected a list of tensors, but got {type(tensors).__name__}")
    if not tensors:
        raise RuntimeError(f"_foreach_{name}: the list must have at least one tensor")
    return list(tensors)


def _each(name: str, other: Any, count: int) -> Sequence[Any]:
    """What stands beside each of ``count`` tensors."""
    if isinstance(other, (list, tuple)):
        if len(other) != count:
            raise RuntimeError(f"_foreach_{name}: the lists must have the same length, but have {count} and {len(other)} elements")
        return other
    return [other] * count


def _one(name: str) -> Any:
    def function(tensors: Any) -> Any:
        results = [getattr(t, name)() for t in _checked(name, tensors)]
        return results if name.endswith("_") else tuple(results)

    return function


def _two(name: str) -> Any:
    plain = name.rstrip("_")
    method = _METHOD.get(plain, plain)
    in_place = name != plain

    def function(tensors: Any, other: Any = 2 if plain == "norm" else None, *, alpha: Any = 1) -> Any:
        if plain == "pow" and isinstance(other, (list, tuple)) and not isinstance(tensors, (list, tuple)):
            return tuple(t.__rpow__(tensors) for t in _checked(name, other))
        mine = _checked(name, tensors)
        options = {} if alpha == 1 else {"alpha": alpha}
        results = []
        for t, o in zip(mine, _each(name, other, len(mine)), strict=True):
            if method in ("maximum", "minimum") and not isinstance(o, Tensor):
                new = t.clamp(min=o) if method == "maximum" else t.clamp(max=o)
            elif method in ("maximum", "minimum"):
                new = getattr(t, method)(o)
            else:
                results.append(getattr(t, name if in_place else method)(o, **options))
                continue
            results.append(t.copy_(new) if in_place else new)
        return results if in_place else tuple(results)

    return function


def _three(name: str) -> Any:
    plain = name.rstrip("_")

    def function(tensors: Any, tensors1: Any, tensors2: Any, scalars: Any = None, *, value: Any = 1) -> Any:
        mine = _checked(name, tensors)
        n = len(mine)
        firsts, seconds = _each(name, tensors1, n), _each(name, tensors2, n)
        values = _each(name, value if scalars is None else scalars.tolist() if isinstance(scalars, Tensor) else scalars, n)
        results = [
            getattr(t, name)(a, b) if plain == "lerp" else getattr(t, name)(a, b, value=v)
            for t, a, b, v in zip(mine, firsts, seconds, values, strict=True)
        ]
        return results if name != plain else tuple(results)

    return function


def _declare(names: str, make: Any, more: str, parameters: str, arguments: str) -> None:
    for plain in names.split():
        forms = [plain + ONE_WAY_ONLY[plain]] if plain in ONE_WAY_ONLY else [plain, plain + "_"]
        for name in forms:
            function = make(name)
            returns = "list of Tensor\n        The same tensors." if name.endswith("_") else "tuple of Tensor\n        The results."
            function.__doc__ = _TEXT.format(name=name, more=more, parameters=parameters, returns=returns, arguments=arguments)
            function.__module__ = __name__
            public("torch", name=f"_foreach_{name}", aliases=False)(function)


_TWO = "[torch.ones(2), torch.ones(3)]"
_declare(UNARY, _one, "", "", _TWO)
_declare(
    BINARY,
    _two,
    " and what stands beside it",
    "    other : list of Tensor, list of numbers, Tensor or number\n    alpha : number\n        A factor of ``other``, for sums.\n",
    f"{_TWO}, {_TWO}",
)
_declare(
    TERNARY,
    _three,
    " and of two more lists",
    "    tensors1 : list of Tensor\n    tensors2 : list of Tensor, or (for ``lerp``) of numbers, or a number\n    scalars : list of numbers, or Tensor\n"
    "        A factor for each.\n    value : number\n        One factor for all.\n",
    f"{_TWO}, {_TWO}, {_TWO}",
)
