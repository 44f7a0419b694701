"""Speed, as ratios from one interleaved run: per-operation overhead, training steps, and what sections do (``bench_work``).

Each line times the same work in minitorch_bp, in PyTorch on one thread, and (where a person would write it) by hand in NumPy.
The contestants take turns in short rounds, so that a machine that speeds up or slows down does so for all of them; the
figure is the best round of each, in processor time of the one thread, which other programs do not lengthen. Ratios say how many
times as fast as PyTorch we are. It measures, and never fails.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core import compiled
from minitorch_bp.core.blas import kernels

from . import bench_work
from .outcome import reference


def interleaved(
    contestants: dict[str, Callable[[], Any]], rounds: int, number: int, clock: Callable[[], float] = time.thread_time
) -> dict[str, float]:
    """Seconds per call, the best of ``rounds``, everyone taking turns."""
    best = dict.fromkeys(contestants, float("inf"))
    for f in contestants.values():
        f()
    for _ in range(rounds):
        for name, f in contestants.items():
            start = clock()
            for _ in range(number):
                f()
            best[name] = min(best[name], (clock() - start) / number)
    return best


def _op_cases(torch: Any) -> dict[str, Callable[[], Any]]:
    x, y = torch.ones(8, requires_grad=True), torch.ones(8, requires_grad=True)
    m = torch.ones(8, 8, requires_grad=True)
    plain = torch.ones(8)
    z = x
    for _ in range(50):
        z = z * y
    chain = z.sum()
    return {
        "add, recorded": lambda: x + y, "mul, recorded": lambda: x * y, "div, recorded": lambda: x / y, "mul by a number": lambda: x * 2.0,
        "mul, not recorded": lambda: plain * plain, "exp, recorded": lambda: x.exp(), "relu, recorded": lambda: torch.relu(x),
        "sum, recorded": lambda: x.sum(), "mm 8x8, recorded": lambda: m.mm(m), "x[0], recorded": lambda: x[0],
        "backward of 51 nodes": lambda: chain.backward(retain_graph=True),
    }  # fmt: skip


def _random_cases(torch: Any, n: int) -> dict[str, Callable[[], Any]]:
    x = torch.ones(n)
    return {
        "rand": lambda: torch.rand(n), "uniform_": lambda: x.uniform_(-1, 1), "randint": lambda: torch.randint(10, (n,)),
        "bernoulli_": lambda: x.bernoulli_(0.3), "dropout": lambda: torch.nn.functional.dropout(x, 0.3), "randn": lambda: torch.randn(n),
        "normal_": lambda: x.normal_(), "exponential_": lambda: x.exponential_(), "randperm": lambda: torch.randperm(n),
    }  # fmt: skip


def _training_step(torch: Any, batch: int, d: int, hidden: int, out: int) -> Callable[[], Any]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(d, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, out))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss_function = torch.nn.CrossEntropyLoss()
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.standard_normal((batch, d)).astype(np.float32))
    y = torch.from_numpy(rng.integers(0, out, batch))

    def step() -> None:
        optimizer.zero_grad()
        loss_function(model(x), y).backward()
        optimizer.step()

    return step


def _images(torch: Any, optim: str, batch: int, channels: int, size: int, layers: str) -> Callable[[], Any]:
    """A training step of a network on images."""
    torch.manual_seed(0)
    nn = torch.nn
    model = eval(f"nn.Sequential({layers})", {"nn": nn})
    optimizer = getattr(torch.optim, optim)(model.parameters(), lr=0.01)
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.standard_normal((batch, channels, size, size)).astype(np.float32))
    y = torch.from_numpy(rng.integers(0, 10, batch))

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def _characters(torch: Any, layer: str, batch: int = 32, length: int = 64, vocabulary: int = 65) -> Callable[[], Any]:
    """A training step of a model that predicts the next character: an embedding, a sequence layer, a linear layer."""
    torch.manual_seed(0)
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(vocabulary, 64)
            self.body = eval("nn." + layer, {"nn": nn})
            self.head = nn.Linear(64 if "Transformer" in layer else 128, vocabulary)

        def forward(self, x: Any, mask: Any = None) -> Any:
            h = self.embedding(x)
            return self.head(self.body(h, mask=mask, is_causal=True) if mask is not None else self.body(h)[0])

    model = Model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    rng = np.random.default_rng(0)
    x, y = (torch.from_numpy(rng.integers(0, vocabulary, (batch, length))) for _ in range(2))
    mask = nn.Transformer.generate_square_subsequent_mask(length) if "Transformer" in layer else None

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x, mask).reshape(-1, vocabulary), y.reshape(-1)).backward()
        optimizer.step()

    return step


_LENET = """nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)"""
_NORMED = """nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
nn.Conv2d(32, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)"""
_BLOCKS = "TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 256, batch_first=True), 2)"
NETWORKS: dict[str, Callable[[Any], Callable[[], Any]]] = {
    "LeNet, 64 images of 28x28": lambda torch: _images(torch, "SGD", 64, 1, 28, _LENET),
    "batch-norm CNN, 32 of 32x32": lambda torch: _images(torch, "SGD", 32, 3, 32, _NORMED),
    "char-LSTM 128, 32 x 64": lambda torch: _characters(torch, "LSTM(64, 128, batch_first=True)"),
    "char-GRU 128, 32 x 64": lambda torch: _characters(torch, "GRU(64, 128, batch_first=True)"),
    "transformer, 2 blocks, 32 x 64": lambda torch: _characters(torch, _BLOCKS),
}


class Table:
    """The lines measured so far: printed as they come, and kept for ``--json`` and the mean."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.section = ""

    def begin(self, section: str) -> None:
        """A section's header."""
        self.section = section
        print(f"\n{section:32s} {'minitorch_bp':>14s} {'PyTorch':>12s} {'ratio':>7s} {'by hand':>12s} {'ours / it':>9s}")

    def add(self, name: str, t: dict[str, float]) -> None:
        """A line: seconds of ``ours``, ``torch``, and perhaps ``hand``."""
        self.rows.append({"section": self.section, "name": name, **t, "ratio": t["torch"] / t["ours"]})
        hand = f" {t['hand'] * 1e6:9.2f} us {t['ours'] / t['hand']:9.2f}" if "hand" in t else ""
        print(f"{name:32s} {t['ours'] * 1e6:11.2f} us {t['torch'] * 1e6:9.2f} us {t['torch'] / t['ours']:7.2f}{hand}", flush=True)

    def mean(self, *sections: str) -> float:
        """The geometric mean of the ratios of sections."""
        return bench_work.geometric_mean([r["ratio"] for r in self.rows if r["section"] in sections])


