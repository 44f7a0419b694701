"""Hooks of modules: user functions that are called before and after ``forward``, when gradients pass, and when parts are added.

A module keeps its hooks in tables, number of the handle -> hook, under PyTorch's names; the tables of this file hold those of every
module. A call without any hook pays for one flag, ``_hooked``.

Full backward hooks need to know when the gradients of a module's outputs have arrived, and when those of its inputs are complete. So
both pass through a :class:`BackwardHookFunction`, the identity, whose node has a hook of its own. What the gradient of the outputs was
is remembered in between, and forgotten when the inputs' hooks have run: a gradient that comes to the inputs by another way (in a
double backward) does not call them.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from typing import Any

from ...autograd.function import Function
from ...core.grad_mode import mode
from ...core.handle import RemovableHandle
from ...core.tensor import Tensor

_global_forward_pre_hooks: dict[int, Any] = OrderedDict()
_global_forward_hooks: dict[int, Any] = OrderedDict()
_global_forward_hooks_always_called: dict[int, bool] = OrderedDict()
_global_forward_hooks_with_kwargs: dict[int, bool] = OrderedDict()
_global_backward_pre_hooks: dict[int, Any] = OrderedDict()
_global_backward_hooks: dict[int, Any] = OrderedDict()
_global_buffer_registration_hooks: dict[int, Any] = OrderedDict()
_global_module_registration_hooks: dict[int, Any] = OrderedDict()
_global_parameter_registration_hooks: dict[int, Any] = OrderedDict()
_CALLED = (_global_forward_pre_hooks, _global_forward_hooks, _global_backward_pre_hooks, _global_backward_hooks)

TABLES = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
OPTIONS = ("_forward_hooks_with_kwargs", "_forward_hooks_always_called", "_forward_pre_hooks_with_kwargs")

_FULL = "is {} a hook of the kind that register_backward_hook() adds: a module, or all of them together, has hooks of one kind only"


class Hooked:
    """What :class:`Module` knows about the hooks of its calls."""

    _forward_hooks: dict[int, Any]
    _forward_pre_hooks: dict[int, Any]
    _backward_hooks: dict[int, Any]
    _backward_pre_hooks: dict[int, Any]
    _forward_hooks_with_kwargs: dict[int, bool]
    _forward_hooks_always_called: dict[int, bool]
    _forward_pre_hooks_with_kwargs: dict[int, bool]
    _is_full_backward_hook: bool | None = None
    forward: Any

    def _register(self, table: str, hook: Any, prepend: bool = False, **options: bool) -> RemovableHandle:
        self.__dict__["_hooked"] = True
        hooks = self.__dict__[table]
        marks = [self.__dict__[f"{table}_{name}"] for name, wanted in options.items() if wanted]
        handle = RemovableHandle(hooks, hook, extra_dict=marks)
        for marked in marks:
            marked[handle.id] = True
        if prepend:
            hooks.move_to_end(handle.id, last=False)
        return handle

    def register_forward_hook(
        self, hook: Any, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after each forward; what it returns replaces the output.

        With ``always_call`` it is called also when forward raised.

        Parameters
        ----------
        hook : function
            It returns None, or another output.
        prepend : bool
            Call it before the other hooks.
        with_kwargs : bool
            Call it as ``hook(module, args, kwargs, output)``.
        always_call : bool
            Call it also if the forward fails.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.ReLU()
        >>> handle = layer.register_forward_hook(lambda module, args, output: print(output.shape))
        >>> _ = layer(torch.ones(2, 3))
        torch.Size([2, 3])
        """
        return self._register("_forward_hooks", hook, prepend, with_kwargs=with_kwargs, always_called=always_call)

    def register_forward_pre_hook(self, hook: Any, *, prepend: bool = False, with_kwargs: bool = False) -> RemovableHandle:
        """Call ``hook(module, args)`` before each forward; what it returns replaces the arguments.

        Parameters
        ----------
        hook : function
            It returns None, or other arguments.
        prepend : bool
            Call it before the other hooks.
        with_kwargs : bool
            Call it as ``hook(module, args, kwargs)``; it returns None or a pair.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("_forward_pre_hooks", hook, prepend, with_kwargs=with_kwargs)

    def register_full_backward_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradient has passed through the module.

        Parameters
        ----------
        hook : function
            ``grad_input`` and ``grad_output`` are tuples of Tensors or None; it returns None, or another ``grad_input``.
        prepend : bool
            Call it before the other hooks.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        if self._is_full_backward_hook is False:
            raise RuntimeError("register_full_backward_hook: there " + _FULL.format("already"))
        self._is_full_backward_hook = True
        return self._register("_backward_hooks", hook, prepend)

    def register_full_backward_pre_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradient arrives at the module's outputs.

        Parameters
        ----------
        hook : function
            ``grad_output`` is a tuple of Tensors or None; it returns None, or another one.
        prepend : bool
            Call it before the other hooks.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("_backward_pre_hooks", hook, prepend)

    def register_backward_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` with the gradients of the module's last operation only.

        Kept for old programs: what a hook wants to see is usually what :meth:`register_full_backward_hook` gives it.

        Parameters
        ----------
        hook : function
            Better given to :meth:`register_full_backward_hook`.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        if self._is_full_backward_hook is True:
            raise RuntimeError("register_backward_hook: there is already a full backward hook: a module has hooks of one kind only")
        self._is_full_backward_hook = False
        return self._register("_backward_hooks", hook)

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        """The call of a module with hooks: those of every module, then its own."""
        called: set[int] = set()
        state: list[Any] = [args, kwargs, None]  # also for the hooks that are called if something raises
        try:
            return _call_with_hooks(self, state, called)
        except Exception:
            _call_the_rest(self, state, called)
            raise


def _call_with_hooks(module: Any, state: list[Any], called: set[int]) -> Any:
    args, kwargs = state[0], state[1]
    full, last_node, before = _backward_hooks_of(module)
    for number, hook in (*_global_forward_pre_hooks.items(), *module._forward_pre_hooks.items()):
        if number in module._forward_pre_hooks_with_kwargs:
            found = hook(module, args, kwargs)
            if found is not None:
                if not (isinstance(found, tuple) and len(found) == 2):
                    raise RuntimeError(f"a forward pre-hook with_kwargs must return None or (args, kwargs), but got {found!r}")
                args, kwargs = found
        else:
            found = hook(module, args)
            if found is not None:
                args = found if isinstance(found, tuple) else (found,)
        state[:2] = args, kwargs
    gates = None
    if full or before:
        gates = BackwardHook(module, full, before)
        args = state[0] = gates.setup_input_hook(args)
    result = state[2] = module.forward(*args, **kwargs)
    with_kwargs = (module._forward_hooks_with_kwargs, _global_forward_hooks_with_kwargs)
    for number, hook in (*_global_forward_hooks.items(), *module._forward_hooks.items()):
        called.add(number)
        found = hook(module, args, kwargs, result) if any(number in w for w in with_kwargs) else hook(module, args, result)
        result = state[2] = result if found is None else found
    if gates is not None:
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                f"the module {type(module).__name__} returned a {type(result).__name__}: its backward hooks are called only if it "
                "returns a Tensor or a tuple of Tensors (for backward hooks, the output should be a Tensor or a tuple of Tensors)",
                stacklevel=5,
            )
        result = gates.setup_output_hook(result)
    if last_node:
        _hook_last_node(module, last_node, args, result)
    return result


def _call_the_rest(module: Any, state: list[Any], called: set[int]) -> None:
    """After an exception: the hooks that are always called, unless they were. What they raise themselves is only a warning."""
    always = (module._forward_hooks_always_called, _global_forward_hooks_always_called)
    for number, hook in (*_global_forward_hooks.items(), *module._forward_hooks.items()):
        if number in called or not any(number in a for a in always):
            continue
        args, kwargs, result = state
        try:
            with_kwargs = number in module._forward_hooks_with_kwargs
            found = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
            state[2] = result if found is None else found
        except Exception as error:
            warnings.warn(f"a forward hook with always_call=True raised while another error was on its way: {error}", stacklevel=5)


# ---------------------------------------------------------------------- backward hooks
def _backward_hooks_of(module: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Full backward hooks, those of the last node, and those that are called before: of every module, then the module's own."""
    full: list[Any] = []
    last_node: list[Any] = []
    for hooks, is_full in ((_global_backward_hooks, _every.full), (module._backward_hooks, module._is_full_backward_hook)):
        (last_node if is_full is False else full).extend(hooks.values())
    return full, last_node, [*_global_backward_pre_hooks.values(), *module._backward_pre_hooks.values()]


