"""What came of a run, in either framework, and how a difference between two runs is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Outcome:
    """Everything about a run that is compared. Which parts there are depends on what was run.

    Attributes
    ----------
    values : results: of every step of a program, of a call, of a module (then its state), or the losses of a training
    leaf_grads : gradients of inputs and parameters; of a training, those of every step
    value_grads : gradients of every retained step of a program
    second : gradients of the second order
    facts : what must be equal as it stands, by name: printed forms, types and shapes, the random generator's state
    views : which steps of a program gave views
    cotangents : the gradients that a program's backward was given
    hook_order : the steps whose hooks fired, as they did
    failed_at : the step that raised ``error``, or the number of steps if backward did
    """

    values: list[Any] = field(default_factory=list)
    leaf_grads: list[Any] = field(default_factory=list)
    value_grads: list[Any] = field(default_factory=list)
    second: list[Any] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    views: list[bool] = field(default_factory=list)
    cotangents: list[Any] = field(default_factory=list)
    hook_order: list[int] = field(default_factory=list)
    error: BaseException | None = None
    failed_at: int | None = None


@dataclass
class Mismatch:
    """One difference: where, and both values; ``certain`` if no rounding can explain it."""

    where: str
    ours: Any
    theirs: Any
    exact: Any = None
    certain: bool = False

    def __str__(self) -> str:
        lines = [f"{self.where}:", f"  minitorch_bp {short(self.ours)}", f"  torch        {short(self.theirs)}"]
        if self.exact is not None:
            lines.append(f"  in float64   {short(self.exact)}")
        worst = _worst(array_of(self.ours), array_of(self.theirs))
        if worst:
            lines.append("  " + worst)
        return "\n".join(lines)

    @property
    def line(self) -> str:
        """The same in one line, for tables."""
        return f"{self.where}: {short(self.ours, 160)} instead of {short(self.theirs, 160)}"


def _worst(a: Any, b: Any) -> str:
    """Where two arrays differ most, in full precision; empty if that says nothing."""
    both = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
    if not both or a.shape != b.shape or not a.size or a.dtype.kind not in "fiu" or b.dtype.kind not in "fiu":
        return ""
    with np.errstate(all="ignore"):
        far = np.abs(a.astype(np.float64) - b)
        far = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.nan_to_num(far, nan=np.inf))
        place = np.unravel_index(int(np.argmax(far)), far.shape)
        x, y = a[place], b[place]
        units = f", {float(far[place]) / float(np.spacing(np.abs(y))):.3g} units of the last place" if b.dtype.kind == "f" else ""
    where = f" at {[int(i) for i in place]}" if a.ndim else ""
    count = f"{np.count_nonzero(far)} of {far.size} elements differ, most" if far.size > 1 else "it differs"
    return f"{count}{where}: {x.item()!r} instead of {y.item()!r}{units}" if far[place] else ""


def short(value: Any, length: int = 400) -> str:
    """A value's printed form in one line."""
    text = repr(value if not hasattr(value, "detach") else value.detach())
    return " ".join(text.split())[:length]


def reference() -> Any:
    """PyTorch, on one thread; RuntimeError if it is missing."""
    try:
        import torch
    except ImportError:
        raise RuntimeError("the harness compares with PyTorch, which is not installed: pip install torch==2.13.0") from None
    torch.set_num_threads(1)
    return torch


def array_of(t: Any) -> Any:
    """The numbers of a tensor of either framework (bfloat16's as float32); anything else as it is."""
    if not hasattr(t, "detach"):
        return t
    if t.element_size() == 2 and str(t.dtype).endswith("bfloat16"):
        t = t.float()
    return t.numpy(force=True)


def generator_state(torch: Any) -> bytes:
    """The state of a framework's random generator."""
    return torch.get_rng_state().numpy().tobytes()


def named_state(module: Any) -> dict[str, Any]:
    """A module's state as ``{name: array}``, without what lazy modules have not made yet."""
    state = module.state_dict().items()
    return {k: np.array(array_of(v)) for k, v in state if not type(v).__name__.startswith("Uninitialized")}
