"""Custom Functions with all that ctx offers, hooks in every combination, derivatives of the third order, and printed forms."""

from __future__ import annotations

from typing import Any

from .choices import Choices
from .declared import TABLE
from .declared.domain import drawn_call
from .declared.drawing import PRINT_OPTIONS
from .declared.forms import FORMS, HELPERS, body
from .modules import MODULES
from .scripted import Scripted

#: What a Function's forward does with ``x`` and ``y``, and what its backward returns for the gradients ``g`` of its outputs.
BODIES = {
    "product": ("ctx.save_for_backward(x, y)\nreturn x * y", "x, y = ctx.saved_tensors\nreturn g[0] * y, g[0] * x{none}"),
    "saved result": ("z = x.exp() * y\nctx.save_for_backward(z, y)\nreturn z", "z, y = ctx.saved_tensors\nreturn g[0] * z, g[0] * z / y{none}"),
    "two results": ("ctx.save_for_backward(x, y)\nreturn x + y, x * y", "x, y = ctx.saved_tensors\nlog.append([h is None for h in g])\na, b = (0 if h is None else h for h in g)\nreturn a + b * y, a + b * x{none}"),
    "no derivative of one": ("z = (x > y).to(x.dtype)\nctx.mark_non_differentiable(z)\nreturn x * 2 + y, z", "log.append([h is None for h in g])\nreturn g[0] * 2, g[0]{none}"),
    "dirty": ("x.mul_(3)\nctx.mark_dirty(x)\nreturn x", "return g[0] * 3, None{none}"),
    "dirty and another": ("x.add_(1)\nctx.mark_dirty(x)\nreturn x, x * y", "a, b = (0 if h is None else h for h in g)\nreturn a + b, None{none}"),
    "an input as it is": ("return x, y * 2", "a, b = (None if h is None else h for h in g)\nreturn a, None if b is None else b * 2{none}"),
    "no tensor among results": ("ctx.save_for_backward(x)\nreturn x * 2, 'text', 3, None", "log.append([type(h).__name__ for h in g])\nreturn g[0] * 2, None{none}"),
    "attributes": ("ctx.shape, ctx.y = x.shape, y.detach()\nreturn (x * y).sum()", "return g[0].expand(ctx.shape) * ctx.y, None{none}"),
    "needs": ("ctx.save_for_backward(x, y)\nlog.append(ctx.needs_input_grad)\nreturn x * y", "x, y = ctx.saved_tensors\nlog.append(ctx.needs_input_grad)\nreturn (g[0] * y if ctx.needs_input_grad[0] else None), (g[0] * x if ctx.needs_input_grad[1] else None){none}"),
    "too many gradients": ("return x * y", "return g[0], g[0], None, None, None{none}"), "too few gradients": ("return x * y", "return g[0]"), "a wrong shape": ("return x * y", "return g[0].sum(0)[None][:, :1], g[0]{none}"), "a gradient for no tensor": ("return x * y", "return g[0], g[0], g[0]"), "no gradient": ("return x * y", "return None, None{none}"), "a number": ("return x * y", "return 1.0, None{none}"),
    "saves other": ("z = x * y\nctx.save_for_backward(x + 1, None, z)\nreturn z + 0", "a, b, c = ctx.saved_tensors\nlog.append(b)\nreturn g[0] * a, g[0] * c{none}"), "view": ("return x.view_as(x)", "return g[0], None{none}"), "part": ("return x[0]", "z = torch.zeros_like(y)\nz[0] = g[0]\nreturn z, None{none}"), "within": ("with torch.enable_grad():\n    w = x.detach().requires_grad_()\n    z = w.exp()\nctx.save_for_backward(w)\nctx.z = z\nreturn z.detach()", "w, = ctx.saved_tensors\nreturn torch.autograd.grad(ctx.z, w, g[0], retain_graph=True)[0], None{none}"),
    "raises": ("return x * y", "raise ValueError('here')"), "raises in forward": ("raise KeyError('here')", "return g[0], None{none}"), "a list": ("return [x * 2, y]", "return g[0], None{none}")
}  # fmt: skip
MARKS = ("", "", "", "ctx.set_materialize_grads(False)\n", "ctx.set_materialize_grads(True)\n", "ctx.extra = torch.ones(1)\n")
AROUND = ("", "", "", "@torch.autograd.function.once_differentiable\n")
ARGUMENTS = (
    "x * 1, y",
    "x * 1, y * 1",
    "x * 1, y.detach()",
    "x.detach() * 1, y",
    "x.detach() * 1, y.detach()",
    "(x * 1).view_as(x), y",
    "x, y",
    "x * 1, x",
)
AFTER = (
    "sum(t.sum() for t in floats).backward()", "floats[0].sum().backward()", "floats[-1].sum().backward()", "(floats[-1] * floats[0]).sum().backward()", "torch.autograd.backward(floats, [cotangent(t) for t in floats])",
    "g = torch.autograd.grad(sum((t * t).sum() for t in floats), [x, y], create_graph=True, allow_unused=True)\nsum((t * t).sum() for t in g if t is not None).backward()",
    "sum(t.sum() for t in floats).backward(retain_graph=True)\nsum(t.sum() for t in floats).backward()", "sum(t.sum() for t in floats).backward()\nsum(t.sum() for t in floats).backward()", "floats[0].mul_(2)\nfloats[0].sum().backward()", "with torch.no_grad(): out = F0.apply({arguments})\nshow('without', lambda: out)", "x.data.add_(1)\nsum(t.sum() for t in floats).backward()",
)  # fmt: skip


