"""``backward`` and ``grad``: the two entry points of the engine.

``backward`` adds gradients to the ``.grad`` of leaves; ``grad`` returns them and leaves ``.grad`` alone.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

import numpy as np

from ..core import engine
from ..core.grad_mode import mode
from ..core.graph import AccumulateGrad, Node, Output
from ..core.namespaces import tracked
from ..core.public import public
from ..core.tensor import Tensor, wrap
from ..core.view import edge_of
from ..core.warn import warn_once
from .hooks import retain_grad, retains_grad

if TYPE_CHECKING:
    from ..core.types import Gradients, Tensors

Key = TypeVar("Key")
_COMPLEX = "a gradient can be created only for a real output, but this one is complex: take .abs() or .real, or pass gradient="


class GradientEdge(NamedTuple):
    """A place in the graph: output number ``output_nr`` of a node; what gradients are asked of, or start from, besides tensors.

    Parameters
    ----------
    node : Node
        Such as ``y.grad_fn``.
    output_nr : int
        Which of its outputs.
    ownership_token : any
        What is to be kept alive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> y = x * 2
    >>> edge = torch.autograd.graph.get_gradient_edge(y)
    >>> (y * y).backward(inputs=[x])
    >>> torch.autograd.grad((x * 2) ** 2, x), edge.node.name(), edge.output_nr
    ((tensor(24.),), 'MulBackward0', 0)
    """

    node: Any
    output_nr: int
    ownership_token: Any = None


def _place(t: Any) -> Any:
    """The engine's edge of a tensor or a :class:`GradientEdge`; None if it needs no gradient."""
    if isinstance(t, Tensor):
        return edge_of(t)
    node, index = t.node, t.output_nr
    if isinstance(node, AccumulateGrad):
        return node.variable
    if node.outputs == 1:
        return node
    shape, dtype = node.metas()[index]
    return Output(node, index, np.broadcast_to(np.empty((), dtype), shape))


