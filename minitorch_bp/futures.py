"""``torch.futures``: results that come later. ``torch.jit.fork`` computes at once, so its futures are done when they are made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Future(Generic[T]):
    """A result that somebody sets, and others wait for.

    Parameters
    ----------
    devices : list, optional
        Without effect: the results are on the CPU.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> future = torch.futures.Future()
    >>> doubled = future.then(lambda f: 2 * f.value())
    >>> future.set_result(21)
    >>> doubled.wait()
    42
    """

    def __init__(self, devices: Any = None):
        self._done = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Future[T]], Any]] = []
        self._lock = threading.Lock()

    def done(self) -> bool:
        """Whether there is a result or an error."""
        return self._done.is_set()

    def wait(self) -> Any:
        """The result, when it is there; an error is raised."""
        self._done.wait()
        return self.value()

    def value(self) -> Any:
        """The result, which must be there; an error is raised."""
        if not self.done():
            raise RuntimeError("Future.value: there is no result yet; wait() waits for it")
        if self._error is not None:
            raise self._error
        return self._value

    def set_result(self, result: Any) -> None:
        """Give the result.

        Parameters
        ----------
        result : any

        Raises
        ------
        RuntimeError
            If there is one already.
        """
        self._finish(result, None)

    def set_exception(self, result: BaseException) -> None:
        """Give an error in place of a result.

        Parameters
        ----------
        result : Exception
        """
        if not isinstance(result, Exception):
            raise AssertionError(f"Future.set_exception: {result!r} is not an Exception")
        self._finish(None, result)

    def _finish(self, value: Any, error: BaseException | None) -> None:
        with self._lock:
            if self.done():
                raise RuntimeError("Future: the result has been set already")
            self._value, self._error = value, error
            self._done.set()
        for callback in self._callbacks:
            callback(self)

    def add_done_callback(self, callback: Callable[[Future[T]], Any]) -> None:
        """Call a function with the future when it is done.

        Parameters
        ----------
        callback : function
        """
        with self._lock:
            if not self.done():
                self._callbacks.append(callback)
                return
        callback(self)

    def then(self, callback: Callable[[Future[T]], Any]) -> Future:
        """The future of what a function makes of this one.

        Parameters
        ----------
        callback : function
            Of this future, when it is done.

        Returns
        -------
        Future
        """
        after: Future[Any] = Future()

        def run(future: Future) -> None:
            try:
                value = callback(future)
            except Exception as error:
                after.set_exception(error)
            else:
                after.set_result(value)

        self.add_done_callback(run)
        return after


def collect_all(futures: Iterable[Future]) -> Future:
    """The future of a list of futures: done when all are.

    Parameters
    ----------
    futures : list of Future

    Returns
    -------
    Future
        Of the list.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> first, second = torch.futures.Future(), torch.futures.Future()
    >>> both = torch.futures.collect_all([first, second])
    >>> first.set_result(1)
    >>> second.set_result(2)
    >>> [f.wait() for f in both.wait()]
    [1, 2]
    """
    waiting = list(futures)
    result: Future[Any] = Future()
    lock, left = threading.Lock(), [len(waiting)]

    def one(_: Future) -> None:
        with lock:
            left[0] -= 1
            finished = left[0] == 0
        if finished:
            errors = [f._error for f in waiting if f._error is not None]
            result._finish(None if errors else waiting, errors[0] if errors else None)

    for future in waiting:
        future.add_done_callback(one)
    if not waiting:
        result.set_result([])
    return result


def wait_all(futures: Iterable[Future]) -> list[Any]:
    """The results of all futures.

    Parameters
    ----------
    futures : list of Future

    Returns
    -------
    list
        In the same order.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.futures.wait_all([torch.jit.fork(lambda x: x + 1, 2)])
    [3]
    """
    return [future.wait() for future in collect_all(futures).wait()]


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future:
    """Call a function, and return the future of its result: it runs at once.

    Parameters
    ----------
    func : function or Module
    *args : any
    **kwargs : any

    Returns
    -------
    Future
        Done, with the result or the error.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.wait(torch.jit.fork(torch.neg, torch.ones(1)))
    tensor([-1.])
    """
    future: Future[Any] = Future()
    future.set_result(func(*args, **kwargs))
    return future


def wait(future: Future) -> Any:
    """The result of a future.

    Parameters
    ----------
    future : Future

    Returns
    -------
    any
        The result.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.wait(torch.jit.fork(len, [1, 2]))
    2
    """
    return future.wait()


__all__ = ["Future", "collect_all", "wait_all"]
