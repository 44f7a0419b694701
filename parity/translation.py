"""PyTorch's functions and values as ours, for the replay of its operator database (:mod:`opdb`).

An entry's callable is PyTorch's function, or a lambda on it. Ours is found by the entry's public name, and a lambda is bound
anew with our package in the place of ``torch``.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import minitorch_bp

from .outcome import array_of, reference

TESTING = "torch.testing._internal"


class Missing(Exception):
    """The package has no such name."""


def _look_up(root: Any, path: str) -> Any:
    for part in path.split("."):
        try:
            root = getattr(root, part)
        except AttributeError:
            raise Missing(path) from None
    return root


def ours(function: Any, name: str) -> Callable[..., Any]:
    """Our counterpart of an entry's callable; :class:`Missing` if there is none."""
    if isinstance(function, types.FunctionType) and (function.__module__ or "").startswith(TESTING):
        return _rebound(function)
    if isinstance(function, (types.MethodDescriptorType, types.WrapperDescriptorType)) or name.startswith("__"):
        return _look_up(minitorch_bp.Tensor, function.__name__)
    try:
        return _look_up(minitorch_bp, name)
    except Missing:
        return _look_up(minitorch_bp.Tensor, name)


def _rebound(function: Any) -> Any:
    """A function of the database with our package in the place of ``torch``."""
    wanted = set(_names_in(function.__code__))
    names = {k: translated(v) for k, v in function.__globals__.items() if k in wanted}
    names["__builtins__"] = __builtins__
    closure = tuple(types.CellType(translated(c.cell_contents)) for c in function.__closure__ or ()) or None
    bound = types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, closure)
    bound.__kwdefaults__ = function.__kwdefaults__
    return bound


def _names_in(code: Any) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names_in(inner)


def translated(value: Any, leaf: Any = None) -> Any:
    """A module, function, dtype, tensor or container of these: PyTorch's to ours."""
    torch = reference()
    if value is torch:
        return minitorch_bp
    if isinstance(value, torch.Tensor):
        return tensor(value) if leaf is None else leaf(value)
    if isinstance(value, (torch.dtype, torch.memory_format, torch.layout)):
        return _look_up(minitorch_bp, str(value).rpartition(".")[2])
    if isinstance(value, torch.device):
        return minitorch_bp.device(str(value))
    if isinstance(value, torch.Size):
        return minitorch_bp.Size(value)
    if isinstance(value, torch.Generator):
        return minitorch_bp.Generator().manual_seed(value.initial_seed())
    if isinstance(value, functools.partial):
        return functools.partial(translated(value.func), *map(translated, value.args), **translated(value.keywords))
    if isinstance(value, types.FunctionType) and (value.__module__ or "").startswith(TESTING):
        return _rebound(value)
    if getattr(value, "__name__", "") == "wrapper_set_seed":
        return _seeded
    if isinstance(value, torch.nn.Module):
        return _module(value)
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return minitorch_bp.nn.utils.rnn.PackedSequence(*(translated(v, leaf) for v in value))
    if (
        callable(value)
        and hasattr(value, "__name__")
        and (getattr(value, "__module__", None) or "").startswith("torch")
        and not isinstance(value, type)
    ):
        if value.__module__ == "torch._C._nn":
            return _look_up(minitorch_bp.nn.functional, value.__name__)
        return _look_up(minitorch_bp, (value.__module__ + "." + value.__name__).partition(".")[2])
    if isinstance(value, (list, tuple, dict)):
        return mapped(lambda v: translated(v, leaf), value)
    if isinstance(value, slice):
        return slice(*(translated(v) for v in (value.start, value.stop, value.step)))
    return value


def _module(value: Any) -> Any:
    """A module of PyTorch's as one of ours: the attributes have the same names, so they are copied."""
    homes = (minitorch_bp.nn, minitorch_bp.nn.modules.linear)
    kind = next((getattr(h, type(value).__name__) for h in homes if hasattr(h, type(value).__name__)), None)
    if kind is None:
        raise Missing(type(value).__name__)
    made = kind.__new__(kind)
    minitorch_bp.nn.Module.__init__(made)
    for name, v in vars(value).items():
        if name not in ("_parameters", "_buffers", "_modules") and "hook" not in name and not name.startswith("_is_full"):
            made.__dict__[name] = translated(v)
    for name, p in value._parameters.items():
        made._parameters[name] = None if p is None else minitorch_bp.nn.Parameter(tensor(p.detach()), p.requires_grad)
    for name, b in value._buffers.items():
        made._buffers[name] = None if b is None else tensor(b)
    for name, m in value._modules.items():
        made._modules[name] = translated(m)
    return made


