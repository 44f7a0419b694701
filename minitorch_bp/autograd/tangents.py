"""How tangents travel: the derivative of one function in a direction, from its backward pass (see ``forward_ad``).

A detour (``core/detour``) stands before every public function while a level is open. It computes the result as ever, and then the tangent:
of a view, the same view; of anything else, the gradient of :math:`(J^T u) v` in :math:`u`, with the function called again on copies.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from ..core.grad_mode import enable_grad, mode, no_grad
from ..core.random import default_generator
from ..core.repr import suffixes_of_others
from ..core.tensor import Tensor
from ..core.trees import leaves_of, mapped
from ..ops import functions
from ..ops.requires_grad import requiring_grad
from .gradients import grad as gradients


class State(threading.local):
    """The state of one thread: the open level's tangents, by the identity of their tensors."""

    def __init__(self) -> None:
        self.tangents: dict[int, tuple[Any, Tensor | None]] | None = None
        self.enabled = True
        self.inside = False


state = State()
#: public function -> its name; of an operator without underscores ('imul')
names: dict[Any, str] = {}
#: what is no function of its operand, or never has a derivative
_NOT_FOLLOWED = {
    "detach",
    "requires_grad_",
    "retain_grad",
    "backward",
    "register_hook",
    "is_contiguous",
    "tolist",
    "item",
    "numpy",
    "iter",
    "len",
    "array",
    "format",
    "deepcopy",
}
#: operators that write to their first operand, beside the methods whose names end with an underscore
_WRITING = {"setitem", "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "iand", "ior", "ixor", "ilshift", "irshift"}
#: of these, what changes shape or strides, and nothing else
_RESHAPING = {"t_", "transpose_", "squeeze_", "unsqueeze_", "swapaxes_", "swapdims_", "as_strided_"}


def followed() -> list[Any]:
    names.update(functions())
    return [f for f, name in names.items() if name not in _NOT_FOLLOWED]


def tangent_of(tensor: Any) -> Tensor | None:
    """The tangent that a tensor carries; of a view whose base has one, that view of it."""
    tangents = state.tangents
    if tangents is None or not isinstance(tensor, Tensor):
        return None
    if (found := tangents.get(id(tensor))) is not None:
        return found[1]
    base = tensor._base if tensor._view is not None and tangents else None
    of_base = tangents.get(id(base), (None, None))[1] if base is not None else None
    if of_base is None or tensor.dtype != of_base.dtype:
        return None
    with quiet():
        tangent = of_base.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())
        set_tangent(tensor, tangent)
    return tangent


def set_tangent(tensor: Tensor, tangent: Tensor | None) -> None:
    """None says that it has none, whatever its base has."""
    tangents = state.tangents
    if tangents is not None:
        key = id(tensor)
        tangents[key] = (weakref.ref(tensor, lambda _: tangents.pop(key, None) and None), tangent)


