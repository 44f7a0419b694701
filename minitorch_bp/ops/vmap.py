"""``vmap``: a function of one example, over a batch."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..core.grad_mode import mode
from ..core.random import default_generator
from ..core.trees import leaves_of, like
from ._base import Tensor, public
from ._shapes import wrap_dim
from .shape.joining import stack


def _dimension(name: str, leaf: Any, dim: Any) -> int | None:
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise ValueError(
            f"vmap of {name}: in_dims must be ints, None, or containers of these as the arguments are, but got {dim!r}"
        )
    if not isinstance(leaf, Tensor):
        raise ValueError(f"vmap of {name}: in_dims asks to map over a {type(leaf).__name__}; use None for what is not a tensor")
    if not -leaf.ndim <= dim < leaf.ndim:
        raise ValueError(f"vmap of {name}: in_dim {dim} for a tensor of {leaf.ndim} dimensions")
    return wrap_dim(dim, leaf.ndim)


def _spread(name: str, dims: Any, tree: Any) -> list[Any]:
    """A dimension for every leaf; an int or None applies to all leaves below it."""
    if dims is None or isinstance(dims, int):
        return [dims for _ in leaves_of(tree)]
    if isinstance(dims, dict) and isinstance(tree, dict) and dims.keys() == tree.keys():
        return [d for k in tree for d in _spread(name, dims[k], tree[k])]
    if isinstance(dims, (tuple, list)) and isinstance(tree, (tuple, list)) and len(dims) == len(tree):
        return [d for sub, part in zip(dims, tree, strict=True) for d in _spread(name, sub, part)]
    raise ValueError(f"vmap of {name}: in_dims or out_dims {dims!r} do not have the structure of what they are for")


@public("torch")
def vmap(func: Any, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: Any = None) -> Any:
    """A function that applies ``func`` to every slice of its arguments, and stacks what it returns.

    Arguments and results may be nested tuples, lists and dictionaries of tensors. The function is called once per slice: here it
    saves writing the loop, not the time of it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.vmap.html

    Parameters
    ----------
    func : function
    in_dims : int, None, or a nested structure of these like the arguments
        Along which dimension each argument is split (None: it goes to every call whole).
    out_dims : int, or a nested structure like the results
        Where the new dimension of a result lies.
    randomness : 'error', 'different' or 'same'
        Whether drawing numbers raises RuntimeError, or each call draws its own, or all draw the same.
    chunk_size : int, optional
        Without effect: the calls are made one by one.

    Returns
    -------
    function
        Of the same arguments.

    Raises
    ------
    ValueError
        If ``in_dims`` do not fit the arguments, or the sizes differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.arange(6.0).reshape(2, 3)
    >>> torch.vmap(torch.dot)(x, x)
    tensor([ 5., 50.])
    """
    name = getattr(func, "__name__", repr(func))
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"vmap of {name}: randomness must be 'error', 'different' or 'same', but got {randomness!r}")

    def mapped_function(*args: Any, **kwargs: Any) -> Any:
        if isinstance(in_dims, (tuple, list)) and len(in_dims) != len(args):
            raise ValueError(f"vmap of {name}: {len(args)} arguments, but {len(in_dims)} in_dims")
        leaves = list(leaves_of(args))
        places = [_dimension(name, x, d) for x, d in zip(leaves, _spread(name, in_dims, args), strict=True)]
        sizes = {x.shape[p] for x, p in zip(leaves, places, strict=True) if p is not None}
        if len(sizes) != 1:
            what = f"got sizes {sorted(sizes)}" if sizes else "all in_dims are None"
            raise ValueError(f"vmap of {name}: expected arguments of one size in the mapped dimensions, but {what}")
        (size,) = sizes
        if (rule := _rule_of(func)) is not None and not any(isinstance(x, Tensor) and x.requires_grad for x in leaves):
            return _by_rule(name, rule, size, randomness, like(args, places), out_dims, args, kwargs)
        if not size:
            raise NotImplementedError(f"vmap of {name}: nothing to map over, so the shape of the result is not known")
        outside, repeated = mode.transforms, mode.repeated
        mode.transforms = (*outside, "vmap")
        try:
            return _stacked(name, _one_by_one(name, func, size, leaves, places, args, kwargs, randomness), out_dims)
        finally:
            mode.transforms, mode.repeated = outside, repeated

    return mapped_function


def _one_by_one(
    name: str, func: Any, size: int, leaves: list[Any], places: list[Any], args: Any, kwargs: Any, randomness: str
) -> list[Any]:
    """The results for each slice of the arguments."""
    before: Any = None if randomness == "different" else default_generator.get_state()
    results, repeated = [], mode.repeated
    for i in range(size):
        mode.repeated = repeated or i < size - 1
        if randomness == "same" and before is not None:
            default_generator.set_state(before)
        slices = [x if p is None else x.select(p, i) for x, p in zip(leaves, places, strict=True)]
        results.append(func(*like(args, slices), **kwargs))
        if randomness == "error" and not bool((default_generator.get_state() == before).all()):
            default_generator.set_state(before)
            raise RuntimeError(f"vmap of {name}: it draws random numbers; pass randomness='different' to allow that")
    return results


def _rule_of(func: Any) -> Any:
    """The ``vmap`` of a Function whose ``apply`` is what is mapped, or None."""
    function: Any = getattr(func, "__self__", None)
    if getattr(func, "__name__", "") != "apply" or getattr(function, "generate_vmap_rule", True):
        return None
    rule = function.vmap
    return None if rule.__qualname__ == "Function.vmap" else rule


class VmapInfo(NamedTuple):
    """What a Function's ``vmap`` is told."""

    batch_size: int
    randomness: str


def _by_rule(name: str, rule: Any, size: int, randomness: str, places: Any, out_dims: Any, args: Any, kwargs: Any) -> Any:
    """The whole batch at once, by the Function's own rule; where the results have their batch, it says itself."""
    if any(isinstance(x, Tensor) for x in kwargs.values()):
        raise NotImplementedError(f"vmap of {name}: tensors as keyword arguments of a Function with a vmap staticmethod")
    returned = rule(VmapInfo(size, randomness), places, *args, **kwargs)
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise RuntimeError(
            f"vmap of {name}: the vmap staticmethod must return a pair (output, out_dims), but returned {returned!r:.100}"
        )
    output, dims = returned
    leaves = list(leaves_of(output))
    if isinstance(dims, (tuple, list)) and (type(dims) is not type(output) or len(dims) != len(output)):
        raise RuntimeError(f"vmap of {name}: the vmap staticmethod returned out_dims {dims!r}, which do not fit its output")
    given, wanted = _spread(name, dims, output), _spread(name, out_dims, output)
    whole = [x.expand(size, *x.shape) if d is None else x.movedim(d, 0) for x, d in zip(leaves, given, strict=True)]
    return like(output, [x.movedim(0, d) for x, d in zip(whole, wanted, strict=True)])


def _stacked(name: str, results: list[Any], out_dims: Any) -> Any:
    columns = list(zip(*(leaves_of(r) for r in results), strict=True))
    for column in columns:
        if not all(isinstance(x, Tensor) for x in column):
            raise ValueError(f"vmap of {name}: the function must return tensors, but it returned {type(column[0]).__name__}")
    dims = _spread(name, out_dims, results[0])
    return like(results[0], [stack(list(c), d) for c, d in zip(columns, dims, strict=True)])
