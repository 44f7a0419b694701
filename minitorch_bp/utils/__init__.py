"""``torch.utils``: loading data, checkpointing, and the tools around training."""

from typing import TYPE_CHECKING

from ..core.lazy import on_demand as _on_demand
from . import checkpoint, data, hooks

if TYPE_CHECKING:
    from . import _pytree as _pytree
    from . import benchmark as benchmark
    from . import deterministic as deterministic
    from . import dlpack as dlpack
    from . import model_zoo as model_zoo
    from . import serialization as serialization
    from . import tensorboard as tensorboard
else:
    __getattr__ = _on_demand(__name__, "_pytree benchmark deterministic dlpack model_zoo serialization tensorboard")
__all__ = ["checkpoint", "data", "hooks"]
