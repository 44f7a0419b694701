"""How long things live: with the collector off, every value of a script dies when PyTorch's dies.

Weak references to operands, results, hooks and Functions are asked while the result is held, after backward has freed what was saved,
and when nothing is held any more. What is alive then without a holder is part of a reference cycle. (Not watched: nodes, which have no
weak references in PyTorch; indices and running statistics, which a node keeps as arrays here; optimizers, cycles in PyTorch.)
"""

from __future__ import annotations

from typing import Any

from .choices import Choices
from .declared import TABLE
from .declared.domain import drawn_call
from .declared.forms import FORMS, HELPERS, body
from .scripted import Scripted
from .written_cases import SETUP, operands

WATCH = """import weakref
refs = []
def watched(name, t):
    refs.append((name, weakref.ref(t)))
    return t
def alive(): return [name for name, r in refs if r() is not None]
class Thing:
    def __call__(self, *given): return None
class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        z = x > 0
        ctx.save_for_backward(x, y)
        ctx.mark_non_differentiable(z)
        return y, z
    @staticmethod
    def backward(ctx, g, _):
        x, y = ctx.saved_tensors
        return g * y
class Dirty(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        ctx.save_for_backward(x)
        return x
    @staticmethod
    def backward(ctx, g): return g * 2
class Kept(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.kept = watched('kept', x.detach() * 2)
        return x * 2
    @staticmethod
    def backward(ctx, g): return g * 2"""


def held(draw: Choices, seed: int, row: str) -> Scripted:
    """What a call's result keeps alive, before and after backward."""
    call = drawn_call(TABLE[row], draw)
    names = list(call.made)
    lines = [HELPERS, SETUP, WATCH, *(f"{name} = {made}" for name, made in call.made.items())]
    lines += [f"{name} = watched({name!r}, {name} * 1)" for name in operands(call)]
    lines += [
        "def call():\n    " + body(call).replace("\n", "\n    "),
        "torch.manual_seed(4)",
        "results = leaves_of(call())",
        "show(ABLE, lambda: asked([t for t in parameters if t.requires_grad], retain_graph=True))",
        *([f"del {', '.join(names)}"] if names else []),
        "show('held by the result', alive)",
    ]
    if draw.integer(0, 2):
        lines += ["show('backward', lambda: asked([t for t in parameters if t.requires_grad]))", "show('after backward', alive)"]
    lines += ["results.clear()", "show('at last', alive)"]
    return Scripted("lifetimes", (f"held by {row}",), tuple(lines), seed, "float64", (("", max(TABLE[row].loose, 1e-11)),))