class BackwardHookFunction(Function):
    """The identity on some tensors, so that there is a node which their gradients pass."""

    @staticmethod
    def forward(ctx: Any, *tensors: Any) -> Any:
        ctx.mark_non_differentiable(*(t for t in tensors if not t.requires_grad))
        return tensors

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return grads


class BackwardHook:
    """What the two gates of one call share: the user's hooks, and the gradients of the outputs until those of the inputs are complete."""

    def __init__(self, module: Any, user_hooks: list[Any], user_pre_hooks: list[Any]):
        self.module, self.user_hooks, self.user_pre_hooks = module, user_hooks, user_pre_hooks
        self.grad_outputs: Any = None
        self.inputs: Any = None  # places of the tensors among the inputs, None if none of them requires grad
        self.outputs: Any = None
        self.n_inputs = self.n_outputs = -1

    def _gate(self, values: Any, hook: Any) -> tuple[Any, list[int] | None]:
        """The values, the tensors among them behind a node with the hook, and the places of these."""
        places = [k for k, v in enumerate(values) if isinstance(v, Tensor)]
        if not mode.grad or not any(values[k].requires_grad for k in places):
            return values, None
        passed = list(values)
        for k, t in zip(places, BackwardHookFunction.apply(*(values[k] for k in places)), strict=True):
            passed[k] = t
        node = next(passed[k].grad_fn for k in places if passed[k].grad_fn is not None)
        node.register_hook(hook)
        return (tuple(passed) if type(values) is tuple else type(values)(*passed)), places

    def setup_input_hook(self, args: Any) -> Any:
        self.n_inputs = len(args)
        args, self.inputs = self._gate(args, self._inputs_complete)
        return args

    def setup_output_hook(self, result: Any) -> Any:
        values = result if isinstance(result, tuple) else (result,)
        self.n_outputs = len(values)
        values, self.outputs = self._gate(values, self._outputs_arrived)
        return values if isinstance(result, tuple) else values[0]

    def _outputs_arrived(self, _: Any, grad_output: Any) -> Any:
        grads = self.grad_outputs = _spread(grad_output, self.outputs, self.n_outputs)
        for hook in self.user_pre_hooks:
            grads = _replaced(hook(self.module, grads), grads, "a full backward pre-hook", "grad_output")
            self.grad_outputs = grads
        if self.inputs is None:
            warnings.warn(
                "a full backward hook is called with gradients of the module's outputs only, since none of its inputs requires grad",
                stacklevel=2,
            )
            nothing = (None,) * self.n_inputs
            for hook in self.user_hooks:
                found = hook(self.module, nothing, grads)
                if found is not None and not (isinstance(found, tuple) and all(g is None for g in found)):
                    raise RuntimeError("a full backward hook of a module whose inputs require no grad must return None")
            self.grad_outputs = None
        return tuple(grads[k] for k in self.outputs)

    def _inputs_complete(self, grad_input: Any, _: Any) -> Any:
        if self.grad_outputs is None:  # the gradient did not come through the outputs
            return None
        grads = _spread(grad_input, self.inputs, self.n_inputs)
        for hook in self.user_hooks:
            grads = _replaced(hook(self.module, grads, self.grad_outputs), grads, "a full backward hook", "grad_input")
        self.grad_outputs = None
        return tuple(grads[k] for k in self.inputs)


