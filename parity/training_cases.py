"""Programs with state: random sequences of what training does to a model, an optimizer and a schedule, everything compared after each.

Gradients come from the model itself, so learning rates are small and rounding is not carried far.
"""

from __future__ import annotations

from typing import Any

from .choices import Choices
from .scripted import Scripted

#: Layers, of three numbers to three numbers.
LAYERS = {
    "linear": "nn.Linear(3, 3)", "no bias": "nn.Linear(3, 3, bias=False)", "batch norm": "nn.BatchNorm1d(3)", "cumulative batch norm": "nn.BatchNorm1d(3, momentum=None)", "untracked": "nn.BatchNorm1d(3, track_running_stats=False)",
    "layer norm": "nn.LayerNorm(3)", "dropout": "nn.Dropout(0.3)", "relu": "nn.ReLU()", "tanh": "nn.Tanh()", "prelu": "nn.PReLU()", "plain": "Own()", "list": "Listed()", "instance norm": "Wide(nn.InstanceNorm1d(3, affine=True, track_running_stats=True))",
    "conv": "Wide(nn.Conv1d(3, 3, 1))", "embedding": "Looked()", "weight norm": "nn.utils.parametrizations.weight_norm(nn.Linear(3, 3, dtype=kind))", "shared": "Shared()", "gru": "Recurrent()",
}  # fmt: skip
OPTIMIZERS = (
    "optim.SGD({g}, lr=0.01)", "optim.SGD({g}, lr=0.01, momentum=0.9)", "optim.SGD({g}, lr=0.01, momentum=0.8, dampening=0.3, weight_decay=0.1)", "optim.SGD({g}, lr=0.01, momentum=0.8, nesterov=True)",
    "optim.Adam({g}, lr=1e-3, eps=1e-2)", "optim.Adam({g}, lr=1e-3, eps=1e-2, amsgrad=True, weight_decay=0.1)", "optim.AdamW({g}, lr=1e-3, eps=1e-2)", "optim.RMSprop({g}, lr=1e-3, eps=1e-2, momentum=0.5, centered=True)",
    "optim.Adagrad({g}, lr=1e-3, eps=1e-2, lr_decay=0.1)", "optim.Adadelta({g}, lr=0.1, eps=1e-2)", "optim.Adamax({g}, lr=1e-3, eps=1e-2)", "optim.NAdam({g}, lr=1e-3, eps=1e-2)", "optim.RAdam({g}, lr=1e-3, eps=1e-2)", "optim.ASGD({g}, lr=1e-3, t0=1)",
)  # fmt: skip
OPTIONS = ("'lr': 0.003", "'weight_decay': 0.2", "'maximize': True", "'lr': 0.02, 'weight_decay': 0.0")
SCHEDULES = (
    "StepLR(o, 2, 0.5)",
    "ExponentialLR(o, 0.9)",
    "CosineAnnealingLR(o, 3)",
    "LinearLR(o, 0.5, 1.0, 3)",
    "LambdaLR(o, lambda e: 0.9**e)",
    "CosineAnnealingWarmRestarts(o, 2, 2)",
    "OneCycleLR(o, 0.02, 20, cycle_momentum=False)",
    "ReduceLROnPlateau(o, patience=0)",
)
#: What may happen, and how often relative to the others.
EVENTS = {
    "backward": "loss().backward()", "step": "o.step()", "closure": "o.step(closure)", "zero_grad": "o.zero_grad()", "zero_grad in place": "o.zero_grad(set_to_none=False)", "module zero_grad": "m.zero_grad(set_to_none={flag})",
    "schedule": "s.step(*metric)", "train": "m.train()", "eval": "m.eval()", "part eval": "m[{k}].eval()", "freeze": "m[{k}].requires_grad_(False)", "unfreeze": "m[{k}].requires_grad_(True)", "double": "m.double()\nx = x.double()\no = make()\ns = schedule()", "to": "m.to(torch.float64)\nx = x.double()\no = make()\ns = schedule()",
    "deepcopy": "old = m\nm = copy.deepcopy(m)\nshow('is a copy', lambda: [a is b for a, b in zip(old.parameters(), m.parameters())])\no = make()\ns = schedule()", "load": "saved = copy.deepcopy(m.state_dict())\nloss().backward()\nshow('loaded', lambda: str(m.load_state_dict(saved)))",
    "plain dict": "saved = {q: w.clone() for q, w in m.state_dict().items() if not q.endswith('{left}')}\nshow('from a plain dict', lambda: str(m.load_state_dict(saved, strict={flag})))", "strict": "saved = m.state_dict()\nsaved['more'] = torch.ones(1)\nshow('not strict', lambda: list(m.load_state_dict(saved, strict=False).unexpected_keys))\nshow('strict', lambda: m.load_state_dict(saved))", "assign": "m.load_state_dict({q: w.clone() for q, w in m.state_dict().items()}, assign=True)\no = make()\ns = schedule()",
    "handed over": "saved = given('state {n}', {q: w.detach().numpy().copy() for q, w in m.state_dict().items()})\nm.load_state_dict({q: torch.from_numpy(np.array(w)) for q, w in saved.items()})", "resume": "saved = copy.deepcopy(o.state_dict())\no = make()\no.load_state_dict(saved)\ns = schedule()",
    "add_param_group": "extra.append(torch.nn.Parameter(v(real({shape}))))\no.add_param_group({'params': extra[-1:], 'lr': 0.004})", "clip": "loss().backward()\nshow('norm', lambda: nn.utils.clip_grad_norm_(m.parameters(), {norm}, {p}))", "clip value": "loss().backward()\nnn.utils.clip_grad_value_(m.parameters(), 0.1, foreach=False)",
    "forward": "show('out', lambda: m(x))", "no_grad": "with torch.no_grad(): m(x)", "second order": "g = torch.autograd.grad(loss(), [w for w in m.parameters() if w.requires_grad], create_graph=True, allow_unused=True)\nsum((h * h).sum() for h in g if h is not None).backward()",
    "create_graph": "loss().backward(create_graph=True)\nshow('graph', state)", "hook": "m[{k}].register_forward_hook(lambda module, given, out: out * 2)", "pre-hook": "m[{k}].register_forward_pre_hook(lambda module, given: given[0] + 1)", "leaf hook": "next(m.parameters()).register_hook(lambda g: g * 0.5)", "reset": "m[{k}].reset_running_stats() if hasattr(m[{k}], 'reset_running_stats') else None",
    "average": "a = optim.swa_utils.AveragedModel(m, use_buffers={flag})\na.update_parameters(m)\nloss().backward()\no.step()\na.update_parameters(m)\na.update_parameters(m)\nshow('average', lambda: list(a.state_dict().items()))", "apply": "m.apply(lambda q: nn.init.constant_(q.weight, 0.3) if isinstance(q, nn.Linear) and not hasattr(q, 'parametrizations') else None)",
}  # fmt: skip
_OFTEN = (
    ("backward",) * 8
    + ("step",) * 10
    + ("closure", "zero_grad", "zero_grad", "zero_grad in place", "schedule", "schedule", "train", "eval", "forward")
)
HELPERS = """nn = torch.nn
class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.7, dtype=kind))
        self.never = nn.Parameter(torch.ones(2, dtype=kind))
        self.empty = nn.Parameter(torch.ones(0, 2, dtype=kind))
        self.turned = nn.Parameter(torch.arange(9.0, dtype=kind).reshape(3, 3).t() * 0.1)
        self.register_buffer('seen', torch.zeros((), dtype=torch.int64))
        self.register_buffer('mean', torch.zeros(3, dtype=kind), persistent=False)
        self.kept, self.lost = nn.Buffer(torch.ones(2, dtype=kind)), nn.Buffer(torch.ones(1, dtype=kind), persistent=False)
    def forward(self, x):
        self.seen += 1
        with torch.no_grad(): self.mean.mul_(0.5).add_(x.detach().mean(0) * 0.5)
        return x @ self.turned * self.scale + self.empty.sum()
class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([nn.Linear(3, 3, dtype=kind), nn.Tanh()])
        self.more = nn.ParameterDict({'b': nn.Parameter(torch.zeros(3, dtype=kind))})
    def forward(self, x):
        for part in self.parts: x = part(x)
        return x + self.more['b']
class Wide(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer
    def forward(self, x): return self.layer(torch.stack([x, x * 2, x + 1], -1)).mean(-1)
class Looked(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 3, padding_idx=-1)
    def forward(self, x): return x + self.table((x.detach().abs() * 3).long()[:, 0] % 5)
class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight
    def forward(self, x): return self.b(self.a(x).tanh())
class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.GRU(3, 3, batch_first=True)
    def forward(self, x): return self.layer(x.unsqueeze(1))[0][:, 0]
def loss():
    out = m(x)
    return ((out - y) ** 2).mean() + sum(((w - 1) ** 2).sum() for w in extra)
def closure():
    o.zero_grad()
    value = loss()
    value.backward()
    return value
def ordered(z):
    if isinstance(z, dict): return {q: ordered(z[q]) for q in sorted(z, key=str)}
    return [ordered(part) for part in z] if isinstance(z, list) else z
def state():
    parts = [(q, w, w.requires_grad, w.is_leaf, w.grad) for q, w in m.named_parameters()]
    return [parts, list(m.named_buffers()), list(m.state_dict()), [q.training for q in m.modules()], ordered(o.state_dict()), [(w, w.grad) for w in extra]]"""


