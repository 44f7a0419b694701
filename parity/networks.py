"""Random networks, MLPs above all: the same network, data and training in both frameworks, from one seed.

Nothing is copied from one framework to the other: both draw their initial weights and their dropout masks from the same
seed, so the comparison covers the random numbers as well. Gradients are checked before trajectories, because Adam
amplifies noise: where a gradient is nearly 0, its sign decides the step.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from .choices import Choices
from .judge import compare_start, differs, largest
from .outcome import Mismatch, Outcome, array_of, generator_state

ACTIVATIONS = {
    "relu": "nn.ReLU()", "tanh": "nn.Tanh()", "sigmoid": "nn.Sigmoid()", "leaky_relu": "nn.LeakyReLU(0.1)", "elu": "nn.ELU()",
    "selu": "nn.SELU()", "gelu": "nn.GELU()", "silu": "nn.SiLU()", "softplus": "nn.Softplus()", "hardtanh": "nn.Hardtanh()",
    "softsign": "nn.Softsign()", "identity": "nn.Identity()", "logsigmoid": "nn.LogSigmoid()", "relu6": "nn.ReLU6()",
    "tanhshrink": "nn.Tanhshrink()", "threshold": "nn.Threshold(0.1, 0.0)", "softmax": "nn.Softmax(dim=-1)",
    "log_softmax": "nn.LogSoftmax(dim=-1)", "softmin": "nn.Softmin(dim=-1)", "relu_in_place": "nn.ReLU(inplace=True)",
}  # fmt: skip
LOSSES = {
    "mse": "nn.MSELoss()", "mse_sum": "nn.MSELoss(reduction='sum')", "l1": "nn.L1Loss()", "smooth_l1": "nn.SmoothL1Loss()",
    "huber": "nn.HuberLoss()", "cross_entropy": "nn.CrossEntropyLoss()", "cross_entropy_smooth": "nn.CrossEntropyLoss(label_smoothing=0.1)",
    "nll": "nn.NLLLoss()", "bce": "nn.BCELoss()", "bce_logits": "nn.BCEWithLogitsLoss()", "kl_div": "nn.KLDivLoss(reduction='batchmean')",
}  # fmt: skip
OPTIMIZERS = {
    "sgd": "optim.SGD({p}, lr=0.05)", "momentum": "optim.SGD({p}, lr=0.05, momentum=0.9)",
    "dampening": "optim.SGD({p}, lr=0.05, momentum=0.9, dampening=0.5)",
    "nesterov": "optim.SGD({p}, lr=0.05, momentum=0.9, nesterov=True)", "decay": "optim.SGD({p}, lr=0.05, weight_decay=0.1)",
    "maximize": "optim.SGD({p}, lr=0.01, maximize=True)", "adam": "optim.Adam({p}, lr=0.01)",
    "adam_decay": "optim.Adam({p}, lr=0.01, weight_decay=0.1)", "amsgrad": "optim.Adam({p}, lr=0.01, amsgrad=True)",
    "adam_max": "optim.Adam({p}, lr=0.001, maximize=True)",
    "adam_options": "optim.Adam({p}, lr=0.01, betas=(0.7, 0.95), eps=1e-4, weight_decay=0.1, decoupled_weight_decay=True)",
    "adamw_max": "optim.AdamW({p}, lr=0.001, amsgrad=True, maximize=True)", "adamw": "optim.AdamW({p}, lr=0.01)",
    "adamw_betas": "optim.AdamW({p}, lr=0.01, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.3)",
    "adadelta": "optim.Adadelta({p}, lr=0.5)",
    "adadelta_options": "optim.Adadelta({p}, lr=0.5, rho=0.7, eps=1e-4, weight_decay=0.1, maximize=True)",
    "adafactor": "optim.Adafactor({p}, lr=0.01)",
    "adafactor_options": "optim.Adafactor({p}, lr=0.01, beta2_decay=-0.5, eps=(1e-3, 1e-2), d=1.5, weight_decay=0.1, maximize=True)",
    "adagrad": "optim.Adagrad({p}, lr=0.05, initial_accumulator_value=0.1)",
    "adagrad_options": "optim.Adagrad({p}, lr=0.05, lr_decay=0.1, weight_decay=0.1, eps=1e-4, maximize=True)",
    "adamax": "optim.Adamax({p}, lr=0.01, eps=1e-6)",
    "adamax_options": "optim.Adamax({p}, lr=0.01, betas=(0.7, 0.9), eps=1e-4, weight_decay=0.1, maximize=True)",
    "asgd": "optim.ASGD({p}, lr=0.05, t0=1)",
    "asgd_options": "optim.ASGD({p}, lr=0.05, lambd=0.1, alpha=0.5, weight_decay=0.1, maximize=True)",
    "nadam": "optim.NAdam({p}, lr=0.01, weight_decay=0.1, decoupled_weight_decay=True)",
    "nadam_options": "optim.NAdam({p}, lr=0.01, betas=(0.7, 0.9), eps=1e-4, weight_decay=0.1, momentum_decay=0.1, maximize=True)",
    "radam": "optim.RAdam({p}, lr=0.01, betas=(0.8, 0.99), weight_decay=0.1, decoupled_weight_decay=True)",
    "radam_options": "optim.RAdam({p}, lr=0.01, betas=(0.7, 0.95), eps=1e-4, weight_decay=0.1, maximize=True)",
    "rmsprop": "optim.RMSprop({p}, lr=0.01, eps=1e-6)",
    "rmsprop_options": "optim.RMSprop({p}, lr=0.01, alpha=0.8, eps=1e-2, weight_decay=0.1, momentum=0.5, centered=True, maximize=True)",
    "lbfgs": "optim.LBFGS({p}, lr=0.1, max_iter=3, max_eval=4, tolerance_grad=1e-6, tolerance_change=1e-8, history_size=2)",
    "lbfgs_wolfe": "optim.LBFGS({p}, max_iter=2, line_search_fn='strong_wolfe')",
    "groups": "optim.SGD([{{'params': list({p})[::2]}}, {{'params': list({p})[1::2], 'lr': 0.01, 'momentum': 0.9}}], lr=0.05)",
    "groups_adam": "optim.Adam([{{'params': list({p})[::2]}}, {{'params': list({p})[1::2], 'amsgrad': True, 'lr': 0.02}}], lr=0.01)",
}  # fmt: skip
#: Optimizers that no network is trained with: a sign, or bfloat16, has no tolerance to compare with (``tests/optim`` has both).
OTHER_OPTIMIZERS = {"Rprop", "Muon", "SparseAdam"}


SCHEDULERS = {
    "none": "", "lambda": "LambdaLR({o}, lambda epoch: 0.8**epoch)", "multiplicative": "MultiplicativeLR({o}, lambda epoch: 0.7)",
    "step": "StepLR({o}, 2, gamma=0.5)", "multi_step": "MultiStepLR({o}, [1, 3], gamma=0.3)", "constant": "ConstantLR({o}, 0.2, 2)",
    "linear": "LinearLR({o}, 0.1, 0.9, 3)", "exponential": "ExponentialLR({o}, 0.9)", "polynomial": "PolynomialLR({o}, 3, power=0.9)",
    "cosine": "CosineAnnealingLR({o}, 3, eta_min=1e-4)", "restarts": "CosineAnnealingWarmRestarts({o}, 1, 2, eta_min=1e-4)",
    "cyclic": "CyclicLR({o}, 0.001, 0.01, 2, 1, mode='triangular2', base_momentum=0.7)",
    "one_cycle": "OneCycleLR({o}, 0.01, total_steps=5, pct_start=0.4)",
    "one_cycle_in_three": "OneCycleLR({o}, 0.01, total_steps=9, three_phase=True, anneal_strategy='linear', cycle_momentum=False)",
    "sequence": "SequentialLR({o}, [{s}ConstantLR({o}, 0.1, 2), {s}ExponentialLR({o}, 0.5)], [2])",
    "chain": "ChainedScheduler([{s}ConstantLR({o}, 0.1, 2), {s}ExponentialLR({o}, 0.5)])",
}  # fmt: skip


#: What stands in front of the linear layers: the input's shape (without the batch), and the layers, for a width w.
BODIES = {
    "mlp": ("({w},)", []),
    "conv2d": ("(2, 6, 6)", ["nn.Conv2d(2, {w}, 3, padding=1)", "nn.BatchNorm2d({w})", "nn.ReLU()", "nn.MaxPool2d(2)", "nn.Flatten()", "nn.Linear({w} * 9, {w})"]),
    "conv2d_strided": ("(2, 6, 6)", ["nn.Conv2d(2, {w}, 3, stride=2, bias=False)", "nn.Tanh()", "nn.Dropout2d(0.2)", "nn.Flatten()", "nn.Linear({w} * 4, {w})"]),
    "conv1d": ("(3, 8)", ["nn.Conv1d(3, {w}, 3, dilation=2)", "nn.BatchNorm1d({w})", "nn.ELU()", "nn.Flatten()", "nn.Linear({w} * 4, {w})"]),
    "conv3d": ("(1, 3, 3, 3)", ["nn.Conv3d(1, {w}, 2)", "nn.SiLU()", "nn.Flatten()", "nn.Linear({w} * 8, {w})"]),
    "embedding": ("(4,)", ["nn.Embedding(7, 3, padding_idx=0)", "nn.Flatten()", "nn.Linear(12, {w})", "nn.BatchNorm1d({w})"]),
    "batch_norm": ("({w},)", ["nn.BatchNorm1d({w})", "nn.Linear({w}, {w})", "nn.GELU()"]),
    "glu": ("({w} * 2,)", ["nn.GLU()", "nn.AlphaDropout(0.2)"]),
    "lstm": ("(4, 3)", ["Last(nn.LSTM(3, {w}, batch_first=True))"]),
    "lstm_deep": ("(4, 3)", ["Last(nn.LSTM(3, {w}, num_layers=2, bidirectional=True, dropout=0.3, batch_first=True))", "nn.Linear({w} * 2, {w})"]),
    "lstm_projected": ("(4, 3)", ["Last(nn.LSTM(3, {w} + 1, proj_size={w}, bias=False, batch_first=True))"]),
    "gru": ("(4, 3)", ["Last(nn.GRU(3, {w}, batch_first=True))"]),
    "gru_deep": ("(4, 3)", ["Last(nn.GRU(3, {w}, num_layers=2, bidirectional=True, dropout=0.3, batch_first=True))", "nn.Linear({w} * 2, {w})"]),
    "rnn": ("(4, 3)", ["Last(nn.RNN(3, {w}, nonlinearity='relu', batch_first=True))", "nn.LayerNorm({w})"]),
    "rnn_packed": ("(4, 3)", ["Packed(nn.RNN(3, {w}, num_layers=2, bidirectional=True))", "nn.Linear({w} * 2, {w})"]),
    "attention": ("(4, {w} * 2)", ["Attention(nn.MultiheadAttention({w} * 2, 2, dropout=0.2, batch_first=True))", "nn.Linear({w} * 2, {w})"]),
    "transformer": ("(3, {w} * 2)", ["nn.TransformerEncoderLayer({w} * 2, 2, 8, batch_first=True)", "nn.Flatten()", "nn.Linear({w} * 6, {w})"]),
    "transformer_first": ("(3, {w} * 2)", ["nn.TransformerEncoder(nn.TransformerEncoderLayer({w} * 2, 2, 8, activation='gelu', norm_first=True, dropout=0.0), 2, enable_nested_tensor=False)", "nn.Flatten()", "nn.Linear({w} * 6, {w})"]),
    "layer_norm": ("({w},)", ["nn.LayerNorm({w})", "nn.Linear({w}, {w})", "nn.RMSNorm({w})"]),
    "group_norm": ("(2, 5)", ["nn.Conv1d(2, 4, 2)", "nn.GroupNorm(2, 4)", "nn.Mish()", "nn.Flatten()", "nn.Linear(16, {w})"]),
    "instance_norm": ("(2, 5, 5)", ["nn.InstanceNorm2d(2, affine=True, track_running_stats=True)", "nn.Conv2d(2, 3, 2)", "nn.Hardswish()", "nn.AdaptiveAvgPool2d(2)", "nn.Flatten()", "nn.Linear(12, {w})"]),
    "batch_norm3d": ("(2, 3, 3, 3)", ["nn.BatchNorm3d(2)", "nn.AvgPool3d(2, stride=1)", "nn.Flatten()", "nn.Linear(16, {w})"]),
    "pools": ("(2, 8, 8)", ["nn.Conv2d(2, 3, 3, padding=1, padding_mode='circular')", "nn.MaxPool2d(3, 2, padding=1)", "nn.PReLU(3)", "nn.AvgPool2d(2, padding=1, count_include_pad=False)", "nn.Flatten()", "nn.Linear(27, {w})"]),
    "pools1d": ("(2, 9)", ["nn.ReflectionPad1d(2)", "nn.Conv1d(2, 3, 3, stride=2)", "nn.MaxPool1d(2)", "nn.CELU()", "nn.AdaptiveMaxPool1d(2)", "nn.Flatten()", "nn.Linear(6, {w})"]),
    "lp_pool": ("(1, 6, 6)", ["nn.Softplus()", "nn.LPPool2d(2, 2)", "nn.LocalResponseNorm(1)", "nn.Flatten()", "nn.Linear(9, {w})"]),
    "fractional": ("(2, 7, 7)", ["nn.FractionalMaxPool2d(2, output_size=3)", "nn.Flatten()", "nn.Linear(18, {w})"]),
    "decoder": ("(4, 3, 3)", ["nn.ConvTranspose2d(4, 2, 3, stride=2, output_padding=1)", "nn.SiLU()", "nn.PixelUnshuffle(2)", "nn.Flatten()", "nn.Linear(128, {w})"]),
    "upsampling": ("(4, 2, 2)", ["nn.PixelShuffle(2)", "nn.Upsample(scale_factor=2, mode='bilinear')", "nn.ZeroPad2d(1)", "nn.Conv2d(1, 2, 3, stride=2)", "nn.Flatten()", "nn.Linear(32, {w})"]),
    "lazy": ("(2, 5, 5)", ["nn.LazyConv2d(3, 3)", "nn.LazyBatchNorm2d()", "nn.Hardsigmoid()", "nn.Flatten()", "nn.LazyLinear({w})"]),
    "unfold": ("(1, 4, 4)", ["nn.Unfold(2, stride=2)", "nn.Flatten()", "nn.Linear(16, {w})", "nn.Hardshrink(0.1)"]),
    "weight_norm": ("({w},)", ["nn.utils.parametrizations.weight_norm(nn.Linear({w}, 4))", "nn.Softshrink(0.1)", "nn.Linear(4, {w})"]),
    "spectral_norm": ("({w},)", ["nn.utils.parametrizations.spectral_norm(nn.Linear({w}, 4))", "nn.Linear(4, {w})"]),
}  # fmt: skip
#: Layers that return more than a tensor, as parts of a chain.
_WRAPPERS = """class Last(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0][:, -1]