def function(draw: Choices, seed: int, name: str) -> Scripted:
    """A Function, applied and differentiated in some way."""
    forward, backward = BODIES[name]
    extra = draw.choice(("", "", ", 2.5", ", None"))
    none = ", None" if extra else ""
    if extra == "" and name == "a gradient for no tensor":
        extra, none = ", 2.5", ", None"
    arguments = draw.choice(ARGUMENTS) + extra
    separate = not draw.integer(0, 5) and "ctx.mark" not in forward and name in ("product", "attributes", "two results")
    more = ", *rest"
    if separate:
        saves = [line for line in forward.split("\n") if line.startswith("ctx")]
        rest = [line for line in forward.split("\n") if not line.startswith("ctx")]
        methods = f"@staticmethod\ndef forward(x, y{more}):\n    " + "\n    ".join(rest)
        methods += "\n@staticmethod\ndef setup_context(ctx, inputs, output):\n    x, y = inputs[:2]\n    " + "\n    ".join(
            saves or ["pass"]
        )
    else:
        methods = f"@staticmethod\ndef forward(ctx, x, y{more}):\n    " + (draw.choice(MARKS) + forward).replace("\n", "\n    ")
    methods += f"\n@staticmethod\n{draw.choice(AROUND)}def backward(ctx, *g):\n    " + backward.format(none=none).replace(
        "\n", "\n    "
    )
    lines = [
        HELPERS,
        "log = []",
        "class F0(torch.autograd.Function):\n    " + methods.replace("\n", "\n    "),
        "x, y = p(real(2, 3)), p(away(2, 3))",
        "out = None",
        f"def applied():\n    global out\n    out = F0.apply({arguments})\n    return out",
        "show('out', applied)",
        "results = list(out) if isinstance(out, (tuple, list)) else [out]",
        "floats = [t for t in results if isinstance(t, torch.Tensor) and t.requires_grad]",
        "show('log', lambda: log)",
        "show('facts', lambda: [(type(t.grad_fn).__name__, t.is_leaf, t._version, t._base is None, t.output_nr) for t in results if isinstance(t, torch.Tensor)])",
        "show('node', lambda: [(n is None or type(n).__name__, k) for n, k in floats[0].grad_fn.next_functions])",
    ]
    if draw.integer(0, 2) == 0:
        lines.append("floats[0].register_hook(lambda g: log.append('hooked') or g * 2)")
    after = draw.choice(AFTER).format(arguments=arguments)
    lines += [
        "def after():\n    global out\n    " + after.replace("\n", "\n    ") + "\n    return [x.grad, y.grad]",
        "show('gradients', after)",
        "show('log at last', lambda: log)",
        "show('x', lambda: [x, x._version, y, y._version])",
    ]
    return Scripted("functions", (f"Function {name}",), tuple(lines), seed)


