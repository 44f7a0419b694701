"""The machine that runs a pickle: a stack, a memo, and the instructions that files of tensors need.

A pickle is a program for a stack machine. Python's own ``pickle`` runs any such program, and lets it call functions and set
attributes. This machine knows the 36 instructions that tensors, containers and numbers need. An instruction that
names something (GLOBAL), calls (REDUCE, NEWOBJ), sets a state (BUILD) or refers to a storage (BINPERSID) is passed on to a
:class:`World`, which decides; the others fill exactly lists, dicts, tuples and sets.

Three things are bounded besides memory. A key is a scalar or a small tuple of scalars, because hashing follows nested tuples without
end. A container takes few keys with one and the same hash, because each costs a comparison with all before it. What is nested
deeper than 1,000 levels is refused, because those who walk through it later do so recursively.
"""

from __future__ import annotations

import pickle
import pickletools
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from ..core.device import Size
from .budget import Budget

MAX_DEPTH = 1000
_MAX_KEY = 64  # scalars in a key that is a tuple
_MAX_EQUAL_HASHES = 16
_CHUNK = 256  # instructions between two looks at the budget
# What is charged for an instruction, a pair of a dict, a place in the memo (in order, or not), an empty container, a key that is not a
# text, the keys of a container, a container in the result, a number, and a text, in bytes.
_INSTRUCTION, _PAIR, _MEMO, _FAR, _LIST, _DICT, _SET = 10, 80, 16, 120, 64, 72, 216
_KEY, _KEYS, _VISIT, _NUMBER, _TEXT = 100, 500, 96, 32, 56
_DICTS = (dict, OrderedDict, defaultdict, Counter)
_NESTING = (dict, list, tuple)


def shown(value: Any) -> str:
    """A value of a file in an error: not more than its type, if its text could be long, or take long to make."""
    if type(value) in (str, bytes, int, float, bool, type(None)):
        return f"{value!r:.60}"
    return value.__name__ if isinstance(value, type) else f"a {type(value).__name__}"


class CallerError(Exception):
    """An error in a function or class of whoever called ``load``, who gets its cause."""


def call_foreign(function: Any, *args: Any) -> Any:
    """Call what the caller of ``load`` has given, or allowed."""
    try:
        return function(*args)
    except Exception as error:
        raise CallerError from error


class _Stop(Exception):
    """The program has ended; its argument is the result."""


