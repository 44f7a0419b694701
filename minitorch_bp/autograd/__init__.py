"""Automatic differentiation: backward and grad, your own Functions, hooks, and checks."""

from ..core.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from . import function, functional, graph, hooks  # noqa: F401  (declares its methods)
from .anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from .function import Function
from .gradcheck import gradcheck, gradgradcheck
from .gradients import backward, grad
from .variable import Variable

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