#: Places of hooks, on ``x`` (a leaf), ``y`` (computed) and ``z`` (of two outputs).
HOOKS = {
    "leaf": "x.register_hook(note('{n}', {change}))", "inner": "y.register_hook(note('{n}', {change}))", "one of two": "z[0].register_hook(note('{n}', {change}))", "other of two": "z[1].register_hook(note('{n}', {change}))", "view": "w.register_hook(note('{n}', {change}))", "post-accumulate": "x.register_post_accumulate_grad_hook(lambda t: note('{n}', {change})(t.grad) and None)",
    "node": "y.grad_fn.register_hook(lambda a, b: noted('{n}', a, b))", "pre-hook": "y.grad_fn.register_prehook(lambda a: noted('{n}', a) or tuple(t * 2 for t in a))", "node of two": "z[0].grad_fn.register_prehook(lambda a: noted('{n}', a))", "node of two, after": "z[0].grad_fn.register_hook(lambda a, b: noted('{n}', a, b))",
    "accumulator": "acc.register_hook(lambda a, b: noted('{n}', a, b))", "accumulator pre-hook": "acc.register_prehook(lambda a: noted('{n}', a) or tuple(t * 3 for t in a))", "retain inner": "y.retain_grad()", "retain one of two": "z[0].retain_grad()", "retain view": "w.retain_grad()", "retain leaf": "x.retain_grad()",
    "removed": "y.register_hook(note('{n}', {change})).remove()", "changes type": "y.register_hook(lambda g: g.float())", "changes shape": "y.register_hook(lambda g: g.sum())", "returns a number": "y.register_hook(lambda g: 1.0)", "raises": "y.register_hook(lambda g: 1 / 0)", "in place": "y.register_hook(lambda g: g.mul_(2) and None)", "node changes": "y.grad_fn.register_hook(lambda a, b: tuple(None if t is None else t * 5 for t in a))", "adds a hook": "y.register_hook(lambda g: x.register_hook(note('{n}', {change})) and None)", "write": "y.mul_(2)", "write to the view": "w.mul_(2)", "no_grad write": "with torch.no_grad(): y.add_(1)",
}  # fmt: skip
CHANGES = ("lambda g: None", "lambda g: g * 2", "lambda g: g + 1", "lambda g: -g", "lambda g: g.clone()")
RUNS = (
    "r.backward()", "r.backward(retain_graph=True)\nr.backward()", "torch.autograd.grad(r, [x])", "torch.autograd.grad(r, [y, x])", "torch.autograd.grad(r, [z[0]], allow_unused=True)", "r.backward(inputs=[x])", "r.backward(inputs=[y])", "r.backward(create_graph=True)", "torch.autograd.grad(r, [x], create_graph=True)[0].sum().backward()", "torch.autograd.backward([r, y.sum()])", "torch.autograd.backward([y], [torch.ones_like(y)])", "z[1].sum().backward()", "torch.autograd.grad(r, [w], retain_graph=True)\nr.backward()",
    "return torch.autograd.grad(r, [x, torch.ones(2, requires_grad=True)], materialize_grads=True, create_graph=True)", "return torch.autograd.grad(r, [torch.ones(2, requires_grad=True), x], materialize_grads=True)",
    "r.backward(retain_graph=True)\nbefore = x.grad._version\nr.backward()\nreturn x.grad._version - before", "r.backward(create_graph=True)\nreturn x.grad._version", "x.requires_grad_(False)\nr.backward()", "x.requires_grad_(False)\nr.backward(retain_graph=True)\nx.requires_grad_()\nr.backward()",
)  # fmt: skip


