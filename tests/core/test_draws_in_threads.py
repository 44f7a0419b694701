"""Draws of several threads from one generator: each is whole, so that together they are the stream of one thread."""

import sys
import threading

import pytest

import minitorch_bp as torch

DRAWS = {
    "uniform": lambda: torch.rand(37),
    "normal": lambda: torch.randn(48),
    "normal in pairs": lambda: torch.randn(6),
    "integers": lambda: torch.randint(10**6, (20,)),
    "in place": lambda: torch.empty(33).uniform_(),
    "dropout": lambda: torch.nn.functional.dropout(torch.ones(64), 0.5),
    "poisson": lambda: torch.poisson(torch.full((8,), 3.0)),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_the_blocks_are_those_of_one_thread(draw):
    count, threads = 40, 8
    torch.manual_seed(3)
    expected = sorted(tuple(draw().tolist()) for _ in range(count * threads))
    torch.manual_seed(3)
    drawn = []
    begin = threading.Barrier(threads)

    def work():
        begin.wait()
        for _ in range(count):
            drawn.append(tuple(draw().tolist()))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads take turns within a draw
    try:
        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(before)
    assert sorted(drawn) == expected