def laid_out_as(tensor: Tensor, tangent: Tensor) -> Tensor:
    """A tangent must lie in memory as its tensor, so that each view of one is a view of the other."""
    same = tensor.dtype == tangent.dtype and (
        tensor.numel() == 0
        or (
            tensor.stride() == tangent.stride()
            and tensor.storage_offset() == tangent.storage_offset()
            and tensor.untyped_storage().nbytes() == tangent.untyped_storage().nbytes()
        )
    )
    if same:
        return tangent
    size = tensor.untyped_storage().nbytes() // tensor.element_size()
    whole = tangent.new_zeros(max(size, 1), dtype=tensor.dtype)[:size]
    return whole.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset()).copy_(tangent)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without following what happens."""
    before = state.inside, state.enabled
    state.inside, state.enabled = True, False
    try:
        yield
    finally:
        state.inside, state.enabled = before


# ---------------------------------------------------------------------- functions of duals
def detour(function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
    if state.inside or state.tangents is None or not state.enabled:
        return call(*args, **kwargs)
    given = [x for x in leaves_of([*args, *kwargs.values()]) if isinstance(x, Tensor)]
    duals = list({id(x): x for x in given if tangent_of(x) is not None}.values())
    if not duals:
        return call(*args, **kwargs)
    name = names[function]
    if name == "batch_norm":
        duals = _without_averages(duals, args, kwargs)
    with quiet():
        if not duals:
            return call(*args, **kwargs)
        if kwargs.get("out") is not None:
            raise NotImplementedError(
                f"{name}: an out= function does not support forward mode: call it without out, or copy the result"
            )
        if _writes(name, args, kwargs):
            return _in_place(name, call, args, kwargs, duals)
        return _out_of_place(call, args, kwargs, duals)


def _without_averages(duals: list[Tensor], args: Any, kwargs: Any) -> list[Tensor]:
    """Batch norm has no derivative in its averages; where it divides by them, in evaluation, those may not carry a tangent."""
    given = {**dict(zip(("input", "running_mean", "running_var", "weight", "bias", "training"), args, strict=False)), **kwargs}
    averages = [given.get("running_mean"), given.get("running_var")]
    kept = [d for d in duals if not any(d is a for a in averages)]
    if len(kept) < len(duals) and not given.get("training") and any(d is given.get("input") for d in kept):
        raise RuntimeError("batch_norm: there is no derivative in running_mean and running_var, but one of them carries a tangent")
    return kept


def _writes(name: str, args: Any, kwargs: Any) -> bool:
    in_place = name.endswith("_") or name in _WRITING
    return bool(in_place and args and isinstance(args[0], Tensor)) or bool(kwargs.get("inplace"))


def _out_of_place(call: Any, args: Any, kwargs: Any, duals: list[Tensor]) -> Any:
    state = default_generator.get_state()
    result = call(*args, **kwargs)
    outputs = [x for x in leaves_of([result]) if isinstance(x, Tensor)]
    if len(duals) == 1 and outputs and all(_is_view_of(x, duals[0]) for x in outputs):
        tangents = call(*_with(args, duals, [tangent_of(duals[0])]), **_with(kwargs, duals, [tangent_of(duals[0])]))
        for x, t in zip(outputs, leaves_of([tangents]), strict=True):
            set_tangent(x, t)
        return result
    if any(_can_move(x) for x in outputs):
        with _the_same_draws(state):
            pushed = _pushed(call, args, kwargs, duals)
        for x, t in zip(outputs, pushed, strict=True):
            if not any(x is d for d in duals):
                set_tangent(x, t)
    return result


@contextlib.contextmanager
def _the_same_draws(state: Tensor) -> Iterator[None]:
    """The generator as it was before the call, which is made again here; afterwards as the call left it."""
    after = default_generator.get_state()
    default_generator.set_state(state)
    try:
        yield
    finally:
        default_generator.set_state(after)


def _is_view_of(x: Tensor, dual: Tensor) -> bool:
    return x is not dual and x._view is not None and x.untyped_storage().data_ptr() == dual.untyped_storage().data_ptr()


def _with(given: Any, old: list[Tensor], new: list[Any]) -> Any:
    """The same arguments with other tensors."""
    places = {id(o): n for o, n in zip(old, new, strict=True)}

    def exchanged(x: Any) -> Any:
        if isinstance(x, Tensor):
            return places.get(id(x), x)
        return x

    if isinstance(given, dict):
        return {k: mapped(exchanged, v) if isinstance(v, (Tensor, tuple, list)) else v for k, v in given.items()}
    return tuple(mapped(exchanged, v) if isinstance(v, (Tensor, tuple, list)) else v for v in given)


def _pushed(call: Any, args: Any, kwargs: Any, duals: list[Tensor], target: Tensor | None = None) -> list[Tensor | None]:
    """The tangents of all outputs of a call: the gradient of :math:`(J^T u) v` in u."""
    tensors = list({id(x): x for x in leaves_of([*args, *kwargs.values()]) if isinstance(x, Tensor)}.values())
    directions = [tangent_of(d) for d in duals]
    keep = mode.grad and any(x.requires_grad for x in [*tensors, *[d for d in directions if d is not None]])
    with enable_grad():
        roots = [d.view_as(d) if d.requires_grad and keep else requiring_grad(d.detach()) for d in duals]
        # Copies of the others: what the call writes to, as batch norm does to its averages, is not written to twice.
        others = [x for x in tensors if not any(x is d for d in duals)]
        copies = [x.clone() if x.requires_grad and keep else x.detach().clone() for x in others]
        places = [r.clone() if d is target else r for d, r in zip(duals, roots, strict=True)]
        result = call(*_with(args, [*duals, *others], [*places, *copies]), **_with(kwargs, [*duals, *others], [*places, *copies]))
        outputs = [x for x in leaves_of([result]) if isinstance(x, Tensor)]
        if target is not None and not outputs:  # x[0] = y returns nothing
            outputs = [next(p for x, p in zip([*duals, *others], [*places, *copies], strict=True) if x is target)]
        followed = [x for x in outputs if x.requires_grad]
        if not followed:
            return [None] * len(outputs)
        weights = [requiring_grad(x.new_zeros(x.shape)) for x in followed]
        back = gradients(followed, roots, weights, create_graph=True, allow_unused=True)
        pairs = [(b, d) for b, d in zip(back, directions, strict=True) if b is not None and b.requires_grad]
        if not pairs:
            return [None if not any(x is f for f in followed) else x.new_zeros(x.shape) for x in outputs]
        along = iter(gradients([b for b, _ in pairs], weights, [d for _, d in pairs], create_graph=keep, allow_unused=True))
        found = [next(along) if any(x is f for f in followed) else None for x in outputs]
        zeros = [
            x.new_zeros(x.shape) if t is None and any(x is f for f in followed) else t for x, t in zip(outputs, found, strict=True)
        ]
    return [t if keep or t is None else t.detach() for t in zeros]


def _in_place(name: str, call: Any, args: Any, kwargs: Any, duals: list[Tensor]) -> Any:
    target = args[0]
    own = tangent_of(target)
    if name == "detach_":
        result = call(*args, **kwargs)
        set_tangent(target, None)
        return result
    if name in _RESHAPING:
        result = call(*args, **kwargs)
        set_tangent(target, call(own.view_as(own), *args[1:], **kwargs) if own is not None else None)
        return result
    old = target.clone()
    generator = default_generator.get_state()
    if own is not None:
        set_tangent(old, own.clone())  # (what is recorded of it keeps it, and `own` is written to below)
    given = [old if d is target else d for d in duals]
    result = call(*args, **kwargs)
    with _the_same_draws(generator):
        new = _pushed(call, (old, *args[1:]), kwargs, given, target=old)[0]
    if new is None:
        new = old.new_zeros(old.shape) if _can_move(target) else None
    if new is not None:
        _write_tangent(target, own, new)
    return result


def _write_tangent(target: Tensor, own: Tensor | None, new: Tensor) -> None:
    """In place where there is one, so that views of it see the write; for a view of a tensor without one, as a part of zeros."""
    if own is None and target._view is not None and mode.grad is not None:
        base = target._base
        of_base = tangent_of(base)
        if of_base is None and base is not None and _can_move(base):
            of_base = laid_out_as(base, base.detach().new_zeros(base.shape))
            set_tangent(base, of_base)
        if of_base is not None:
            own = of_base.as_strided(target.shape, target.stride(), target.storage_offset())
            set_tangent(target, own)
    if own is None:
        set_tangent(target, laid_out_as(target, new))
    elif new.requires_grad:
        own.copy_(new)
    else:
        with no_grad():
            own.copy_(new)


# ---------------------------------------------------------------------- Functions
def follows(args: Any) -> bool:
    """Whether a Function's arguments carry tangents."""
    return state.tangents is not None and state.enabled and not state.inside and any(tangent_of(x) is not None for x in args)


