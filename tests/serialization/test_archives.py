"""What is written, record by record, and what is said about files that are damaged, or of another kind: as PyTorch does."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [torch, mt], ids=["torch", "ours"])
TRUST = pytest.mark.parametrize("weights_only", [True, False], ids=["weights_only", "trusted"])


def saved(obj, t=mt, **options):
    buffer = io.BytesIO()
    t.save(obj, buffer, **options)
    return buffer.getvalue()


def npz():
    out = io.BytesIO()
    np.savez(out, a=np.ones(2))
    return out.getvalue()


def npy():
    out = io.BytesIO()
    np.save(out, np.ones(2))
    return out.getvalue()


def archive(**records):
    """A sound archive of PyTorch with some records replaced, or left out if None."""
    original = zipfile.ZipFile(io.BytesIO(saved({"w": torch.ones(2)}, torch)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:
        for name in original.namelist():
            data = records.get(name.partition("/")[2].replace("/", "_").replace(".", "_"), original.read(name))
            if data is not None:
                changed.writestr(name, data)
    return out.getvalue()


def outcome(t, data, **options):
    try:
        return str(t.load(io.BytesIO(data), **options))
    except Exception as error:
        return type(error).__name__


GOOD = saved({"w": torch.ones(2), "n": 3}, torch)
OTHERS = {
    "empty": b"", "words": b"not a checkpoint at all", "every byte": bytes(range(256)), "zeros": bytes(100), "ones": b"\xff" * 100,
    "json": json.dumps({"a": 1}).encode(), "json list": b"[1,2,3]", "png": b"\x89PNG\r\n\x1a\n" + bytes(50), "gzip": b"\x1f\x8b\x08" + bytes(50),
    "npz": npz(), "npy": npy(), "pickle": pickle.dumps({"a": 1}), "pickle 2": pickle.dumps({"a": 1}, 2), "pickle 0": pickle.dumps([1, 2], 0),
    "begins late": b"x" + GOOD, "one byte": GOOD[:1], "two bytes": GOOD[:2], "three bytes": GOOD[:3], "four bytes": GOOD[:4],
    "a quarter": GOOD[: len(GOOD) // 4], "half": GOOD[: len(GOOD) // 2], "all but 10": GOOD[:-10], "all but 1": GOOD[:-1],
    "a byte more": GOOD + b"x", "a line more": GOOD + b"\n", "100 zeros more": GOOD + bytes(100), "twice": GOOD + GOOD,
    "two sizes": saved(torch.ones(2), torch) + saved(torch.ones(1000), torch), "two sizes, larger first": saved(torch.ones(1000), torch) + saved(torch.ones(2), torch),
    "no version": archive(version=None), "empty version": archive(version=b""), "version 1": archive(version=b"1\n"), "version 10": archive(version=b"10\n"),
    "version 0": archive(version=b"0\n"), "version 11": archive(version=b"11\n"), "version x": archive(version=b"x\n"), "version -1": archive(version=b"-1"),
    "byte order": archive(byteorder=b"middle"), "no data": archive(data_0=None), "short data": archive(data_0=b"abc"), "long data": archive(data_0=b"a" * 100),
    "no pickle": archive(data_pkl=None), "empty pickle": archive(data_pkl=b""), "cut pickle": archive(data_pkl=b"\x80\x02}"),
    "cut text": archive(data_pkl=b"\x80\x02X\xff\x00\x00\x00ab"), "protocol 4": archive(data_pkl=pickle.dumps({"a": 1}, 4)),
    "protocol 0": archive(data_pkl=pickle.dumps({"a": [1.5, 2**70]}, 0)), "unknown name": archive(data_pkl=b"\x80\x02ctorch\nFoo\n."),
    "unknown module": archive(data_pkl=b"\x80\x02cnonexistent\nFoo\n."),
}  # fmt: skip


@TRUST
@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_kinds_and_damaged_ones(name, weights_only):
    """The same type of error as PyTorch, or the same object."""
    assert outcome(mt, OTHERS[name], weights_only=weights_only) == outcome(torch, OTHERS[name], weights_only=weights_only)


def test_a_file_of_the_format_before_that_is_cut():
    """Python's unpickler says the same in both; our own machine says EOFError where PyTorch's has one of several internal errors."""
    old = saved({"w": torch.ones(2), "n": 3}, torch, _use_new_zipfile_serialization=False)
    for cut in range(len(old) - 24):
        assert outcome(mt, old[:cut], weights_only=False) == outcome(torch, old[:cut], weights_only=False), cut
        assert outcome(mt, old[:cut]) == "EOFError", cut
        assert outcome(torch, old[:cut]) in ("EOFError", "UnpicklingError", "IndexError", "error"), cut
    assert outcome(mt, old + b"more") == outcome(torch, old + b"more") == "{'w': tensor([1., 1.]), 'n': 3}"


@BOTH
def test_a_folder_and_a_missing_file(t, tmp_path):
    with pytest.raises(IsADirectoryError):
        t.load(tmp_path)
    with pytest.raises(FileNotFoundError):
        t.load(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        t.load("")


@BOTH
def test_several_files_in_one_object(t):
    """An archive is read from where the file stands; a second one is behind it, and the first is not read twice by accident."""
    file = io.BytesIO()
    t.save(t.ones(2), file)
    place = file.tell()
    t.save(t.zeros(3), file)
    file.seek(place)
    assert t.load(file).tolist() == [0, 0, 0]
    file.seek(0)
    assert t.load(file).tolist() == [1, 1]
    with pytest.raises((pickle.UnpicklingError, RuntimeError)):
        t.load(file)
    old = io.BytesIO()
    t.save(t.ones(2), old, _use_new_zipfile_serialization=False)
    t.save(t.zeros(3), old)
    old.seek(0)
    assert t.load(old).tolist() == [1, 1] and t.load(old).tolist() == [0, 0, 0]


@BOTH
def test_paths_that_can_not_be_written(t, tmp_path):
    for path in (tmp_path / "none" / "x.pt", str(tmp_path / "none" / "x.pt"), tmp_path, "", str(tmp_path / ".pt")):
        with pytest.raises(RuntimeError):
            t.save(t.ones(2), path)
    with pytest.raises(FileNotFoundError):
        t.save(t.ones(2), tmp_path / "none" / "x.pt", _use_new_zipfile_serialization=False)
    assert list(tmp_path.iterdir()) == []


def local():
    class Inside:
        pass

    return Inside


@BOTH
def test_what_stands_in_a_function_can_not_be_saved(t):
    def inside():
        pass

    for obj in (inside, {"f": inside}, local(), local()()):
        with pytest.raises(AttributeError):
            t.save(obj, io.BytesIO())
    model = t.nn.Linear(2, 2)
    model.activation = lambda x: x
    with pytest.raises(AttributeError):
        t.save(model, io.BytesIO())


# ---------------------------------------------------------------------- records
def records(source):
    found = zipfile.ZipFile(source)
    return {info.filename: (found.read(info), info.date_time) for info in found.infolist()}


@pytest.mark.parametrize("options", [{}, {"_disable_byteorder_record": True}])
def test_records(options):
    theirs = records(io.BytesIO(saved({"w": torch.ones(2), "n": torch.zeros(3)}, torch, **options)))
    ours = records(io.BytesIO(saved({"w": mt.ones(2), "n": mt.zeros(3)}, mt, **options)))
    identity = "archive/.data/serialization_id"
    assert list(ours) == list(theirs) and len(ours[identity][0]) == len(theirs[identity][0]) == 40
    assert ours[identity][0].isdigit()
    del ours[identity], theirs[identity]
    assert {name: data for name, (data, _) in ours.items()} == {name: data for name, (data, _) in theirs.items()}


def test_the_identity_is_of_the_contents():
    ids = [records(io.BytesIO(saved(obj)))["archive/.data/serialization_id"] for obj in (mt.ones(2), mt.ones(2), mt.zeros(2))]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("name", ["x.pt", "x", "my.model.ckpt", "a b.pt", "model.tar.gz", "-x.pt", "x.pt.", "modèle.pt"])
def test_the_folder_has_the_name_of_the_file(name, tmp_path):
    found = []
    for t in (torch, mt):
        t.save([t.ones(2)], tmp_path / name)
        found.append([each for each in records(tmp_path / name) if "data.pkl" in each])
        assert str(mt.load(tmp_path / name)) == str(torch.load(tmp_path / name)) == "[tensor([1., 1.])]"
    assert found[0] == found[1]


@BOTH
def test_records_that_one_writes_oneself(t, tmp_path):
    with t.serialization._open_zipfile_writer(str(tmp_path / "foo.bin")) as writer:
        writer.write_record("a", b"abc", 3)
    names = ["a", "version", "byteorder", ".data/serialization_id"]
    assert list(records(tmp_path / "foo.bin")) == [f"foo/{name}" for name in names]
    for reader in (torch, mt):
        with reader.serialization._open_zipfile_reader(str(tmp_path / "foo.bin")) as archive:
            assert archive.get_all_records() == names and archive.get_record("a") == b"abc"
            assert archive.has_record("a") and not archive.has_record("b")
            assert archive.get_record_offset("a") == 64 and len(archive.serialization_id()) == 40
