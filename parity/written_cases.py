"""What is written to after it was saved: every operation with every way to write, and backward must refuse, or go on, as PyTorch's does.

A script draws a call of a declared operation on computed operands, writes to one of the operands or results, and asks for the
gradient, twice. Other scripts write through views of views, over a base that may be transposed, with hooks and retained gradients.
After every step the version of every value is compared, with what stands in it and its node.
"""

from __future__ import annotations

import re
from typing import Any

from .choices import Choices
from .declared import TABLE
from .declared.domain import Call, drawn_call
from .declared.forms import FORMS, HELPERS, NAMED_OTHERWISE, body
from .scripted import Scripted

#: Ways to write to ``w``; the kinds of numbers that they need stand in front: any, f(loating).
ROUTES = {
    "method": ("f w.mul_(2)", "f w.add_(1)", "f w.sub_(w)", "f w.div_(2)", "f w.neg_()", "f w.exp_()", "f w.sigmoid_()", "f w.relu_()", "f w.sqrt_()", "f w.pow_(2)", "f w.clamp_(min=0)", "f w.clamp_(-1, 1)", "f w.addcmul_(w.detach() * 2, w.detach() * 3)", "f w.lerp_(w.detach() + 1, 0.5)", "f w.cumsum_(-1)", "f w.tril_()", "f w.atan2_(w.detach() + 1)", "f w.eq_(1)", "f w.floor_()", "f w.nan_to_num_()", "f w.square_()", "f w.abs_()", "f w.fmod_(2)", "f w.maximum_(w)"),
    "operator": ("any w += 1", "f w -= 0.5", "any w *= 2", "f w /= 2", "f w **= 2", "f w += y", "f w *= y"),
    "overwritten": ("any w.zero_()", "any w.fill_(1)", "any w.copy_(w.detach() + 1)", "f w.fill_(y.sum())", "f w.copy_(y)", "any torch.nn.init.constant_(w, 1)", "f torch.nn.init.uniform_(w)", "any w.data.zero_()", "any w.detach().zero_()", "any w.numpy(force=True)[...] = 1", "any w.detach().numpy()[...] = 1", "any torch._foreach_add_([w], 1)", "f torch._foreach_mul_([w, w.detach().clone()], 2.0)"),
    "out": ("f torch.mul(w.detach(), 2, out=w)", "f torch.exp(w.detach() * 2, out=w)", "f torch.add(w.detach() * 1, 1, out=w.detach())", "f torch.sum(w.detach() * 2, 0, out=w)", "f torch.cat([w.detach() * 1], out=w.data)", "f torch.add(w, 1, out=w)", "f torch.mm(w.detach() * 1, w.detach() * 1, out=w)", "f torch.where(w.detach() > 0, w.detach() * 2, w.detach() * 3, out=w.detach())"),
    "index": ("any w[0] = 1", "any w[...] = 1", "any w[..., 0] = 1", "any if w.ndim: w[w.detach() > 0] = 1", "any w[-1:] = 1", "any w[[0]] = 1", "any w[torch.tensor([0, 0])] = 1", "f w[0] = y.sum()", "f w[..., :1] += 1", "f w[0] *= 2", "any if w.ndim: w[w.detach() > 99] = 1", "any w[None] = 1", "any w[()] = 1", "any w[..., None] = 1", "any w[:0] = 1"),
    "indexed method": ("any if w.numel(): w.index_fill_(0, torch.tensor([0]), 1)", "any w.masked_fill_(w.detach() > 0, 1)", "f w.index_add_(0, torch.tensor([0]), w.detach()[:1].clone())", "f w.index_copy_(0, torch.tensor([0]), w.detach()[:1].clone())", "any w.index_put_((torch.tensor([0]),), torch.ones((), dtype=w.dtype))", "f w.scatter_(-1, torch.zeros_like(w.detach(), dtype=torch.int64), 1.0)", "any w.fill_diagonal_(1)", "f w.put_(torch.tensor([0]), torch.ones(1, dtype=w.dtype))", "f w.masked_scatter_(w.detach() > 0, torch.ones(99, dtype=w.dtype))", "f w.scatter_add_(-1, torch.zeros_like(w.detach(), dtype=torch.int64), w.detach().clone())"),
    "random": ("f w.uniform_()", "f w.normal_()", "any w.random_(3)", "f w.bernoulli_()", "f w.exponential_()", "f w.cauchy_()", "f w.geometric_(0.5)", "f w.log_normal_()", "f F.dropout(w, 0.5, inplace=True)", "f F.rrelu(w, training=True, inplace=True)", "f F.relu(w, inplace=True)", "f w.clamp_(-1, 1)", "f F.leaky_relu(w, inplace=True)", "f F.threshold(w, 0.1, 0.2, inplace=True)", "f F.silu(w, inplace=True)"),
    "embedding": ("f F.embedding(torch.tensor([0]), w, max_norm=0.1)", "f F.embedding(torch.tensor([0]), w.detach(), max_norm=0.1)", "f F.embedding_bag(torch.tensor([[0]]), w.detach(), max_norm=0.1)", "f torch.renorm(w, 2, 0, 0.1)"),
    "memory": ("any w.data = w.detach().clone()", "any w.data.set_(w.detach() * 2)", "any w.detach().resize_(1)", "any w.resize_(w.shape)", "any w.requires_grad_(False)", "any w.requires_grad_()", "any w.squeeze_()", "any w.unsqueeze_(0)", "any w.t_()", "any w.transpose_(0, -1)", "any w.swapaxes_(0, -1)"),
    "view": ("any w.view(-1).zero_()", "f w[0].add_(1)", "f w.unbind(0)[0].add_(1)", "any w.chunk(2)[0].fill_(1)", "any w.split(1)[0].fill_(1)", "any w.detach().unbind(0)[0].fill_(1)", "f w.t().mul_(2)", "f w.narrow(0, 0, 1).mul_(2)", "any w.unsqueeze(0).fill_(1)", "f w.select(-1, 0).mul_(2)", "f w.diagonal().add_(1)", "any w.expand(2, *w.shape).zero_()", "f if w.numel(): w.as_strided((1,), (1,)).add_(1)", "f w.T[0].mul_(2)", "f w.reshape(-1)[:1].add_(1)", "f w.permute(*range(w.ndim)[::-1]).mul_(2)", "f w.unfold(0, 1, 1).mul_(2)", "f w.flatten().mul_(2)", "f w.view_as(w).mul_(2)", "f w.movedim(0, -1).add_(1)"),
    "under no_grad": ("any with torch.no_grad(): w.zero_()", "any with torch.no_grad(): w[0] = 1", "f with torch.no_grad(): w.view(-1).mul_(2)", "f with torch.no_grad(): w.normal_()", "f with torch.no_grad(): torch.mul(w, 2, out=w)", "any with torch.no_grad(): w.copy_(w * 2)", "any with torch.inference_mode(): w.zero_()", "f with torch.no_grad(): w[0].mul_(2)", "f with torch.no_grad(): w.unbind(0)[0].mul_(2)"),
}  # fmt: skip

