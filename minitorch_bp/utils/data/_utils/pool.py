"""The worker processes of one iterator: started, given tasks, listened to, and ended.

However an iterator ends (used up, dropped half way, an error, the interpreter's exit), its workers end with it; and when the main
process dies, each worker sees the end of its pipe of tasks. For that to happen, nobody else may hold the other end open, and a
process that is forked inherits it. So each new worker first closes what belongs to the main process, of every pool there is.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import time
import warnings
import weakref
from collections.abc import Collection
from multiprocessing import connection
from typing import Any

from . import worker as workers
from .worker import Job, Scratch

#: All pools of this process. A forked worker finds in it what it must close.
_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


class Member:
    """One worker, seen from the main process.

    Parameters
    ----------
    context : multiprocessing context
    job : Job
    depth : int
        How many scratch files it gets: as many as it usually has tasks at a time.
    """

    def __init__(self, context: Any, job: Job, depth: int):
        self.their_tasks, self.tasks = context.Pipe(duplex=False)
        self.results, self.their_results = context.Pipe(duplex=False)
        self.scratch = [Scratch() for _ in range(depth)] if Scratch.available else []
        self.free = list(range(len(self.scratch)))
        self.process = context.Process(target=_work, args=(job, self.their_tasks, self.their_results, self.scratch), daemon=True)

    def start(self) -> None:
        """Start the process, and close the ends of the pipes that are now its own."""
        try:
            self.process.start()
        except (TypeError, AttributeError, pickle.PicklingError):
            warnings.warn(
                "a worker process could not be started, probably because the dataset or a function of the loader cannot be pickled; "
                "unlike 'spawn' and 'forkserver', multiprocessing_context='fork' pickles nothing",
                stacklevel=2,
            )
            raise
        finally:
            self.their_tasks.close()
            self.their_results.close()

    def send(self, task: int | None, index: Any) -> None:
        """Pass on a task; a worker that has died is noticed when something is to come from it."""
        slot = self.free.pop() if task is not None and self.free else None
        with contextlib.suppress(ConnectionError):
            self.tasks.send_bytes(pickle.dumps((task, index, slot)))

    def receive(self) -> tuple[int, Any]:
        """The number of a task, and what became of it; EOFError if the worker has died."""
        task, data, slot = workers.receive(self.results, self.scratch)
        if slot is not None:
            self.free.append(slot)
        return task, data

    def release(self) -> None:
        """Close what belongs to this process."""
        self.tasks.close()
        self.results.close()
        while self.scratch:
            self.scratch.pop().close()

    def obituary(self) -> str:
        """How the process ended."""
        self.process.join(1.0)  # it may be on its way out
        code = self.process.exitcode
        if code is None or code >= 0:
            return f"pid {self.process.pid} (exit code {code})"
        name = next((s.name for s in signal.Signals if s == -code), f"signal {-code}")
        return f"pid {self.process.pid} (killed by {name})"


def _work(job: Job, tasks: connection.Connection, results: connection.Connection, scratch: list[Scratch]) -> None:
    for pool in list(_POOLS):  # in a forked process; in a spawned one there is none
        for member in pool.members:
            member.tasks.close()
            member.results.close()
    workers.work(job, tasks, results, scratch)


class Pool:
    """The worker processes of one iterator.

    Parameters
    ----------
    context : multiprocessing context
    jobs : list of Job
        One for each worker.
    depth : int
        How many tasks a worker usually has at a time.
    """

    def __init__(self, context: Any, jobs: list[Job], depth: int):
        self.members: list[Member] = []
        self.owner = os.getpid()
        self.death: str | None = None
        _POOLS.add(self)
        try:
            for job in jobs:
                self.members.append(Member(context, job, depth))  # first, so that the worker finds there what it must close
                self.members[-1].start()
        except BaseException:
            self.close()
            raise

    def send(self, worker: int, task: int | None, index: Any = None) -> None:
        """Give a worker a task; one without a number begins another epoch."""
        self.members[worker].send(task, index)

    def receive(self, expected: Collection[int], timeout: float) -> tuple[int, Any]:
        """The next result of one of the ``expected`` workers: the number of its task, and what became of it.

        Raises
        ------
        RuntimeError
            If a worker has died, or nothing comes within ``timeout`` seconds (0: there is no limit).
        """
        if self.death:
            raise RuntimeError(self.death)
        listened = {self.members[w].results: self.members[w] for w in expected}
        ready = connection.wait([*listened, *(m.process.sentinel for m in self.members)], timeout or None)
        if not ready:
            raise RuntimeError(f"no batch came from the DataLoader's workers within {timeout} seconds (timeout={timeout})")
        for member in (listened[r] for r in ready if r in listened):  # what has arrived comes before what has ended
            with contextlib.suppress(EOFError, ConnectionError):
                return member.receive()
        dead = [m for m in self.members if m.process.sentinel in ready or m.results in ready]
        who = ", ".join(m.obituary() for m in dead)
        self.death = (
            f"DataLoader worker process ended unexpectedly: {who}; with num_workers=0 the cause can be seen in this process"
        )
        self.close(patience=1.0)
        raise RuntimeError(self.death)

    def close(self, patience: float = workers.PATIENCE) -> None:
        """End the workers: after what they are doing now, or, if that takes longer than ``patience`` seconds, by force."""
        if os.getpid() != self.owner:  # in a forked process, whose copy of the iterator is collected
            return
        members, self.members = self.members, []
        for member in members:
            with contextlib.suppress(OSError):
                member.tasks.send_bytes(b"")
            member.results.close()
        deadline = time.monotonic() + patience
        for member in members:
            if member.process.pid is not None:  # it was started
                member.process.join(max(0.0, deadline - time.monotonic()))
                for end in (member.process.terminate, member.process.kill):
                    if member.process.is_alive():
                        end()
                        member.process.join(1.0)
            member.release()
