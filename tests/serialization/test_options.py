"""Settings of ``save`` and ``load``: byte order, checksums, mapping, contents left out, places that others add."""

import io
import mmap
import pickle
import threading
import zipfile

import pytest
import torch
import torch.utils.serialization

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [torch, mt], ids=["torch", "ours"])


def saved(obj, t=mt, **options):
    buffer = io.BytesIO()
    t.save(obj, buffer, **options)
    buffer.seek(0)
    return buffer


def without(buffer, record):
    out = io.BytesIO()
    source = zipfile.ZipFile(buffer)
    with zipfile.ZipFile(out, "w") as copy:
        for name in source.namelist():
            if not name.endswith(record):
                copy.writestr(name, source.read(name))
    out.seek(0)
    return out


@BOTH
def test_byte_order_of_files_that_do_not_say_theirs(t):
    s = t.serialization
    assert s.get_default_load_endianness() is None
    big = t.tensor([1.0]).numpy().byteswap().item()
    try:
        for order, value in ((None, 1), (s.LoadEndianness.LITTLE, 1), (s.LoadEndianness.NATIVE, 1), (s.LoadEndianness.BIG, big)):
            s.set_default_load_endianness(order)
            assert s.get_default_load_endianness() is order
            assert t.load(without(saved(t.tensor([1.0]), t), "byteorder")).item() == pytest.approx(value)
            assert t.load(saved(t.tensor([1.0]), t)).item() == 1
        for wrong in (3, "big"):
            with pytest.raises(TypeError):
                s.set_default_load_endianness(wrong)
    finally:
        s.set_default_load_endianness(None)
    assert [(each.name, each.value) for each in s.LoadEndianness] == [("NATIVE", 1), ("LITTLE", 2), ("BIG", 3)]


@BOTH
def test_checksums(t):
    s = t.serialization
    assert s.get_crc32_options() is True
    try:
        s.set_crc32_options(False)
        assert s.get_crc32_options() is False and t.utils.serialization.config.save.compute_crc32 is False
        buffer = saved(t.ones(3), t)
    finally:
        s.set_crc32_options(True)
    assert [info.CRC for info in zipfile.ZipFile(buffer).infolist() if "data/0" in info.filename] == [0]
    buffer.seek(0)
    assert torch.load(buffer).tolist() == [1, 1, 1]
    buffer.seek(0)
    assert mt.load(buffer).tolist() == [1, 1, 1]


@BOTH
def test_mapping(t, tmp_path):
    s, path = t.serialization, tmp_path / "x.pt"
    t.save(t.ones(3), path)
    assert s.get_default_mmap_options() == s.MAP_PRIVATE == mmap.MAP_PRIVATE and s.MAP_SHARED == mmap.MAP_SHARED
    t.load(path, mmap=True).fill_(5)
    assert t.load(path).tolist() == [1, 1, 1]
    with s.set_default_mmap_options(mmap.MAP_SHARED):
        assert s.get_default_mmap_options() == mmap.MAP_SHARED
        t.load(path, mmap=True).fill_(5)
    assert t.load(path, mmap=True).tolist() == [5, 5, 5] and s.get_default_mmap_options() == mmap.MAP_PRIVATE
    s.set_default_mmap_options(mmap.MAP_SHARED)
    assert s.get_default_mmap_options() == mmap.MAP_SHARED
    s.set_default_mmap_options(mmap.MAP_PRIVATE)
    with pytest.raises(ValueError):
        s.set_default_mmap_options(99)


