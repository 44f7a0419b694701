"""The forms of ``save`` and ``load``: files, places, trust, and what is said about a file that can't be loaded."""

import collections
import dataclasses
import gzip
import io
import pathlib
import pickle
import sys
import zipfile

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [torch, mt], ids=["torch", "ours"])
FORMATS = pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])


def saved(obj, t=mt, zipped=True):
    buffer = io.BytesIO()
    t.save(obj, buffer, _use_new_zipfile_serialization=zipped)
    buffer.seek(0)
    return buffer


class Minimal:
    """A file with nothing but some methods."""

    def __init__(self, data, *methods):
        self._file = io.BytesIO(data)
        self.called = set()
        for name in methods:
            setattr(self, name, lambda *args, name=name: (self.called.add(name), getattr(self._file, name)(*args))[1])


# ---------------------------------------------------------------------- files
@FORMATS
def test_kinds_of_files(zipped, tmp_path):
    x = mt.arange(6.0).reshape(2, 3)
    for path in (tmp_path / "a", str(tmp_path / "b"), pathlib.PurePath(tmp_path / "c")):
        mt.save(x, path, _use_new_zipfile_serialization=zipped)
        assert mt.load(path).tolist() == torch.load(path).tolist() == x.tolist()
    with open(tmp_path / "d", "wb") as file:
        mt.save(x, file, _use_new_zipfile_serialization=zipped)
    with open(tmp_path / "d", "rb", buffering=0) as file:
        assert mt.load(file).tolist() == x.tolist()
    (tmp_path / "e").write_bytes(gzip.compress((tmp_path / "d").read_bytes()))
    with gzip.open(tmp_path / "e") as file:
        assert mt.load(file).tolist() == x.tolist()


@FORMATS
def test_what_a_file_must_be_able_to_do(zipped):
    out = Minimal(b"", "write")
    mt.save(mt.ones(1000), out, _use_new_zipfile_serialization=zipped)
    data = out._file.getvalue()
    for methods in (("read", "readline", "seek", "tell"), ("read", "readline", "seek", "tell", "readinto")):
        file = Minimal(data, *methods)
        assert mt.load(file).sum() == 1000
        assert ("readinto" in file.called) == ("readinto" in methods)
    for missing in ("seek", "tell", "read"):
        with pytest.raises(AttributeError, match=missing):
            mt.load(Minimal(data, *({"read", "readline", "seek", "tell"} - {missing})))


@BOTH
def test_wrong_files(t, tmp_path):
    for wrong in (3, None, [1]):
        with pytest.raises(AttributeError):
            t.load(wrong)
        with pytest.raises(AttributeError):
            t.save(1, wrong)
    with pytest.raises(FileNotFoundError):
        t.load(tmp_path / "none")
    with pytest.raises(EOFError):
        t.load(io.BytesIO())
    with pytest.raises(TypeError):
        t.load(saved(1), unknown=3)


def test_nothing_is_written_if_the_object_can_not_be():
    out = io.BytesIO()
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        mt.save([mt.ones(2), lambda: 0], out)
    assert out.getvalue() == b""


@BOTH
def test_several_objects_in_one_file_of_the_format_before(t):
    file = io.BytesIO()
    pickle.dump(41, file)
    t.save(t.ones(2), file, _use_new_zipfile_serialization=False)
    t.save([t.zeros(1), 2], file, _use_new_zipfile_serialization=False)
    pickle.dump(43, file)
    file.seek(0)
    assert pickle.load(file) == 41 and mt.load(file).tolist() == [1, 1] and mt.load(file)[1] == 2 and pickle.load(file) == 43


@BOTH
def test_an_archive_behind_something_else(t):
    file = io.BytesIO()
    file.write(b"front matter")
    t.save(t.ones(2), file)
    file.seek(len(b"front matter"))
    assert mt.load(file).tolist() == [1, 1]


def test_archives_of_other_programs():
    """Repacked: compressed, with folders; and with sizes after the records, as streams have them."""
    original = zipfile.ZipFile(saved({"w": torch.arange(1000.0)}, torch))
    for pack in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", pack) as archive:
            archive.mkdir("archive")
            for name in original.namelist():
                archive.writestr(name, original.read(name))
        out.seek(0)
        assert mt.load(out)["w"].sum() == 499_500
        stream = Minimal(b"", "write", "flush")
        with zipfile.ZipFile(stream, "w", pack) as archive:
            for name in original.namelist():
                archive.writestr(name, original.read(name))
        assert mt.load(io.BytesIO(stream._file.getvalue()))["w"].sum() == 499_500


