"""Optimizers on parameters of every kind, and schedulers by themselves: the tables of cases, and the scripts drawn from them.

Gradients are drawn, not computed from the parameters, so that what one step rounds differently is not carried on.
"""

from __future__ import annotations

import inspect
from typing import Any

import minitorch_bp

from . import networks
from .choices import Choices
from .modules import _options, _used
from .scripted import Scripted

#: Constructors, where {p} stands for the groups: those that networks are trained with, and others.
OPTIMIZERS = {
    **{name: text for name, text in networks.OPTIMIZERS.items() if not name.startswith("groups")},
    "rprop": "optim.Rprop({p}, lr=0.05)", "rprop_options": "optim.Rprop({p}, lr=0.05, etas=(0.3, 1.5), step_sizes=(0.01, 0.08), maximize=True)",
    "muon": "optim.Muon({p}, lr=0.05)", "muon_options": "optim.Muon({p}, lr=0.05, weight_decay=0.2, momentum=0.5, nesterov=False, ns_coefficients=(3.0, -4.0, 2.0), eps=1e-5, ns_steps=2, adjust_lr_fn='match_rms_adamw')",
    "sgd_tensor_rate": "optim.SGD({p}, lr=torch.tensor(0.05), momentum=0.9)", "adam_tensor_rate": "optim.Adam({p}, lr=torch.tensor(0.01), weight_decay=0.1)", "asgd_late": "optim.ASGD({p}, lr=0.05, t0=3)",
    "lbfgs_one_gradient": "optim.LBFGS({p}, lr=0.5, max_iter=2, max_eval=1, history_size=1)", "sgd_nothing": "optim.SGD({p}, lr=0.0)", "refused": "optim.Adam({p}, lr=-1.0)",
}  # fmt: skip
PARAMETERS = {
    "vector": "p(real(3))", "matrix": "p(real(2, 3))", "0-d": "p(real())", "one": "p(real(1))", "cube": "p(real(2, 1, 2))", "transposed": "p(real(3, 2)).detach().t().requires_grad_()",
    "with gaps": "p(real(6, 2)).detach()[::2].requires_grad_()", "float32": "p(real(2)).detach().float().requires_grad_()", "float64": "p(real(2)).detach().double().requires_grad_()", "empty": "p(real(0, 2))",
}  # fmt: skip
_MATRICES = ("matrix", "transposed", "with gaps")
#: What the second group has otherwise.
OPTIONS = (
    "'lr': 0.02",
    "'lr': 0.003",
    "'weight_decay': 0.2",
    "'betas': (0.5, 0.6)",
    "'amsgrad': True",
    "'momentum': 0.7",
    "'maximize': True",
    "'eps': 1e-3",
)
#: What happens between two steps.
EVENTS = {
    "nothing": "pass", "zero_grad": "o.zero_grad()", "zero_grad in place": "o.zero_grad(set_to_none=False)", "a rate changed": "o.param_groups[-1]['lr'] = 0.004",
    "add_param_group": "params.append(p(real(2, 2)))\no.add_param_group({'params': [('new', params[-1])] if 'param_names' in o.param_groups[0] else params[-1:], 'lr': 0.02})", "a parameter twice": "show('refused', lambda: o.add_param_group({'params': params[:1]}))",
    "resumed": "saved = copy.deepcopy(o.state_dict())\no = make([{'params': g['params']} for g in o.param_groups])\no.load_state_dict(saved)",
    "handed over": "saved = given('state {k}', as_arrays(o.state_dict()))\no = make([{'params': g['params']} for g in o.param_groups])\no.load_state_dict(as_tensors(saved))",
    "zero gradients": "o.zero_grad(set_to_none=False)\nsum((x * 0).sum() for x in params).backward()\nshow('step {k} of zeros', step)",
    "names left out": "saved = o.state_dict()\nfor g in saved['param_groups']: g.pop('param_names', None)\no.load_state_dict(saved)\nshow('names', lambda: [g.get('param_names') for g in o.param_groups])",
    "another model": "show('refused', lambda: make([torch.ones(2, requires_grad=True)]).load_state_dict(o.state_dict()))",
}  # fmt: skip
_MORE = """def as_arrays(x):
    if isinstance(x, torch.Tensor): return x.detach().numpy().copy()
    return {k: as_arrays(v) for k, v in x.items()} if isinstance(x, dict) else type(x)(map(as_arrays, x)) if isinstance(x, (list, tuple)) else x
def as_tensors(x):
    if isinstance(x, np.ndarray): return torch.from_numpy(x.copy())
    return {k: as_tensors(v) for k, v in x.items()} if isinstance(x, dict) else type(x)(map(as_tensors, x)) if isinstance(x, (list, tuple)) else x
def ordered(x):
    if isinstance(x, dict): return {k: ordered(x[k]) for k in sorted(x, key=str)}
    return [ordered(part) for part in x] if isinstance(x, list) else x
def backward(used):
    loss = sum((params[k] * torch.tensor(moved(rng.standard_normal(tuple(params[k].shape))), dtype=params[k].dtype)).sum() for k in used)
    if used: loss.backward()
def closure():
    o.zero_grad()
    loss = sum(((x - 0.5) ** 2 * (k + 1)).sum() + (x ** 4).sum() / 8 for k, x in enumerate(params))
    loss.backward()
    return loss
def named(groups):
    if not isinstance(groups[0], dict): return [(f'w{k}', x) for k, x in enumerate(groups)]
    return [{**g, 'params': [(f'{n}.{k}', x) for k, x in enumerate(g['params'])]} for n, g in enumerate(groups)]
def step(*used):
    backward(used)
    result = o.step()
    return [result, params, [x.grad for x in params], ordered(o.state_dict())]
def closed_step():
    return [o.step(closure), params, ordered(o.state_dict())]"""

