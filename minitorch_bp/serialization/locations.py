"""Where storages are: a name for the place in the file, and the way back there.

There is only the CPU here. Who adds another place registers two functions for it: one that names the place of a storage when it is
saved, and one that brings a storage to the place of a name when it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..core.device import device
from ..ops.memory import TypedStorage, UntypedStorage
from .machine import CallerError, call_foreign, shown

#: What ``map_location`` may be, for annotations.
MAP_LOCATION: TypeAlias = Callable[[Any, str], Any] | device | str | dict[str, str] | None

_registered: list[tuple[int, Callable[[Any], Any], Callable[[Any, str], Any]]] = []  # by rising priority


def register_package(priority: int, tagger: Callable[[Any], str | None], deserializer: Callable[[Any, str], Any]) -> None:
    """Add a place for storages.

    Parameters
    ----------
    priority : int
        Lower numbers are asked first; the CPU has 10.
    tagger : function
        Of a storage that is saved; the name of its place, or None if it is another place.
    deserializer : function
        Of a storage that is loaded and a name; the storage in this place, or None if it is another place.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> def tagger(storage):
    ...     return None
    >>> def deserializer(storage, location):
    ...     return storage if location == "my-device" else None
    >>> torch.serialization.register_package(15, tagger, deserializer)
    >>> torch.serialization.default_restore_location(torch.ones(2).untyped_storage(), "my-device").nbytes()
    8
    """
    _registered.append((priority, tagger, deserializer))
    _registered.sort(key=lambda entry: entry[0])


def location_tag(storage: Any) -> str:
    """The name of the place where a storage is.

    Parameters
    ----------
    storage : UntypedStorage or TypedStorage

    Returns
    -------
    str

    Raises
    ------
    RuntimeError
        If no place takes it for its own.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.location_tag(torch.ones(2).untyped_storage())
    'cpu'
    """
    for _, tagger, _ in _registered:
        tag: str | None = tagger(storage)
        if tag is not None:
            return tag
    raise RuntimeError(f"don't know in which place a {type(storage).__name__} is: no registered package names it")


def default_restore_location(storage: Any, location: Any) -> Any:
    """The storage in the place where a file says it was.

    Parameters
    ----------
    storage : UntypedStorage
    location : str
        As :func:`location_tag` has named it.

    Returns
    -------
    UntypedStorage

    Raises
    ------
    RuntimeError
        If there is no such place.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.default_restore_location(torch.ones(2).untyped_storage(), "cpu").nbytes()
    8
    """
    name = str(location) if isinstance(location, (str, device)) else ""
    for _, _, deserializer in _registered:
        found = deserializer(storage, name)
        if found is not None:
            return found
    raise RuntimeError(
        f"don't know how to restore a storage at the location {shown(location)}. Pass map_location='cpu' to load it to the CPU"
    )


def validate_cuda_device(location: Any) -> int:
    """The number of the GPU that a location names.

    Parameters
    ----------
    location : str

    Raises
    ------
    RuntimeError
        Always, because there is no GPU here.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.validate_cuda_device("cuda:0")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    RuntimeError: Attempting to deserialize object on a CUDA device, but minitorch_bp computes on the CPU. ...
    """
    raise RuntimeError(
        "Attempting to deserialize object on a CUDA device, but minitorch_bp computes on the CPU. "
        "Pass map_location='cpu' to load the storages there"
    )


def _to_cpu(storage: Any, location: str) -> Any:
    return storage if location == "cpu" else None


def _to_cuda(storage: Any, location: str) -> Any:
    return validate_cuda_device(location) if location.partition(":")[0] == "cuda" else None


def _on_cpu(storage: Any) -> str | None:
    return "cpu" if storage.device.type == "cpu" else None


register_package(10, _on_cpu, _to_cpu)
register_package(20, lambda storage: None, _to_cuda)


def moved(storage: UntypedStorage, location: str, map_location: Any) -> UntypedStorage:
    """The storage where the caller of ``load`` wants it."""
    if isinstance(map_location, dict):
        location = map_location.get(location, location)
    elif isinstance(map_location, (str, device)):
        location = map_location  # type: ignore[assignment]
    result = None
    if callable(map_location):
        result = call_foreign(map_location, storage, location)
    if result is None:
        result = default_restore_location(storage, location)
    if isinstance(result, TypedStorage):
        return result.untyped()
    if not isinstance(result, UntypedStorage):
        raise CallerError from TypeError(f"map_location must return a storage or None, but returned a {type(result).__name__}")
    return result
