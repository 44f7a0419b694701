"""Types as TorchScript writes them: ``List[int]``, ``Optional[Tensor]``; how they are printed, and which is a part of which.

Nothing is compiled here; programs build such types to describe arguments of operators, compare them and print them.
"""

from __future__ import annotations

import builtins
from typing import Any


class Type:
    """A type, known by its kind and by the types that it is made of."""

    _written: str = ""  # how an annotation writes it
    _short: str = ""  # how a schema writes it
    _parts: tuple[Type, ...] = ()

    def kind(self) -> str:
        """The name of its class."""
        return builtins.type(self).__name__

    @property
    def annotation_str(self) -> str:
        """As an annotation writes it."""
        return self._written

    def str(self) -> builtins.str:
        """As the schema of an operator writes it."""
        return self._short or self._written

    def containedTypes(self) -> list[Type]:
        """The types that it is made of."""
        return list(self._parts)

    def requires_grad(self) -> bool:
        """Whether a value of the type may require a gradient."""
        return any(part.requires_grad() for part in self._parts)

    def is_interface_type(self) -> bool:
        """Whether it is a set of methods: False."""
        return False

    def isSubtypeOf(self, other: Type) -> bool:
        """Whether each value of this type is one of the other.

        Parameters
        ----------
        other : Type

        Returns
        -------
        bool
        """
        if not isinstance(other, Type):
            raise TypeError(f"isSubtypeOf compares types, but got {other!r}")
        if isinstance(other, AnyType) or self == other:
            return True
        if alternatives := other._members():
            return all(any(m.isSubtypeOf(o) for o in alternatives) for m in self._members() or (self,))
        return self._below(other)

    def _members(self) -> tuple[Type, ...]:
        """The types of which a value of a union has one."""
        return ()

    def _below(self, other: Type) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return builtins.type(self) is builtins.type(other) and self._parts == other._parts  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> builtins.str:
        return self._written


def checked(*types: Any) -> tuple[Type, ...]:
    for t in types:
        if not isinstance(t, Type):
            raise TypeError(f"a type is made of types, such as torch.IntType.get(), but got {t!r}")
    return types


# ---------------------------------------------------------------------- without parts
class _Single(Type):
    _instance: Any = None

    @classmethod
    def get(cls) -> Any:
        """The type: there is one.

        Returns
        -------
        Type
        """
        if "_instance" not in cls.__dict__ or cls._instance is None:
            cls._instance = cls()
        return cls._instance


class _Numeric(_Single):
    def _below(self, other: Type) -> bool:
        return isinstance(other, NumberType)


class AnyType(_Single):
    """Any value."""

    _written = "Any"


class BoolType(_Single):
    """True and False."""

    _written = "bool"


class IntType(_Numeric):
    """Whole numbers."""

    _written = "int"


class FloatType(_Numeric):
    """Real numbers."""

    _written = "float"


class ComplexType(_Numeric):
    """Complex numbers."""

    _written = "complex"


class NumberType(_Single):
    """Whole, real and complex numbers."""

    _written, _short = "number", "Scalar"

    def __repr__(self) -> str:
        return "number"


class StringType(_Single):
    """Texts."""

    _written = "str"


class NoneType(_Single):
    """None."""

    _written = "NoneType"


class DeviceObjType(_Single):
    """Devices."""

    _written = "Device"


class StreamObjType(_Single):
    """Streams of a device."""

    _written = "Stream"


class PyObjectType(_Single):
    """Objects of Python."""

    _written = "PyObject"


class SymIntType(_Single):
    """Whole numbers that may be unknown sizes."""

    _written, _short = "int", "SymInt"


class SymBoolType(_Single):
    """Truths about unknown sizes."""

    _written, _short = "bool", "SymBool"


class TensorType(_Single):
    """Tensors, with sizes and a type of elements where they are known."""

    _written = "Tensor"

    def __init__(self, sizes: list[int] | None = None, dtype: Any = None):
        self._sizes, self._dtype = sizes, dtype

    @classmethod
    def getInferred(cls) -> TensorType:
        """The type of a tensor of which nothing was said.

        Returns
        -------
        TensorType
        """
        return cls()

    @classmethod
    def create_from_tensor(cls, tensor: Any) -> TensorType:
        """The type of tensors that are as large as one.

        Parameters
        ----------
        tensor : Tensor

        Returns
        -------
        TensorType
        """
        return cls(list(tensor.shape), tensor.dtype)

    def sizes(self) -> list[int] | None:
        """The sizes, or None."""
        return self._sizes

    def dim(self) -> int | None:
        """The number of dimensions, or None."""
        return None if self._sizes is None else len(self._sizes)

    def dtype(self) -> Any:
        """The type of the elements, or None."""
        return self._dtype

    def requires_grad(self) -> bool:
        """True, where nothing else is known."""
        return self._sizes is None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorType) and (self._sizes, self._dtype) == (other._sizes, other._dtype)

    __hash__ = None  # type: ignore[assignment]

    def _below(self, other: Type) -> bool:
        return isinstance(other, TensorType) and other._sizes is None
