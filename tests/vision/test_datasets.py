"""Datasets read files of torchvision's formats; what is in the files is known, since the tests write them."""

import gzip
import hashlib
import pathlib
import pickle
import struct

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp.vision import datasets, transforms
from minitorch_bp.vision.datasets import utils
from minitorch_bp.vision.datasets.mnist import read_sn3_pascalvincent_tensor

pytest.importorskip("PIL")
RNG = np.random.default_rng(0)


def idx(path, array, kind=8):
    """An IDX file: two zero bytes, the type, the number of dimensions, the sizes and the elements, big-endian."""
    header = struct.pack(">HBB", 0, kind, array.ndim) + struct.pack(f">{array.ndim}i", *array.shape)
    path.write_bytes(header + array.astype(array.dtype.newbyteorder(">")).tobytes())


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["MNIST", "FashionMNIST", "KMNIST"])
def test_mnist(tmp_path, name):
    folder = tmp_path / name / "raw"
    folder.mkdir(parents=True)
    images, labels = RNG.integers(0, 256, (5, 28, 28)).astype(np.uint8), np.array([3, 1, 4, 1, 5], np.uint8)
    for part, n in (("train", 5), ("t10k", 2)):
        idx(folder / f"{part}-images-idx3-ubyte", images[:n])
        idx(folder / f"{part}-labels-idx1-ubyte", labels[:n])
    data = getattr(datasets, name)(str(tmp_path), train=True, transform=transforms.ToTensor(), target_transform=lambda t: t + 10)
    assert len(data) == 5 and data.data.dtype == torch.uint8 and data.targets.tolist() == [3, 1, 4, 1, 5]
    image, label = data[2]
    assert label == 14 and image.shape == (1, 28, 28) and np.array_equal(image.numpy()[0], images[2].astype(np.float32) / 255)
    assert repr(data).splitlines()[:4] == [
        f"Dataset {name}",
        "    Number of datapoints: 5",
        f"    Root location: {tmp_path}",
        "    Split: Train",
    ]
    test = getattr(datasets, name)(tmp_path, train=False)
    assert len(test) == 2 and test[1][0].mode == "L" and len(test.classes) == 10
    with pytest.warns(UserWarning):
        assert test.test_labels is test.targets
    loader = torch.utils.data.DataLoader(data, batch_size=5)
    assert next(iter(loader))[0].shape == (5, 1, 28, 28)


def test_emnist(tmp_path):
    folder = tmp_path / "EMNIST" / "raw"
    folder.mkdir(parents=True)
    idx(folder / "emnist-letters-train-images-idx3-ubyte", np.zeros((2, 28, 28), np.uint8))
    idx(folder / "emnist-letters-train-labels-idx1-ubyte", np.array([1, 26], np.uint8))
    data = datasets.EMNIST(tmp_path, split="letters", train=True)
    assert data.targets.tolist() == [1, 26] and data.classes[26] == "z"
    assert len(datasets.EMNIST.classes_split_dict["bymerge"]) == 47 and len(datasets.EMNIST.classes_split_dict["byclass"]) == 62
    with pytest.raises(ValueError, match="letters"):
        datasets.EMNIST(tmp_path, split="letter")


@pytest.mark.parametrize("kind, dtype", [(9, np.int8), (11, np.int16), (12, np.int32), (13, np.float32), (14, np.float64)])
def test_idx_files_of_every_type(tmp_path, kind, dtype):
    array = np.array([[1, 2, 3], [-4, 5, 6]], dtype)
    idx(tmp_path / "x", array, kind)
    assert np.array_equal(read_sn3_pascalvincent_tensor(tmp_path / "x").numpy(), array)


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"\0\0\x08\1\0\0\0\5abc", b"\0\0\x07\1\0\0\0\1a"])
def test_damaged_idx_files(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match="x"):
        read_sn3_pascalvincent_tensor(tmp_path / "x")