#: Schedulers that no network is trained with, with the rest of the options.
SCHEDULERS = {
    **{name: text for name, text in networks.SCHEDULERS.items() if text}, "lambdas": "LambdaLR({o}, [lambda e: 0.9**e, lambda e: 1 / (1 + e)], last_epoch=-1)", "multiplicatives": "MultiplicativeLR({o}, [lambda e: 0.9, lambda e: 0.5], last_epoch=-1)",
    "step_options": "StepLR({o}, step_size=3, gamma=0.7, last_epoch=-1)", "multi_step_options": "MultiStepLR({o}, milestones=[2, 2, 5], gamma=0.7, last_epoch=-1)", "constant_options": "ConstantLR({o}, factor=0.3, total_iters=3, last_epoch=-1)",
    "linear_options": "LinearLR({o}, start_factor=0.2, end_factor=0.7, total_iters=4, last_epoch=-1)", "exponential_options": "ExponentialLR({o}, gamma=0.8, last_epoch=-1)", "polynomial_options": "PolynomialLR({o}, total_iters=5, power=2.0, last_epoch=-1)",
    "cosine_options": "CosineAnnealingLR({o}, T_max=3, eta_min=0.001, last_epoch=-1)", "restarts_options": "CosineAnnealingWarmRestarts({o}, T_0=2, T_mult=2, eta_min=0.001, last_epoch=-1)", "triangular": "CyclicLR({o}, 0.01, 0.1, step_size_up=2, step_size_down=3, base_momentum=0.5, max_momentum=0.95, last_epoch=-1)",
    "exp_range": "CyclicLR({o}, base_lr=0.01, max_lr=0.1, step_size_up=2, mode='exp_range', gamma=0.9, cycle_momentum=False)", "scale_fn": "CyclicLR({o}, [0.01, 0.02], [0.1, 0.3], 2, scale_fn=lambda x: 0.5**x, scale_mode='iterations', cycle_momentum=False)",
    "one_cycle_options": "OneCycleLR({o}, max_lr=[0.1, 0.2], epochs=3, steps_per_epoch=3, pct_start=0.5, anneal_strategy='linear', base_momentum=0.6, max_momentum=0.9, div_factor=5.0, final_div_factor=10.0, last_epoch=-1)",
    "sequence_options": "SequentialLR({o}, schedulers=[{s}LinearLR({o}, 0.1, 1.0, 2), {s}StepLR({o}, 2), {s}ExponentialLR({o}, 0.5)], milestones=[2, 5], last_epoch=-1)", "chain_options": "ChainedScheduler(schedulers=[{s}StepLR({o}, 2, 0.5), {s}ExponentialLR({o}, 0.9)], optimizer={o})",
    "plateau": "ReduceLROnPlateau({o}, patience=0, factor=0.5)", "plateau_options": "ReduceLROnPlateau({o}, mode='max', factor=0.3, patience=1, threshold=0.01, threshold_mode='abs', cooldown=1, min_lr=[0.001, 0.02], eps=1e-9)", "plateau_relative": "ReduceLROnPlateau({o}, 'max', 0.5, 0, 0.2, 'rel')", "plateau_absolute": "ReduceLROnPlateau({o}, 'min', 0.5, 0, 0.2, 'abs')",
}  # fmt: skip
_RATES = ("optim.SGD({p}, lr=0.1, momentum=0.9)", "optim.Adam({p}, lr=0.05)", "optim.SGD({p}, lr=torch.tensor(0.1), momentum=0.9)")


