"""Changing a module as a whole, with all of its parts: training and evaluation mode, dtypes, devices, gradients."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import chain
from typing import Any, Self

from ...core.device import device as Device
from ...core.tensor import Tensor
from ...ops.creation import empty_like
from ..parameter import Parameter, is_lazy
from .state import CONVERSION
from .walking import Walked


class Converted(Walked):
    """What a Module does to all of its parameters and buffers."""

    training: bool

    def train(self, mode: bool = True) -> Self:
        """Switch the module and all its parts to training mode (dropout drops, batch norm measures).

        Parameters
        ----------
        mode : bool
            False for evaluation mode.

        Returns
        -------
        Module
            This module.

        Raises
        ------
        ValueError
            If ``mode`` is not a bool.

        See Also
        --------
        eval : Back to evaluation mode.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Dropout().train().training
        True
        """
        if not isinstance(mode, bool):
            raise ValueError(f"the training mode must be a bool, but got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation mode: ``train(False)``.

        Returns
        -------
        Module
            This module.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.Dropout().eval()
        >>> layer(torch.ones(2))
        tensor([1., 1.])
        """
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether the parameters want gradients (False freezes the module).

        Parameters
        ----------
        requires_grad : bool
            Whether they do.

        Returns
        -------
        Module
            This module.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.Linear(2, 1).requires_grad_(False)
        >>> layer.weight.requires_grad
        False
        """
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or in place to zeros.

        Parameters
        ----------
        set_to_none : bool
            False for zeros.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.Linear(2, 1)
        >>> layer(torch.ones(2)).sum().backward()
        >>> layer.zero_grad()
        >>> print(layer.weight.grad)
        None
        """
        for p in self.parameters():
            if set_to_none:
                p._grad = None
            elif p._grad is not None:
                p._grad.detach_() if p._grad._fn is not None else p._grad.requires_grad_(False)
                p._grad.zero_()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the memory of every parameter, gradient and buffer by ``fn`` of it."""
        for module in self.children() if recurse else ():
            module._apply(fn)
        for name, p in self._parameters.items():
            if p is None:
                continue
            if CONVERSION["overwrite"] and not CONVERSION["swap"]:
                new = Parameter(fn(p.data), requires_grad=p.requires_grad)
                new._grad = None if p._grad is None else fn(p._grad.detach())
                self._parameters[name] = new
                continue
            p._array = fn(p.data)._array
            if p._grad is not None:
                p._grad._array = fn(p._grad.detach())._array
        for name, b in self._buffers.items():
            if is_lazy(b):
                b._array = fn(b.data)._array  # type: ignore[union-attr]
            elif b is not None:
                self._buffers[name] = fn(b)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert the floating-point and complex parameters and buffers to a dtype (or move to a device: only the CPU works).

        Parameters
        ----------
        *args, **kwargs : dtype, device, or Tensor that has both
            As of :meth:`minitorch_bp.Tensor.to`; also ``memory_format=``, for the parameters of four or five dimensions.

        Returns
        -------
        Module
            This module, which is changed.

        Raises
        ------
        TypeError
            For a type of integers.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.Linear(2, 1).to(torch.float64)
        >>> layer.weight.dtype
        torch.float64
        """
        if kwargs.get("copy") or (len(args) > 3 and args[3]):
            raise RuntimeError("a module is converted in place, so to() takes no copy=True: deepcopy it first")
        if any(a is True or a is False for a in args[:2]) and not isinstance(args[0], Tensor):
            raise TypeError(f"to() of a module takes a device, a dtype, then non_blocking, but got {args!r}")
        order = kwargs.pop("memory_format", None)
        if order is not None:  # an order of four or five dimensions, for the tensors that have so many
            self._apply(lambda t: t.to(memory_format=order) if t.ndim in (4, 5) else t)
        if args and isinstance(args[0], (str, Device)) and next(chain(self.parameters(), self.buffers()), None) is None:
            Device(args[0])
            args = ("cpu", *args[1:])  # a loss, say: where there are no tensors, none can be in the wrong place
        probe = Tensor.to(Tensor.__new__(Tensor), *args, **kwargs)  # type: ignore[attr-defined]
        named = any(hasattr(a, "is_floating_point") or isinstance(a, (Tensor, type)) for a in (*args, kwargs.get("dtype")))
        if not named:
            return self
        dtype = probe.dtype
        if not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(f"a module can only be converted to floating-point and complex types, but got {dtype!r}")
        if dtype.is_complex:
            warnings.warn(f"a module was converted to {dtype!r}: not every layer is defined for complex numbers", stacklevel=2)
        return self._apply(lambda t: t.to(dtype) if t.dtype.is_floating_point or t.dtype.is_complex else t)

    def float(self) -> Self:
        """Convert floating-point parameters and buffers to float32.

        Returns
        -------
        Module
            This module, which is changed.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1, dtype=torch.float64).float().weight.dtype
        torch.float32
        """
        return self._apply(lambda t: t.float() if t.dtype.is_floating_point else t)

    def double(self) -> Self:
        """Convert floating-point parameters and buffers to float64.

        Returns
        -------
        Module
            This module, which is changed.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1).double().weight.dtype
        torch.float64
        """
        return self._apply(lambda t: t.double() if t.dtype.is_floating_point else t)

    def half(self) -> Self:
        """Convert floating-point parameters and buffers to float16.

        Returns
        -------
        Module
            This module, which is changed.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1).half().weight.dtype
        torch.float16
        """
        return self._apply(lambda t: t.half() if t.dtype.is_floating_point else t)

    def bfloat16(self) -> Self:
        """Convert floating-point parameters and buffers to bfloat16.

        Returns
        -------
        Module
            This module, which is changed.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1).bfloat16().weight.dtype
        torch.bfloat16
        """
        return self._apply(lambda t: t.bfloat16() if t.dtype.is_floating_point else t)

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers to a dtype, integers too.

        Parameters
        ----------
        dst_type : dtype, or its old name
            Such as ``torch.float64`` or ``"torch.DoubleTensor"``.

        Returns
        -------
        Module
            This module, which is changed.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1).type(torch.float64).weight.dtype
        torch.float64
        """
        return self._apply(lambda t: t.type(dst_type))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Replace all parameters and buffers by memory with any numbers in it.

        Parameters
        ----------
        device : device
            The CPU.
        recurse : bool
            Whether the parts are changed, too.

        Returns
        -------
        Module
            This module, which is changed.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1).to_empty(device="cpu").weight.shape
        torch.Size([1, 2])
        """
        return self._apply(lambda t: empty_like(t, device=device), recurse)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no compiler, and calling the module is what it would have been.

        Parameters
        ----------
        *args, **kwargs : any
            Without effect.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.ReLU()
        >>> layer.compile(backend="eager")
        >>> layer(torch.tensor([-1.0]))
        tensor([0.])
        """

    def cpu(self) -> Self:
        """The module itself: it is on the CPU already.

        Returns
        -------
        Module
            This module.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.ReLU()
        >>> layer.cpu() is layer
        True
        """
        return self

    def cuda(self, device: Any = None) -> Self:
        """Move to a GPU, which is not there.

        Parameters
        ----------
        device : int, optional
            Without effect.

        Returns
        -------
        Module
            This module, if it has no parameters and buffers.

        Raises
        ------
        AssertionError
            As in a CPU build of PyTorch.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.MSELoss().cuda()
        MSELoss()
        """
        return self._apply(lambda t: t.cuda(device))

    def xpu(self, device: Any = None) -> Self:
        """Move to a GPU of Intel, which is not there; see :meth:`cuda`.

        Returns
        -------
        Module
            This module, if it has no parameters and buffers.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.MSELoss().xpu()
        MSELoss()
        """
        return self._apply(lambda t: t.xpu(device))

    def mtia(self, device: Any = None) -> Self:
        """Move to a device of Meta, which is not there; see :meth:`cuda`.

        Returns
        -------
        Module
            This module, if it has no parameters and buffers.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.MSELoss().mtia()
        MSELoss()
        """
        return self._apply(lambda t: t.mtia(device))

    def ipu(self, device: Any = None) -> Self:
        """Move to a device of Graphcore, which is not there; see :meth:`cuda`.

        Returns
        -------
        Module
            This module, if it has no parameters and buffers.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.MSELoss().ipu()
        MSELoss()
        """
        return self._apply(lambda t: t.ipu(device))

    def share_memory(self) -> Self:
        """The module itself: there is one process.

        Returns
        -------
        Module
            This module.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.ReLU()
        >>> layer.share_memory() is layer
        True
        """
        return self
