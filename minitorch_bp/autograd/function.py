"""Your own operation: ``forward`` computes, ``backward`` is its derivative rule.

``MyOp.apply(x)`` runs ``forward`` without recording, then records one node whose rule is ``backward``. The node is the
``ctx`` that both receive. With ``create_graph=True``, ``backward`` itself is recorded, so it may be differentiated again
if it uses tensor operations.
"""

from __future__ import annotations

import functools
import sys
import warnings
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.grad_mode import mode, no_grad
from ..core.graph import Node, named_class
from ..core.saved import SavedTensor
from ..core.tensor import Tensor, wrap
from ..core.view import edge_of
from .function_outputs import _finished

if TYPE_CHECKING:
    from ..core.types import HasStaticForward, R_co


_NOTHING = nullcontext()
_FORWARD_MODE = f"{__package__}.tangents"  # looked up only if somebody has imported it


class _FunctionPlan:
    """What the engine asks a node's plan: here, nothing but whether something is saved."""

    op = None
    names: tuple[str, ...] = ()
    saves_data = True


class FunctionCtx:
    """What ``forward`` may say to its ``ctx``. The ``ctx`` itself is the node of the call, which is one; the class is there for annotations
    and ``isinstance``, and to call a ``forward`` without :meth:`Function.apply`, as tests do.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Double(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx: torch.autograd.function.FunctionCtx, x: torch.Tensor) -> torch.Tensor:
    ...         ctx.save_for_backward(x)
    ...         return 2 * x
    >>> Double.forward(torch.autograd.function.FunctionCtx(), torch.ones(2))
    tensor([2., 2.])
    """

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs or outputs for ``backward``; a later write to one of them is noticed."""
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_backward can only save tensors, but got {type(t).__name__}: set other values as attributes of ctx"
                )
        self._tensors = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep inputs or outputs for ``jvp``, as attributes would be kept; they are ``saved_tensors`` there."""
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_forward can only save tensors, but got {type(t).__name__}: set other values as attributes of ctx"
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Say that these inputs were modified in place; they must be returned, too."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say that these outputs have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether ``backward`` gets zeros (True) or None for outputs without a gradient."""
        self._materialize = value


