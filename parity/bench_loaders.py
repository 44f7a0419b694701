"""Speed of DataLoader: an epoch of 50,000 rows with 0, 2 and 4 workers, as a ratio to PyTorch's from one interleaved run."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import minitorch_bp

from .bench import interleaved
from .outcome import reference

ROWS = 50_000


def _tensors(torch: Any) -> Any:
    return torch.utils.data.TensorDataset(torch.zeros(ROWS, 20), torch.arange(ROWS))


def _own(torch: Any, width: int, rows: int) -> Any:
    """A dataset as one writes it oneself: an element is a row and an int."""

    class Rows(torch.utils.data.Dataset):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            self.rows = torch.zeros(rows, width)

        def __len__(self) -> int:
            return rows

        def __getitem__(self, i: int) -> Any:
            return self.rows[i], i % 10

    return Rows()


DATASETS: dict[str, Callable[[Any], Any]] = {
    "TensorDataset, 20 floats": _tensors,
    "own Dataset, 784 floats": lambda torch: _own(torch, 784, ROWS),
    "own Dataset, 12288, 5000 rows": lambda torch: _own(torch, 12288, ROWS // 10),
}


def _epoch(torch: Any, dataset: Any, workers: int) -> Callable[[], None]:
    context = "fork" if workers else None
    loader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True, num_workers=workers, multiprocessing_context=context)

    def run() -> None:
        for _ in loader:
            pass

    return run


def main(quick: bool = False) -> int:
    """Print the table."""
    torch = reference()
    rounds = 2 if quick else 5
    print(f"\n{'epoch of ' + str(ROWS) + ' rows, batches of 64':42s} {'minitorch_bp':>12s} {'PyTorch':>9s} {'ratio':>7s}")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*(worker processes|multi-threaded).*")
        for name, make in DATASETS.items():
            ours, theirs = make(minitorch_bp), make(torch)
            for workers in (0, 2, 4):
                t = interleaved(
                    {"ours": _epoch(minitorch_bp, ours, workers), "torch": _epoch(torch, theirs, workers)},
                    rounds,
                    1,
                    time.perf_counter,
                )
                ratio = t["ours"] / t["torch"]
                print(f"{name:30s} {workers} workers  {t['ours']:10.3f} s {t['torch']:7.3f} s {ratio:7.2f}", flush=True)
    return 0