@BOTH
def test_settings_of_the_process(t, tmp_path):
    config = t.utils.serialization.config
    t.save(t.ones(3), tmp_path / "x.pt")
    t.save(t.ones(3), tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    assert (config.load.mmap, config.load.endianness, config.load.calculate_storage_offsets) == (False, None, False)
    assert (config.save.compute_crc32, config.save.storage_alignment, config.save.use_pinned_memory_for_d2h) == (True, 64, False)
    with config.patch("load.mmap", True):
        assert t.load(tmp_path / "x.pt").tolist() == [1, 1, 1]
        with pytest.raises(RuntimeError):
            t.load(tmp_path / "old.pt")
    with config.patch("save.storage_alignment", 4096):
        buffer = saved([t.ones(1), t.ones(5)], t)
    with t.serialization._open_zipfile_reader(buffer) as archive:
        assert [archive.get_record_offset(f"data/{k}") % 4096 for k in range(2)] == [0, 0]
        assert archive.get_record(".storage_alignment") == b"4096"
    with pytest.raises(AttributeError):
        config.load.unknown = 1


@BOTH
def test_contents_left_out(t):
    with t.serialization.skip_data():
        buffer = saved({"w": t.ones(1000), "h": t.ones(3, dtype=t.bfloat16)}, t)
        with pytest.raises(RuntimeError):
            saved(t.ones(2), t, _use_new_zipfile_serialization=False)
    assert len(buffer.getvalue()) > 4000
    found = t.load(buffer)
    assert found["w"].shape == (1000,) and found["h"].dtype is t.bfloat16 and found["w"].count_nonzero() == 0
    full = saved({"w": t.ones(1000)}, t)
    shapes = []
    with t.serialization.skip_data(materialize_fake_tensors=True):
        shapes.append(t.load(full)["w"].shape)
        full.seek(0)
        thread = threading.Thread(target=lambda: shapes.append(t.load(full)["w"].sum().item()))
        thread.start()
        thread.join()
    assert shapes == [(1000,), 1000]
    full.seek(0)
    assert t.load(full)["w"].sum() == 1000


def test_skipped_contents_are_checked_as_others_are():
    buffer = saved(mt.ones(1000))
    with mt.serialization.skip_data(), pytest.raises(RuntimeError, match="max_bytes"):
        mt.load(buffer, max_bytes=3000)


@pytest.mark.parametrize("t", [torch, mt], ids=["torch", "ours"])
def test_places_that_others_add(t):
    s, x = t.serialization, t.ones(2).untyped_storage()
    assert s.location_tag(x) == "cpu" and s.default_restore_location(x, "cpu") is x
    for place in ("elsewhere", "foo:1", "cuda:0"):
        with pytest.raises(RuntimeError):
            s.default_restore_location(x, place)
    with pytest.raises(RuntimeError):
        s.validate_cuda_device("cuda:0")
    moved = []

    def tagger(storage):
        return "elsewhere" if storage.nbytes() == 20 else None

    def restore(storage, location):
        if location == "elsewhere":
            moved.append(storage.nbytes())
            return storage
        return None

    registry = torch.serialization._package_registry if t is torch else mt.serialization.locations._registered
    before = list(registry)
    try:
        s.register_package(5, tagger, restore)
        buffer = saved([t.ones(5), t.ones(4)], t)
        assert b"elsewhere" in buffer.getvalue()
        assert [x.tolist() for x in t.load(buffer)] == [[1] * 5, [1] * 4] and moved == [20]
        with pytest.raises(TypeError):
            s.register_package("a", tagger, restore)
    finally:
        registry[:] = before
    buffer.seek(0)
    with pytest.raises(RuntimeError, match="elsewhere"):
        t.load(buffer)
    buffer.seek(0)
    assert t.load(buffer, map_location="cpu")[0].tolist() == [1] * 5


@BOTH
def test_pairs_come_back_as_pairs(t):
    before = t.serialization.get_safe_globals()
    t.serialization.add_safe_globals([(Renamed, "other.module.Name"), Renamed])
    try:
        found = [each for each in t.serialization.get_safe_globals() if each not in before]
        assert len(found) == 2 and (Renamed, "other.module.Name") in found and Renamed in found
    finally:
        t.serialization.clear_safe_globals()
        t.serialization.add_safe_globals(before)


class Renamed:
    pass


@BOTH
def test_variables_of_the_environment(t, monkeypatch):
    buffer = saved(Renamed(), t)

    def load(**options):
        buffer.seek(0)
        return type(t.load(buffer, **options))

    for value in ("1", "y", "true"):
        monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", value)
        assert load() is Renamed
        with pytest.raises(pickle.UnpicklingError):
            load(weights_only=True)
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")
    with pytest.raises(RuntimeError):
        load()
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "0")
    for options in ({}, {"weights_only": False}):
        with pytest.raises(pickle.UnpicklingError):
            load(**options)
