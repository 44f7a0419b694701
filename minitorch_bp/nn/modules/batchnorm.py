"""Batch normalization layers."""

from __future__ import annotations

from typing import Any

from ...core.dtype import int64
from ...core.tensor import Tensor
from ...ops.creation import empty, ones, tensor, zeros
from ...ops.nn.batch_norm import batch_norm
from .. import init
from ..parameter import Parameter, UninitializedBuffer
from .family import Family
from .lazy import LazyParametersMixin
from .module import Module


class _NormBase(Family, Module):
    """Parameters and running averages per channel, which batch and instance norm share.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        What is added to the variance, so that it is never 0.
    momentum : float or None
        The running averages move this share of the way to each batch's; None for the plain average of all batches.
    affine : bool
        Whether there are a learned weight and bias per channel.
    track_running_stats : bool
        Whether running averages are kept, which evaluation normalizes by.
    bias : bool
        Whether there is a bias, if ``affine``.

    Attributes
    ----------
    weight, bias : Parameter of shape (num_features,), or None
        They start as 1 and 0.
    running_mean, running_var : Tensor of shape (num_features,), or None
        They start as 0 and 1.
    num_batches_tracked : Tensor of one int64, or None
    """

    _version = 2
    _dims: tuple[int, ...] = ()

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True,
        device: Any = None, dtype: Any = None, *, bias: bool = True,
    ):  # fmt: skip
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            self.register_parameter(name, Parameter(empty(num_features, device=device, dtype=dtype)) if wanted else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("running_var", ones(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", tensor(0, dtype=int64) if tracked else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Reset the running averages."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Weights to 1, biases to 0."""
        self.reset_running_stats()
        if self.affine:
            init.ones_(self.weight)
            if self.bias is not None:
                init.zeros_(self.bias)

    def _check_input_dim(self, input: Any) -> None:
        if input.ndim not in self._dims:
            expected = " or ".join(f"{d}D" for d in self._dims)
            raise ValueError(
                f"{type(self).__name__}: expected {expected} input, but got {input.ndim}D of shape {list(input.shape)}"
            )

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *others: Any) -> None:
        version = local_metadata.get("version")
        if (version is None or version < 2) and self.track_running_stats:  # saved before batches were counted
            count = self.num_batches_tracked
            state_dict.setdefault(prefix + "num_batches_tracked", tensor(0, dtype=int64) if count is None else count)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *others)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormBase):
    def forward(self, input: Tensor) -> Tensor:
        """Normalize each channel, and update the running averages in training.

        Parameters
        ----------
        input : Tensor of shape (N, C) or (N, C, ...)
            With as many dimensions as the layer's name says.

        Returns
        -------
        Tensor
            Of the input's shape and dtype.

        Raises
        ------
        ValueError
            If the input has another number of dimensions, or one value per channel in training.
        RuntimeError
            If it has another number of channels.
        """
        self._check_input_dim(input)
        if input.shape[1] != self.num_features:
            raise RuntimeError(
                f"{type(self).__name__}: expected {self.num_features} channels, but the input has shape {list(input.shape)}"
            )
        momentum, buffers = self.momentum, self._buffers
        mean, var = buffers["running_mean"], buffers["running_var"]
        if self.training and self.track_running_stats:
            count = buffers["num_batches_tracked"]
            if count is not None:
                count.add_(1)
                if momentum is None:
                    momentum = 1.0 / float(count)
        use_batch = self.training or mean is None
        if self.training and not self.track_running_stats:
            mean = var = None
        return batch_norm(input, mean, var, *self._weight_and_bias(), use_batch, 0.0 if momentum is None else momentum, self.eps)


class BatchNorm1d(_BatchNorm, dims=(2, 3), like="batch_norm"):
    r"""The layer for inputs (N, C) or (N, C, L), with a learned :math:`\gamma` (weight) and :math:`\beta` (bias).

    See Also
    --------
    minitorch_bp.nn.LayerNorm : Over the features of a sample, so that it does not depend on the batch.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.BatchNorm1d(1)(torch.tensor([[0.0], [2.0]]))
    tensor([[-1.0000],
            [ 1.0000]], grad_fn=<NativeBatchNormBackward0>)
    """


class BatchNorm2d(_BatchNorm, dims=(4,), like="batch_norm"):
    r"""The layer for images, (N, C, H, W), with a learned :math:`\gamma` (weight) and :math:`\beta` (bias).

    See Also
    --------
    minitorch_bp.nn.GroupNorm : Over groups of channels of a sample, for small batches.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.BatchNorm2d(3)
    >>> layer(torch.zeros(2, 3, 4, 4)).shape, layer.running_mean
    (torch.Size([2, 3, 4, 4]), tensor([0., 0., 0.]))
    """


class BatchNorm3d(_BatchNorm, dims=(5,), like="batch_norm"):
    r"""The layer for volumes, (N, C, D, H, W), with a learned :math:`\gamma` (weight) and :math:`\beta` (bias).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.BatchNorm3d(3)(torch.zeros(2, 3, 4, 4, 4)).shape
    torch.Size([2, 3, 4, 4, 4])
    """


class SyncBatchNorm(_BatchNorm):
    """Batch norm over all processes of a group; there is one process here, so it is batch norm for inputs of any shape (N, C, ...).

    Parameters
    ----------
    process_group : None
        There is one process.

    Raises
    ------
    NotImplementedError
        If a ``process_group`` is given.

    See Also
    --------
    batch_norm : The function that it calls.
    minitorch_bp.nn.BatchNorm2d : For images.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.SyncBatchNorm(3)
    SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True,
        process_group: Any = None, device: Any = None, dtype: Any = None, *, bias: bool = True,
    ):  # fmt: skip
        if process_group is not None:
            raise NotImplementedError("SyncBatchNorm does not support the argument process_group: there is one process")
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Any) -> None:
        if input.ndim < 2:
            raise ValueError(f"SyncBatchNorm: expected at least 2 dimensions, but got shape {list(input.shape)}")


# ---------------------------------------------------------------------- lazy
class _LazyNorm(LazyParametersMixin):
    """The number of channels comes from the first input."""

    def __init__(
        self, eps: float = 1e-5, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True, device: Any = None,
        dtype: Any = None, *, bias: bool = True,
    ):  # fmt: skip
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=bias)
        module: Any = self
        self.affine, self.track_running_stats = affine, track_running_stats
        self._leave_open(device, dtype, weight=affine, bias=affine and bias)
        if track_running_stats:
            module.register_buffer("running_mean", UninitializedBuffer(device=device, dtype=dtype))
            module.register_buffer("running_var", UninitializedBuffer(device=device, dtype=dtype))
            module.register_buffer("num_batches_tracked", tensor(0, dtype=int64))

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """As many channels as the input has."""
        n = input.shape[1]
        self._learn("num_features", n, weight=(n,), bias=(n,), running_mean=(n,), running_var=(n,))


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """:class:`BatchNorm1d` that learns the number of channels from its first input.

    See Also
    --------
    minitorch_bp.nn.BatchNorm1d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyBatchNorm1d()
    >>> layer(torch.zeros(4, 3)).shape, layer.num_features
    (torch.Size([4, 3]), 3)
    """


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """:class:`BatchNorm2d` that learns the number of channels from its first input.

    See Also
    --------
    minitorch_bp.nn.BatchNorm2d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyBatchNorm2d()
    >>> layer(torch.zeros(4, 3, 2, 2)).shape, layer.num_features
    (torch.Size([4, 3, 2, 2]), 3)
    """


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """:class:`BatchNorm3d` that learns the number of channels from its first input.

    See Also
    --------
    minitorch_bp.nn.BatchNorm3d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyBatchNorm3d()
    >>> layer(torch.zeros(4, 3, 2, 2, 2)).shape, layer.num_features
    (torch.Size([4, 3, 2, 2, 2]), 3)
    """