class FunctionNode(Node, FunctionCtx):
    """The node of a :class:`Function`, and the ``ctx`` of its methods.

    Attributes
    ----------
    needs_input_grad : tuple of bool
        Which arguments of ``forward`` need a gradient.
    saved_tensors : tuple
        What ``save_for_backward`` was given.
    """

    __slots__ = (
        "_constant",
        "_dirty",
        "_materialize",
        "_materialize_non_diff_grads",
        "_shapes",
        "_tensors",
        "function",
        "needs_input_grad",
        "outputs",
        "takes_tensor",
    )

    outputs: int
    hooks_see_all = True

    def __init__(self, function: Any, needs: tuple[bool, ...], takes_tensor: tuple[bool, ...]):
        self.plan, self.saved, self.versions = _FunctionPlan, (), ()
        self.hooks = None
        self.function, self.needs_input_grad, self.takes_tensor = function, needs, takes_tensor
        self.edges = ()
        self.outputs = 1
        self._tensors: tuple[Any, ...] = ()
        self._dirty: tuple[Any, ...] = ()
        self._constant: tuple[Any, ...] = ()
        self._materialize = self._materialize_non_diff_grads = True
        self._shapes: list[Any] = []

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """What ``save_for_backward`` was given, checked to be unmodified."""
        from ..core.namespaces import tracked

        if self.__dict__.get("in_jvp"):
            return tuple(self.__dict__.get("saved_for_forward", ()))
        return tuple(self.unpack(tracked))

    @property
    def _raw_saved_tensors(self) -> tuple[SavedTensor, ...]:
        """The places of what is saved, for hooks."""
        self.check_kept()
        return tuple(SavedTensor(self, k) for k in range(len(self.saved)))

    @property
    def saved_variables(self) -> tuple[Tensor, ...]:
        """The old name of ``saved_tensors``."""
        warnings.warn("saved_variables is deprecated: write saved_tensors", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    # ------------------------------------------------------------------ what the engine calls
    def metas(self) -> list[tuple[Any, Any]]:
        return [shape[:2] if shape is not None else ((), np.dtype(np.float32)) for shape in self._shapes]

    def name(self) -> str:
        return type(self).__name__

    def apply(self, xp: Any, grad: Any, needed: Any = None) -> list[tuple[Any, Any]]:
        on_arrays = xp.on_arrays
        slots = grad if self.outputs > 1 else [grad]
        grads = []
        for k, g in enumerate(slots):
            if g is None:
                shape, dtype, differentiable = self._shapes[k] or (None, None, False)  # None for an output that is no tensor
                wanted = shape is not None and self._materialize and (differentiable or self._materialize_non_diff_grads)
                g = wrap(np.zeros(shape, dtype)) if wanted else None
            elif on_arrays:
                g = wrap(np.asarray(g))
            grads.append(g)
        with nullcontext() if mode.grad else no_grad():
            returned = self._rule()(self, *grads)
        returned = returned if isinstance(returned, tuple) else (returned,)
        count = len(self.needs_input_grad)
        if len(returned) > count and all(g is None for g in returned[count:]):
            returned = returned[:count]
        if len(returned) != count:
            raise RuntimeError(
                f"{self.name()} returned {len(returned)} gradients, but forward took {count} arguments: return one for each, "
                "None for those without"
            )
        result = []
        edges = iter(self.edges)
        for k, g in enumerate(returned):
            if not self.takes_tensor[k]:
                if g is not None:
                    raise RuntimeError(
                        f"{self.name()} returned a gradient for argument {k} of forward, which was no tensor: return None"
                    )
                continue
            edge = next(edges)
            if g is not None and not isinstance(g, Tensor):
                raise RuntimeError(f"{self.name()} must return Tensors or None, but returned a {type(g).__name__}")
            if g is not None and edge is not None:
                self._check_gradient(g, edge._array if isinstance(edge, Tensor) else edge)
            # A view, so that the engine knows the memory is not its own.
            result.append((edge, g._array.view() if on_arrays and g is not None else g))
        return result

    def _rule(self) -> Any:
        """The user's ``backward``, or ``vjp``, which is another name for it."""
        backward, vjp = self.function.backward, self.function.vjp
        if backward is not Function.backward and vjp is not Function.vjp:
            raise RuntimeError(
                f"{self.function.__name__} defines both backward and vjp: they are two names of one thing, define one"
            )
        return backward if vjp is Function.vjp else vjp

    def _check_gradient(self, g: Any, like: Any) -> None:
        """RuntimeError unless ``backward`` returned something that can be summed to the shape of the input."""
        given, shape = g._array.shape, tuple(like.shape)
        if g._array.dtype.kind == "c" != like.dtype.kind:
            raise RuntimeError(f"{self.name()} returned a complex gradient for a real input: return its real part")
        if given == shape:
            return
        aligned = (1,) * (len(given) - len(shape)) + shape
        if len(aligned) != len(given) or any(n not in (1, m) for n, m in zip(aligned, given, strict=True)):
            raise RuntimeError(
                f"{self.name()} returned a gradient of shape {list(given)} for an input of shape {list(shape)}: a gradient must "
                "have its input's shape, or one to which the input broadcasts"
            )


class Function:
    """Base class of your own operations.

    Either ``forward(ctx, *args)``, or ``forward(*args)`` with ``setup_context(ctx, inputs, output)``; and
    ``backward(ctx, *grad_outputs)``, which returns a gradient (or None) for each argument of ``forward``.

    Parameters
    ----------
    *args, **kwargs : any
        Not used: a Function is not made, but applied, ``Cube.apply(x)``.

    See Also
    --------
    minitorch_bp.autograd.gradcheck : Checks ``backward`` by finite differences.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Cube(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (x,) = ctx.saved_tensors
    ...         return grad * 3 * x**2
    >>> b = torch.tensor(3.0, requires_grad=True)
    >>> Cube.apply(b).backward()
    >>> b.grad
    tensor(27.)
    """

    #: Whether torch.func may make the rule for vmap by itself.
    generate_vmap_rule = False
    _backward_cls: Any
    _generated_cls: Any

    def __init__(self, *args: Any, **kwargs: Any):
        name = type(self).__name__
        warnings.warn(f"{name} is not meant to be instantiated: call {name}.apply(...)", DeprecationWarning, stacklevel=2)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._backward_cls = named_class(cls.__name__ + "Backward", FunctionNode, own=True)  # of its nodes
        cls._generated_cls = named_class(cls.__name__ + "GeneratedBackward", FunctionNode, own=True)  # of those within torch.func

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name = type(self).__name__
        raise RuntimeError(f"{name} can't be called: its forward and backward are static methods, and it runs by {name}.apply(...)")

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs.

        Parameters
        ----------
        *args, **kwargs : any
            The ``ctx``, unless there is a ``setup_context``, and what :meth:`apply` was given. Tensors come without history.

        Returns
        -------
        Tensor, or tuple of Tensors and anything
            The outputs.
        """
        raise NotImplementedError("a Function must define forward")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what ``backward`` needs, when ``forward`` does not take a ctx.

        Parameters
        ----------
        ctx : object
            Its ``save_for_backward(*tensors)`` keeps tensors; anything else may be an attribute.
        inputs : tuple
            What :meth:`apply` was given.
        output : any
            What ``forward`` returned.
        """
        raise NotImplementedError("setup_context is not defined")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any, **_: Any) -> Any:
        """Turn gradients of the outputs into gradients of the inputs.

        Parameters
        ----------
        ctx : object
            With ``saved_tensors``, and ``needs_input_grad``, a bool for each argument.
        *grad_outputs : Tensor or None
            One for each output, of its shape.
        **_ : any
            Not given.

        Returns
        -------
        Tensor or None, or a tuple of such
            One for each argument of ``forward``.
        """
        raise NotImplementedError("a Function must define backward to be differentiated")

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Turn tangents of the inputs (None for those without) into tangents of the outputs: forward mode (``forward_ad``).

        Parameters
        ----------
        ctx : object
            As for ``backward``.
        *grad_inputs : Tensor or None
            One for each argument of ``forward``.

        Returns
        -------
        Tensor, or tuple of Tensors
            One for each output.
        """
        raise NotImplementedError("a Function must define jvp to be differentiated in forward mode")

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """Compute for a whole batch, for ``torch.func.vmap``.

        Parameters
        ----------
        info : object
            Its ``batch_size`` is the size of the batch.
        in_dims : tuple of int or None
            Where each argument has its batch.
        *args : any
            The arguments.

        Returns
        -------
        (any, int or None)
            The outputs, and where they have their batch.
        """
        raise NotImplementedError("a Function must define vmap, or generate_vmap_rule = True, to be used in vmap")

    if TYPE_CHECKING:

        @classmethod
        def apply(cls: type[HasStaticForward[R_co]], *args: Any, **kwargs: Any) -> R_co: ...

    else:

        @classmethod
        def apply(cls, *args, **kwargs):
            """Run ``forward`` and record the node.

            Parameters
            ----------
            *args, **kwargs : any
                The arguments of ``forward``.

            Returns
            -------
            any
                What ``forward`` returns, with this Function in its history.
            """
            separate = cls.setup_context is not Function.setup_context
            if mode.transforms:
                _check_transformable(cls, separate)
            if separate and (kwargs or cls.forward.__defaults__ or cls.forward.__kwdefaults__):
                args, kwargs = _bound(cls.forward, args, kwargs)
            inputs = (*args, *kwargs.values())
            takes_tensor = tuple(isinstance(a, Tensor) for a in inputs)
            edges = tuple(edge_of(a) if a._requires_grad else None for a in inputs if isinstance(a, Tensor))
            all_edges = iter(edges)
            needs = tuple(is_tensor and next(all_edges) is not None for is_tensor in takes_tensor)
            recorded = mode.grad and any(needs)
            node = (cls._generated_cls if mode.transforms else cls._backward_cls)(cls, needs, takes_tensor)
            forward_mode = sys.modules.get(_FORWARD_MODE)
            with no_grad(), forward_mode.quiet() if forward_mode is not None else _NOTHING:
                if separate:
                    output = cls.forward(*args, **kwargs)
                    cls.setup_context(node, args, output)
                else:
                    output = cls.forward(node, *args, **kwargs)
            several = isinstance(output, tuple)
            outputs = _finished(node, edges, inputs, list(output) if several else [output], recorded, separate)
            if forward_mode is not None and forward_mode.follows(inputs):
                forward_mode.pushed_by(cls, node, inputs, outputs)
            node._dirty = node._constant = ()  # they may be what this node is the history of
            return tuple(outputs) if several else outputs[0]


def _check_transformable(function: Any, separate: bool) -> None:
    """``torch.func`` takes Functions that keep computing apart from saving, and in vmap those that say how a batch is computed."""
    name, transform = function.__name__, mode.transforms[-1]
    if not separate:
        raise RuntimeError(
            f"{name} inside of torch.func.{transform}: it must define setup_context(ctx, inputs, output), and forward without ctx"
        )
    own, generated = function.vmap is not Function.vmap, function.generate_vmap_rule
    if "vmap" in mode.transforms and own == generated:
        many = "both" if own else "neither"
        raise RuntimeError(f"{name} inside of vmap: define a vmap staticmethod, or set generate_vmap_rule = True; it has {many}")


def _bound(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with defaults filled in, as ``setup_context`` gets them."""
    import inspect

    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args, bound.kwargs