SETUP = """import warnings
y = p(real(1))
def node_of(t): return None if t.grad_fn is None else type(t.grad_fn).__name__.rstrip('0123456789')
def given(gradients): return None if gradients is None else [g is not None for g in gradients]
def state(): return [[k, t._version - begun[k], t.requires_grad, t.is_leaf] for k, t in values]
def asked(leaves, **more):
    roots = [t for t in results if t.requires_grad]
    if not roots: return None
    return torch.autograd.grad(roots, leaves, [cotangent(t) for t in roots], allow_unused=True, **more)"""


def operands(call: Call) -> list[str]:
    """The names of a call's operands that may be computed."""
    return [name for name, text in call.made.items() if re.match(r"[pv]\(", text) and not text.endswith(".bool()")]


#: PyTorch warns that these three will refuse a tensor that was expanded, and writes; here they do refuse it, as all others.
WHOLE = "if any(step == 0 and n > 1 for step, n in zip(w.stride(), w.shape)): w = w * 1"


def written(draw: Choices, seed: int, row: str) -> Scripted:
    """A call, a write to one of its operands or results, and the gradient."""
    call = drawn_call(TABLE[row], draw)
    family = draw.choice(list(ROUTES))
    kind, _, text = draw.choice(ROUTES[family]).partition(" ")
    if family == "random" and re.search(r"turned|gaps", body(call)):  # draws fill in the order of memory, which functions choose
        family = "method"
        kind, _, text = draw.choice(ROUTES[family]).partition(" ")
    names = list(call.made)
    lines = [HELPERS, SETUP, *(f"{name} = {made}" for name, made in call.made.items())]
    lines += [f"{name} = {name} * 1" for name in operands(call)]
    pairs = ", ".join(f"({name!r}, {name})" for name in names)
    # What nobody notices changes the gradient, too, or not: by which operand is kept. Then only whether there is one is compared.
    seen = "given" if "numpy" in text or ".data" in text else "(lambda gradients: gradients)"
    target = draw.choice([*(operands(call) if kind == "f" else names), "results[0]", "results[-1]"])
    lines += [
        "def call():\n    " + body(call).replace("\n", "\n    "),
        "torch.manual_seed(4)",
        "results = leaves_of(call())",
        f"values = [*[{pairs}], *((f'result {{k}}', t) for k, t in enumerate(results))]",
        "begun = {k: t._version for k, t in values}",
        "show(ABLE, lambda: asked([t for t in parameters if t.requires_grad], retain_graph=True))",
        f"w = {target}",
        *(["if not w.is_floating_point(): w = y * 1"] if kind == "f" else []),
        *([WHOLE] if any(name in text for name in ("index_put_", "masked_fill_", "index_fill_")) else []),
        f"def write():\n    global w\n    {text}\n    return w",
        "show('written', write)",
        "show('after', state)",
        "show('values', lambda: [t for _, t in values])",
        f"first = {draw.choice(('{}', '{}', '{}', 'dict(retain_graph=True)'))}",
        f"show('gradient', lambda: {seen}(asked([t for t in parameters if t.requires_grad], **first)))",
        f"show('gradient again', lambda: {seen}(asked([t for t in parameters if t.requires_grad])))",
    ]
    if TABLE[row].name not in NAMED_OTHERWISE and TABLE[row].named and family not in ("memory", "index"):
        lines.append("show('node', lambda: node_of(w))")
    loose = 1e-6 if "float32" in body(call) else max(TABLE[row].loose, 1e-11)
    return Scripted("written", (f"write by {family}", f"saved by {row}"), tuple(lines), seed, "float64", (("", loose),))