def pushed_by(function: Any, ctx: Any, args: Any, outputs: list[Any]) -> None:
    """Give a Function's outputs the tangents that its ``jvp`` computes."""
    name = function.__name__
    given = tuple(tangent_of(x) for x in args)
    versions = [None if t is None else t._version for t in given]
    with quiet():
        if ctx._materialize:
            given = tuple(x.new_zeros(x.shape) if t is None and _can_move(x) else t for x, t in zip(args, given, strict=True))
        ctx.in_jvp = True
        try:
            found = function.jvp(ctx, *given)
        finally:
            ctx.in_jvp = False
        found = found if isinstance(found, tuple) else (found,)
        if len(found) != len(outputs):
            raise RuntimeError(
                f"{name}.jvp returned {len(found)} tangents, but forward has {len(outputs)} outputs: return one for each, None where there is none"
            )
        for k, (x, t) in enumerate(zip(outputs, found, strict=True)):
            if isinstance(x, Tensor) and t is not None:
                _check_pushed(f"{name}.jvp", k, ctx, args, given, versions, x, t)
                set_tangent(x, t)


def _check_pushed(name: str, k: int, ctx: Any, args: Any, given: Any, versions: Any, x: Tensor, t: Any) -> None:
    """A tangent must have its output's shape, and share memory with the inputs' tangents as the output does with the inputs."""
    if not _can_move(x) or any(x is c or x._array is c._array for c in ctx._constant):
        raise RuntimeError(
            f"{name} returned a tangent for output {k}, which is not differentiable. You should return None at that position instead"
        )
    if not isinstance(t, Tensor) or t.shape != x.shape:
        raise RuntimeError(
            f"{name} returned a tangent of shape {list(getattr(t, 'shape', []))} for an output of shape {list(x.shape)}"
        )
    if any(x is d for d in ctx._dirty):
        own, version = next(((g, v) for a, g, v in zip(args, given, versions, strict=True) if a is x), (None, None))
        if own is not None and (t is not own or own._version == version):
            raise RuntimeError(f"{name}: forward modifies an input in place, so jvp must modify its tangent in place and return it")
    elif x._view is not None:
        own = next(
            (
                g
                for a, g in zip(args, given, strict=True)
                if isinstance(a, Tensor) and x._base is (a._base if a._view is not None else a)
            ),
            None,
        )
        if own is not None and (t._view is None or t._base is not (own._base if own._view is not None else own)):
            raise RuntimeError(
                f"{name}: forward returns a view of an input (or the input itself) as output {k}, and jvp is not returning a view of the same "
                "base: return the same view of the given tangent, x.view_as(x) for the input itself"
            )


def _can_move(x: Any) -> bool:
    return isinstance(x, Tensor) and (x.is_floating_point() or x.is_complex())


def _shown(tensor: Tensor) -> str:
    """What a dual tensor's text ends with."""
    tangent = tangent_of(tensor)
    if tangent is None:
        return ""
    with quiet():
        return f"tangent={tangent!r}"


suffixes_of_others.append(_shown)
