"""STL-10: photographs of ten kinds of things, a few with labels and many without, in files of bare bytes."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .._pillow import from_array
from .utils import check_integrity, download_and_extract_archive, verify_str_arg
from .vision import VisionDataset, not_found


class STL10(VisionDataset):
    """Photographs, 96 x 96.

    Parameters
    ----------
    root : str or path
        The folder that holds ``stl10_binary``.
    split : 'train', 'train+unlabeled', 'unlabeled' or 'test'
        Without labels, they are -1.
    folds : int, optional
        One of the ten parts of the training images that results are given for.
    transform, target_transform : callable, optional
    download : bool
        Download the archive if the files are not there.
    """

    base_folder = "stl10_binary"
    url = "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz"
    filename, tgz_md5 = "stl10_binary.tar.gz", "91f7769df0f17e558f3565bffb0c7dfb"
    class_names_file, folds_list_file = "class_names.txt", "fold_indices.txt"
    train_list: list[list[str]] = [
        ["train_X.bin", "918c2871b30a85fa023e0c44e0bee87f"],
        ["train_y.bin", "5a34089d4802c674881badbb80307741"],
        ["unlabeled_X.bin", "5242ba1fed5e4be9e1e742405eb56ca4"],
    ]
    test_list: list[list[str]] = [
        ["test_X.bin", "7f263ba9f9e0b06b93213547f721ac82"],
        ["test_y.bin", "36f9794fa4beb8a2c72628de14fa638e"],
    ]
    splits = ("train", "train+unlabeled", "unlabeled", "test")

    def __init__(
        self, root: Any, split: str = "train", folds: int | None = None, transform: Any = None, target_transform: Any = None,
        download: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", self.splits)
        if folds is not None and (not isinstance(folds, int) or folds not in range(10)):
            raise ValueError(f"STL10: folds must be None or from 0 to 9, but is {folds!r}")
        self.folds = folds
        if download:
            self.download()
        if not self._check_integrity():
            raise not_found("STL10", os.path.join(self.root, self.base_folder))
        parts = []
        if split.startswith("train"):
            images, labels = self._read(self.train_list[0][0]), self._labels(self.train_list[1][0])
            chosen = slice(None) if folds is None else self._fold(folds)
            parts.append((images[chosen], labels[chosen]))
        if split.endswith("unlabeled"):
            images = self._read(self.train_list[2][0])
            parts.append((images, np.full(len(images), -1)))
        if split == "test":
            parts.append((self._read(self.test_list[0][0]), self._labels(self.test_list[1][0])))
        self.data = np.concatenate([images for images, _ in parts])
        self.labels = np.concatenate([labels for _, labels in parts])
        names = self._path(self.class_names_file)
        if os.path.isfile(names):
            with open(names) as file:
                self.classes = file.read().splitlines()

    def _path(self, name: str) -> str:
        return os.path.join(self.root, self.base_folder, name)

    def _read(self, name: str) -> np.ndarray:
        """Images (N, C, H, W); the file has each by columns."""
        return np.fromfile(self._path(name), np.uint8).reshape(-1, 3, 96, 96).transpose(0, 1, 3, 2)

    def _labels(self, name: str) -> np.ndarray:
        return np.fromfile(self._path(name), np.uint8) - 1  # the file counts from 1

    def _fold(self, k: int) -> np.ndarray:
        with open(self._path(self.folds_list_file)) as file:
            return np.array(file.read().splitlines()[k].split(), np.int64)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(from_array(np.ascontiguousarray(self.data[index].transpose(1, 2, 0))), int(self.labels[index]))

    def __len__(self) -> int:
        return self.data.shape[0]

    def _check_integrity(self) -> bool:
        return all(check_integrity(self._path(name), md5) for name, md5 in self.train_list + self.test_list)

    def download(self) -> None:
        """Download the archive and extract it, unless the files are there."""
        if not self._check_integrity():
            download_and_extract_archive(self.url, self.root, filename=self.filename, md5=self.tgz_md5)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