def form_of(edge: Any) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of what flows along an edge."""
    like = edge._array if isinstance(edge, Tensor) else edge
    return like.shape, like.dtype


def _as_tuple(x: Any) -> tuple[Any, ...]:
    return (x,) if isinstance(x, (Tensor, GradientEdge)) or x is None else tuple(x)


def _leaves_of(inputs: Any) -> tuple[Any, ...]:
    """Inputs as a tuple: one, several, or those of a dict, as ``dict(module.named_parameters())``."""
    if type(inputs) is dict:
        return tuple(inputs.values())
    if isinstance(inputs, Mapping):
        raise TypeError(
            f"the inputs must be tensors, or a plain dict of them, but got a {type(inputs).__name__}: give dict(inputs)"
        )
    return _as_tuple(inputs)


def _start(outputs: tuple[Any, ...], gradients: tuple[Any, ...], create_graph: bool) -> tuple[list[Any], list[Any]]:
    """The edges to start from and the gradient of each: 1 for a scalar, else what was given."""
    for t in outputs:
        if not isinstance(t, (Tensor, GradientEdge)):
            raise TypeError(f"an output must be a Tensor, but got {type(t).__name__}")
    for g in gradients:
        if g is not None and not isinstance(g, Tensor):
            raise TypeError(f"a gradient must be a Tensor or None, but got {type(g).__name__}")
    if len(gradients) != len(outputs):
        raise RuntimeError(f"{len(outputs)} outputs need as many gradients, but {len(gradients)} were given")
    roots, starts = [], []
    for t, g in zip(outputs, gradients, strict=True):
        edge = _place(t)
        if edge is None:
            raise RuntimeError(
                "this tensor does not require grad and was not computed from one that does, so there is nothing to "
                "differentiate: set requires_grad=True on an input, and do not compute under no_grad"
            )
        shape, dtype = (t._array.shape, t._array.dtype) if isinstance(t, Tensor) else form_of(edge)
        if g is None:
            if dtype.kind == "c":
                raise RuntimeError(_COMPLEX)
            if math.prod(shape) != 1:
                raise RuntimeError(
                    f"a gradient can be created only for a scalar output, but this one has shape {list(shape)}: "
                    "reduce it with .sum() or .mean(), or pass gradient= (the vector of the vector-Jacobian product)"
                )
            one = np.ones(shape, dtype)
            starts.append(wrap(one) if create_graph else one)
        elif g._array.shape != shape:
            raise RuntimeError(
                f"the gradient has shape {list(g._array.shape)}, but its output has {list(shape)}: they must be equal"
            )
        elif g._array.dtype.kind == "c" != dtype.kind:
            raise RuntimeError("the gradient is complex, but its output is real: take .real of it")
        else:
            starts.append(g if create_graph else g._array)
        roots.append(edge)
    return roots, starts


def _refuse_in_transforms() -> None:
    if mode.transforms:
        raise RuntimeError(
            f"backward() inside of a function that torch.func.{mode.transforms[-1]} transforms: return the result, and let the "
            "transformation differentiate it"
        )


def backward(
    tensors: Tensors,
    grad_tensors: Gradients | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Gradients | None = None,
    inputs: Tensors | None = None,
) -> None:
    """Add the gradients of ``tensors`` to the ``.grad`` of the leaves they were computed from.

    Parameters
    ----------
    tensors : Tensor or sequence
        The outputs to start from.
    grad_tensors : Tensor or sequence, optional
        The gradient of each output; needed for outputs that are not scalars.
    retain_graph : bool, optional
        Keep the saved values for another backward (by default as ``create_graph``).
    create_graph : bool
        Record the backward pass itself, so that it can be differentiated again.
    grad_variables : Tensor or sequence, optional
        The old name of ``grad_tensors``.
    inputs : sequence of Tensors, optional
        Only add to the ``.grad`` of these.

    Raises
    ------
    RuntimeError
        If an output is not a scalar and has no gradient, needs no grad, or its graph was freed already.

    See Also
    --------
    minitorch_bp.Tensor.backward : From one tensor.
    minitorch_bp.autograd.grad : Returns the gradients instead.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> torch.autograd.backward(x**2)
    >>> x.grad
    tensor(6.)
    """
    _refuse_in_transforms()
    outputs = _as_tuple(tensors)
    given = grad_variables if grad_tensors is None else grad_tensors
    gradients = (None,) * len(outputs) if given is None else _as_tuple(given)
    leaves = None
    if inputs is not None:
        leaves = _leaves_of(inputs)
        if not leaves:
            raise RuntimeError("inputs= is empty: leave it out to differentiate with respect to all leaves")
        _check_inputs(leaves)
    roots, starts = _start(outputs, gradients, create_graph)
    if create_graph:
        warn_once(
            "backward() with create_graph=True: the .grad of a leaf then refers to the graph, which refers to the leaf. Using backward() "
            "with create_graph=True so makes a reference cycle, which is freed late: use autograd.grad() instead, or set .grad to None"
        )
    keep = create_graph if retain_graph is None else retain_graph
    places = None if leaves is None else tuple(_place(t) for t in leaves)
    captured = engine.run_backward(roots, starts, keep, create_graph, places, accumulate=True)
    for t, g in zip(leaves, captured, strict=True) if leaves else ():
        if isinstance(t, Tensor) and t._fn is not None and g is not None and not retains_grad(t):
            t._grad = g if t._grad is None else t._grad + g
            retain_grad(t)  # it keeps its gradient from now on


def _check_inputs(inputs: tuple[Tensor, ...]) -> None:
    for k, t in enumerate(inputs):
        if not isinstance(t, (Tensor, GradientEdge)):
            raise RuntimeError(f"an input must be a Tensor, but got {type(t).__name__}")
        if _place(t) is None:
            raise RuntimeError(f"input {k} does not require grad, so there is no gradient with respect to it")


def _never(one: Any, retain_graph: Any) -> bool:
    """Of nodes that do not know a shorter way than the engine's (a traced function's may: see ``jit/program``)."""
    return False


@public("Tensor", name="backward")
def _backward(
    self: Any, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
) -> None:
    """Add the gradients of this tensor to the ``.grad`` of the leaves it was computed from.

    See :func:`minitorch_bp.autograd.backward`.

    Parameters
    ----------
    gradient : Tensor, optional
        Of this tensor's shape: the gradient of what comes after. Needed unless the tensor is a single number, whose gradient is 1.
    retain_graph : bool, optional
        Keep the saved values for another backward (by default as ``create_graph``).
    create_graph : bool
        Record the backward pass itself, so that it can be differentiated again.
    inputs : sequence of Tensors, optional
        Only add to the ``.grad`` of these.

    Raises
    ------
    RuntimeError
        If the tensor is not a single number and has no gradient, needs no grad, or its graph was freed already.

    See Also
    --------
    minitorch_bp.autograd.backward : From several tensors.
    minitorch_bp.autograd.grad : Returns the gradients instead.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> a, b = torch.tensor(7.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    >>> ((a + b) * b**3).backward()
    >>> a.grad, b.grad
    (tensor(27.), tensor(297.))
    """
    edge = edge_of(self)
    if (
        gradient is None
        and inputs is None
        and not create_graph
        and edge is not None
        and not self._array.ndim
        and not mode.transforms
    ):
        # A loss: the usual case, and nothing to check.
        if self._array.dtype.kind == "c":
            raise RuntimeError(_COMPLEX)
        one = np.empty((), self._array.dtype)
        one[()] = 1
        if edge.__class__ is Node or not getattr(edge, "alone", _never)(one, retain_graph):
            engine.run_backward([edge], [one], bool(retain_graph), False)
    else:
        backward(self, gradient, retain_graph, create_graph, inputs=inputs)


@overload
def grad(
    outputs: Tensors, inputs: Tensors, grad_outputs: Gradients | None = None, retain_graph: bool | None = None,
    create_graph: bool = False, only_inputs: bool = True, allow_unused: bool | None = None, is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]: ...  # fmt: skip
@overload
def grad(
    outputs: Tensors, inputs: dict[Key, Tensor], grad_outputs: Gradients | None = None, retain_graph: bool | None = None,
    create_graph: bool = False, only_inputs: bool = True, allow_unused: bool | None = None, is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> dict[Key, Tensor]: ...  # fmt: skip
def grad(
    outputs: Tensors,
    inputs: Tensors | dict[Key, Tensor],
    grad_outputs: Gradients | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...] | dict[Key, Tensor]:
    """The gradients of ``outputs`` with respect to ``inputs``, as a tuple.

    Parameters
    ----------
    outputs : Tensor or sequence
        What is differentiated.
    inputs : Tensor, sequence or dict of Tensors
        In what. Of a dict, as ``dict(module.named_parameters())``, the result is a dict with the same keys.
    grad_outputs : Tensor or sequence, optional
        The gradient of each output; needed for outputs that are not scalars.
    retain_graph : bool, optional
        Keep the saved values for another backward (by default as ``create_graph``).
    create_graph : bool
        Record the backward pass itself, so that it can be differentiated again.
    only_inputs : bool
        Without effect since long ago.
    allow_unused : bool, optional
        Return None for an input that no output depends on, instead of raising.
    is_grads_batched : bool
        ``grad_outputs`` have a first dimension more: one backward pass for each row, and the results are stacked.
    materialize_grads : bool
        Return zeros for such an input.

    Returns
    -------
    tuple or dict of Tensors
        A gradient for each input, of its shape.

    Raises
    ------
    RuntimeError
        As :func:`backward`; or if an input was not used and that is not allowed.

    See Also
    --------
    minitorch_bp.autograd.backward : Adds the gradients to ``.grad``.
    minitorch_bp.func.grad : The gradient of a function as a function.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (first,) = torch.autograd.grad(x**3, x, create_graph=True)
    >>> torch.autograd.grad(first, x)
    (tensor(18.),)
    """
    if not only_inputs:
        warnings.warn(
            "grad(): only_inputs=False has no effect: only the gradients of the inputs are computed", FutureWarning, stacklevel=2
        )
    if materialize_grads and allow_unused is False:
        raise ValueError("materialize_grads=True needs allow_unused to be True or left out")
    ends, leaves = _as_tuple(outputs), _leaves_of(inputs)
    gradients = (None,) * len(ends) if grad_outputs is None else _as_tuple(grad_outputs)
    if not leaves:
        raise RuntimeError("there are no inputs to differentiate with respect to")
    _check_inputs(leaves)
    keep = mode.repeated or (create_graph if retain_graph is None else retain_graph)
    places = tuple(_place(t) for t in leaves)

    def run(given: tuple[Any, ...], keep: bool) -> list[Any]:
        roots, starts = _start(ends, given, create_graph)
        return engine.run_backward(roots, starts, keep, create_graph, places, accumulate=False)

    results = _batched(run, gradients, keep) if is_grads_batched else run(gradients, keep)
    for k, g in enumerate(results):
        if g is None and materialize_grads:
            like = leaves[k]
            if not isinstance(like, Tensor):
                raise RuntimeError(f"input {k} is an edge, of which there are no zeros: materialize_grads=True takes tensors only")
            results[k] = wrap(np.zeros_like(like._array))
            results[k]._requires_grad = create_graph
        elif g is None and not allow_unused:
            raise RuntimeError(f"input {k} was not used in computing the outputs; pass allow_unused=True to get None for it")
    return dict(zip(inputs, results, strict=True)) if type(inputs) is dict else tuple(results)


def _batched(run: Any, gradients: tuple[Any, ...], keep: bool) -> list[Any]:
    """One backward pass for each of the gradients that are stacked along a first dimension; the results are stacked as well."""
    count = {len(g) for g in gradients if g is not None}
    if len(count) != 1:
        raise RuntimeError("is_grads_batched=True needs grad_outputs with one first dimension, the same for all")
    (size,) = count
    rows = [
        run(tuple(None if g is None else g[k] for g in gradients), keep or k < size - 1) for k in range(size)
    ]  # fmt: skip
    return [None if column[0] is None else tracked._stack(tuple(column), 0) for column in zip(*rows, strict=True)]
