"""MNIST and its kin: files of the IDX format, which says its dtype and sizes, and then lists the elements, big-endian."""

from __future__ import annotations

import os
import shutil
import string
import urllib.error
import warnings
from typing import Any

import numpy as np

import minitorch_bp as torch

from .._pillow import from_array
from .utils import check_integrity, download_and_extract_archive, extract_archive, verify_str_arg
from .vision import VisionDataset, not_found

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read_sn3_pascalvincent_tensor(path: Any, strict: bool = True) -> torch.Tensor:
    """The tensor that an IDX file holds: two zero bytes, the dtype, the number of dimensions, each size, the elements.

    Parameters
    ----------
    path : str or path
    strict : bool
        Refuse a file that is longer or shorter than its sizes say.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the file is no such file.
    """
    with open(path, "rb") as file:
        content = file.read()
    kind, ndim = (content[2], content[3]) if len(content) >= 4 else (0, 0)
    if content[:2] != b"\0\0" or kind not in _TYPES or not 1 <= ndim <= 3 or len(content) < 4 + 4 * ndim:
        raise ValueError(f"{path} is no IDX file: it begins with {content[:4]!r}")
    sizes = np.frombuffer(content, ">i4", ndim, 4).tolist()
    elements = np.frombuffer(content, _TYPES[kind], offset=4 + 4 * ndim)
    if elements.size != np.prod(sizes) and (strict or elements.size < np.prod(sizes)):
        raise ValueError(f"{path} holds {elements.size} elements, but says it has the sizes {sizes}")
    elements = elements[: int(np.prod(sizes))].reshape(sizes)
    return torch.from_numpy(elements.astype(elements.dtype.newbyteorder("=")))


def read_label_file(path: Any) -> torch.Tensor:
    """The labels of an IDX file, as int64."""
    labels = read_sn3_pascalvincent_tensor(path, strict=False)
    if labels.dtype != torch.uint8 or labels.ndim != 1:
        raise ValueError(f"{path}: labels are of uint8 and one dimension, but these are {labels.dtype} of {list(labels.shape)}")
    return labels.long()


def read_image_file(path: Any) -> torch.Tensor:
    """The images of an IDX file, of shape (N, H, W)."""
    images = read_sn3_pascalvincent_tensor(path, strict=False)
    if images.dtype != torch.uint8 or images.ndim != 3:
        raise ValueError(f"{path}: images are of uint8 and three dimensions, but these are {images.dtype} of {list(images.shape)}")
    return images


def _old(name: str, new: str) -> Any:
    def get(self: Any) -> Any:
        warnings.warn(f"{name} is an old name of {new}", stacklevel=2)
        return getattr(self, new)

    return property(get, doc=f"An old name of ``{new}``.")


class MNIST(VisionDataset):
    """Handwritten digits, 28 x 28: 60,000 to train with, 10,000 to test.

    Parameters
    ----------
    root : str or path
        The folder that holds ``MNIST/raw`` with the four files.
    train : bool
    transform, target_transform : callable, optional
    download : bool
        Download the files if they are not there.
    """

    mirrors: list[str] = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"]
    resources: list[tuple[str, str]] = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    training_file, test_file = "training.pt", "test.pt"
    classes: list[str] = [
        f"{k} - {name}" for k, name in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
    ]
    train_labels, test_labels = _old("train_labels", "targets"), _old("test_labels", "targets")
    train_data, test_data = _old("train_data", "data"), _old("test_data", "data")

    def __init__(self, root: Any, train: bool = True, transform: Any = None, target_transform: Any = None, download: bool = False):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if self._processed():
            self.data, self.targets = torch.load(
                os.path.join(self.processed_folder, self.training_file if train else self.test_file)
            )
            return
        if download:
            self.download()
        if not self._check_exists():
            raise not_found(type(self).__name__, self.raw_folder)
        self.data, self.targets = self._load_data()

    def _processed(self) -> bool:
        """Whether there are the tensors that old versions of torchvision saved."""
        return all(os.path.isfile(os.path.join(self.processed_folder, f)) for f in (self.training_file, self.test_file))

    def _files(self) -> tuple[str, str]:
        part = "train" if self.train else "t10k"
        return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"

    def _load_data(self) -> tuple[Any, Any]:
        images, labels = (os.path.join(self.raw_folder, name) for name in self._files())
        return read_image_file(images), read_label_file(labels)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(from_array(self.data[index].numpy(), "L"), int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)

    @property
    def raw_folder(self) -> str:
        """Where the files are."""
        return os.path.join(self.root, type(self).__name__, "raw")

    @property
    def processed_folder(self) -> str:
        """Where old versions of torchvision saved tensors."""
        return os.path.join(self.root, type(self).__name__, "processed")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The label of each name."""
        return {name: k for k, name in enumerate(self.classes)}

    def _check_exists(self) -> bool:
        return all(check_integrity(os.path.join(self.raw_folder, os.path.splitext(name)[0])) for name, _ in self.resources)

    def download(self) -> None:
        """Download the files, from the first mirror that has them."""
        if self._check_exists():
            return
        for name, md5 in self.resources:
            errors = []
            for mirror in self.mirrors:
                try:
                    download_and_extract_archive(mirror + name, self.raw_folder, filename=name, md5=md5)
                    break
                except (RuntimeError, urllib.error.URLError) as error:
                    errors.append(f"{mirror}: {error}")
            else:
                raise RuntimeError(f"{name} could not be downloaded. " + "; ".join(errors))

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class FashionMNIST(MNIST):
    """Clothes, in the form of :class:`MNIST`."""

    mirrors = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


class KMNIST(MNIST):
    """Old Japanese letters, in the form of :class:`MNIST`."""

    mirrors = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]


_LETTERS = set(string.digits + string.ascii_letters)
_MERGED = sorted(_LETTERS - set("cijklmopsuvwxyz"))  # lower case that looks like upper case


class EMNIST(MNIST):
    """Handwritten letters and digits, in the form of :class:`MNIST` (but lying on their side).

    Parameters
    ----------
    root : str or path
    split : 'byclass', 'bymerge', 'balanced', 'letters', 'digits' or 'mnist'
    **kwargs : any
        Of :class:`MNIST`.
    """

    url, md5 = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip", "58c8d27c78d21e728a6bc7b3cc06412e"
    splits = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    classes_split_dict: dict[str, list[str]] = {
        "byclass": sorted(_LETTERS),
        "bymerge": _MERGED,
        "balanced": _MERGED,
        "letters": ["N/A", *string.ascii_lowercase],
        "digits": list(string.digits),
        "mnist": list(string.digits),
    }

    def __init__(self, root: Any, split: str, **kwargs: Any):
        self.split = verify_str_arg(split, "split", self.splits)
        self.training_file, self.test_file = f"training_{split}.pt", f"test_{split}.pt"
        super().__init__(root, **kwargs)
        self.classes = self.classes_split_dict[split]

    def _files(self) -> tuple[str, str]:
        part = f"emnist-{self.split}-{'train' if self.train else 'test'}"
        return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"

    def _check_exists(self) -> bool:
        return all(check_integrity(os.path.join(self.raw_folder, name)) for name in self._files())

    def download(self) -> None:
        """Download the archive, and extract all of it."""
        if self._check_exists():
            return
        download_and_extract_archive(self.url, self.raw_folder, md5=self.md5)
        folder = os.path.join(self.raw_folder, "gzip")
        for name in sorted(os.listdir(folder)):
            if name.endswith(".gz"):
                extract_archive(os.path.join(folder, name), self.raw_folder)
        shutil.rmtree(folder)
