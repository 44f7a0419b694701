"""``torch.backends.cuda``: switches that may be set, for a device that is not there."""

from __future__ import annotations

from types import SimpleNamespace

matmul = SimpleNamespace(
    allow_tf32=False,
    allow_fp16_reduced_precision_reduction=True,
    allow_bf16_reduced_precision_reduction=True,
    fp32_precision="none",
)
cufft_plan_cache = SimpleNamespace(size=0, max_size=0)
_kernels = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True}


def is_built() -> bool:
    """Whether the package was built with CUDA.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.is_built()
    False
    """
    return False


def flash_sdp_enabled() -> bool:
    """What :func:`enable_flash_sdp` was told.

    Returns
    -------
    bool
        True at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.flash_sdp_enabled()
    True
    """
    return _kernels["flash"]


def enable_flash_sdp(enabled: bool) -> None:
    """Choose whether CUDA may compute attention so: remembered only.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.enable_flash_sdp(True)
    """
    _kernels["flash"] = bool(enabled)


def mem_efficient_sdp_enabled() -> bool:
    """What :func:`enable_mem_efficient_sdp` was told.

    Returns
    -------
    bool
        True at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.mem_efficient_sdp_enabled()
    True
    """
    return _kernels["mem_efficient"]


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Choose whether CUDA may compute attention so: remembered only.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.enable_mem_efficient_sdp(True)
    """
    _kernels["mem_efficient"] = bool(enabled)


def math_sdp_enabled() -> bool:
    """What :func:`enable_math_sdp` was told.

    Returns
    -------
    bool
        True at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.math_sdp_enabled()
    True
    """
    return _kernels["math"]


def enable_math_sdp(enabled: bool) -> None:
    """Choose whether CUDA may compute attention so: remembered only.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.enable_math_sdp(True)
    """
    _kernels["math"] = bool(enabled)


def cudnn_sdp_enabled() -> bool:
    """What :func:`enable_cudnn_sdp` was told.

    Returns
    -------
    bool
        True at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.cudnn_sdp_enabled()
    True
    """
    return _kernels["cudnn"]


def enable_cudnn_sdp(enabled: bool) -> None:
    """Choose whether CUDA may compute attention so: remembered only.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cuda.enable_cudnn_sdp(True)
    """
    _kernels["cudnn"] = bool(enabled)
