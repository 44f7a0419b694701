"""CIFAR-10 and CIFAR-100: dictionaries of arrays, in pickles that Python 2 wrote.

The checksums are compared before a file is opened, and only what such a file needs is unpickled: arrays, no code.
"""

from __future__ import annotations

import os
import pickle
from typing import Any

import numpy as np

from .._pillow import from_array
from .utils import check_integrity, download_and_extract_archive
from .vision import VisionDataset, not_found

_ALLOWED = {("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}


class _Arrays(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _ALLOWED:
            return super().find_class(module, name)
        if name == "_reconstruct" and module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            return super().find_class("numpy._core.multiarray", name)
        raise pickle.UnpicklingError(f"the file names {module}.{name}; a file of CIFAR holds arrays, lists and strings")


class CIFAR10(VisionDataset):
    """Photographs of ten kinds of things, 32 x 32: 50,000 to train with, 10,000 to test.

    Parameters
    ----------
    root : str or path
        The folder that holds ``cifar-10-batches-py``.
    train : bool
    transform, target_transform : callable, optional
    download : bool
        Download the archive if the files are not there.
    """

    base_folder = "cifar-10-batches-py"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename, tgz_md5 = "cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a"
    train_list: list[list[str]] = [
        ["data_batch_1", "c99cafc152244af753f735de768cd75f"],
        ["data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"],
        ["data_batch_3", "54ebc095f3ab1f0389bbae665268c751"],
        ["data_batch_4", "634d18415352ddfa80567beed471001a"],
        ["data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"],
    ]
    test_list: list[list[str]] = [["test_batch", "40351d587109b95175f43aff81a1287e"]]
    meta: dict[str, str] = {"filename": "batches.meta", "key": "label_names", "md5": "5ff9c542aee3614f3951f8cda6e48888"}

    def __init__(self, root: Any, train: bool = True, transform: Any = None, target_transform: Any = None, download: bool = False):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        if not self._check_integrity():
            raise not_found(type(self).__name__, os.path.join(self.root, self.base_folder))
        entries = [self._unpickled(name) for name, _ in (self.train_list if train else self.test_list)]
        self.targets: list[int] = [label for e in entries for label in e.get("labels", e.get("fine_labels"))]
        images = np.vstack([e["data"] for e in entries]).reshape(-1, 3, 32, 32)
        self.data = images.transpose(0, 2, 3, 1)  # as NumPy and Pillow have images
        if not check_integrity(os.path.join(self.root, self.base_folder, self.meta["filename"]), self.meta["md5"]):
            raise not_found(type(self).__name__, os.path.join(self.root, self.base_folder, self.meta["filename"]))
        self.classes: list[str] = self._unpickled(self.meta["filename"])[self.meta["key"]]
        self.class_to_idx = {name: k for k, name in enumerate(self.classes)}

    def _unpickled(self, name: str) -> Any:
        with open(os.path.join(self.root, self.base_folder, name), "rb") as file:
            return _Arrays(file, encoding="latin1").load()

    def _check_integrity(self) -> bool:
        files = self.train_list + self.test_list
        return all(check_integrity(os.path.join(self.root, self.base_folder, name), md5) for name, md5 in files)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(from_array(self.data[index]), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def download(self) -> None:
        """Download the archive and extract it, unless the files are there."""
        if not self._check_integrity():
            download_and_extract_archive(self.url, self.root, filename=self.filename, md5=self.tgz_md5)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class CIFAR100(CIFAR10):
    """A hundred kinds, in the form of :class:`CIFAR10`."""

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename, tgz_md5 = "cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85"
    train_list = [["train", "16019d7e3df5f24257cddd939b257f8d"]]
    test_list = [["test", "f0ef6b0ae62326f3e7ffdfab6717acfc"]]
    meta = {"filename": "meta", "key": "fine_label_names", "md5": "7973b15100ade9c7d40fb424638fde48"}
