"""Data programs: datasets, samplers, loaders and what batches are made of, and the scripts that are drawn from them."""

from __future__ import annotations

from collections.abc import Iterable

import minitorch_bp

from . import pipe_cases
from .choices import Choices
from .scripted import Scripted

#: What an element may hold, for its index ``i``: text, and whether a batch of it is refused.
VALUES = {
    "tensor": "torch.tensor([i, i + 1])", "0-d tensor": "torch.tensor(i / 2)", "booleans": "torch.tensor([i > 2, True])", "leaf": "torch.ones(2, requires_grad=True)", "int": "i",
    "float": "i / 2", "bool": "i % 2 == 0", "string": "str(i)", "bytes": "b'x' * i", "array": "np.arange(i, i + 3, dtype=np.float32)", "array of bytes": "np.array([i], dtype=np.uint8)",
    "array of strings": "np.array([str(i)])", "NumPy number": "np.float64(i)", "NumPy integer": "np.int32(i)", "0-d array": "np.array(i)", "None": "None", "complex": "1j * i", "set": "{i}",
    "ragged tensor": "torch.ones(i)", "ragged list": "[1] * i", "empty list": "[]", "mixed": "i if i % 2 else float(i)", "mixed tensors": "torch.tensor([i]) if i % 2 else torch.tensor([i / 2])",
}  # fmt: skip
#: Containers, of two parts.
CONTAINERS = {
    "tuple": "({}, {})", "list": "[{}, {}]", "dict": "{{'a': {}, 'b': {}}}", "namedtuple": "Pair({}, {})", "OrderedDict": "collections.OrderedDict(x={}, y={})",
    "defaultdict": "collections.defaultdict(list, u={}, v={})", "UserDict": "collections.UserDict(u={}, v={})", "deque": "collections.deque([{}, {}])", "UserList": "collections.UserList([{}, {}])", "one of a tuple": "({}, {})[:1]", "str keys": "{{{0!r}: {1}}}",
}  # fmt: skip
#: Datasets of ``n`` elements; ``item(i)`` makes one.
DATASETS = {
    "TensorDataset": "data.TensorDataset(torch.arange({n}), torch.arange(2.0 * {n}).reshape({n}, 2))", "list": "[item(i) for i in range({n})]", "own": "Own({n})", "range": "range({n})",
    "Subset": "data.Subset(Own({n} + 3), list(range({n}, 0, -1)))", "Subset of tensors": "data.Subset(data.TensorDataset(torch.arange({n} + 2) * 3), list(range(2, {n} + 2)))",
    "ConcatDataset": "data.ConcatDataset([Own(2), Own({n} - 2)])", "sum": "Own(1) + Own({n} - 1)", "StackDataset": "data.StackDataset(Own({n}), data.TensorDataset(torch.arange({n})))",
    "StackDataset by name": "data.StackDataset(x=Own({n}), y=range({n}))", "random_split": "data.random_split(Own({n} + 4), [4, {n}])[1]",
    "random_split by fractions": "data.random_split(Own({n} * 2 + 1), [0.3, 0.25, 0.45], torch.Generator().manual_seed(4))[{n} % 3]", "by lists": "Lists({n})", "rows of a tensor": "torch.arange(3 * {n}).reshape({n}, 3)",
}  # fmt: skip
STREAMS = {
    "IterableDataset": "Stream({n})",
    "IterableDataset with a length": "Told({n})",
    "ChainDataset": "data.ChainDataset([Stream(2), Stream({n} - 2)])",
    "sum of streams": "Stream(1) + Stream({n})",
}
#: Samplers of a dataset ``d`` with generator ``g`` (or None).
SAMPLERS = {
    "sequential": "data.SequentialSampler(d)", "random": "data.RandomSampler(d, generator=g)", "random, fewer": "data.RandomSampler(d, num_samples={k}, generator=g)",
    "random, more": "data.RandomSampler(d, num_samples=2 * len(d) + {k}, generator=g)", "replacement": "data.RandomSampler(d, replacement=True, generator=g)",
    "replacement, many": "data.RandomSampler(d, replacement=True, num_samples=33 + {k}, generator=g)", "subset": "data.SubsetRandomSampler([0, 2, 1], generator=g)",
    "weighted": "data.WeightedRandomSampler([0.1 + i for i in range(len(d))], {k}, generator=g)", "weighted, without replacement": "data.WeightedRandomSampler([0.1 + i % 3 for i in range(len(d))], 2, replacement=False, generator=g)",
    "distributed": "data.DistributedSampler(d, 3, {k} % 3, shuffle=True, seed={k})", "distributed, in order": "data.DistributedSampler(d, 2, {k} % 2, shuffle=False, drop_last=True)", "own": "[len(d) - 1, 0]",
}  # fmt: skip
#: Ways to load: the arguments of a loader, with a batch size ``b``.
LOADERS = {
    "plain": "batch_size={b}", "shuffle": "batch_size={b}, shuffle=True, generator=g", "drop_last": "batch_size={b}, shuffle=True, drop_last=True, generator=g", "no batches": "batch_size=None",
    "no batches, shuffled": "batch_size=None, shuffle=True, generator=g", "sampler": "batch_size={b}, sampler={s}", "sampler, drop_last": "batch_size={b}, sampler={s}, drop_last=True", "sampler, no batches": "batch_size=None, sampler={s}",
    "batch sampler": "batch_sampler=data.BatchSampler({s}, {b}, drop_last=False), generator=g", "batch sampler, drop_last": "batch_sampler=data.BatchSampler({s}, {b}, drop_last=True)",
    "lists from a sampler": "batch_size=None, sampler=data.BatchSampler({s}, {b}, False)", "collate_fn": "batch_size={b}, collate_fn=lambda items: (len(items), data.default_convert(items[0]))", "both": "batch_size={b}, shuffle=True, sampler={s}",
}  # fmt: skip
STREAM_LOADERS = {
    "of a stream": "batch_size={b}", "of a stream, drop_last": "batch_size={b}, drop_last=True", "of a stream, no batches": "batch_size=None",
    "of a stream, shuffled": "batch_size={b}, shuffle=True", "of a stream, generator": "batch_size={b}, generator=g",
}  # fmt: skip