#: What may happen to ``x``, a computed value: lines that end with a result ``y``.
EVENTS = {
    "retain_grad": "y = watched('y', x.exp())\ny.retain_grad()\nx.retain_grad()", "hook": "thing = watched('thing', Thing())\nhandle = x.register_hook(thing)\ny = x * 2\ndel thing", "handle held": "thing = watched('thing', Thing())\nhandle = x.register_hook(thing)\ny = x * 2\ndel thing\nhandles.append(handle)", "hook removed": "thing = watched('thing', Thing())\nhandle = x.register_hook(thing)\nhandle.remove()\ny = x * 2\ndel thing, handle",
    "node hook": "thing = watched('thing', Thing())\ny = x.sin()\ny.grad_fn.register_hook(thing)\ndel thing", "pre-hook": "thing = watched('thing', Thing())\ny = x.sin()\ny.grad_fn.register_prehook(thing)\ndel thing", "hook that holds its tensor": "y = watched('y', x * 2)\nheld = [y]\ny.register_hook(lambda g, held=held: None)\nheld.clear()\ndel held",
    "post-accumulate": "thing = watched('thing', Thing())\nw = p(real(2))\nparameters.pop()\nw.register_post_accumulate_grad_hook(thing)\nwatched('w', w)\ny = x.sum() * w\ndel thing, w", "leaf": "w = watched('w', torch.ones(2, requires_grad=True))\nnode = w.expand_as(w).grad_fn.next_functions[0][0]\ny = x.sum() * w\ndel w, node",
    "Both": "y, z = Both.apply(x)\nwatched('y', y), watched('z', z)\ndel z", "Dirty": "y = Dirty.apply(x * 1)\nwatched('y', y)", "Kept": "y = Kept.apply(x)", "view": "y = watched('view', x.view(-1))[1:]", "in place": "y = x * 1\nwatched('y', y)\ny.mul_(x)", "write to a view": "y = x * 1\nwatched('row', y[:1]).mul_(2)", "detach": "y = x.detach()",
    "saved hooks": "thing = watched('thing', Thing())\nwith torch.autograd.graph.saved_tensors_hooks(lambda t: (thing, t.detach().clone()), lambda pair: pair[1]): y = x * x\ndel thing", "no_grad": "with torch.no_grad(): y = watched('y', x * 2)", "stack": "y = torch.stack([watched('a', x * 2), watched('b', x + 1)])", "where": "y = torch.where(x > 0, watched('a', x * 2), watched('b', x.exp()))",
    "grad of grad": "g, = torch.autograd.grad(x.exp().sum(), parameters[0], create_graph=True)\nwatched('g', g)\ny = g * 2\ndel g", "module": "m = watched('m', torch.nn.Linear(2, 2, dtype=kind))\nwatched('weight', m.weight)\ny = m(x.reshape(-1)[:2])\ndel m",
    "module hook": "m = torch.nn.Tanh()\nthing = watched('thing', Thing())\nm.register_forward_hook(lambda *given, thing=thing: None)\ny = m(x)\ndel m, thing", "loss": "y = F.cross_entropy(watched('scores', x.reshape(-1)[None] * 2), torch.tensor([0]))", "numpy": "y = x * 2\na = y.detach().numpy()\nwatched('y', y)", "unbind": "y = watched('row', x.unbind(0)[0]) * 2", "max": "y, i = x.max(0)\nwatched('y', y)\ndel i",
    "sort": "y, i = x.sort(0)\nwatched('y', y)\ndel i", "dropout": "y = F.dropout(x, 0.5)\nwatched('y', y)", "batch norm": "m = torch.nn.BatchNorm1d(2, dtype=kind)\nwatched('m', m)\ny = m(x.reshape(-1, 2))\ndel m", "rnn": "m = watched('m', torch.nn.GRUCell(2, 2, dtype=kind))\ny = m(x.reshape(-1, 2))\ndel m",
    "error": "y = x * 2\ntry: x @ torch.ones(7, 7, 7, dtype=kind)\nexcept RuntimeError: pass", "anomaly": "with torch.autograd.set_detect_anomaly(True): y = x * 2", "deepcopy": "y = x * 2\nw = copy.deepcopy(parameters[0])\nwatched('copy', w)\ndel w", "requires_grad": "y = x.detach().requires_grad_()\nwatched('y', y)\ny = y * x",
}  # fmt: skip


def living(draw: Choices, seed: int, event: str) -> Scripted:
    """Events around a computed value, and what is alive after each of backward, and the end."""
    chosen = [event, *(draw.choice(list(EVENTS)) for _ in range(draw.integer(0, 2)))]
    shape = draw.choice(("2", "2, 2", "4"))
    lines = [HELPERS, SETUP, WATCH, "handles, results = [], []", f"x0 = p(real({shape}))", "x = watched('x', x0 * 1)"]
    for name in chosen:
        lines += [EVENTS[name], "results.append(y)", f"del y\nshow('alive after {name}', alive)"]
    keeps = draw.choice(("", "", ", retain_graph=True"))
    backward = draw.choice(
        (
            f"asked([x0]{keeps})",
            f"torch.autograd.backward([t.sum() for t in results if t.requires_grad]{keeps})",
            "asked([x0], create_graph=True)",
        )
    )
    lines += [
        "del x\nshow('alive without x', alive)",
        f"torch.manual_seed(1)\nany(t.requires_grad for t in results) and {backward} and None",
        "show('alive after backward', alive)",
        "results.clear()\nshow('alive at last', alive)",
        "handles.clear()\nx0.grad = None\nparameters.clear()\nshow('alive in the end', alive)",
    ]
    return Scripted("lifetimes", tuple(f"lives through {name}" for name in dict.fromkeys(chosen)), tuple(lines), seed)


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {
    **{f"held by {name}": (held, (name,)) for name, d in TABLE.items() if d.name not in FORMS and not d.saved and not d.held},
    **{f"lives through {name}": (living, (name,)) for name in EVENTS},
}


def missing() -> list[str]:
    """Nothing: the declarations say what is not drawn."""
    return []
