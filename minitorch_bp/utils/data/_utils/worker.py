"""A worker process: it is told which elements are wanted, fetches and collates them, and sends the batch back.

Tasks come through one pipe, batches go back through another, and there is a pair of them for every worker, with no lock that a
process which is killed could keep. A thread empties the pipe of tasks, so that the main process never waits for a worker that
waits for the main process. What is large goes through a *scratch file* in memory, see :class:`Outbox`.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import queue
import random
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from ....core.random import default_generator
from ....core.tensor import Tensor, wrap
from ....settings import set_num_threads

#: Seconds between two looks at whether the other process is still there; also how long one that ends may take.
PATIENCE = 5.0
#: Buffers of fewer bytes travel in the pipe, with the rest of the batch: measured, a scratch file pays from here on.
LARGE = 16384


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What :func:`get_worker_info` returns in a worker.

    Attributes
    ----------
    id : int
        Which worker it is, from 0 on.
    num_workers : int
        How many there are.
    seed : int
        What its random numbers were seeded with: a seed that all workers share, plus ``id``.
    dataset : Dataset
        This process's copy of the dataset.
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any


_worker_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """What a dataset, or ``worker_init_fn``, may ask about the process that it is in.

    Returns
    -------
    WorkerInfo or None
        With ``id`` (from 0 on), ``num_workers``, ``seed`` and ``dataset`` (this process's copy); None in the main process.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> print(torch.utils.data.get_worker_info())
    None
    """
    return _worker_info


@dataclass
class Failure:
    """An exception of a worker, on its way to the main process."""

    kind: type[BaseException]
    text: str

    @classmethod
    def of(cls, error: BaseException, worker: int) -> Failure:
        """The exception's type, and its traceback as a text."""
        trace = "".join(traceback.format_exception(error))
        try:
            pickle.dumps(type(error))
            kind = type(error)
        except Exception:  # a class that the main process could not find
            kind = RuntimeError
        return cls(kind, f"{type(error).__name__} in DataLoader worker process {worker}, whose traceback was:\n{trace}")

    def reraise(self) -> None:
        """Raise it again, as the same type if that takes a message, else as a RuntimeError."""
        try:
            error = self.kind(_Verbatim(self.text) if issubclass(self.kind, KeyError) else self.text)
        except Exception:  # the type wants other arguments than a message
            error = RuntimeError(self.text)
        try:
            raise error
        finally:
            del error  # this frame is in its traceback, and with it the iterator: no circle may keep the workers alive


class _Verbatim(str):
    """A message whose lines stay lines in a KeyError, which shows the repr."""

    def __repr__(self) -> str:
        return str(self)


class Ended:
    """In place of a batch: the worker's iterable dataset has no more."""


@dataclass
class Job:
    """What a worker is told when it starts."""

    worker: int
    num_workers: int
    base_seed: int
    init: Callable[[int], Any] | None
    fetcher: Callable[..., Any]
    dataset: Any
    batched: bool
    collate_fn: Callable[[Any], Any]
    drop_last: bool


class Scratch:
    """A file in memory that two processes share: the worker writes a batch, the main process reads it, then it is used again."""

    available = hasattr(os, "memfd_create")  # Linux; elsewhere everything goes through the pipe

    def __init__(self, fd: int | None = None):
        self.fd = os.memfd_create("batch") if fd is None else fd  # type: ignore[attr-defined,unused-ignore]

    def __reduce__(self) -> Any:
        return _scratch, (reduction.DupFd(self.fd),)  # asked for while a process is spawned, and only then

    def write(self, buffers: list[memoryview]) -> None:
        """From the beginning of the file, one after the other."""
        place = 0
        for buffer in buffers:
            done = 0
            while done < len(buffer):
                done += os.pwrite(self.fd, buffer[done:], place + done)
            place += len(buffer)

    def read(self, buffers: list[np.ndarray]) -> None:
        """Fill arrays of bytes with what was written."""
        place = 0
        for buffer in buffers:
            done = 0
            while done < len(buffer):
                done += os.preadv(self.fd, [buffer.data[done:]], place + done)
            place += len(buffer)

    def close(self) -> None:
        """Give the memory back."""
        os.ftruncate(self.fd, 0)  # at once, even if a process that was forked in between still has the file open
        os.close(self.fd)


def _scratch(fd: Any) -> Scratch:
    return Scratch(fd.detach())


class _BatchPickler(reduction.ForkingPickler):
    """Pickles a batch without copying the memory of its tensors."""

    def __init__(self, file: Any, callback: Callable[[pickle.PickleBuffer], Any]):
        super().__init__(file, 5, True, callback)
        self.dispatch_table[Tensor] = _reduce_tensor  # type: ignore[attr-defined]


def _reduce_tensor(t: Tensor) -> Any:
    if t._fn is not None:
        raise RuntimeError(
            "a tensor that was computed by a recorded operation can't be sent to another process: use .detach() first"
        )
    return t.__reduce_ex__(5) if t.requires_grad or t.__dict__ else (wrap, (t._array,))


class Outbox:
    """The worker's end of the way back.

    A batch is pickled with protocol 5, which leaves the large buffers (the memory of arrays) aside. They are written into the
    scratch file that came with the task, where the main process reads them into new memory. So a buffer is copied twice, each
    time in one stroke; shared memory that changes hands, without the second copy, takes two to four times as long, for the cost
    of making and mapping it. The same buffers through the pipe take three to six times as long.
    """

    def __init__(self, results: Connection, scratch: list[Scratch]):
        self.results, self.scratch = results, scratch

    def send(self, task: int, data: Any, slot: int | None) -> None:
        """Send what became of a task; whatever cannot be pickled raises, and nothing is sent."""
        buffers: list[memoryview] = []

        def aside(buffer: pickle.PickleBuffer) -> bool:
            raw = buffer.raw()
            if raw.nbytes < LARGE:
                return True
            buffers.append(raw)
            return False

        file = io.BytesIO()
        _BatchPickler(file, aside).dump((task, data))
        header = pickle.dumps((slot, [len(b) for b in buffers], file.getvalue()))
        if slot is not None:
            self.scratch[slot].write(buffers)
        self.results.send_bytes(header)
        if slot is None:
            for buffer in buffers:
                self.results.send_bytes(buffer)


def receive(results: Connection, scratch: list[Scratch]) -> tuple[int, Any, int | None]:
    """The main process's end: the number of a task, what became of it, and the slot that is free again."""
    slot, sizes, content = pickle.loads(results.recv_bytes())
    buffers = [np.empty(size, np.uint8) for size in sizes]
    if slot is not None:
        scratch[slot].read(buffers)
    else:
        for buffer in buffers:
            results.recv_bytes_into(buffer)  # type: ignore[arg-type]
    task, data = pickle.loads(content, buffers=buffers)
    return task, data, slot


def _read_tasks(tasks: Connection, inbox: queue.SimpleQueue[bytes], stopped: threading.Event) -> None:
    """In a thread: pass the tasks on until an empty one says that there are no more."""
    try:
        while message := tasks.recv_bytes():
            inbox.put(message)
    except (EOFError, OSError):  # the main process has died
        os._exit(1)
    stopped.set()
    inbox.put(b"")


def _seed_everything(base_seed: int, worker: int) -> None:
    random.seed(base_seed + worker)
    default_generator.manual_seed(base_seed + worker)
    np.random.seed(_generate_state(base_seed, worker))


def _generate_state(base_seed: int, worker_id: int) -> Any:
    """Four words that seed NumPy: other ones for neighbouring seeds, as ``numpy.random.SeedSequence`` mixes them."""
    low, high = base_seed & 0xFFFFFFFF, base_seed >> 32
    return np.random.SeedSequence([worker_id, low, high, 0]).generate_state(4).tolist()


def work(job: Job, tasks: Connection, results: Connection, scratch: list[Scratch]) -> None:
    """What a worker process does, from its start to its end."""
    global _worker_info
    # The keyboard interrupts the main process, which may go on; if it does not, this one ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    main_process = os.getppid()
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    stopped = threading.Event()
    threading.Thread(target=_read_tasks, args=(tasks, inbox, stopped), daemon=True).start()
    set_num_threads(1)
    _seed_everything(job.base_seed, job.worker)
    _worker_info = WorkerInfo(job.worker, job.num_workers, job.base_seed + job.worker, job.dataset)
    outbox = Outbox(results, scratch)
    fetcher = _started(job, job.init)
    with contextlib.suppress(ConnectionError):
        while not stopped.is_set():
            try:
                message = inbox.get(timeout=PATIENCE)
            except queue.Empty:
                if os.getppid() != main_process:
                    return
                continue
            if stopped.is_set():
                return
            task, index, slot = pickle.loads(message)
            if task is None:  # another epoch
                fetcher = _started(job, None)
                continue
            _answer(outbox, fetcher, job, task, index, slot)
            del message, index


def _started(job: Job, init: Callable[[int], Any] | None) -> Any:
    """A fetcher at the beginning of the dataset; or the failure that stands for every batch, if there can be none."""
    try:
        if init is not None:
            init(job.worker)
        return job.fetcher(job.dataset, job.batched, job.collate_fn, job.drop_last)
    except Exception as error:
        return Failure.of(error, job.worker)


def _answer(outbox: Outbox, fetcher: Any, job: Job, task: int, index: Any, slot: int | None) -> None:
    data: Any
    try:
        data = fetcher if isinstance(fetcher, Failure) else fetcher.fetch(index)
    except Exception as error:
        ended = isinstance(error, StopIteration) and hasattr(fetcher, "ended")
        data = Ended() if ended else Failure.of(error, job.worker)
    try:
        outbox.send(task, data, slot)
    except ConnectionError:
        raise
    except Exception as error:  # the batch cannot be pickled
        outbox.send(task, Failure.of(error, job.worker), slot)
