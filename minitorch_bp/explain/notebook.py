"""How tensors, modules and optimizers show themselves in a notebook: what one asks of them first, with a small picture.

``repr`` and ``print`` stay PyTorch's; a notebook asks for ``_repr_mimebundle_``, which comes here.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from ..core.tensor import Tensor
from .drawing import STYLE, sample
from .footprint import shown

_CELL = 7


def of_tensor(t: Tensor) -> dict[str, str]:
    """A tensor: shape, dtype, whether it needs a gradient, its range, and a picture of its elements."""
    plain = repr(t)
    array = t._array
    facts = [f"shape {tuple(t.shape)}", str(t.dtype).removeprefix("torch.")]
    if t.requires_grad:
        facts.append("requires grad" if t.is_leaf else f"from {t.grad_fn.name()}")  # type: ignore[attr-defined]
    if t._grad is not None:
        facts.append("has a gradient")
    if array.size and array.ndim and array.dtype.kind in "iuf":
        finite = array[np.isfinite(array)]
        if finite.size:
            facts.append(f"{finite.min():.4g} to {finite.max():.4g}, mean {finite.mean(dtype=np.float64):.4g}")
        if finite.size < array.size:
            facts.append(f"{array.size - finite.size} not finite")
    cells = sample(array)
    picture = _picture(cells) if cells is not None and array.size > 1 else ""
    html = (
        f'<div class="mb"><style>{STYLE}</style><div style="display:flex;gap:14px;align-items:flex-start;flex-wrap:wrap">{picture}'
        f'<div><div style="color:var(--soft)">{escape(" · ".join(facts))}</div>'
        f'<pre style="margin:4px 0;color:var(--ink)">{escape(plain)}</pre></div></div></div>'
    )
    return {"text/plain": plain, "text/html": html}


def _picture(cells: list[list[float]]) -> str:
    marks = "".join(
        f'<rect class="{"p" if v > 0 else "m"}" x="{c * _CELL + 1}" y="{r * _CELL + 1}" width="{_CELL}" height="{_CELL}" opacity="{0.15 + 0.85 * abs(v):.2f}"/>'
        for r, row in enumerate(cells)
        for c, v in enumerate(row)
        if abs(v) > 0.02
    )
    width, height = len(cells[0]) * _CELL + 2, len(cells) * _CELL + 2
    frame = f'<rect class="w" x=".5" y=".5" width="{width - 1}" height="{height - 1}"/>'
    return f'<svg class="mb" width="{width}" height="{height}" role="img" aria-label="elements: blue above zero, orange below">{marks}{frame}</svg>'


def _table(head: list[str], rows: list[list[str]], caption: str) -> str:
    line = lambda cells, tag: (
        "<tr>" + "".join(f'<{tag} style="text-align:left;padding:2px 10px">{c}</{tag}>' for c in cells) + "</tr>"
    )
    body = "".join(line([escape(c) for c in row], "td") for row in rows)
    return f"<div><div>{escape(caption)}</div><table>{line(head, 'th')}{body}</table></div>"


def of_module(module: Any) -> dict[str, str]:
    """A module: its parts with their parameters, by name, and how many numbers they hold."""
    rows, total, trained, size, seen = [], 0, 0, 0, set()
    for path, part in module.named_modules():
        own = [(name, p) for name, p in part._parameters.items() if p is not None]
        for _, p in own:
            if id(p) not in seen:
                seen.add(id(p))
                total += p._array.size
                size += p._array.nbytes
                trained += p._array.size if p.requires_grad else 0
        described = part.extra_repr()
        if own or described or not part._modules:
            rows.append([path or "(itself)", type(part).__name__ + (f"({described})" if described else ""),
                         ", ".join(f"{name} {tuple(p.shape)}" for name, p in own), f"{sum(p._array.size for _, p in own):,}"])  # fmt: skip
    caption = f"{type(module).__name__}: {total:,} parameters ({shown(size)}), {trained:,} of them trained, in {'training' if module.training else 'evaluation'} mode"
    return {"text/plain": repr(module), "text/html": _table(["part", "type", "parameters", "numbers"], rows, caption)}


def of_optimizer(optimizer: Any) -> dict[str, str]:
    """An optimizer: its groups with their options, and how far it is."""
    rows = []
    groups = optimizer.param_groups
    names = [
        k
        for k in (groups[0] if groups else ())
        if k not in ("params", "param_names") and any(g.get(k) not in (None, False) for g in groups)
    ]
    for k, group in enumerate(optimizer.param_groups):
        numbers = sum(p._array.size for p in group["params"])
        rows.append([str(k), f"{len(group['params'])} ({numbers:,} numbers)", *(str(group.get(name)) for name in names)])
    state = sum(v._array.nbytes for s in optimizer.state.values() for v in s.values() if isinstance(v, Tensor))
    caption = f"{type(optimizer).__name__}: {len(rows)} parameter group{'s' * (len(rows) != 1)}, state {shown(state)}"
    return {"text/plain": repr(optimizer), "text/html": _table(["group", "parameters", *names], rows, caption)}
