"""Checking derivatives numerically: the lecture's gradient checking, for any function and any order.

The derivative in direction of one input element is (f(x + eps) - f(x - eps)) / (2 eps). That costs two evaluations per
element, so it is a check, not a way to train. A complex number counts as two real ones, its real and its imaginary part.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..core.grad_mode import enable_grad
from ..core.graph import Output
from ..core.namespaces import raw
from ..core.random import default_generator
from ..core.tensor import Tensor, wrap
from .function import FunctionNode
from .gradients import grad


class GradcheckError(RuntimeError):
    """The analytic and the numeric derivative differ.

    Examples
    --------
    >>> from minitorch_bp.autograd.gradcheck import GradcheckError
    >>> issubclass(GradcheckError, RuntimeError)
    True
    """


def _outputs(function: Any, inputs: tuple[Any, ...]) -> tuple[Tensor, ...]:
    result = function(*inputs)
    return tuple(t for t in (result if isinstance(result, (tuple, list)) else (result,)) if isinstance(t, Tensor))


def _differentiable(tensors: Any) -> list[Tensor]:
    return [t for t in tensors if isinstance(t, Tensor) and t._array.dtype.kind in "fcV"]


def _numbers(array: np.ndarray) -> np.ndarray:
    """The elements as float64, of complex ones the real and the imaginary part after each other."""
    if array.dtype.kind == "c":
        return array.astype(np.complex128, order="C").reshape(-1).view(np.float64)
    return array.astype(np.float64).reshape(-1)


def _units(array: np.ndarray) -> list[np.ndarray]:
    """Tensors of zeros with one 1 (and, for complex ones, then one i), for each place."""
    units = []
    for index in range(array.size):
        for one in (1, 1j) if array.dtype.kind == "c" else (1,):
            unit = np.zeros(array.size, array.dtype)
            unit[index] = one
            units.append(unit.reshape(array.shape))
    return units


def _count(array: np.ndarray) -> int:
    return array.size * (1 + (array.dtype.kind == "c"))


def numerical_jacobian(function: Any, inputs: tuple[Any, ...], target: Tensor, eps: float) -> list[np.ndarray]:
    """d(output)/d(target) for each output, as matrices of (target elements, output elements), by central differences."""
    memory = target._array
    rows: list[list[np.ndarray]] = []
    forms: set[Any] = set()
    with enable_grad():  # what a function returns may depend on it
        for index in np.ndindex(memory.shape):
            kept = memory[index].copy()
            for one in (1, 1j) if memory.dtype.kind == "c" else (1,):
                values = []
                for sign in (one, -one):
                    memory[index] = kept + sign * eps
                    outputs = _differentiable(_outputs(function, inputs))
                    values.append([_numbers(t._array) for t in outputs])
                    forms.add(tuple((t._array.shape, t._array.dtype) for t in outputs))
                memory[index] = kept
                if len(forms) > 1:
                    raise AssertionError(
                        "gradcheck: the function must return outputs of the same shape and dtype when its inputs are changed a little, "
                        f"but returned {' and '.join(str([(list(s), str(d)) for s, d in f]) for f in forms)}"
                    )
                rows.append([(a - b) / (2 * eps) for a, b in zip(*values, strict=True)])
    if not rows:  # nothing to differentiate in
        return [np.zeros((0, _count(t._array))) for t in _differentiable(_outputs(function, inputs))]
    return [np.array(each) for each in zip(*rows, strict=True)]


def analytical_jacobian(output: Tensor, target: Tensor, retain: bool = True) -> np.ndarray:
    """d(output)/d(target) by one backward per output element, as (target elements, output elements)."""
    columns = []
    for seed in _units(output._array):
        (g,) = grad(output, target, wrap(seed), retain_graph=retain, allow_unused=True)
        columns.append(np.zeros(_count(target._array)) if g is None else _numbers(g._array))
    return np.array(columns).reshape(len(columns), _count(target._array)).T


def _pushed(function: Any, inputs: tuple[Any, ...], k: int, tangent: Tensor) -> list[Tensor]:
    """The tangents of all outputs for one of input k; zeros where there is none."""
    from . import forward_ad  # few programs need it

    with forward_ad.dual_level():
        dual = forward_ad.make_dual(inputs[k], tangent)
        outputs = _differentiable(_outputs(function, (*inputs[:k], dual, *inputs[k + 1 :])))
        found = [forward_ad.unpack_dual(t).tangent for t in outputs]
    return [wrap(np.zeros_like(x._array)) if t is None else t.detach() for x, t in zip(outputs, found, strict=True)]


def forward_jacobian(function: Any, inputs: tuple[Any, ...], k: int, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """d(output)/d(input k) by one forward pass per input element, its tangent 1, in the shapes of the numerical ones."""
    inputs = tuple(x.detach() if isinstance(x, Tensor) else x for x in inputs)
    rows = [[_numbers(t._array) for t in _pushed(function, inputs, k, wrap(unit))] for unit in _units(inputs[k]._array)]
    columns = list(zip(*rows, strict=True)) or [()] * len(shapes)
    return [np.array(each).reshape(shape) for each, shape in zip(columns, shapes, strict=True)]


def _check_batched_forward(function: Any, inputs: tuple[Any, ...], k: int) -> None:
    """A batch of tangents gives what they give one by one, since a batch is a loop here, unless random numbers are drawn."""
    inputs = tuple(x.detach() if isinstance(x, Tensor) else x for x in inputs)
    before = default_generator.get_state()
    _pushed(function, inputs, k, wrap(np.zeros_like(inputs[k]._array)))
    if not bool((default_generator.get_state() == before).all()):
        default_generator.set_state(before)
        raise RuntimeError(
            "gradcheck: the function draws random numbers, so a batch of tangents would not give what each of them gives"
        )


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
    nondet_tol : float
        How far two runs of backward may be apart.
    check_undefined_grad : bool
        Whether Functions and hooks take None for the gradient of an output.
    check_grad_dtypes : bool
        Whether gradients are of the types of their inputs.
    check_batched_grad : bool
        Whether a batch of gradients gives the same.
    check_batched_forward_grad : bool
        The same in forward mode.
    check_forward_ad, check_backward_ad : bool
        Which mode to check, or both.
    fast_mode : bool
        Makes no difference here.
    masked : bool
        Of sparse tensors; without effect.

    Returns
    -------
    bool
        Whether they agree; False only without ``raise_exception``.

    Raises
    ------
    AssertionError
        If outputs change their shape or type with the inputs' values, or there is nothing to check.
    GradcheckError
        Naming the input, the output, the element and both values.
    ValueError
        If no input requires grad.

    See Also
    --------
    minitorch_bp.autograd.gradgradcheck : Second derivatives.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([0.3, 0.7], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.sin, (x,))
    True
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [(k, t) for k, t in enumerate(inputs) if isinstance(t, Tensor) and t.requires_grad]
    if not checked:
        raise ValueError("gradcheck needs at least one input that requires grad")
    if not check_forward_ad and not check_backward_ad:
        raise AssertionError("gradcheck: check_forward_ad and check_backward_ad are both False, so there is nothing to check")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("gradcheck: check_batched_forward_grad=True needs check_forward_ad=True")
    try:
        with enable_grad():
            outputs = _differentiable(_outputs(func, inputs))
        for k, target in checked:
            if target.numel() and (not target._array.flags.writeable or 0 in target._array.strides):
                raise GradcheckError(f"input {k} has elements that share memory: pass a .clone() of it")
            numeric = numerical_jacobian(func, inputs, target, eps)
            for j, output in enumerate(outputs):
                if check_backward_ad:
                    analytic = _checked_jacobian(output, target, j, k, nondet_tol, check_grad_dtypes, check_batched_grad)
                    _compare(k, j, np.zeros_like(numeric[j]) if analytic is None else analytic, numeric[j], atol, rtol)
            if check_forward_ad:
                for j, pushed in enumerate(forward_jacobian(func, inputs, k, [n.shape for n in numeric])):
                    _compare(k, j, pushed, numeric[j], atol, rtol, "forward mode")
                if check_batched_forward_grad:
                    _check_batched_forward(func, inputs, k)
        if check_backward_ad and check_undefined_grad:
            _check_undefined(outputs)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _checked_jacobian(output: Tensor, target: Tensor, j: int, k: int, nondet_tol: float, dtypes: bool, batched: bool) -> Any:
    """The analytical Jacobian, computed twice: it must be the same; None if the output needs no gradient."""
    if not output.requires_grad:
        return None
    first, second = (analytical_jacobian(output, target) for _ in range(2))
    if first.size and np.abs(first - second).max() > nondet_tol:
        raise GradcheckError(
            f"backward is not deterministic: the gradient of output {j} with respect to input {k} came out differently the second "
            f"time (by {np.abs(first - second).max():.3g}). Pass nondet_tol= if that is meant to be so (Backward is not reentrant)"
        )
    seeds = wrap(np.array(_units(output._array), output._array.dtype).reshape(-1 if output.numel() else 0, *output.shape))
    if batched and len(seeds):
        (rows,) = grad(output, target, seeds, retain_graph=True, allow_unused=True, is_grads_batched=True)
        if rows is not None and not np.allclose(np.array([_numbers(row) for row in rows._array]).T, first):
            raise GradcheckError(f"the gradient of output {j} with respect to input {k} is another in a batch of gradients")
    if dtypes and len(seeds):
        (g,) = grad(output, target, seeds[0], retain_graph=True, allow_unused=True)
        if g is not None and g.dtype != target.dtype:
            raise GradcheckError(
                f"the gradient with respect to input {k} is of type {g.dtype!r}, but the input of {target.dtype!r}"
            )
    return first


def _check_undefined(outputs: list[Tensor]) -> None:
    """What is not computed by the library itself (Functions and hooks) must take None for a gradient that is zero."""
    for output in outputs:
        place = output._fn
        node, index = (place.node, place.index) if isinstance(place, Output) else (place, 0)
        if node is None:
            continue
        hooks = () if node.hooks is None else tuple(node.hooks.tensor.get(index, {}).values())
        try:
            for hook in hooks:
                hook(None)
            returned = (
                () if not isinstance(node, FunctionNode) else node.apply(raw, None if node.outputs == 1 else [None] * node.outputs)
            )
        except RuntimeError as error:
            warnings.warn("gradcheck calls backward functions and hooks with None, too: pass check_undefined_grad=False if "
                          "they need not take it (New undefined gradient support checking feature)", stacklevel=4)  # fmt: skip
            raise GradcheckError(f"{node.name()}, or a hook on its output, does not take None for a gradient: {error}") from error
        if any(g is not None and np.any(g) for _, g in returned):
            raise GradcheckError(f"{node.name()} returned gradients that are not zero, without a gradient of its output")


def _compare(k: int, j: int, analytic: np.ndarray, numeric: np.ndarray, atol: float, rtol: float, by: str = "backward") -> None:
    wrong = ~np.isclose(analytic, numeric, rtol, atol, equal_nan=True)
    if wrong.any():
        at = np.unravel_index(int(np.argmax(np.abs(np.where(wrong, analytic - numeric, 0)))), wrong.shape)
        what = "Jacobian mismatch" if by == "backward" else "Jacobian computed with forward mode mismatch"
        raise GradcheckError(
            f"{what} for output {j} with respect to input {k}: for number {int(at[0])} of the input and number {int(at[1])} of the output "
            f"(real and imaginary parts count apart), {by} gives {analytic[at]:.6g}, but the difference quotient is {numeric[at]:.6g} "
            f"({int(wrong.sum())} of {wrong.size} entries differ)"
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

    Parameters
    ----------
    func : function of Tensors
    inputs : Tensor or tuple
        Those that require grad are checked; they should be float64.
    grad_outputs : Tensor or tuple, optional
        The gradients of the outputs.
    eps : float
        The step of the difference.
    atol, rtol : float
        Allowed error.
    gen_non_contig_grad_outputs : bool
        Whether the random ones are laid out in memory with gaps.
    raise_exception : bool
        Raise instead of returning False.
    nondet_tol : float
        How far two runs of backward may be apart.
    check_undefined_grad : bool
        Whether Functions and hooks take None for the gradient of an output.
    check_grad_dtypes : bool
        Whether gradients are of the types of their inputs.
    check_batched_grad : bool
        Whether a batch of gradients gives the same.
    check_fwd_over_rev, check_rev_over_rev : bool
        Which mode the second derivatives are computed in, or both.
    fast_mode : bool
        Makes no difference here.
    masked : bool
        Of sparse tensors; without effect.

    Returns
    -------
    bool
        Whether they agree; False only without ``raise_exception``.

    See Also
    --------
    minitorch_bp.autograd.gradcheck : First derivatives.

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

    return gradcheck(first_gradient, (*inputs, *grad_outputs), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
                     nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
                     check_batched_grad=check_batched_grad)  # fmt: skip
