"""Loss scaling: float16 has no numbers below 6e-8, so gradients are computed of a loss times a large factor, and divided by it
before the step. The factor grows as long as nothing overflows, and shrinks when something does; that step is then left out."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.tensor import Tensor, wrap

_READY, _UNSCALED, _STEPPED = "ready", "unscaled", "stepped"


class GradScaler:
    """Scales the loss, and skips the steps whose gradients are not finite.

    Parameters
    ----------
    device : str
        'cpu'; for 'cuda', the default, it warns and switches itself off, as PyTorch does without CUDA.
    init_scale : float
        The first factor.
    growth_factor, backoff_factor : float
        What the factor is multiplied with after ``growth_interval`` good steps in a row, and after a bad one.
    growth_interval : int
    enabled : bool
        If false, :meth:`scale` returns what it gets, :meth:`step` is the optimizer's, and the rest does nothing.

    Raises
    ------
    AssertionError
        If ``growth_factor`` is not above, or ``backoff_factor`` not below 1.

    References
    ----------
    Micikevicius et al., "Mixed precision training" (2018); https://docs.pytorch.org/docs/stable/amp.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer, scaler = torch.optim.SGD([w], lr=0.5), torch.amp.GradScaler("cpu", init_scale=8.0)
    >>> scaler.scale((w * 2).sum()).backward()
    >>> w.grad
    tensor([16.])
    >>> scaler.step(optimizer)
    >>> scaler.update()
    >>> w
    tensor([0.], requires_grad=True)
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        self._device = device
        if enabled and device == "cuda":
            warnings.warn("GradScaler: CUDA is not available, so it is off; on the CPU say GradScaler('cpu')", stacklevel=2)
            enabled = False
        self._enabled = enabled
        if not enabled:
            return
        if growth_factor <= 1.0 or backoff_factor >= 1.0:
            raise AssertionError(
                f"GradScaler: growth_factor must be above 1 and backoff_factor below, but they are {growth_factor} and {backoff_factor}"
            )
        self._init_scale, self._scale = init_scale, None
        self._growth_factor, self._backoff_factor, self._growth_interval = growth_factor, backoff_factor, growth_interval
        self._init_growth_tracker = self._growth_tracker = 0
        # Of each optimizer: how far it is, and whether it overflowed; None if it had no gradients to look at.
        self._stages: dict[int, tuple[str, bool | None]] = {}

    _scale: Tensor | None

    def _current(self, name: str) -> Tensor:
        if self._scale is None:
            raise AssertionError(f"{name}(): there is no scale yet: call scaler.scale(loss) earlier in the iteration")
        return self._scale

    def scale(self, outputs: Any) -> Any:
        """The outputs (a tensor, or an iterable of them), times the factor."""
        if not self._enabled:
            return outputs
        if self._scale is None:
            self._scale = wrap(np.array(self._init_scale, np.float32))
        if isinstance(outputs, Tensor):
            return outputs * self._scale
        if hasattr(outputs, "__iter__"):
            parts = map(self.scale, outputs)
            return type(outputs)(parts) if isinstance(outputs, (list, tuple)) else parts
        raise ValueError(f"GradScaler.scale: expected a tensor or an iterable of tensors, but got {type(outputs).__name__}")

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer by the factor: before they are clipped, say. :meth:`step` does it otherwise."""
        if not self._enabled:
            return
        scale = self._current("unscale_")
        stage, _ = self._stages.get(id(optimizer), (_READY, False))
        if stage is not _READY:
            raise RuntimeError(
                f"unscale_(): the gradients of this optimizer are {stage} already; it can be called once, and before step(), "
                "between two calls of update()"
            )
        inverse = np.float32(1.0 / float(scale))
        grads = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        if any(g.dtype is dtypes.float16 for g in grads):
            raise ValueError("unscale_(): gradients in float16 can't be unscaled: keep the parameters in float32 and use autocast")
        overflowed = not all(np.isfinite(g._array).all() for g in grads) if grads else None
        for grad in grads:
            grad._array *= grad._array.dtype.type(inverse)
        self._stages[id(optimizer)] = _UNSCALED, overflowed

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """The optimizer's step, unless a gradient is infinite or NaN; returns what it returns, or None."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("GradScaler.step: a closure, which computes several losses, is not supported")
        self._current("step")
        if self._stages.get(id(optimizer), (_READY,))[0] is _STEPPED:
            raise RuntimeError("step() was called for this optimizer already: call update() first")
        if self._stages.get(id(optimizer), (_READY,))[0] is _READY:
            self.unscale_(optimizer)
        overflowed = self._stages[id(optimizer)][1]
        if overflowed is None and not optimizer.defaults.get("fused"):
            raise AssertionError("step(): no parameter of this optimizer has a gradient: call backward() on the scaled loss first")
        result = None if overflowed else optimizer.step(*args, **kwargs)
        self._stages[id(optimizer)] = _STEPPED, overflowed
        return result

    def update(self, new_scale: Any = None) -> None:
        """Adapt the factor after the steps of all optimizers, or set it to ``new_scale``."""
        if not self._enabled:
            return
        scale = self._current("update")
        if isinstance(new_scale, float):
            scale.fill_(new_scale)
        elif new_scale is not None:
            if new_scale.device.type != "cpu" or new_scale.numel() != 1 or new_scale.requires_grad:
                raise AssertionError("update(): the new scale must be a float, or a tensor of one number that requires no gradient")
            scale.copy_(new_scale)
        else:
            seen = [overflowed for _, overflowed in self._stages.values() if overflowed is not None]
            if not seen:
                raise AssertionError("update(): no gradients were looked at: call step() first")
            if any(seen):
                scale *= self._backoff_factor
                self._growth_tracker = 0
            else:
                self._growth_tracker += 1
                if self._growth_tracker == self._growth_interval:
                    with np.errstate(over="ignore"):
                        grown = scale._array * np.float32(self._growth_factor)
                    if np.isfinite(grown):
                        scale._array[...] = grown
                    self._growth_tracker = 0
        self._stages = {}

    def get_scale(self) -> float:
        """The factor."""
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else float(self._scale)

    def get_growth_factor(self) -> float:
        """What the factor is multiplied with after good steps."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Set what the factor is multiplied with after good steps."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """What the factor is multiplied with after a bad step."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set what the factor is multiplied with after a bad step."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """How many good steps in a row let the factor grow."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set how many good steps in a row let the factor grow."""
        self._growth_interval = new_interval

    def _get_growth_tracker(self) -> int:
        return self._growth_tracker if self._enabled else 0

    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self._enabled

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps; empty if it is off."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        if self._enabled:
            if self._stages:
                raise AssertionError("a GradScaler can be pickled between iterations only: before scale(), or after update()")
            state.update(_init_scale=self.get_scale(), _init_growth_tracker=self._growth_tracker, _scale=None)
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what :meth:`state_dict` returned."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError("load_state_dict: the dictionary is empty; it may come of a GradScaler that was off")
        self._init_scale = state_dict["scale"]
        if self._scale is not None:
            self._scale.fill_(state_dict["scale"])
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._init_growth_tracker = self._growth_tracker = state_dict["_growth_tracker"]