class Attention(Last):
    def forward(self, x):
        return self.layer(x, x, x)[0].mean(1)


class Packed(Last):
    def forward(self, x):
        lengths = [1 + k % x.shape[1] for k in range(len(x))]
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return nn.utils.rnn.pad_packed_sequence(self.layer(packed)[0], batch_first=True)[0].sum(1)

"""


@dataclass(frozen=True)
class Network:
    """A random network and how it is trained: a body, then an MLP of ``sizes``."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    dropout: float
    bias: bool
    loss: str
    optimizer: str
    batch: int
    steps: int
    dtype: str
    seed: int
    body: str = "mlp"
    scheduler: str = "none"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def random_mlp(draw: Choices, seed: int, body: str = "mlp") -> Network:
    """A random MLP: depth, widths, activations, dropout, loss, optimizer, schedule, batch size, training steps."""
    depth = draw.integer(1, 3)
    sizes = tuple(draw.integer(1, 9) for _ in range(depth + 1))
    activations = tuple(draw.choice(list(ACTIVATIONS)) for _ in range(depth))
    dropout, bias = draw.choice((0.0, 0.0, 0.3)), draw.integer(0, 4) > 0
    loss, optimizer = draw.choice(list(LOSSES)), draw.choice(list(OPTIMIZERS))
    batch, steps = draw.integer(2 if body != "mlp" else 1, 6), draw.integer(1, 4)
    dtype = draw.choice(("float32", "float64"))
    scheduler = draw.choice(list(SCHEDULERS)) if draw.integer(0, 1) else "none"
    return Network(sizes, activations, dropout, bias, loss, optimizer, batch, steps, dtype, seed, body, scheduler)


