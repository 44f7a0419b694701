"""Checking derivatives numerically: the lecture's gradient checking, for any function and any order.

The derivative in direction of one input element is (f(x + eps) - f(x - eps)) / (2 eps). That costs two evaluations per
element, so it is a check, not a way to train.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.grad_mode import enable_grad
from ..core.tensor import Tensor, wrap
from .gradients import grad


class GradcheckError(RuntimeError):
    """The analytic and the numeric derivative differ."""


def _outputs(function: Any, inputs: tuple[Any, ...]) -> tuple[Tensor, ...]:
    result = function(*inputs)
    return tuple(t for t in (result if isinstance(result, (tuple, list)) else (result,)) if isinstance(t, Tensor))


def _differentiable(tensors: Any) -> list[Tensor]:
    return [t for t in tensors if isinstance(t, Tensor) and t._array.dtype.kind in "fV"]


def numerical_jacobian(function: Any, inputs: tuple[Any, ...], target: Tensor, eps: float) -> list[np.ndarray]:
    """d(output)/d(target) for each output, as matrices of (target elements, output elements), by central differences."""
    memory = target._array
    columns: list[list[np.ndarray]] = []
    with enable_grad():  # what a function returns may depend on it
        for index in np.ndindex(memory.shape):
            kept = memory[index].copy()
            values = []
            for sign in (1, -1):
                memory[index] = kept + sign * eps
                values.append([np.array(t._array, np.float64) for t in _differentiable(_outputs(function, inputs))])
            memory[index] = kept
            columns.append([((a - b) / (2 * eps)).reshape(-1) for a, b in zip(*values, strict=True)])
    return [np.array(rows) for rows in zip(*columns, strict=True)]


def analytical_jacobian(output: Tensor, target: Tensor, retain: bool = True) -> np.ndarray:
    """d(output)/d(target) by one backward per output element, as (target elements, output elements)."""
    columns = []
    for k in range(output._array.size):
        seed = np.zeros(output._array.size, output._array.dtype)
        seed[k] = 1
        (g,) = grad(output, target, wrap(seed.reshape(output._array.shape)), retain_graph=retain, allow_unused=True)
        columns.append(np.zeros(target._array.size) if g is None else g._array.reshape(-1).astype(np.float64))
    return np.array(columns).reshape(len(columns), -1).T


def forward_jacobian(function: Any, inputs: tuple[Any, ...], k: int, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """d(output)/d(input k) by one forward pass per input element, its tangent 1, in the shapes of the numerical ones."""
    from . import forward_ad  # few programs need it

    inputs = tuple(x.detach() if isinstance(x, Tensor) else x for x in inputs)
    target = inputs[k]
    rows: list[list[np.ndarray]] = [[] for _ in shapes]
    for index in range(target.numel()):
        tangent = np.zeros(target.numel(), target._array.dtype)
        tangent[index] = 1
        with forward_ad.dual_level():
            dual = forward_ad.make_dual(target, wrap(tangent.reshape(target._array.shape)))
            outputs = _differentiable(_outputs(function, (*inputs[:k], dual, *inputs[k + 1 :])))
            for row, output in zip(rows, outputs, strict=True):
                pushed = forward_ad.unpack_dual(output).tangent
                row.append(
                    np.zeros(output._array.size) if pushed is None else pushed.detach()._array.reshape(-1).astype(np.float64)
                )
    return [np.array(row).reshape(shape) for row, shape in zip(rows, shapes, strict=True)]


def gradcheck(
    func: Any,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the gradients of a function with central differences.

    Parameters
    ----------
    func : function of Tensors
    inputs : Tensor or tuple
        Those that require grad are checked; they should be float64.
    eps : float
        The step of the difference.
    atol, rtol : float
        Allowed error.
    raise_exception : bool
        Raise instead of returning False.

    Raises
    ------
    GradcheckError
        Naming the input, the output, the element and both values.
    ValueError
        If no input requires grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([0.3, 0.7], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.sin, (x,))
    True
    """
    for name, value in (("check_batched_grad", check_batched_grad), ("check_batched_forward_grad", check_batched_forward_grad)):
        if value:
            raise NotImplementedError(f"gradcheck() does not support the argument {name}=True")
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [(k, t) for k, t in enumerate(inputs) if isinstance(t, Tensor) and t.requires_grad]
    if not checked:
        raise ValueError("gradcheck needs at least one input that requires grad")
    if not check_forward_ad and not check_backward_ad:
        raise AssertionError("gradcheck: check_forward_ad and check_backward_ad are both False, so there is nothing to check")
    try:
        with enable_grad():
            outputs = _differentiable(_outputs(func, inputs))
        for k, target in checked:
            if not target._array.flags.writeable or 0 in target._array.strides:
                raise GradcheckError(f"input {k} has elements that share memory: pass a .clone() of it")
            numeric = numerical_jacobian(func, inputs, target, eps)
            for j, output in enumerate(outputs):
                if check_backward_ad:
                    analytic = analytical_jacobian(output, target) if output.requires_grad else np.zeros_like(numeric[j])
                    _compare(k, j, analytic.reshape(numeric[j].shape), numeric[j], atol, rtol)
            if check_forward_ad:
                for j, pushed in enumerate(forward_jacobian(func, inputs, k, [n.shape for n in numeric])):
                    _compare(k, j, pushed, numeric[j], atol, rtol, "forward mode")
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _compare(k: int, j: int, analytic: np.ndarray, numeric: np.ndarray, atol: float, rtol: float, by: str = "backward") -> None:
    wrong = ~np.isclose(analytic, numeric, rtol, atol, equal_nan=True)
    if wrong.any():
        at = np.unravel_index(int(np.argmax(np.abs(np.where(wrong, analytic - numeric, 0)))), wrong.shape)
        raise GradcheckError(
            f"the gradient of output {j} with respect to input {k} is wrong: for element {int(at[0])} of the input and "
            f"element {int(at[1])} of the output, {by} gives {analytic[at]:.6g}, but the difference quotient is "
            f"{numeric[at]:.6g} ({int(wrong.sum())} of {wrong.size} entries differ)"
        )


def gradgradcheck(
    func: Any,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Compare second derivatives with central differences of the first.

    The function that is checked maps the inputs and the gradients of the outputs (random unless given) to the
    gradients of the inputs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([0.3, 0.7], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradgradcheck(torch.sin, (x,))
    True
    """
    if check_fwd_over_rev:
        raise NotImplementedError("gradgradcheck() does not support the argument check_fwd_over_rev=True")
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    with enable_grad():
        outputs = _differentiable(_outputs(func, inputs))
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        grad_outputs = tuple(wrap(np.asarray(rng.standard_normal(t._array.shape)).astype(t._array.dtype)) for t in outputs)
        for g in grad_outputs:
            g.requires_grad_()
    grad_outputs = (grad_outputs,) if isinstance(grad_outputs, Tensor) else tuple(grad_outputs)
    count = len(inputs)

    def first_gradient(*args: Any) -> tuple[Tensor, ...]:
        values, seeds = args[:count], args[count:]
        wanted = [t for t in values if isinstance(t, Tensor) and t.requires_grad]
        with enable_grad():
            gradients = grad(_differentiable(_outputs(func, values)), wanted, seeds, create_graph=True, allow_unused=True)
        return tuple(g for g in gradients if g is not None)

    return gradcheck(first_gradient, (*inputs, *grad_outputs), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception)