#: Loaders with workers: the dataset, and the arguments for ``w`` workers. (Few rows, because processes are dear.)
WORKERS = {
    "plain": ("Worked({n})", "batch_size={b}"), "shuffled": ("Worked({n})", "batch_size={b}, shuffle=True, generator=g"), "persistent": ("Worked({n})", "batch_size={b}, shuffle=True, persistent_workers=True"),
    "prefetching": ("Worked({n})", "batch_size={b}, drop_last=True, prefetch_factor={k}"), "worker_init_fn": ("Worked({n})", "batch_size={b}, worker_init_fn=init"), "sampler": ("Worked({n})", "batch_size={b}, sampler={s}"),
    "no batches": ("Worked({n})", "batch_size=None"), "collate_fn": ("Worked({n})", "batch_size={b}, collate_fn=lambda items: [len(items), items[-1]]"), "a failing item": ("Worked({n}, 2)", "batch_size={b}, shuffle={k} > 2"),
    "stream in parts": ("Sharded({n})", "batch_size={b}"), "stream, persistent": ("Sharded({n})", "batch_size={b}, drop_last=True, persistent_workers=True"), "stream for each": ("Stream({n})", "batch_size={b}"),
    "stream, worker_init_fn": ("Sharded({n})", "batch_size=None, worker_init_fn=init"),
}  # fmt: skip
_WORKED = """class Worked(Own):
    offset, bad = 0, -1
    def __init__(self, n, bad=-1): self.n, self.bad = n, bad
    def __getitem__(self, i):
        if i == self.bad: raise LookupError(i)
        info = data.get_worker_info()
        return int(i) + self.offset, torch.rand(1), -1 if info is None else (info.id, info.num_workers, info.seed % 1000), item(int(i))
class Sharded(data.IterableDataset):
    offset = 0
    def __init__(self, n): self.n = n
    def __iter__(self):
        info = data.get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return ((i + self.offset, torch.rand(1), item(i)) for i in range(first, self.n, step))
def init(worker):
    data.get_worker_info().dataset.offset = 100 * (worker + 1)"""