def random_network(draw: Choices, seed: int) -> Network:
    """A random network: half of them plain MLPs, the others with a body of other layers in front."""
    return random_mlp(draw, seed, "mlp" if draw.integer(0, 1) else draw.choice(list(BODIES)))


def _complexity(net: Network) -> int:
    """What shrinking reduces, so that it ends."""
    plain = (net.body == "mlp", net.dropout == 0, net.optimizer == "sgd", net.scheduler == "none", net.bias, net.loss == "mse")
    return 10 * plain.count(False) + net.steps + net.batch + sum(net.sizes) + sum(a != "identity" for a in net.activations)


def shrink_network(net: Network, fails: Any) -> Network:
    """The simplest failing network that one simplification after the other leads to."""
    changes: list[dict[str, Any]] = [
        {"body": "mlp"}, {"steps": 1}, {"dropout": 0.0}, {"scheduler": "none"}, {"optimizer": "sgd"}, {"bias": True}, {"loss": "mse"}, {"batch": 2}, {"batch": 1},
    ]  # fmt: skip
    improved = True
    while improved:
        improved = False
        depth = len(net.activations)
        candidates = [replace(net, **c) for c in changes]
        candidates += [
            replace(net, sizes=net.sizes[:k] + net.sizes[k + 1 :], activations=net.activations[:k] + net.activations[k + 1 :])
            for k in range(depth)
            if depth > 1
        ]
        candidates += [
            replace(net, activations=(*net.activations[:k], "identity", *net.activations[k + 1 :])) for k in range(depth)
        ]
        candidates += [replace(net, sizes=(*net.sizes[:k], 1, *net.sizes[k + 1 :])) for k in range(depth + 1)]
        for candidate in candidates:
            if _complexity(candidate) < _complexity(net) and fails(candidate):
                net, improved = candidate, True
                break
    return net