def test_our_archives_are_sound_zip_files_and_aligned():
    buffer = saved({"w": mt.ones(1000), "b": mt.ones(3), "n": mt.tensor(1)})
    archive = zipfile.ZipFile(buffer)
    assert archive.testzip() is None and len(archive.namelist()) == 9
    for info in archive.infolist():
        begin = info.header_offset + 30 + sum(np.frombuffer(buffer.getvalue(), "<u2", 2, info.header_offset + 26))
        assert begin % 64 == 0


def test_archives_without_checksums():
    torch.serialization.set_crc32_options(False)
    try:
        buffer = saved(torch.ones(3), torch)
    finally:
        torch.serialization.set_crc32_options(True)
    assert mt.load(buffer).tolist() == [1, 1, 1]


def test_mapped_into_memory(tmp_path):
    path = tmp_path / "x"
    for t in (torch, mt):
        t.save({"w": t.arange(4.0), "h": t.ones(2, dtype=t.bfloat16), "e": t.zeros(0)}, path)
        before = path.read_bytes()
        for reader in (torch, mt):
            found = reader.load(path, mmap=True)
            assert found["w"].tolist() == [0, 1, 2, 3] and found["h"].tolist() == [1, 1] and found["e"].tolist() == []
        found["w"].fill_(9)  # the file keeps what it has
        assert path.read_bytes() == before and mt.load(path)["w"].tolist() == [0, 1, 2, 3]
    for t in (torch, mt):
        with pytest.raises(ValueError, match="path"):
            t.load(io.BytesIO(before), mmap=True)
        t.save(t.ones(2), path, _use_new_zipfile_serialization=False)
        with pytest.raises(RuntimeError):
            t.load(path, mmap=True)


# ---------------------------------------------------------------------- places
@FORMATS
@BOTH
def test_map_location(t, zipped):
    for place in (
        "cpu",
        t.device("cpu"),
        {"cpu": "cpu"},
        {"cuda:0": "cpu"},
        lambda storage, where: storage,
        lambda storage, where: None,
    ):
        assert t.load(saved(t.ones(2), t, zipped), map_location=place).tolist() == [1, 1]
    for place in ("cuda", "cuda:1", {"cpu": "cuda:0"}, "nowhere"):
        with pytest.raises(RuntimeError):
            t.load(saved(t.ones(2), t, zipped), map_location=place)
    with pytest.raises(TypeError):
        t.load(saved(t.ones(2), t, zipped), map_location=3)
    with pytest.raises(TypeError):
        t.load(saved(t.ones(2), t, zipped), map_location=lambda storage, where: 42)
    with pytest.raises(ZeroDivisionError):
        t.load(saved(t.ones(2), t, zipped), map_location=lambda storage, where: 1 / 0)


@BOTH
def test_map_location_sees_each_storage_once(t):
    seen = []
    x = t.arange(4.0)

    def place(storage, where):
        seen.append((storage.nbytes(), where))
        return storage

    t.load(saved([x, x[1:], t.ones(1)], t), map_location=place)
    assert seen == [(16, "cpu"), (4, "cpu")]