def hooks(draw: Choices, seed: int, place: str) -> Scripted:
    """Hooks at several places of one graph."""
    chosen = [place, *(draw.choice(list(HOOKS)) for _ in range(draw.integer(0, 3)))]
    if draw.integer(0, 1):
        chosen.reverse()
    if any("write" in name for name in chosen):  # a hook on a view that was written to since ends PyTorch's process
        chosen.sort(key=lambda name: not ("w." in HOOKS[name] or "z[" in HOOKS[name]) or "write" in name)
    lines = [
        HELPERS,
        "log = []",
        "def note(name, change):\n    def hook(g):\n        log.append((name, None if g is None else g.detach().clone(), None if g is None else g.requires_grad))\n        return None if g is None else change(g)\n    return hook",
        "def noted(name, *parts): log.append((name, [[None if t is None else t.detach().clone() for t in part] for part in parts]))",
        "x = p(real(3, 2))",
        "acc = x.expand_as(x).grad_fn.next_functions[0][0]",
        f"y = {draw.choice(('x * 2', 'x.exp()', 'x.t() * 1', 'x * x', 'x.clone()'))}",
        f"z = {draw.choice(('y.max(0)[0], y.min(0)[0]', 'y.chunk(2, 0)', 'y.unbind(0)', 'y.split(1, 0)', 'y.sum(0), y.mean(0)'))}",
        "w = y[0]",
    ]
    for n, name in enumerate(chosen):
        lines.append(HOOKS[name].format(n=f"{n}: {name}", change=draw.choice(CHANGES)))
    lines += [
        f"r = {draw.choice(('(z[0] * z[0]).sum() + y.sum()', 'z[0].sum()', '(z[0].sum() + z[1].sum()) * y.sum()', 'w.sum() + (y * 2).sum()'))}",
        "def backward():\n    "
        + draw.choice([run for run in RUNS if "[y]" not in run or not any("y.grad_fn" in HOOKS[name] for name in chosen)]).replace(
            "\n", "\n    "
        ),
        "show('backward', backward)",
        "show('log', lambda: log)",
        "show('gradients', lambda: [t.grad if t.is_leaf or t.retains_grad else None for t in (x, y, z[0], w)])",
        "show('versions', lambda: [t._version for t in (x, y, z[0], w)])",
    ]
    return Scripted(
        "functions", tuple(f"hook {name}" for name in dict.fromkeys(chosen)), tuple(lines), seed, "float64", (("", 1e-10),)
    )


def third_order(draw: Choices, seed: int, row: str) -> Scripted:
    """The third derivative of a call, in random directions."""
    call = drawn_call(TABLE[row], draw)
    lines = [
        HELPERS,
        *(f"{name} = {made}" for name, made in call.made.items()),
        "def call():\n    " + body(call).replace("\n", "\n    "),
        "torch.manual_seed(4)",
        "leaves = [t for t in parameters if t.requires_grad]",
        "def down(outputs, create=True):\n    outputs = [t for t in outputs if t is not None and t.requires_grad]\n    if not outputs: return [None] * len(leaves)\n    return torch.autograd.grad(outputs, leaves, [cotangent(t) for t in outputs], create_graph=create, allow_unused=True)",
        "show(ABLE, lambda: [g if g is None else g.detach() for g in down(down(down(leaves_of(call())), True), False)])",
    ]
    return Scripted("functions", (f"third order {row}",), tuple(lines), seed, "float64", (("", max(TABLE[row].loose, 1e-8)),))