def script(net: Network, module: str = "torch") -> str:
    """The network as a standalone script; this very text is what is run."""
    lines = ["import numpy as np", f"import {module}" if module == "torch" else f"import {module} as torch",
             "from torch import nn, optim" if module == "torch" else "nn, optim = torch.nn, torch.optim", ""]  # fmt: skip
    return "\n".join(lines) + "\n" + _body(net) + "print(losses)\n"


def shown(net: Network) -> str:
    """The script's lines, with what is compared given to ``show(name, function)``."""
    return (
        "nn, optim = torch.nn, torch.optim\n"
        + _body(net)
        + """
show("initial state, bit for bit", lambda: initial)
show("printed model", lambda: repr(model))
show("losses", lambda: losses)
show("gradients of each step", lambda: gradients)
show("learning rates and momenta", lambda: rates)
show("names in the optimizer's state", lambda: {k: sorted(v) for k, v in optimizer.state_dict()["state"].items()})
show("state of the random generator, bit for bit", lambda: torch.get_rng_state())
"""
    )


def _body(net: Network) -> str:
    shape, before = BODIES[net.body]
    layers = [text.format(w=net.sizes[0]) for text in before]
    for k, activation in enumerate(net.activations):
        layers.append(f"nn.Linear({net.sizes[k]}, {net.sizes[k + 1]}, bias={net.bias})")
        layers.append(ACTIVATIONS[activation])
        if net.dropout:
            layers.append(f"nn.Dropout({net.dropout})")
    out = net.sizes[-1]
    lines = [_WRAPPERS] if any(name in str(before) for name in ("Last(", "Attention(nn", "Packed(")) else []
    lines.append(f"torch.manual_seed({net.seed})")
    if net.loss in ("nll", "kl_div", "bce"):
        layers.append("nn.Sigmoid()" if net.loss == "bce" else "nn.LogSoftmax(dim=1)")
    lines.append(f"model = nn.Sequential({', '.join(layers)}).to(torch.{net.dtype})")
    lines.append(f"rng = np.random.default_rng({net.seed})")
    inputs = f"({net.batch}, *{shape.format(w=net.sizes[0])})"
    if net.body == "embedding":
        lines.append(f"x = torch.from_numpy(rng.integers(0, 7, {inputs}))")
    else:
        lines.append(f"x = torch.from_numpy(rng.standard_normal({inputs})).to(torch.{net.dtype})")
    if net.loss in ("cross_entropy", "cross_entropy_smooth", "nll"):
        lines.append(f"y = torch.from_numpy(rng.integers(0, {out}, {net.batch}))")
    elif net.loss in ("bce", "bce_logits", "kl_div"):
        lines.append(f"y = torch.from_numpy(rng.random(({net.batch}, {out}))).to(torch.{net.dtype})")
    else:
        lines.append(f"y = torch.from_numpy(rng.standard_normal(({net.batch}, {out}))).to(torch.{net.dtype})")
    lines.append(f"loss_function = {LOSSES[net.loss]}")
    made = [f"optimizer = {OPTIMIZERS[net.optimizer].format(p='model.parameters()')}"]
    if net.scheduler != "none":
        made.append("scheduler = optim.lr_scheduler." + SCHEDULERS[net.scheduler].format(o="optimizer", s="optim.lr_scheduler."))
    lines += made
    if "Lazy" in str(before):
        lines.append("model.eval()(x)\nmodel.train()")
    kept = [line.partition(" ")[0] for line in made]
    resumed = "\n        ".join([
        "\n    if step == 1:  # saved and loaded", f"saved = [{', '.join(f'{name}.state_dict()' for name in kept)}]", *made,
        *(f"{name}.load_state_dict(saved[{k}])" for k, name in enumerate(kept)),
    ])  # fmt: skip
    return (
        "\n".join(lines)
        + f"""

def closure():
    optimizer.zero_grad()
    loss = loss_function(model(x), y)
    loss.backward()
    return loss

initial = {{k: v.clone() for k, v in model.state_dict().items() if 'parametrizations' not in k}}
losses, gradients, rates = [], [], []
for step in range({net.steps}):{resumed if net.seed % 3 == 0 else ""}
    optimizer.zero_grad()
    output = model(x)
    loss = loss_function(output, y)
    loss.backward()
    gradients.append([p.grad.clone() for p in model.parameters()])
    losses.append(loss.item())
    optimizer.step({"closure" if "LBFGS" in made[0] else ""})
"""
        + ("" if net.scheduler == "none" else "    scheduler.step()\n")
        + "    rates.append([(g['lr'], g.get('momentum'), g.get('betas')) for g in optimizer.param_groups])\n"
    )


