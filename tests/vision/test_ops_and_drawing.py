"""Boxes by their geometry; grids and drawing by what stands at known pixels."""

import io

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp.vision import ops, utils
from minitorch_bp.vision.transforms import v2

pytest.importorskip("PIL")
BOXES = torch.tensor([[0.0, 0, 4, 4], [2, 2, 6, 6], [0, 0, 4, 5], [10, 10, 12, 12]])


def test_overlaps():
    iou = ops.box_iou(BOXES, BOXES)
    assert torch.equal(iou, iou.T) and iou.diagonal().tolist() == [1, 1, 1, 1]
    assert iou[0, 1].item() == pytest.approx(4 / 28) and iou[0, 2].item() == pytest.approx(16 / 20) and iou[0, 3].item() == 0
    giou = ops.generalized_box_iou(BOXES, BOXES)
    assert giou[0, 1].item() == pytest.approx(4 / 28 - (36 - 28) / 36) and giou[0, 3].item() == pytest.approx(-(144 - 20) / 144)
    assert ops.distance_box_iou(BOXES, BOXES)[0, 1].item() == pytest.approx(4 / 28 - 8 / 72)
    assert ops.box_area(BOXES).tolist() == [16, 16, 20, 4]


def test_integers_do_not_overflow():
    boxes = torch.tensor([[0, 0, 200, 200]], dtype=torch.uint8)
    assert ops.box_area(boxes).tolist() == [40000] and ops.box_iou(boxes, boxes).item() == 1


def test_suppression():
    scores = torch.tensor([0.9, 0.8, 0.95, 0.1])
    assert ops.nms(BOXES, scores, 0.5).tolist() == [2, 1, 3] and ops.nms(BOXES, scores, 0.8).tolist() == [2, 0, 1, 3]
    assert ops.nms(BOXES, scores, 0.1).tolist() == [2, 3]
    assert ops.batched_nms(BOXES, scores, torch.tensor([0, 0, 1, 0]), 0.1).tolist() == [2, 0, 3]
    assert ops.nms(torch.empty(0, 4), torch.empty(0), 0.5).tolist() == []
    with pytest.raises(RuntimeError):
        ops.nms(BOXES, scores[:2], 0.5)


@pytest.mark.parametrize("first", ["xyxy", "xywh", "cxcywh"])
@pytest.mark.parametrize("second", ["xyxy", "xywh", "cxcywh"])
def test_formats_there_and_back(first, second):
    boxes = ops.box_convert(BOXES, "xyxy", first)
    assert torch.equal(ops.box_convert(ops.box_convert(boxes, first, second), second, first), boxes)
    with pytest.raises(ValueError, match="xyxy"):
        ops.box_convert(BOXES, first, "corners")


def test_gradients_of_losses():
    boxes = torch.tensor([[0.0, 0.0, 2.0, 2.0]], requires_grad=True)
    ops.box_iou(boxes, torch.tensor([[1.0, 0.0, 3.0, 2.0]])).backward()
    # IoU = i / (8 - i) with i = 2 (x2 - 1) and the first area 2 x2: derivative by x2 at 2 is (2 * 6 - 2 * 0) / 36
    assert boxes.grad[0, 2].item() == pytest.approx(1 / 3)


def test_a_grid():
    images = torch.arange(1, 6).float().view(5, 1, 1, 1).expand(5, 1, 2, 2)
    grid = utils.make_grid(images, nrow=3, padding=1, pad_value=9)
    assert grid.shape == (3, 7, 10)
    assert grid[0, 1].tolist() == [9, 1, 1, 9, 2, 2, 9, 3, 3, 9] and grid[0, 4].tolist() == [9, 4, 4, 9, 5, 5, 9, 9, 9, 9]
    scaled = utils.make_grid(images, nrow=5, padding=0, normalize=True)
    assert scaled[0, 0, ::2].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert utils.make_grid(images, nrow=5, padding=0, normalize=True, value_range=(0, 10))[0, 0, 0].item() == pytest.approx(0.1)
    assert images.max() == 5, "the images are not overwritten"
    assert utils.make_grid([torch.zeros(3, 2, 2)]).shape == (3, 2, 2)
    with pytest.raises(TypeError):
        utils.make_grid(np.zeros((2, 3, 4, 4)))


def test_files_hold_the_rounded_values():
    from PIL import Image

    file = io.BytesIO()
    utils.save_image(torch.tensor([0.0, 0.5, 1.0, 2.0]).view(1, 2, 2), file, format="PNG")
    assert np.asarray(Image.open(file))[..., 0].tolist() == [[0, 128], [255, 255]]


def test_drawing():
    image = torch.zeros(3, 8, 8)
    boxed = utils.draw_bounding_boxes(image, torch.tensor([[1, 1, 5, 5]]), labels=["a"], colors=[(255, 0, 0)], width=1)
    assert (
        boxed.dtype == torch.float32
        and boxed[:, 1, 3].tolist() == [1, 0, 0]
        and boxed[:, 0, 0].tolist() == [0, 0, 0]
        and image.sum() == 0
    )
    masks = torch.zeros(2, 8, 8, dtype=torch.bool)
    masks[0, :4], masks[1, 3:] = True, True
    masked = utils.draw_segmentation_masks(torch.full((3, 8, 8), 100, dtype=torch.uint8), masks, alpha=0.5, colors=["red", "blue"])
    assert (
        masked[:, 0, 0].tolist() == [177, 50, 50]
        and masked[:, 7, 0].tolist() == [50, 50, 177]
        and masked[:, 3, 0].tolist() == [50] * 3
    )
    with pytest.raises(ValueError, match="2 labels for 1"):
        utils.draw_bounding_boxes(image, torch.tensor([[1, 1, 5, 5]]), labels=["a", "b"])
    with pytest.raises(ValueError, match="other way"):
        utils.draw_bounding_boxes(image, torch.tensor([[5, 1, 1, 5]]))


def test_mixing_a_batch():
    torch.manual_seed(0)
    images, labels = torch.arange(3.0).view(3, 1, 1, 1).expand(3, 1, 4, 4), torch.tensor([0, 1, 2])
    mixed, target = v2.MixUp(num_classes=3)(images, labels)
    part = target[1, 1].item()
    assert target.sum(1).tolist() == pytest.approx([1, 1, 1]) and mixed[1, 0, 0, 0].item() == pytest.approx(part)
    cut, target = v2.CutMix(num_classes=3)(images, labels)
    area = (cut[1] == 0).float().mean().item()
    assert target[1].tolist() == pytest.approx([area, 1 - area, 0])
    with pytest.raises(ValueError, match="num_classes"):
        v2.MixUp()(images, labels)


def test_pillow_is_asked_for_when_it_is_missing(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "PIL.ImageOps", None)
    from minitorch_bp.vision._pillow import pillow

    with pytest.raises(ImportError, match="pip install"):
        pillow("ImageOps")
