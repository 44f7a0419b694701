"""safetensors: the layout that the format's page describes, byte by byte, and files that are not sound."""

import json
import random

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
        "transposed": x.clone().t(),
        "0-d": x[0, 1].clone(),
        "empty": mt.zeros(0, 2, dtype=d),
        "ä b": x.clone()[:, ::2],
    }
    safetensors.save_file(tensors, tmp_path / "x")
    found = safetensors.load_file(tmp_path / "x")
    assert found.keys() == tensors.keys()
    for name, t in tensors.items():
        assert found[name].dtype is d and found[name].shape == t.shape and found[name].tolist() == t.tolist()
        found[name].fill_(0)  # memory of its own, which can be written to


def test_what_can_not_be_saved():
    x = mt.ones(3)
    with pytest.raises(RuntimeError, match="share memory"):
        safetensors.save({"a": x, "b": x[1:]})
    for wrong in ({"a": 1}, [x], {"a": mt.ones(1, dtype=mt.complex128)}):
        with pytest.raises(ValueError, match="safetensors"):
            safetensors.save(wrong)


ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"abc", b"\xff" * 8, b"\xff" * 30, file_of(b"{"), file_of(b"\xff\xfe"), file_of([]), file_of(b"[" * 100_000), file_of({"a": 1}),
        file_of({"a": {**ENTRY, "more": 1}}, bytes(8)), file_of({"a": {**ENTRY, "dtype": "F8"}}, bytes(8)), file_of({"a": {**ENTRY, "dtype": ["F32"]}}, bytes(8)),
        file_of({"a": {**ENTRY, "shape": [3]}}, bytes(8)), file_of({"a": {**ENTRY, "shape": [-2]}}, bytes(8)), file_of({"a": {**ENTRY, "shape": [1 << 70]}}, bytes(8)),
        file_of({"a": {**ENTRY, "shape": [True, 2]}}, bytes(8)), file_of({"a": {**ENTRY, "shape": [1] * 70 + [2]}}, bytes(8)), file_of({"a": ENTRY}, bytes(7)),
        file_of({"a": ENTRY}, bytes(9)), file_of({"a": {**ENTRY, "data_offsets": [8, 16]}}, bytes(16)), file_of({"a": ENTRY, "b": ENTRY}, bytes(8)),
        file_of({"a": {**ENTRY, "data_offsets": [8, 0]}}, bytes(8)), file_of({"__metadata__": {"a": 1}}), file_of(b'{"a":{},"a":{}}'),
    ],
)  # fmt: skip
def test_unsound_files_are_refused(data):
    with pytest.raises(ValueError, match="not a sound safetensors file"):
        safetensors.load(data)


def test_cut_and_flipped_files_load_or_are_refused():
    draw = random.Random(0)
    good = safetensors.save({"w": mt.ones(2, 2), "n": mt.tensor([1, 2])}, {"a": "b"})
    for cut in range(len(good)):
        with pytest.raises(ValueError, match="not a sound"):
            safetensors.load(good[:cut])
    for _ in range(300):
        out = bytearray(good)
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
        try:
            found = safetensors.load(bytes(out))
        except ValueError as error:
            assert "not a sound safetensors file" in str(error)
        else:
            assert sum(t.nbytes for t in found.values()) == 32
