"""SVHN: house numbers from photographs of streets, in files of MATLAB's format."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .._pillow import from_array
from .utils import check_integrity, download_url, verify_str_arg
from .vision import VisionDataset, not_found

_SITE = "http://ufldl.stanford.edu/housenumbers/"


class SVHN(VisionDataset):
    """Digits from house numbers, 32 x 32.

    Parameters
    ----------
    root : str or path
        The folder that holds the ``.mat`` files.
    split : 'train', 'test' or 'extra'
    transform, target_transform : callable, optional
    download : bool
        Download the file if it is not there.
    """

    split_list: dict[str, list[str]] = {
        "train": [_SITE + "train_32x32.mat", "train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373"],
        "test": [_SITE + "test_32x32.mat", "test_32x32.mat", "eb5a983be6a315427106f1b164d9cef3"],
        "extra": [_SITE + "extra_32x32.mat", "extra_32x32.mat", "a93ce644f1a588dc4d68dda5feec44a7"],
    }

    def __init__(
        self, root: Any, split: str = "train", transform: Any = None, target_transform: Any = None, download: bool = False
    ):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", tuple(self.split_list))
        self.url, self.filename, self.file_md5 = self.split_list[split]
        if download:
            self.download()
        if not self._check_integrity():
            raise not_found("SVHN", os.path.join(self.root, self.filename))
        import scipy.io

        content = scipy.io.loadmat(os.path.join(self.root, self.filename))
        labels = content["y"].astype(np.int64).reshape(-1)
        self.labels = np.where(labels == 10, 0, labels)  # the file calls 0 ten, as MATLAB counts
        self.data = content["X"].transpose(3, 2, 0, 1)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(from_array(np.ascontiguousarray(self.data[index].transpose(1, 2, 0))), int(self.labels[index]))

    def __len__(self) -> int:
        return len(self.data)

    def _check_integrity(self) -> bool:
        return check_integrity(os.path.join(self.root, self.filename), self.file_md5)

    def download(self) -> None:
        """Download the file, unless it is there."""
        download_url(self.url, self.root, self.filename, self.file_md5)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
