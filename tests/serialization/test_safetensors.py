"""safetensors: the layout that the format's page describes, byte by byte, and files that are not sound."""

import json
import random

import numpy as np
import pytest

import minitorch_bp as mt
from minitorch_bp.serialization import safetensors

DTYPES = [
    "float64",
    "float32",
    "float16",
    "bfloat16",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
    "complex64",
]


def file_of(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_layout():
    data = safetensors.save({"w": mt.tensor([[1.0, 2.0]]), "n": mt.tensor(3)}, {"format": "pt"})
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    assert header["__metadata__"] == {"format": "pt"} and length % 8 == 0
    assert header["w"] == {"dtype": "F32", "shape": [1, 2], "data_offsets": [8, 16]}  # wider elements first
    assert header["n"] == {"dtype": "I64", "shape": [], "data_offsets": [0, 8]}
    assert data[8 + length :] == b"\3\0\0\0\0\0\0\0" + b"\0\0\x80?\0\0\0@"


def test_a_file_of_the_format_is_read(tmp_path):
    path = tmp_path / "x.safetensors"
    header = {"test": {"dtype": "I32", "shape": [2, 2], "data_offsets": [0, 16]}}
    path.write_bytes(file_of(header, b"".join(n.to_bytes(4, "little") for n in (1, 2, 3, 2**31 - 1))))
    found = safetensors.load_file(path)
    assert found["test"].tolist() == [[1, 2], [3, 2**31 - 1]] and found["test"].dtype is mt.int32


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_type_comes_back(dtype, tmp_path):
    d = getattr(mt, dtype)
    x = mt.tensor([[0, 1, 1], [1, 0, 1]]).to(d)
    tensors = {
        "full": x,
        "0-d": x[0, 1].clone(),
        "empty": mt.zeros(0, 2, dtype=d),
        "ä b": x.clone().view(-1),
    }
    safetensors.save_file(tensors, tmp_path / "x")
    found = safetensors.load_file(tmp_path / "x")
    assert found.keys() == tensors.keys()
    for name, t in tensors.items():
        assert found[name].dtype is d and found[name].shape == t.shape and found[name].tolist() == t.tolist()
        found[name].fill_(0)  # memory of its own, which can be written to


def test_what_can_not_be_saved(tmp_path):
    """The types of error of the package safetensors."""
    x = mt.arange(6.0).reshape(2, 3)
    for shared in ({"a": x, "b": x[1:]}, {"a": x, "b": x}, {"a": x, "b": x.view(6)}, {"a": x.view(6)[:4], "b": x.view(6)[3:]}):
        with pytest.raises(RuntimeError, match="share memory"):
            safetensors.save(shared)
    for wrong in (
        {"a": 1},
        [x],
        {"a": None},
        {"a": {"b": x}},
        {"a": x.numpy()},
        {"a": x.t()},
        {"a": x[:, ::2]},
        {"a": mt.ones(1).expand(3)},
    ):
        with pytest.raises(ValueError, match="safetensors"):
            safetensors.save(wrong)
    with pytest.raises(KeyError, match="complex128"):
        safetensors.save({"a": mt.ones(1, dtype=mt.complex128)})
    for metadata in ({"a": 1}, {1: "a"}, {"a": None}, "abc", [1]):
        with pytest.raises(TypeError, match="metadata"):
            safetensors.save({"w": x}, metadata)
    for name in (1, None, b"a"):
        with pytest.raises(TypeError, match="names"):
            safetensors.save({name: x})
    with pytest.raises(safetensors.SafetensorError, match="__metadata__"):
        safetensors.save({"__metadata__": x})
    for path in (tmp_path, tmp_path / "none" / "x"):
        with pytest.raises(safetensors.SafetensorError, match="can't write"):
            safetensors.save_file({"w": x}, path)
    assert list(tmp_path.iterdir()) == []


def test_parts_of_one_memory_that_do_not_overlap():
    x = mt.arange(10.0)
    found = safetensors.load(safetensors.save({"b": x[5:], "a": x[:5], "none": x[3:3]}))
    assert {name: t.tolist() for name, t in found.items()} == {"a": [0, 1, 2, 3, 4], "b": [5, 6, 7, 8, 9], "none": []}
    assert list(found) == ["a", "b", "none"]


def test_what_can_not_be_loaded(tmp_path):
    for wrong in (None, "abc", bytearray(8), memoryview(b"")):
        with pytest.raises(TypeError):
            safetensors.load(wrong)
    with pytest.raises(FileNotFoundError):
        safetensors.load_file(tmp_path / "none")
    with pytest.raises(OSError):
        safetensors.load_file(tmp_path)
    (tmp_path / "x").write_bytes(b"abc")
    with pytest.raises(safetensors.SafetensorError, match="not a sound"):
        safetensors.load_file(tmp_path / "x")
    safetensors.save_file({"w": mt.ones(2)}, tmp_path / "x")
    with pytest.raises(safetensors.SafetensorError, match="foo"):
        safetensors.load_file(tmp_path / "x", "foo")


def test_parts_of_a_file(tmp_path):
    path = tmp_path / "x"
    x = mt.arange(6.0).reshape(2, 3)
    safetensors.save_file({"w": x, "n": mt.tensor(3), "e": mt.zeros(0, 2)}, path, {"k": "v"})
    with safetensors.safe_open(path, framework="pt") as file:
        assert file.keys() == ["e", "n", "w"] and file.offset_keys() == ["n", "e", "w"] and file.metadata() == {"k": "v"}
        assert file.get_tensor("w").tolist() == x.tolist() and file.get_tensor("n") == 3
        part = file.get_slice("w")
        assert part.get_shape() == [2, 3] and part.get_dtype() == "F32"
        for index in (slice(1), (slice(None), 1), (..., slice(1, None)), -1, [0], (slice(None), [0, 2]), slice(1, 0), (0, 1), None):
            assert part[index].tolist() == x[index].tolist()
        part[0].fill_(9)
        assert part[0].tolist() == [0, 1, 2]  # memory of its own
        for index in (5, (0, 0, 0), [5], -3):
            with pytest.raises(IndexError):
                part[index]
        for name in ("q", ""):
            with pytest.raises(safetensors.SafetensorError, match="no tensor"):
                file.get_tensor(name)
            with pytest.raises(safetensors.SafetensorError, match="no tensor"):
                file.get_slice(name)
        with pytest.raises(TypeError):
            file.get_tensor(3)
    with pytest.raises(safetensors.SafetensorError, match="closed"):
        file.keys()
    assert isinstance(safetensors.safe_open(path, "np").get_tensor("w"), np.ndarray)
    with pytest.raises(safetensors.SafetensorError, match="framework"):
        safetensors.safe_open(path, "foo")


class Tied(mt.nn.Module):
    def __init__(self):
        super().__init__()
        self.z, self.a = mt.nn.Linear(2, 2), mt.nn.Linear(2, 2)
        self.a.weight = self.z.weight


def test_modules(tmp_path):
    path, model, other = tmp_path / "x", Tied(), Tied()
    safetensors.save_model(model, path, {"q": "r"})
    with safetensors.safe_open(path, "pt") as file:
        assert file.keys() == ["a.bias", "a.weight", "z.bias"] and file.metadata() == {"z.weight": "a.weight", "q": "r"}
    assert safetensors.load_model(other, path) == (set(), [])
    assert other.z.weight is other.a.weight and other.z.weight.tolist() == model.z.weight.tolist()
    with pytest.raises(RuntimeError, match=r"weight.*a\.bias"):
        safetensors.load_model(mt.nn.Linear(2, 2), path)
    missing, unexpected = safetensors.load_model(mt.nn.Linear(2, 2), path, strict=False)
    assert missing == {"weight", "bias"} and sorted(unexpected) == ["a.bias", "a.weight", "z.bias"]
    wide = mt.nn.Linear(3, 2)
    wide.weight = mt.nn.Parameter(mt.arange(6.0).reshape(3, 2).t())
    safetensors.save_model(wide, path)
    assert safetensors.load_file(path)["weight"].tolist() == wide.weight.tolist()
    with pytest.raises(ValueError, match="contiguous"):
        safetensors.save_model(wide, path, force_contiguous=False)


def test_buffers_that_share_memory(tmp_path):
    x, model = mt.arange(10.0), mt.nn.Module()
    model.register_buffer("part", x[:5])
    model.register_buffer("whole", x)
    safetensors.save_model(model, tmp_path / "x")
    with safetensors.safe_open(tmp_path / "x", "pt") as file:
        assert file.keys() == ["whole"] and file.metadata() == {"part": "whole"}
    model.register_buffer("whole", x[4:])
    with pytest.raises(RuntimeError, match="whole memory"):
        safetensors.save_model(model, tmp_path / "x")


ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"abc", b"\xff" * 8, b"\xff" * 30, file_of(b"{"), file_of(b"\xff\xfe"), file_of([]), file_of(b"[" * 100_000), file_of({"a": 1}),
        file_of({"a": {**ENTRY, "shape": [0, 1 << 59, 1 << 59], "data_offsets": [0, 0]}}), file_of({"a": {**ENTRY, "shape": [True, 2]}}, bytes(8)), file_of({"a": {**ENTRY, "dtype": "F8"}}, bytes(8)), file_of({"a": {**ENTRY, "dtype": ["F32"]}}, bytes(8)),
        file_of({"a": {**ENTRY, "shape": [3]}}, bytes(8)), file_of({"a": {**ENTRY, "shape": [-2]}}, bytes(8)), file_of({"a": {**ENTRY, "shape": [1 << 70]}}, bytes(8)),
        file_of({"a": {**ENTRY, "shape": [True, 2]}}, bytes(8)), file_of({"a": {**ENTRY, "shape": [1] * 70 + [2]}}, bytes(8)), file_of({"a": ENTRY}, bytes(7)),
        file_of({"a": ENTRY}, bytes(9)), file_of({"a": {**ENTRY, "data_offsets": [8, 16]}}, bytes(16)), file_of({"a": ENTRY, "b": ENTRY}, bytes(8)),
        file_of({"a": {**ENTRY, "data_offsets": [8, 0]}}, bytes(8)), file_of({"__metadata__": {"a": 1}}), file_of(b'{"a":{},"a":{}}'),
    ],
)  # fmt: skip
def test_unsound_files_are_refused(data):
    with pytest.raises(safetensors.SafetensorError, match="not a sound safetensors file"):
        safetensors.load(data)


def test_cut_and_flipped_files_load_or_are_refused():
    draw = random.Random(0)
    good = safetensors.save({"w": mt.ones(2, 2), "n": mt.tensor([1, 2])}, {"a": "b"})
    for cut in range(len(good)):
        with pytest.raises(safetensors.SafetensorError, match="not a sound"):
            safetensors.load(good[:cut])
    for _ in range(300):
        out = bytearray(good)
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
        try:
            found = safetensors.load(bytes(out))
        except safetensors.SafetensorError as error:
            assert "not a sound safetensors file" in str(error)
        else:
            assert sum(t.nbytes for t in found.values()) == 32


def test_fields_that_are_not_known_are_passed_over():
    found = safetensors.load(file_of({"a": {**ENTRY, "more": 1}, "__metadata__": None}, bytes(8)))
    assert found["a"].tolist() == [0, 0]