def optimizer(draw: Choices, seed: int, name: str | None = None, event: str | None = None, kind: str | None = None) -> Scripted:
    """Some steps of an optimizer, and what happens between them; after each, every parameter and all of the state."""
    name = name or draw.choice([n for n in OPTIMIZERS if n != "refused"])
    text = OPTIMIZERS[name]
    closed, flat = "LBFGS" in text, "Muon" in text
    # PyTorch's LBFGS refuses parameters of two types or with gaps, and its Adafactor empty ones.
    excluded = ("float32", "float64", "empty", "transposed", "with gaps") if closed else ("empty",) if "Adafactor" in text else ()
    kinds = _MATRICES if flat else [k for k in PARAMETERS if k not in excluded]
    drawn = [*(k for k in kinds if k == kind), *(draw.choice(kinds) for _ in range(draw.integer(1, 4)))]
    options = ", ".join(draw.choice(OPTIONS[: 6 if "Adafactor" in text or flat else 8]) for _ in range(draw.integer(0, 2)))
    cut = draw.integer(1, len(drawn)) if draw.integer(0, 2) and not closed else len(drawn)
    groups = f"[{{'params': params[:{cut}]}}" + (
        f", {{'params': params[{cut}:]{', ' if options else ''}{options}}}]" if cut < len(drawn) else "]"
    )
    lines = [
        _MORE,
        f"params = [{', '.join(PARAMETERS[k] for k in drawn)}]",
        f"make = lambda groups: {text.format(p=draw.choice(('groups', 'groups', 'named(groups)')))}",
        f"o = make({groups})",
    ]
    rows = [f"optimizer {name}", *(f"parameter {k}" for k in drawn)]
    events: list[str] = [*([event] if event else []), *(draw.choice(list(EVENTS)) for _ in range(draw.integer(1, 4)))]
    events = [e for e in events if not (closed and e == "add_param_group")]  # LBFGS takes one group only
    for k, happening in enumerate(["nothing", *events]):
        rows.append(f"event {happening}")
        lines += [EVENTS[happening].replace("{k}", str(k))] if happening != "nothing" else []
        used = [i for i in range(len(drawn)) if draw.integer(0, 3)] + ([-1] if "add_param_group" in events[:k] else [])
        lines.append(f"show('step {k}', closed_step)" if closed else f"show('step {k}', lambda: step({', '.join(map(str, used))}))")
    lines.append("show('printed', lambda: repr(o))")
    # Muon computes in bfloat16, and a tensor as a rate is of float32; a line search multiplies roundings.
    bound = 5e-3 if flat else 1e-6 if closed or "tensor_rate" in name else 0.0
    loose = (("step", bound),)
    return Scripted(
        "optimizers",
        tuple(dict.fromkeys(rows)),
        tuple(lines),
        seed,
        "float64" if closed else draw.choice(("float64", "float32")),
        loose,
    )


