"""The random number generator: PyTorch's CPU stream, word for word.

The engine is the Mersenne Twister, seeded as PyTorch seeds it; NumPy's ``MT19937`` produces the same 32-bit words, so the
words are exact and the work here is to turn them into numbers in the way PyTorch does:

* a *float32 uniform* takes one word and uses its low 24 bits, a *float64 uniform* takes two and uses 53 bits;
* *normals* come from :mod:`box_muller`, in blocks of 16 for large contiguous tensors and in cached pairs otherwise;
* *integers* are a word modulo the range, a *permutation* is a Fisher-Yates shuffle with one word per step.

So ``manual_seed(s)`` gives the numbers it gives in PyTorch, and leaves the generator in the same state.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .box_muller import CHUNK, box_muller_f32, box_muller_f64, fma64
from .device import CPU, check_device
from .tensor import Tensor, wrap

_DEFAULT_SEED = 67280421310721
_LOW_24, _LOW_53 = np.uint32((1 << 24) - 1), np.uint64((1 << 53) - 1)
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
_STATE_BYTES = 5056
_BLOCK = 32768  # words per pass of long loops: temporaries stay in cache


class Generator:
    """A source of random numbers with its own state.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> g = torch.Generator().manual_seed(0)
    >>> torch.rand(2, generator=g)
    tensor([0.4963, 0.7682])
    """

    def __init__(self, device: Any = "cpu"):
        check_device(device)
        self._engine: Any = None  # numpy.random takes 12 ms to import, so it waits for the first draw
        self.manual_seed(_DEFAULT_SEED)

    @property
    def device(self) -> Any:
        """Always ``cpu``."""
        return CPU

    # ------------------------------------------------------------------ seeding and state
    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to a seed; RuntimeError outside of [-2**63, 2**64)."""
        seed = int(seed)
        if not -(1 << 63) <= seed < (1 << 64):
            raise ValueError(f"a seed must lie between -2**63 and 2**64 - 1, but got {seed}")
        self._seed = seed & ((1 << 64) - 1)
        if self._engine is not None:
            np.random.RandomState(self._engine).seed(self._seed & 0xFFFFFFFF)
        self._fresh = True
        self._next_normal: float | None = None
        return self

    @property
    def _words(self) -> Any:
        """NumPy's Mersenne Twister, started on first use."""
        if self._engine is None:
            self._engine = np.random.MT19937(0)
            np.random.RandomState(self._engine).seed(self._seed & 0xFFFFFFFF)
        return self._engine

    def _many(self, bound: int, n: int, dtype: Any) -> np.ndarray:
        return np.random.Generator(self._words).integers(0, bound, n, dtype, True)

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
        out = np.zeros(_STATE_BYTES, np.uint8)
        state: Any = self._words.state["state"]
        position = int(state["pos"])
        left, following = (1, 0) if self._fresh else (625 - position, position)
        out[0:8].view(np.uint64)[0] = self._seed
        out[8:16].view(np.int32)[:] = (left, 1)
        out[16:24].view(np.uint64)[0] = following
        out[24:5016].view(np.uint64)[:] = state["key"]
        if self._next_normal is not None:
            out[5024:5032].view(np.float64)[0] = self._next_normal
            out[5040:5044].view(np.int32)[0] = 1
        return out

    def set_state_bytes(self, state: np.ndarray) -> None:
        """Continue from a state in PyTorch's layout; RuntimeError if it is not one."""
        state = np.ascontiguousarray(state, np.uint8)
        if state.shape != (_STATE_BYTES,):
            raise RuntimeError(f"a generator state has {_STATE_BYTES} bytes, but got {state.size}")
        left, seeded = (int(v) for v in state[8:16].view(np.int32))
        following = int(state[16:24].view(np.uint64)[0])
        if not (seeded and 0 < left <= 624 and following <= 624):
            raise RuntimeError("the bytes are not the state of a Mersenne Twister")
        self._seed = int(state[0:8].view(np.uint64)[0])
        key = state[24:5016].view(np.uint64).astype(np.uint32)
        self._fresh = left == 1 and following == 0
        self._words.state = {
            "bit_generator": "MT19937",
            "state": {"key": key, "pos": 624 if left == 1 else following},
        }
        cached = int(state[5040:5044].view(np.int32)[0])
        self._next_normal = float(state[5024:5032].view(np.float64)[0]) if cached else None

    def get_state(self) -> Tensor:
        """The state as a ByteTensor, interchangeable with PyTorch's."""
        return wrap(self.state_bytes())

    def set_state(self, new_state: Tensor) -> Generator:
        """Continue from a state that :meth:`get_state` (here or in PyTorch) returned."""
        self.set_state_bytes(new_state._array)
        return self

    # ------------------------------------------------------------------ words and uniforms
    def _words32(self, n: int) -> np.ndarray:
        self._fresh = self._fresh and not n
        if n < 3000:
            return self._words.random_raw(n).astype(np.uint32)
        return self._many(0xFFFFFFFF, n, np.uint32)

    def _words64(self, n: int) -> np.ndarray:
        """Pairs of words, the first the high half."""
        self._fresh = self._fresh and not n
        if n < 1000:
            words = self._words.random_raw(2 * n)
            high = words[0::2]
            high <<= np.uint64(32)
            high |= words[1::2]
            return high
        return self._many(0xFFFFFFFFFFFFFFFF, n, np.uint64)

    def _uniform32(self, n: int) -> np.ndarray:
        out = np.empty(n, np.float32)
        for start in range(0, n, _BLOCK):
            part = out[start : start + _BLOCK]
            words = self._words32(part.size)
            np.bitwise_and(words, _LOW_24, out=words)
            part[...] = words.view(np.int32)
            np.multiply(part, _F32.type(2.0**-24), out=part)
        return out

    def _uniform64(self, n: int) -> np.ndarray:
        out = np.empty(n, np.float64)
        for start in range(0, n, _BLOCK):
            part = out[start : start + _BLOCK]
            words = self._words64(part.size)
            np.bitwise_and(words, _LOW_53, out=words)
            part[...] = words.view(np.int64)
            np.multiply(part, 2.0**-53, out=part)
        return out

    def uniform(self, n: int, low: float, high: float, dtype: np.dtype) -> np.ndarray:
        """``n`` numbers in [low, high): ``u (high - low) + low``, rounded once."""
        if dtype == _F64:
            x = self._uniform64(n)
            if low != 0 or high != 1:
                x = x * high if low == 0 else fma64(x, high - low, low)
        elif low == 0 and high == 1:
            x = self._uniform32(n)
        else:
            x = np.empty(n, np.float32)
            bottom, span = float(_F32.type(low)), float(_F32.type(high) - _F32.type(low))
            for start in range(0, n, _BLOCK):
                part = x[start : start + _BLOCK]
                words = self._words32(part.size)
                np.bitwise_and(words, _LOW_24, out=words)
                wide = words.view(np.int32).astype(np.float64)
                np.multiply(wide, span * 2.0**-24, out=wide)
                np.add(wide, bottom, out=wide)
                part[...] = wide
        x = x.astype(dtype, copy=False)
        if low != 0 or high != 1 or dtype.itemsize == 2:
            x[x == dtype.type(high)] = dtype.type(low)  # rounded up to the open end
        return x

    # ------------------------------------------------------------------ normals
    def _normal_pairs(self, n: int) -> np.ndarray:
        """``n`` float64 normals, two at a time; an odd one waits for the next call."""
        out = np.empty(n)
        k = 0
        if n and self._next_normal is not None:
            out[0], self._next_normal, k = self._next_normal, None, 1
        while k < n:
            pairs = min((n - k + 1) // 2, _BLOCK // 2)
            u = self._uniform64(2 * pairs)
            if pairs <= 16:  # few: scalar functions beat the overhead of ufuncs
                both = []
                for u1, u2 in zip(u[0::2].tolist(), u[1::2].tolist(), strict=True):
                    radius, angle = math.sqrt(-2.0 * math.log1p(-u2)), (2.0 * math.pi) * u1
                    both += [radius * math.cos(angle), radius * math.sin(angle)]
                values = np.array(both)
            else:
                radii = np.sqrt(-2.0 * np.log1p(-u[1::2]))
                angles = u[0::2] * (2.0 * math.pi)
                values = np.stack((np.cos(angles) * radii, np.sin(angles) * radii), 1).reshape(-1)
            take = min(2 * pairs, n - k)
            out[k : k + take] = values[:take]
            if take < 2 * pairs:
                self._next_normal = float(values[-1])
            k += take
        return out

    def normal(self, n: int, mean: float, std: float, dtype: np.dtype, contiguous: bool = True) -> np.ndarray:
        """``n`` normals; large contiguous requests go through the blocks of 16."""
        if n < 16 or not contiguous:
            x = self._normal_pairs(n)
            return (x * std + 0.0 if mean == 0 else fma64(x, std, mean)).astype(dtype)
        fill: Callable[[np.ndarray, float, float], np.ndarray]
        draw, fill = (self._uniform64, box_muller_f64) if dtype == _F64 else (self._uniform32, box_muller_f32)
        tail = n % 16
        full = n - tail
        waste = 0 if dtype.itemsize == 2 else tail  # half precision never draws the tail
        out = np.empty(n, dtype)
        step, start = CHUNK * 16, 0
        while full - start > step:
            out[start : start + step] = fill(draw(step).reshape(-1, 16), mean, std).reshape(-1)
            start += step
        # The remaining blocks; a partial one is redone from 16 fresh uniforms over the last 16 places.
        u = draw(full - start + (waste + 16 if tail else 0))
        if tail:
            u = np.concatenate((u[: full - start], u[-16:]))
        x = fill(u.reshape(-1, 16), mean, std).reshape(-1)
        out[start:full] = x[: full - start]
        if tail:
            out[n - 16 :] = x[-16:]
        return out

    # ------------------------------------------------------------------ integers
    def integers(self, n: int, low: int, high: int) -> np.ndarray:
        """``n`` integers in [low, high), as int64."""
        span = high - low
        if span >= 1 << 28:
            words = self._words64(n)
            values = (words % np.uint64(span) if span < 1 << 64 else words).view(np.int64)
        else:
            values = (self._words32(n) % np.uint32(span)).astype(np.int64)
        return values + low if low else values

    def any_integers(self, n: int, dtype: np.dtype) -> np.ndarray:
        """``n`` integers over the range a type can hold exactly (``Tensor.random_()``)."""
        if dtype == np.int64:
            return (self._words64(n) & np.uint64((1 << 63) - 1)).view(np.int64)
        if dtype == _F64:
            return (self._words64(n) % np.uint64((1 << 53) + 1)).astype(dtype)
        words = self._words32(n)
        if dtype.kind == "b":
            words &= np.uint32(1)
        elif dtype.kind == "f":
            words %= np.uint32((1 << (24 if dtype == _F32 else 11)) + 1)
        else:
            words &= np.uint32(np.iinfo(dtype).max)
        return words.astype(dtype)

    def permutation(self, n: int) -> np.ndarray:
        """A random order of ``range(n)``."""
        if n < 2:
            return np.arange(n)
        if n >= (2**32 - 1) // 20:
            raise NotImplementedError("permutations of 214748364 elements or more are not supported")
        targets = (self._words32(n - 1) % np.arange(n, 1, -1, dtype=np.uint32)).view(np.int32)
        targets += np.arange(n - 1, dtype=np.int32)
        return _shuffled(targets, n)

    # ------------------------------------------------------------------ coins
    def coins(self, n: int, p: float, dtype: Any) -> np.ndarray:
        """``n`` ones with probability ``p``, else zeros: a 53-bit uniform below p."""
        bound = np.uint64(math.ceil(p * 2.0**53))
        out = np.empty(n, dtype)
        for start in range(0, n, _BLOCK):
            part = out[start : start + _BLOCK]
            words = self._words64(part.size)
            np.bitwise_and(words, _LOW_53, out=words)
            part[...] = np.less(words, bound)
        return out

    def coins_of(self, p: np.ndarray) -> np.ndarray:
        """One coin per element of ``p``, each with its own probability."""
        u = self._uniform64(p.size) if p.dtype == _F64 else self._uniform32(p.size)
        return (u.reshape(p.shape) < p).astype(p.dtype)


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
