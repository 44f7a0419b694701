"""What datasets of images share: where they are, and what each image and its label go through."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from minitorch_bp.utils.data import Dataset


def _below_each_other(head: str, transform: Any) -> list[str]:
    first, *rest = repr(transform).splitlines()
    return [head + first, *(" " * len(head) + line for line in rest)]


class StandardTransform:
    """A transform of images and one of labels, as one of both."""

    def __init__(self, transform: Callable[..., Any] | None = None, target_transform: Callable[..., Any] | None = None):
        self.transform, self.target_transform = transform, target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        input = input if self.transform is None else self.transform(input)
        return input, target if self.target_transform is None else self.target_transform(target)

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        for head, transform in (("Transform: ", self.transform), ("Target transform: ", self.target_transform)):
            if transform is not None:
                lines += _below_each_other(head, transform)
        return "\n".join(lines)


class VisionDataset(Dataset):
    """The base class: ``transform`` of images, ``target_transform`` of labels, or ``transforms`` of both.

    Parameters
    ----------
    root : str or path, optional
        The folder.
    transforms : callable, optional
        Of an image and its label.
    transform, target_transform : callable, optional
        Of one of them; not beside ``transforms``.
    """

    def __init__(self, root: Any = None, transforms: Any = None, transform: Any = None, target_transform: Any = None):
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ValueError(f"{type(self).__name__}: give either transforms, or transform and target_transform")
        self.transform, self.target_transform = transform, target_transform
        self.transforms = StandardTransform(transform, target_transform) if separate else transforms

    def _transformed(self, image: Any, target: Any) -> tuple[Any, Any]:
        image = image if self.transform is None else self.transform(image)
        return image, target if self.target_transform is None else self.target_transform(target)

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def extra_repr(self) -> str:
        """More lines of the text."""
        return ""

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            lines.append(f"Root location: {self.root}")
        lines += self.extra_repr().splitlines()
        if self.transforms is not None:
            lines.append(repr(self.transforms))
        return "\n".join([f"Dataset {type(self).__name__}", *(f"    {line}" for line in lines)])


def not_found(name: str, where: Any) -> RuntimeError:
    """What is raised when the files are not there."""
    return RuntimeError(f"{name}: the files are not in {where}, or are damaged; download=True downloads them")