def scheduler(draw: Choices, seed: int, name: str) -> Scripted:
    """The rates and momenta that a scheduler sets, and its state, which is saved and loaded on the way."""
    again = draw.integer(0, 7)
    base = draw.choice(_RATES).format(p="[{'params': [p(real(2))]}, {'params': [p(real(2))], 'lr': 0.03}]")
    made = SCHEDULERS[name].format(o="o", s="optim.lr_scheduler.")
    call = "s.step(metrics[epoch])" if "Plateau" in made else "s.step()"
    lines = [
        f"make = lambda: {base}",
        f"schedule = lambda o: optim.lr_scheduler.{made}",
        "o = make()",
        "s = schedule(o)",
        "metrics = np.round(rng.random(9), 1).tolist()",
        "seen = lambda: [[(g['lr'], g.get('momentum'), g.get('betas'), g.get('initial_lr')) for g in o.param_groups], getattr(s, 'last_epoch', None), s.get_last_lr(), {k: v for k, v in s.state_dict().items() if not callable(v) and k not in ('anneal_func', '_schedulers', '_anneal_func_type', '_scale_fn_ref', '_scale_fn_custom')}]",
        "show('begin', seen)",
        f"""for epoch in range(8):
    if epoch == {again}:
        saved, state = s.state_dict(), o.state_dict()
        o = make()
        s = schedule(o)
        o.load_state_dict(state)
        s.load_state_dict(saved)
    o.step()
    try: {call}
    except Exception as error: failed = error; show(f'error {{epoch}}', lambda: failed)
    show(f'epoch {{epoch}}', seen)""",
    ]
    if draw.integer(0, 3) == 0 and "Plateau" not in made:
        for epoch in (draw.choice((0, 1, 2, 3, 5, 6, 7, 11)) for _ in range(draw.integer(1, 4))):
            part = draw.choice((0, 0, 0.25, 0.5)) if "Restarts" in made else 0  # only these restarts take parts of epochs
            lines += [f"s.step({epoch + part})", f"show('at epoch {epoch + part}', seen)"]
    return Scripted("optimizers", (f"scheduler {name}",), tuple(lines), seed)


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {
    **{f"optimizer {name}": (optimizer, (name,)) for name in OPTIMIZERS},
    **{f"event {name}": (optimizer, (None, name)) for name in EVENTS},
    **{f"parameter {name}": (optimizer, (None, None, name)) for name in PARAMETERS},
    **{f"scheduler {name}": (scheduler, (name,)) for name in SCHEDULERS},
}


def missing() -> list[str]:
    """Optimizers and schedulers without a row, and options that none sets."""
    optim = minitorch_bp.optim
    bases = {"Optimizer", "LRScheduler", "_LRScheduler", "SparseAdam"}
    gaps = []
    for module, texts, base in (
        (optim, OPTIMIZERS, optim.Optimizer),
        (optim.lr_scheduler, SCHEDULERS, (optim.lr_scheduler.LRScheduler, optim.lr_scheduler.ReduceLROnPlateau)),
    ):
        for name, kind in sorted(vars(module).items()):
            if not inspect.isclass(kind) or not issubclass(kind, base) or name in bases:
                continue
            own = [
                t.removeprefix("optim.").replace("{p}", "p").replace("{o}", "o").replace("{s}", "")
                for t in texts.values()
                if t.removeprefix("optim.").startswith(name + "(")
            ]
            used = _used(own, kind)
            gaps += [f"{name}({option}=)" for option in sorted(_options(kind) - used - {"differentiable"})] if own else [name]
    return gaps
