"""Quasi-random numbers: points of Sobol's sequence, which fill the unit cube more evenly than random ones.

Coordinate d of point n is made of *direction numbers* :math:`v_{d,0}, v_{d,1}, \\dots`: from one point to the next, in the order of
the Gray code, exactly one of them is added without carry (exclusive or), the one at the lowest zero bit of n. The direction numbers
follow from a primitive polynomial per coordinate and a few initial values, which SciPy's tables hold. Scrambling multiplies them by
random triangular matrices of bits and shifts all points.

Sources: Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections", 2008; Owen, "Randomly permuted
(t, m, s)-nets and (t, s)-sequences", 1995.
"""

from __future__ import annotations

import functools
import importlib.util
import pathlib
from typing import Any

import numpy as np

from .core.dtype import get_default_dtype
from .core.out import write_out
from .core.random import Generator, default_generator
from .core.tensor import Tensor, wrap

__all__ = ["SobolEngine"]


@functools.cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """The polynomials, as bits, and the initial direction numbers."""
    spec = importlib.util.find_spec("scipy")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'scipy', which has the direction numbers of Sobol's sequence", name="scipy")
    with np.load(pathlib.Path(spec.submodule_search_locations[0]) / "stats" / "_sobol_direction_numbers.npz") as tables:
        return tables["poly"].astype(np.int64), tables["vinit"].astype(np.int64)


def _direction_numbers(dimension: int, bits: int) -> np.ndarray:
    """One row per coordinate, the numbers as fractions of 2**bits."""
    polynomials, initial = _tables()
    v = np.ones((dimension, bits), np.int64)
    for d in range(1, dimension):
        p = int(polynomials[d])
        degree = p.bit_length() - 1
        v[d, :degree] = initial[d, :degree]
        for j in range(degree, bits):
            new = v[d, j - degree]
            for k in range(degree):
                if p >> (degree - 1 - k) & 1:
                    new ^= v[d, j - k - 1] << (k + 1)
            v[d, j] = new
    return v << np.arange(bits - 1, -1, -1)


class SobolEngine:
    """Draws the points of Sobol's sequence one after another.

    Parameters
    ----------
    dimension : int
        The number of coordinates of a point.
    scramble : bool
        Whether to scramble the sequence at random.
    seed : int, optional
        Of the scrambling; it draws from the default generator unless given.

    Raises
    ------
    ValueError
        For a dimension that is not between 1 and 21201.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.quasirandom.SobolEngine(2).draw(3)
    tensor([[0.0000, 0.0000],
            [0.5000, 0.5000],
            [0.7500, 0.2500]])
    """

    MAXBIT = 30
    MAXDIM = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None):
        if not 1 <= dimension <= self.MAXDIM:
            raise ValueError(f"SobolEngine: the dimension must lie between 1 and {self.MAXDIM}, but is {dimension}")
        self.seed, self.scramble, self.dimension = seed, scramble, dimension
        self._directions = _direction_numbers(dimension, self.MAXBIT)
        self._shift = self._scrambled() if scramble else np.zeros(dimension, np.int64)
        self._point = self._shift.copy()
        self.num_generated = 0

    @property
    def sobolstate(self) -> Tensor:
        """The direction numbers, of shape (dimension, 30)."""
        return wrap(self._directions)

    @property
    def shift(self) -> Tensor:
        """What all points are shifted by."""
        return wrap(self._shift)

    @property
    def quasi(self) -> Tensor:
        """The latest point, as fractions of 2**30."""
        return wrap(self._point)

    def _scrambled(self) -> np.ndarray:
        """Scramble the direction numbers; returns the shift."""
        generator = default_generator if self.seed is None else Generator()
        if self.seed is not None:
            generator.manual_seed(self.seed)
        n, bits = self.dimension, self.MAXBIT
        powers = np.int64(1) << np.arange(bits)
        shift: np.ndarray = generator.integers(n * bits, 0, 2).reshape(n, bits) @ powers
        matrices = np.tril(generator.integers(n * bits * bits, 0, 2).reshape(n, bits, bits))
        matrices[:, np.arange(bits), np.arange(bits)] = 1
        digits = self._directions[:, :, None] >> np.arange(bits - 1, -1, -1) & 1  # the highest first
        self._directions = (np.einsum("dpk,djk->djp", matrices, digits) % 2) @ powers[::-1]
        return shift

    def _steps(self, n: int, first: int) -> np.ndarray:
        """The next n points; ``first`` is how many steps have been taken."""
        count = np.arange(first, first + n)
        lowest_zero = np.log2((~count & (count + 1)).astype(np.float64)).astype(np.int64)
        points = np.bitwise_xor.accumulate(np.concatenate([self._point[None], self._directions.T[lowest_zero]]), 0)
        self._point = points[-1]
        return points[1:]

    def draw(self, n: int = 1, out: Any = None, dtype: Any = None) -> Tensor:
        """The next points.

        Parameters
        ----------
        n : int
            How many.
        out : Tensor, optional
            Where to write them to.
        dtype : dtype, optional
            The default one, if not given.

        Returns
        -------
        Tensor
            Of shape (n, dimension).

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.quasirandom.SobolEngine(1).draw(2)
        tensor([[0.0000],
                [0.5000]])
        """
        kind = (get_default_dtype() if dtype is None else dtype).numpy
        if self.num_generated == 0:
            points = np.concatenate([self._point[None], self._steps(n - 1, 0)]) if n > 1 else self._point[None]
        else:
            points = self._steps(n, self.num_generated - 1)
        self.num_generated += n
        return write_out("draw", wrap((points.astype(np.float64) / 2**self.MAXBIT).astype(kind)), out)

    def draw_base2(self, m: int, out: Any = None, dtype: Any = None) -> Tensor:
        """The next 2**m points; in all, their number must be a power of 2, since only then they are balanced.

        Parameters
        ----------
        m : int
        out : Tensor, optional
            Where to write them to.
        dtype : dtype, optional
            The default one, if not given.

        Returns
        -------
        Tensor
            Of shape (2**m, dimension).

        Raises
        ------
        ValueError
            If with those drawn before they are not a power of 2.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.quasirandom.SobolEngine(1).draw_base2(1)
        tensor([[0.0000],
                [0.5000]])
        """
        n = 2**m
        total = self.num_generated + n
        if total & (total - 1):
            raise ValueError(f"draw_base2: {self.num_generated} points were drawn before, and {total} in all is no power of 2")
        return self.draw(n, out, dtype)

    def reset(self) -> SobolEngine:
        """Begin again.

        Returns
        -------
        SobolEngine
            The same object.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.quasirandom.SobolEngine(1).reset().num_generated
        0
        """
        self._point = self._shift.copy()
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Skip points.

        Parameters
        ----------
        n : int
            How many.

        Returns
        -------
        SobolEngine
            The same object.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.quasirandom.SobolEngine(1).fast_forward(1).draw()
        tensor([[0.5000]])
        """
        if self.num_generated == 0:
            self._steps(n - 1, 0)
        else:
            self._steps(n, self.num_generated - 1)
        self.num_generated += n
        return self

    def __repr__(self) -> str:
        options = [f"dimension={self.dimension}"] + ["scramble=True"] * self.scramble
        options += [f"seed={self.seed}"] * (self.seed is not None)
        return f"{type(self).__name__}({', '.join(options)})"