def once_differentiable(function: Any) -> Any:
    """Mark a ``backward`` that uses something else than tensor operations: differentiating it again raises.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.function.once_differentiable.__name__
    'once_differentiable'
    """

    @functools.wraps(function)
    def wrapper(ctx: Any, *args: Any) -> Any:
        with no_grad():
            gradients = function(ctx, *args)
        if not mode.grad or not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            return gradients
        several = isinstance(gradients, tuple)
        # The gradients as leaves, behind a node that refuses: only so can they require grad, and lead nowhere.
        given = gradients if several else (gradients,)
        if wrong := [type(g).__name__ for g in given if g is not None and not isinstance(g, Tensor)]:
            raise AttributeError(f"backward of a once_differentiable Function must return Tensors or None, but returned {wrong[0]}")
        refusing = _Refuse.apply(*map(_leaf, given))
        refusing = tuple(r if isinstance(g, Tensor) else g for g, r in zip(given, refusing, strict=True))
        return refusing if several else refusing[0]

    return wrapper


def _leaf(g: Any) -> Tensor:
    """The values of a gradient as a leaf; an empty tensor for what is none."""
    leaf = wrap(g._array if isinstance(g, Tensor) else np.zeros(0, bool))
    leaf._requires_grad = leaf._array.dtype.kind in "fcV"
    return leaf


class _Refuse(Function):
    @staticmethod
    def forward(*gradients: Any) -> Any:
        return tuple(g.detach() for g in gradients)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError("this backward is marked once_differentiable: it can't be differentiated a second time")


_Refuse._backward_cls.__name__ = "Error"  # as PyTorch shows it


class InplaceFunction(Function):
    """A Function with a flag, kept for old programs."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace


__all__ = ["Function", "FunctionNode", "InplaceFunction", "once_differentiable"]
