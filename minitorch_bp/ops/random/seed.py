"""The seed and the state of the random generator."""

from __future__ import annotations

from ...core.random import Generator, default_generator, state_array
from .._base import Tensor, public, wrap


@public("torch")
def manual_seed(seed: int) -> Generator:
    """Seed the default generator: the same seed gives the same numbers, and PyTorch's.

    Parameters
    ----------
    seed : int

    Returns
    -------
    Generator
        The default generator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    return default_generator.manual_seed(int(seed))


@public("torch")
def seed() -> int:
    """Seed the default generator from the operating system.

    Returns
    -------
    int
        The seed.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> isinstance(torch.seed(), int)
    True
    """
    return default_generator.seed()


@public("torch")
def initial_seed() -> int:
    """The seed of the default generator.

    Returns
    -------
    int
        As given to :func:`manual_seed`, or drawn by :func:`seed`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(3)
    >>> torch.initial_seed()
    3
    """
    return default_generator.initial_seed()


@public("torch")
def get_rng_state() -> Tensor:
    """The default generator's state, in PyTorch's format.

    Returns
    -------
    ByteTensor
        Of 5056 elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_rng_state().shape
    torch.Size([5056])
    """
    with default_generator.lock:
        return wrap(default_generator.state_bytes())


@public("torch")
def set_rng_state(new_state: Tensor) -> None:
    """Continue the default generator from a saved state.

    Parameters
    ----------
    new_state : ByteTensor
        From :func:`get_rng_state`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> state = torch.get_rng_state()
    >>> before = torch.rand(2)
    >>> torch.set_rng_state(state)
    >>> torch.equal(torch.rand(2), before)
    True
    """
    with default_generator.lock:
        default_generator.set_state_bytes(state_array(new_state))
