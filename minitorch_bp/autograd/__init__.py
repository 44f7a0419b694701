"""Automatic differentiation: backward and grad, your own Functions, hooks, and checks."""

from typing import TYPE_CHECKING

from ..core.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from ..core.lazy import on_demand as _on_demand
from . import function, functional, graph, hooks  # noqa: F401  (declares its methods)
from .anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from .function import Function
from .gradcheck import gradcheck, gradgradcheck
from .gradients import backward, grad
from .variable import Variable

if TYPE_CHECKING:
    from . import grad_mode as grad_mode
    from . import profiler as profiler
else:
    __getattr__ = _on_demand(__name__, "grad_mode profiler")
__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_anomaly_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]