#: What is printed.
PRINTED = {
    "list": "[v(real(2)), whole(5, 3), p(real(2, 2)) * 1]", "dict": "{{'a': v(real(2)), 'b': [p(real())]}}", "parameter": "nn.Parameter(v({values}(2, 3)))", "buffer": "nn.Buffer(v({values}(3)))", "parameter list": "nn.ParameterList([nn.Parameter(v(real(2))) for _ in range(3)])", "parameter dict": "nn.ParameterDict({{'a': nn.Parameter(v(real(2, 2)))}})", "size": "v(real(2, 3)).shape", "big": "v({values}(40, 30))", "long": "v({values}(1200))", "deep": "v({values}(3, 2, 2, 2, 2))", "wide": "v({values}(2, 70))", "integers": "(torch.tensor(rng.integers(-{high}, {high}, (4, 5))))", "many integers": "torch.tensor(rng.integers(-{high}, {high}, 1100))", "booleans": "v(coins(3, 40)).bool()", "empty": "v(real(0, 3))", "empty, of a gradient": "p(real(2, 0))", "scalar": "v({values}())", "typed": "v({values}(2, 4)).to(torch.{type})", "typed, of a gradient": "v({values}(2, 4)).to(torch.{type}).requires_grad_()", "complex": "torch.complex(v({values}(2, 3)), v(real(2, 3)))", "complex, of a gradient": "torch.complex(p({values}(3)), p(real(3)))", "row of a gradient": "(p({values}(30)) * 1)[:4]", "return type": "v(real(2, 3)).max(0)", "nested": "nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Dropout(0.3)), nn.ModuleList([nn.LSTM(2, 3), nn.Conv2d(1, 2, 3)]))", "repeated": "nn.ModuleList([nn.Linear(2, 2) for _ in range(4)])", "repeated, unlike": "nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(3, 2)])", "module dict": "nn.ModuleDict({{'a': nn.Linear(2, 2), 'b': nn.Identity()}})", "transformer": "nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2)", "own module": "Own()", "any module": "nn.{module}", "optimizer": "optim.AdamW([nn.Parameter(v(real(2)))], lr=0.1)", "optimizer of groups": "optim.SGD([{{'params': [nn.Parameter(v(real(2)))], 'lr': 0.5}}, {{'params': [nn.Parameter(v(real(2)))]}}], lr=0.1, momentum=0.9)", "distribution": "D.Normal(v(real(2)), v(positive(2)))", "format": "f'{{v(real()):.3f}} {{v(real())}} {{torch.tensor(3):5d}} {{v(real(2))}}'", "dtype": "[torch.float32, torch.int64, torch.strided, torch.device('cpu'), torch.Size([2]), torch.finfo(torch.float32), torch.iinfo(torch.int8)]", "gradient": "gradient_of(p(real(2, 3)))", "error": "v(real(2)).sum(5)", "generator": "type(torch.default_generator).__name__", "node": "type((p(real(2)) * 2).grad_fn).__name__", "storage size": "v(real(3)).untyped_storage().nbytes()",
}  # fmt: skip
_TYPES = (
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "int8",
    "uint8",
    "int16",
    "int32",
    "int64",
    "bool",
    "complex64",
    "complex128",
)


_CONSTRUCTORS = [constructor for cases in MODULES.values() for constructor, _ in cases]


def printed(draw: Choices, seed: int, what: str) -> Scripted:
    """Something printed, under options that are taken back."""
    text = PRINTED[what].format(
        values=draw.choice(("real", "grid", "large", "huge", "edges", "holed", "nothing", "counts")),
        high=draw.choice((3, 99, 10**6, 2**40)),
        type=draw.choice(_TYPES),
        module=draw.choice(_CONSTRUCTORS),
    )
    options = draw.choice(PRINT_OPTIONS) if draw.integer(0, 1) else ""
    lines = [
        HELPERS,
        "class Own(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a, self.b = nn.Linear(2, 2), nn.Sequential()\n        self.w = nn.Parameter(v(real(2)))\n    def extra_repr(self): return 'first\\nsecond'",
        "def gradient_of(x):\n    (x * x).sum().backward()\n    return x.grad",
        f"def text():\n    {'torch.set_default_dtype(torch.float64)' if not draw.integer(0, 5) else 'pass'}\n    torch.set_printoptions({options})\n    try:\n        torch.manual_seed(3)\n        x = {text}\n        return [repr(x), str(x)]\n    finally:\n        torch.set_printoptions(profile='default', sci_mode=None)\n        torch.set_default_dtype(torch.float32)",
        "show('text', text)",
        "show('as before', lambda: repr(v(np.array([1.23456789, 1e5, 0.0]))))",
    ]
    return Scripted("functions", (f"printed {what}",), tuple(lines), seed, draw.choice(("float32", "float64")))


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {
    **{f"Function {name}": (function, (name,)) for name in BODIES},
    **{f"hook {name}": (hooks, (name,)) for name in HOOKS},
    **{f"printed {name}": (printed, (name,)) for name in PRINTED},
    **{f"third order {name}": (third_order, (name,)) for name, d in TABLE.items() if d.name not in FORMS and d.orders > 1 and not d.loose and not d.random and d.name not in ("torch.logcumsumexp", "F.gelu") and any(getattr(t, "grad", False) for t in d.parameters.values())},
}  # fmt: skip
#: The third derivatives are many and alike: what stands before them is drawn as often as all of them are.
OFTEN = [row for row in ROWS for _ in range(1 if row.startswith("third order") else 6)]


def missing() -> list[str]:
    """Nothing: the declarations say what is not drawn."""
    return []
