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
        return "\n".join(lines)

    @property
    def line(self) -> str:
        """The same in one line, for tables."""
        return f"{self.where}: {short(self.ours, 160)} instead of {short(self.theirs, 160)}"


def short(value: Any, length: int = 400) -> str:
    """A value's printed form in one line."""
    text = repr(value if not hasattr(value, "detach") else value.detach())
    return " ".join(text.split())[:length]


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
