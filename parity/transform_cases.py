"""Transforms of functions: ``torch.func``, ``autograd.functional``, ``vmap`` and forward mode, with every option of theirs.

A script draws a function of two tensors and a transform of it. Its results are compared, whether they can be differentiated
further, their gradient, and that the arguments (or the module that lent its parameters) are as they were.
"""

from __future__ import annotations

from typing import Any

from .choices import Choices
from .declared.forms import HELPERS
from .scripted import Scripted

#: Functions of ``x`` (2, 3) and ``y`` (3,): results of some shape, in one of them the second argument takes no part.
RESULTS = (
    "x * y", "x.exp() @ y", "(x * x).sum(0) * y", "torch.stack([x[0] * y, y * y])", "x.t() * 2", "x.detach() * y", "y.sum() * x", "torch.where(x > 0, x * y, y)", "x[:, 1:] * y[:2]", "F.softmax(x * y, -1)", "(x * 1).mul_(y)", "x.sin()", "y * 3",
    "torch.cat([x, y[None]])", "(x * 1).index_fill(0, torch.tensor([0]), 0.5) * y", "x.view(-1)[::2] * 2", "x.max(0)[0] + y", "(x @ torch.diag(y)).cumsum(1)",
)  # fmt: skip
NUMBERS = ("(x * y).prod()", "(x.sin() @ y).sum()", "x.sum()", "(y ** 3).sum()", "(x * x * y).sum()", "(x.exp() * y.cos()).mean()", "(x @ y).norm()", "(x * y).logsumexp((0, 1))")  # fmt: skip
ARGNUMS = (
    "",
    ", argnums=1",
    ", argnums=(0, 1)",
    ", argnums=(1, 0)",
    ", argnums=-1",
    ", argnums=(-2,)",
    ", argnums=(0, 0)",
    ", argnums=2",
)
#: Calls of a transform: of ``number``, which gives one number, of ``f``, of ``both``, which gives two results, or of ``aux``, a pair.
CALLS = {
    "grad": ("func.grad(number{argnums})(x, y)", "func.grad(aux_number{argnums}, has_aux=True)(x, y)", "func.grad(f{argnums})(x, y)", "func.grad(lambda d: number(d['x'], d['y'][0]))({'x': x, 'y': [y]})"),
    "grad_and_value": ("func.grad_and_value(number{argnums})(x, y)", "func.grad_and_value(aux_number{argnums}, has_aux=True)(x, y)"),
    "grad of grad": ("func.grad(lambda x, y: (func.grad(number)(x, y) * y).sum(){argnums})(x, y)", "func.grad(lambda x: func.grad(lambda y: number(x, y))(y).sum())(x)", "func.grad(func.grad(lambda a: (a ** 4) * number(x, y)))(y.sum())"),
    "vjp": ("(lambda value, pull: [value, pull(cotangent(value)), pull(cotangent(value) * 2)])(*func.vjp(f, x, y))", "(lambda value, pull: [value, pull((cotangent(value[0]), cotangent(value[1])))])(*func.vjp(both, x, y))", "(lambda value, pull, extra: [value, pull(cotangent(value)), extra])(*func.vjp(aux, x, y, has_aux=True))", "func.vjp(f, x, y)[1](cotangent(x)[:1])"),
    "jvp": ("func.jvp(f, (x, y), (u, w))", "func.jvp(both, (x, y), (u, w))", "func.jvp(aux, (x, y), (u, w), has_aux=True)", "func.jvp(lambda x: f(x, y), (x,), (u,))", "func.jvp(f, (x, y), (u,))", "func.jvp(lambda x: func.grad(number)(x, y), (x,), (u,))"),
    "jacrev": ("func.jacrev(f{argnums})(x, y)", "func.jacrev(both{argnums})(x, y)", "func.jacrev(aux{argnums}, has_aux=True)(x, y)", "func.jacrev(func.grad(number))(x, y)", "func.jacrev(f, chunk_size=2)(x, y)"),
    "jacfwd": ("func.jacfwd(f{argnums})(x, y)", "func.jacfwd(both{argnums})(x, y)", "func.jacfwd(aux{argnums}, has_aux=True)(x, y)", "func.jacfwd(func.jacrev(number, argnums=1))(x, y)"),
    "hessian": ("func.hessian(number{argnums})(x, y)", "func.hessian(f)(x, y)"),
    "linearize": ("(lambda value, push: [value, push(u, w), push(w * u, w * 2)])(*func.linearize(f, x, y))",),
    "vmap": (
        "func.vmap(lambda a: f(torch.stack([a, a * 2]), y))(x)", "func.vmap(lambda a, b: a * b, in_dims={in_dims}, out_dims={out_dims})(x, x.exp())", "func.vmap(lambda a, b: (a * b, a.sum()), in_dims={in_dims})(x, x.exp())", "func.vmap(lambda a, b: a * b, in_dims=(0, None))(x, y)", "func.vmap(lambda b: number(x, b), in_dims=1)(torch.stack([y, y * 2], 1))",
        "func.vmap(lambda a: func.grad(lambda b: (b ** 3).sum())(a))(x)", "func.vmap(lambda d: d['a'] * 2, in_dims=({'a': 1},))({'a': x})",   "func.vmap(lambda a, b: a * b, in_dims=(0, 1))(x, x)", "func.vmap(lambda a: 1.0)(x)", "func.vmap(func.vmap(lambda a: a.sin()), in_dims=1)(x)", "func.vmap(lambda a: a * 2, chunk_size=1)(x)",
    ),
    "vmap of draws": ("func.vmap(lambda a: a + torch.rand(3, dtype=kind), randomness='{randomness}')(x)", "func.vmap(lambda a: F.dropout(a), randomness='{randomness}')(x)"),
    "functional_call": ("func.functional_call(m, {{'weight': x}}, (y,))", "func.functional_call(m, ({{'weight': x}}, {{'bias': y[:2]}}), y)", "func.functional_call(m, {{'weight': x}}, (y,), strict={flag})", "func.functional_call(m, {{'weight': x, 'nothing': y}}, (y,))", "func.functional_call(norm, {{'running_mean': y * 0}}, (x,))", "func.grad(lambda x: func.functional_call(m, {{'weight': x}}, (y,)).sum())(x)", "func.functional_call(tied, {{'0.weight': x[:, :2]}}, (y[:2],), tie_weights={flag})", "func.functional_call(m, {{'weight': y}}, (y,))"),
    "stack_module_state": ("func.stack_module_state([m, other])", "func.stack_module_state([norm, copy.deepcopy(norm)])", "[t.grad_fn is None for t in func.stack_module_state([m, other])[0].values()]", "func.stack_module_state([m, norm])"),
    "functional.vjp": ("functional.vjp(f, (x, y), cotangent(f(x, y).detach()){options})", "functional.vjp(lambda x: f(x, y), x, cotangent(f(x, y).detach()){options})", "functional.vjp(number, (x, y){options})", "functional.vjp(f, (x, y){options})"),
    "functional.jvp": ("functional.jvp(f, (x, y), (u, w){options})", "functional.jvp(both, (x, y), (u, w){options})", "functional.jvp(lambda x: f(x, y), x, u{options})", "functional.jvp(f, (x, y), (u, u){options})"),
    "functional.vhp": ("functional.vhp(number, (x, y), (u, w){options})", "functional.vhp(lambda x: number(x, y), x, u{options})", "functional.vhp(f, (x, y), (u, w){options})"),
    "functional.hvp": ("functional.hvp(number, (x, y), (u, w){options})", "functional.hvp(lambda x: number(x, y), x, u{options})"),
    "functional.jacobian": ("functional.jacobian(f, (x, y){options})", "functional.jacobian(lambda x: f(x, y), x{options})", "functional.jacobian(both, (x, y){options})", "functional.jacobian(f, (x, y), vectorize=True)", "bare(functional.jacobian(lambda x: f(x, y), x, vectorize=True, strategy='forward-mode'))"),
    "functional.hessian": ("functional.hessian(number, (x, y){options})", "functional.hessian(lambda x: number(x, y), x{options})", "functional.hessian(number, (x, y), vectorize=True)"),
    "batches of gradients": tuple("(lambda z: [torch.autograd.grad(z, [x, y], torch.stack([cotangent(z), cotangent(z) * 2]), is_grads_batched=True, allow_unused=True%s), told(lambda: torch.autograd.grad(z.sum(), x, allow_unused=True))])(%s)" % (more, z) for more in ("", ", retain_graph=True", ", create_graph=True") for z in ("f(x, y)", "(x * 2).exp()", "x * y")),
    "rearrange": ("func.rearrange(x, 'a b -> b a')", "func.rearrange(x, '... -> 1 ...')", "func.rearrange(x, 'a (b c) -> (a b) c', b={b})"),
    "forward mode": (
        "dual(lambda a, b: f(a, b))", "dual(lambda a, b: both(a, b))", "dual(lambda a, b: a.t()[0])", "dual(lambda a, b: a.detach() * b)", "dual(lambda a, b: torch.where(a > 0, a, b * a))", "dual(lambda a, b: (a * b).requires_grad)", "dual(lambda a, b: torch.add(a, b.detach(), out=torch.zeros(2, 3, dtype=kind)))", "dual(lambda a, b: a.expand(2, 2, 3).sum(0))", "dual(lambda a, b: a.max(0))", "dual(lambda a, b: (a > 0))",
    ),
    "forward mode in place": ("dual(lambda a, b: (a * 1).mul_(a))", "dual(lambda a, b: a.mul_(2).add_(b))", "dual(lambda a, b: (a[0].zero_(), a)[1])", "dual(lambda a, b: (a.copy_(b), a)[1])", "dual(lambda a, b: (a.squeeze_(), a)[1])", "dual(lambda a, b: (lambda z: (z.__setitem__(0, b), z)[1])(a * 1))", "dual(lambda a, b: a.exp_() * b)", "dual(lambda a, b: a.mul_(b))"),
    "forward mode of draws": ("dual(lambda a, b: F.dropout(a, 0.5))", "dual(lambda a, b: F.dropout(a * b, 0.3) * a)", "dual(lambda a, b: F.rrelu(a, training=True))", "dual(lambda a, b: a * torch.rand(3, dtype=kind))"),
}  # fmt: skip
OPTIONS = ("", "", ", create_graph=True", ", strict=True", ", create_graph=True, strict=True")
SETUP = """func, functional, fwAD = torch.func, torch.autograd.functional, torch.autograd.forward_ad
def f(x, y): return {result}
def number(x, y): return {number}
def both(x, y): return f(x, y), number(x, y)
def aux(x, y): return f(x, y), x * 2
def aux_number(x, y): return number(x, y), x * 2
x, y = {made}
given = [x, y]
u, w = v(real(2, 3)), v(real(3))
torch.manual_seed(2)
m, other, norm, tied = nn.Linear(3, 2, dtype=kind), nn.Linear(3, 2, dtype=kind), nn.BatchNorm1d(3, dtype=kind), nn.Sequential(nn.Linear(2, 2, dtype=kind), nn.Linear(2, 2, dtype=kind))
tied[1].weight = tied[0].weight
lent = [*m.named_parameters(), *norm.named_parameters(), *norm.named_buffers(), *tied.named_parameters()]
def bare(t):  # (what is linear, or a zero, requires a gradient in one of them only, which is a zero)
    if isinstance(t, torch.Tensor): return t.detach()
    return {k: bare(part) for k, part in t.items()} if isinstance(t, dict) else type(t)(map(bare, t)) if isinstance(t, (list, tuple)) and not hasattr(t, '_fields') else t
def dual(g):
    with fwAD.dual_level():
        a, b = fwAD.make_dual(x.detach() * 1, u), {second}
        results = leaves_of([g(a, b), a])
        return [(t, fwAD.unpack_dual(t).tangent) if isinstance(t, torch.Tensor) else t for t in results]"""
