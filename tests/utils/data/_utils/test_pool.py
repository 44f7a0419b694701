"""The life of worker processes: started in every way, killed, given up, orphaned; nothing hangs and nothing is left."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import minitorch_bp as mt

D = mt.utils.data
pytestmark = pytest.mark.filterwarnings("ignore:.*worker processes.*", "ignore:.*fork.*:DeprecationWarning")


class Sleepy(D.Dataset):
    def __init__(self, seconds, n=100):
        self.seconds, self.n = seconds, n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        time.sleep(self.seconds)
        return i


class Deadly(Sleepy):
    def __getitem__(self, i):
        if i == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return i


class Failing(Sleepy):
    def __getitem__(self, i):
        raise ValueError("the cause")


class Leaving(Sleepy):
    def __getitem__(self, i):
        sys.exit(3)


def open_files():
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize(
    "context", ["spawn", "forkserver", multiprocessing.get_context("fork")], ids=["spawn", "forkserver", "context"]
)
def test_ways_to_start(context):
    rows = D.TensorDataset(mt.arange(20000.0).reshape(10, 2000), mt.arange(10))
    loader = D.DataLoader(rows, batch_size=4, num_workers=1, multiprocessing_context=context)
    batches = list(loader)
    assert [y.tolist() for _, y in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert bool((mt.cat([x for x, _ in batches]) == rows.tensors[0]).all())


def test_what_cannot_be_pickled_cannot_be_spawned():
    loader = D.DataLoader(range(3), num_workers=1, multiprocessing_context="spawn", collate_fn=lambda b: b)
    with pytest.warns(UserWarning, match="pickled"), pytest.raises((AttributeError, TypeError, Exception), match="pickle"):
        iter(loader)


def test_a_killed_worker_is_named():
    iterator = iter(D.DataLoader(Deadly(0), num_workers=2, multiprocessing_context="fork"))
    pids = [p.pid for p in iterator._workers]
    start, seen = time.monotonic(), 0
    with pytest.raises(RuntimeError, match=f"pid {pids[1]} .*SIGKILL"):
        for _ in iterator:
            seen += 1
    assert seen == 7 and time.monotonic() - start < 10
    assert not any(p.is_alive() for p in iterator._workers)
    with pytest.raises(RuntimeError, match="SIGKILL"):  # not an end of the data
        next(iterator)


def test_a_worker_that_is_killed_while_the_others_work():
    iterator = iter(D.DataLoader(Sleepy(20), num_workers=2, multiprocessing_context="fork"))
    victim = iterator._workers[1].pid
    threading.Timer(0.2, os.kill, (victim, signal.SIGKILL)).start()
    start = time.monotonic()
    with pytest.raises(RuntimeError, match=f"pid {victim}"):
        next(iterator)
    assert time.monotonic() - start < 10


def test_a_worker_that_leaves():
    with pytest.raises(RuntimeError, match="exit code 3"):
        list(D.DataLoader(Leaving(0), num_workers=1, multiprocessing_context="fork"))


def test_persistent_workers_are_started_anew_after_a_death():
    loader = D.DataLoader(Sleepy(0, 10), num_workers=2, persistent_workers=True, multiprocessing_context="fork")
    first = iter(loader)
    pids = [p.pid for p in first._workers]
    assert iter(loader) is first and [p.pid for p in first._workers] == pids
    os.kill(pids[0], signal.SIGKILL)
    with pytest.raises(RuntimeError, match=str(pids[0])):
        list(first)
    assert [b.item() for b in loader] == list(range(10))
    del loader, first


def test_timeout():
    iterator = iter(D.DataLoader(Sleepy(0.4, 2), num_workers=1, timeout=0.1, multiprocessing_context="fork"))
    with pytest.raises(RuntimeError, match=r"0\.1"):
        next(iterator)
    iterator.timeout = 20
    assert [b.item() for b in iterator] == [0, 1]  # it is only late


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="counts open files where Linux lists them")
def test_an_iterator_that_is_dropped_leaves_nothing():
    rows = D.TensorDataset(mt.zeros(400, 20000))
    before = open_files()
    for persistent in (False, True):
        loader = D.DataLoader(rows, batch_size=10, num_workers=2, persistent_workers=persistent, multiprocessing_context="fork")
        iterator = iter(loader)
        next(iterator)
        workers = iterator._workers
        start = time.monotonic()
        del iterator, loader
        gc.collect()
        assert time.monotonic() - start < 10
        assert [p.exitcode for p in workers] == [0, 0]
        del workers
    gc.collect()
    assert open_files() == before


def test_an_error_does_not_keep_the_workers():
    """They end when the error has been dealt with, without waiting for the garbage collector."""
    gc.disable()
    try:
        iterator = iter(D.DataLoader(Failing(0), num_workers=2, multiprocessing_context="fork"))
        workers = iterator._workers
        try:
            list(iterator)
        except ValueError as error:
            assert "the cause" in str(error)
        del iterator
        assert [p.exitcode for p in workers] == [0, 0]
    finally:
        gc.enable()


def test_one_of_two_iterators_is_dropped():
    """Workers that were forked later hold nothing of the earlier ones."""
    loader = D.DataLoader(D.TensorDataset(mt.zeros(40, 20000)), batch_size=2, num_workers=2, multiprocessing_context="fork")
    first, second = iter(loader), iter(loader)
    next(first), next(second)
    start = time.monotonic()
    del first
    assert time.monotonic() - start < 10
    assert len(list(second)) == 19


SCRIPT = """
import os, signal, sys, time
import minitorch_bp as mt
class Slow(mt.utils.data.Dataset):
    def __len__(self):
        return 9
    def __getitem__(self, i):
        time.sleep({sleep} if i else 0)
        return i
iterator = iter(mt.utils.data.DataLoader(Slow(), num_workers=2, multiprocessing_context="fork"))
next(iterator)
print(*[p.pid for p in iterator._workers], flush=True)
{end}
"""


def run(end, sleep):
    script = SCRIPT.format(end=end, sleep=sleep)
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(0)"])
def test_workers_do_not_outlive_the_main_process(end):
    """Not even in the middle of something: both pipes are closed when the last process that holds them is gone."""
    main = run(end, 1000)
    out, _ = main.communicate(timeout=10)
    assert len(out.split()) == 2


def test_the_interpreter_ends_with_an_iterator_half_way():
    main = run("", 0.01)
    _, errors = main.communicate(timeout=10)
    assert main.returncode == 0 and errors == ""


def test_interrupted_from_the_keyboard():
    """The main process says so, and its workers nothing."""
    main = run("print(next(iterator), flush=True); time.sleep(1000)", 0.01)
    main.stdout.readline()
    main.stdout.readline()
    time.sleep(0.5)  # until it sleeps: an interrupt in the middle of a callback is lost, as in any Python program
    os.killpg(main.pid, signal.SIGINT)
    _, errors = main.communicate(timeout=30)
    assert errors.count("Traceback") == 1 and errors.strip().endswith("KeyboardInterrupt")
