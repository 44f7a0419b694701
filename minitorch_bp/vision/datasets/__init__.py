"""Datasets of images, read from the folders and files that torchvision keeps them in."""

from .._missing import missing_from
from . import folder, mnist, utils
from .cifar import CIFAR10, CIFAR100
from .fakedata import FakeData
from .folder import DatasetFolder, ImageFolder
from .mnist import EMNIST, KMNIST, MNIST, FashionMNIST
from .stl10 import STL10
from .svhn import SVHN
from .vision import VisionDataset

__all__ = [
    "CIFAR10", "CIFAR100", "EMNIST", "KMNIST", "MNIST", "STL10", "SVHN", "DatasetFolder", "FakeData", "FashionMNIST", "ImageFolder",
    "VisionDataset", "folder", "mnist", "utils",
]  # fmt: skip

__getattr__ = missing_from(__name__)
