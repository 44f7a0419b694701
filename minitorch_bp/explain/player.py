"""``explain.backward``: the backward pass recorded step by step, to be played forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .backprop import check_output, is_released, nodes_below, seed_of
from .collapse import READABLE, collapse
from .drawing import sample, svg
from .formulas import annotate, brief
from .model import Model, collect
from .names import Names
from .page import embedded
from .player_page import player_page
from .steps import Run, Step

MOST_NODES = 1000
_ORDERS, _ACCUMULATE = ("topological", "recursive"), ("add", "overwrite")


class Backward:
    """A recorded backward pass.

    ``print`` shows all steps, a notebook the player; ``forward()``, ``back()`` and ``seek(k)`` move through it, ``play()`` does so in a
    terminal, and ``save("player.html")`` writes a page that needs nothing else.

    Parameters
    ----------
    model : Model
        The graph.
    run : Run
        The steps, as :func:`backward` records them.
    order, accumulate : str
        Which algorithm: the right one, or one of the lecture's wrong ones.
    title : str
        What stands above the player.

    Attributes
    ----------
    steps : list of Step
        Each has a ``text``, and ``lines`` with the formulas.
    at : int
        The step that is shown now.
    grads : dict
        The gradients at the end, by name.
    right : dict
        What they should be.
    wrong : dict
        Name -> (what it is, what it should be), where the two differ.

    See Also
    --------
    backward : Makes one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> a = torch.tensor(2.0, requires_grad=True)
    >>> explain.backward(a * a).grads
    {'b': array(1., dtype=float32), 'a': np.float32(4.0)}
    """

    def __init__(self, model: Model, run: Run, order: str, accumulate: str, title: str):
        self.model, self.steps, self.title = model, run.steps, title
        self.order, self.accumulate = order, accumulate
        self.at = len(self.steps) - 1
        right = model.gradients.of if model.gradients is not None else {}
        self.grads = {self._name(p): g for p, g in run.state.items()}
        self.right = {self._name(p): g for p, g in right.items()}
        self.wrong = {}
        for name, g in self.right.items():
            mine = self.grads.get(name)
            if mine is None or not np.allclose(mine, g, equal_nan=True):
                self.wrong[name] = (mine, g)

    def _name(self, place: Any) -> str:
        return self.model.name_of(place)

    # ------------------------------------------------------------------ moving
    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, k: int) -> Step:
        return self.steps[k]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def seek(self, k: int) -> Step:
        """Go to step ``k``; negative numbers count from the end.

        Parameters
        ----------
        k : int
            The number of a step.

        Returns
        -------
        Step
            The one that is shown now.
        """
        if not -len(self.steps) <= k < len(self.steps):
            raise IndexError(f"there are steps 0 to {len(self.steps) - 1}, but not {k}")
        self.at = k % len(self.steps)
        return self.steps[self.at]

    def forward(self) -> Step:
        """Go one step on (towards the inputs).

        Returns
        -------
        Step
            The one that is shown now.
        """
        return self.seek(min(self.at + 1, len(self.steps) - 1))

    def back(self) -> Step:
        """Go one step back.

        Returns
        -------
        Step
            The one that is shown now.
        """
        return self.seek(max(self.at - 1, 0))

    def state(self) -> dict[str, Any]:
        """The gradients as they are at the step that is shown, by name; 0 for those that nothing has arrived at.

        Returns
        -------
        dict of str to Tensor
            By name.
        """
        found: dict[str, Any] = {box.name: 0 for box in self.model.boxes if box.kind != "data"}
        for step in self.steps[: self.at + 1]:
            for place, g in step.changed.items():
                found[self._name(place)] = g if g.ndim else g.item()
        return found

    # ------------------------------------------------------------------ text
    def verdict(self) -> str:
        """What came out: right, or which gradients are wrong, and why.

        Returns
        -------
        str
            The text.
        """
        if not self.wrong:
            return "Every gradient is right." if self.order == "topological" and self.accumulate == "add" else (
                "Every gradient happens to be right: no node of this graph is reached twice" + (" before it is done." if self.accumulate == "add" else ".")
            )  # fmt: skip
        why = []
        if self.accumulate == "overwrite":
            why.append("overwriting loses every path but the last")
        if self.order == "recursive" and self.accumulate == "add":
            why.append("recursion runs a node before its gradient is complete, and so counts paths twice")
        lines = [f"Wrong: {', and '.join(why)}."]
        for name, (mine, right) in list(self.wrong.items())[:12]:
            is_, should = (
                "0" if g is None else brief(g) if not np.ndim(g) else f"of norm {np.linalg.norm(g):.4g}" for g in (mine, right)
            )
            lines.append(f"  {name}.grad is {is_}, but should be {should}")
        return "\n".join(lines)

    def text(self) -> str:
        """All steps, and what came out.

        Returns
        -------
        str
            The text.
        """
        return "\n".join([*([self.title] if self.title else []), *(step.text for step in self.steps), self.verdict()])

    __str__ = text

    def __repr__(self) -> str:
        return self.text()

    def play(self, read: Callable[[str], str] = input, write: Callable[[str], Any] = print) -> None:
        """Play in the terminal: Enter for the next step, ``b`` back, a number to go there, ``q`` to stop.

        Parameters
        ----------
        read, write : functions
            In place of ``input`` and ``print``.
        """
        self.seek(0)
        while True:
            step = self.steps[self.at]
            shown = ", ".join(f"{name}.grad = {brief(g)}" for name, g in list(self.state().items())[:12])
            write(f"{step.text}\n    {shown}")
            if self.at == len(self.steps) - 1:
                write(self.verdict())
            try:
                key = read("[Enter] next  [b] back  [number] go to  [q] quit > ").strip().lower()
            except (EOFError, KeyboardInterrupt):
                return
            if key in ("q", "quit") or (key == "" and self.at == len(self.steps) - 1):
                return
            if key in ("b", "p"):
                self.back()
            elif key.lstrip("-").isdigit():
                if -len(self.steps) <= int(key) < len(self.steps):
                    self.seek(int(key))
                else:
                    write(f"there are steps 0 to {len(self.steps) - 1}")
            else:
                self.forward()

    # ------------------------------------------------------------------ page
    def html(self) -> str:
        """The player as a page that needs nothing else.

        Returns
        -------
        str
            The text.
        """
        boxes = collapse(list(self.model.boxes), READABLE)
        annotate(self.model, boxes)
        shown = {m: box for box in boxes for m in (box.members or [box])}
        steps: list[dict[str, Any]] = []
        for step in self.steps:
            one: dict[str, Any] = {"t": f"Step {step.number}: {step.title}"}
            if step.box is not None:
                one["b"] = shown[step.box].number
            if step.lines:
                one["l"] = [self._line(line, step, shown) for line in step.lines]
            if step.changed:
                one["c"] = [self._change(place, g, shown) for place, g in step.changed.items()]
            steps.append(one)
        picture = svg(boxes, self.model.output, self.model.notes, "", True)
        return player_page(picture, self.title or "Backpropagation, step by step", steps, self.verdict(), bool(self.wrong))

    def _line(self, line: Any, step: Step, shown: Any) -> list[Any]:
        source, box = shown[line.target], step.box
        path = f"l{source.number}-{box.number}-{line.link}" if box is not None and shown[box] is box else ""
        return [line.text, line.formula if np.ndim(line.share) == 0 else "", path]

    def _change(self, place: Any, g: np.ndarray, shown: Any) -> list[Any]:
        box = self.model.of[place[0] if isinstance(place, tuple) else place]
        cells = sample(g) if g.ndim else None
        return [shown[box].number, brief(g) if not g.ndim else "", [[round(9 * v) for v in row] for row in cells] if cells else 0]

    def save(self, path: Any) -> Path:
        """Write the player (``.html``), or the text of all steps.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
            Where it was written.
        """
        path = Path(path)
        path.write_text(self.html() if path.suffix == ".html" else self.text(), encoding="utf-8")
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": embedded(self.html(), 520)}


def backward(
    t: Any,
    *,
    order: str = "topological",
    accumulate: str = "add",
    gradient: Any = None,
    title: str = "",
    names: dict[str, Any] | None = None,
) -> Backward:
    """Record the backward pass of a tensor, step by step, without touching any ``.grad``.

    Parameters
    ----------
    t : Tensor
        The output, usually a loss.
    order : 'topological' or 'recursive'
        With 'recursive', a node hands its gradient on at once, every time it is reached: the lecture's wrong algorithm for graphs in
        which a node is reached twice.
    accumulate : 'add' or 'overwrite'
        With 'overwrite', ``child.grad = ...`` in place of ``+=``: the lecture's other wrong algorithm.
    gradient : Tensor, optional
        The gradient of the output, for one that is not a single number.
    title : str, optional
    names : dict, optional
        Names for tensors, if the variables of the caller are not the wanted ones.

    Returns
    -------
    Backward
        ``print`` it, show it in a notebook, or ``.save("player.html")``.

    Raises
    ------
    RuntimeError
        If the tensor has no graph, its saved values were freed, or it is not a single number.
    ValueError
        For an unknown ``order`` or ``accumulate``, or a graph of more than 1,000 operations.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> a, b = torch.tensor(7.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    >>> e = (a + b) * b**3
    >>> print(explain.backward(e))
    Step 0: every gradient is 0
    Step 1: e is the output: e.grad = 1
    Step 2: Mul e: c.grad += 1 * 27 = 0 + 27
                   d.grad += 1 * 10 = 0 + 10
    Step 3: Pow d: b.grad += 10 * 3 * 3**2 = 0 + 270
    Step 4: Add c: a.grad += 27 * 1 = 0 + 27
                   b.grad += 27 * 1 = 270 + 27
    Step 5: Input b: a leaf has nothing to do
    Step 6: Input a: a leaf has nothing to do
    Every gradient is right.
    """
    if order not in _ORDERS:
        raise ValueError(f"backward(): order must be one of {', '.join(map(repr, _ORDERS))}, but is {order!r}")
    if accumulate not in _ACCUMULATE:
        raise ValueError(f"backward(): accumulate must be one of {', '.join(map(repr, _ACCUMULATE))}, but is {accumulate!r}")
    edge = check_output(t, "backward")
    seed = seed_of(t, gradient, "backward")
    nodes, complete = nodes_below(edge, MOST_NODES)
    if not complete:
        raise ValueError(
            f"backward(): this graph has more than {MOST_NODES:,} operations, too many to follow one by one. Explain a smaller input "
            "(one example, fewer time steps), or draw it with explain.graph(), which folds what is large"
        )
    if any(is_released(node) for node in nodes):
        raise RuntimeError(
            "backward(): the saved values of this graph were freed by an earlier .backward(). Call explain.backward() before it, or "
            "keep them with .backward(retain_graph=True)"
        )
    model = collect(t, Names(names), seed, MOST_NODES)
    return Backward(model, Run(model, seed, order, accumulate), order, accumulate, title)
