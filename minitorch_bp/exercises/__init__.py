"""Section exercises: one source makes the starter, the solution, the notebook and the grader.

A source (``docs/exercises/*.py``) is a script in cells. What a student writes stands between ``# BEGIN SOLUTION`` and ``# END
SOLUTION``; checks are functions at the end. ``python -m minitorch_bp.exercises`` makes starters, runs checks, and packs a grader.
Everything works on this library and on PyTorch.

The checks' own words: :func:`check` declares one, :func:`equal`, :func:`gradients` and :func:`refuses` compare and, where
something differs, say what the likely mistake is (:mod:`minitorch_bp.exercises.hints`).
"""

from .checks import check, equal, gradients, refuses, run_checks, true

__all__ = ["check", "equal", "gradients", "refuses", "run_checks", "true"]
