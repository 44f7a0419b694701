"""Every transform gives torchvision's images and text, and draws the same numbers (``make_golden_vision.py`` made the file)."""

import json
import pathlib
import sys
import warnings

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp.vision import models, transforms
from minitorch_bp.vision.transforms import v2

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import make_golden_vision as golden  # noqa: E402

pytest.importorskip("PIL")
STORED = json.loads((HERE / "golden.json").read_text())
ARRAYS = dict(np.load(HERE / "golden.npz"))
#: Of uint8, one level is allowed, as rounding goes; Pillow's pictures are Pillow's.
LEVELS = {"pil": 0, "uint8": 1, "float32": 2e-5}


def expected(case, seed):
    for dtype, start, *shape in STORED["index"]["|".join([*case, str(seed)])]:
        yield ARRAYS[dtype][start : start + int(np.prod(shape))].reshape(shape)


@pytest.mark.parametrize("case", list(golden.cases()), ids=lambda c: " ".join(c))
def test_transform(case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text, found = golden.results(torch, transforms, v2, case)
    assert text == STORED["texts"]["|".join(case)]
    for seed, (parts, following) in zip(golden.SEEDS, found, strict=True):
        *images, number = expected(case, seed)
        assert len(parts) == len(images)
        for ours, theirs in zip(parts, images, strict=True):
            assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
            assert np.abs(ours.astype(np.float64) - theirs.astype(np.float64)).max() <= LEVELS[case[1]]
        assert np.float32(following) == number, "another count of random numbers was drawn"


@pytest.mark.parametrize("call", golden.split(golden.MODELS))
def test_model(call):
    ours, theirs = golden.of_model(torch, models, call), STORED["models"][call]
    assert ours["keys"] == theirs["keys"]
    assert ours["values"] == theirs["values"]
    np.testing.assert_allclose(ours["output"], theirs["output"], rtol=1e-4, atol=1e-5 * max(map(abs, theirs["output"])))
