"""Data parallelism on one computer without accelerators: the module itself, under the names that wrapped models have."""

from __future__ import annotations

from typing import Any

from ..modules.module import Module


class DataParallel(Module):
    """Call the module; its parameters are named ``module.*``, as those of models trained on several GPUs are.

    Parameters
    ----------
    module : Module
        What is called.
    device_ids, output_device : None
        There is one device.
    dim : int
        Where PyTorch divides a batch among devices; without effect.

    Raises
    ------
    NotImplementedError
        If devices are named: there is one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.nn.DataParallel(torch.nn.Linear(2, 1)).state_dict())
    ['module.weight', 'module.bias']
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0):
        super().__init__()
        if device_ids or output_device is not None:
            raise NotImplementedError(
                "DataParallel does not support the arguments device_ids and output_device: there is one device"
            )
        self.module, self.dim = module, dim
        self.device_ids: list[int] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """Call the module.

        Parameters
        ----------
        *inputs : any
        **kwargs : any

        Returns
        -------
        any
            What the module returns.
        """
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """Refused: there is one process. The name is here for those who ask ``isinstance``.

    Parameters
    ----------
    module : Module
    **options : any

    Raises
    ------
    NotImplementedError
        Always.
    """

    def __init__(self, module: Module, *args: Any, **options: Any):
        raise NotImplementedError("DistributedDataParallel: minitorch_bp runs in one process; use the module itself")
