"""``load``: which format a file has, and who reads its pickle.

With ``weights_only`` (the default) the pickle is run by our own machine, which can't execute anything. Without, it is run by Python's
unpickler, which executes what the file names; PyTorch's names lead to what stands for them here.
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import pickletools
import sys
from typing import Any

from ..core.public import public
from ..utils.serialization import config
from . import allowed
from .allowed import NAMES, Allowed
from .archive import MAGIC, Reader
from .budget import SLACK, Budget
from .machine import CallerError, Machine, shown
from .storages import ArchiveStorages, LegacyStorages, Storages

LEGACY_MAGIC, LEGACY_VERSION = 0x1950A86A20F9469CFC6C, 1001
_PACKAGE = __name__.partition(".")[0]
_ENVIRONMENT = ("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")
_OPTIONS = ("encoding", "errors", "fix_imports", "buffers")


@public("torch")
def load(
    f: Any, map_location: Any = None, pickle_module: Any = None, *, weights_only: Any = None, mmap: Any = None,
    max_bytes: int | None = None, **pickle_load_args: Any,
) -> Any:  # fmt: skip
    """Read a file that :func:`save` wrote, here or in PyTorch.

    The file is not trusted: nothing in it is executed, and what it asks for is checked before memory is taken.

    Parameters
    ----------
    f : str, path or binary file
        The file must be seekable.
    map_location : str, device, dict or function, optional
        Where the storages go: a device, a dict from the devices in the file to those wanted, or a function of an ``UntypedStorage`` and the
        device's name in the file that returns the storage or None. There is only the CPU; 'cpu' loads files of GPUs.
    pickle_module : module, optional
        With an ``Unpickler`` to use in place of :mod:`pickle`'s. Implies ``weights_only=False``.
    weights_only : bool, optional
        Accept only tensors, containers, numbers and what :func:`torch.serialization.add_safe_globals` has added (the default). False also
        accepts whole modules, and executes any code that the file names: only for files whose origin you trust. The environment
        variable ``TORCH_FORCE_WEIGHTS_ONLY_LOAD=1`` makes it True everywhere, ``TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1`` False by default.
    mmap : bool, optional
        Map the file into memory, so that storages are read when they are first used; ``f`` must be a path. The default is
        ``torch.utils.serialization.config.load.mmap``, which is False.
    max_bytes : int, optional
        How much memory the file may take; by default twice its size and 56 MiB.
    **pickle_load_args
        ``encoding`` of the strings in files of Python 2 ('utf-8' by default, 'bytes' keeps them); the others for ``weights_only=False``.

    Returns
    -------
    object
        What was saved.

    Raises
    ------
    UnpicklingError
        If the pickle in the file names something else, or is not a sound pickle, such as another kind of file.
    RuntimeError
        If the archive is damaged or of a later version, describes impossible tensors, or asks for too much memory.
    EOFError
        If the file is empty, or a pickle in it is truncated.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> import io
    >>> buffer = io.BytesIO()
    >>> torch.save([torch.ones(2), 3], buffer)
    >>> _ = buffer.seek(0)
    >>> torch.load(buffer)
    [tensor([1., 1.]), 3]
    """
    forced, unforced = (os.environ.get(name, "").lower() in ("1", "y", "yes", "true") for name in _ENVIRONMENT)
    if forced and unforced:
        raise RuntimeError(f"only one of {' and '.join(_ENVIRONMENT)} can be set")
    if forced:
        weights_only = True
    if weights_only is None:
        weights_only = pickle_module is None and not unforced
    elif weights_only and pickle_module is not None:
        raise RuntimeError(
            "loading with weights_only=True uses no pickle module: leave out pickle_module, or pass weights_only=False"
        )
    unknown = [name for name in pickle_load_args if name not in _OPTIONS]
    if unknown:
        raise TypeError(f"load() got an unexpected keyword argument {unknown[0]!r}")
    if map_location is not None and not isinstance(map_location, (str, dict)) and not callable(map_location):
        if not hasattr(map_location, "type"):
            raise TypeError(f"map_location must be a device, a dict or a function, but is a {type(map_location).__name__}")
    is_path = isinstance(f, (str, os.PathLike))
    mmap = config.load.mmap if mmap is None else mmap
    if mmap and not is_path:
        raise ValueError("f must be a path to map the file into memory, but it is an open file")
    file = open(f, "rb") if is_path else f  # noqa: SIM115  # closed below, if it is ours
    for method in ("read", "seek", "tell"):
        if not hasattr(file, method):
            raise AttributeError(
                f"load() needs a path or a seekable binary file, but a {type(file).__name__} has no method {method}(). "
                "Read what it gives into an io.BytesIO, and load from that"
            )
    try:
        start = file.tell()
        size = file.seek(0, 2)
        size = file.tell() if size is None else size
        file.seek(start)
        budget = Budget(2 * (size - start) + SLACK if max_bytes is None else max_bytes)
        first = file.read(len(MAGIC))
        file.seek(start)
        if not first:
            raise EOFError("there is nothing to load: the file is empty, or stands at its end")
        pickles = _Pickles(budget, size, weights_only, pickle_module or pickle, pickle_load_args)
        if first == MAGIC:
            return _load_archive(file, start, size, budget, pickles, map_location, f if mmap else None)
        if mmap:
            raise RuntimeError("only files of the zip format can be mapped into memory: this one has the format before")
        return _load_legacy(file, size, budget, pickles, map_location)
    except CallerError as error:
        assert error.__cause__ is not None
        raise error.__cause__ from None
    finally:
        if is_path:
            file.close()


class _Trusting:
    """What is added to Python's unpickler: PyTorch's names, and references to storages."""

    find_storage: Any = None

    def find_class(self, module: str, name: str) -> Any:
        found = NAMES.get((module, name))
        if found is None and module.partition(".")[0] == "torch":
            try:
                found = importlib.import_module(_PACKAGE + module.removeprefix("torch"))
                for part in name.split("."):
                    found = getattr(found, part)
            except (ImportError, AttributeError):
                raise AttributeError(f"the file needs {module}.{name}, for which there is nothing in minitorch_bp") from None
        return super().find_class(module, name) if found is None else found  # type: ignore[misc]

    def persistent_load(self, reference: Any) -> Any:
        if type(reference) is tuple and reference[:1] == ("module",) and len(reference) == 4:
            return reference[1]  # the format before wrote a module's source beside its class
        return self.find_storage(reference)


class _Pickles:
    """Runs the pickles of one file: all by our own machine, or all by the unpickler of the module that the caller trusts."""

    def __init__(self, budget: Budget, size: int, weights_only: bool, module: Any, options: dict[str, Any]):
        self._budget, self._size, self._weights_only, self._options = budget, size, weights_only, options
        self._module = module

    def run(self, stream: Any, size: int, record: str, storages: Storages | None = None) -> Any:
        """One pickle."""
        find_storage = storages.find if storages is not None else _no_storage
        if self._weights_only:
            world = Allowed(self._budget, find_storage)
            return Machine(stream, size, world, self._budget, record, self._options.get("encoding", "utf-8")).run()
        kind: Any = type("Unpickler", (_Trusting, self._module.Unpickler), {})
        unpickler = kind(stream, **{"encoding": "utf-8", **self._options})
        unpickler.find_storage = find_storage
        return unpickler.load()


def _no_storage(reference: Any) -> Any:
    raise pickle.UnpicklingError("refers to a storage where there is none")


def _load_archive(file: Any, start: int, size: int, budget: Budget, pickles: _Pickles, map_location: Any, path: Any) -> Any:
    archive = Reader(file, budget, start, size)
    archive.check_version()
    if "constants.pkl" in archive:
        raise RuntimeError(
            "the file is a TorchScript archive, which holds code: load its weights with PyTorch, and save their state_dict"
        )
    if "data.pkl" not in archive:
        raise RuntimeError("the archive is not a checkpoint: it has no data.pkl")
    storages = ArchiveStorages(archive, budget, map_location, path)
    data = archive.read_bytes("data.pkl")
    return pickles.run(io.BytesIO(data), len(data), "data.pkl", storages)


def _load_legacy(file: Any, size: int, budget: Budget, pickles: _Pickles, map_location: Any) -> Any:
    """Five pickles, and the storages behind them: magic number, version, the machine, the object, the keys of the storages."""
    unknown = "the file is not a checkpoint: it is neither a zip archive nor of the format that PyTorch had before"
    try:
        magic = pickles.run(file, size, "the magic number")
    except (pickle.UnpicklingError, EOFError) as error:
        raise type(error)(f"{unknown} ({error})") from None
    if magic != LEGACY_MAGIC:
        raise RuntimeError(unknown)
    version = pickles.run(file, size, "the version")
    if version != LEGACY_VERSION:
        raise RuntimeError(f"the file has version {shown(version)} of the format, but {LEGACY_VERSION} is the only one")
    machine = pickles.run(file, size, "the description of the machine")
    little = machine.get("little_endian", True) if type(machine) is dict else True
    storages = LegacyStorages(budget, map_location, bool(little) != (sys.byteorder == "little"), size - file.tell())
    result = pickles.run(file, size, "the object", storages)
    storages.fill(file, pickles.run(file, size, "the keys of the storages"))
    return result


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """The names in a file that :func:`load` does not accept, found without loading anything.

    Parameters
    ----------
    f : str, path or binary file
        In the zip format.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import collections
    >>> import io
    >>> import minitorch_bp as torch
    >>> buffer = io.BytesIO()
    >>> torch.save(collections.deque(), buffer)
    >>> torch.serialization.get_unsafe_globals_in_checkpoint(buffer)
    ['collections.deque']
    """
    is_path = isinstance(f, (str, os.PathLike))
    file = open(f, "rb") if is_path else f  # noqa: SIM115
    try:
        size = file.seek(0, 2)
        budget = Budget(2 * size + SLACK)
        file.seek(0)
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("only files of the zip format can be searched")
        data = Reader(file, budget, 0, size).read_bytes("data.pkl")
    finally:
        if is_path:
            file.close()
    world = Allowed(budget, _no_storage)
    refused: dict[str, None] = {}
    for code, name, _ in pickletools.genops(data):
        if code.name == "GLOBAL":
            module, _, attribute = str(name).partition(" ")
            try:
                world.find(module, attribute)
            except (pickle.UnpicklingError, NotImplementedError):
                refused[f"{allowed.OLD_MODULES.get(module, module)}.{attribute}"] = None
    return list(refused)
