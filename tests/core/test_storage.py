"""The memory below arrays: who owns it, and windows on it."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt
from minitorch_bp.core.storage import byte_offset, is_dense, memory, root, window


def test_the_owner_is_found_through_all_kinds_of_views():
    owner = np.arange(24.0)
    for view in (
        owner, owner[3:], owner.reshape(4, 6).T[1:], np.lib.stride_tricks.as_strided(owner[2:], (3, 2), (16, 8)),
        np.lib.stride_tricks.sliding_window_view(owner[1:], 4), np.broadcast_to(owner[:1], (5,)), owner.view(np.uint8)[8:],
    ):  # fmt: skip
        assert root(view) is owner
    assert root(np.frombuffer(bytearray(8), np.uint8)[3:]).size == 8
    assert byte_offset(owner[3:]) == 24 and byte_offset(owner.reshape(4, 6).T[1:]) == 8


def test_windows():
    owner = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert is_dense(owner) and not is_dense(owner[:, ::2]) and memory(owner).nbytes == 48
    assert window(owner, owner.dtype, (2, 2), (1, 2), 8).tolist() == [[3, 4], [1, 2]]  # memory holds 0 3 1 4 2 5
    with pytest.raises(ValueError):
        window(owner, owner.dtype, (7,), (1,), 0)


def test_as_strided_of_what_is_strided_already():
    for t in (torch, mt):
        x = t.arange(12.0)
        y = x.as_strided((6,), (2,), 0).as_strided((2, 2), (4, 2), 1)
        assert (
            y.tolist() == [[1, 3], [5, 7]]
            and y.storage_offset() == 1
            and x.unfold(0, 3, 2).as_strided((2,), (1,)).tolist() == [0, 1]
        )
        assert (
            y.data_ptr() == x.data_ptr() + 4
            and y.untyped_storage().data_ptr() == x.data_ptr()
            and y.untyped_storage().nbytes() == 48
        )
        with t.no_grad():
            y.fill_(0)
        assert x.sum() == 66 - 16
        with pytest.raises(RuntimeError):
            y.as_strided((13,), (1,), 0)


NAMES = (
    "FloatStorage DoubleStorage HalfStorage BFloat16Storage ByteStorage CharStorage ShortStorage IntStorage LongStorage BoolStorage "
    "ComplexFloatStorage ComplexDoubleStorage"
)


def test_each_type_has_its_storage():
    for name in NAMES.split():
        ours, theirs = (getattr(t, name)([0, 1]) for t in (mt, torch))
        assert repr(ours.dtype) == repr(theirs.dtype) and ours.tolist() == theirs.tolist() and ours.nbytes() == theirs.nbytes()
        assert isinstance(ours, getattr(mt, name)) and not isinstance(mt.ones(1, dtype=mt.uint16).storage(), getattr(mt, name))


def test_storages_are_made_as_in_torch():
    for t in (torch, mt):
        assert (
            t.FloatStorage([1, 2]).tolist() == [1, 2]
            and len(t.IntStorage(3)) == 3
            and t.FloatStorage(2).fill_(4).tolist() == [4, 4]
        )
        assert t.UntypedStorage(5).nbytes() == 5 and list(t.UntypedStorage([1, 2]).tolist()) == [1, 2]
        x = t.ones(2)
        assert t.TypedStorage(wrap_storage=x.untyped_storage(), dtype=t.int32).tolist() == [0x3F800000] * 2
        assert isinstance(x.storage(), t.FloatStorage) and not isinstance(x.storage(), t.LongStorage)
        assert t.TypedStorage([1.5], dtype=t.float64).dtype is t.float64
