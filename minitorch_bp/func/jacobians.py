"""All derivatives of a function as a function: Jacobians by rows or by columns, and Hessians."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..autograd.functional import _jacobian_of, _unit_vectors
from ..core.tensor import Tensor
from ..core.trees import like
from ..ops.creation import zeros_like
from ..ops.shape.joining import stack
from .transforms import _Level, _pullback, _pushforward, _real, _settled


def _nested(out: Any, chosen: Any, entries: list[list[Tensor]]) -> Any:
    """``entries[i][j]``, the derivative of output i in input j, in the containers of the outputs, then of the inputs."""
    return like(out, [like(chosen, row) for row in entries])


def jacrev(
    func: Callable[..., Any],
    argnums: Any = 0,
    *,
    has_aux: bool = False,
    chunk_size: Any = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    r"""The function that returns the Jacobian of ``func``, a row (an output) at a time, by backward passes.

    It is the faster way for fewer outputs than inputs.

    Parameters
    ----------
    func : function of Tensors
        Returns a tensor, or nested containers of them (with ``has_aux`` a pair of that and anything).
    argnums : int or tuple of ints
        In which arguments.
    has_aux : bool
        Also return the second part of what ``func`` returns.
    chunk_size : int, optional
        Of PyTorch's way to compute it; without effect.

    Returns
    -------
    function
        Of the arguments of ``func``; the derivative of an output of shape S in an input of shape T has shape (\*S, \*T).

    See Also
    --------
    jacfwd : By columns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.jacrev(torch.sin)(torch.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"jacrev: chunk_size should be greater than 0, but is {chunk_size}")

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        with _Level("jacrev") as level:
            chosen, out, aux, outputs = level.call(func, args, kwargs, argnums, has_aux)
            own = level.own
            _real("jacrev", "inputs", own)
            _real("jacrev", "outputs", outputs)
            keep = level.keeps(outputs)
            entries = [_jacobian_of(o, own, lambda unit: _pullback([o], own, [unit], keep, retain=True)) for o in outputs]
        jacobian = _settled(_nested(out, chosen, entries), keep)
        return (jacobian, level.settled(aux)) if has_aux else jacobian

    return transformed


def jacfwd(
    func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:  # fmt: skip
    r"""The function that returns the Jacobian of ``func``, a column (an input) at a time, by derivatives in directions.

    It is the faster way for fewer inputs than outputs.

    Parameters
    ----------
    func : function of Tensors
        Returns a tensor, or nested containers of them (with ``has_aux`` a pair of that and anything).
    argnums : int or tuple of ints
        In which arguments.
    has_aux : bool
        Also return the second part of what ``func`` returns.
    randomness : 'error', 'different' or 'same'
        Of PyTorch's way to compute it; without effect.

    Returns
    -------
    function
        Of the arguments of ``func``; the derivative of an output of shape S in an input of shape T has shape (\*S, \*T).

    See Also
    --------
    jacrev : By rows.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.jacfwd(lambda x: x.sum() * x)(torch.ones(2))
    tensor([[3., 1.],
            [1., 3.]])
    """

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        with _Level("jacfwd") as level:
            chosen, out, aux, outputs = level.call(func, args, kwargs, argnums, has_aux)
            own = level.own
            _real("jacfwd", "inputs", own)
            _real("jacfwd", "outputs", outputs)
            keep = level.keeps(outputs)
            entries: list[list[Tensor]] = [[] for _ in outputs]
            for t in own:
                columns = [
                    _pushforward(outputs, own, [unit if other is t else zeros_like(other) for other in own], keep)
                    for unit in _unit_vectors(t)
                ]
                for i, o in enumerate(outputs):
                    whole = stack([c[i] for c in columns], -1) if columns else o.new_zeros(*o.shape, 0)
                    entries[i].append(whole.reshape((*o.shape, *t.shape)))
        jacobian = _settled(_nested(out, chosen, entries), keep)
        return (jacobian, level.settled(aux)) if has_aux else jacobian

    return transformed


def hessian(func: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    r"""The function that returns all second derivatives of ``func``: ``jacfwd(jacrev(func))``.

    Parameters
    ----------
    func : function of Tensors
        Returns a tensor of one number, or of any shape.
    argnums : int or tuple of ints
        In which arguments.

    Returns
    -------
    function
        Of the arguments of ``func``; of an argument of shape T its result has shape (\*T, \*T) (after the shape of the output).

    See Also
    --------
    jacrev : First derivatives.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.hessian(lambda x: (x ** 3).sum())(torch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)
