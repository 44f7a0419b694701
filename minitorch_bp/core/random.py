"""The random number generator: PyTorch's CPU stream, number for number.

The words come from :mod:`mersenne`; the work here is to turn them into numbers in the way PyTorch does:

* a *float32 uniform* takes one word and uses its low 24 bits, a *float64 uniform* takes two and uses 53 bits;
* *normals* come from :mod:`box_muller`, in blocks of 16 for large contiguous tensors and in cached pairs otherwise;
* *integers* are a word modulo the range, a *permutation* is a Fisher-Yates shuffle with one word per step.

So ``manual_seed(s)`` gives the numbers it gives in PyTorch, and leaves the generator in the same state. Other
distributions are made of these in :mod:`variates`.
"""

from __future__ import annotations

import functools
import math
import threading
from typing import Any

import numpy as np

from .box_muller import CHUNK, box_muller_f32, box_muller_f64, fma64, polar_f32, scaled_f32
from .device import CPU, check_device
from .libm import exact
from .mersenne import LOW_53, PASS, SMALL, WordSource, deal
from .tensor import Tensor, wrap

_DEFAULT_SEED = 67280421310721
_TWO_PI = 2.0 * math.pi
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
_ZERO = np.array(0, _F32)
_PART = {np.dtype(np.complex64): _F32, np.dtype(np.complex128): _F64}  # the type of the two parts


