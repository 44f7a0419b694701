"""Initial values with a structure: orthonormal, sparse, the convolution that changes nothing. They are part of ``nn.init``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.grad_mode import no_grad
from ..ops.creation import empty, from_numpy
from ..ops.random.draw import randperm


def orthogonal_(tensor: Any, gain: float = 1, generator: Any = None) -> Any:
    """A random matrix with orthonormal rows or columns, from the QR decomposition of normals.

    Equal to PyTorch's up to rounding (3.4e-7 in float32): the decompositions round differently.

    Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013.

    Parameters
    ----------
    tensor : Tensor of shape (rows, ...)
        What follows the first dimension counts as columns.
    gain : float
        A factor.

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        For fewer than 2 dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.nn.init.orthogonal_(torch.empty(2, 5))
    >>> torch.allclose(w @ w.T, torch.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_ needs a tensor of at least 2 dimensions, but this one has {tensor.ndim}")
    if not tensor.numel():
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    drawn = empty(rows, columns, dtype=tensor.dtype).normal_(generator=generator)._array
    q, r = np.linalg.qr(drawn.T if rows < columns else drawn)
    q = q * np.sign(np.diag(r))
    q = q.T if rows < columns else q
    with no_grad():
        return tensor.copy_(from_numpy(np.ascontiguousarray(q)).view_as(tensor)).mul_(gain)


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Any = None) -> Any:
    """Fill with samples from N(0, std squared), and a share ``sparsity`` of each column with zeros.

    Source: Martens, "Deep learning via Hessian-free optimization", 2010.

    Parameters
    ----------
    tensor : Tensor of shape (rows, columns)
    sparsity : float
        The share of each column that is zero.
    std : float
        The standard deviation of the rest.

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        Unless the tensor has 2 dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> (torch.nn.init.sparse_(torch.empty(4, 3), sparsity=0.5) == 0).sum(0)
    tensor([2, 2, 2])
    """
    if tensor.ndim != 2:
        raise ValueError(f"sparse_ needs a tensor of 2 dimensions, but this one has {tensor.ndim}")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            # The order of the rows comes from the default generator even if another one draws the numbers, as in PyTorch.
            tensor[randperm(rows)[:zeros], column] = 0
    return tensor


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """The convolution that returns its input: a one in the middle of the kernel of each channel to itself.

    Parameters
    ----------
    tensor : Tensor of shape (out channels, in channels, kernel size...)
    groups : int
        How many groups of output channels each return the input.

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        Unless the tensor has 3 to 5 dimensions and its first divides by ``groups``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.dirac_(torch.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"dirac_ needs a tensor of 3 to 5 dimensions, but this one has {tensor.ndim}")
    if tensor.shape[0] % groups:
        raise ValueError(f"dirac_: the first dimension, {tensor.shape[0]}, must be a multiple of groups, {groups}")
    per_group = tensor.shape[0] // groups
    middle = tuple(n // 2 for n in tensor.shape[2:])
    with no_grad():
        tensor.zero_()
        for g in range(groups):
            for k in range(min(per_group, tensor.shape[1])):
                tensor[(g * per_group + k, k, *middle)] = 1
    return tensor
