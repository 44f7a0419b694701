"""Derivatives as functions: ``grad(f)`` is the function that computes the gradient of f.

Each transformation runs the function on fresh aliases of its arguments, and the backward pass from there. An alias of a tensor
that already requires grad is a view of it, so transformations can be nested, and mixed with ordinary ``backward()``: the inner
gradient is recorded if anything outside might differentiate it. If nothing does, its history is dropped.

The derivative in a direction (:func:`jvp`) comes from two backward passes: :math:`J^T u` is linear in u, so its own gradient,
weighted with v, is :math:`J v`, whatever u is. (``autograd.forward_ad`` does the same for one operation at a time.)
Source of that trick: Townsend, "A new trick for calculating Jacobian vector products", 2017.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..autograd.gradients import grad as _gradients
from ..core.grad_mode import enable_grad, is_grad_enabled, mode
from ..core.graph import Node, Output, at_edge
from ..core.tensor import Tensor
from ..core.trees import leaves_of, like, mapped
from ..core.view import edge_of
from ..ops.creation import zeros_like
from ..ops.requires_grad import requiring_grad

# ---------------------------------------------------------------------- aliases and history
_NO_HOOKS = "saved tensor hooks can't be used inside of or around a transformation: use them with ordinary backward()"


class _Mark:
    """What an alias knows of its level (of which it is a part itself): whether it is running."""

    running = True


class _Running(threading.local):
    """The transformations that run, the outermost first."""

    levels: tuple[_Level, ...] = ()


running = _Running()


class _Level:
    """One running transformation, and the aliases it made (``own``) of what it was given.

    A leaf that a transformation has made is of no interest to anyone once that transformation is over.
    """

    def __init__(self, name: str):
        self.name, self.mark = name, _Mark()
        self.outside = is_grad_enabled()
        self.own: list[Tensor] = []
        self.given: list[Tensor] = []
        self.number = len(mode.transforms) + 1

    def __enter__(self) -> _Level:
        self._before = mode.transforms, mode.hooks_disabled
        if self.name not in ("jvp", "jacfwd"):  # (there nothing is saved for a backward pass in PyTorch)
            if mode.recorder is not None and mode.recorder.hooks:
                raise RuntimeError(f"{self.name}: {_NO_HOOKS}")
            mode.hooks_disabled = f"{self.name}: {_NO_HOOKS}"
        mode.transforms = (*mode.transforms, self.name)
        running.levels = (*running.levels, self)
        self._recording = enable_grad()
        self._recording.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._recording.__exit__(*exc)
        mode.transforms, mode.hooks_disabled = self._before
        running.levels = running.levels[:-1]
        self.mark.running = False

    def call(self, func: Any, args: Any, kwargs: Any, argnums: Any, has_aux: bool) -> tuple[Any, Any, Any, list[Tensor]]:
        """Call the function on aliases of the chosen arguments: ``(these aliases, output, aux, the output's tensors)``."""
        chosen = mapped(self._alias, _chosen(self.name, args, argnums))
        # (The derivative in a direction has no leaves in PyTorch, so there the function may write to its arguments.)
        given = mapped(lambda t: at_edge(t, edge_of(t)), chosen) if self.name == "jvp" else chosen
        out, aux = func(*_replaced(args, argnums, given), **kwargs), None
        if has_aux:
            if not isinstance(out, tuple) or len(out) != 2:
                raise RuntimeError(
                    f"{self.name}: with has_aux the function must return a pair (output, aux), but it returned {out!r}"
                )
            out, aux = out
            if other := next((x for x in leaves_of(aux) if not isinstance(x, Tensor)), None):
                raise RuntimeError(
                    f"{self.name}: Expected tensors, got unsupported type {type(other).__name__} in aux: return tensors"
                )
        outputs = list(leaves_of(out))
        if not outputs or not all(isinstance(o, Tensor) for o in outputs):
            raise RuntimeError(f"{self.name}: the function must return tensors, at least one, but it returned {out!r:.100}")
        return chosen, out, aux, outputs

    def _alias(self, t: Any) -> Tensor:
        if not isinstance(t, Tensor):
            raise RuntimeError(f"{self.name}: can only differentiate in tensors, but got a {type(t).__name__}")
        if not (t.is_floating_point() or t.is_complex()):
            raise RuntimeError(f"{self.name}: can only differentiate in floating-point tensors, but got one of type {t.dtype!r}")
        if t.requires_grad and (self.outside or self.name == "vjp"):  # (what pulls back may be called where grad is enabled)
            made = t.view_as(t)
        else:
            made = requiring_grad(t.detach())
            made.__dict__["_level"] = self.mark
        self.own.append(made)
        self.given.append(t)
        return made

    def keeps(self, outputs: list[Tensor]) -> bool:
        """Whether anything outside could differentiate the outputs further: whether their history leads to other leaves.

        Not if the transformation is called under ``no_grad``.
        """
        return self.outside and self.leads_outside(outputs)

    def leads_outside(self, outputs: list[Tensor]) -> bool:
        """Whether the history of the outputs leads to leaves of others."""
        for edge in edges_below(outputs):
            if isinstance(edge, Tensor):
                level = edge.__dict__.get("_level")
                if level is None or (level is not self.mark and level.running):
                    return True
        return any(t._fn is not None for t in self.own)

    def settled(self, aux: Any) -> Any:
        """What the function returned besides its result: with a history if that leads outside."""
        return _settled(aux, self.keeps([t for t in leaves_of(aux) if isinstance(t, Tensor)]))


def edges_below(tensors: list[Tensor]) -> Iterator[Any]:
    """Every node and leaf in the history of tensors, each once; of a node with several outputs, the edges to them."""
    seen, queue = set(), [edge_of(t) for t in tensors]
    while queue:
        edge = queue.pop()
        if edge is None or id(edge) in seen:
            continue
        seen.add(id(edge))
        yield edge
        node = edge.node if edge.__class__ is Output else edge
        if isinstance(node, Node):
            queue.extend(node.edges)


def _structure(tree: Any) -> Any:
    """The containers alone."""
    return mapped(lambda _: None, tree)


def _real(name: str, what: str, tensors: list[Tensor]) -> None:
    if any(t.is_complex() for t in tensors):
        raise RuntimeError(f"{name}: Expected all {what} to be real, but one is complex")


def _settled(tree: Any, keep: bool) -> Any:
    """Results with their history, or without."""
    return tree if keep else mapped(lambda t: t.detach() if isinstance(t, Tensor) and t.requires_grad else t, tree)


def _pullback(outputs: list[Tensor], inputs: list[Tensor], cotangents: list[Any], keep: bool, retain: bool = False) -> list[Tensor]:
    """The gradients of the inputs; zeros where there is no path."""
    roots = [(o, c) for o, c in zip(outputs, cotangents, strict=True) if o.requires_grad]
    if not roots:
        return [zeros_like(t) for t in inputs]
    gradients = _gradients(
        [o for o, _ in roots], inputs, [c for _, c in roots], retain_graph=retain or keep, create_graph=keep, allow_unused=True
    )
    return [zeros_like(t) if g is None else g for t, g in zip(inputs, gradients, strict=True)]


def _chosen(name: str, args: tuple[Any, ...], argnums: Any) -> Any:
    """The arguments that are differentiated: one, or a tuple."""
    if argnums == ():
        raise RuntimeError(f"{name}: argnums must be non-empty")
    for k in argnums if isinstance(argnums, tuple) else (argnums,):
        if not isinstance(k, int):
            raise RuntimeError(f"{name}: argnums must be an int or a tuple of ints, but is {argnums!r}")
        if not -len(args) <= k < len(args):
            raise RuntimeError(f"{name}: argnums={argnums}, but there are {len(args)} positional arguments")
    if isinstance(argnums, tuple) and len({k % len(args) for k in argnums}) < len(argnums):
        raise RuntimeError(f"{name}: argnums must be unique, but is {argnums}")
    return tuple(args[k] for k in argnums) if isinstance(argnums, tuple) else args[argnums]


def _replaced(args: tuple[Any, ...], argnums: Any, chosen: Any) -> tuple[Any, ...]:
    replaced = list(args)
    for k, value in zip(argnums, chosen, strict=True) if isinstance(argnums, tuple) else [(argnums, chosen)]:
        replaced[k] = value
    return tuple(replaced)


# ---------------------------------------------------------------------- gradients
def grad_and_value(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that returns the gradient of ``func`` and its value.

    Parameters
    ----------
    func : function
        Returns a tensor of one number without dimensions (with ``has_aux`` a pair of that and anything).
    argnums : int or tuple of ints
        In which arguments.
    has_aux : bool
        Whether the value is the pair of what ``func`` returns.

    Returns
    -------
    function
        Of the arguments of ``func``; it returns (gradient, value).

    See Also
    --------
    grad : The gradient alone.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.grad_and_value(lambda x: (x * x).sum())(torch.tensor([3.0]))
    (tensor([6.]), tensor(9.))
    """

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        with _Level("grad") as level:
            chosen, value, aux, _ = level.call(func, args, kwargs, argnums, has_aux)
            if not isinstance(value, Tensor):
                raise RuntimeError(f"grad: the function must return a tensor, but it returned {type(value).__name__}")
            if value.ndim:
                raise RuntimeError(f"grad: the function must return a single number, but it returned shape {list(value.shape)}")
            keep = level.keeps([value])
            gradient = like(chosen, _pullback([value], level.own, [None], keep))
        value, aux = _settled(value, keep), level.settled(aux)
        return gradient, ((value, aux) if has_aux else value)

    return transformed


def grad(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    r"""The function that returns the gradient of ``func``, :math:`\nabla f`.

    Parameters
    ----------
    func : function
        Returns a tensor of one number without dimensions (with ``has_aux`` a pair of that and anything).
    argnums : int or tuple of ints
        In which arguments; they may be nested tuples, lists and dictionaries of tensors, and so is the gradient.
    has_aux : bool
        Also return the second part of what ``func`` returns.

    Returns
    -------
    function
        Of the arguments of ``func``; its result has their shapes.

    Raises
    ------
    RuntimeError
        If the function does not return a single number.

    See Also
    --------
    grad_and_value : Also returns the value.
    minitorch_bp.autograd.grad : Of a computed tensor in others.

    Notes
    -----
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.grad.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.grad(torch.sin)(torch.tensor(0.0)), torch.func.grad(torch.func.grad(torch.exp))(torch.tensor(0.0))
    (tensor(1.), tensor(1.))
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return transformed


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of a function, and the function that takes a cotangent v to :math:`J^T v`.

    Parameters
    ----------
    func : function of Tensors
    *primals : (nested containers of) Tensors
        Where.
    has_aux : bool
        Whether ``func`` returns a pair, whose second part is returned as it is.

    Returns
    -------
    tuple
        The value, and a function of a cotangent in the value's shape, which returns a tuple of tensors in the primals' shapes; with
        ``has_aux`` the second part as well.

    See Also
    --------
    jvp : The other way round.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> value, pull = torch.func.vjp(torch.sin, torch.zeros(2))
    >>> pull(torch.tensor([1.0, 2.0]))
    (tensor([1., 2.]),)
    """
    with _Level("vjp") as level:
        chosen, out, aux, outputs = level.call(func, primals, {}, tuple(range(len(primals))), has_aux)
        keep, leads_outside = level.keeps(outputs), level.leads_outside(outputs)

    def pull(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> tuple[Any, ...]:
        if not isinstance(retain_graph, bool):
            raise TypeError(
                f"vjp: retain_graph must be a bool, but is a {type(retain_graph).__name__}: give the cotangents as one argument, as the results"
            )
        given = list(leaves_of(cotangents))
        shapes = [tuple(o.shape) for o in outputs]
        if _structure(cotangents) != _structure(out):
            raise RuntimeError("vjp: Expected pytree structure of the cotangents to be that of the results")
        if len(given) != len(outputs) or [tuple(c.shape) for c in given] != shapes:
            raise RuntimeError(f"vjp: expected cotangents of shapes {shapes}, as the results have")
        recorded = (
            is_grad_enabled() and (leads_outside or any(c.requires_grad for c in given)) if create_graph is None else create_graph
        )
        with enable_grad():
            return like(chosen, _pullback(outputs, level.own, given, recorded, retain=retain_graph))

    value = _settled(out, keep)
    return (value, pull, level.settled(aux)) if has_aux else (value, pull)


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of a function, and its derivative in a direction, :math:`J v`.

    Parameters
    ----------
    func : function of Tensors
    primals, tangents : tuples of (nested containers of) tensors
        Where, and in which direction.
    strict : bool
        Without effect.
    has_aux : bool
        Whether ``func`` returns a pair, whose second part is returned as it is.

    Returns
    -------
    tuple
        The value and the derivative, of the same shapes; with ``has_aux`` the second part as well.

    Raises
    ------
    RuntimeError
        If primals and tangents are not tuples of the same structure and shapes.

    See Also
    --------
    vjp : The other way round.
    linearize : For many directions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.jvp(torch.sin, (torch.zeros(1),), (torch.tensor([2.0]),))
    (tensor([0.]), tensor([2.]))
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise RuntimeError("jvp: primals and tangents must be tuples")
    if not primals or _structure(primals) != _structure(tangents):
        raise RuntimeError("jvp: primals and tangents must have the same python structure, and hold at least one Tensor")
    directions = list(leaves_of(tangents))
    if other := next((x for x in (*leaves_of(primals), *directions) if not isinstance(x, Tensor)), None):
        raise RuntimeError(f"jvp: primals and tangents must hold tensors only, but there is a {type(other).__name__}")
    if not directions:
        raise RuntimeError("jvp: primals must hold at least one Tensor")
    with _Level("jvp") as level:
        if [tuple(t.shape) for t in leaves_of(primals)] != [tuple(d.shape) for d in directions]:
            raise RuntimeError("jvp: primals and tangents must have the same structure and shapes")
        _, out, aux, outputs = level.call(func, primals, {}, tuple(range(len(primals))), has_aux)
        keep = level.keeps(outputs) or (level.outside and any(d.requires_grad for d in directions))
        if strict and any(not o.requires_grad for o in outputs):
            raise RuntimeError("jvp: with strict=True every output must depend on an input, and one does not")
        along = _pushforward(outputs, level.own, directions, keep)
    value, derivative = _settled(out, keep), _settled(like(out, along), keep)
    return (value, derivative, level.settled(aux)) if has_aux else (value, derivative)


def _pushforward(outputs: list[Tensor], inputs: list[Tensor], directions: list[Tensor], keep: bool) -> list[Tensor]:
    """J v as the gradient of :math:`(J^T u) v` in u."""
    weights = [requiring_grad(zeros_like(o)) for o in outputs]
    back = _pullback(outputs, inputs, weights, True)
    return _pullback(back, weights, directions, keep, retain=True)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of a function, and the linear function that approximates it there: tangents to :math:`J v`.

    Parameters
    ----------
    func : function of Tensors
    *primals : (nested containers of) Tensors
        Where.

    Returns
    -------
    (any, function)
        The value, and a function of tangents in the shapes of the primals.

    See Also
    --------
    jvp : For one direction.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> value, push = torch.func.linearize(torch.sin, torch.zeros(1))
    >>> push(torch.tensor([2.0]))
    tensor([2.])
    """

    constants = mapped(lambda t: t.detach() if isinstance(t, Tensor) else t, primals)

    def push(*tangents: Any) -> Any:
        return jvp(func, constants, tangents)[1]

    return func(*primals), push


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """The function itself: writes in place are differentiated as they are here.

    Parameters
    ----------
    func : function
    remove : 'mutations' or 'mutations_and_views'
        Without effect.

    Returns
    -------
    function
        ``func`` itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.functionalize(torch.sin)(torch.zeros(1))
    tensor([0.])
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(f"functionalize: remove must be 'mutations' or 'mutations_and_views', but is {remove!r}")
    return func


def debug_unwrap(tensor: Tensor, *, recurse: bool = True) -> Tensor:
    """The tensor that a transform of functions has given to the function, to be looked at: here it is one as any other.

    Parameters
    ----------
    tensor : Tensor
    recurse : bool
        Whether to look through all transforms.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.grad(lambda x: torch.func.debug_unwrap(x) * 2)(torch.tensor(1.0))
    tensor(2.)
    """
    return tensor