class Generator(WordSource):
    """A source of random numbers with its own state.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> g = torch.Generator().manual_seed(0)
    >>> torch.rand(2, generator=g)
    tensor([0.4963, 0.7682])
    """

    def __init__(self, device: Any = "cpu"):
        try:
            check_device(device)
        except AssertionError as error:
            raise RuntimeError(f"a generator of random numbers for the GPU: {error}") from None
        self._next_normal: float | None = None
        self.lock = threading.RLock()  # held for each operation's draws, so that those of two threads do not mix
        super().__init__(_DEFAULT_SEED)

    def __repr__(self) -> str:
        return f"<torch._C.Generator object at {id(self):#x}>"

    @property
    def device(self) -> Any:
        """Always ``cpu``."""
        return CPU

    # ------------------------------------------------------------------ seeding and state
    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to a seed; RuntimeError for what is no int, ValueError outside of [-2**63, 2**64)."""
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise RuntimeError(f"manual_seed: a seed must be an int, but is of type {type(seed).__name__}")
        seed = int(seed)
        if not -(1 << 63) <= seed < (1 << 64):
            raise ValueError(f"a seed must lie between -2**63 and 2**64 - 1, but got {seed}")
        self._start(seed & ((1 << 64) - 1))
        self._next_normal = None
        return self

    def initial_seed(self) -> int:
        """The seed that started the stream."""
        return self._seed

    def seed(self) -> int:
        """Start at a seed from the operating system, and return it."""
        import secrets

        self.manual_seed(secrets.randbits(64))
        return self._seed

    def state_bytes(self) -> np.ndarray:
        """The state in PyTorch's own layout of 5056 bytes."""
        out = super().state_bytes()
        if self._next_normal is not None:
            out[5024:5032].view(np.float64)[0] = self._next_normal
            out[5040:5044].view(np.int32)[0] = 1
        return out

    def set_state_bytes(self, state: np.ndarray) -> None:
        """Continue from a state in PyTorch's layout; RuntimeError if it is not one, and then nothing changes."""
        super().set_state_bytes(state)
        cached = int(state[5040:5044].view(np.int32)[0])
        self._next_normal = float(state[5024:5032].view(np.float64)[0]) if cached else None

    def get_state(self) -> Tensor:
        """The state as a ByteTensor, interchangeable with PyTorch's."""
        return wrap(self.state_bytes())

    def set_state(self, new_state: Tensor) -> Generator:
        """Continue from a state that :meth:`get_state` (here or in PyTorch) returned."""
        self.set_state_bytes(state_array(new_state))
        return self

    def clone_state(self) -> Generator:
        """A generator of its own that continues as this one would."""
        copy = Generator()
        copy.set_state_bytes(self.state_bytes())
        return copy

    def __getstate__(self) -> Any:
        return self.state_bytes()

    def __setstate__(self, state: Any) -> None:
        self.__init__()  # type: ignore[misc]
        self.set_state_bytes(state)

    # ------------------------------------------------------------------ uniforms
    def uniform(self, n: int, low: float, high: float, dtype: np.dtype, out: np.ndarray | None = None) -> np.ndarray:
        """``n`` numbers in [low, high): ``u (high - low) + low``, rounded once; float32 ones into ``out``, if given."""
        if dtype is _F32 or dtype == _F32:
            if low == 0 and high == 1:
                return self.uniform32(n, out)
            return self._uniform_between32(n, low, high, out)
        if dtype.kind == "c":
            part: Any = _PART[dtype]
            return self.uniform(2 * n, low, high, part, None if out is None else out.view(part)).view(dtype)
        if dtype == _F64:
            u = self.uniform64(n)
            if low == 0:
                return u * high
            # For symmetric bounds, 2u - 1 is exact, so one multiplication does what otherwise needs a fused one.
            x = (2.0 * u - 1.0) * high if low == -high else fma64(u, high - low, low)
        else:  # half precision: made in float32 and rounded
            bottom = _F32.type(low)
            u = self.uniform32(n).astype(np.float64)
            x = by_way_of_float(u * float(_F32.type(high) - bottom) + float(bottom), dtype)
        x[x == dtype.type(high)] = dtype.type(low)  # rounded up to the open end
        return x

    def _uniform_between32(self, n: int, low: float, high: float, out: Any) -> np.ndarray:
        x = np.empty(n, np.float32) if out is None else out
        top = _F32.type(high)
        if low == -high and high > 1e-30:
            return self.symmetric32(n, top, x)
        bottom = _F32.type(low)
        span = float(top - bottom)
        self.affine32(n, span, float(bottom), x)
        # The largest u may be rounded up to the open end, unless its distance, span / 2**24, is over half a unit in the last place.
        if n and span <= abs(float(top)) and x[x.argmax()] == top:
            x[x == top] = bottom
        return x

    # ------------------------------------------------------------------ normals
    def normal_pairs(self, n: int, dtype: np.dtype = _F64) -> np.ndarray:
        """``n`` normals, two at a time, of float64 or float32; an odd one waits for the next call. Not to be written to."""
        few = self._tabled_normals(n, dtype) if n <= 64 else None
        if few is not None:
            return few
        return np.array(self._few_normals(n), dtype) if n <= 64 else self._many_normals(n).astype(dtype, copy=False)

    def _tabled_normals(self, n: int, dtype: np.dtype) -> np.ndarray | None:
        """The same as slices of the lot's normals, from the second request on; None if there are none.

        Ten normals take 1.6 us where their logarithms and so on, one by one, take 4.2. A pair takes four words, so there are
        four such tables.
        """
        waiting, start = self._next_normal, self._position
        pairs = (n - (waiting is not None) + 1) // 2
        if start + 4 * pairs > self._end:
            return None
        tables = self._form(("pairs of normals", start & 3), lambda: self._lot_of_pairs(start & 3))
        if tables is None:
            return None
        self._position = start + 4 * pairs
        wide = tables[0]
        first = (start >> 2) << 1
        table = wide if dtype is _F64 else tables[1]
        if waiting is None:
            if n & 1:
                self._next_normal = float(wide[first + n])
            return table[first : first + n]  # type: ignore[no-any-return]
        if not n:
            return table[:0]  # type: ignore[no-any-return]
        out = np.empty(n, dtype)
        out[0] = waiting
        out[1:] = table[first : first + n - 1]
        self._next_normal = None if n & 1 else float(wide[first + n - 1])
        return out

    def _lot_of_pairs(self, offset: int) -> tuple[np.ndarray, np.ndarray]:
        """The lot's normals from word ``offset`` on, of float64 and of float32."""
        u = self._lot_pairs(offset & 1)[offset >> 1 :]
        u = u[: len(u) & -2]
        values = np.empty(u.size)
        radii, angles = np.sqrt(-2.0 * exact("log1p")(-u[1::2])), u[0::2] * _TWO_PI
        np.multiply(radii, exact("cos")(angles), values[0::2])
        np.multiply(radii, exact("sin")(angles), values[1::2])
        return values, values.astype(np.float32)

    def _few_normals(self, n: int) -> list[float]:
        waiting = self._next_normal
        pairs = (n - (waiting is not None) + 1) // 2
        values = [] if waiting is None or not n else [waiting]
        if values:
            self._next_normal = None
        u = iter(self.uniform64(2 * pairs).tolist())
        log1p, sqrt, cos, sin, append = math.log1p, math.sqrt, math.cos, math.sin, values.append
        for u1, u2 in zip(u, u):
            radius, angle = sqrt(-2.0 * log1p(-u2)), _TWO_PI * u1
            append(radius * cos(angle))
            append(radius * sin(angle))
        if len(values) > n:
            self._next_normal = values.pop()
        return values

    def _many_normals(self, n: int) -> np.ndarray:
        pairs = (n - (self._next_normal is not None) + 1) // 2
        u = self.uniform64(2 * pairs)
        radii = np.sqrt(-2.0 * exact("log1p")(-u[1::2]))
        angles = u[0::2] * (2.0 * math.pi)
        values = np.empty(2 * pairs + 1)
        first = self._next_normal is None
        values[1::2], values[2::2] = exact("cos")(angles) * radii, exact("sin")(angles) * radii
        if not first:
            values[0], self._next_normal = self._next_normal, None
        values = values[int(first) :]
        if len(values) > n:
            self._next_normal = float(values[-1])
        return values[:n]

    def normal(
        self, n: int, mean: float, std: float, dtype: np.dtype, contiguous: bool = True, out: np.ndarray | None = None
    ) -> np.ndarray:
        """``n`` normals (into ``out``, if given); large contiguous requests go through the blocks of 16.

        Complex ones have the variance over both parts, and the mean in each, as PyTorch's have.
        """
        if dtype.kind == "c":
            part: Any = _PART[dtype]
            parts = self.normal(2 * n, mean, std / math.sqrt(2.0), part, contiguous, None if out is None else out.view(part))
            return parts.view(dtype)
        if n < 16 or not contiguous:
            if mean == 0 and std == 1 and dtype is _F32:
                x = self.normal_pairs(n, _F32)
                if out is None:
                    return x if x.base is None else x.copy()
                out[...] = x
                return out
            x = self.normal_pairs(n)
            return by_way_of_float(x * std + 0.0 if mean == 0 else fma64(x, float(std), mean), dtype)
        if n <= SMALL:
            few = self._tabled_blocks(n, mean, std, dtype, out)
            if few is not None:
                return few
        fill = box_muller_f64 if dtype == _F64 else box_muller_f32
        tail = n % 16
        full = n - tail
        waste = 0 if dtype.itemsize == 2 else tail  # half precision never draws the tail
        out = np.empty(n, dtype) if out is None else out
        step, start = CHUNK * 16, 0
        while full - start > step:
            out[start : start + step] = fill(self._draw(step, dtype).reshape(-1, 16), mean, std).reshape(-1)
            start += step
        # The remaining blocks; a partial one is redone from 16 fresh uniforms over the last 16 places.
        u = self._draw(full - start + (waste + 16 if tail else 0), dtype)
        if tail:
            u = np.concatenate((u[: full - start], u[-16:]))
        x = fill(u.reshape(-1, 16), mean, std).reshape(-1)
        out[start:full] = x[: full - start]
        if tail:
            out[n - 16 :] = x[-16:]
        return out

    def _tabled_blocks(self, n: int, mean: float, std: float, dtype: np.dtype, out: np.ndarray | None) -> np.ndarray | None:
        """The same for up to 1024, as slices of the lot's normals; None if there are none.

        32 normals take 2.4 us where the transform takes 36, most of it for calls.
        """
        kind = _F64 if dtype == _F64 else _F32
        width = kind.itemsize // 4
        tail = n % 16
        start = self._position
        full = n - tail
        last = start + width * (n if dtype.itemsize > 2 else full)  # where the 16 for the tail begin
        end = last + 16 * width if tail else last
        if end > self._end:
            return None
        x = np.empty(n, kind) if out is None or dtype is not kind else out
        if not self._fill_blocks(x[:full], start, width) or (tail and not self._fill_blocks(x[n - 16 :], last, width)):
            return None
        self._position = end
        if mean != 0 or std != 1:
            if kind is _F32:
                scaled_f32(x, mean, std)
            else:
                x[...] = x * std + 0.0 if mean == 0 else fma64(x, float(std), mean)
        return x if dtype is kind else x.astype(dtype)

    def _fill_blocks(self, x: np.ndarray, word: int, width: int) -> bool:
        """Whole blocks of normals from a word on, whose uniforms take ``width`` words each, if they are ready.

        Blocks may begin at 16 places of a lot (of float64, at 32), and each has a table of finished normals. Where requests of many
        sizes go through all of them, one table of factors serves all: a normal is a radius times a cosine or sine.
        """
        offset = word % (16 * width)
        self._offsets.add(offset)

        def make() -> np.ndarray:
            u = self._lot_units()[offset:] if width == 1 else self._lot_pairs(offset & 1)[offset >> 1 :]
            blocks = u[: len(u) & -16].reshape(-1, 16).copy()
            return (box_muller_f32 if width == 1 else box_muller_f64)(blocks, 0.0, 1.0).reshape(-1)

        if width == 2 or len(self._offsets) <= 3:
            table = self._form(("blocks of normals", width, offset), make)
            if table is None:
                return False
            first = word // (16 * width) * 16
            x[...] = table[first : first + len(x)]
            return True
        factors = self._form("factors", lambda: polar_f32(self._lot_units()))
        if factors is None:
            return False
        radii, waves = factors
        k = len(x) // 16
        r = np.ndarray((k, 1, 8), _F32, radii, 4 * word, (64, 0, 4))
        w = np.ndarray((k, 2, 8), _F32, waves, 4 * word + 32, (64, waves.strides[0], 4))
        np.multiply(r, w, x.reshape(k, 2, 8))
        np.add(x, _ZERO, x)  # no negative zeros
        return True

    def _draw(self, n: int, dtype: np.dtype) -> np.ndarray:
        """Uniforms that may be overwritten."""
        return np.array(self.uniform64(n)) if dtype == _F64 else self.uniform32(n)

    # ------------------------------------------------------------------ integers
    def integers(self, n: int, low: int, high: int) -> np.ndarray:
        """``n`` integers in [low, high), as int64."""
        span = high - low
        if span >= 1 << 28:
            words = self.words64(n)
            values = (words % np.uint64(span) if span < 1 << 64 else words).view(np.int64)
            return values + low if low else values
        if n <= 512 and self._position + n <= self._end:
            values = self.small_integers(n, span)
            return np.add(values, low, values) if low else values
        out = np.empty(n, np.int64)
        divisor = np.array(span, np.uint32)
        for start, words, swapped in self.passes32(n):
            part = out[start : start + len(words)]
            # The remainder by way of the quotient, which NumPy vectorizes: 0.24 ns in place of 1.65.
            multiple = np.floor_divide(words, divisor)
            np.multiply(multiple, divisor, multiple)
            np.subtract(words, multiple, multiple)
            deal(multiple, part, swapped)
            if low:
                np.add(part, low, part)
        return out

    def any_integers(self, n: int, dtype: np.dtype) -> np.ndarray:
        """``n`` integers over the range a type can hold exactly (``Tensor.random_()``)."""
        if dtype == np.int64 or dtype == np.uint64:
            return (self.words64(n) & np.uint64((1 << 63) - 1 if dtype == np.int64 else (1 << 64) - 1)).view(dtype)
        if dtype == _F64:
            return (self.words64(n) % np.uint64((1 << 53) + 1)).astype(dtype)
        words = self.words32(n)
        if dtype.kind == "b":
            words = words & np.uint32(1)
        elif dtype.kind not in "iu":
            words = words % np.uint32((1 << {"float32": 24, "float16": 11, "bfloat16": 8}[dtype.name]) + 1)
        else:
            words = words & np.uint32(np.iinfo(dtype).max)
        return words.astype(dtype)

    def permutation(self, n: int) -> np.ndarray:
        """A random order of ``range(n)``."""
        if n < 2:
            return np.arange(n)
        if n >= (2**32 - 1) // 20:
            raise NotImplementedError("permutations of 214748364 elements or more are not supported")
        if n <= 32:  # as it is written: three calls into NumPy cost more
            order = list(range(n))
            for i, word in enumerate(self.words32(n - 1).tolist()):
                k = i + word % (n - i)
                order[i], order[k] = order[k], order[i]
            return np.array(order, np.int64)
        ranges, steps = _shuffle_ranges(n) if n <= 1024 else _ranges(n)
        targets = np.remainder(self.words32(n - 1), ranges).view(np.int32)
        np.add(targets, steps, targets)
        return _shuffled(targets, n)

    # ------------------------------------------------------------------ coins
    def coins(self, n: int, p: float, dtype: Any, out: np.ndarray | None = None) -> np.ndarray:
        """``n`` ones with probability ``p``, else zeros (into ``out``, if given): a 53-bit uniform below p."""
        if n <= 64:
            return (self.uniform64(n) < p).astype(dtype)
        bound = np.uint64(math.ceil(p * 2.0**53))
        out = np.empty(n, dtype) if out is None else out
        for start in range(0, n, PASS // 2):
            part = out[start : start + PASS // 2]
            words = self.words64(part.size)
            np.bitwise_and(words, LOW_53, out=words)
            part[...] = np.less(words, bound)
        return out

    def coins_of(self, p: np.ndarray) -> np.ndarray:
        """One coin per element of ``p``, each with its own probability, as booleans."""
        u = self.uniform64(p.size) if p.dtype == _F64 else self.uniform32(p.size)
        return u.reshape(p.shape) < p


def by_way_of_float(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """float64 numbers in another type; PyTorch rounds to half precision by way of float32."""
    return (x.astype(np.float32) if dtype.itemsize == 2 else x).astype(dtype, copy=False)


def state_array(state: Any) -> np.ndarray:
    """The bytes of a saved state; TypeError unless it is a ByteTensor."""
    if not isinstance(state, Tensor) or state._array.dtype != np.uint8:
        raise TypeError("a generator state is a ByteTensor (dtype=torch.uint8), as get_state() returns it")
    return state._array


def _ranges(n: int) -> tuple[np.ndarray, np.ndarray]:
    """How many places step i of a shuffle chooses from, n - i, and i itself."""
    return np.arange(n, 1, -1, dtype=np.uint32), np.arange(n - 1, dtype=np.int32)


_shuffle_ranges = functools.lru_cache(maxsize=32)(_ranges)


def _shuffled(targets: np.ndarray, n: int) -> np.ndarray:
    """The result of swapping ``r[i]`` with ``r[targets[i]]`` for i = 0, 1, ..., starting from ``arange(n)``.

    Written without a loop for large n. Let A(j) be the value that stands at position j just before step j; step j moves
    it to ``targets[j]``. Then A(p) is A(the last j < p with targets[j] == p), or p itself if there is none: a forest
    whose roots pointer jumping finds in a few rounds; and the final value at i is A(the previous step with the same
    target), or that target if it is the first.
    """
    if n < 1024:
        order = list(range(n))
        for i, k in enumerate(targets.tolist()):
            order[i], order[k] = order[k], order[i]
        if n <= 256:  # numbers of one byte: 0.6 us in place of 1.7 for 50
            return np.frombuffer(bytes(order), np.uint8).astype(np.int64)
        return np.array(order, np.int64)
    last = n - 1
    steps = np.arange(last, dtype=np.int32)
    parent = np.arange(n + 1, dtype=np.int32)
    jumps = targets.copy()
    jumps[targets == steps] = n  # a swap with itself moves nothing
    parent[jumps] = steps
    parent[n] = n
    while True:
        above = parent.take(parent)
        if np.array_equal(above, parent):
            break
        parent = above
    key = targets.astype(np.int64)
    key <<= 32
    key |= steps
    key.sort()
    step = key.astype(np.int32)
    target = (key >> 32).astype(np.int32)
    value = target.copy()
    repeated = np.flatnonzero(target[1:] == target[:-1])
    value[repeated + 1] = parent.take(step.take(repeated))
    out = np.empty(n, np.int64)
    out[step] = value
    out[last] = parent[last]
    return out


default_generator = Generator()


def generator_of(generator: Any) -> Generator:
    """What a function draws from that was given a generator, or None for the default one; TypeError for something else."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"a generator must be a torch.Generator, but is a {type(generator).__name__}")
    return generator
