"""Watching the record: anomaly detection, and hooks on saved tensors.

Both are *recorders*: ``grad_mode.mode.recording`` holds one instead of ``True``, and each new node is shown to it.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from ..core.grad_mode import mode, no_grad
from ..core.graph import Node, hooks_of
from ..core.namespaces import raw
from ..core.saved import SavedResult, pack, place_of
from ..core.tensor import Tensor


class Recorder:
    """What anomaly mode and saved-tensor hooks of one thread amount to together."""

    def __init__(self, anomaly: bool, check_nan: bool, hooks: tuple[tuple[Any, Any], ...]):
        self.anomaly, self.check_nan, self.hooks = anomaly, check_nan, hooks

    def on_record(self, node: Node) -> None:
        if self.anomaly:
            import traceback

            hooks_of(node).trace = "".join(traceback.format_stack()[:-3])
        if self.hooks:
            hook, unpack = self.hooks[-1]
            saved = []
            with no_grad():
                for value, version in zip(node.saved, node.versions, strict=True):
                    if version is not None and isinstance(value, (Tensor, SavedResult, np.ndarray)):
                        value = pack(value, place_of(value), hook, unpack)
                    saved.append(value)
            node.saved = tuple(saved)

    def watch(self, node: Node, gradient: Any, xp: Any, needed: Any) -> Any:
        """Run a node's rules, and say where in the forward pass it came from if something goes wrong."""
        try:
            contributions = node.apply(xp, gradient, needed)
        except Exception:
            self._tell(node)
            raise
        if self.anomaly and self.check_nan:
            for k, (_, g) in enumerate(contributions):
                array = g if xp is raw else g._array if g is not None else None
                if array is not None and np.isnan(array).any():
                    self._tell(node)
                    raise RuntimeError(f"{node.name()} returned NaN in its gradient number {k}")
        return contributions

    def _tell(self, node: Node) -> None:
        if self.anomaly:
            trace = node.hooks.trace if node.hooks is not None else None
            where = f"it was recorded at:\n{trace}" if trace else "it was recorded before detect_anomaly was on"
            message = f"an error was found in {node.name()}; {where}"
            try:
                warnings.warn(message, stacklevel=2)
            except Warning:  # warnings are errors: the error that is on its way must not be lost for this one
                print(message, file=sys.stderr)


def _install(**changes: Any) -> Any:
    old = mode.recorder
    state: dict[str, Any] = {
        "anomaly": getattr(old, "anomaly", False), "check_nan": getattr(old, "check_nan", True),
        "hooks": getattr(old, "hooks", ()),
    }  # fmt: skip
    state.update(changes)
    mode.update(recorder=Recorder(**state) if state["anomaly"] or state["hooks"] else None)
    return old


class _Recording:
    """A ``with`` block after which the recorder is the one from before."""

    _previous: Any

    def __exit__(self, *exc: Any) -> None:
        mode.update(recorder=self._previous)


class set_detect_anomaly(_Recording):
    """Switch anomaly detection on or off, at once and until the end of a ``with`` block.

    Parameters
    ----------
    mode : bool
        Whether it is on.
    check_nan : bool
        Whether NaN in a gradient is an error, too.

    See Also
    --------
    minitorch_bp.autograd.detect_anomaly : Switches it on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.set_detect_anomaly(True):
    ...     torch.is_anomaly_enabled()
    True
    >>> torch.is_anomaly_enabled()
    False
    """

    def __init__(self, mode: bool, check_nan: bool = True):
        self._previous = _install(anomaly=mode, check_nan=check_nan)

    def __enter__(self) -> None:
        pass


class detect_anomaly(_Recording):
    """Find where a NaN or an error in backward comes from: the forward call that recorded the node is printed.

    Parameters
    ----------
    check_nan : bool
        Whether NaN in a gradient is an error, too.

    Raises
    ------
    RuntimeError
        In backward, when a function returns NaN.

    See Also
    --------
    minitorch_bp.autograd.set_detect_anomaly : By a flag.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor(0.0, requires_grad=True)
    >>> with torch.autograd.detect_anomaly():
    ...     y = (x * 0).sqrt() * 1
    >>> y.item()
    0.0
    """

    def __init__(self, check_nan: bool = True):
        self.check_nan = check_nan
        warnings.warn("anomaly detection is on: every call is noted and every gradient looked at, which is slow. Use it to find a fault, "
                      "and switch it off again", stacklevel=2)  # fmt: skip

    def __enter__(self) -> None:
        self._previous = _install(anomaly=True, check_nan=self.check_nan)


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.detect_anomaly():
    ...     torch.is_anomaly_enabled()
    True
    """
    return getattr(mode.recorder, "anomaly", False)


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection, when it is on, looks for NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.detect_anomaly(check_nan=False):
    ...     torch.is_anomaly_check_nan_enabled()
    False
    """
    return getattr(mode.recorder, "check_nan", True)


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection on or off for this thread.

    Parameters
    ----------
    enabled : bool
    check_nan : bool
        Whether a NaN in a gradient is an error.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_anomaly_enabled(False)
    """
    _install(anomaly=enabled, check_nan=check_nan)


class saved_tensors_hooks:
    """Exchange saved tensors for something else: ``pack`` when one is saved, ``unpack`` when it is needed.

    Parameters
    ----------
    pack_hook : function
        Takes a tensor that is saved, and returns anything.
    unpack_hook : function
        Takes that, and returns a tensor with the same numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.autograd.graph.saved_tensors_hooks(lambda t: t.numpy(force=True).copy(), torch.from_numpy):
    ...     y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    tensor([2., 2.])
    """

    __module__ = "minitorch_bp.autograd.graph"

    def __init__(self, pack_hook: Any, unpack_hook: Any):
        self.hooks = (pack_hook, unpack_hook)

    def __enter__(self) -> None:
        if mode.hooks_disabled is not None:
            raise RuntimeError(mode.hooks_disabled)
        _install(hooks=(*getattr(mode.recorder, "hooks", ()), self.hooks))

    def __exit__(self, *exc: Any) -> None:
        _install(hooks=getattr(mode.recorder, "hooks", ())[:-1])
