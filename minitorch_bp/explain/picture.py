"""``explain.graph``: a computation graph as text, SVG and HTML, drawn as on the blackboard: inputs left, output right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..core.tensor import Tensor
from ..nn.modules.module import Module
from .backprop import check_output, seed_of
from .collapse import READABLE, collapse
from .drawing import look_inside, svg
from .formulas import annotate, brief, number
from .model import Box, Model, collect
from .names import Names, local_names, named_arguments
from .page import embedded, graph_page
from .tape import Tape, first_tensor

LIMIT = 20_000


class Graph:
    """A drawn computation graph; ``print`` shows it as text, a notebook as a picture.

    Parameters
    ----------
    model : Model
        What is drawn.
    title : str
        What stands above the picture.
    most : int
        The most boxes that are drawn one by one.

    Attributes
    ----------
    boxes : list
        What is drawn, inputs first; large graphs are folded to about 150 boxes.
    notes : list of str
        What the picture leaves out.

    See Also
    --------
    graph : Makes one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> a = torch.tensor(2.0, requires_grad=True)
    >>> len(explain.graph(a * a).boxes)
    2
    """

    def __init__(self, model: Model, title: str = "", most: int = READABLE):
        self.model, self.title = model, title
        self.nodes = len(model.boxes)
        self.boxes = collapse(model.boxes, most)
        self.notes = list(model.notes)
        if len(self.boxes) < self.nodes:
            self.notes.append(f"{self.nodes:,} boxes, folded to {len(self.boxes)}. Rest the pointer on one to see what it holds.")
        annotate(model, self.boxes)

    @property
    def gradients(self) -> bool:
        """Whether gradients are shown."""
        return any(box.grad is not None for box in self.boxes)

    def __getitem__(self, name: str) -> Box:
        """The box of a variable: ``graph["b"].grad``."""
        for box in self.model.boxes:
            if box.name == name:
                return box
        raise KeyError(f"no box is called {name!r}; there are {', '.join(b.name for b in self.model.boxes[:20] if b.name)}")

    def text(self) -> str:
        """The graph as lines of text, one for each box.

        Returns
        -------
        str
            Several lines.
        """
        boxes = self.boxes
        rows = []
        for box in boxes:
            row = [box.title, f"= {box.formula}" if box.formula and box.kind != "group" else box.formula]
            row.append("value " + brief(box.value) if box.value is not None or not box.shape else f"value {box.shape}")
            row.append("" if not self.gradients or not box.needs_grad else "grad " + ("-" if box.grad is None else brief(box.grad)))
            local = []
            for link in box.links:
                if link.local:
                    number_ = f" = {number(link.local_value)}" if link.local_value is not None else ""
                    right = "" if number_ == f" = {link.local}" else number_
                    local.append(f"d{box.name}/d{link.source.name} = {link.local}{right}")
            row.append(", ".join(local))
            if box.kind == "failed":
                row[2] = box.note = "failed"
            rows.append(row)
        widths = [max((len(r[k]) for r in rows), default=0) for k in range(5)]
        lines = [("  ".join(cell.ljust(w) for cell, w in zip(row, widths) if w)).rstrip() for row in rows]
        return "\n".join([*([self.title] if self.title else []), *lines, *self.notes])

    __str__ = text

    def __repr__(self) -> str:
        return self.text()

    def svg(self, theme: str = "") -> str:
        """The graph as an SVG picture that needs nothing else.

        Parameters
        ----------
        theme : 'light', 'dark' or ''
            The colours; those of the reader's own theme unless given.

        Returns
        -------
        str
            The picture's text.
        """
        return svg(self.boxes, self.model.output, self.notes, self.title, self.gradients, theme)

    def html(self) -> str:
        """The graph as a page that can be moved and zoomed, with the numbers of a box beside it.

        Returns
        -------
        str
            The page's text.
        """
        return graph_page(self.svg(), self.title or "Computation graph", {f"b{b.number}": _details(b) for b in self.boxes})

    def save(self, path: Any) -> Path:
        """Write the picture: ``.svg``, ``.html``, or text for any other ending.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
            Where it was written.
        """
        path = Path(path)
        path.write_text({".svg": self.svg, ".html": self.html}.get(path.suffix, self.text)(), encoding="utf-8")
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text(), "image/svg+xml": self.svg(), "text/html": embedded(self.html(), self._height())}

    def _height(self) -> int:
        width, height = (float(self.svg().partition(f'{side}="')[2].partition('"')[0]) for side in ("width", "height"))
        return round(min(640, max(200, height * min(1.0, max(0.4, 560 / width)) + 70)))


def _details(box: Box) -> dict[str, str]:
    found = {"title": box.title, "formula": box.formula, "module": box.module, "note": box.note}
    if box.shape:
        found["shape"] = f"{box.shape} {box.dtype}"
    found["value"], found["grad"] = look_inside(_array(box.value)), look_inside(_array(box.grad))
    if box.members:
        found["holds"] = "\n".join(m.title + (f" = {m.formula}" if m.formula else "") for m in box.members[:200])
    return {k: v for k, v in found.items() if v}


def _array(x: Any) -> Any:
    return None if x is None else np.asarray(x)


def graph(
    t: Any, *inputs: Any, gradient: Any = None, title: str = "", most: int = READABLE, names: dict[str, Any] | None = None
) -> Graph:
    """Draw the computation graph of a tensor.

    Parameters
    ----------
    t : Tensor or function
        The output, usually a loss. A function is called with ``inputs``, and everything that it computes is seen; if it fails, what it
        computed until then is drawn, and the call that failed.
    *inputs : any
        The arguments of the function.
    gradient : Tensor, optional
        The gradient of the output, for one that is not a single number.
    title : str, optional
    most : int
        How many boxes may be drawn before modules and chains are folded.
    names : dict, optional
        Names for tensors, if the variables of the caller are not the wanted ones.

    Returns
    -------
    Graph
        ``print`` it, show it in a notebook, or ``.save("graph.svg")``.

    Raises
    ------
    RuntimeError
        If nothing that the tensor was computed from requires grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> a, b = torch.tensor(7.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    >>> e = (a + b) * b**3
    >>> print(explain.graph(e))
    Input a              value 7    grad 27
    Input b              value 3    grad 297
    Add c    = a + b     value 10   grad 27   dc/da = 1, dc/db = 1
    Pow d    = b**3      value 27   grad 10   dd/db = 3 * b**2 = 27
    Mul e    = c * d     value 270  grad 1    de/dc = d = 27, de/dd = c = 10
    """
    if not isinstance(t, Tensor) and callable(t):
        return _graph_of_call(t, inputs, gradient, title, most, names)
    if inputs:
        raise TypeError("graph() of a tensor takes no further inputs; graph(function, *inputs) draws what a function computes")
    check_output(t, "graph")
    found = Names(names)
    seed = None
    if t._array.size == 1 or gradient is not None:
        seed = seed_of(t, gradient, "graph")
    model = collect(t, found, seed, LIMIT)
    if seed is None:
        model.notes.append(f"The output has shape {tuple(t.shape)}: without gradient=, no gradients are shown.")
    return Graph(model, title, most)


def _graph_of_call(function: Any, inputs: Any, gradient: Any, title: str, most: int, names: dict[str, Any] | None) -> Any:
    """The graph of what a function computes, as far as it got."""
    found = Names({**(names or {}), **named_arguments(function, inputs)})
    if isinstance(function, Module) and id(function) not in found.modules:
        found.add_module("model", function)
    tape = Tape(found)
    try:
        with tape, local_names(found):
            result = function(*inputs)
    except Exception as error:
        if tape.failed is None and not tape.by_node:
            raise
        model = collect(None, found, None, tape=tape)
        box = model.of.get("failed")
        if box is not None:
            box.note = str(error)
        model.notes.append(f"{type(error).__name__}: {error}")
        model.notes.append("This is what was computed until then.")
        return Graph(model, title, most)
    t = first_tensor(result, "graph")
    check_output(t, "graph")
    seed = seed_of(t, gradient, "graph") if t._array.size == 1 or gradient is not None else None
    return Graph(collect(t, found, seed, tape=tape), title, most)
