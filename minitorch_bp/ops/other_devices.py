"""Methods that move a tensor to a device that is not here, and are refused as in a build of PyTorch for the CPU."""

from __future__ import annotations

from typing import Any

from ._base import Tensor, public


def _mover(name: str, maker: str) -> None:
    kind = "RuntimeError" if name == "ipu" else "AssertionError"

    def move(input: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
        return input.to(device if isinstance(device, int) else name)

    move.__name__ = move.__qualname__ = name
    move.__doc__ = f"""Refused: there is no device of {maker}'s here.

    Parameters
    ----------
    input : Tensor
    device : optional
    non_blocking : bool

    Returns
    -------
    Tensor
        Never.

    Raises
    ------
    {kind}
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).{name}()
    Traceback (most recent call last):
        ...
    {kind}: device '{name}' is not available: minitorch_bp computes on the CPU
    """
    public("Tensor")(move)


for _name, _maker in (("xpu", "Intel"), ("ipu", "Graphcore"), ("mtia", "Meta")):
    _mover(_name, _maker)


@public("Tensor")
def record_stream(input: Tensor, stream: Any) -> None:
    """Say that a stream of a device uses the tensor: refused on the CPU, which has no such memory.

    Parameters
    ----------
    input : Tensor
    stream : Stream

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).record_stream(torch.Stream())
    Traceback (most recent call last):
        ...
    NotImplementedError: record_stream: the memory of a tensor on the CPU belongs to no stream
    """
    raise NotImplementedError("record_stream: the memory of a tensor on the CPU belongs to no stream")
