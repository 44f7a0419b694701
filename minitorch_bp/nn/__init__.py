"""Neural networks: modules, their parameters, and the functions behind them."""

from typing import TYPE_CHECKING

from ..core.lazy import on_demand as _on_demand
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

if TYPE_CHECKING:
    from . import attention as attention
    from . import grad as grad
else:
    __getattr__ = _on_demand(__name__, "attention grad")