class Keys:
    """Decides what may be a key of a dict or an element of a set, in bounded time."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._hashes: dict[int, tuple[Any, dict[int, int]]] = {}  # by the container's id, which the container in it keeps valid

    def check(self, container: Any, keys: Any) -> None:
        """Refuse keys that would take long to hash, or to tell apart."""
        for key in keys:
            if type(key) is str:
                continue  # strings are hashed with a secret
            size, parts = 0, [key]
            while parts:
                part = parts.pop()
                if type(part) is tuple or type(part) is Size:
                    parts.extend(part)
                size += 1
                if size + len(parts) > _MAX_KEY:
                    raise pickle.UnpicklingError(f"a tuple of more than {_MAX_KEY} elements is used as a key")
            try:
                code = hash(key)
            except TypeError:
                raise pickle.UnpicklingError(f"a {type(key).__name__} can't be a key of a dict or an element of a set") from None
            self._budget.spend(_KEY, "the keys of a container")
            if id(container) not in self._hashes:
                self._budget.spend(_KEYS, "the keys of a container")
                self._hashes[id(container)] = (container, {})
            seen = self._hashes[id(container)][1]
            seen[code] = seen.get(code, 0) + 1
            if seen[code] > _MAX_EQUAL_HASHES:
                raise pickle.UnpicklingError("too many keys of one container have the same hash")


class World(Protocol):
    """What the instructions that reach outside the machine mean."""

    keys: Keys

    def find(self, module: str, name: str) -> Any: ...
    def call(self, function: Any, args: tuple[Any, ...]) -> Any: ...
    def new(self, kind: Any, args: tuple[Any, ...]) -> Any: ...
    def build(self, target: Any, state: Any) -> None: ...
    def extend(self, target: Any, items: list[Any]) -> None: ...
    def storage(self, reference: Any) -> Any: ...


def check_depth(result: Any, budget: Budget) -> None:
    """Refuse what is nested deeper than MAX_DEPTH; every container is looked at once."""
    seen: set[int] = set()
    level = [result] if isinstance(result, _NESTING) else []
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for container in level:
            if id(container) not in seen:
                budget.spend(_VISIT, "the nesting of containers")
                seen.add(id(container))
                items = container.values() if isinstance(container, dict) else container
                inner.extend([item for item in items if isinstance(item, _NESTING)])
        level = inner
        if not level:
            return
    raise pickle.UnpicklingError(f"the file nests containers deeper than {MAX_DEPTH} levels")


class _Actions(dict[bytes, Callable[[], None]]):
    """What to do for each instruction; the others are refused."""

    def __missing__(self, code: bytes) -> NoReturn:
        if not code:
            raise IndexError
        name = next((op.name for op in pickletools.opcodes if op.code.encode("latin-1") == code), repr(code))
        raise pickle.UnpicklingError(f"the instruction {name} is not among those that tensors, containers and numbers need")


class Machine:
    """Runs one pickle.

    Parameters
    ----------
    stream : binary file
        Stands at the first instruction, and after :meth:`run` behind the last.
    size : int
        Where the stream ends, as a position of its ``tell``.
    world : World
    budget : Budget
    record : str
        What the errors call the pickle.
    encoding : str
        Of the strings that Python 2 wrote; 'bytes' keeps them as bytes.
    """

    def __init__(self, stream: Any, size: int, world: World, budget: Budget, record: str, encoding: str = "utf-8"):
        self._read, self._readline, self._tell = stream.read, stream.readline, stream.tell
        self._size, self._world, self._budget, self._record, self._encoding = size, world, budget, record, encoding
        self._spend = budget.spend
        self._stack: list[Any] = []
        self._outer: list[list[Any]] = []  # the stacks below each mark
        self._memo: list[Any] = []  # picklers number what they store in order
        self._far: dict[int, Any] = {}  # what others store elsewhere
        self._keys = world.keys

    def run(self) -> Any:
        """The object that the pickle describes; UnpicklingError, EOFError or RuntimeError if it is damaged or hostile."""
        try:
            result = self._follow()
            check_depth(result, self._budget)
        except pickle.UnpicklingError as error:
            raise pickle.UnpicklingError(f"{self._place()}: {error}") from error.__cause__
        return result

    def _follow(self) -> Any:
        actions = _Actions({code: getattr(self, name) for code, name in _INSTRUCTIONS.items()})
        read, budget, kept = self._read, self._budget, 0
        try:
            while True:
                for _ in range(_CHUNK):
                    actions[read(1)]()
                known, kept = kept, len(self._memo)
                budget.spend(_CHUNK * _INSTRUCTION + _MEMO * (kept - known), self._place())
        except _Stop as stop:
            self._memo.clear()
            self._far.clear()
            budget.left += _MEMO * kept
            return stop.args[0]
        except (IndexError, struct.error):
            if self._tell() >= self._size:
                raise EOFError(f"{self._place()} is truncated: the pickle ends before its last instruction") from None
            self._refuse("takes more from the stack than there is on it")
        except UnicodeDecodeError as error:
            if self._encoding != "utf-8":
                raise  # the caller's choice
            self._refuse("holds text that is not UTF-8", error)
        except KeyError as error:
            self._refuse(f"asks for object {error}, which it has not stored", error)
        except (TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            self._refuse(f"can't be followed ({type(error).__name__}: {str(error)[:200]})", error)

    def _place(self) -> str:
        return f"{self._record}, byte {self._tell()}"

    def _refuse(self, why: str, cause: Any = None) -> NoReturn:
        raise pickle.UnpicklingError(f"the pickle {why}") from cause

    # ------------------------------------------------------------------ numbers and text
    def _take(self, count: int) -> bytes:
        if count > 4096 and self._tell() + count > self._size:
            raise EOFError(f"{self._place()} is truncated: {count} bytes should follow")
        data: bytes = self._read(count)
        if len(data) < count:
            raise EOFError(f"{self._place()} is truncated: {count} bytes should follow")
        return data

    def _proto(self) -> None:
        version = self._read(1)[0]
        if version > pickle.HIGHEST_PROTOCOL:
            self._refuse(f"has the unknown protocol {version}")

    def _stop(self) -> None:
        value = self._stack.pop()
        if self._stack or self._outer:
            self._refuse("ends while objects are left on the stack")
        raise _Stop(value)

    def _none(self) -> None:
        self._stack.append(None)

    def _true(self) -> None:
        self._stack.append(True)

    def _false(self) -> None:
        self._stack.append(False)

    def _int1(self) -> None:
        self._stack.append(self._read(1)[0])

    def _int2(self) -> None:
        self._spend(_NUMBER, self._record)
        self._stack.append(_H(self._read(2))[0])

    def _int4(self) -> None:
        self._spend(_NUMBER, self._record)
        self._stack.append(_I(self._read(4))[0])

    def _long1(self) -> None:
        data = self._take(self._read(1)[0])
        self._spend(len(data) + _NUMBER, self._record)
        self._stack.append(int.from_bytes(data, "little", signed=True))

    def _float(self) -> None:
        self._spend(_NUMBER, self._record)
        self._stack.append(_D(self._read(8))[0])

    def _text(self) -> None:
        data = self._take(_U(self._read(4))[0])
        self._spend(len(data) + _TEXT if data.isascii() else 4 * len(data) + 2 * _TEXT, self._record)
        self._stack.append(data.decode("utf-8", "surrogatepass"))

    def _old_text(self) -> None:
        data = self._take(self._read(1)[0])
        self._spend(len(data) + _TEXT if data.isascii() else 4 * len(data) + 2 * _TEXT, self._record)
        self._stack.append(data if self._encoding == "bytes" else data.decode(self._encoding, "strict"))

    # ------------------------------------------------------------------ containers
    def _mark(self) -> None:
        self._outer.append(self._stack)
        self._spend(_LIST, self._record)
        self._stack = []

    def _since_mark(self) -> list[Any]:
        items = self._stack
        if not self._outer:
            self._refuse("refers to a mark that it has not set")
        self._stack = self._outer.pop()
        return items

    def _empty_tuple(self) -> None:
        self._stack.append(())

    def _tuple1(self) -> None:
        self._spend(64, self._record)
        self._stack[-1] = (self._stack[-1],)

    def _tuple2(self) -> None:
        self._spend(64, self._record)
        stack = self._stack
        stack[-2:] = [(stack[-2], stack[-1])]

    def _tuple3(self) -> None:
        self._spend(64, self._record)
        stack = self._stack
        stack[-3:] = [(stack[-3], stack[-2], stack[-1])]

    def _tuple(self) -> None:
        items = self._since_mark()
        self._spend(48 + 8 * len(items), self._record)
        self._stack.append(tuple(items))

    def _empty_list(self) -> None:
        self._spend(_LIST, self._record)
        self._stack.append([])

    def _empty_dict(self) -> None:
        self._spend(_DICT, self._record)
        self._stack.append({})

    def _empty_set(self) -> None:
        self._spend(_SET, self._record)
        self._stack.append(set())

    def _append(self) -> None:
        item = self._stack.pop()
        self._extend(self._stack[-1], [item])

    def _appends(self) -> None:
        items = self._since_mark()
        self._extend(self._stack[-1], items)

    def _extend(self, target: Any, items: list[Any]) -> None:
        self._spend(16 * len(items) + 32, self._record)
        if type(target) is list:
            target.extend(items)
        else:
            self._world.extend(target, items)

    def _setitem(self) -> None:
        value = self._stack.pop()
        key = self._stack.pop()
        self._update(self._stack[-1], [key, value])

    def _setitems(self) -> None:
        items = self._since_mark()
        self._update(self._stack[-1], items)

    def _update(self, target: Any, items: list[Any]) -> None:
        if type(target) not in _DICTS:
            self._refuse(f"sets items of a {type(target).__name__}; only a dict, OrderedDict or Counter has them")
        if len(items) % 2:
            self._refuse("sets an item without a value")
        self._spend(_PAIR * len(items) // 2 + 160, self._record)
        keys = items[::2]
        self._keys.check(target, keys)
        for key, value in zip(keys, items[1::2], strict=True):
            target[key] = value

    # ------------------------------------------------------------------ memo
    def _put(self) -> None:
        self._remember(self._read(1)[0])

    def _long_put(self) -> None:
        self._remember(_U(self._read(4))[0])

    def _remember(self, index: int) -> None:
        memo = self._memo
        if index == len(memo):
            memo.append(self._stack[-1])
        elif index < len(memo):
            memo[index] = self._stack[-1]
        else:
            self._spend(_FAR, self._record)
            self._far[index] = self._stack[-1]

    def _get(self) -> None:
        self._recall(self._read(1)[0])

    def _long_get(self) -> None:
        self._recall(_U(self._read(4))[0])

    def _recall(self, index: int) -> None:
        memo = self._memo
        self._stack.append(memo[index] if index < len(memo) else self._far[index])

    # ------------------------------------------------------------------ what the world decides
    def _global(self) -> None:
        names = [self._readline(512), self._readline(512)]
        if not all(name.endswith(b"\n") for name in names):
            if self._tell() >= self._size:
                raise EOFError(f"{self._place()} is truncated: a name should follow")
            self._refuse("has a name of more than 500 letters")
        module, name = (part[:-1].decode("utf-8") for part in names)
        self._stack.append(self._world.find(module, name))

    def _reduce(self) -> None:
        args = self._stack.pop()
        function = self._stack[-1]
        if type(args) is not tuple:
            self._refuse(f"calls with a {type(args).__name__} instead of a tuple of arguments")
        self._stack[-1] = self._world.call(function, args)

    def _newobj(self) -> None:
        args = self._stack.pop()
        kind = self._stack[-1]
        if type(args) is not tuple:
            self._refuse(f"makes an object with a {type(args).__name__} instead of a tuple of arguments")
        self._stack[-1] = self._world.new(kind, args)

    def _build(self) -> None:
        state = self._stack.pop()
        self._world.build(self._stack[-1], state)

    def _persid(self) -> None:
        self._stack[-1] = self._world.storage(self._stack[-1])


_H, _I, _U, _D = (struct.Struct(form).unpack for form in ("<H", "<i", "<I", ">d"))
_INSTRUCTIONS = {
    b"\x80": "_proto", b".": "_stop", b"N": "_none", b"\x88": "_true", b"\x89": "_false",
    b"K": "_int1", b"M": "_int2", b"J": "_int4", b"\x8a": "_long1", b"G": "_float", b"X": "_text", b"U": "_old_text",
    b"(": "_mark", b")": "_empty_tuple", b"\x85": "_tuple1", b"\x86": "_tuple2", b"\x87": "_tuple3", b"t": "_tuple",
    b"]": "_empty_list", b"}": "_empty_dict", b"\x8f": "_empty_set", b"a": "_append", b"e": "_appends", b"s": "_setitem",
    b"u": "_setitems", b"q": "_put", b"r": "_long_put", b"h": "_get", b"j": "_long_get",
    b"c": "_global", b"R": "_reduce", b"\x81": "_newobj", b"b": "_build", b"Q": "_persid",
}  # fmt: skip
