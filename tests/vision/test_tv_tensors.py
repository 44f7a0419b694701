"""Images, masks and boxes that are transformed as one.

Their classes make every public function ask them for as long as the process lives, so each test has a process of its own.
"""

import doctest
import subprocess
import sys

import pytest


def by_itself(function):
    """Run a function of this file in a fresh process."""
    line = f"import runpy; runpy.run_path({__file__!r})[{function!r}]()"
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("function", ["samples_are_transformed_as_one", "examples"])
def test_in_a_process_of_its_own(function):
    by_itself(function)


def examples():
    from minitorch_bp.vision import tv_tensors

    result = doctest.testmod(tv_tensors, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted and not result.failed


def samples_are_transformed_as_one():
    import minitorch_bp as torch
    from minitorch_bp.vision import tv_tensors
    from minitorch_bp.vision.transforms import v2

    image = tv_tensors.Image(torch.arange(12).view(1, 3, 4))
    mask = tv_tensors.Mask(torch.arange(12).view(3, 4))
    boxes = tv_tensors.BoundingBoxes([[0, 0, 1, 2]], format="XYXY", canvas_size=(3, 4))
    sample = {"image": image, "target": {"mask": mask, "boxes": boxes, "label": torch.tensor([7])}, "name": "x"}
    out = v2.RandomHorizontalFlip(1.0)(sample)
    assert out["image"][0].tolist() == out["target"]["mask"].tolist() == torch.arange(12).view(3, 4).flip(-1).tolist()
    assert out["target"]["boxes"].tolist() == [[3, 0, 4, 2]] and out["target"]["label"].tolist() == [7] and out["name"] == "x"
    assert [type(v).__name__ for v in (out["image"], out["target"]["mask"], out["target"]["boxes"])] == [
        "Image",
        "Mask",
        "BoundingBoxes",
    ]
    out = v2.Resize((6, 8))(sample)
    assert out["target"]["boxes"].tolist() == [[0, 0, 2, 4]] and out["target"]["boxes"].canvas_size == (6, 8)
    assert set(out["target"]["mask"].unique().tolist()) == set(range(12))  # no new classes between two
    assert v2.CenterCrop((1, 2))(boxes).tolist() == [[0, 0, 0, 1]]
    assert v2.Pad((1, 2))(boxes).tolist() == [[1, 2, 2, 4]]
    bright = v2.ColorJitter(brightness=(2, 2))(sample)
    assert bright["target"]["mask"].tolist() == mask.tolist() and bright["image"].max() == 22
    assert v2.Resize((6, 8))((torch.zeros(1, 3, 4), torch.tensor([[1, 2]])))[1].tolist() == [[1, 2]]  # the second tensor is a label
    with pytest.raises(ValueError, match="sizes"):
        v2.RandomCrop(2)((image, tv_tensors.Mask(torch.zeros(5, 5))))
