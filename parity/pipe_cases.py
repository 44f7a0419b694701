"""Data pipes: steps of ``utils.data.datapipes`` in drawn order, and classes of pipes that a program declares."""

from __future__ import annotations

from .choices import Choices
from .scripted import Scripted

#: Steps of a pipe of numbers, or of batches of them; each may refuse what comes before it.
STEPS = (
    ".map(lambda item: [item, item])", ".filter(lambda item: bool(item))", ".batch({k})", ".batch({k}, drop_last=True)", ".unbatch()", ".unbatch(unbatch_level={k} - 2)", ".concat(wrap([7, 8]))",
    ".zip(wrap(range({k})))", ".collate()", ".collate(collate_fn=len)", ".shuffle()", ".shuffle(buffer_size={k}).set_seed(3)", ".batch({k}).unbatch()", ".batch({k}, wrapper_class=list)",
)  # fmt: skip
#: What a program does besides: statements, and what is shown of them.
PROGRAMS = {
    "functional_datapipe": ("data.IterDataPipe.functions.pop('tripled', None)\n@data.functional_datapipe('tripled')\nclass Tripler(data.IterDataPipe):\n    def __init__(self, source): self.source = source\n    def __iter__(self): yield from (3 * item for item in self.source)", "list(wrap(range(4)).tripled())", "data.functional_datapipe('tripled')(Tripler).__name__", "type(data.functional_datapipe(3)).__name__"),
    "MapDataPipe": ("data.MapDataPipe.functions.pop('squared', None)\nclass Squares(data.MapDataPipe):\n    def __getitem__(self, i): return i * i\n    def __len__(self): return 4", "[Squares()[i] for i in range(4)]", "len(Squares().map(str))", "Squares().nothing()", "data.functional_datapipe('squared')(Squares).__name__"),
    "DataChunk": ("chunk = data.DataChunk([1, [2, 3], 'a'])", "chunk.as_str('  ')", "list(chunk.raw_iterator())", "chunk[1], len(chunk), repr(chunk)", "chunk == [1, [2, 3], 'a']"),
    "non_deterministic": ("@data.non_deterministic\nclass Noise(data.IterDataPipe):\n    def __iter__(self): yield 4\n@data.non_deterministic(lambda source: source > 1)\nclass Sometimes(data.IterDataPipe):\n    def __init__(self, source): pass\ndef strictly(make):\n    with data.guaranteed_datapipes_determinism(): return list(make())", "list(Noise())", "strictly(Noise)", "type(Sometimes(2)).__name__", "strictly(lambda: Sometimes(1))", "strictly(lambda: Sometimes(2))", "data.non_deterministic(3)"),
    # (With checks on, PyTorch 2.13 raises AttributeError for any pipe: it looks for a type that its classes no longer have.)
    "runtime_validation": ("import typing\nclass Words(data.IterDataPipe[str]):\n    def __init__(self, words): self.words = words\n    @data.runtime_validation\n    def __iter__(self) -> typing.Iterator[str]: yield from self.words\ndef freely(words):\n    with data.runtime_validation_disabled(): return list(Words(words))", "freely(['a', 'b'])", "freely(['a', 1])"),
    "argument_validation": ("class Doubler(data.IterDataPipe):\n    @data.argument_validation\n    def __init__(self, source: data.IterDataPipe[int]): self.source = source\n    def __iter__(self): yield from (2 * item for item in self.source)", "list(Doubler(wrap([1, 2])))", "Doubler(3)", "Doubler([1, 2])"),
    "DFIterDataPipe": ("frames = data.DFIterDataPipe()", "isinstance(frames, data.IterDataPipe)", "len(frames)", "list(frames)", "data.IterDataPipe[int].__origin__.__name__"),
}  # fmt: skip
_START = "wrap = data.datapipes.iter.IterableWrapper"


def piped(draw: Choices, seed: int) -> Scripted:
    """A pipe of some steps, listed twice, counted, and loaded."""
    steps = "".join(draw.choice(STEPS).replace("{k}", str(draw.integer(1, 4))) for _ in range(draw.integer(1, 4)))
    lines = (
        _START,
        f"def make(): return wrap(range({draw.integer(0, 6)})){steps}",
        "show('items', lambda: list(make()))",
        "show('again', lambda: [list(pipe) for pipe in [make()] for _ in range(2)])",
        "show('length', lambda: len(make()))",
        "show('random numbers, bit for bit', lambda: torch.rand(2))",
    )
    return Scripted("data", ("pipe of steps",), lines, seed)


def declared(draw: Choices, seed: int, name: str) -> Scripted:
    """A program with a class of pipes."""
    setup, *calls = PROGRAMS[name]
    lines = (_START, setup, *(f"show('call {k}', lambda: {call})" for k, call in enumerate(calls)))
    return Scripted("data", (f"pipe {name}",), lines, seed)


#: Row -> how its scripts are drawn.
ROWS = {"pipe of steps": (piped, ()), **{f"pipe {name}": (declared, (name,)) for name in PROGRAMS}}
