"""``torch.distributed``: there is one process. What a program asks before it goes parallel is answered; going parallel is refused."""

from __future__ import annotations

import enum
from typing import Any, NoReturn

from . import optim as optim


class ReduceOp(enum.Enum):
    """How results of several processes are put together."""

    SUM = 0
    AVG = 1
    PRODUCT = 2
    MIN = 3
    MAX = 4
    BAND = 5
    BOR = 6
    BXOR = 7


class group:
    """The group of all processes: None, as long as there is one only."""

    WORLD = None


class GroupMember(group):
    """The older name."""

    NON_GROUP_MEMBER = -100


class ProcessGroup:
    """The class of groups of processes: there are none."""


def is_available() -> bool:
    """Whether programs can run as several processes.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_available()
    False
    """
    return False


def is_initialized() -> bool:
    """Whether there is a group of processes.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_initialized()
    False
    """
    return False


def is_nccl_available() -> bool:
    """Whether NCCL is there.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_nccl_available()
    False
    """
    return False


def is_gloo_available() -> bool:
    """Whether Gloo is there.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_gloo_available()
    False
    """
    return False


def is_mpi_available() -> bool:
    """Whether MPI is there.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_mpi_available()
    False
    """
    return False


def is_ucc_available() -> bool:
    """Whether UCC is there.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_ucc_available()
    False
    """
    return False


def is_xccl_available() -> bool:
    """Whether XCCL is there.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_xccl_available()
    False
    """
    return False


def is_torchelastic_launched() -> bool:
    """Whether the program was started by torchrun.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.is_torchelastic_launched()
    False
    """
    return False


def _no_group(name: str) -> NoReturn:
    raise ValueError(f"torch.distributed.{name}: there is no group of processes: ask torch.distributed.is_initialized() first")


def get_rank(group: Any = None) -> NoReturn:
    """Refused: there is no group of processes.

    Parameters
    ----------
    group : optional

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.get_rank()
    Traceback (most recent call last):
        ...
    ValueError: torch.distributed.get_rank: there is no group of processes: ask torch.distributed.is_initialized() first
    """
    _no_group("get_rank")


def get_world_size(group: Any = None) -> NoReturn:
    """Refused: there is no group of processes.

    Parameters
    ----------
    group : optional

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.get_world_size()
    Traceback (most recent call last):
        ...
    ValueError: torch.distributed.get_world_size: there is no group of processes: ask torch.distributed.is_initialized() first
    """
    _no_group("get_world_size")


def get_backend(group: Any = None) -> NoReturn:
    """Refused: there is no group of processes.

    Parameters
    ----------
    group : optional

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.get_backend()
    Traceback (most recent call last):
        ...
    ValueError: torch.distributed.get_backend: there is no group of processes: ask torch.distributed.is_initialized() first
    """
    _no_group("get_backend")


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> NoReturn:
    """Refused: there is no group of processes.

    Parameters
    ----------
    group : optional
    async_op : bool
    device_ids : optional

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.barrier()
    Traceback (most recent call last):
        ...
    ValueError: torch.distributed.barrier: there is no group of processes: ask torch.distributed.is_initialized() first
    """
    _no_group("barrier")


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> NoReturn:
    """Refused: there is no group of processes.

    Parameters
    ----------
    tensor : Tensor
    op : ReduceOp
    group : optional
    async_op : bool

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.all_reduce(torch.ones(1))
    Traceback (most recent call last):
        ...
    ValueError: torch.distributed.all_reduce: there is no group of processes: ask torch.distributed.is_initialized() first
    """
    _no_group("all_reduce")


def broadcast(tensor: Any, src: Any = None, group: Any = None, async_op: bool = False) -> NoReturn:
    """Refused: there is no group of processes.

    Parameters
    ----------
    tensor : Tensor
    src : int, optional
    group : optional
    async_op : bool

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.broadcast(torch.ones(1))
    Traceback (most recent call last):
        ...
    ValueError: torch.distributed.broadcast: there is no group of processes: ask torch.distributed.is_initialized() first
    """
    _no_group("broadcast")


def all_gather(tensor_list: Any, tensor: Any, group: Any = None, async_op: bool = False) -> NoReturn:
    """Refused: there is no group of processes.

    Parameters
    ----------
    tensor_list : list of Tensor
    tensor : Tensor
    group : optional
    async_op : bool

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.all_gather([], torch.ones(1))
    Traceback (most recent call last):
        ...
    ValueError: torch.distributed.all_gather: there is no group of processes: ask torch.distributed.is_initialized() first
    """
    _no_group("all_gather")


def init_process_group(backend: Any = None, **options: Any) -> NoReturn:
    """Refused: there is one process.

    Parameters
    ----------
    backend : str, optional
    **options : any

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.init_process_group("gloo")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.distributed.init_process_group: minitorch_bp runs in one process; leave this call out
    """
    raise NotImplementedError("torch.distributed.init_process_group: minitorch_bp runs in one process; leave this call out")


def destroy_process_group(group: Any = None) -> None:
    """Refused, since there is no group of processes.

    Parameters
    ----------
    group : optional

    Raises
    ------
    AssertionError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributed.destroy_process_group()
    Traceback (most recent call last):
        ...
    AssertionError: torch.distributed.destroy_process_group: there is no group of processes
    """
    raise AssertionError("torch.distributed.destroy_process_group: there is no group of processes")
