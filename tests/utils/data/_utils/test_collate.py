"""Collating: what becomes of every kind of element, as a type, a dtype, a shape and values; all of it PyTorch's."""

import array
import collections
import types

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
Point = collections.namedtuple("Point", "x y")


class OwnList(list):
    pass


class OwnDict(dict):
    pass


class Frozen(collections.abc.Mapping):
    def __init__(self, content):
        self.content = content

    def __getitem__(self, key):
        return self.content[key]

    def __len__(self):
        return len(self.content)

    def __iter__(self):
        return iter(self.content)


class Immutable(collections.abc.Sequence):
    """A sequence that cannot be made from a list of tensors."""

    def __init__(self, a, b):
        self.content = [a, b]

    def __getitem__(self, i):
        return self.content[i]

    def __len__(self):
        return 2


def described(value, t):
    """A value in terms that do not depend on the library."""
    if isinstance(value, t.Tensor):
        return "tensor", str(value.dtype), tuple(value.shape), value.is_contiguous(), value.tolist()
    if isinstance(value, collections.abc.Mapping):
        return type(value).__name__, {k: described(v, t) for k, v in value.items()}
    if isinstance(value, (tuple, list, collections.deque)):
        return type(value).__name__, [described(v, t) for v in value]
    if isinstance(value, np.ndarray):
        return "ndarray", value.dtype.str, value.tolist()
    return type(value).__name__, repr(value)


BATCHES = {
    "tensors": lambda t: [t.tensor([1.0, 2.0]), t.tensor([3.0, 4.0])], "0-d tensors": lambda t: [t.tensor(1), t.tensor(2)],
    "strided": lambda t: [t.arange(6).reshape(2, 3).T, t.arange(6).reshape(3, 2)], "mixed": lambda t: [t.tensor([1]), t.tensor([1.5])],
    "half": lambda t: [t.ones(2, dtype=t.bfloat16)] * 2, "empty": lambda t: [t.zeros(0, 3)] * 2,
    "arrays": lambda t: [np.ones((2, 2), np.float32)] * 2, "bool arrays": lambda t: [np.array([True, False])] * 3,
    "0-d arrays": lambda t: [np.array(1.5), np.array(2.5)], "floats": lambda t: [1.5, 2.0], "ints": lambda t: [1, 2, 3],
    "bools": lambda t: [True, False], "int32": lambda t: [np.int32(1), np.int32(2)], "float16": lambda t: [np.float16(1)] * 2,
    "bool_": lambda t: [np.bool_(True), np.bool_(False)], "float64": lambda t: [np.float64(1.5)] * 2, "numbers": lambda t: [1, 2.5],
    "strings": lambda t: ["a", "b"], "bytes": lambda t: [b"a", b"b"], "str_": lambda t: [np.str_("a"), np.str_("b")],
    "tuples": lambda t: [(1, 2.0, "a"), (3, 4.0, "b")], "lists": lambda t: [[1, "x"], [2, "y"]], "nested": lambda t: [((1, [2]), {"a": 3})] * 2,
    "named": lambda t: [Point(1, "a"), Point(2, "b")], "dicts": lambda t: [{"a": 1, "b": "x"}, {"b": "y", "a": 2}],
    "OrderedDict": lambda t: [collections.OrderedDict(b=1, a=2)] * 2, "defaultdict": lambda t: [collections.defaultdict(list, a=1)] * 2,
    "own list": lambda t: [OwnList([1, 2.0])] * 2, "own dict": lambda t: [OwnDict(a=1)] * 2, "mapping": lambda t: [Frozen({"a": 1})] * 2,
    "proxy": lambda t: [types.MappingProxyType({"a": 1})] * 2, "range": lambda t: [range(3)] * 2, "sequence": lambda t: [Immutable(1, 2.0)] * 2,
    "deque": lambda t: [collections.deque([1, 2])] * 2, "array": lambda t: [array.array("i", [1, 2])] * 2,
    "tuple as the batch": lambda t: (1, 2), "empty tuples": lambda t: [(), ()], "record": lambda t: [Point(np.zeros(2), {"k": (1,)})] * 2,
}  # fmt: skip


@pytest.mark.parametrize("name", BATCHES)
def test_default_collate(name):
    ours, theirs = (described(t.utils.data.default_collate(BATCHES[name](t)), t) for t in (mt, torch))
    assert ours == theirs


ELEMENTS = {
    **{f"batch of {name}": make for name, make in BATCHES.items()},
    "int": lambda t: 1, "string": lambda t: "a", "float64": lambda t: np.float64(1.5), "array": lambda t: np.arange(3),
    "strings": lambda t: np.array(["a"]), "objects": lambda t: np.array([None]), "set": lambda t: {1}, "None": lambda t: None,
    "bytearray": lambda t: bytearray(b"a"), "own list of arrays": lambda t: OwnList([np.zeros(2), "a"]), "named": lambda t: Point(np.ones(1), 1),
    "str_ inside": lambda t: (np.str_("a"), np.int8(1)), "set inside": lambda t: [{1}],
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTS)
def test_default_convert(name):
    ours, theirs = (described(t.utils.data.default_convert(ELEMENTS[name](t)), t) for t in (mt, torch))
    assert ours == theirs


def test_own_containers_keep_what_else_they_have():
    first = OwnDict(a=1)
    first.note = "kept"
    for t in (mt, torch):
        assert t.utils.data.default_collate([first, OwnDict(a=2)]).note == "kept"
        assert t.utils.data.default_convert(first).note == "kept"


@BOTH
@pytest.mark.parametrize(
    "batch, kind",
    [([object()], TypeError), ([None], TypeError), ([{1}], TypeError), ([np.array(["a"])], TypeError), ([np.array([None])], TypeError),
     ([(1, 2), (1,)], RuntimeError), ([[1], []], RuntimeError), ([np.zeros(2), np.zeros(3)], RuntimeError), ([{"a": 1}, {}], KeyError),
     ([], IndexError), ([1, "a"], TypeError)],
)  # fmt: skip
def test_mistakes(t, batch, kind):
    with pytest.raises(kind):
        t.utils.data.default_collate(batch)


@BOTH
def test_a_map_of_ones_own(t):
    from_utils = t.utils.data._utils.collate

    class Own:
        def __init__(self, n):
            self.n = n

    class Derived(Own):
        pass

    def total(batch, *, collate_fn_map=None):
        return sum(b.n for b in batch)

    assert from_utils.collate([(Own(1), "a"), (Own(2), "b")], collate_fn_map={Own: total, str: lambda b, **_: b}) == [3, ("a", "b")]
    assert from_utils.collate([Derived(1)], collate_fn_map={(int, Own): total}) == 1
    with pytest.raises(TypeError):
        from_utils.collate([Own(1)])
    known = from_utils.default_collate_fn_map
    try:
        known[Own] = total
        assert t.utils.data.default_collate([{"k": Derived(1)}, {"k": Own(2)}]) == {"k": 3}
    finally:
        del known[Own]
