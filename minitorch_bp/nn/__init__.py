"""Neural networks: modules, their parameters, and the functions behind them."""

from typing import TYPE_CHECKING
from typing import Any as _Any

from ..core.lazy import on_demand as _on_demand
from ..ops.nn.linear_cross_entropy import LinearCrossEntropyOptions as LinearCrossEntropyOptions
from . import functional as functional
from . import init as init
from . import modules as modules
from . import parallel as parallel
from . import parameter as parameter
from . import utils as utils
from .modules.names import *  # noqa: F403
from .parallel import DataParallel as DataParallel
from .parameter import Buffer as Buffer
from .parameter import Parameter as Parameter
from .parameter import UninitializedBuffer as UninitializedBuffer
from .parameter import UninitializedParameter as UninitializedParameter


def factory_kwargs(kwargs: dict[str, _Any] | None) -> dict[str, _Any]:
    """The options of new tensors among the keyword arguments of a module.

    Parameters
    ----------
    kwargs : dict or None
        With ``device``, ``dtype``, ``memory_format``, or with ``factory_kwargs``, a dict of them.

    Returns
    -------
    dict
        Of these options.

    Raises
    ------
    TypeError
        If there is another argument, or one in both places.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.factory_kwargs({"dtype": torch.float64})
    {'dtype': torch.float64}
    """
    given = dict(kwargs or {})
    options = dict(given.pop("factory_kwargs", {}))
    known = {"device", "dtype", "memory_format"}
    if unknown := given.keys() - known:
        raise TypeError(f"factory_kwargs: unexpected arguments {sorted(unknown)}; expected some of {sorted(known)}")
    for name, value in given.items():
        if name in options:
            raise TypeError(f"factory_kwargs: {name} is given twice, by itself and in factory_kwargs")
        options[name] = value
    return options


if TYPE_CHECKING:
    from . import attention as attention
    from . import common_types as common_types
    from . import grad as grad
else:
    __getattr__ = _on_demand(__name__, "attention common_types grad")