def training(draw: Choices, seed: int, layer: str | None = None, event: str | None = None) -> Scripted:
    """A model of some layers, an optimizer of two groups, a schedule, and what happens to them."""
    layers = [*([layer] if layer else []), *(draw.choice(list(LAYERS)) for _ in range(draw.integer(1, 3)))]
    if not any(name in ("linear", "no bias", "plain", "list", "conv", "shared") for name in layers):
        layers.append("linear")
    options = draw.choice(OPTIONS)
    made = draw.choice(OPTIMIZERS).format(
        g=f"[{{'params': some[:1]}}, {{'params': some[1:], {options}}}] if len(some) > 1 else some"
    )
    schedule = draw.choice(SCHEDULES)
    happening = ["backward", "step"] if draw.integer(0, 3) else []
    if event and event != "add_param_group":
        happening.append(event)
    happening += [draw.choice(_OFTEN) if draw.integer(0, 2) else draw.choice(list(EVENTS)) for _ in range(draw.integer(3, 9))]
    if event == "add_param_group":
        happening.append(event)
    lines = [
        HELPERS,
        f"m = nn.Sequential({', '.join(LAYERS[name] for name in layers)}).to(kind)",
        f"x, y, extra = v(real({draw.integer(2, 5)}, 3)), v(real(3)), []",
        f"def make():\n    some = list(m.parameters())\n    return {made}",
        f"schedule = lambda: optim.lr_scheduler.{schedule}",
        f"o, metric = make(), {'[0.5]' if 'Plateau' in schedule else '[]'}",
        "s = schedule()",
        "show('begin', state)",
        "show('printed', lambda: [repr(m), repr(o)])",
    ]
    rows = [f"layer {name}" for name in layers]
    grown = False
    for n, name in enumerate(happening):
        if grown and name in (
            "deepcopy",
            "assign",
            "resume",
            "schedule",
            "add_param_group",
        ):  # the schedule has as many rates as groups
            name = "step"
        if name in ("second order", "create_graph") and "weight norm" in layers:  # PyTorch's second derivative of it is wrong
            name = "step"
        grown = grown or name == "add_param_group"
        rows.append(f"happens {name}")
        words = {
            "k": draw.integer(0, len(layers) - 1),
            "flag": bool(draw.integer(0, 1)),
            "n": n,
            "norm": draw.choice((0.1, 1.0, 5.0)),
            "p": draw.choice((2.0, 1.0, "float('inf')")),
            "shape": draw.choice(("", "2", "2, 2")),
            "left": draw.choice(("num_batches_tracked", "bias", "nothing")),
        }
        text = EVENTS[name]
        for key, value in words.items():
            text = text.replace("{%s}" % key, str(value))
        lines.append(
            f"show('random numbers {n}, bit for bit', lambda: torch.rand(1))" if name == "forward" and draw.integer(0, 1) else text
        )
        lines.append(f"show('after {n}: {name}', state)")
    lines += ["m.eval()", "show('at last', lambda: m(x))", "show('random numbers, bit for bit', lambda: torch.rand(2))"]
    dtype = draw.choice(("float64", "float64", "float32"))
    bound = 1e-9 if dtype == "float64" else 1e-3
    return Scripted("training", tuple(dict.fromkeys(rows)), tuple(lines), seed, dtype, (("", bound),))


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {
    **{f"layer {name}": (training, (name,)) for name in LAYERS},
    **{f"happens {name}": (training, (None, name)) for name in EVENTS},
}


def missing() -> list[str]:
    """Nothing: the tables of optimizers and schedulers say what is not drawn."""
    return []
