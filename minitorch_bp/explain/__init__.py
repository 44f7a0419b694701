"""Seeing backprop: graphs drawn, the backward pass replayed step by step, and written out as a program.

:func:`graph` draws what a tensor was computed from, as the lecture does; :func:`backward` replays the backward pass, forwards and
backwards, with the formula of every step filled in with numbers; :func:`source` writes both passes out as a NumPy program;
:func:`memory` says where the memory goes; :func:`recording` records a forward pass call by call. :func:`progress` and
:func:`plot_losses` are for the training loop.
"""

from __future__ import annotations

from .footprint import Memory, memory
from .listing import Source, source
from .picture import Graph, graph
from .player import Backward, backward
from .plots import plot_losses
from .progress_bar import Progress, progress
from .tape import Tape, recording

__all__ = [
    "Backward", "Graph", "Memory", "Progress", "Source", "Tape", "backward", "graph", "memory", "plot_losses", "progress", "recording", "source",
]  # fmt: skip
