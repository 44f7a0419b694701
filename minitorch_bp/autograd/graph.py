"""``torch.autograd.graph``: the node class, and tools that work on the recorded graph."""

from __future__ import annotations

from typing import Any

from ..core.graph import Node, accumulate_grad, public_node
from ..core.tensor import Tensor
from ..core.view import edge_of
from .anomaly_mode import saved_tensors_hooks


def get_gradient_edge(tensor: Tensor) -> tuple[Any, int]:
    """``(node, output index)``: where the gradient of a tensor enters the graph.

    Raises
    ------
    RuntimeError
        If the tensor does not require grad.
    """
    edge = edge_of(tensor)
    if edge is None:
        raise RuntimeError("a tensor that does not require grad has no place in the graph")
    if edge is tensor:
        return (accumulate_grad(tensor), 0)
    return (public_node(getattr(edge, "node", edge)), getattr(edge, "index", 0))


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors on the CPU: here they always are."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda"):
        super().__init__(lambda t: t, lambda t: t)


__all__ = ["Node", "get_gradient_edge", "save_on_cpu", "saved_tensors_hooks"]
