"""The softmax regression loss and the negative log-likelihood that it is made of.

With class indices as targets, softmax and loss are one primitive: the gradient is then softmax minus one-hot, without the
detour over every class's logarithm.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...core.chain import unfold
from ...core.record import new_node
from ...core.saved import RELEASED
from ...core.sums import sum_all, total
from .._base import MaybeTensor, Tensor, primitive, public, wrap
from .._composite import over
from .._shapes import ZERO, check_tensor, floats_only, same_type
from .loss_reduction import _reduce, check_reduction
from .softmax import _log_softmax, log_softmax


def _check_shapes(name: str, input: Tensor, target: Any) -> None:
    """There must be one target per example: ValueError if the batches differ, RuntimeError for anything else."""
    check_tensor(name, target, "target")
    given, actual = input._array.shape, target._array.shape
    expected = given[:1] + given[2:] if len(given) > 1 else ()
    if given and (actual == expected or (len(given) == 1 and actual == (1,))):
        return
    kind = ValueError if len(given) < 2 or actual[:1] != given[:1] else RuntimeError
    raise kind(f"{name}: for an input of shape {list(given)} the target must have shape {list(expected)}, but has {list(actual)}")


def _of_one_example(input: Tensor, target: Tensor) -> Tensor:
    """The target of an input without a batch may have one dimension, of size 1."""
    return target.reshape(()) if input._array.ndim == 1 and target._array.ndim == 1 else target


def _check_classes(name: str, input: np.ndarray, target: np.ndarray, ignore_index: int) -> np.ndarray:
    """The targets, checked to be classes; which of them count is ``target != ignore_index``."""
    if target.dtype.char not in _CLASS_TYPES:
        raise RuntimeError(f"{name}: class indices must be of type int64 or uint8, but the target has type torch.{target.dtype}")
    classes = input.shape[1] if input.ndim > 1 else input.shape[0]
    if target.size and _largest(target) >= classes:
        bad = target[(target != ignore_index) & ((target < 0) | (target >= classes))]
        if bad.size:
            raise IndexError(f"{name}: target {bad.flat[0]} is out of range: the input has {classes} classes, 0 to {classes - 1}")
    return target


def _largest(target: np.ndarray) -> Any:
    """The largest index, where a negative one, seen as unsigned, counts as huge: a single pass checks both ends."""
    unsigned = target.view(_UNSIGNED[target.itemsize]).reshape(-1)
    return unsigned[unsigned.argmax()]  # 0.8 us where maximum.reduce takes 1.8


_CLASS_TYPES = "lqB"
_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def _pick(target: np.ndarray, ndim: int) -> tuple[Any, ...]:
    """The index of each example's own class in an (N, C, ...) array."""
    if ndim == 1:
        return (target,)
    if ndim == 2:
        return (np.arange(target.shape[0]), target)
    grid = np.ogrid[tuple(slice(n) for n in target.shape)]
    return (grid[0], target, *grid[1:])


def _counted(target: np.ndarray, ignore_index: int) -> np.ndarray | None:
    """Which examples count, or None for all."""
    if ignore_index >= 0 or (target.size and np.minimum.reduce(target, None) < 0):
        return target != ignore_index
    return None


def _example_weights(input: np.ndarray, target: np.ndarray, weight: Any, ignore_index: int) -> Any:
    """The factor of each example, or None if all are 1; ignored examples weigh 0."""
    keep = _counted(target, ignore_index)
    if weight is None:
        return None if keep is None else keep.astype(input.dtype)
    w = weight[np.where(keep, target, 0) if keep is not None else target]
    return w if keep is None else np.where(keep, w, ZERO[w.dtype])


def _nll_name(node: Any) -> str:
    return "NllLossBackward0" if len(node.edges[0].shape) < 3 else "NllLoss2DBackward0"


@primitive(
    grad_name=_nll_name,
    input=lambda xp, grad, input, target, weight, reduction, ignore_index: xp._nll_backward(
        grad, input, target, weight, reduction, ignore_index
    ),
)
def _nll_loss(input, target, weight, reduction, ignore_index):
    floats_only("nll_loss", input)
    target = _check_classes("nll_loss", input, target, ignore_index)
    factors = _example_weights(input, target, weight, ignore_index)
    safe = target if factors is None else np.where(target == ignore_index, 0, target)
    values = -input[_pick(safe, input.ndim)]
    if factors is not None:
        values = np.where(factors == 0, ZERO[input.dtype], values * factors)
    if reduction == "mean":
        if factors is None:
            return _reduce(values, reduction)
        return total(values) / total(factors)
    return _reduce(values, reduction)


