"""Types that are made of others, as TorchScript writes them: lists, dictionaries, tuples, unions."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

from .type_names import (
    AnyType,
    BoolType,
    ComplexType,
    DeviceObjType,
    FloatType,
    IntType,
    NoneType,
    StringType,
    TensorType,
    Type,
    checked,
)  # fmt: skip


class _OfOne(Type):
    _form, _short_form, _covariant = "{}", "", False

    def __init__(self, element: Type):
        self._parts = checked(element)

    def getElementType(self) -> Type:
        """The type of the elements."""
        return self._parts[0]

    @property
    def annotation_str(self) -> str:
        """As an annotation writes it."""
        return self._form.format(self._parts[0].annotation_str)

    def str(self) -> builtins.str:
        """As the schema of an operator writes it."""
        return (self._short_form or self._form).format(self._parts[0].str())

    def __repr__(self) -> builtins.str:
        return self.annotation_str

    def _below(self, other: Type) -> bool:
        return self._covariant and isinstance(other, builtins.type(self)) and self._parts[0].isSubtypeOf(other._parts[0])


class ListType(_OfOne):
    """Lists of elements of one type.

    Parameters
    ----------
    element : Type
    """

    _form, _short_form = "List[{}]", "{}[]"
    ofInts = classmethod(lambda cls: cls(IntType.get()))
    ofFloats = classmethod(lambda cls: cls(FloatType.get()))
    ofComplexDoubles = classmethod(lambda cls: cls(ComplexType.get()))
    ofBools = classmethod(lambda cls: cls(BoolType.get()))
    ofStrings = classmethod(lambda cls: cls(StringType.get()))
    ofTensors = classmethod(lambda cls: cls(TensorType.get()))


class FutureType(_OfOne):
    """Values that come later.

    Parameters
    ----------
    element : Type
    """

    _form, _covariant = "Future[{}]", True


class AwaitType(_OfOne):
    """Values that are computed when they are asked for.

    Parameters
    ----------
    element : Type
    """

    _form, _short_form, _covariant = "Await[{}]", "Await({})", True


class RRefType(_OfOne):
    """Values of another process.

    Parameters
    ----------
    element : Type
    """

    _form = "RRef[{}]"


class DictType(Type):
    """Dictionaries.

    Parameters
    ----------
    key, value : Type
    """

    def __init__(self, key: Type, value: Type):
        self._parts = checked(key, value)
        keys = (IntType, FloatType, ComplexType, BoolType, StringType, TensorType, DeviceObjType, AnyType)
        if not isinstance(key, keys):
            raise RuntimeError(f"the keys of a dict can't be of type {key!r}, but numbers, texts, tensors and devices")

    def getKeyType(self) -> Type:
        """The type of the keys."""
        return self._parts[0]

    def getValueType(self) -> Type:
        """The type of the values."""
        return self._parts[1]

    @property
    def annotation_str(self) -> str:
        """As an annotation writes it."""
        return f"Dict[{', '.join(p.annotation_str for p in self._parts)}]"

    def str(self) -> builtins.str:
        """As the schema of an operator writes it."""
        return f"Dict({', '.join(p.str() for p in self._parts)})"

    def __repr__(self) -> builtins.str:
        return self.annotation_str


class TupleType(Type):
    """Tuples with a type for each place.

    Parameters
    ----------
    elements : list of Type
    """

    def __init__(self, elements: Iterable[Type]):
        self._parts = checked(*elements)

    def elements(self) -> list[Type]:
        """The types of the places."""
        return list(self._parts)

    @property
    def annotation_str(self) -> str:
        """As an annotation writes it."""
        return f"Tuple[{', '.join(p.annotation_str for p in self._parts) or '()'}]"

    def str(self) -> builtins.str:
        """As the schema of an operator writes it."""
        return f"({', '.join(p.str() for p in self._parts)})"

    def __repr__(self) -> builtins.str:
        return self.annotation_str

    def _below(self, other: Type) -> bool:
        same = isinstance(other, TupleType) and len(self._parts) == len(other._parts)
        return same and all(a.isSubtypeOf(b) for a, b in zip(self._parts, other._parts, strict=True))


class UnionType(Type):
    """Values of one type or another; with None and one more it is an :class:`OptionalType`.

    Parameters
    ----------
    types : list of Type
    """

    def __new__(cls, types: Any = ()) -> Any:
        if cls is UnionType:
            members = _distinct(checked(*types))
            others = [t for t in members if not isinstance(t, NoneType)]
            if len(members) == 2 and len(others) == 1:
                return OptionalType(others[0])
        return super().__new__(cls)

    def __init__(self, types: list[Type]):
        if len(_unique(types)) < 2:
            raise RuntimeError(f"a union is of two types at least, but got {types}")
        self._parts = tuple(_distinct(types))

    def _members(self) -> tuple[Type, ...]:
        return self._parts

    @property
    def annotation_str(self) -> str:
        """As an annotation writes it."""
        return f"Union[{', '.join(p.annotation_str for p in self._parts)}]"

    def str(self) -> builtins.str:
        """As the schema of an operator writes it."""
        return f"Union({', '.join(p.str() for p in self._parts)})"

    def __repr__(self) -> builtins.str:
        return self.annotation_str

    def _below(self, other: Type) -> bool:
        return all(member.isSubtypeOf(other) for member in self._members())


class OptionalType(UnionType):
    """Values of a type, and None.

    Parameters
    ----------
    element : Type
    """

    def __new__(cls, element: Any) -> Any:
        if isinstance(element, OptionalType):
            return element
        self = object.__new__(cls)
        self._parts = checked(element)
        if isinstance(element, NoneType):
            raise RuntimeError("an optional is of another type than None")
        return self

    def __init__(self, element: Any):
        pass  # (also of the result of UnionType([..., NoneType]), which is made already)

    @classmethod
    def ofTensor(cls) -> OptionalType:
        """Of tensors.

        Returns
        -------
        OptionalType
        """
        return cls(TensorType.get())

    def getElementType(self) -> Type:
        """The type that is not None."""
        return self._parts[0]

    def _members(self) -> tuple[Type, ...]:
        return (*self._parts, NoneType.get())

    @property
    def annotation_str(self) -> str:
        """As an annotation writes it."""
        return f"Optional[{self._parts[0].annotation_str}]"

    def str(self) -> builtins.str:
        """As the schema of an operator writes it."""
        return f"{self._parts[0].str()}?"


def _unique(types: Iterable[Type]) -> list[Type]:
    found: list[Type] = []
    for t in types:
        if t not in found:
            found.append(t)
    return found


#: The order in which a union names its members.
_RANK = ("FloatType", "IntType", "ListType", "DictType", "TupleType", "TensorType", "StringType", "BoolType", "NoneType")


def _distinct(types: Iterable[Type]) -> list[Type]:
    """The types without those that another one holds, in the order in which they are printed."""
    found = _unique(types)
    found = [t for t in found if not any(t is not o and t.isSubtypeOf(o) for o in found)]
    return sorted(found, key=lambda t: _RANK.index(t.kind()) if t.kind() in _RANK else len(_RANK))


class InferredType:
    """A type that was found out, or the reason why it could not be.

    Parameters
    ----------
    found : Type or str
    """

    def __init__(self, found: Any):
        self._found = found

    def success(self) -> bool:
        """Whether there is a type."""
        return isinstance(self._found, Type)

    def type(self) -> Type:
        """The type."""
        if not self.success():
            raise RuntimeError(f"no type was found: {self._found}")
        return self._found  # type: ignore[no-any-return]

    def reason(self) -> str:
        """Why there is none."""
        if self.success():
            raise RuntimeError("a type was found, so there is no reason why not")
        return self._found  # type: ignore[no-any-return]


def _unified(a: Type, b: Type) -> Type | None:
    """A type that holds both, if it is one of the two, one of them or None, or a tuple of such."""
    if a.isSubtypeOf(b):
        return b
    if b.isSubtypeOf(a):
        return a
    if isinstance(a, OptionalType) or isinstance(b, OptionalType):
        inner = _unified(*(t.getElementType() if isinstance(t, OptionalType) else t for t in (a, b)))
        return None if inner is None else OptionalType(inner)
    if isinstance(a, NoneType) or isinstance(b, NoneType):
        return OptionalType(b if isinstance(a, NoneType) else a)
    if isinstance(a, TupleType) and isinstance(b, TupleType) and len(a._parts) == len(b._parts):
        parts = [_unified(x, y) for x, y in zip(a._parts, b._parts, strict=True)]
        known = [p for p in parts if p is not None]
        return TupleType(known) if len(known) == len(parts) else None
    return None


def unify_type_list(types: list[Type]) -> Type:
    """The type that all types have in common.

    Parameters
    ----------
    types : list of Type

    Returns
    -------
    Type
        One of them, with None if need be.

    Raises
    ------
    RuntimeError
        If there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unify_type_list([torch.IntType.get(), torch.NoneType.get()])
    Optional[int]
    """
    if not types:
        raise RuntimeError("unify_type_list: the list is empty")
    result = types[0]
    for number, t in enumerate(types[1:], 1):
        unified = _unified(result, t)
        if unified is None:
            raise RuntimeError(f"unify_type_list: element {number} of type {t!r} has no type in common with {result!r}")
        result = unified
    return result