OPERATIONS, DRAWS, STEPS, WORK, NODES = "operation on 8 floats", "random numbers", "training step", "work", "cost of a node"


def _repeats(step: Callable[[], Any], seconds: float = 0.004) -> int:
    """How often a step must run to be timed."""
    step()
    start = time.perf_counter()
    step()
    return max(1, int(seconds / max(time.perf_counter() - start, 1e-7)))


def _work(table: Table, torch: Any, rounds: int) -> None:
    table.begin(WORK)
    for name, make in bench_work.WORK.items():
        contestants = {"ours": make(minitorch_bp), "torch": make(torch)}
        if name in bench_work.BY_HAND:
            contestants["hand"] = bench_work.BY_HAND[name]()
        table.add(name, interleaved(contestants, rounds, _repeats(contestants["ours"])))


def _nodes(table: Table, torch: Any, rounds: int) -> None:
    """Forward and backward through chains, per node."""
    table.begin(NODES)
    for n in (10, 100, 1_000, 10_000, 100_000):
        contestants = {"ours": bench_work.chain(minitorch_bp, n), "torch": bench_work.chain(torch, n)}
        t = interleaved(contestants, min(rounds, 3) if n > 10_000 else rounds, max(1, 2_000 // n))
        table.add(f"in a chain of {n:,}", {k: v / n for k, v in t.items()})


def _memory() -> list[dict[str, Any]]:
    """By how many MB three steps raise a process's memory at its peak, each step in a process of its own (on Linux)."""
    print(f"\n{'peak of three steps, MB':32s} {'minitorch_bp':>14s} {'PyTorch':>12s}")
    rows = []
    for name in ("a million floats", "512x512 matmul", "GPT, two blocks, 16 x 32", "ResNet blocks, 32 of 32x32"):
        t: dict[str, float] = {}
        for who in ("minitorch_bp", "torch"):
            run = subprocess.run([sys.executable, "-c", _PEAK, name, who, __package__], capture_output=True, text=True, check=False)
            t["ours" if who != "torch" else who] = float(run.stdout or "nan")
        rows.append({"section": "peak memory, MB", "name": name, **t})
        print(f"{name:32s} {t['ours']:14.1f} {t['torch']:12.1f}", flush=True)
    return rows


_PEAK = """
import importlib, sys
name, who, package = sys.argv[1:]
torch = importlib.import_module(who)
if who == "torch":
    torch.set_num_threads(1)
step = importlib.import_module(package + ".bench_work").WORK[name](torch)
def now(what):
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(what))
with open("/proc/self/clear_refs", "w") as f:
    f.write("5")  # the peak is what there is now
before = now("VmRSS")
for _ in range(3):
    step()
print((now("VmHWM") - before) / 1024)
"""


def profile(name: str) -> int:
    """Where the time of one workload goes: the functions of our step that take most of it. 2 if no workload has the name."""
    known = {**bench_work.WORK, **NETWORKS}
    found = [n for n in known if n == name] or [n for n in known if name in n]
    if not found:
        print(f"no workload is named {name!r}: {', '.join(known)}", file=sys.stderr)
        return 2
    step = known[found[0]](minitorch_bp)
    number = 10 * _repeats(step, 0.02)
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(number):
            step()
    print(f"{found[0]}: {number} steps")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return 0


def main(quick: bool = False, only: str | None = None, json_file: str | None = None, profiled: str | None = None) -> int:
    """Print the tables."""
    from . import bench_loaders

    if profiled is not None:
        return profile(profiled)
    torch = reference()
    if only == "loaders":
        return bench_loaders.main(quick)
    rounds = 5 if quick else 15
    print(
        f"PyTorch {torch.__version__} on one thread, NumPy {np.__version__} with OpenBLAS's kernels for {kernels()}; best of {rounds} rounds, "
        "taking turns; ratio: PyTorch / ours"
    )
    print(f"minitorch_bp: {compiled.build()}")
    table = Table()
    if only != "work":
        _operations(table, torch, rounds)
    _work(table, torch, rounds)
    _nodes(table, torch, rounds)
    memory = _memory()
    print(
        f"\ngeometric mean of the ratios of {STEPS} and {WORK}: {table.mean(STEPS, WORK):.2f}, of {WORK} alone: {table.mean(WORK):.2f}"
    )
    if json_file is not None:
        report = {
            "torch": torch.__version__,
            "numpy": np.__version__,
            "build": compiled.build(),
            "mean": table.mean(STEPS, WORK),
            "rows": table.rows + memory,
        }
        with open(json_file, "w") as f:
            json.dump(report, f, indent=1)
    return bench_loaders.main(quick) if only is None else 0


def _operations(table: Table, torch: Any, rounds: int) -> None:
    """Single calls, and training steps of some networks."""
    table.begin(OPERATIONS)
    ours, theirs = _op_cases(minitorch_bp), _op_cases(torch)
    for name in ours:
        number = 20 if "backward" in name else 1000
        table.add(name, interleaved({"ours": ours[name], "torch": theirs[name]}, rounds, number))
    table.begin(DRAWS)
    for n, number in ((10, 300), (1_000_000, 1)):
        ours, theirs = _random_cases(minitorch_bp, n), _random_cases(torch, n)
        for name in ours:
            table.add(f"{name} of {n}", interleaved({"ours": ours[name], "torch": theirs[name]}, rounds, number))
    linear = {"ours": lambda: minitorch_bp.nn.Linear(784, 512), "torch": lambda: torch.nn.Linear(784, 512)}
    table.add("nn.Linear(784, 512)", interleaved(linear, rounds, 3))
    table.begin(STEPS)
    for name, make in NETWORKS.items():
        table.add(name, interleaved({"ours": make(minitorch_bp), "torch": make(torch)}, rounds, 2))
    for sizes, number in (((16, 8, 16, 2), 200), ((128, 784, 128, 10), 20)):
        contestants = {
            "ours": _training_step(minitorch_bp, *sizes), "torch": _training_step(torch, *sizes), "hand": bench_work.mlp_by_hand(*sizes),
        }  # fmt: skip
        table.add(f"MLP {sizes[0]}x{sizes[1]}-{sizes[2]}-{sizes[3]}", interleaved(contestants, rounds * 2, number))
