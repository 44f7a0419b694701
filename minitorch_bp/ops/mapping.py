"""Functions of functions: one that works on a slice applied to every slice, and one of two by a condition."""

from __future__ import annotations

from typing import Any

from ..core.random import default_generator
from ..core.tensor import Tensor
from ._shapes import wrap_dim
from .joining import stack


def cond(pred: Any, true_fn: Any, false_fn: Any, operands: Any = ()) -> Any:
    """``true_fn(*operands)`` if the condition holds, else ``false_fn(*operands)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cond(torch.tensor(True), lambda x: x + 1, lambda x: x - 1, (torch.tensor(1),))
    tensor(2)
    """
    if not isinstance(pred, (bool, Tensor)):
        raise RuntimeError(f"cond: expected a bool or a tensor of one bool, but got {type(pred).__name__}")
    if isinstance(pred, Tensor) and pred.numel() != 1:
        raise RuntimeError(f"cond: expected a condition of one element, but got shape {list(pred.shape)}")
    return (true_fn if pred else false_fn)(*operands)


def _dimension(name: str, arg: Any, dim: Any) -> int | None:
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise NotImplementedError(
            f"vmap of {name}: in_dims must be an int or a tuple of int and None; nested ones are not supported"
        )
    if not isinstance(arg, Tensor):
        raise ValueError(f"vmap of {name}: in_dims asks to map over a {type(arg).__name__}; use None for what is not a tensor")
    if not -arg.ndim <= dim < arg.ndim:
        raise ValueError(f"vmap of {name}: in_dim {dim} for a tensor of {arg.ndim} dimensions")
    return wrap_dim(dim, arg.ndim)


def vmap(func: Any, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: Any = None) -> Any:
    """A function that applies ``func`` to every slice of its arguments, and stacks what it returns.

    ``in_dims`` says along which dimension each argument is cut (None: it goes to every call whole), ``out_dims`` where the new
    dimension of a result lies. ``randomness`` is "error" (drawing numbers raises RuntimeError) or "different"; "same" raises
    NotImplementedError. The function is called once per slice: here it saves writing the loop, not the time of it.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.vmap.html

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
    if randomness == "same":
        raise NotImplementedError(f"vmap of {name}: randomness='same' is not supported; draw the numbers outside")

    def mapped(*args: Any, **kwargs: Any) -> Any:
        dims = in_dims if isinstance(in_dims, (tuple, list)) else (in_dims,) * len(args)
        if len(dims) != len(args):
            raise ValueError(f"vmap of {name}: {len(args)} arguments, but {len(dims)} in_dims")
        places = [_dimension(name, a, d) for a, d in zip(args, dims, strict=True)]
        sizes = {a.shape[p] for a, p in zip(args, places, strict=True) if p is not None}
        if len(sizes) != 1:
            what = f"got sizes {sorted(sizes)}" if sizes else "all in_dims are None"
            raise ValueError(f"vmap of {name}: expected arguments of one size in the mapped dimensions, but {what}")
        (size,) = sizes
        if not size:
            raise NotImplementedError(f"vmap of {name}: nothing to map over, so the shape of the result is not known")
        before = default_generator.get_state() if randomness == "error" else None
        results = []
        for i in range(size):
            results.append(func(*(a if p is None else a.select(p, i) for a, p in zip(args, places, strict=True)), **kwargs))
            if before is not None and not bool((default_generator.get_state() == before).all()):
                default_generator.set_state(before)
                raise RuntimeError(f"vmap of {name}: it draws random numbers; pass randomness='different' to allow that")
        return _stacked(name, results, out_dims)

    return mapped


def _stacked(name: str, results: list[Any], out_dims: Any) -> Any:
    first = results[0]
    if isinstance(first, Tensor):
        return stack(results, out_dims)
    if not isinstance(first, (tuple, list)) or not all(isinstance(x, Tensor) for x in first):
        raise ValueError(f"vmap of {name}: the function must return tensors, but it returned {type(first).__name__}")
    dims = out_dims if isinstance(out_dims, (tuple, list)) else (out_dims,) * len(first)
    if len(dims) != len(first):
        raise ValueError(f"vmap of {name}: {len(first)} results, but {len(dims)} out_dims")
    return type(first)(stack(list(part), d) for part, d in zip(zip(*results, strict=True), dims, strict=True))