#: Lengths of the parts of a split.
LENGTHS = (
    "[3, 4]", "[2, 0, 5]", "[7]", "[3, 3]", "[0.5, 0.5]", "[0.3, 0.3, 0.4]", "[0.1, 0.2, 0.7]", "[1 / 3] * 3", "[0.05, 0.95]", "[0.5, 0.6]", "[1.5, -0.5]",
)  # fmt: skip

_CLASSES = """Pair = collections.namedtuple("Pair", "first second")
class Own(data.Dataset):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i):
        if i >= self.n: raise IndexError(i)
        return item(i)
class Lists(Own):
    def __getitems__(self, many): return [item(i) for i in many]
    def __getitem__(self, i): return [item(k) for k in i] if isinstance(i, list) else item(i)
class Stream(data.IterableDataset):
    def __init__(self, n): self.n = n
    def __iter__(self): return (item(i) for i in range(self.n))
class Told(Stream):
    def __len__(self): return self.n"""
_EPOCHS = """for epoch in range({epochs}):{set_epoch}
    show(f'length {{epoch}}', lambda: len(loader))
    show(f'batches {{epoch}}', lambda: list(loader))
    show(f'random numbers {{epoch}}, bit for bit', lambda: [torch.rand(1), torch.rand(1, generator=g)])"""


def _value(draw: Choices, depth: int, rows: list[str], name: str | None = None) -> str:
    """An element: a value, or a container of two."""
    if name is None and (depth == 0 or draw.integer(0, 1)):
        name = draw.choice(list(VALUES)[:15] if draw.integer(0, 4) else list(VALUES))
    elif name is None:
        name = draw.choice(list(CONTAINERS))
    rows.append(f"element {name}")
    if name in VALUES:
        return VALUES[name]
    return CONTAINERS[name].format(*(_value(draw, depth - 1, rows) for _ in range(2)))


def load(draw: Choices, seed: int, dataset: str | None = None, how: str | None = None, sampler: str | None = None) -> Scripted:
    """Several passes over a loader; what is not given is drawn."""
    sampled = [name for name, text in LOADERS.items() if "{s}" in text]
    dataset = dataset or draw.choice(list(DATASETS))
    how = how or draw.choice(sampled if sampler else list(LOADERS))
    rows = [f"dataset {dataset}", f"loader {how}"]
    order: list[str] = []
    renewed = ""
    if how in sampled:
        sampler = sampler or draw.choice(list(SAMPLERS))
        rows.append(f"sampler {sampler}")
        order = [f"s = {SAMPLERS[sampler].format(k=draw.integer(1, 5))}", "show('sampler', lambda: [len(s), list(s)])"]
        if sampler == "distributed":
            renewed = "\n    s.set_epoch(epoch + 1)\n    show(f'order {epoch}', lambda: list(s))"
    return _passes(draw, seed, rows, DATASETS[dataset], LOADERS[how], order, renewed)


def stream(draw: Choices, seed: int, dataset: str | None = None, how: str | None = None) -> Scripted:
    """Several passes over a loader of an iterable dataset."""
    dataset, how = dataset or draw.choice(list(STREAMS)), how or draw.choice(list(STREAM_LOADERS))
    return _passes(draw, seed, [f"dataset {dataset}", f"loader {how}"], STREAMS[dataset], STREAM_LOADERS[how])


def _passes(
    draw: Choices, seed: int, rows: list[str], dataset: str, loader: str, order: Iterable[str] = (), renewed: str = ""
) -> Scripted:
    """The script that makes a dataset, perhaps a sampler, and a loader, and passes over it."""
    generator = draw.choice((f"torch.Generator().manual_seed({draw.integer(0, 9)})", "None"))
    lines = [
        _CLASSES,
        f"item = lambda i: {_value(draw, 2, rows)}",
        f"g = {generator}",
        f"d = {dataset.format(n=draw.integer(3, 11))}",
        *order,
        f"loader = data.DataLoader(d, {loader.format(b=draw.integer(1, 4), s='s')})",
        "show('attributes', lambda: [loader.batch_size, loader.drop_last, type(loader.batch_sampler).__name__])",
        _EPOCHS.format(epochs=draw.integer(1, 3), set_epoch=renewed),
    ]
    return Scripted("data", tuple(dict.fromkeys(rows)), tuple(lines), seed)


