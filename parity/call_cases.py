"""Calls of declared operations, with drawn arguments, as scripts; and which options of public functions no declaration has."""

from __future__ import annotations

import inspect
from typing import Any

import minitorch_bp

from .choices import Choices
from .declared import TABLE
from .declared.forms import case_of
from .scripted import Scripted


def call(draw: Choices, seed: int, row: str) -> Scripted:
    """A call of a declared operation."""
    return case_of(draw, seed, row, TABLE[row])


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {name: (call, (name,)) for name in TABLE}
#: The rows, each as often as it is drawn.
OFTEN = [name for name, declared in TABLE.items() for _ in range(declared.weight)]

_SPACES = {
    "F": minitorch_bp.nn.functional,
    "torch": minitorch_bp,
    "linalg": minitorch_bp.linalg,
    "masked": minitorch_bp.masked,
    "fft": minitorch_bp.fft,
    "special": minitorch_bp.special,
}
#: Options that are no part of the arithmetic, or have their own checks.
_OUTSIDE = frozenset(
    {
        "out",
        "inplace",
        "size_average",
        "reduce",
        "sparse",
        "sparse_grad",
        "_stacklevel",
        "generator",
        "self",
        "device",
        "layout",
        "pin_memory",
    }
)


def missing() -> list[str]:
    """Options of declared functions that no declaration of them draws."""
    drawn: dict[str, set[str]] = {}
    for row, declared in TABLE.items():
        drawn.setdefault(row.split()[0], set()).update(declared.parameters)
    gaps = []
    for name, parameters in drawn.items():
        space, _, function = name.partition(".")
        if space not in _SPACES or not function:
            continue
        for option, parameter in inspect.signature(getattr(_SPACES[space], function)).parameters.items():
            optional = parameter.default is not inspect.Parameter.empty
            if optional and option not in parameters | _OUTSIDE | NOT_DRAWN.get(name, set()):
                gaps.append(f"{name}({option}=)")
    return gaps


_SAME = {"dtype", "device", "layout"}
#: Options that are not drawn: function -> names. Those of PyTorch's implementation mean nothing here (``compute_mode``), those of
#: random masks are drawn elsewhere (``dropout_p``), and a type for a norm converts as it does for ``vector_norm``.
NOT_DRAWN: dict[str, set[str]] = {
    "F.triplet_margin_with_distance_loss": {"distance_function"}, "torch.cdist": {"compute_mode"}, "F.rms_norm": {"weight"},
    "F.embedding": {"max_norm", "norm_type"}, "F.embedding_bag": {"max_norm", "norm_type", "scale_grad_by_freq"}, "F.scaled_dot_product_attention": {"dropout_p"},
    "F.softmin": _SAME, "F.gumbel_softmax": {"eps"}, "torch.norm": _SAME, "linalg.matrix_norm": _SAME, "linalg.norm": _SAME, "torch.var": {"unbiased"}, "torch.std": {"unbiased"},
    "torch.var_mean": {"unbiased"}, "torch.std_mean": {"unbiased"}, "torch.histogram": {"weight"}, "torch.repeat_interleave": {"output_size"},
    "torch.diagonal_scatter": {"dim1", "dim2"}, "torch.tril_indices": _SAME, **{f"masked.{name}": _SAME for name in ("sum", "mean", "prod", "amax", "amin", "logsumexp")},
}  # fmt: skip
