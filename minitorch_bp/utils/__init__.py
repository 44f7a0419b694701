"""``torch.utils``: loading data, checkpointing, and the tools around training."""

from typing import TYPE_CHECKING

from ..core.lazy import on_demand as _on_demand
from . import checkpoint, data, hooks
from .swapping import set_module, swap_tensors

if TYPE_CHECKING:
    from . import _pytree as _pytree
    from . import benchmark as benchmark
    from . import collect_env as collect_env
    from . import deterministic as deterministic
    from . import dlpack as dlpack
    from . import model_zoo as model_zoo
    from . import serialization as serialization
    from . import tensorboard as tensorboard
    from . import weak as weak
else:
    __getattr__ = _on_demand(
        __name__, "_pytree benchmark collect_env deterministic dlpack model_zoo serialization tensorboard weak"
    )
__all__ = ["checkpoint", "data", "hooks", "set_module", "swap_tensors"]
