"""Checkpoints cross over to PyTorch and back, and a hostile file does nothing."""

import io
import pickle
import zipfile

import numpy as np
import pytest
import torch

import minitorch_bp as mt


def content(t):
    x = t.arange(6.0).reshape(2, 3)
    return {
        "w": x,
        "view": x[0],
        "transposed": x.T,
        "scalar": t.tensor(3),
        "empty": t.zeros(0, 2),
        "list": [1, 2.5, "a", None, True, (t.ones(2, dtype=t.int8),)],
        "parameter": t.nn.Parameter(t.ones(2, dtype=t.float64)),
        "size": x.shape,
    }


@pytest.mark.parametrize("writer, reader", [(mt, torch), (torch, mt), (mt, mt)], ids=["to torch", "from torch", "own"])
def test_files_cross_over(writer, reader, tmp_path):
    path = tmp_path / "x.pt"
    writer.save(content(writer), path)
    found = reader.load(path)
    expected = content(reader)
    assert list(found) == list(expected)
    for key in ("w", "view", "transposed", "scalar", "empty", "parameter"):
        assert repr(found[key]) == repr(expected[key])
        assert found[key].stride() == expected[key].stride()
    assert found["list"][:5] == expected["list"][:5] and found["size"] == expected["size"]
    with reader.no_grad():
        found["w"][0, 0] = 9  # shared memory is shared again
    assert found["view"][0].item() == 9


def test_state_dict_of_a_model_and_an_optimizer():
    buffers = []
    for t in (mt, torch):
        t.manual_seed(0)
        model = t.nn.Sequential(t.nn.Linear(3, 2), t.nn.BatchNorm1d(2))
        optimizer = t.optim.Adam(model.parameters())
        model(t.ones(4, 3)).sum().backward()
        optimizer.step()
        buffer = io.BytesIO()
        t.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, buffer)
        buffers.append((t, model, optimizer, buffer))
    (_, model, optimizer, _), (_, _, _, theirs) = buffers
    theirs.seek(0)
    loaded = mt.load(theirs)
    assert repr(model.load_state_dict(loaded["model"])) == "<All keys matched successfully>"
    optimizer.load_state_dict(loaded["optimizer"])
    assert optimizer.state_dict()["state"][0]["step"].item() == 1
    for name, value in loaded["model"].items():
        np.testing.assert_array_equal(model.state_dict()[name].numpy(), value.numpy())


class Evil:
    def __reduce__(self):
        return (print, ("executed",))


def archive_of(obj):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(obj, 2))
    buffer.seek(0)
    return buffer


def test_loading_executes_nothing(capsys):
    with pytest.raises(pickle.UnpicklingError, match="weights_only"):
        mt.load(archive_of(Evil()))
    assert "executed" not in capsys.readouterr().out


def test_impossible_tensors_are_refused():
    storage = np.zeros(4, np.float32)
    from minitorch_bp.serialization import _rebuild_tensor

    for offset, size, stride in ((0, (5,), (1,)), (3, (2,), (1,)), (0, (2, 2), (4, 1)), (-1, (1,), (1,)), (0, (2,), (-1,))):
        with pytest.raises(pickle.UnpicklingError):
            _rebuild_tensor(storage, offset, size, stride, False, None)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"not a zip")
    with pytest.raises(RuntimeError, match="not a checkpoint"):
        mt.load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "b")
    with pytest.raises(RuntimeError, match=r"no data\.pkl"):
        mt.load(path)
