"""Loss curves by one call, with matplotlib if it is installed."""

from __future__ import annotations

from typing import Any


def plot_losses(losses: Any, *, smooth: float = 0.0, log: bool = False, title: str = "", ax: Any = None) -> Any:
    """Plot one loss curve, or several.

    Parameters
    ----------
    losses : sequence, or dict of sequences
        Numbers or 0-d tensors, one for each step; a dictionary names several curves, such as ``{"train": ..., "valid": ...}``.
    smooth : float
        Between 0 and 1: how much of the average before goes into the next point. The curve as it is stays, faintly.
    log : bool
        A logarithmic scale for the losses.
    title : str
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    Axes
        Of matplotlib.

    Raises
    ------
    ImportError
        Without matplotlib.
    ValueError
        For no losses, or a ``smooth`` outside of 0 to 1.

    Examples
    --------
    >>> from minitorch_bp import explain
    >>> axes = explain.plot_losses({"train": [3.0, 2.0, 1.5]}, title="loss")  # doctest: +SKIP
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError("plot_losses() needs matplotlib: pip install matplotlib") from None
    if not 0 <= smooth < 1:
        raise ValueError(f"plot_losses(): smooth must be at least 0 and less than 1, but is {smooth}")
    curves = {name: list(map(float, values)) for name, values in (losses if isinstance(losses, dict) else {"": losses}).items()}
    if not any(curves.values()):
        raise ValueError("plot_losses(): there are no losses to plot")
    if ax is None:
        ax = plt.subplots(figsize=(6, 3.4))[1]
    for name, values in curves.items():
        (line,) = ax.plot(values, alpha=0.3 if smooth else 1, label=None if smooth else name or None)
        if smooth:
            ax.plot(_smoothed(values, smooth), color=line.get_color(), label=name or None)
    ax.set_xlabel("step")
    ax.set_ylabel("loss")
    if log:
        ax.set_yscale("log")
    if title:
        ax.set_title(title)
    ax.grid(alpha=0.25)
    if any(curves):
        ax.legend(frameon=False)
    return ax


def _smoothed(values: list[float], keep: float) -> list[float]:
    """The running average, corrected for its start at 0."""
    result, average = [], 0.0
    for k, value in enumerate(values, 1):
        average = keep * average + (1 - keep) * value
        result.append(average / (1 - keep**k))
    return result
