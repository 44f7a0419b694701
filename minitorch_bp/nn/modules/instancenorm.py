"""Instance normalization layers: each channel of each sample by itself."""

from __future__ import annotations

import warnings
from typing import Any

from ...core.tensor import Tensor
from ...ops.nn.layer_norm import instance_norm
from .batchnorm import _LazyNorm, _NormBase


class _InstanceNorm(_NormBase):
    """``_dims`` are the numbers of dimensions without and with a batch.

    Parameters
    ----------
    affine : bool
        Whether there are a learned weight and bias per channel: not unless asked for, other than in batch norm.
    track_running_stats : bool
        Whether evaluation normalizes by running averages: not unless asked for.
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = False, track_running_stats: bool = False,
        device: Any = None, dtype: Any = None, *, bias: bool = True,
    ):  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _get_no_batch_dim(self) -> int:
        """The number of dimensions of an input without a batch."""
        return self._dims[0]

    def forward(self, input: Tensor) -> Tensor:
        """Normalize each channel of each sample.

        Parameters
        ----------
        input : Tensor of shape (N, C, ...) or (C, ...)
            With as many dimensions as the layer's name says.

        Returns
        -------
        Tensor
            Of the input's shape and dtype.

        Raises
        ------
        ValueError
            If the input has another number of dimensions, or of channels.
        """
        self._check_input_dim(input)
        unbatched = input.ndim == self._get_no_batch_dim()
        channels = input.shape[0 if unbatched else 1]
        if channels != self.num_features:
            text = f"{type(self).__name__}: expected {self.num_features} channels, but the input has shape {list(input.shape)}"
            if self.affine:
                raise ValueError(text)
            warnings.warn(text + "; without affine parameters the number plays no part", stacklevel=2)
        out = instance_norm(
            input.unsqueeze(0) if unbatched else input, self.running_mean, self.running_var, self.weight, self.bias,
            self.training or not self.track_running_stats, 0.0 if self.momentum is None else self.momentum, self.eps,
        )  # fmt: skip
        return out.squeeze(0) if unbatched else out


class InstanceNorm1d(_InstanceNorm, dims=(2, 3), like="instance_norm"):
    """The layer for inputs (N, C, L) or (C, L).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.InstanceNorm1d(1)(torch.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """


class InstanceNorm2d(_InstanceNorm, dims=(3, 4), like="instance_norm"):
    """The layer for images, (N, C, H, W) or (C, H, W).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.InstanceNorm2d(3)(torch.zeros(2, 3, 4, 4)).shape
    torch.Size([2, 3, 4, 4])
    """


class InstanceNorm3d(_InstanceNorm, dims=(4, 5), like="instance_norm"):
    """The layer for volumes, (N, C, D, H, W) or (C, D, H, W).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.InstanceNorm3d(3)(torch.zeros(2, 3, 4, 4, 4)).shape
    torch.Size([2, 3, 4, 4, 4])
    """


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """:class:`InstanceNorm1d` that learns the number of channels from its first input.

    See Also
    --------
    minitorch_bp.nn.InstanceNorm1d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyInstanceNorm1d(affine=True)
    >>> layer(torch.zeros(2, 3, 4)).shape, layer.weight.shape
    (torch.Size([2, 3, 4]), torch.Size([3]))
    """


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """:class:`InstanceNorm2d` that learns the number of channels from its first input.

    See Also
    --------
    minitorch_bp.nn.InstanceNorm2d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyInstanceNorm2d(affine=True)
    >>> layer(torch.zeros(2, 3, 4, 4)).shape, layer.weight.shape
    (torch.Size([2, 3, 4, 4]), torch.Size([3]))
    """


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """:class:`InstanceNorm3d` that learns the number of channels from its first input.

    See Also
    --------
    minitorch_bp.nn.InstanceNorm3d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyInstanceNorm3d(affine=True)
    >>> layer(torch.zeros(2, 3, 4, 4, 4)).shape, layer.weight.shape
    (torch.Size([2, 3, 4, 4, 4]), torch.Size([3]))
    """