@primitive(
    grad=lambda xp, g, target, weight, reduction, ignore_index: xp._nll_loss(g, target, weight, reduction, ignore_index),
    input=lambda xp, g: xp._zeros_of(g),
)
def _nll_backward(grad, input, target, weight, reduction, ignore_index):
    shape = input.shape
    out = np.zeros(shape, grad.dtype)
    factors = _example_weights(out, target, weight, ignore_index)
    if reduction == "mean":
        grad = grad / (grad.dtype.type(target.size) if factors is None else total(factors))
    if factors is None:
        out[_pick(target, len(shape))] = -grad
    else:
        safe = np.where(target == ignore_index, 0, target)
        np.add.at(out, _pick(safe, len(shape)), np.where(factors == 0, ZERO[out.dtype], -grad * factors))
    return out


def _own_places(input: np.ndarray, target: np.ndarray, weight: Any, ignore_index: int) -> np.ndarray | None:
    """Where each example's own class lies in the flattened scores, in the usual case: a batch, no weights, and every
    target a class that counts (then half of the work falls away)."""
    if weight is None and input.ndim == 2 and target.dtype.char in _CLASS_TYPES and target.size:
        classes = input.shape[1]
        if _largest(target) < classes and not 0 <= ignore_index < classes:
            return np.add(_row_starts(input.shape[0], classes), target).astype(np.intp, copy=False)  # (which take asks for)
    return None


@functools.lru_cache(64)
def _row_starts(rows: int, classes: int) -> np.ndarray:
    return np.arange(0, rows * classes, classes)


def _cross_entropy_rule(
    xp: Any, grad: Any, hidden0: Any, hidden1: Any, target: Any, weight: Any, reduction: str, ignore_index: int
) -> Any:
    """Softmax minus one-hot, from the log-probabilities and the places of the targets among them."""
    logs, places = hidden0, hidden1
    if xp.on_arrays and places is not None and reduction != "none":
        scale = np.asarray(grad[()] / len(target)) if reduction == "mean" else grad
        out = np.exp(logs)
        np.multiply(out, scale, out)
        flat = out.reshape(-1)
        flat[places] = np.subtract(flat.take(places), scale)
        return out
    g = xp._nll_backward(grad, logs, target, weight, reduction, ignore_index)
    return g - xp.exp(logs) * xp._sum_over(g, 0 if len(logs.shape) == 1 else 1, True)


def _logs_with_history(node: Any, k: int, logs: np.ndarray) -> Tensor:
    """The log-probabilities as :func:`log_softmax` would have recorded them: what double backward differentiates."""
    t, op, args = wrap(logs), _log_softmax.op, (None, 0 if logs.ndim == 1 else 1)
    t._fn, t._requires_grad = new_node(op.plan(1), node.edges, args, args, (t,)), True
    return t


@primitive(hidden=_logs_with_history, grad_name=_nll_name, input=_cross_entropy_rule)
def _cross_entropy(input, target, weight, reduction, ignore_index):
    floats_only("cross_entropy", input)
    logs = _log_softmax.op.plain_kernel(input, 0 if input.ndim == 1 else 1)
    if not logs.flags.c_contiguous:
        logs = logs.copy()
    places = _own_places(logs, target, weight, ignore_index)
    if places is None or reduction == "none":
        return _nll_loss.op.kernel(logs, target, weight, reduction, ignore_index), logs, places
    loss = sum_all(logs.take(places))
    return loss / (-len(target) if reduction == "mean" else -1), logs, places


def _cross_entropy_chain(node: Any) -> Tensor | None:
    """The negative log-likelihood of the log-softmax."""
    if node.saved is RELEASED:
        return None
    saved = dict(zip(node.plan.names, node.saved, strict=True))
    logs = _logs_with_history(node, 0, saved["hidden0"])
    return _nll_loss(logs, saved["target"], saved["weight"], saved["reduction"], saved["ignore_index"])


_cross_entropy.op.unfold = functools.partial(unfold, compose=_cross_entropy_chain)


def _check_weight(name: str, input: Tensor, weight: Tensor) -> None:
    check_tensor(name, weight, "weight")
    floats_only(name, input._array)
    classes = input._array.shape[0 if input.ndim == 1 else 1]
    if weight._array.shape != (classes,):
        raise RuntimeError(
            f"{name}: a weight of shape {list(weight.shape)} does not fit: expected one number for each of {classes} classes"
        )
    same_type(name, weight, input)