def _spread(grads: Any, places: Any, size: int) -> tuple[Any, ...]:
    full = [None] * size
    for k, g in zip(places, grads, strict=True):
        full[k] = g
    return tuple(full)


def _replaced(found: Any, grads: tuple[Any, ...], what: str, name: str) -> tuple[Any, ...]:
    if found is None:
        return grads
    found = (found,) if isinstance(found, Tensor) or not hasattr(found, "__len__") else found
    if len(found) != len(grads):
        raise RuntimeError(f"{what} returned {len(found)} values for {name}, but the module has {len(grads)}: return one for each")
    return tuple(found)


def _hook_last_node(module: Any, hooks: list[Any], args: Any, result: Any) -> None:
    """Hooks of the old kind: on the node of the (first) result."""
    first = result
    while not isinstance(first, Tensor):
        first = next(v for v in first.values() if isinstance(v, Tensor)) if isinstance(first, dict) else first[0]
    node = first.grad_fn
    if node is None:
        return
    for hook in hooks:
        node.register_hook(lambda grad_input, grad_output, hook=hook: hook(module, grad_input, grad_output))
    why = None
    if not isinstance(result, Tensor) and not (isinstance(result, tuple) and all(isinstance(r, Tensor) for r in result)):
        why = "the module does not return a single Tensor or a tuple of Tensors"
    elif not isinstance(args, Tensor) and not (isinstance(args, tuple) and all(isinstance(a, Tensor) for a in args)):
        why = "the module does not take as input a single Tensor or a tuple of Tensors"
    elif not isinstance(result, Tensor) and len({r.grad_fn for r in result}) > 1:
        why = "its outputs are those of several operations"
    else:
        inputs = {a.grad_fn for a in args if a.grad_fn is not None}
        if inputs != {n for n, _ in node.next_functions if n is not None}:
            why = "the module's forward has several operations"
    if why:
        warnings.warn(
            f"a backward hook of the old kind sees the gradients of one operation only, and may miss some of grad_input or "
            f"grad_output: {why}. Use register_full_backward_hook",
            FutureWarning, stacklevel=5,
        )  # fmt: skip


