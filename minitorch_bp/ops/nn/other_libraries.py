"""Functions that PyTorch hands to a library or a device of its own: on the CPU they are refused there, and so they are here.

Layers choose among them by themselves, and programs ask whether they could (``cudnn_is_acceptable``). Two of the family do compute
on a CPU: :func:`mkldnn_convolution` and :func:`batch_norm_update_stats`.
"""

from __future__ import annotations

from typing import Any

from ...core.grad_mode import no_grad
from .._base import MaybeTensor, Tensor, public
from . import conv as _conv

_REFUSED = {
    "cuDNN, for NVIDIA's devices": "cudnn_affine_grid_generator cudnn_batch_norm cudnn_convolution cudnn_convolution_add_relu "
    "cudnn_convolution_relu cudnn_convolution_transpose cudnn_grid_sampler",
    "MIOpen, for AMD's devices": "miopen_batch_norm miopen_convolution miopen_convolution_add_relu miopen_convolution_relu "
    "miopen_convolution_transpose miopen_ctc_loss miopen_depthwise_convolution miopen_rnn",
    "a batch norm over several devices": "batch_norm_backward_elemt batch_norm_backward_reduce batch_norm_elemt "
    "batch_norm_gather_stats batch_norm_gather_stats_with_counts batch_norm_stats",
    "oneDNN's own layout of memory": "mkldnn_adaptive_avg_pool2d mkldnn_linear_backward_weights mkldnn_max_pool2d mkldnn_max_pool3d",
    "sparse tensors": "native_norm",
}


def _refused(name: str, purpose: str) -> Any:
    def function(input: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}: the first argument must be a Tensor, not {type(input).__name__}")
        raise NotImplementedError(f"{name} is for {purpose}, and does not run on tensors of the CPU")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""What is for {purpose}: refused on the CPU, as in PyTorch.

    Parameters
    ----------
    input : Tensor
    *args, **kwargs
        As PyTorch takes them.

    Returns
    -------
    object
        Never.

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.{name}(torch.ones(1))
    Traceback (most recent call last):
        ...
    NotImplementedError: {name} is for {purpose}, and does not run on tensors of the CPU
    """
    return public("torch")(function)


for _purpose, _names in _REFUSED.items():
    for _name in _names.split():
        _refused(_name, _purpose)


@public("torch")
def cudnn_is_acceptable(tensor: Tensor) -> bool:
    """Whether cuDNN could compute with a tensor.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    bool
        False: it is on the CPU.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cudnn_is_acceptable(torch.ones(1))
    False
    """
    return False


@public("torch")
def mkldnn_convolution(
    input: Tensor, weight: Tensor, bias: MaybeTensor, padding: Any, stride: Any, dilation: Any, groups: int
) -> Tensor:
    """A convolution, as many-dimensional as the input has dimensions behind the first two.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    weight : Tensor of shape (O, C / groups, ...)
    bias : Tensor of shape (O,), or None
    padding, stride, dilation : tuple of ints
    groups : int

    Returns
    -------
    Tensor
        As of :func:`nn.functional.conv2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mkldnn_convolution(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2), None, (0, 0), (1, 1), (1, 1), 1)
    tensor([[[[4.]]]])
    """
    convolve: Any = {3: _conv.conv1d, 4: _conv.conv2d, 5: _conv.conv3d}[input.ndim]
    result: Tensor = convolve(input, weight, bias, tuple(stride), tuple(padding), tuple(dilation), groups)
    return result


@public("torch")
def batch_norm_update_stats(
    input: Tensor, running_mean: MaybeTensor, running_var: MaybeTensor, momentum: float
) -> tuple[Tensor, Tensor]:
    """Mean and (biased) variance of each channel; the running ones are brought nearer to the mean and the unbiased variance.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    running_mean, running_var : Tensor of shape (C,), or None
        Changed in place.
    momentum : float
        The share of the new in the running statistics.

    Returns
    -------
    (Tensor, Tensor)
        Each of shape (C,).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.batch_norm_update_stats(torch.tensor([[0.0], [2.0]]), None, None, 0.1)
    (tensor([1.]), tensor([1.]))
    """
    dims = (0, *range(2, input.ndim))
    with no_grad():
        mean, unbiased = input.mean(dims), input.var(dims)
        for running, new in ((running_mean, mean), (running_var, unbiased)):
            if running is not None:
                running.mul_(1 - momentum).add_(new, alpha=momentum)
        return mean, input.var(dims, unbiased=False)