#: Views of ``{v}``, of a base of shape (3, 4) or (4, 3), and of what they give.
VIEWS = ("{v}[0]", "{v}[1:]", "{v}[:, ::2]", "{v}.t()", "{v}.T", "{v}[..., 0]", "{v}.view(-1)", "{v}.reshape(-1)", "{v}.unsqueeze(0)", "{v}.transpose(0, -1)", "{v}.narrow(0, 0, 2)", "{v}.select(-1, 1)", "{v}.diagonal()", "{v}.flatten()", "{v}.unfold(0, 2, 2)", "{v}.permute(*range({v}.ndim)[::-1])", "{v}.squeeze()", "{v}.view_as({v})", "{v}.detach()", "{v}.unbind(0)[1]", "{v}.chunk(2, -1)[0]", "{v}.split(1)[0]", "{v}.as_strided((2,), (2,))", "{v}.unflatten(0, (-1, 1))", "{v}.real", "{v}.swapaxes(0, -1)", "{v}[None]", "{v}.tensor_split(2)[0]", "{v}.positive()", "{v}.ravel()", "{v}.contiguous()")  # fmt: skip
BASES = ("p(real(3, 4)) * 1", "(p(real(4, 3)) * 1).t()", "p(real(3, 4))", "gaps(p(real(3, 4)))", "v(real(3, 4))", "(p(real(4, 3)).t() * 1)", "turned(p(real(3, 4))) * 2", "p(real(3, 4)).detach()", "torch.nn.Parameter(v(real(3, 4)))")  # fmt: skip
BETWEEN = (
    "{v}.retain_grad()", "{v}.register_hook(lambda g: g * 2)", "kept = {v} * {v}\nresults.append(kept)", "kept = {v}.exp()\nresults.append(kept)", "results.append({v} * 3)", "show('same base', lambda: [t._base is base for _, t in values])", "{v} = {v} * 1",
)  # fmt: skip
VIEW_ROUTES = ("method", "operator", "overwritten", "index", "view", "under no_grad", "view", "index", "operator")


def through_views(draw: Choices, seed: int, base: str) -> Scripted:
    """Writes through views of views of a base, and what the others see of it."""
    lines = [
        HELPERS,
        SETUP,
        "results, begun = [], {}",
        f"base = {base}",
        "values = [('base', base)]",
        "begun['base'] = base._version",
    ]
    names = ["base"]

    def told(k: int) -> list[str]:
        return [
            f"show('state {k}', state)",
            f"show('values {k}', lambda: [t for _, t in values])",
            f"show('nodes {k}', lambda: [node_of(t) for _, t in values])",
            f"show('the same nodes {k}', lambda: [told(lambda: t.grad_fn is t.grad_fn) for _, t in values])",
        ]

    for k in range(draw.integer(1, 3)):
        name = f"v{k}"
        view = draw.choice(VIEWS).format(v=draw.choice(names))
        lines += [f"{name} = {view}", f"values.append(({name!r}, {name}))", f"begun[{name!r}] = {name}._version"]
        names.append(name)
    for k in range(draw.integer(1, 3)):
        if draw.integer(0, 1):
            # (A hook on a view that was written to through another name ends PyTorch's process.)
            lines.append(draw.choice(BETWEEN).format(v="base" if k else draw.choice(names)))
        family = draw.choice(VIEW_ROUTES)
        text = draw.choice(ROUTES[family]).partition(" ")[2]
        lines += [
            f"w = {draw.choice(names)}",
            f"def write():\n    global w\n    {text}\n    return w",
            f"show('written {k}', write)",
            *told(k),
        ]
    lines += [
        f"results += [{', '.join(draw.choice(names) for _ in range(draw.integer(1, 2)))}]",
        "def leaves(): return [t for t in (*parameters, base) if t.requires_grad and t.is_leaf]",
        "show('gradient', lambda: asked(leaves(), retain_graph=True))",
        "show('retained', lambda: [(torch.autograd.backward([t for t in results if t.requires_grad], [cotangent(t) for t in results if t.requires_grad]), [t.grad for _, t in values if t.retains_grad])][0][1])",
        "show('gradient again', lambda: asked(leaves()))",
    ]
    return Scripted("written", ("views of a base",), tuple(lines), seed, "float64", (("", 1e-11),))


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {
    f"saved by {name}": (written, (name,))
    for name, d in TABLE.items()
    if d.name not in FORMS and not d.saved and not any(getattr(t, "values", "") == "edges" for t in d.parameters.values())
}
ROWS |= {f"views of {base}": (through_views, (base,)) for base in BASES}


def missing() -> list[str]:
    """Nothing: the declarations say what is not drawn."""
    return []
