"""Whether two results agree, and where they do not.

A comparison has two steps. :func:`_pairs` walks through lists and dictionaries side by side, until it has pairs of things that
can be compared; what is not built alike is refused here. Then each pair is compared: numbers and tensors become two tensors of
one dtype, and the elements for which :math:`|a - e| > \\text{atol} + \\text{rtol} \\cdot |e|` are counted and described.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..core import dtype as dtypes
from ..core.tensor import Tensor
from ..ops.creation import as_tensor, tensor
from ..ops.pointwise.compare import isclose

#: (relative, absolute) tolerance of each dtype; other dtypes are compared exactly.
_TOLERANCES = {
    dtypes.float16: (1e-3, 1e-5),
    dtypes.bfloat16: (1.6e-2, 1e-5),
    dtypes.float32: (1.3e-6, 1e-5),
    dtypes.float64: (1e-7, 1e-7),
    dtypes.complex64: (1.3e-6, 1e-5),
    dtypes.complex128: (1e-7, 1e-7),
}
#: Those of the older :func:`assert_allclose`.
_OLD_TOLERANCES = {dtypes.float16: (1e-3, 1e-3), dtypes.float32: (1e-4, 1e-5), dtypes.float64: (1e-5, 1e-8)}
_NUMBERS = (int, float, complex, np.number)
_BOOLS = (bool, np.bool_)


class _Options(NamedTuple):
    """The arguments of :func:`assert_close`."""

    allow_subclasses: bool
    rtol: float | None
    atol: float | None
    equal_nan: bool
    check_device: bool
    check_dtype: bool
    check_layout: bool
    check_stride: bool


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    r"""Raise an AssertionError that says where, unless two results agree.

    Two numbers agree if :math:`|\text{actual} - \text{expected}| \le \text{atol} + \text{rtol} \cdot |\text{expected}|`.
    Tensors, NumPy arrays, numbers, and nested sequences and mappings of them are compared element by element.

    Parameters
    ----------
    actual, expected : Tensor, array, number, bool, None, sequence or mapping
    allow_subclasses : bool
        Whether the two may be of different classes of which one derives from the other.
    rtol, atol : float, optional
        The relative and the absolute tolerance: both or none. By default those of the dtype: (1.3e-6, 1e-5) for float32,
        (1e-7, 1e-7) for float64, (1e-3, 1e-5) for float16, (1.6e-2, 1e-5) for bfloat16, and 0 for integers and booleans; of
        two dtypes the greater.
    equal_nan : bool
        Whether two NaNs are equal.
    check_device : bool
        Whether devices must be equal: they are.
    check_dtype : bool
        Whether dtypes must be equal; if not, both are compared in the dtype that they promote to.
    check_layout : bool
        Whether layouts must be equal: they are.
    check_stride : bool
        Whether the strides must be equal.
    msg : str or function, optional
        The message of the error, or a function that makes it of the standard one.

    Raises
    ------
    AssertionError
        If the two differ.
    ValueError
        If only one tolerance is given.
    TypeError
        If the two can't be compared.

    References
    ----------
    https://docs.pytorch.org/docs/stable/testing.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.testing.assert_close(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.5]))
    Traceback (most recent call last):
        ...
    AssertionError: the tensors are not close: 1 of 2 elements (50.0%) mismatched
    greatest absolute difference: 0.5 at index (1,) (allowed are 1e-05)
    greatest relative difference: 0.20000000298023224 at index (1,) (allowed are 1.3e-06)
    """
    if (rtol is None) != (atol is None):
        raise ValueError(f"give both rtol and atol or neither: the absent one is {'rtol' if rtol is None else 'atol'}")
    options = _Options(allow_subclasses, rtol, atol, equal_nan, check_device, check_dtype, check_layout, check_stride)
    text = None
    try:
        for a, e, where in list(_pairs(actual, expected, (), options)):
            _compare(a, e, where, options)
    except AssertionError as error:
        text = str(error)
    if text is not None:
        raise AssertionError(msg(text) if callable(msg) else msg or text)


def assert_allclose(
    actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = True, msg: str = ""
) -> None:
    """The older form of :func:`assert_close`, deprecated in PyTorch, too: dtypes may differ, and NaNs are equal.

    Parameters
    ----------
    actual, expected : Tensor, or what can be made one
    rtol, atol : float, optional
        The tolerances: both or none. By default (1e-4, 1e-5) for float32, (1e-5, 1e-8) for float64, (1e-3, 1e-3) for float16.
    equal_nan : bool
        Whether two NaNs are equal.
    msg : str
        The message of the error, if not empty.

    Raises
    ------
    AssertionError
        If the two differ.
    ValueError
        If only one tolerance is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.testing.assert_allclose(torch.tensor([1.0]), [1.00001])
    """
    warnings.warn("assert_allclose() is deprecated: use assert_close()", FutureWarning, stacklevel=2)
    actual, expected = as_tensor(actual), as_tensor(expected)
    if rtol is None and atol is None:
        both = [_OLD_TOLERANCES.get(t.dtype, (0.0, 0.0)) for t in (actual, expected)]
        rtol, atol = (max(values) for values in zip(*both, strict=True))
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


# ---------------------------------------------------------------------- side by side
def _is_sequence(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, str)


def _pairs(actual: Any, expected: Any, where: tuple[Any, ...], options: _Options) -> Iterator[tuple[Any, Any, tuple[Any, ...]]]:
    """The comparable pairs in two structures, and the index of each."""
    if _is_sequence(actual) and _is_sequence(expected):
        if len(actual) != len(expected):
            _fail(f"the sequences have different lengths: {len(actual)}, but {len(expected)} expected", where)
        for k, (a, e) in enumerate(zip(actual, expected, strict=True)):
            yield from _pairs(a, e, (*where, k), options)
    elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing, additional = expected.keys() - actual.keys(), actual.keys() - expected.keys()
        if missing or additional:
            _fail(
                "the mappings have different keys"
                + f"\nmissing in the actual one: {sorted(missing, key=str)}" * bool(missing)
                + f"\nadditional in the actual one: {sorted(additional, key=str)}" * bool(additional),
                where,
            )
        for key in sorted(expected, key=str):
            yield from _pairs(actual[key], expected[key], (*where, key), options)
    else:
        yield _comparable(actual, expected, options) + (where,)


def _comparable(actual: Any, expected: Any, options: _Options) -> tuple[Any, Any]:
    """A pair of None, bools, numbers or tensors; TypeError if the two are nothing of this, or not the same."""
    if actual is None or expected is None:
        return actual, expected
    both = actual, expected
    if all(isinstance(x, _BOOLS) for x in both) or all(isinstance(x, (*_NUMBERS, *_BOOLS)) for x in both):
        return both
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    if related and (options.allow_subclasses or type(actual) is type(expected)):
        try:
            return as_tensor(actual), as_tensor(expected)
        except Exception:  # whatever as_tensor can't read can't be compared
            pass
    raise TypeError(
        f"can't compare {type(actual)} with {type(expected)}: expected two tensors, arrays, numbers, bools or "
        "None, or sequences or mappings of these"
    )


def _fail(text: str, where: tuple[Any, ...]) -> None:
    raise AssertionError(text + ("\nin the item " + "".join(f"[{k!r}]" for k in where) if where else ""))


# ---------------------------------------------------------------------- one pair
def _compare(actual: Any, expected: Any, where: tuple[Any, ...], options: _Options) -> None:
    """AssertionError if a pair differs."""
    if actual is None or expected is None:
        if actual is not expected:
            _fail(f"expected {expected!r}, but got {actual!r}", where)
        return
    if isinstance(actual, Tensor):
        _check_attributes(actual, expected, where, options)
    elif isinstance(actual, _BOOLS) or isinstance(expected, _BOOLS):
        if type(bool(actual)) is not type(actual.item() if isinstance(actual, np.bool_) else actual) or not isinstance(
            expected, _BOOLS
        ):
            raise RuntimeError(f"can't compare a bool with a number: {actual!r} with {expected!r}")
        if bool(actual) is not bool(expected):
            _fail(f"expected {expected!r}, but got {actual!r}", where)
        return
    else:
        python = [x.item() if isinstance(x, np.number) else x for x in (actual, expected)]
        if options.check_dtype and type(python[0]) is not type(python[1]):
            _fail(f"the types differ: {type(python[0])}, but {type(python[1])} expected", where)
        wide = {int: dtypes.int64, float: dtypes.float64, complex: dtypes.complex128}
        actual, expected = (tensor(x, dtype=wide[type(x)]) for x in python)
    rtol, atol = (options.rtol, options.atol) if options.rtol is not None else _tolerances(actual, expected)
    kind = dtypes.promote_types(actual.dtype, expected.dtype)
    if not (kind.is_floating_point or kind.is_complex):
        kind = dtypes.int64  # in which a difference does not wrap around
    a, e = (t.detach().to(kind) for t in (actual, expected))
    try:
        close = isclose(a, e, rtol=rtol, atol=atol, equal_nan=options.equal_nan)._array
    except (RuntimeError, TypeError, ValueError) as error:
        raise RuntimeError(f"can't compare with the tolerances rtol={rtol!r}, atol={atol!r}: {error}") from error
    if not close.all():
        _fail(_described(a._array, e._array, close, rtol, atol), where)


def _check_attributes(actual: Tensor, expected: Tensor, where: tuple[Any, ...], options: _Options) -> None:
    checks = [
        ("shape", True, actual.shape, expected.shape),
        ("device", options.check_device, actual.device, expected.device),
        ("layout", options.check_layout, actual.layout, expected.layout),
        ("dtype", options.check_dtype, actual.dtype, expected.dtype),
        ("stride()", options.check_stride, actual.stride(), expected.stride()),
    ]
    for name, wanted, a, e in checks:
        if wanted and a != e:
            _fail(f"the values of {name} differ: {a}, but {e} expected", where)


def _tolerances(actual: Tensor, expected: Tensor) -> tuple[float, float]:
    """The tolerances of two dtypes: of each the greater."""
    (r1, a1), (r2, a2) = (_TOLERANCES.get(t.dtype, (0.0, 0.0)) for t in (actual, expected))
    return max(r1, r2), max(a1, a2)


def _described(actual: np.ndarray, expected: np.ndarray, close: np.ndarray, rtol: Any, atol: Any) -> str:
    """How many elements differ, and by how much the worst."""
    exact = not (rtol or atol)
    word = "equal" if exact else "close"
    with np.errstate(all="ignore"):
        absolute = np.abs(actual - expected)
        size = np.abs(expected)
        relative = absolute / size if absolute.dtype.kind not in "iu" else absolute.astype(np.float32) / size.astype(np.float32)
        if actual.ndim == 0:
            text = f"the scalars are not {word}: expected {expected.item()}, but got {actual.item()}"
        else:
            count, wrong = close.size, int(close.size - close.sum())
            text = f"the tensors are not {word}: {wrong} of {count} elements ({wrong / count:.1%}) mismatched"
    for name, difference, allowed in (("absolute", absolute, atol), ("relative", relative, rtol)):
        difference = np.where(close, np.zeros((), difference.dtype), difference)
        if actual.ndim == 0:
            text += f"\n{name} difference: {difference.item()}"
        else:
            at = np.unravel_index(int(np.argmax(difference)), difference.shape)
            text += f"\ngreatest {name} difference: {difference[at].item()} at index {tuple(int(i) for i in at)}"
        if not exact:
            text += f" (allowed are {allowed})"
    return text
