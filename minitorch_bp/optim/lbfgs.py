"""L-BFGS: Newton's direction, from the changes of the gradient in the last steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.grad_mode import enable_grad, no_grad
from ..core.tensor import Tensor, wrap
from ..core.view import bump_version
from .arithmetic import pairs
from .line_search import Point, strong_wolfe
from .optimizer import Optimizer, check_not_negative

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.types import Params


#: What the state keeps from one call to the next: the last direction and step, the pairs (y, s, 1 / y s), and where it was.
_MEMORY = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")


class LBFGS(Optimizer):
    r"""L-BFGS: :math:`\theta \leftarrow \theta - t H g`, with an estimate :math:`H` of the inverse Hessian.

    :math:`H` is never formed: it follows from the last ``history_size`` pairs of steps :math:`s` and changes :math:`y` of the
    gradient, in two loops over them. One call of :meth:`step` makes up to ``max_iter`` iterations.

    Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 7.4 and 7.5, with the conventions of Schmidt's minFunc,
    which PyTorch has, too.

    Parameters
    ----------
    params : iterable of Tensors
        One group.
    lr : float or Tensor, optional
        The length :math:`t` of a step, or the first that the line search tries.
    max_iter, max_eval : int, optional
        The most iterations, and evaluations of the loss (1.25 times as many if None), in a step.
    tolerance_grad, tolerance_change : float, optional
        When to stop: no part of the gradient is larger; neither parameters nor loss change more.
    history_size : int, optional
    line_search_fn : str, optional
        ``"strong_wolfe"``, or None for steps of fixed length.

    Raises
    ------
    ValueError
        For more than one group, or a negative learning rate.

    See Also
    --------
    minitorch_bp.optim.SGD : For batches that differ from step to step.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([3.0, -2.0], requires_grad=True)
    >>> optimizer = torch.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (w[0] - 1) ** 2 + 10 * (w[1] - w[0]) ** 2
    ...     loss.backward()
    ...     return loss
    >>> loss = optimizer.step(closure)
    >>> (w * 1000).round().tolist()
    [1000.0, 1000.0]
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ):
        check_not_negative(self, lr=lr)
        super().__init__(params, {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        })  # fmt: skip
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS moves all parameters together: give them as one group, without options of their own")

    def _check_state(self) -> None:
        """The state is that of all parameters together."""
        known = self.state[self.param_groups[0]["params"][0]].get("prev_flat_grad")
        if known is not None and known._array.size != self._flat_gradient()._array.size:
            raise RuntimeError("the loaded state is that of a model with another number of parameters")
        self._loaded = False

    # The parameters as one vector, complex ones as pairs.
    def _flat_gradient(self) -> Tensor:
        params = self.param_groups[0]["params"]
        parts = [pairs(np.zeros_like(p._array) if p._grad is None else p._grad._array).ravel() for p in params]
        return wrap(np.concatenate(parts))

    def _move(self, t: Any, direction: Tensor) -> None:
        """Add ``t`` times the direction to the parameters."""
        t, offset = float(t), 0
        for p in self.param_groups[0]["params"]:
            x = pairs(p._array)
            x[...] = _fused(x, t, direction._array[offset : offset + x.size].reshape(x.shape))
            offset += x.size
            bump_version(p)

    @no_grad()
    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Up to ``max_iter`` iterations.

        Parameters
        ----------
        closure : callable
            Computes the loss and its gradients again; it is called several times.

        Returns
        -------
        what the closure returned first
        """
        if len(self.param_groups) != 1:
            raise AssertionError(f"LBFGS moves one group of parameters, but {len(self.param_groups) - 1} more were added")
        if self._loaded:
            self._check_state()
        group, params = self.param_groups[0], self.param_groups[0]["params"]
        state, search = self.state[params[0]], group["line_search_fn"]
        if search not in (None, "strong_wolfe"):
            raise RuntimeError(f"LBFGS: line_search_fn must be 'strong_wolfe' or None, but is {search!r}")

        def evaluate() -> Any:
            with enable_grad():
                return closure()

        first = evaluate()
        loss, evaluations = float(first), 1
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        state["func_evals"] += 1
        g: Any = self._flat_gradient()
        if _largest(g) <= group["tolerance_grad"]:
            return first
        memory = {name: state.get(name) for name in _MEMORY}
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                d, t = -g, min(1.0, 1.0 / g.abs().sum()) * group["lr"]
                memory.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
            else:
                _remember(memory, g - memory["prev_flat_grad"], memory["d"] * memory["t"], group["history_size"])
                al = state.setdefault("al", [None] * group["history_size"])
                d, t = _newton_direction(memory, al, g), group["lr"]
            memory.update(d=d, t=t, prev_flat_grad=g.clone(), prev_loss=loss)
            slope, before = g.dot(d), loss
            if slope > -group["tolerance_change"]:
                break
            calls = 0
            if search is not None:
                start = [p._array.copy() for p in params]

                def at(t: Any, d: Any = d, start: Any = start) -> Point:
                    self._move(t, d)
                    value, gradient = float(evaluate()), self._flat_gradient()
                    for p, x in zip(params, start, strict=True):
                        p._array[...] = x
                    return Point(t, value, gradient, gradient.dot(d))  # type: ignore[attr-defined]

                (t, loss, g, _), calls = strong_wolfe(
                    at, Point(0, loss, g, slope), t, d.abs().max(), group["max_eval"] - evaluations
                )
                self._move(t, d)
                memory["t"] = t
            else:
                self._move(t, d)
                if iteration != group["max_iter"]:  # else the next call computes it
                    loss, g, calls = float(evaluate()), self._flat_gradient(), 1
            evaluations += calls
            state["func_evals"] += calls
            if (
                evaluations >= group["max_eval"]
                or _largest(g) <= group["tolerance_grad"]
                or _largest(d * t) <= group["tolerance_change"]
                or abs(loss - before) < group["tolerance_change"]
            ):
                break
        state.update(memory)
        return first


def _fused(x: np.ndarray, factor: Any, y: np.ndarray) -> np.ndarray:
    """``x + factor * y``, rounded once: as processors add a product, and PyTorch does. A search for a minimum magnifies last digits."""
    if x.dtype != np.float32:
        return x + x.dtype.type(factor) * y
    out: np.ndarray = (x + np.float64(np.float32(factor)) * y).astype(np.float32)
    return out


def _largest(x: Any) -> Any:
    return x.abs().max() if x.numel() else 0.0


def _remember(memory: dict[str, Any], y: Any, s: Any, most: int) -> None:
    """Keep a step and the change of the gradient along it, if the function curves upward there."""
    curvature = y.dot(s)
    if curvature > 1e-10:
        for name, value in (("old_dirs", y), ("old_stps", s), ("ro", 1.0 / curvature)):
            if len(memory[name]) == most:
                memory[name].pop(0)
            memory[name].append(value)
        memory["H_diag"] = curvature / y.dot(y)


def _newton_direction(memory: dict[str, Any], al: list[Any], g: Any) -> Any:
    """``-H g``, in two loops over the steps that are remembered."""
    steps = list(zip(memory["old_dirs"], memory["old_stps"], memory["ro"], strict=True))
    q = -g
    for k in reversed(range(len(steps))):
        y, s, ro = steps[k]
        al[k] = s.dot(q) * ro
        q = wrap(_fused(q._array, -al[k], y._array))
    d = q * memory["H_diag"]
    for k, (y, s, ro) in enumerate(steps):
        d = wrap(_fused(d._array, al[k] - y.dot(d) * ro, s._array))
    return d
