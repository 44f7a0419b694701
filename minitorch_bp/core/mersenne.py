"""The words behind every random number: the Mersenne Twister, and its state in PyTorch's layout.

The algorithm makes 624 words of 32 bits at a time. NumPy's ``MT19937`` makes the same words, so the work here is only to
deal them out cheaply. Small requests are slices of a *lot*, which also exists in the forms they usually want (uniform
numbers of 24 or 53 bits, logarithms, normals), each made once per lot; large ones take whole blocks straight from NumPy.

A lot is one block of 624 words after seeding, and up to sixteen when small requests go on: the calls that make its forms
cost 40 us for normals, however short it is. NumPy's generator stands at its end; ``position`` says what has been dealt out.

Source: Matsumoto and Nishimura, "Mersenne Twister", 1998.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

LOW_24, LOW_53 = np.array((1 << 24) - 1, np.uint32), np.array((1 << 53) - 1, np.uint64)
UNIT_24, UNIT_31, UNIT_53 = np.array(2.0**-24, np.float32), np.float32(2.0**-31), 2.0**-53
_EIGHT, _TOP_BIT = np.array(8, np.uint32), np.array(1 << 31, np.uint32)
BLOCK = 624
#: Words that a loop over a large request draws at a time: NumPy's call costs 5 us, so fewer are slower (3.3 ns a word at
#: 8192 in place of 2.7), and more memory is given back to the system after each pass, to be faulted in again.
PASS = 131072
#: The largest lot, and the largest request that is dealt from lots.
MOST_BLOCKS, SMALL = 16, 1024
_SWAP_HALVES = np.array(32, np.uint64)
_STATE_BYTES = 5056


class WordSource:
    """A stream of 32-bit words."""

    def __init__(self, seed: int):
        self._engine: Any = None  # numpy.random takes 12 ms to import, so it waits for the first draw
        self._many: Any = None
        self._start(seed)

    def _start(self, seed: int) -> None:
        """Begin the stream that belongs to a seed in [0, 2**64)."""
        self._seed = seed
        if self._engine is not None:
            np.random.RandomState(self._engine).seed(seed & 0xFFFFFFFF)
        self._fresh = True  # nothing has been drawn since seeding, which PyTorch's state shows
        self._forget_lot()

    def _forget_lot(self) -> None:
        """Stand where NumPy's generator stands, at the end of a block."""
        self._set_lot(_NO_WORDS)
        self._grows_to = 1
        self._asked: set[Any] = set()  # forms that have been asked for once
        self._offsets: set[int] = set()  # and where blocks of normals have begun

    def _set_lot(self, words: np.ndarray) -> None:
        self._lot, self._end, self._position = words, len(words), 0
        self._units: Any = None  # the lot as float32 uniforms in [0, 1)
        self._forms: dict[Any, Any] = {}  # and in other forms that small requests want, by name

    def _begin(self) -> Any:
        """NumPy's Mersenne Twister, started on first use."""
        if self._engine is None:
            self._engine = np.random.MT19937(0)
            np.random.RandomState(self._engine).seed(self._seed & 0xFFFFFFFF)
            self._many = np.random.Generator(self._engine).integers
        return self._engine

    def _next_lot(self, least: int = BLOCK) -> None:
        blocks = max(self._grows_to, -(-least // BLOCK))
        self._set_lot(self._begin().random_raw(blocks * BLOCK).astype(np.uint32))
        self._grows_to = min(2 * blocks, MOST_BLOCKS)

    def _form(self, key: Any, make: Callable[[], Any]) -> Any:
        """The lot in another form, made when it is asked for the second time; None at the first, which may be the only one."""
        form = self._forms.get(key)
        if form is None:
            if key in self._asked:
                form = self._forms[key] = make()
            else:
                self._asked.add(key)
        return form

    # ------------------------------------------------------------------ the state
    def state_bytes(self) -> np.ndarray:
        """The state in PyTorch's own layout of 5056 bytes (without the cached normal)."""
        out = np.zeros(_STATE_BYTES, np.uint8)
        before = max(self._position - 1, 0) // BLOCK * BLOCK  # words of the lot in blocks before this one
        following = 0 if self._fresh else self._position - before if self._end else BLOCK
        left = 1 if self._fresh else BLOCK + 1 - following
        out[0:8].view(np.uint64)[0] = self._seed
        out[8:16].view(np.int32)[:] = (left, 1)
        out[16:24].view(np.uint64)[0] = following
        key = untempered(self._lot[before : before + BLOCK]) if self._end else self._begin().state["state"]["key"]
        out[24:5016].view(np.uint64)[:] = key
        return out

    def set_state_bytes(self, state: np.ndarray) -> None:
        """Continue from a state in PyTorch's layout; RuntimeError if it is not one, and then nothing changes."""
        state = np.ascontiguousarray(state, np.uint8)
        if state.shape != (_STATE_BYTES,):
            raise RuntimeError(f"a generator state has {_STATE_BYTES} bytes, but got {state.size}")
        left, seeded = (int(v) for v in state[8:16].view(np.int32))
        following = int(state[16:24].view(np.uint64)[0])
        if not (seeded and 0 < left <= BLOCK and following <= BLOCK):
            raise RuntimeError("the bytes are not the state of a Mersenne Twister")
        self._seed = int(state[0:8].view(np.uint64)[0])
        self._fresh = left == 1 and following == 0
        key = state[24:5016].view(np.uint64).astype(np.uint32)
        inside = left != 1
        self._begin().state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 0 if inside else BLOCK}}
        self._forget_lot()
        if inside:
            self._next_lot()  # these words exist already: reading them does not move the state
            self._position = following

    # ------------------------------------------------------------------ words
    def words32(self, n: int) -> np.ndarray:
        """The next n words, as uint32. Not to be written to: it may be part of the lot."""
        start = self._position
        stop = start + n
        if n:
            self._fresh = False
        if stop <= self._end:
            self._position = stop
            return self._lot[start:stop]
        if start == self._end and n <= SMALL:
            self._next_lot(n)
            self._position = n
            return self._lot[:n]
        out = np.empty(n, np.uint32)
        rest = self._end - start
        out[:rest] = self._lot[start:]
        whole = (n - rest) // BLOCK * BLOCK if n > SMALL else 0
        self._begin()
        if whole:
            self._forget_lot()
            deal(self._swapped(whole), out[rest : rest + whole], True)
        if rest + whole < n:
            self._next_lot(n - rest - whole)
            self._position = n - rest - whole
            out[rest + whole :] = self._lot[: self._position]
        return out

    def _swapped(self, n: int) -> np.ndarray:
        """The next n words, whole blocks of them, straight from NumPy: by two, the second first (:func:`deal` puts them right).

        NumPy calls its generator once per number drawn, so 64 bits at a time cost 2.0 ns a word, 32 bits 2.65.
        """
        words: np.ndarray = self._many(0, 0xFFFFFFFFFFFFFFFF, n // 2, np.uint64, True)
        return words.view(np.uint32)

    def words64(self, n: int) -> np.ndarray:
        """The next 2n words in pairs, the first the high half, as a new uint64 array."""
        rest = self._end - self._position
        whole = (2 * n - rest) // BLOCK * BLOCK
        if rest & 1 or whole <= 0 or 2 * n <= SMALL:
            return _paired(self.words32(2 * n))
        # NumPy makes pairs of whole blocks itself.
        self._begin()
        out = np.empty(n, np.uint64)
        out[: rest // 2] = _paired(self.words32(rest))
        out[rest // 2 : (rest + whole) // 2] = self._many(0, 0xFFFFFFFFFFFFFFFF, whole // 2, np.uint64, True)
        self._forget_lot()
        self._fresh = False
        last = 2 * n - rest - whole
        if last:
            out[(rest + whole) // 2 :] = _paired(self.words32(last))
        return out

    def passes32(self, n: int) -> Iterator[tuple[int, np.ndarray, bool]]:
        """The next n words in passes ``(start, words, swapped)``, as new arrays that may be overwritten: no copy of the bulk.

        Work on the words comes first, then :func:`deal` puts the results where they belong.
        """
        start = 0
        while start < n:
            rest = self._end - self._position
            wanted = min(n - start, PASS)
            whole = wanted // BLOCK * BLOCK if n > SMALL else 0
            if rest or not whole:
                words = self.words32(min(wanted, rest or SMALL)).copy()
                yield start, words, False
            else:
                self._begin()
                words = self._swapped(whole)
                self._forget_lot()
                self._fresh = False
                yield start, words, True
            start += len(words)

    # ------------------------------------------------------------------ uniform numbers
    def uniform32(self, n: int, out: np.ndarray | None = None) -> np.ndarray:
        """n float32 numbers in [0, 1), the low 24 bits of a word each, into ``out`` or a new array."""
        start = self._position
        if start + n <= self._end and (self._units is not None or 4 * n < self._end):
            units = self._lot_units()
            self._position = start + n
            if out is None:
                return units[start : start + n].copy()
            out[...] = units[start : start + n]
            return out
        if out is None:
            out = np.empty(n, np.float32)
        for low, words, swapped in self.passes32(n):
            part = out[low : low + len(words)]
            np.bitwise_and(words, LOW_24, words)
            deal(words.view(np.int32), part, swapped)
            np.multiply(part, UNIT_24, part)
        return out

    def affine32(self, n: int, span: float, bottom: float, out: np.ndarray) -> np.ndarray:
        """n float32 numbers ``u span + bottom``, into ``out``, with u of :meth:`uniform32`: made in float64 and rounded once."""
        start = self._position
        if start + n <= self._end:
            numbers = self._forms.get("wide")
            if numbers is None:
                numbers = self._forms["wide"] = (self._lot & LOW_24) * float(UNIT_24)
            self._position = start + n
            wide = numbers[start : start + n] * span
            wide += bottom
            out[...] = wide
            return out
        for low in range(0, n, PASS):
            part = out[low : low + PASS]
            wide = self.uniform32(len(part), part).astype(np.float64)
            np.multiply(wide, span, wide)
            np.add(wide, bottom, wide)
            part[...] = wide
        return out

    def symmetric32(self, n: int, top: np.float32, out: np.ndarray) -> np.ndarray:
        """n float32 numbers in [-top, top), into ``out``: ``top (2u - 1)`` with u of :meth:`uniform32`, rounded once.

        With k for the 24 bits of u, 2u - 1 is the integer 2**8 (k - 2**23) times 2**-31, which is exact in float32: no detour
        over float64. (The shift drops the word's high bits, and flipping the top bit subtracts 2**31.)
        """
        start, scale = self._position, top * UNIT_31
        if start + n <= self._end:
            numbers = self._forms.get("signed")  # twice the uniform less 1, times 2**31
            if numbers is None:
                numbers = np.bitwise_xor(np.left_shift(self._lot, _EIGHT), _TOP_BIT).view(np.int32).astype(np.float32)
                self._forms["signed"] = numbers
            self._position = start + n
            np.multiply(numbers[start : start + n], scale, out)
            return out
        for low, words, swapped in self.passes32(n):
            part = out[low : low + len(words)]
            np.left_shift(words, _EIGHT, words)
            np.bitwise_xor(words, _TOP_BIT, words)
            deal(words.view(np.int32), part, swapped)
            np.multiply(part, scale, part)
        return out

    def uniform64(self, n: int) -> np.ndarray:
        """n float64 numbers in [0, 1), 53 bits of two words each. Small results are not to be written to."""
        start = self._position
        if start + 2 * n <= self._end:
            self._position = start + 2 * n
            return self._lot_pairs(start & 1)[start >> 1 : (start >> 1) + n]
        out = np.empty(n, np.float64)
        for low in range(0, n, PASS // 2):
            part = out[low : low + PASS // 2]
            words = self.words64(part.size)
            np.bitwise_and(words, LOW_53, out=words)
            part[...] = words.view(np.int64)
            np.multiply(part, UNIT_53, part)
        return out

    def mapped64(self, n: int, name: str, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """``function`` of n of :meth:`uniform64`'s numbers. Not to be written to.

        A small request is a slice of the function of the whole lot, kept under ``name``: ten exponential numbers take 2.2 us
        where ten calls of log1p take 3.4.
        """
        start = self._position
        odd = start & 1
        numbers = None
        if start + 2 * n <= self._end:
            numbers = self._form((name, odd), lambda: function(self._lot_pairs(odd)))
        if numbers is None:
            return function(self.uniform64(n))
        self._position = start + 2 * n
        return numbers[start >> 1 : (start >> 1) + n]  # type: ignore[no-any-return]

    def small_integers(self, n: int, span: int) -> np.ndarray:
        """n words modulo ``span``, as int64: slices of the lot, which must have so many left."""
        start = self._position
        words = self._forms.get("int64")
        if words is None:
            words = self._forms["int64"] = self._lot.astype(np.int64)
        self._position = start + n
        return np.remainder(words[start : start + n], span)  # type: ignore[no-any-return]

    def _lot_units(self) -> np.ndarray:
        if self._units is None:
            self._units = np.multiply((self._lot & LOW_24).view(np.int32), UNIT_24, dtype=np.float32)
        return self._units  # type: ignore[no-any-return]

    def _lot_pairs(self, odd: int) -> np.ndarray:
        """The lot as float64 uniforms of two words, starting at word 0 or at word 1."""
        pairs = self._forms.get(("pairs", odd))
        if pairs is None:
            words = self._lot[odd : self._end - odd]
            pairs = (_paired(words) & LOW_53).view(np.int64) * UNIT_53 if words.size else _NO_PAIRS
            self._forms["pairs", odd] = pairs
        return pairs


def deal(words: np.ndarray, out: np.ndarray, swapped: bool) -> None:
    """Write words, or what was made of them, to ``out`` in the order of the stream (see :meth:`WordSource.passes32`)."""
    if swapped:
        out[0::2], out[1::2] = words[1::2], words[0::2]
    else:
        out[...] = words


def untempered(words: np.ndarray) -> np.ndarray:
    """The state from which the Mersenne Twister has made words, as uint64: its last step, four shifts, undone.

    A shift by s bits that is xor-ed leaves s bits as they were, from which the next s follow, and so on.
    """
    y = words.astype(np.uint64)
    y ^= y >> np.uint64(18)
    y ^= (y << np.uint64(15)) & np.uint64(0xEFC60000)
    x = y
    for _ in range(4):
        x = y ^ ((x << np.uint64(7)) & np.uint64(0x9D2C5680))
    y = x
    for _ in range(2):
        x = y ^ (x >> np.uint64(11))
    return x


_NO_WORDS, _NO_PAIRS = np.empty(0, np.uint32), np.empty(0)


def _paired(words: np.ndarray) -> np.ndarray:
    high = words[0::2].astype(np.uint64)
    np.left_shift(high, _SWAP_HALVES, high)
    np.bitwise_or(high, words[1::2], high)
    return high