def run(net: Network, torch: Any) -> Outcome:
    """Run the script's body in a framework: the losses, the gradients of each step, and what must be equal as it stands."""
    out = Outcome()
    space: dict[str, Any] = {"torch": torch, "nn": torch.nn, "optim": torch.optim, "np": np}
    try:
        exec(compile(_body(net), "<network>", "exec"), space)
        # A search along a line in float32 ends where nothing but rounding is left, and what it remembers hangs on where.
        rounded = net.dtype == "float32" and net.optimizer.startswith("lbfgs")
        state = {} if rounded else space["optimizer"].state_dict()["state"]
        out.facts = {
            "names of the state_dict": list(space["initial"]),
            **{f"initial {k}, which must be bit-equal": array_of(v) for k, v in space["initial"].items()},
            "printed model": repr(space["model"]), "state of the random generator": generator_state(torch),
            "learning rates and momenta after each step": space["rates"], "names in the optimizer's state": {k: sorted(v) for k, v in state.items()},
        }  # fmt: skip
        out.values = [np.asarray(loss) for loss in space["losses"]]
        out.leaf_grads = [[array_of(g) for g in step] for step in space["gradients"]]
    except Exception as error:
        out.error = error
    return out


def compare(net: Network, ours: Outcome, theirs: Outcome) -> Mismatch | None:
    """The first difference between two runs, or None."""
    mismatch = compare_start(ours, theirs)
    if mismatch is not None or theirs.error is not None:
        return mismatch
    body = str(BODIES[net.body][1])
    # The initial values of parametrizations are computed in float32, whatever the network is converted to.
    eps = float(np.finfo("float32" if "parametrizations" in body else net.dtype).eps)
    # A norm of two numbers has gradients that are 0 but for rounding, times one over a small deviation.
    amplified = 64.0 if any(n in body for n in ("BatchNorm", "LayerNorm", "Transformer")) else 1.0
    adaptive = "SGD" not in OPTIMIZERS[net.optimizer]
    for step in range(net.steps):
        # What the first step rounds differently, later steps carry on; most divide by gradients that may be tiny.
        growth = amplified * 256.0 * 64**step * (256.0 if adaptive and step else 1.0)
        (mine, loss), (grads, reference) = ([o.values[step] for o in (ours, theirs)], [o.leaf_grads[step] for o in (ours, theirs)])
        if not _size([loss, *reference]) < 1 / eps:  # the training has diverged: nothing is left of a unit's precision
            if _size([mine, *grads]) < 1 / eps / 1000:
                return Mismatch(f"step {step}, where PyTorch's training diverges", [mine, *grads], [loss, *reference])
            break
        if differs(mine, loss, scale=largest([loss]), eps=eps, factor=growth):
            return Mismatch(f"loss of step {step}", mine, loss)
        for k, (a, b) in enumerate(zip(grads, reference, strict=True)):
            if differs(a, b, scale=largest([b, mine]), eps=eps, factor=growth):
                return Mismatch(f"gradient {k} of step {step}", a, b)
    return None


def _size(arrays: list[Any]) -> float:
    """The largest number; NaN if there is one."""
    return float(np.max([np.abs(x).max(initial=0) for x in arrays]))
