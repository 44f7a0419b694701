"""Devices and sizes: the two small value types that every tensor reports.

Everything here is stored in main memory, so ``cpu`` is the only device that works. Asking for another raises what a
CPU build of PyTorch raises, so that ``"cuda" if torch.cuda.is_available() else "cpu"`` and its error paths behave alike.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import SupportsIndex, overload

_KINDS = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan", "mps",
    "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip


class device:
    """A place where tensors live; only ``cpu`` can hold one here. In ``with device:``, new tensors are made there.

    Parameters
    ----------
    type : str, or device
        Such as 'cpu' or 'cuda:1'.
    index : int, optional
        Which device of its type.

    Raises
    ------
    RuntimeError
        For an unknown type.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.device("cpu")
    device(type='cpu')
    >>> torch.device("cuda:1").index
    1
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: str | int | device, index: int | None = None):
        name: Any = type
        if isinstance(name, device):
            name, index = name.type, name.index
        elif isinstance(name, int):
            raise RuntimeError(f"device {name} is a GPU, and there is none here: use 'cpu'")
        if not isinstance(name, str):
            raise TypeError(f"a device is named by a string such as 'cpu', but got {name!r}")
        kind, colon, number = name.partition(":")
        if kind not in _KINDS or (colon and not number.isdigit()):
            raise RuntimeError(f"unknown device {type!r}: expected one of {', '.join(_KINDS)}, or 'cuda:0' with an index")
        if colon and index is not None:
            raise RuntimeError(f"the device index is given twice: in {type!r} and as index={index}")
        self.type = kind
        self.index = int(number) if colon else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        return f"device(type={self.type!r})" if self.index is None else f"device(type={self.type!r}, index={self.index})"

    def __enter__(self) -> device:
        """``with torch.device("cpu"):`` makes tensors here, as without it; other devices are refused."""
        check_device(self)
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __reduce__(self) -> Any:
        return (device, (str(self),))


CPU = device("cpu")
_ERRORS: dict[str, type[Exception]] = {
    "meta": NotImplementedError, "xpu": AssertionError, "mtia": AssertionError, "hpu": ModuleNotFoundError,
    "privateuseone": ModuleNotFoundError,
}  # fmt: skip


def check_device(wanted: Any) -> None:
    """Refuse a device that cannot hold a tensor here, with the error of a CPU build of PyTorch."""
    if wanted is None or wanted == "cpu":
        return
    asked = device(wanted)
    if asked.type == "cuda":
        raise AssertionError(
            "Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU. "
            "Use device='cpu', or choose with torch.cuda.is_available()"
        )
    if asked.type != "cpu":
        raise _ERRORS.get(asked.type, RuntimeError)(f"device '{asked}' is not available: minitorch_bp computes on the CPU")


class Size(tuple[int, ...]):
    """A tensor's shape: a tuple of ints that prints as ``torch.Size([2, 3])``.

    Parameters
    ----------
    sizes : iterable of ints
        The sizes of the dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3).shape.numel()
    6
    """

    __slots__ = ()

    def __new__(cls, sizes: Any = ()) -> Size:
        try:
            return tuple.__new__(cls, [int(operator.index(n)) for n in sizes])
        except TypeError:
            raise TypeError(f"a Size is made of ints, but got {sizes!r}") from None

    def numel(self) -> int:
        """The number of elements: the product of the entries.

        Returns
        -------
        int
            1 for a tensor without dimensions.
        """
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: SupportsIndex, /) -> int: ...
        @overload
        def __getitem__(self, key: slice, /) -> Size: ...
        def __getitem__(self, key: SupportsIndex | slice, /) -> int | Size: ...

    else:

        def __getitem__(self, key):
            part = tuple.__getitem__(self, key)
            return Size(part) if isinstance(key, slice) else part

    def __add__(self, other: Any) -> Any:
        return Size(tuple.__add__(self, tuple(other))) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return Size(tuple(other) + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, other: Any) -> Any:
        return Size(tuple.__mul__(self, other))

    __rmul__ = __mul__

    def __reduce__(self) -> Any:
        return (Size, (tuple(self),))
