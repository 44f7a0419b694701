"""Decorators of data pipes: what makes a class a step, and checks of what goes in and comes out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from .datapipe import IterDataPipe, MapDataPipe, _Steps


class functional_datapipe:
    """Make a class of data pipes a step: a decorator.

    Parameters
    ----------
    name : str
        The method.
    enable_df_api_tracing : bool
        Without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.data.datapipes.iter import IterableWrapper
    >>> @torch.utils.data.functional_datapipe("doubled")
    ... class Doubler(torch.utils.data.IterDataPipe):
    ...     def __init__(self, source):
    ...         self.source = source
    ...     def __iter__(self):
    ...         return (2 * each for each in self.source)
    ...
    >>> list(IterableWrapper([1, 2]).doubled())
    [2, 4]
    """

    def __init__(self, name: str, enable_df_api_tracing: bool = False):
        self.name = name

    def __call__(self, cls: Any) -> Any:
        base: Any = IterDataPipe if issubclass(cls, IterDataPipe) else MapDataPipe if issubclass(cls, MapDataPipe) else None
        if base is None:
            raise TypeError(f"functional_datapipe is for classes of data pipes, which {cls!r} is not")
        base.register_datapipe_as_function(self.name, cls)
        return cls


class _Switch:
    """A context in which its class is active, and after which it is what it was before."""

    active = False

    def __enter__(self) -> None:
        self._before = type(self).active
        type(self).active = True

    def __exit__(self, *error: Any) -> None:
        type(self).active = self._before


class guaranteed_datapipes_determinism(_Switch):
    """A context in which data pipes that are not deterministic are refused.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.utils.data.guaranteed_datapipes_determinism():
    ...     pass
    """


class non_deterministic:
    """Mark a class of data pipes as one whose results may differ from run to run: a decorator.

    Parameters
    ----------
    arg : type, or function of the arguments to bool
        The class, or what says whether the pipe is one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> @torch.utils.data.non_deterministic
    ... class Noise(torch.utils.data.IterDataPipe):
    ...     def __iter__(self):
    ...         yield torch.rand(1)
    ...
    >>> Noise()
    Noise
    """

    def __init__(self, arg: Any):
        if isinstance(arg, type):
            if not issubclass(arg, IterDataPipe):
                raise TypeError(f"non_deterministic decorates classes of IterDataPipe, not {arg.__name__}")
        elif not callable(arg):
            raise TypeError(f"non_deterministic decorates a class, or is given a function of its arguments, not {arg!r}")
        self._of_arguments = None if isinstance(arg, type) else arg
        self.cls = arg if isinstance(arg, type) else None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.cls is None:
            self.cls = args[0]
            return self
        if guaranteed_datapipes_determinism.active and (self._of_arguments is None or self._of_arguments(*args, **kwargs)):
            raise TypeError(f"{self.cls.__name__} is not deterministic, and only what is may be made here")
        return self.cls(*args, **kwargs)


class runtime_validation_disabled(_Switch):
    """A context in which :func:`runtime_validation` does not look at elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.utils.data.runtime_validation_disabled():
    ...     pass
    """


def runtime_validation(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate ``__iter__`` so that elements are of the type that it declares to iterate over, ``-> Iterator[int]``.

    Parameters
    ----------
    f : function

    Returns
    -------
    function
        Which raises RuntimeError for another element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.data.runtime_validation(lambda self: iter([1])).__name__
    '<lambda>'
    """
    kinds = getattr(f.__annotations__.get("return"), "__args__", ())

    @functools.wraps(f)
    def checked(self: Any) -> Iterator[Any]:
        for element in f(self):
            kind = kinds[0] if kinds and isinstance(kinds[0], type) else object
            if not runtime_validation_disabled.active and not isinstance(element, kind):
                raise RuntimeError(f"{type(self).__name__} declares elements of type {kind.__name__}, but gave {element!r}")
            yield element

    return checked


def argument_validation(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function so that what it declares to be a data pipe must be one.

    Parameters
    ----------
    f : function

    Returns
    -------
    function
        Which raises TypeError for something else.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.data.argument_validation(len)([1, 2])
    2
    """
    hints = getattr(f, "__annotations__", {})
    names = f.__code__.co_varnames if hasattr(f, "__code__") else ()

    @functools.wraps(f)
    def checked(*args: Any, **kwargs: Any) -> Any:
        for name, value in {**dict(zip(names, args, strict=False)), **kwargs}.items():
            kind = hints.get(name)
            if isinstance(kind, type) and issubclass(kind, _Steps) and not isinstance(value, kind):
                raise TypeError(f"the argument {name!r} must be a {kind.__name__}, but is a {type(value).__name__}")
        return f(*args, **kwargs)

    return checked
