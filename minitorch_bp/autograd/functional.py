"""Derivatives of functions of tensors: Jacobians and Hessians, and their products with vectors.

The older of PyTorch's two interfaces (the other is ``torch.func``): inputs and outputs are tensors or tuples of them, and the
results have a history only if ``create_graph``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.grad_mode import enable_grad
from ..core.tensor import Tensor
from ..ops.creation import zeros_like
from ..ops.shape.joining import stack
from .gradients import grad as _gradients


# ---------------------------------------------------------------------- tuples in and out
def _as_tuple(value: Any, what: str, name: str) -> tuple[bool, tuple[Tensor, ...]]:
    """Whether the value is a tuple, and the value as one."""
    several = isinstance(value, tuple)
    tensors = value if several else (value,)
    for k, t in enumerate(tensors):
        if not isinstance(t, Tensor):
            raise TypeError(f"{name}: {what} must be a tensor or a tuple of tensors, but part {k} is a {type(t).__name__}")
    return several, tensors


def _fresh(inputs: tuple[Tensor, ...], create_graph: bool) -> tuple[Tensor, ...]:
    """Aliases that require grad, with the originals' history only if the results should have one."""
    return tuple(t.view_as(t) if create_graph and t.requires_grad else t.detach().requires_grad_() for t in inputs)


def _run(name: str, func: Any, inputs: Any, create_graph: bool, strict: bool) -> Any:
    """``(inputs were a tuple, inputs, outputs were a tuple, outputs)`` of one call on fresh inputs."""
    several_in, given = _as_tuple(inputs, "the inputs", name)
    own = _fresh(given, create_graph)
    several_out, outputs = _as_tuple(func(*own), "the outputs of the function", name)
    if strict:
        for k, out in enumerate(outputs):
            if not out.requires_grad:
                raise RuntimeError(f"{name}: output {k} does not depend on the inputs, and strict=True was asked for")
    return several_in, own, several_out, outputs


def _pull(
    name: str, outputs: Any, inputs: Any, weights: Any, create_graph: bool, strict: bool, retain: bool = True
) -> tuple[Tensor, ...]:
    """The gradients of the inputs, zeros where there is no path (RuntimeError if ``strict``)."""
    roots = [(o, w) for o, w in zip(outputs, weights, strict=True) if o.requires_grad]
    grads: Any = (None,) * len(inputs)
    if roots:
        grads = _gradients(
            [o for o, _ in roots], inputs, [w for _, w in roots], retain_graph=retain, create_graph=create_graph, allow_unused=True
        )
    if strict and any(g is None for g in grads):
        raise RuntimeError(f"{name}: the outputs do not depend on input {list(grads).index(None)}, and strict=True was asked for")
    return tuple(zeros_like(t) if g is None else g for t, g in zip(inputs, grads, strict=True))