@public("nn.functional")
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    r"""The negative log-likelihood of each example's class, :math:`-w_{y_i} x_{i, y_i}`.

    Parameters
    ----------
    input : Tensor of shape (N, C), (C,) or (N, C, d1, ...)
        Log-probabilities.
    target : LongTensor of shape (N,), () or (N, d1, ...)
    weight : Tensor of shape (C,), optional
        A factor for each class; the mean is then weighted.
    ignore_index : int
        A target that does not count.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Raises
    ------
    IndexError
        If a target is not a class.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.nll_loss(torch.tensor([[-0.5, -1.0]]), torch.tensor([1]))
    tensor(1.)
    """
    reduction = check_reduction("nll_loss", reduction, size_average, reduce)
    check_tensor("nll_loss", input)
    _check_shapes("nll_loss", input, target)
    target = _of_one_example(input, target)
    if weight is not None:
        _check_weight("nll_loss", input, weight)
    return _nll_loss(input, target, weight, reduction, ignore_index)


@public("nn.functional")
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    r"""The softmax regression loss, :math:`-\ln \frac{e^{x_{i, y_i}}}{\sum_c e^{x_{i, c}}}`.

    Parameters
    ----------
    input : Tensor of shape (N, C), (C,) or (N, C, d1, ...)
        Scores (logits), not probabilities.
    target : LongTensor of classes, or a Tensor of the input's shape with class probabilities
    weight : Tensor of shape (C,), optional
        A factor for each class.
    ignore_index : int
        A target that does not count.
    reduction : 'mean', 'sum' or 'none'
    label_smoothing : float in [0, 1]
        The share of the target that is spread evenly over all classes.

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Raises
    ------
    IndexError
        If a target is not a class.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.cross_entropy(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))
    tensor(0.6931)
    """
    if size_average is not None or reduce is not None or reduction != "mean":
        reduction = check_reduction("cross_entropy", reduction, size_average, reduce)
    given, actual = input._array.shape, target._array.shape
    if weight is not None:
        _check_weight("cross_entropy", input, weight)
    if len(given) == 2 and actual == given[:1] and label_smoothing == 0:  # the usual case needs no further look
        return _cross_entropy(input, target, weight, reduction, ignore_index)
    probabilities = actual == given
    if probabilities and target._array.dtype.kind not in "fV":
        raise RuntimeError(f"cross_entropy: class probabilities must be of floating-point type, but the target is {target.dtype!r}")
    if probabilities and ignore_index >= 0:
        raise RuntimeError("cross_entropy: ignore_index is an index of a class, but the target holds class probabilities")
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"cross_entropy: label_smoothing must lie between 0 and 1, but is {label_smoothing}")
    if not probabilities:
        floats_only("cross_entropy", input._array)
        _check_shapes("cross_entropy", input, target)
        target = _of_one_example(input, target)
    if not probabilities and label_smoothing == 0:
        return _cross_entropy(input, target, weight, reduction, ignore_index)
    dim = 0 if input._array.ndim == 1 else 1
    logs = log_softmax(input, dim)
    if probabilities:
        return _soft_cross_entropy(logs, target, weight, reduction, label_smoothing, dim)
    loss = _nll_loss(logs, target, weight, reduction, ignore_index)
    return _smoothed(logs, target, loss, weight, reduction, ignore_index, label_smoothing, dim)


def _by_class(weight: Any, ndim: int, dim: int) -> Any:
    return weight.reshape(tuple(-1 if k == dim else 1 for k in range(ndim)))


def _soft_cross_entropy(logs: Tensor, target: Tensor, weight: Any, reduction: str, smoothing: float, dim: int) -> Tensor:
    classes = logs._array.shape[dim]
    if smoothing:
        target = target * (1 - smoothing) + smoothing / classes
    values = logs * target if weight is None else logs * target * _by_class(weight, logs._array.ndim, dim)
    if reduction == "mean":
        return over(-values.sum(), logs._array.size // classes if classes else 0)
    return -values.sum() if reduction == "sum" else -values.sum(dim)


def _smoothed(
    logs: Tensor, target: Tensor, loss: Tensor, weight: Any, reduction: str, ignore_index: int, smoothing: float, dim: int
) -> Tensor:
    classes = logs._array.shape[dim]
    spread = -(logs if weight is None else logs * _by_class(weight, logs._array.ndim, dim)).sum(dim)
    ignored = target == ignore_index
    spread = spread.masked_fill(ignored, 0.0)
    if reduction == "mean":
        if weight is None:
            spread = spread.sum() / (~ignored).sum()
        else:
            spread = spread.sum() / weight[target.masked_fill(ignored, 0)].masked_fill(ignored, 0.0).sum()
    elif reduction == "sum":
        spread = spread.sum()
    return loss * (1 - smoothing) + spread * (smoothing / classes)
