"""``torch.multiprocessing``: Python's ``multiprocessing``. Tensors are sent by pickling, so each process has its own copy."""

from __future__ import annotations

import multiprocessing as _multiprocessing
from multiprocessing import *  # noqa: F403
from typing import Any

_strategy = ["file_descriptor"]


class ProcessRaisedException(Exception):
    """A process of :func:`spawn` has ended with an error."""


def get_all_sharing_strategies() -> set[str]:
    """The names of PyTorch's ways of sharing memory.

    Returns
    -------
    set of str
        The two that Linux has.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> sorted(torch.multiprocessing.get_all_sharing_strategies())
    ['file_descriptor', 'file_system']
    """
    return {"file_descriptor", "file_system"}


def get_sharing_strategy() -> str:
    """The name that :func:`set_sharing_strategy` was given.

    Returns
    -------
    str
        'file_descriptor' at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.multiprocessing.get_sharing_strategy()
    'file_descriptor'
    """
    return _strategy[0]


def set_sharing_strategy(new_strategy: str) -> None:
    """Remember a way of sharing memory; none is shared between processes here.

    Parameters
    ----------
    new_strategy : str
        'file_descriptor' or 'file_system'.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.multiprocessing.set_sharing_strategy("file_descriptor")
    """
    if new_strategy not in get_all_sharing_strategies():
        raise AssertionError(f"set_sharing_strategy: there is no strategy {new_strategy!r}")
    _strategy[0] = new_strategy


class ProcessContext:
    """The processes of :func:`spawn`.

    Parameters
    ----------
    processes : list of Process
    """

    def __init__(self, processes: list[Any]):
        self.processes = processes

    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [p.pid for p in self.processes]

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the processes; ProcessRaisedException if one has failed, and the others are ended."""
        for k, process in enumerate(self.processes):
            process.join(timeout)
            if process.exitcode:
                for other in self.processes:
                    if other.is_alive():
                        other.terminate()
                raise ProcessRaisedException(f"the process {k} ended with code {process.exitcode}; its error is printed above")
        return not any(p.is_alive() for p in self.processes)


def spawn(fn: Any, args: Any = (), nprocs: int = 1, join: bool = True, daemon: bool = False, start_method: str = "spawn") -> Any:
    """Run ``fn(k, *args)`` in several processes.

    Parameters
    ----------
    fn : function
        Of a module, so that the processes can import it.
    args : tuple
    nprocs : int
        How many; ``k`` counts them.
    join : bool
        Whether to wait for them.
    daemon : bool
        Whether they end with this process.
    start_method : str
        'spawn', 'fork' or 'forkserver'.

    Returns
    -------
    ProcessContext
        None if it has waited.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.multiprocessing.spawn(print, (), nprocs=0)
    """
    kind: Any = _multiprocessing.get_context(start_method)
    processes = [kind.Process(target=fn, args=(k, *args), daemon=daemon) for k in range(nprocs)]
    for process in processes:
        process.start()
    context = ProcessContext(processes)
    if not join:
        return context
    context.join()
    return None


__all__ = [
    *_multiprocessing.__all__, "ProcessContext", "ProcessRaisedException", "get_all_sharing_strategies", "get_sharing_strategy",
    "set_sharing_strategy", "spawn",
]  # fmt: skip
