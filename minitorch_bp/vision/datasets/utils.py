"""Files of datasets: checksums, downloads, archives."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import pathlib
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterable
from typing import Any

_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_SHORT = {".tgz": ".tar.gz", ".tbz": ".tar.bz2", ".tbz2": ".tar.bz2"}


def calculate_md5(fpath: Any, chunk_size: int = 1024 * 1024) -> str:
    """The MD5 checksum of a file.

    Parameters
    ----------
    fpath : str or path
    chunk_size : int

    Returns
    -------
    str

    See Also
    --------
    check_integrity
    """
    digest = hashlib.md5(usedforsecurity=False)
    with open(fpath, "rb") as file:
        while chunk := file.read(chunk_size):
            digest.update(chunk)
    return digest.hexdigest()


def check_md5(fpath: Any, md5: str, **kwargs: Any) -> bool:
    """Whether a file has a checksum.

    Parameters
    ----------
    fpath : str or path
    md5 : str
    **kwargs : any
        Of :func:`calculate_md5`.

    Returns
    -------
    bool
    """
    return md5 == calculate_md5(fpath, **kwargs)


def check_integrity(fpath: Any, md5: str | None = None) -> bool:
    """Whether a file is there and, if one is given, has a checksum.

    Parameters
    ----------
    fpath : str or path
    md5 : str, optional

    Returns
    -------
    bool

    Examples
    --------
    >>> from minitorch_bp.vision.datasets.utils import check_integrity
    >>> check_integrity("no such file")
    False
    """
    return os.path.isfile(fpath) and (md5 is None or check_md5(fpath, md5))


def download_url(url: str, root: Any, filename: Any = None, md5: str | None = None, max_redirect_hops: int = 3) -> None:
    """A file from the net, unless it is there already.

    It is written under another name, and gets its own when all of it has come and the checksum is right.

    Parameters
    ----------
    url : str
    root : str or path
        The folder.
    filename : str, optional
        By default as in the address.
    md5 : str, optional
    max_redirect_hops : int
        Accepted; Python follows redirects.

    Raises
    ------
    RuntimeError
        If the checksum is another.
    """
    root = os.path.expanduser(root)
    path = os.path.join(root, filename or os.path.basename(url))
    if check_integrity(path, md5):
        return
    os.makedirs(root, exist_ok=True)
    part = path + ".part"
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "minitorch_bp"})
        with urllib.request.urlopen(request) as response, open(part, "wb") as file:
            while chunk := response.read(1 << 16):
                file.write(chunk)
        if not check_integrity(part, md5):
            raise RuntimeError(f"{url} does not have the checksum {md5}: what came is damaged, or another file. Download it again")
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)


def extract_archive(from_path: Any, to_path: Any = None, remove_finished: bool = False) -> Any:
    """What an archive, or a compressed file, holds; nothing is written outside of the folder.

    Parameters
    ----------
    from_path : str or path
        .zip, .tar, or anything compressed as .gz, .bz2 or .xz.
    to_path : str or path, optional
        The folder; by default that of the archive.
    remove_finished : bool
        Remove the archive afterwards.

    Returns
    -------
    str or path
        Where it is now.

    Raises
    ------
    RuntimeError
        If the ending is another.
    """
    folder = os.fspath(to_path) if to_path is not None else os.path.dirname(os.fspath(from_path))
    name = os.path.basename(os.fspath(from_path))
    ending = pathlib.Path(name).suffix
    if ending in _SHORT:
        name = name.removesuffix(ending) + _SHORT[ending]
    inner, compression = os.path.splitext(name)
    if compression == ".zip":
        with zipfile.ZipFile(from_path) as archive:
            archive.extractall(folder)
    elif compression == ".tar" or inner.endswith(".tar"):
        with tarfile.open(from_path) as tar:
            tar.extractall(folder, filter="data")
    elif compression in _OPENERS:
        folder = os.path.join(folder, inner)
        with _OPENERS[compression](from_path, "rb") as source, open(folder, "wb") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
    else:
        raise RuntimeError(
            f"{from_path}: no archive that is known; the ending must be .zip, .tar, {', '.join([*_OPENERS, *_SHORT])}"
        )
    if remove_finished:
        os.remove(from_path)
    return folder if isinstance(from_path, str) else pathlib.Path(folder)


def download_and_extract_archive(
    url: str,
    download_root: Any,
    extract_root: Any = None,
    filename: Any = None,
    md5: str | None = None,
    remove_finished: bool = False,
) -> None:
    """:func:`download_url`, then :func:`extract_archive`.

    Parameters
    ----------
    url : str
    download_root : str or path
    extract_root : str or path, optional
        By default the same folder.
    filename : str, optional
    md5 : str, optional
    remove_finished : bool
    """
    root = os.path.expanduser(download_root)
    name = filename or os.path.basename(url)
    download_url(url, root, name, md5)
    extract_archive(os.path.join(root, name), extract_root or root, remove_finished)


def verify_str_arg(
    value: Any, arg: str | None = None, valid_values: Iterable[str] | None = None, custom_msg: str | None = None
) -> str:
    """A string, if it is one of some.

    Parameters
    ----------
    value : any
    arg : str, optional
        The argument's name.
    valid_values : iterable of str, optional
    custom_msg : str, optional
        What the error says.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> from minitorch_bp.vision.datasets.utils import verify_str_arg
    >>> verify_str_arg("train", "split", ("train", "test"))
    'train'
    """
    if not isinstance(value, str):
        raise ValueError(f"{arg or 'the argument'} must be a string, but is a {type(value).__name__}")
    if valid_values is not None and value not in valid_values:
        raise ValueError(
            custom_msg or f"{arg or 'the argument'} must be one of {', '.join(map(repr, valid_values))}, but is {value!r}"
        )
    return value


def list_dir(root: Any, prefix: bool = False) -> list[str]:
    """The folders in a folder.

    Parameters
    ----------
    root : str or path
    prefix : bool
        With the path of the folder.

    Returns
    -------
    list of str
    """
    root = os.path.expanduser(root)
    return [os.path.join(root, p) if prefix else p for p in os.listdir(root) if os.path.isdir(os.path.join(root, p))]


def list_files(root: Any, suffix: str, prefix: bool = False) -> list[str]:
    """The files of an ending in a folder.

    Parameters
    ----------
    root : str or path
    suffix : str
    prefix : bool
        With the path of the folder.

    Returns
    -------
    list of str
    """
    root = os.path.expanduser(root)
    names = [p for p in os.listdir(root) if p.endswith(suffix) and os.path.isfile(os.path.join(root, p))]
    return [os.path.join(root, p) if prefix else p for p in names]
