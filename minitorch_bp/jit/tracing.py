"""``torch.jit.trace``: a function becomes the straight-line program that it is for one kind of arguments."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from ..nn.modules.module import Module
from .recorder import TracerWarning, warn
from .runner import Runner, checked_outputs
from .scripts import ScriptFunction, TopLevelTracedModule, scripted


class TracingCheckError(Exception):
    """A traced function is not what the Python function is for other inputs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> issubclass(torch.jit.TracingCheckError, Exception)
    True
    """


def trace(
    func: Any,
    example_inputs: Any = None,
    optimize: Any = None,
    check_trace: bool = True,
    check_inputs: Any = None,
    check_tolerance: float = 1e-5,
    strict: bool = True,
    _force_outplace: bool = False,
    _module_class: Any = None,
    _compilation_unit: Any = None,
    example_kwarg_inputs: Any = None,
    _store_inputs: bool = True,
) -> Any:
    """The straight-line program that a function, or a module, is for arguments like the example; as fast as NumPy written by hand.

    The function runs once with the example. Each operation is written down with the rules of its derivatives, as NumPy code, and from then
    on this code runs in place of the Python function: one node in the graph, the same numbers to the last bit. Python is not run again,
    so what it decided is frozen: values that it took out of a tensor (``bool()``, ``item()``, ``len()``, iteration; with a
    :class:`TracerWarning`), and the mode of the module, training or not. Parameters and buffers are read anew at each call, random
    numbers are drawn anew, running averages go on. Other shapes, types, layouts, or other tensors that require grad are traced anew.

    A function with something in it that the trace can't account for (a part computed in NumPy, an input that is written to, shapes that
    depend on values, a user's ``autograd.Function``) stays eager code, and so stays right; ``code`` then says why.

    Parameters
    ----------
    func : function, Module, or a module's method
    example_inputs : Tensor, or tuple of Tensors and of containers of Tensors
        The arguments.
    optimize : optional
        Without effect.
    check_trace : bool
        Compare with the Python function for ``check_inputs``, and warn if numbers are drawn.
    check_inputs : list of tuples, optional
        Further arguments for that.
    check_tolerance : float
        How far the numbers may differ there.
    strict : bool
        Refuse a dictionary as a result.
    example_kwarg_inputs : dict, optional
        Arguments by name, in place of ``example_inputs``.

    Returns
    -------
    ScriptFunction, or TopLevelTracedModule
        To be called as the function. ``code`` is the program of the last call. The module shares all with the one that was traced.

    Raises
    ------
    RuntimeError
        If an argument or a result is no tensor, or the function uses a tensor that requires grad and is neither.
    TracingCheckError
        If the Python function gives something else for ``check_inputs``.

    See Also
    --------
    trace_module : Several methods of a module.
    minitorch_bp.explain.source : The program as a textbook has it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> def loss(x, w, y):
    ...     return ((x @ w - y) ** 2).mean()
    >>> x, y, w = torch.ones(4, 2), torch.ones(4), torch.zeros(2, requires_grad=True)
    >>> traced = torch.jit.trace(loss, (x, w, y))
    >>> value = traced(x, w, y)
    >>> value.backward()
    >>> value, w.grad
    (tensor(1., grad_fn=<DifferentiableGraphBackward>), tensor([-2., -2.]))
    >>> print(traced.code[traced.code.index("def backward") :], end="")
    def backward_1(grad, saved):
        t2, x, drawn = saved
        t7 = grad / 4
        t8 = _expand(t7, (4,))
        t9 = 2 * t2
        t10 = t8 * t9
        t11 = x.T
        t12 = t11.dot(t10)
        return (t12, )
    """
    if isinstance(func, ScriptFunction):
        return func
    if example_inputs is None and not isinstance(example_kwarg_inputs, dict):
        raise RuntimeError("jit.trace: example_inputs (or a dict as example_kwarg_inputs) must be given")
    owner = getattr(func, "__self__", None)
    if isinstance(func, Module) or (isinstance(owner, Module) and getattr(func, "__name__", "") == "forward"):
        module: Any = func if isinstance(func, Module) else owner
        example = example_inputs if example_inputs is not None else example_kwarg_inputs
        return trace_module(
            module, {"forward": example}, optimize, check_trace, check_inputs, check_tolerance, strict,
            example_inputs_is_kwarg=example_inputs is None,
        )  # fmt: skip
    if not callable(func):
        raise RuntimeError(f"jit.trace: expected a function or a module, but got {type(func).__name__}")
    runner = Runner(func, None, getattr(func, "__name__", "function"), strict)
    traced = ScriptFunction(runner)
    args = runner.start(example_inputs if example_inputs is not None else example_kwarg_inputs)
    if check_trace:
        _check(runner, args, check_inputs, check_tolerance)
    return traced


def trace_module(
    mod: Any,
    inputs: Any,
    optimize: Any = None,
    check_trace: bool = True,
    check_inputs: Any = None,
    check_tolerance: float = 1e-5,
    strict: bool = True,
    _force_outplace: bool = False,
    _module_class: Any = None,
    _compilation_unit: Any = None,
    example_inputs_is_kwarg: bool = False,
    _store_inputs: bool = True,
) -> Any:
    """Trace several methods of a module, each as :func:`trace` does.

    Parameters
    ----------
    mod : Module
    inputs : dict
        The name of a method -> its example arguments.
    optimize : optional
        Without effect.
    check_trace : bool
        As for :func:`trace`, like all that follow.
    check_inputs : list of dict, optional
        Dictionaries like ``inputs``.
    check_tolerance : float
    strict : bool
    example_inputs_is_kwarg : bool
        The arguments are dictionaries, by name.

    Returns
    -------
    TopLevelTracedModule
        It shares all with the module; the methods are the traced ones.

    Raises
    ------
    AttributeError
        If ``mod`` is no module or has no such method, or ``inputs`` is no dictionary.
    RuntimeError
        As :func:`trace` raises it.

    See Also
    --------
    trace : One function.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Pair(torch.nn.Module):
    ...     def twice(self, x):
    ...         return x * 2
    ...     def half(self, x):
    ...         return x / 2
    >>> pair = torch.jit.trace_module(Pair(), {"twice": torch.ones(2), "half": torch.ones(2)})
    >>> pair.twice(torch.ones(2)), pair.half(torch.ones(2))
    (tensor([2., 2.]), tensor([0.5000, 0.5000]))
    """
    if not isinstance(mod, Module):
        raise AttributeError(f"jit.trace_module: expected a Module, but got {type(mod).__name__}")
    if not isinstance(inputs, dict):
        raise AttributeError("jit.trace_module: inputs must be a dictionary from the names of methods to their arguments")
    if "forward" in inputs and getattr(mod, "has_uninitialized_params", bool)():  # a lazy layer takes its sizes from its first call
        mod(*Runner(mod, None, "forward").arguments(inputs["forward"]))
    methods = {name: getattr(mod, name) for name in inputs}
    new = scripted(mod, TopLevelTracedModule, again=True)
    runners = {}
    for name, example in inputs.items():
        runner = runners[name] = Runner(methods[name], mod, name, strict)
        args = runner.start(example)
        if check_trace:
            _check(runner, args, [c[name] if isinstance(c, dict) else c for c in check_inputs or []], check_tolerance)
    _install(type(new), mod, runners)
    return new


def _install(kind: Any, module: Module, runners: dict[str, Runner]) -> None:
    """Give the class of a traced module its methods. A copy of the module traces them anew, with its own parameters."""
    copies: Any = weakref.WeakKeyDictionary()

    def method(name: str) -> Any:
        runner, state = runners[name], module.__dict__

        def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
            mine = runner
            if self.__dict__ is not state:
                if self not in copies:
                    copies[self] = {n: r.of_copy(self) for n, r in runners.items()}
                mine = copies[self][name]
            return mine(*mine.bound(args, kwargs)) if kwargs else mine(*args)

        traced.__name__ = name
        return traced

    for name in runners:
        setattr(kind, name, method(name))
    kind.runners = runners
    if "forward" in runners:
        kind.code = property(lambda self: runners["forward"].code)


def _check(runner: Runner, args: tuple[Any, ...], more: Any, tolerance: float) -> None:
    """A warning where numbers are drawn; TracingCheckError if the Python function differs for further inputs."""
    if runner.draws:
        warn("the function draws random numbers (of a module in training mode? call .eval()), so two calls differ", frozen=False)
        return
    for example in more or ():
        given = runner.arguments(example)
        right = checked_outputs(runner.eager(given), runner.strict)
        for a, b in zip(checked_outputs(runner(*given), runner.strict), right, strict=True):
            x, y = a._array, b._array
            if x.shape != y.shape or not np.allclose(x.astype(complex), y.astype(complex), tolerance, tolerance, equal_nan=True):
                raise TracingCheckError(
                    "jit.trace: for one of the check_inputs the Python function gives something else than the program, which has frozen what "
                    "Python decided for the example"
                )


__all__ = ["TracerWarning", "TracingCheckError", "trace", "trace_module"]
