"""Data parallelism on one computer without accelerators: the module itself, under the names that wrapped models have."""

from __future__ import annotations

from typing import Any

from ..._devices import refusing
from ..modules.module import Module


def among_accelerators(names: str) -> dict[str, Any]:
    """Functions that spread tensors over accelerators, by name: refused, since there is none."""
    why = "tensors are spread over accelerators, and there is none: call the module itself"
    return refusing("torch.nn.parallel", names, RuntimeError, why)


data_parallel = among_accelerators("data_parallel")["data_parallel"]


class DataParallel(Module):
    """Call the module; its parameters are named ``module.*``, as those of models trained on several GPUs are.

    Parameters
    ----------
    module : Module
        What is called.
    device_ids, output_device : sequence of int or device, optional
        Without effect where there is no accelerator, as in PyTorch.
    dim : int
        Where PyTorch divides a batch among devices; without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.nn.DataParallel(torch.nn.Linear(2, 1)).state_dict())
    ['module.weight', 'module.bias']
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0):
        super().__init__()
        self.module = module
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