def worked(draw: Choices, seed: int, how: str) -> Scripted:
    """Several passes over a loader with no worker, or two."""
    rows: list[str] = [f"workers {how}"]
    dataset, options = WORKERS[how]
    count, order = draw.choice((0, 2, 2)), []
    if "{s}" in options:
        order = [f"s = {SAMPLERS[draw.choice(list(SAMPLERS))].format(k=draw.integer(1, 5))}"]
    value = draw.choice(("tensor", "0-d tensor", "int", "float", "string", "bytes", "array", "NumPy number", "ragged tensor"))
    container = draw.choice(("tuple", "list", "dict", "one of a tuple"))
    options = options.format(b=draw.integer(1, 4), k=draw.integer(1, 4), s="s")
    lines = [
        _CLASSES,
        _WORKED,
        f"item = lambda i: {CONTAINERS[container].format(VALUES[value], VALUES[value])}",
        f"g = {draw.choice((f'torch.Generator().manual_seed({draw.integer(0, 9)})', 'None'))}",
        f"d = {dataset.format(n=draw.integer(3, 9))}",
        *order,
        f"loader = data.DataLoader(d, num_workers={count}, {options})",
        _EPOCHS.format(epochs=draw.integer(1, 2), set_epoch=""),
        "loader = None",  # ends workers that persist
    ]
    return Scripted("data", tuple(rows), tuple(lines), seed)


def collate(draw: Choices, seed: int, name: str) -> Scripted:
    """Elements as a batch, and as they are without batches."""
    rows: list[str] = []
    lines = [
        _CLASSES,
        f"item = lambda i: {_value(draw, 2, rows, name)}",
        f"items = [item(i) for i in range({draw.integer(1, 3)}, 4)]",
    ]
    lines += ["show('batch', lambda: data.default_collate(items))", "show('converted', lambda: data.default_convert(items[0]))"]
    return Scripted("data", tuple(dict.fromkeys(rows)), tuple(lines), seed)


def split(draw: Choices, seed: int) -> Scripted:
    """``random_split`` by lengths or fractions, with a generator or without."""
    lengths = draw.choice(LENGTHS)
    n, generator = draw.choice((7, 7, 10, 11)), draw.choice(("", ", torch.Generator().manual_seed(3)"))
    lines = (
        f"parts = data.random_split(range({n}), {lengths}{generator})",
        "show('parts', lambda: [(list(part.indices), list(part)) for part in parts])",
        "show('random numbers, bit for bit', lambda: torch.rand(2))",
    )
    return Scripted("data", ("random_split",), lines, seed)


#: Row -> how its scripts are drawn.
ROWS = {
    **{f"dataset {name}": (load, (name,)) for name in DATASETS},
    **{f"dataset {name}": (stream, (name,)) for name in STREAMS},
    **{f"loader {name}": (load, (None, name)) for name in LOADERS},
    **{f"loader {name}": (stream, (None, name)) for name in STREAM_LOADERS},
    **{f"sampler {name}": (load, (None, None, name)) for name in SAMPLERS},
    **{f"element {name}": (collate, (name,)) for name in (*VALUES, *CONTAINERS)},
    **{f"workers {name}": (worked, (name,)) for name in WORKERS},
    "random_split": (split, ()),
    **pipe_cases.ROWS,
}


def missing() -> list[str]:
    """Datasets, samplers and functions of ``utils.data`` that no row names."""
    data = minitorch_bp.utils.data
    texts = (
        " ".join(str(table) for table in (DATASETS, STREAMS, SAMPLERS, LOADERS, _CLASSES, _WORKED, pipe_cases.PROGRAMS))
        + "default_collate DataLoader"
    )
    skipped = {"Sampler"}  # a base class
    public = [n for n, value in vars(data).items() if not n.startswith("_") and callable(value) and n not in skipped]
    return [f"utils.data.{n}" for n in public if n not in texts]