#: ``torch.save(torch.ones(2, device='cuda:0'), _use_new_zipfile_serialization=False)`` differs from the CPU's file in the name only.
def of_a_gpu():
    return io.BytesIO(saved(torch.ones(2), torch, False).getvalue().replace(b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0"))


@BOTH
def test_files_of_gpus(t):
    with pytest.raises(RuntimeError, match="CUDA"):
        t.load(of_a_gpu())
    for place in ("cpu", {"cuda:0": "cpu"}, lambda storage, where: storage if where == "cuda:0" else 1 / 0):
        assert t.load(of_a_gpu(), map_location=place).tolist() == [1, 1]


# ---------------------------------------------------------------------- trust
class Evil:
    def __reduce__(self):
        return (print, ("executed",))


class Plain:
    limit = 3

    def __init__(self, a):
        self.a = a


@dataclasses.dataclass
class Settings:
    rate: float = 0.1
    names: list = dataclasses.field(default_factory=list)


class Stateful:
    def __setstate__(self, state):
        raise LookupError("from the class of the caller")

    def __getstate__(self):
        return {"a": 1}


@BOTH
@FORMATS
def test_code_is_executed_only_on_demand(t, zipped, capsys):
    with pytest.raises(pickle.UnpicklingError, match="weights_only"):
        t.load(saved(Evil(), t, zipped))
    assert "executed" not in capsys.readouterr().out
    t.load(saved(Evil(), t, zipped), weights_only=False)
    assert "executed" in capsys.readouterr().out


@FORMATS
def test_classes_that_the_caller_allows(zipped):
    for made in (Plain([mt.ones(2)]), Settings(0.5, ["a"])):
        file = saved(made, zipped=zipped)
        with pytest.raises(pickle.UnpicklingError, match=type(made).__name__):
            mt.load(file)
        file.seek(0)
        with mt.serialization.safe_globals([type(made)]):
            assert repr(vars(mt.load(file))) == repr(vars(made))
        file.seek(0)
        with pytest.raises(pickle.UnpicklingError):
            mt.load(file)
    with mt.serialization.safe_globals([Stateful]), pytest.raises(LookupError, match="of the caller"):
        mt.load(saved(Stateful(), zipped=zipped))


@FORMATS
def test_subclasses_that_the_caller_allows(zipped, monkeypatch):
    """The class exists only here: public functions take a detour for as long as there is one."""
    kind = type("Subclass", (mt.Tensor,), {"__module__": __name__})
    monkeypatch.setattr(sys.modules[__name__], "Subclass", kind, raising=False)
    sub = mt.ones(2).as_subclass(kind)
    sub.note = "n"
    with mt.serialization.safe_globals([kind]):
        found = mt.load(saved(sub, zipped=zipped))
    assert type(found) is kind and found.tolist() == [1, 1] and found.note == "n"


@BOTH
def test_the_list_of_what_is_allowed(t):
    before = t.serialization.get_safe_globals()
    t.serialization.add_safe_globals([Plain, collections.deque])
    try:
        assert {Plain, collections.deque} <= set(t.serialization.get_safe_globals())
        with t.serialization.safe_globals([Settings]):
            assert Settings in t.serialization.get_safe_globals()
        assert Settings not in t.serialization.get_safe_globals()
        assert Plain in t.serialization.get_safe_globals()
    finally:
        t.serialization.clear_safe_globals()
    assert t.serialization.get_safe_globals() == []
    t.serialization.add_safe_globals(before)
    with pytest.raises(TypeError):
        t.serialization.add_safe_globals(3)


def test_a_name_of_its_own_for_what_is_allowed():
    file = saved(Plain(1))
    with mt.serialization.safe_globals([(Settings, f"{Plain.__module__}.Plain")]):
        assert type(mt.load(file)) is Settings
    with pytest.raises(TypeError, match="expected classes"):
        mt.serialization.add_safe_globals([3])


def test_what_would_have_to_be_allowed():
    file = saved([Plain(1), mt.ones(2), collections.OrderedDict(), np.float32(1)])
    theirs = torch.serialization.get_unsafe_globals_in_checkpoint(file)
    file.seek(0)
    assert set(mt.serialization.get_unsafe_globals_in_checkpoint(file)) == set(theirs)


@FORMATS
def test_whole_modules(zipped):
    model = mt.nn.Sequential(mt.nn.Linear(2, 3), mt.nn.BatchNorm1d(3), mt.nn.Dropout())
    file = saved(model, zipped=zipped)
    with pytest.raises(pickle.UnpicklingError, match="Sequential"):
        mt.load(file)
    file.seek(0)
    found = mt.load(file, weights_only=False)
    assert repr(found) == repr(model) and found[0].weight.tolist() == model[0].weight.tolist()
    file.seek(0)
    with mt.serialization.safe_globals([mt.nn.Sequential, mt.nn.Linear, mt.nn.BatchNorm1d, mt.nn.Dropout]):
        assert repr(mt.load(file)) == repr(model)


@FORMATS
def test_whole_modules_of_pytorch(zipped):
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv1d(2, 3, 3),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(9, 4),
        torch.nn.LayerNorm(4),
        torch.nn.Dropout(0.0),
    )
    found = mt.load(saved(model, torch, zipped), weights_only=False)
    x = np.random.default_rng(0).standard_normal((2, 2, 5), np.float32)
    np.testing.assert_allclose(
        found(mt.from_numpy(x)).detach().numpy(), model(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6
    )
    assert list(found.state_dict()) == list(model.state_dict()) and repr(found[0]) == repr(model[0])
    with pytest.raises(AttributeError, match="nothing in minitorch_bp"):
        mt.load(saved(torch.jit.ScriptModule, torch, zipped), weights_only=False)


def test_pickle_module():
    class Throwing(pickle.Unpickler):
        def load(self):
            raise RuntimeError("from the module")

    module = type(sys)("throwing")
    module.Unpickler = Throwing
    for t in (torch, mt):
        with pytest.raises(RuntimeError, match="from the module"):
            t.load(saved(t.ones(2), t), pickle_module=module)
        with pytest.raises(RuntimeError):
            t.load(saved(t.ones(2), t), pickle_module=pickle, weights_only=True)
        assert t.load(saved(t.ones(2), t), pickle_module=pickle).tolist() == [1, 1]
    module.Pickler = pickle._Pickler
    file = io.BytesIO()
    mt.save({"w": mt.ones(2)}, file, pickle_module=module)
    file.seek(0)
    assert torch.load(file)["w"].tolist() == [1, 1]
    with pytest.raises(NotImplementedError, match="pickler"):
        mt.save(1, io.BytesIO(), pickle_module=type(sys)("without"))


@BOTH
def test_strings_of_python_2(t):
    raw = "żółw".encode()
    body = b"\x80\x02]q\x01U" + bytes([len(raw)]) + raw + b"q\x02a."
    head = b"".join(pickle.dumps(each, 2) for each in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
    file = head + body + pickle.dumps([], 2)
    assert t.load(io.BytesIO(file)) == t.load(io.BytesIO(file), encoding="utf-8") == ["żółw"]
    assert t.load(io.BytesIO(file), encoding="bytes") == [raw] and t.load(io.BytesIO(file), encoding="latin1") == [
        raw.decode("latin1")
    ]
    with pytest.raises(UnicodeDecodeError):
        t.load(io.BytesIO(file), encoding="ascii")


@BOTH
def test_tensors_of_the_first_versions(t):
    """torch.Tensor() with a state, and _rebuild_tensor."""
    storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x04tQ"
    numbers = b"K\x01K\x03\x85K\x01\x85"
    for pickled in (
        b"ctorch\nTensor\n)R(" + storage + numbers + b"tb",
        b"ctorch._utils\n_rebuild_tensor\n(" + storage + numbers + b"tR",
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in {
                "data.pkl": b"\x80\x02" + pickled + b".",
                "data/0": np.arange(4, dtype="f4").tobytes(),
                "version": b"3",
            }.items():
                archive.writestr(f"archive/{name}", data)
        out.seek(0)
        assert t.load(out).tolist() == [1, 2, 3]


# ---------------------------------------------------------------------- bounds and errors
def test_max_bytes():
    file = saved(mt.zeros(1000))
    with pytest.raises(RuntimeError, match=r"max_bytes=.*larger"):
        mt.load(file, max_bytes=3000)
    file.seek(0)
    assert mt.load(file, max_bytes=50_000).shape == (1000,)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        original = zipfile.ZipFile(saved(torch.zeros(20_000_000), torch))
        for name in original.namelist():
            archive.writestr(name, original.read(name))
    out.seek(0)
    with pytest.raises(RuntimeError, match="data/0"):
        mt.load(out)
    out.seek(0)
    assert mt.load(out, max_bytes=1 << 30).shape == (20_000_000,)


def test_errors_name_the_record_and_the_reason():
    good = saved({"w": torch.ones(2)}, torch).getvalue()
    for data, kind, words in [
        (good[:-40], RuntimeError, "directory"),
        (good.replace(np.ones(2, "f4").tobytes(), np.ones(2, "i4").tobytes()), RuntimeError, "data/0 .*checksum"),
        (b"not a checkpoint at all", pickle.UnpicklingError, "neither a zip archive"),
        (b"\x80\x02N.", RuntimeError, "not a checkpoint"),
    ]:
        with pytest.raises(kind, match=words):
            mt.load(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/version", "3")
    with pytest.raises(RuntimeError, match=r"no data\.pkl"):
        mt.load(io.BytesIO(out.getvalue()))


def test_a_large_file_of_many_small_things():
    obj = {f"layer{i}": {"w": mt.ones(2), "steps": list(range(20)), "name": "x" * 50} for i in range(2000)}
    found = mt.load(saved(obj))
    assert len(found) == 2000 and found["layer7"]["steps"] == list(range(20))
    assert torch.load(saved(obj)).keys() == found.keys()


def test_many_small_tensors_are_no_bomb():
    losses = [torch.tensor(float(i)) for i in range(20_000)]
    assert mt.load(saved(losses, torch))[19_999] == 19_999