MADE = ("p(real(2, 3)), v(real(3))", "v(real(2, 3)), v(real(3))", "p(real(2, 3)), p(real(3))", "p(real(2, 3)) * 1, p(real(3))")


def transformed(draw: Choices, seed: int, row: str) -> Scripted:
    """A call of a transform, and the gradient of what it gives."""
    text = draw.choice(CALLS[row])
    words: dict[str, Any] = {
        "argnums": draw.choice(ARGNUMS), "options": draw.choice(OPTIONS), "flag": bool(draw.integer(0, 1)), "randomness": draw.choice(("same", "different", "error")),
        "in_dims": draw.choice(("0", "(0, 0)", "1", "(1, -1)", "(-1, 1)", "(0, None)", "(0, 0, 0)")), "out_dims": draw.choice(("0", "1", "-1", "0")), "b": draw.choice((1, 3)),
    }  # fmt: skip
    if row in ("jacfwd", "hessian") and "-" in words["argnums"]:  # PyTorch takes all derivatives there for zeros
        words["argnums"] = ""
    for name, word in words.items():
        text = text.replace("{%s}" % name, str(word))
    text = text.replace("{{", "{").replace("}}", "}")
    setup = SETUP
    second = draw.choice(("fwAD.make_dual(y.detach(), w)", "y", "y.detach()"))
    result = draw.choice([r for r in RESULTS if "_(" not in r] if row == "linearize" else RESULTS)
    for name, word in {"result": result, "number": draw.choice(NUMBERS), "made": draw.choice(MADE), "second": second}.items():
        setup = setup.replace("{%s}" % name, word)
    around = draw.choice(("", "", "", "with torch.no_grad(): "))
    lines = [
        HELPERS,
        setup,
        f"def call():\n    global out\n    {around}out = {text}\n    return bare(out)",
        "out = None",
        "show('result', call)",
        "floats = [t for t in leaves_of(list(out.values()) if isinstance(out, dict) else out) if t.requires_grad]",
        "show('gradient', lambda: list(torch.autograd.grad(floats, parameters, [cotangent(t) for t in floats], allow_unused=True)) if floats else [None for _ in parameters])",
        "show('given', lambda: [(t, t._version, t.grad, t.requires_grad) for t in given])",
        "show('lent', lambda: [(name, t, t.grad) for name, t in lent])",
        "show('the same', lambda: [a is b for (_, a), (_, b) in zip(lent, [*m.named_parameters(), *norm.named_parameters(), *norm.named_buffers(), *tied.named_parameters()])])",
        "show('random numbers, bit for bit', lambda: torch.rand(2))",
    ]
    return Scripted("transforms", (f"transform of functions {row}",), tuple(lines), seed, "float64", (("", 1e-9),))


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {f"transform of functions {name}": (transformed, (name,)) for name in CALLS}


def missing() -> list[str]:
    """Functions of ``torch.func`` and ``autograd.functional`` that no call names."""
    import minitorch_bp

    texts = " ".join(text for calls in CALLS.values() for text in calls)
    skipped = {"functionalize", "replace_all_batch_norm_modules_", "debug_unwrap"}
    spaces = (("func", minitorch_bp.func), ("functional", minitorch_bp.autograd.functional))
    public = [(space, name) for space, module in spaces for name in getattr(module, "__all__", ()) if name not in skipped]
    return [f"{space}.{name}" for space, name in public if f"{space}.{name}(" not in texts]
