"""``torch.types``: names for annotations."""

from __future__ import annotations

import os
from builtins import bool as _bool
from builtins import bytes as _bytes
from builtins import complex as _complex
from builtins import float as _float
from builtins import int as _int
from builtins import str as _str
from collections.abc import Sequence
from typing import IO, Any, TypeAlias

from .core.device import Size
from .core.device import device as _device
from .core.dtype import dtype as _dtype
from .core.tensor import Tensor
from .ops.memory import UntypedStorage as Storage

_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]
_size: TypeAlias = Size | list[int] | tuple[int, ...]
_symsize: TypeAlias = Size | Sequence[int]
Number: TypeAlias = int | float | bool
Device: TypeAlias = _device | str | int | None
FileLike: TypeAlias = str | os.PathLike[str] | IO[bytes]
_layout: TypeAlias = Any
_dispatchkey: TypeAlias = str
IntLikeType: TypeAlias = int
FloatLikeType: TypeAlias = float
BoolLikeType: TypeAlias = bool

__all__ = ["Device", "FileLike", "Number", "Size", "Storage", "Tensor"]
_ = _bool, _bytes, _complex, _float, _int, _str, _dtype
