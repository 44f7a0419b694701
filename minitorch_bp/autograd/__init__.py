"""Automatic differentiation: backward and grad, your own Functions, hooks, and checks."""

from typing import TYPE_CHECKING

from ..core.lazy import on_demand as _on_demand
from ..core.saved import SavedTensor
from . import anomaly_mode, function, functional, grad_mode, graph, hooks  # noqa: F401  (declares its methods)
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .function import Function
from .grad_mode import (
    _force_original_view_tracking as _force_original_view_tracking,
)
from .grad_mode import (
    enable_grad,
    inference_mode,
    is_multithreading_enabled,
    is_view_replay_enabled,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from .gradcheck import gradcheck, gradgradcheck
from .gradients import backward, grad
from .variable import Variable

if TYPE_CHECKING:
    from ..overrides import handle_torch_function as handle_torch_function
    from ..overrides import has_torch_function as has_torch_function
    from ..overrides import is_tensor_like as is_tensor_like
    from . import forward_ad as forward_ad
    from . import profiler as profiler
    from . import profiler_legacy as profiler_legacy
    from .profiler_kinds import DeviceType as DeviceType
    from .profiler_kinds import ProfilerActivity as ProfilerActivity
    from .profiler_kinds import ProfilerState as ProfilerState
    from .profiler_kinds import kineto_available as kineto_available
else:
    _KINDS = dict.fromkeys(("DeviceType", "ProfilerActivity", "ProfilerState", "kineto_available"), "profiler_kinds")
    _ASKING = dict.fromkeys(("handle_torch_function", "has_torch_function", "is_tensor_like"), ".overrides")
    __getattr__ = _on_demand(__name__, "forward_ad profiler profiler_legacy", **_KINDS, **_ASKING)
__all__ = [
    "Function",
    "SavedTensor",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_multithreading_enabled",
    "is_view_replay_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
]
