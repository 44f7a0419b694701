"""``torch.nn.functional``: the functions behind the modules. Each is declared with its family in ``ops``; here are the forms
of some of them that PyTorch keeps for itself."""

from __future__ import annotations

from typing import Any

from ..core.public import public
from ..core.tensor import Tensor
from ..ops import find, names_of
from ..ops.nn.activation import relu as _relu
from . import grad as grad


@public("nn.functional")
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The rectifier, :math:`\max(x, 0)`; see :func:`minitorch_bp.relu`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return input.relu_() if inplace else _relu(input)


def _with(suffix: str, text: str, name: str, *namespaces: str, **option: Any) -> Any:
    """A function under a further name, with one option set."""

    def function(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        return find("nn.functional", name)(input, *args, **{**kwargs, **option})

    function.__name__ = function.__qualname__ = name + suffix
    function.__doc__ = f":func:`{name}`{text}"
    return public(*(namespaces or ("nn.functional",)))(function)


for _name in ("elu", "hardtanh", "leaky_relu", "relu"):
    _with("_", " written over its input.", _name, inplace=True)
for _name in ("celu", "rrelu", "selu", "threshold"):
    _with("_", " written over its input.", _name, "torch", "nn.functional", inplace=True)
for _name in ("dropout", "alpha_dropout", "feature_alpha_dropout"):
    _with("_", " written over its input.", _name, "torch", inplace=True)
_with("_with_indices", ", and where each element came from.", "max_pool1d", "torch", "nn.functional", return_indices=True)
for _name in ("max_pool2d", "max_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d",
              "fractional_max_pool2d", "fractional_max_pool3d"):  # fmt: skip
    _with("_with_indices", ", and where each element came from.", _name, return_indices=True)

__getattr__, __dir__, __all__ = names_of("nn.functional", globals())
