"""The state of a module: what ``state_dict`` hands out, and how ``load_state_dict`` takes it back.

Each module saves and loads its own parameters and buffers (``_save_to_state_dict``, ``_load_from_state_dict``); the walk over
the parts is here, once. Loading goes on after a mistake, as PyTorch's does, so that the error names all of them; what fits has
then been copied.
"""

from __future__ import annotations

import importlib
import itertools
from collections import OrderedDict, namedtuple
from typing import Any

from ...core.grad_mode import no_grad
from ...core.handle import RemovableHandle
from ...core.tensor import Tensor
from ..parameter import Parameter, is_lazy
from .hooks import OPTIONS, TABLES

_EXTRA_STATE = "_extra_state"
#: How ``to()`` and its kin treat parameters (see ``torch.__future__``).
CONVERSION = {"overwrite": False, "swap": False}
STATE_HOOKS = ("_state_dict_hooks", "_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks")
#: What PyTorch's modules keep about themselves, in a pickle of a whole module, and ours do not.
_THEIRS = frozenset(["_is_full_backward_hook", "_flat_weights", "_flat_weight_refs", *STATE_HOOKS])


class _IncompatibleKeys(namedtuple("_IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


def not_replaced(name: str, value: Any, kind: type) -> TypeError:
    """The error of an assignment of another kind to a name that is registered."""
    return TypeError(
        f"cannot assign a {type(value).__name__} as {name!r}: it is registered as a {kind.__name__.lower()}, so it can only be "
        "replaced by another one, or None"
    )


class Stateful:
    """What :class:`Module` knows about its state; the tables of parameters, buffers and parts are Module's."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    #: Stands in the metadata of a state_dict; a class raises it when the meaning of its state changes.
    _version: int = 1

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over the state from a pickle, also from one in which PyTorch wrote the module of the same name."""
        state = dict(state)
        if "_hooked" not in state:
            state = {name: value for name, value in state.items() if name not in _THEIRS}
            state["_hooked"] = any(state.get(hooks) for hooks in TABLES)
        self.__dict__.update(state)
        for hooks in (*TABLES, *OPTIONS, *STATE_HOOKS):
            if hooks not in self.__dict__:
                self.__dict__[hooks] = OrderedDict()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows (see ``explain/notebook``); ``repr`` and ``print`` do not."""
        return importlib.import_module(__package__.partition(".")[0] + ".explain.notebook").of_module(self)

    # ------------------------------------------------------------------ hooks
    def _state_hooks(self, table: str) -> dict[int, Any]:
        return self.__dict__.get(table, {})

    def _register_state_hook(self, table: str, hook: Any) -> RemovableHandle:
        return RemovableHandle(self.__dict__.setdefault(table, OrderedDict()), hook)

    def register_state_dict_pre_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before the state is collected.

        Parameters
        ----------
        hook : function

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register_state_hook("_state_dict_pre_hooks", hook)

    def register_state_dict_post_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` when the module's own state is collected.

        Parameters
        ----------
        hook : function
            It may change the dictionary.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        hook._from_public_api = True
        return self._register_state_hook("_state_dict_hooks", hook)

    def _register_state_dict_hook(self, hook: Any) -> RemovableHandle:
        """The same for a hook that may return another dictionary."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError("a hook of register_state_dict_post_hook() can't be registered as another kind: pass a new function")
        return self._register_state_hook("_state_dict_hooks", hook)

    def register_load_state_dict_pre_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing, unexpected, errors)`` before loading.

        Parameters
        ----------
        hook : function
            It may change the dictionary and the lists.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register_state_hook("_load_state_dict_pre_hooks", (hook, True))

    def _register_load_state_dict_pre_hook(self, hook: Any, with_module: bool = False) -> RemovableHandle:
        return self._register_state_hook("_load_state_dict_pre_hooks", (hook, with_module))

    def register_load_state_dict_post_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after loading; it may edit the two lists.

        Parameters
        ----------
        hook : function

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register_state_hook("_load_state_dict_post_hooks", hook)

    def get_extra_state(self) -> Any:
        """What else a state_dict should hold of this module; a subclass defines it together with ``set_extra_state``."""
        raise RuntimeError(f"{type(self).__name__} has no extra state: define get_extra_state() and set_extra_state()")

    def set_extra_state(self, state: Any) -> None:
        """Take back what ``get_extra_state`` gave.

        Parameters
        ----------
        state : any
            From a state_dict.
        """
        raise RuntimeError(f"{type(self).__name__} takes no extra state: define get_extra_state() and set_extra_state()")

    def _has_extra_state(self) -> bool:
        return type(self).get_extra_state is not Stateful.get_extra_state

    def _wants_extra_state(self) -> bool:
        return type(self).set_extra_state is not Stateful.set_extra_state

    # ------------------------------------------------------------------ saving
    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> dict[str, Any]:
        """All parameters and persistent buffers by dotted name; the tensors share memory with the module.

        Parameters
        ----------
        *args : any
            The three below by position, as older programs give them.
        destination : dict, optional
            What is added to; a new ``OrderedDict`` unless given.
        prefix : str
            Stands before all names.
        keep_vars : bool
            Whether the parameters themselves are returned, with their history, instead of detached tensors.

        Returns
        -------
        dict of str to Tensor
            What :meth:`load_state_dict` takes, and ``torch.save`` writes.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1, bias=False).state_dict().keys()
        odict_keys(['weight'])
        """
        if args:
            given: Any = (*args, *(destination, prefix, keep_vars)[len(args) :])
            destination, prefix, keep_vars = given
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()  # type: ignore[attr-defined]
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        for hook in tuple(self._state_hooks("_state_dict_pre_hooks").values()):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=prefix + name + ".", keep_vars=keep_vars)
        for hook in tuple(self._state_hooks("_state_dict_hooks").values()):
            replaced = hook(self, destination, prefix, metadata)
            if replaced is not None and getattr(hook, "_from_public_api", False):
                raise RuntimeError("a state_dict post-hook must return None: edit the state_dict in place")
            destination = destination if replaced is None else replaced
        return destination

    def _own_state(self) -> Any:
        """``(name, tensor)`` of the parameters and persistent buffers."""
        for name, value in itertools.chain(self._parameters.items(), self._buffers.items()):
            if value is not None and name not in self._non_persistent_buffers_set:
                yield name, value

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        for name, value in self._own_state():
            destination[prefix + name] = value if keep_vars or is_lazy(value) else value.detach()
        if self._has_extra_state():
            destination[prefix + _EXTRA_STATE] = self.get_extra_state()

    # ------------------------------------------------------------------ loading
    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: Any, strict: bool, missing_keys: list[str],
        unexpected_keys: list[str], error_msgs: list[str],
    ) -> None:  # fmt: skip
        """Copy this module's own parameters and buffers; what is wrong goes into the three lists."""
        for hook, with_module in tuple(self._state_hooks("_load_state_dict_pre_hooks").values()):
            arguments = (state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
            hook(self, *arguments) if with_module else hook(*arguments)
        own = dict(self._own_state())
        for name, value in own.items():
            key = prefix + name
            if key not in state_dict:
                if strict:
                    missing_keys.append(key)
                continue
            error = self._load_tensor(name, value, state_dict[key], local_metadata.get("assign_to_params_buffers", False))
            if error:
                error_msgs.append(error.format(key=key))
        wanted = self._wants_extra_state()
        if wanted and prefix + _EXTRA_STATE in state_dict:
            self.set_extra_state(state_dict[prefix + _EXTRA_STATE])
        elif strict and wanted:
            missing_keys.append(prefix + _EXTRA_STATE)
        if strict:
            names = {*own, _EXTRA_STATE} if wanted else own
            for key in state_dict:
                if key.startswith(prefix):
                    name, dot, _ = key[len(prefix) :].partition(".")
                    if name not in (self._modules if dot else names):
                        unexpected_keys.append(key)

    def _load_tensor(self, name: str, own: Tensor, given: Any, assign: bool) -> str | None:
        """Copy one tensor, or say what is wrong with it."""
        if not isinstance(given, Tensor):
            return f'"{{key}}" must be a Tensor, but the state_dict has a {type(given).__name__}.'
        if is_lazy(own) or is_lazy(given):
            return (
                None
                if is_lazy(own) and is_lazy(given)
                else '"{key}" has a shape in one of the two only: run the lazy module first.'
            )
        if own._array.ndim == 0 and given._array.shape == (1,):
            given = given[0]  # how PyTorch 0.3 saved numbers
        if own._array.shape != given._array.shape:
            return f"size mismatch for {{key}}: the state_dict has shape {given.shape}, the module has shape {own.shape}."
        with no_grad():
            if not assign:
                own.copy_(given)
            elif name in self._parameters:
                taken = given if isinstance(given, Parameter) else Parameter(given, requires_grad=bool(own._requires_grad))
                self._parameters[name] = taken
            else:
                self._buffers[name] = given
        return None

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> Any:
        """Copy a state_dict into the module.

        Parameters
        ----------
        state_dict : dict of Tensors
        strict : bool
            Whether the names must be the same.
        assign : bool
            Take the tensors themselves instead of copying them.

        Returns
        -------
        namedtuple
            ``missing_keys`` and ``unexpected_keys``, lists of names.

        Raises
        ------
        RuntimeError
            Listing missing and unexpected names (if ``strict``) and sizes that differ. What fits has been copied, as in PyTorch.
        TypeError
            If ``state_dict`` is not a dictionary.
        """
        if not hasattr(state_dict, "items"):
            raise TypeError(f"a state_dict is a dictionary of tensors, but got {type(state_dict).__name__}")
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        metadata = getattr(state_dict, "_metadata", None)
        state_dict = OrderedDict(state_dict)
        if metadata is not None:
            state_dict._metadata = metadata  # type: ignore[attr-defined]

        _load_tree(self, state_dict, "", metadata, assign, (missing, unexpected, errors))
        if strict:
            for what, keys in (("Unexpected", unexpected), ("Missing", missing)):
                if keys:
                    errors.insert(0, f"{what} key(s) in state_dict: " + ", ".join(f'"{k}"' for k in keys) + ". ")
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors))
        return _IncompatibleKeys(missing, unexpected)


def _load_tree(
    module: Any, state: Any, prefix: str, metadata: Any, assign: bool, found: tuple[list[str], list[str], list[str]]
) -> None:
    """Load a module and its parts; ``found`` collects missing and unexpected keys, and errors."""
    local = {} if metadata is None else dict(metadata.get(prefix[:-1], {}))
    if assign:
        local["assign_to_params_buffers"] = True
    module._load_from_state_dict(state, prefix, local, True, *found)
    for name, part in module._modules.items():
        if part is not None:
            below = prefix + name + "."
            _load_tree(part, {k: v for k, v in state.items() if k.startswith(below)}, below, metadata, assign, found)
    for hook in tuple(module._state_hooks("_load_state_dict_post_hooks").values()):
        if hook(module, _IncompatibleKeys(*found[:2])) is not None:
            raise AssertionError("a hook of load_state_dict must return None: edit the lists of keys in place")
