"""Random images and labels, to try a program with."""

from __future__ import annotations

from typing import Any

import minitorch_bp as torch

from ..transforms.conversion import to_pil_image
from .vision import VisionDataset


class FakeData(VisionDataset):
    """Images of noise, the same for the same index; the global generator is left as it was.

    Parameters
    ----------
    size : int
        How many.
    image_size : (C, H, W)
    num_classes : int
    transform, target_transform : callable, optional
    random_offset : int
        Another number, other images.
    """

    def __init__(
        self, size: int = 1000, image_size: Any = (3, 224, 224), num_classes: int = 10, transform: Any = None, target_transform: Any = None,
        random_offset: int = 0,
    ):  # fmt: skip
        super().__init__(transform=transform, target_transform=target_transform)
        self.size, self.num_classes, self.image_size, self.random_offset = size, num_classes, image_size, random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if index >= len(self):
            raise IndexError(f"FakeData: there are {len(self)} images, but index {index} was asked for")
        state = torch.get_rng_state()
        torch.manual_seed(index + self.random_offset)
        noise = torch.randn(*self.image_size)
        label = torch.randint(0, self.num_classes, size=(1,))[0]
        torch.set_rng_state(state)
        image, target = self._transformed(to_pil_image(noise), label)
        return image, target.item()

    def __len__(self) -> int:
        return self.size