@pytest.mark.parametrize("make", [
    lambda p: datasets.MNIST(p), lambda p: datasets.CIFAR10(p), lambda p: datasets.SVHN(p), lambda p: datasets.STL10(p),
    lambda p: datasets.EMNIST(p, split="digits"),
])  # fmt: skip
def test_files_that_are_not_there(tmp_path, make):
    with pytest.raises(RuntimeError, match="download=True"):
        make(str(tmp_path))


def cifar(tmp_path, kind, label):
    """A small dataset in CIFAR's files, in the protocol of Python 2, with checksums of its own."""
    folder = tmp_path / kind.base_folder
    folder.mkdir()
    arrays = {}
    for name, _ in kind.train_list + kind.test_list:
        arrays[name] = RNG.integers(0, 256, (3, 3072)).astype(np.uint8)
        (folder / name).write_bytes(pickle.dumps({"data": arrays[name], label: [0, 1, 2]}, protocol=2))
    (folder / kind.meta["filename"]).write_bytes(pickle.dumps({kind.meta["key"]: ["a", "b", "c"]}, protocol=2))

    class Small(kind):
        train_list = [[n, md5(folder / n)] for n, _ in kind.train_list]
        test_list = [[n, md5(folder / n)] for n, _ in kind.test_list]
        meta = {**kind.meta, "md5": md5(folder / kind.meta["filename"])}

    return Small, arrays, folder


@pytest.mark.parametrize("kind, label", [(datasets.CIFAR10, "labels"), (datasets.CIFAR100, "fine_labels")])
def test_cifar(tmp_path, kind, label):
    small, arrays, folder = cifar(tmp_path, kind, label)
    data = small(str(tmp_path), train=True)
    first = arrays[kind.train_list[0][0]]
    assert len(data) == 3 * len(kind.train_list) and data.targets[:3] == [0, 1, 2] and data.class_to_idx == {"a": 0, "b": 1, "c": 2}
    assert data.data.shape[1:] == (32, 32, 3)
    assert np.array_equal(np.asarray(data[1][0]), first[1].reshape(3, 32, 32).transpose(1, 2, 0))  # red, green, blue, by rows
    assert len(small(str(tmp_path), train=False)) == 3
    (folder / kind.test_list[0][0]).write_bytes(b"damaged")
    with pytest.raises(RuntimeError, match="damaged"):
        small(str(tmp_path))


def test_cifar_runs_no_code(tmp_path):
    small, _, folder = cifar(tmp_path, datasets.CIFAR10, "labels")

    class Evil:
        def __reduce__(self):
            return print, ("this must not run",)

    name = small.test_list[0][0]
    (folder / name).write_bytes(pickle.dumps({"data": Evil(), "labels": []}, protocol=2))
    small.test_list[0][1] = md5(folder / name)
    with pytest.raises(pickle.UnpicklingError, match="print"):
        small(str(tmp_path), train=False)


def test_svhn(tmp_path):
    scipy_io = pytest.importorskip("scipy.io")
    images, labels = RNG.integers(0, 256, (32, 32, 3, 4)).astype(np.uint8), np.array([[1], [10], [3], [10]])
    scipy_io.savemat(tmp_path / "train_32x32.mat", {"X": images, "y": labels})

    class Small(datasets.SVHN):
        split_list = {"train": ["", "train_32x32.mat", md5(tmp_path / "train_32x32.mat")]}

    data = Small(str(tmp_path))
    assert len(data) == 4 and data.labels.tolist() == [1, 0, 3, 0] and data.data.shape == (4, 3, 32, 32)
    assert np.array_equal(np.asarray(data[2][0]), images[..., 2]) and data[1][1] == 0


