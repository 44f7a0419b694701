"""``torch._dynamo``: PyTorch's tracer, which is not here. The names that programs use in passing do what ``torch.compiler``'s do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from .compiler import OptimizedModule, allow_in_graph, assume_constant_result, disable, is_compiling, list_backends, reset

config = SimpleNamespace(cache_size_limit=8, recompile_limit=8, suppress_errors=False, verbose=False, capture_scalar_outputs=False)


def mark_dynamic(t: Any, index: Any, **options: Any) -> None:
    """Say that a size may vary: without effect.

    Parameters
    ----------
    t : Tensor
    index : int or tuple of ints
    **options : any
    """


mark_static = maybe_mark_dynamic = mark_dynamic
__all__ = [
    "OptimizedModule", "allow_in_graph", "assume_constant_result", "config", "disable", "is_compiling", "list_backends", "mark_dynamic",
    "mark_static", "maybe_mark_dynamic", "reset",
]  # fmt: skip
