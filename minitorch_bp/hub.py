"""``torch.hub``: nothing is downloaded here. Each function says so; only the directory of what is there can be asked for."""

from __future__ import annotations

import os
import re
import sys
from typing import Any, NoReturn
from urllib.parse import urlparse as urlparse

_directory: list[str] = []
try:
    from tqdm.auto import tqdm as tqdm
except ImportError:

    class tqdm:  # type: ignore[no-redef]
        """A bar of progress in plain text, where the package tqdm is not installed."""

        def __init__(self, total: int | None = None, disable: bool = False, unit: str | None = None, *args: Any, **kwargs: Any):
            self.total, self.disable, self.n = total, disable, 0

        def update(self, n: int) -> None:
            """So many more are done."""
            self.n += n
            if not self.disable:
                done = f"{self.n} bytes" if self.total is None else f"{100 * self.n / self.total:.1f}%"
                sys.stderr.write(f"\r{done}")
                sys.stderr.flush()

        def set_description(self, *args: Any, **kwargs: Any) -> None:
            """What the bar is about: not shown."""

        def write(self, s: str) -> None:
            """A line of text."""
            sys.stderr.write(f"{s}\n")

        def close(self) -> None:
            """The end."""
            self.disable = True

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *error: Any) -> None:
            if not self.disable:
                sys.stderr.write("\n")


#: Files of weights end with the beginning of their hash, as in ``resnet18-f37072fd.pth``.
HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")


def _refuse(name: str) -> NoReturn:
    raise NotImplementedError(
        f"torch.hub.{name}: minitorch_bp downloads no models and runs no code of others. Download the file yourself, "
        "and read it with torch.load"
    )


def get_dir() -> str:
    """The directory where PyTorch keeps what it has downloaded.

    Returns
    -------
    str
        ``$TORCH_HOME/hub``, or what :func:`set_dir` was given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hub.set_dir("models")
    >>> torch.hub.get_dir()
    'models'
    """
    return _directory[-1] if _directory else os.path.join(_get_torch_home(), "hub")


def _get_torch_home() -> str:
    """Where PyTorch keeps its files: ``$TORCH_HOME``, or in the user's cache. Libraries ask for it by this name."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return os.path.expanduser(os.environ.get("TORCH_HOME", os.path.join(cache, "torch")))


def set_dir(d: Any) -> None:
    """Set the directory that :func:`get_dir` returns.

    Parameters
    ----------
    d : str or path

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hub.set_dir("models")
    """
    _directory[:] = [os.path.expanduser(d)]


def load(repo_or_dir: Any, model: Any, *args: Any, **options: Any) -> NoReturn:
    """Refused: nothing is downloaded.

    Parameters
    ----------
    repo_or_dir, model : str
    *args : any
    **options : any

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hub.load("user/name", "resnet18")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.hub.load: minitorch_bp downloads no models and runs no code of others. Download the file yourself, and read it with torch.load
    """
    _refuse("load")


def list(github: Any, **options: Any) -> NoReturn:
    """Refused: nothing is downloaded.

    Parameters
    ----------
    github : str
    **options : any

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hub.list("user/name")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.hub.list: minitorch_bp downloads no models and runs no code of others. Download the file yourself, and read it with torch.load
    """
    _refuse("list")


def help(github: Any, model: Any, **options: Any) -> NoReturn:
    """Refused: nothing is downloaded.

    Parameters
    ----------
    github, model : str
    **options : any

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hub.help("user/name", "resnet18")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.hub.help: minitorch_bp downloads no models and runs no code of others. Download the file yourself, and read it with torch.load
    """
    _refuse("help")


def download_url_to_file(url: Any, dst: Any, **options: Any) -> NoReturn:
    """Refused: nothing is downloaded.

    Parameters
    ----------
    url, dst : str
    **options : any

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hub.download_url_to_file("https://example.org/a.pt", "a.pt")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.hub.download_url_to_file: minitorch_bp downloads no models and runs no code of others. Download the file yourself, and read it with torch.load
    """
    _refuse("download_url_to_file")


def load_state_dict_from_url(url: Any, *args: Any, **options: Any) -> NoReturn:
    """Refused: nothing is downloaded.

    Parameters
    ----------
    url : str
    *args : any
    **options : any

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hub.load_state_dict_from_url("https://example.org/a.pt")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.hub.load_state_dict_from_url: minitorch_bp downloads no models and runs no code of others. Download the file yourself, and read it with torch.load
    """
    _refuse("load_state_dict_from_url")