def test_stl10(tmp_path):
    folder = tmp_path / "stl10_binary"
    folder.mkdir()
    images = {n: RNG.integers(0, 256, (k, 3, 96, 96)).astype(np.uint8) for n, k in (("train", 3), ("unlabeled", 2), ("test", 1))}
    for name, array in images.items():
        array.transpose(0, 1, 3, 2).tofile(folder / f"{name}_X.bin")  # by columns
    np.array([1, 10, 3], np.uint8).tofile(folder / "train_y.bin")
    np.array([2], np.uint8).tofile(folder / "test_y.bin")
    (folder / "class_names.txt").write_text("airplane\nbird\n")
    (folder / "fold_indices.txt").write_text("0 2 \n1 2 \n")

    class Small(datasets.STL10):
        train_list = [[n, md5(folder / n)] for n, _ in datasets.STL10.train_list]
        test_list = [[n, md5(folder / n)] for n, _ in datasets.STL10.test_list]

    data = Small(str(tmp_path), split="train+unlabeled")
    assert data.labels.tolist() == [0, 9, 2, -1, -1] and data.classes == ["airplane", "bird"]
    assert np.array_equal(np.asarray(data[1][0]), images["train"][1].transpose(1, 2, 0))
    assert Small(str(tmp_path), folds=1).labels.tolist() == [9, 2] and Small(str(tmp_path), split="test")[0][1] == 1
    with pytest.raises(ValueError, match="folds"):
        Small(str(tmp_path), folds=10)


def test_fake_data_is_the_same_for_an_index_and_leaves_the_generator_alone():
    data = datasets.FakeData(size=4, image_size=(3, 8, 8), num_classes=5, transform=transforms.ToTensor())
    torch.manual_seed(0)
    (first, label), (again, _) = data[1], data[1]
    assert torch.equal(first, again) and 0 <= label < 5
    following = torch.rand(1)
    torch.manual_seed(0)
    assert torch.equal(following, torch.rand(1))
    with pytest.raises(IndexError):
        data[4]


def test_folders(tmp_path):
    from PIL import Image

    for name, colour in (("cat/a.png", 10), ("cat/deep/b.PNG", 20), ("dog/c.jpg", 30), ("dog/notes.txt", None)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x") if colour is None else Image.new("L", (4, 4), colour).save(path)
    data = datasets.ImageFolder(str(tmp_path), transform=transforms.PILToTensor())
    assert data.classes == ["cat", "dog"] and data.class_to_idx == {"cat": 0, "dog": 1} and data.targets == [0, 0, 1]
    assert data[1][0].shape == (3, 4, 4) and data[1][0].unique().tolist() == [20] and data.imgs is data.samples
    texts = datasets.DatasetFolder(
        str(tmp_path), loader=lambda p: pathlib.Path(p).read_text(), extensions=(".txt",), allow_empty=True
    )
    assert [texts[k] for k in range(len(texts))] == [("x", 1)]
    with pytest.raises(FileNotFoundError, match="cat"):
        datasets.DatasetFolder(str(tmp_path), loader=str, extensions=(".txt",))
    with pytest.raises(FileNotFoundError, match="class"):
        datasets.ImageFolder(str(tmp_path / "cat" / "deep"))


def test_downloads_are_checked(tmp_path):
    source = tmp_path / "there" / "a.txt.gz"
    source.parent.mkdir()
    source.write_bytes(gzip.compress(b"hello"))
    utils.download_and_extract_archive(source.as_uri(), str(tmp_path / "here"), md5=md5(source))
    assert (tmp_path / "here" / "a.txt").read_bytes() == b"hello"
    with pytest.raises(RuntimeError, match="checksum"):
        utils.download_url(source.as_uri(), str(tmp_path / "other"), md5="0" * 32)
    assert list((tmp_path / "other").iterdir()) == []
    with pytest.raises(RuntimeError, match="ending"):
        utils.extract_archive(str(tmp_path / "here" / "a.txt"))


def test_transforms_of_both():
    class Two(datasets.VisionDataset):
        def __len__(self):
            return 2

    assert repr(Two("root")) == "Dataset Two\n    Number of datapoints: 2\n    Root location: root"
    assert Two("root", transform=transforms.ToTensor()).transforms(np.zeros((1, 1, 1), np.uint8), 3)[1] == 3
    with pytest.raises(ValueError, match="transforms"):
        Two("root", transforms=str, transform=str)
