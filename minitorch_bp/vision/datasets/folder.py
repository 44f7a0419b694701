"""Folders of files: the name of the folder is the class."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .._pillow import pillow
from .vision import VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def has_file_allowed_extension(filename: str, extensions: Any) -> bool:
    """Whether a name has one of some endings, in upper or lower case."""
    return filename.lower().endswith(extensions if isinstance(extensions, str) else tuple(extensions))


def is_image_file(filename: str) -> bool:
    """Whether a name ends as that of an image."""
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def find_classes(directory: Any) -> tuple[list[str], dict[str, int]]:
    """The folders in a folder, in order, and the number of each."""
    classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    if not classes:
        raise FileNotFoundError(f"there is no folder of a class in {directory}: each class has one, with its files in it")
    return classes, {name: k for k, name in enumerate(classes)}


def make_dataset(
    directory: Any, class_to_idx: dict[str, int] | None = None, extensions: Any = None, is_valid_file: Any = None,
    allow_empty: bool = False,
) -> list[tuple[str, int]]:  # fmt: skip
    """All files of the classes, with the number of each."""
    directory = os.path.expanduser(directory)
    if class_to_idx is None:
        class_to_idx = find_classes(directory)[1]
    elif not class_to_idx:
        raise ValueError("make_dataset: class_to_idx holds no class")
    if (extensions is None) == (is_valid_file is None):
        raise ValueError("make_dataset: give either extensions or is_valid_file")
    valid = is_valid_file if extensions is None else lambda name: has_file_allowed_extension(name, extensions)
    found: list[tuple[str, int]] = []
    empty = []
    for name in sorted(class_to_idx):
        before = len(found)
        for folder, _, files in sorted(os.walk(os.path.join(directory, name), followlinks=True)):
            found += [(path, class_to_idx[name]) for path in (os.path.join(folder, f) for f in sorted(files)) if valid(path)]
        if len(found) == before:
            empty.append(name)
    if empty and not allow_empty:
        endings = (
            "" if extensions is None else f" with the ending {extensions if isinstance(extensions, str) else ', '.join(extensions)}"
        )
        raise FileNotFoundError(f"there is no file{endings} for {', '.join(empty)} in {directory}")
    return found


class DatasetFolder(VisionDataset):
    """Files in ``root/class/...``, read by a function.

    Parameters
    ----------
    root : str or path
    loader : callable
        Of a path.
    extensions : tuple of str, optional
        The endings of the files.
    transform, target_transform : callable, optional
    is_valid_file : callable, optional
        Of a path, in place of ``extensions``.
    allow_empty : bool
        Whether a class may have no file.
    """

    def __init__(
        self, root: Any, loader: Callable[[str], Any], extensions: Any = None, transform: Any = None, target_transform: Any = None,
        is_valid_file: Any = None, allow_empty: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.classes, self.class_to_idx = self.find_classes(self.root)
        self.samples = self.make_dataset(self.root, self.class_to_idx, extensions, is_valid_file, allow_empty)
        self.loader, self.extensions = loader, extensions
        self.targets = [label for _, label in self.samples]

    @staticmethod
    def make_dataset(
        directory: Any, class_to_idx: dict[str, int], extensions: Any = None, is_valid_file: Any = None, allow_empty: bool = False
    ) -> list[tuple[str, int]]:
        """The files; to be overridden where they lie otherwise."""
        return make_dataset(directory, class_to_idx, extensions, is_valid_file, allow_empty)

    def find_classes(self, directory: Any) -> tuple[list[str], dict[str, int]]:
        """The classes; to be overridden where they are others than the folders."""
        return find_classes(directory)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        return self._transformed(self.loader(path), target)

    def __len__(self) -> int:
        return len(self.samples)


def pil_loader(path: Any) -> Any:
    """The image of a file, in red, green and blue."""
    with pillow().open(path) as image:
        return image.convert("RGB")


default_loader = pil_loader


class ImageFolder(DatasetFolder):
    """Image files in ``root/class/...``.

    Parameters
    ----------
    root : str or path
    transform, target_transform : callable, optional
    loader : callable
        Of a path.
    is_valid_file : callable, optional
        Of a path; by default, whether its ending is that of an image.
    allow_empty : bool
        Whether a class may have no file.
    """

    def __init__(
        self, root: Any, transform: Any = None, target_transform: Any = None, loader: Any = default_loader, is_valid_file: Any = None,
        allow_empty: bool = False,
    ):  # fmt: skip
        extensions = IMG_EXTENSIONS if is_valid_file is None else None
        super().__init__(root, loader, extensions, transform, target_transform, is_valid_file, allow_empty)
        self.imgs = self.samples
