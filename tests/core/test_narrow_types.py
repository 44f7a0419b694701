"""Types of 8 bits, and types that are only names: what PyTorch says of them, and the bytes of their numbers."""

import numpy as np
import pytest
import torch

import minitorch_bp

FLOAT8 = ["float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"]
ONLY_NAMES = [
    *("complex32", "chalf", "float4_e2m1fn_x2", "bit", "bits1x8", "bits2x4", "bits4x2", "bits8", "bits16"),
    *(f"{sign}int{k}" for sign in ("", "u") for k in range(1, 8)),
]


@pytest.mark.parametrize("name", FLOAT8)
def test_numbers_are_rounded_as_in_torch(name):
    values = np.r_[0.0, -0.0, 0.1, 15.9, 250, 464.1, 61441, 1e6, np.inf, -np.inf, -500, 1e-9, np.geomspace(1e-6, 1e6, 500)]
    values = np.r_[values, -values].astype(np.float32)
    theirs = torch.tensor(values).to(getattr(torch, name))
    ours = minitorch_bp.tensor(values).to(getattr(minitorch_bp, name))
    assert np.array_equal(ours.view(minitorch_bp.uint8).numpy(), theirs.view(torch.uint8).numpy())
    assert np.array_equal(ours.float().numpy(), theirs.float().numpy(), equal_nan=True)
    every = np.arange(256, dtype=np.uint8)
    theirs, ours = torch.tensor(every).view(theirs.dtype), minitorch_bp.tensor(every).view(ours.dtype)
    assert np.array_equal(ours.double().numpy(), theirs.double().numpy(), equal_nan=True)


@pytest.mark.parametrize("name", FLOAT8)
def test_what_is_asked_of_a_type(name):
    theirs, ours = getattr(torch, name), getattr(minitorch_bp, name)
    for attribute in ("itemsize", "is_floating_point", "is_complex", "is_signed"):
        assert getattr(theirs, attribute) == getattr(ours, attribute)
    text = repr(torch.finfo(theirs))  # (which has eps of the type with one more digit)
    text = text.replace("eps=0.125", "eps=0.25") if name == "float8_e5m2fnuz" else text
    assert text == repr(minitorch_bp.finfo(ours))
    for framework, d in ((torch, theirs), (minitorch_bp, ours)):
        assert framework.promote_types(d, d) is d
        with pytest.raises(RuntimeError):
            framework.promote_types(d, framework.float32)
        assert framework.can_cast(d, framework.float32) and not framework.can_cast(d, framework.int8)


@pytest.mark.parametrize("name", FLOAT8)
def test_they_are_printed_moved_and_compared(name):
    texts = []
    for framework in (torch, minitorch_bp):
        t = framework.tensor([[1.0, 8.0], [2.0, 0.5]], dtype=getattr(framework, name))
        texts.append(
            [repr(t), repr(t[1]), repr(t.t()), repr(framework.cat([t, t])), repr(t == t), repr(t.tolist()), repr(t[0, 0].item())]
        )
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", ONLY_NAMES)
def test_a_name_without_tensors(name):
    theirs, ours = getattr(torch, name), getattr(minitorch_bp, name)
    assert repr(theirs) == repr(ours)
    assert theirs.itemsize == ours.itemsize and theirs.is_complex == ours.is_complex
    assert theirs.is_floating_point == ours.is_floating_point
    with pytest.raises(NotImplementedError):
        minitorch_bp.ones(2, dtype=ours)
    if not theirs.is_complex:
        with pytest.raises(NotImplementedError):
            torch.ones(2).to(theirs)