def _weights(name: str, v: Any, like: tuple[Tensor, ...], what: str) -> tuple[Tensor, ...]:
    """The vector to multiply with, checked; 1 for a single number unless given."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(f"{name}: v can only be left out if {what} is a single number")
        return (zeros_like(like[0].detach()) + 1,)
    _, vectors = _as_tuple(v, "v", name)
    if [tuple(t.shape) for t in vectors] != [tuple(t.shape) for t in like]:
        raise RuntimeError(
            f"{name}: v must have the shapes {[list(t.shape) for t in like]} of {what}, but has {[list(t.shape) for t in vectors]}"
        )
    return vectors


def _depending(name: str, products: tuple[Tensor, ...], create_graph: bool, strict: bool) -> tuple[Tensor, ...]:
    """The products; RuntimeError if one that was to have a history (``create_graph``) is constant, and ``strict``."""
    if strict and create_graph and not all(t.requires_grad for t in products):
        raise RuntimeError(f"{name}: the derivative does not depend on the inputs, and strict=True was asked for")
    return products


def _result(several: bool, tensors: Any, create_graph: bool) -> Any:
    results = tuple(t if create_graph else t.detach() for t in tensors)
    return results if several else results[0]


def _single(name: str, several: bool, outputs: tuple[Tensor, ...]) -> None:
    if several or len(outputs) != 1:
        raise RuntimeError(f"{name}: the function must return one tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"{name}: the function must return a single number, but it returned shape {list(outputs[0].shape)}")


# ---------------------------------------------------------------------- products with vectors
def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """The outputs of a function, and :math:`v^T J`.

    Parameters
    ----------
    func : function of tensors
    inputs : Tensor or tuple of Tensors
    v : Tensor or tuple of Tensors of the outputs' shapes
        May be left out if the output is a single number.
    create_graph : bool
        Whether the results can be differentiated.
    strict : bool
        Raise RuntimeError if an output does not depend on the inputs (else such derivatives are zeros).

    Returns
    -------
    (Tensor or tuple, Tensor or tuple)
        The outputs, and the products in the shapes of the inputs.

    Notes
    -----
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.functional.vjp(torch.exp, torch.zeros(2), torch.tensor([1.0, 2.0]))
    (tensor([1., 1.]), tensor([1., 2.]))
    """
    with enable_grad():
        several_in, own, several_out, outputs = _run("vjp", func, inputs, create_graph, strict)
        weights = _weights("vjp", v, outputs, "the output")
        products = _depending("vjp", _pull("vjp", outputs, own, weights, create_graph, strict), create_graph, strict)
    return _result(several_out, outputs, create_graph), _result(several_in, products, create_graph)


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """The outputs of a function, and :math:`J v`.

    :math:`J^T u` is linear in u; :math:`J v` is its gradient in u, weighted with v.

    Parameters
    ----------
    func : function of tensors
    inputs : Tensor or tuple of Tensors
    v : Tensor or tuple of Tensors of the inputs' shapes
        May be left out if the input is a single number.
    create_graph : bool
        Whether the results can be differentiated.
    strict : bool
        Raise RuntimeError if an output does not depend on the inputs (else such derivatives are zeros).

    Returns
    -------
    (Tensor or tuple, Tensor or tuple)
        The outputs, and the products in the shapes of the outputs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.functional.jvp(torch.exp, torch.zeros(2), torch.tensor([1.0, 2.0]))
    (tensor([1., 1.]), tensor([1., 2.]))
    """
    with enable_grad():
        _, own, several_out, outputs = _run("jvp", func, inputs, create_graph, strict)
        directions = _weights("jvp", v, own, "the input")
        units = tuple(zeros_like(o.detach()).requires_grad_() for o in outputs)
        back = _pull("jvp", outputs, own, units, True, strict)
        products = _depending("jvp", _pull("jvp", back, units, directions, create_graph, False), create_graph, strict)
    return _result(several_out, outputs, create_graph), _result(several_out, products, create_graph)


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """The value of a function, and :math:`v^T H`, H its Hessian.

    Parameters
    ----------
    func : function of tensors
        Returns a single number.
    inputs : Tensor or tuple of Tensors
    v : Tensor or tuple of Tensors of the inputs' shapes
        May be left out if the input is a single number.
    create_graph : bool
        Whether the results can be differentiated.
    strict : bool
        Raise RuntimeError if an output does not depend on the inputs (else such derivatives are zeros).

    Returns
    -------
    (Tensor, Tensor or tuple)
        The value, and the product in the shapes of the inputs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.functional.vhp(lambda x: (x ** 3).sum(), torch.ones(2), torch.tensor([1.0, 2.0]))
    (tensor(2.), tensor([ 6., 12.]))
    """
    with enable_grad():
        several_in, own, several_out, outputs = _run("vhp", func, inputs, create_graph, strict)
        _single("vhp", several_out, outputs)
        weights = _weights("vhp", v, own, "the input")
        first = _pull("vhp", outputs, own, (None,), True, strict)
        products = _depending("vhp", _pull("vhp", first, own, weights, create_graph, strict), create_graph, strict)
    return _result(False, outputs, create_graph), _result(several_in, products, create_graph)


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """The value of a function, and :math:`H v`, H its Hessian, by the derivative of the gradient in a direction.

    H is symmetric where the second derivatives are continuous, so :func:`vhp` gives the same and is faster.

    Parameters
    ----------
    func : function of tensors
        Returns a single number.
    inputs : Tensor or tuple of Tensors
    v : Tensor or tuple of Tensors of the inputs' shapes
        May be left out if the input is a single number.
    create_graph : bool
        Whether the results can be differentiated.
    strict : bool
        Raise RuntimeError if an output does not depend on the inputs (else such derivatives are zeros).

    Returns
    -------
    (Tensor, Tensor or tuple)
        The value, and the product in the shapes of the inputs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), torch.ones(2), torch.tensor([1.0, 2.0]))
    (tensor(2.), tensor([ 6., 12.]))
    """
    with enable_grad():
        several_in, own, several_out, outputs = _run("hvp", func, inputs, create_graph, strict)
        _single("hvp", several_out, outputs)
        directions = _weights("hvp", v, own, "the input")
        first = _pull("hvp", outputs, own, (None,), True, strict)
        units = tuple(zeros_like(t.detach()).requires_grad_() for t in own)
        back = _pull("hvp", first, own, units, True, strict)
        products = _depending("hvp", _pull("hvp", back, units, directions, create_graph, False), create_graph, strict)
    return _result(False, outputs, create_graph), _result(several_in, products, create_graph)


# ---------------------------------------------------------------------- whole matrices
def _unit_vectors(t: Tensor) -> list[Tensor]:
    """For each element a tensor of that shape that is 1 there and 0 elsewhere."""
    units = [t.new_zeros(t.numel()) for _ in range(t.numel())]
    for k, unit in enumerate(units):
        unit[k] = 1
    return [unit.view(t.shape) for unit in units]  # (a reshape of zeros_like may be a copy)


def _jacobian_of(out: Tensor, inputs: Any, pull: Callable[[Tensor], Any]) -> list[Tensor]:
    """The derivatives of one output in each input, row by row: ``pull(unit)`` is the gradient of one element of the output."""
    rows = [pull(unit) for unit in _unit_vectors(out)]
    columns: Any = zip(*rows, strict=True) if rows else [()] * len(inputs)
    return [
        stack(list(c)).reshape((*out.shape, *t.shape)) if rows else t.new_zeros((*out.shape, *t.shape))
        for c, t in zip(columns, inputs, strict=True)
    ]


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    r"""All first derivatives: for an output of shape S and an input of shape T a tensor of shape ``(*S, *T)``.

    For several outputs or inputs a tuple (of tuples), outputs first.

    Parameters
    ----------
    func : function of tensors
    inputs : Tensor or tuple of Tensors
    create_graph : bool
        Whether the results can be differentiated.
    strict : bool
        Raise RuntimeError if an output does not depend on the inputs (else such derivatives are zeros).
    vectorize : bool
        Makes no difference here.
    strategy : 'reverse-mode' or 'forward-mode'
        Rows by backward passes, or (only with ``vectorize``) columns by derivatives in directions.

    Returns
    -------
    Tensor or tuple
        Of shape (\*S, \*T) for each output and input.

    See Also
    --------
    minitorch_bp.func.jacrev : As a function of a function.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.functional.jacobian(lambda x: x.sum() * x, torch.ones(2))
    tensor([[3., 1.],
            [1., 3.]])
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f"jacobian: strategy must be 'reverse-mode' or 'forward-mode', but is {strategy!r}")
    if strategy == "forward-mode" and create_graph:
        raise NotImplementedError("jacobian: strategy='forward-mode' does not support the argument create_graph=True")
    if strategy == "forward-mode" and not vectorize:
        raise NotImplementedError("jacobian: strategy='forward-mode' needs vectorize=True")
    if strict and vectorize:
        raise RuntimeError("jacobian: strict=True and vectorize=True do not go together")
    with enable_grad():
        several_in, own, several_out, outputs = _run("jacobian", func, inputs, create_graph, strict)
        whole = []

        def pulled(out: Tensor, unit: Tensor) -> tuple[Tensor, ...]:
            row = _pull("jacobian", (out,), own, (unit,), create_graph, strict)
            return _depending("jacobian", row, create_graph, strict)

        for out in outputs:
            parts = _jacobian_of(out, own, lambda unit: pulled(out, unit))
            whole.append(_result(several_in, parts, create_graph))
    return tuple(whole) if several_out else whole[0]


def hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    r"""All second derivatives of a function that returns a single number.

    Parameters
    ----------
    func : function of tensors
        Returns a single number.
    inputs : Tensor or tuple of Tensors
    create_graph : bool
        Whether the results can be differentiated.
    strict : bool
        Raise RuntimeError if an output does not depend on the inputs (else such derivatives are zeros).
    vectorize : bool
        Makes no difference here.
    outer_jacobian_strategy : 'reverse-mode' or 'forward-mode'
        How the derivative of the gradient is computed.

    Returns
    -------
    Tensor or tuple
        Of shape (\*T, \*U) for each pair of inputs of shapes T and U.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f"hessian: unknown outer_jacobian_strategy {outer_jacobian_strategy!r}")
    several, _ = _as_tuple(inputs, "the inputs", "hessian")

    def first(*own: Tensor) -> Any:
        several_out, outputs = _as_tuple(func(*own), "the outputs of the function", "hessian")
        _single("hessian", several_out, outputs)
        if strict and not outputs[0].requires_grad:
            raise RuntimeError("hessian: the output does not depend on the inputs, and strict=True was asked for")
        return _pull("hessian", outputs, own, (None,), True, strict)

    second = jacobian(first, inputs, create_graph, strict)
    return second if several else second[0]
