"""Seeing backprop: graphs drawn, the backward pass replayed step by step, and written out as a program.

:func:`graph` draws what a tensor was computed from, as the lecture does; :func:`backward` replays the backward pass, forwards and
backwards, with the formula of every step filled in with numbers; :func:`source` writes both passes out as a NumPy program;
:func:`recording` records a forward pass call by call.
"""

from __future__ import annotations

from .listing import Source, source
from .picture import Graph, graph
from .player import Backward, backward
from .tape import Tape, recording

__all__ = ["Backward", "Graph", "Source", "Tape", "backward", "graph", "recording", "source"]
