"""Tests that start processes: none may hang, and none may leave a process behind."""

import gc
import multiprocessing
import signal
import time

import pytest


@pytest.fixture(autouse=True)
def limit():
    """Half a minute by the clock, and no child of this process afterwards."""

    def over(*_):
        raise TimeoutError("the test took longer than 30 seconds")

    method = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method("fork", force=True)  # Python's default until 3.14; local classes cannot be pickled
    handler, before = signal.signal(signal.SIGALRM, over), set(multiprocessing.active_children())
    signal.alarm(30)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, handler)
    multiprocessing.set_start_method(method, force=True)
    if set(multiprocessing.active_children()) - before:
        gc.collect()  # the tracebacks of PyTorch's errors are circles that keep its iterators
    end = time.monotonic() + 5
    while (left := set(multiprocessing.active_children()) - before) and time.monotonic() < end:  # PyTorch's may be on their way out
        time.sleep(0.01)
    assert not left