# ---------------------------------------------------------------------- hooks of every module
class _Every:
    full: bool | None = None  # the kind of _global_backward_hooks, None until the first


_every = _Every()


class _HandleForAll(RemovableHandle):
    """The handle of a hook of every module: once the last is removed, a call looks at the module's own flag again."""

    __slots__ = ()

    def remove(self) -> None:
        super().remove()
        if not any(_CALLED) and "_hooked" in Hooked.__dict__:
            delattr(Hooked, "_hooked")


def _register_for_all(table: Any, hook: Any, marks: Any = ()) -> RemovableHandle:
    # A property of the class goes before the flag in each instance, so that without such hooks a call pays nothing for them.
    setattr(Hooked, "_hooked", property(lambda module: True))
    handle = _HandleForAll(table, hook, extra_dict=list(marks))
    for marked in marks:
        marked[handle.id] = True
    return handle


def register_module_forward_pre_hook(hook: Any) -> RemovableHandle:
    """Call ``hook(module, args)`` before each forward of any module."""
    return _register_for_all(_global_forward_pre_hooks, hook)


def register_module_forward_hook(hook: Any, *, with_kwargs: bool = False, always_call: bool = False) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after each forward of any module."""
    options = ((_global_forward_hooks_with_kwargs, with_kwargs), (_global_forward_hooks_always_called, always_call))
    return _register_for_all(_global_forward_hooks, hook, [table for table, wanted in options if wanted])


def register_module_backward_hook(hook: Any) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` for the last operation of any module (see ``Module.register_backward_hook``)."""
    if _every.full is True:
        raise RuntimeError("register_module_backward_hook: there is already a full backward hook of every module")
    _every.full = False
    return _register_for_all(_global_backward_hooks, hook)


def register_module_full_backward_hook(hook: Any) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` when the gradient has passed through any module."""
    if _every.full is False:
        raise RuntimeError("register_module_full_backward_hook: there " + _FULL.format("already"))
    _every.full = True
    return _register_for_all(_global_backward_hooks, hook)


def register_module_full_backward_pre_hook(hook: Any) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` when the gradient arrives at the outputs of any module."""
    return _register_for_all(_global_backward_pre_hooks, hook)


def register_module_buffer_registration_hook(hook: Any) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` when a buffer is registered; what it returns is registered in its place."""
    return RemovableHandle(_global_buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook: Any) -> RemovableHandle:
    """Call ``hook(module, name, part)`` when a part is registered; what it returns is registered in its place."""
    return RemovableHandle(_global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook: Any) -> RemovableHandle:
    """Call ``hook(module, name, parameter)`` when a parameter is registered; what it returns is registered in its place."""
    return RemovableHandle(_global_parameter_registration_hooks, hook)


def registered(hooks: dict[int, Any], module: Any, name: str, value: Any) -> Any:
    """The value that is to be registered, after the hooks have seen it."""
    for hook in tuple(hooks.values()):
        found = hook(module, name, value)
        value = value if found is None else found
    return value