def _seeded(function: Any, *args: Any, **kwargs: Any) -> Any:
    """The database's wrapper of random functions: from a fixed seed, the generator put back afterwards."""
    state = minitorch_bp.get_rng_state()
    minitorch_bp.manual_seed(42)
    try:
        return function(*args, **kwargs)
    finally:
        minitorch_bp.set_rng_state(state)


def tensor(t: Any) -> Any:
    """A tensor of PyTorch's as one of ours, in the same memory layout."""
    if t.device.type != "cpu":
        raise Missing(t.device.type)
    x = t.detach().resolve_conj().resolve_neg()
    if str(x.dtype) == "torch.bfloat16":
        made = minitorch_bp.from_numpy(x.float().numpy().copy()).to(minitorch_bp.bfloat16)
    else:
        array = x.numpy()
        made = minitorch_bp.from_numpy(np.array(array, order="K") if array.size else np.empty(array.shape, array.dtype))
    return made.requires_grad_() if t.requires_grad else made


def sharing(t: Any) -> Any:
    """The same in PyTorch's own memory, so that what overlaps there overlaps here."""
    if t.device.type != "cpu":
        raise Missing(t.device.type)
    if t.ndim > 64:
        raise Missing("tensor of more than 64 dimensions (NumPy's limit)")
    made = minitorch_bp.from_numpy(t.detach().numpy()) if str(t.dtype) != "torch.bfloat16" else tensor(t)
    return made.requires_grad_() if t.requires_grad else made


def as_method(variant: Any, *args: Any, **kwargs: Any) -> Any:
    if isinstance(variant, functools.partial):
        return translated(variant)(*args, **kwargs)
    if isinstance(variant, types.FunctionType) and (variant.__module__ or "").startswith(TESTING):
        return _rebound(variant)(*args, **kwargs)
    return getattr(args[0], variant.__name__)(*args[1:], **kwargs)


def mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """Nested lists, tuples and dicts with every other thing in them changed."""
    if isinstance(value, (list, tuple)) and not isinstance(value, (reference().Size, minitorch_bp.Size)):
        items = [mapped(change, v) for v in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return {k: mapped(change, v) for k, v in value.items()} if isinstance(value, dict) else change(value)


# ---------------------------------------------------------------------- the same arguments in another form
def fresh(torch: Any, value: Any) -> Any:
    """A copy with leaves of its own, for a run in PyTorch."""
    return mapped(lambda v: v.detach().clone().requires_grad_(v.requires_grad) if isinstance(v, torch.Tensor) else v, value)


def nudged(torch: Any, arguments: Any, seed: int) -> Any:
    """Moved by up to two units in the last place."""
    rng = np.random.default_rng(seed)

    def moved(v: Any) -> Any:
        if not isinstance(v, torch.Tensor) or not (v.is_floating_point() or v.is_complex()):
            return v
        real = v.real.dtype if v.is_complex() else v.dtype  # (integers times eps would be float32, in which 1 + 2**-52 is 1)
        units = torch.from_numpy(np.asarray(rng.integers(-2, 3, tuple(v.shape)))).to(real)
        return (v.detach() * (1 + units * torch.finfo(real).eps)).requires_grad_(v.requires_grad)

    return mapped(moved, arguments)


def with_gaps(torch: Any, arguments: Any) -> Any:
    """PyTorch's: every other element of a longer row."""

    def gaps(v: Any) -> Any:
        if not isinstance(v, torch.Tensor) or not v.ndim or not v.numel() or v.layout != torch.strided:
            return v
        return torch.repeat_interleave(v.detach(), 2, dim=-1)[..., ::2].requires_grad_(v.requires_grad)

    return mapped(gaps, arguments)


def strided(arguments: Any) -> Any:
    """The same of minitorch_bp's."""

    def gaps(v: Any) -> Any:
        if not isinstance(v, minitorch_bp.Tensor) or not v.ndim or not v.numel():
            return v
        made = minitorch_bp.from_numpy(np.repeat(array_of(v), 2, axis=-1))[..., ::2]
        made = made.to(v.dtype) if made.dtype is not v.dtype else made
        return made.requires_grad_() if v.requires_grad else made

    return mapped(gaps, arguments)


def widened(torch: Any, arguments: Any) -> Any:
    """In float64 where PyTorch's are in float32."""

    def wide(v: Any) -> Any:
        if isinstance(v, torch.Tensor) and v.dtype == torch.float32:
            return v.detach().double().requires_grad_(v.requires_grad)
        return torch.float64 if v is torch.float32 else v

    return mapped(wide, arguments)


def detached(arguments: Any) -> Any:
    args, kwargs = arguments
    return (args[0].detach().clone(), *args[1:]), kwargs
