"""Every module with every option, and every option of every optimizer: built, run and trained in both frameworks.

A case is the text of a constructor and of an input. ``missing()`` lists the modules, and the options of modules and
optimizers, that no case uses; the run fails if there are any, so a new module comes with its cases.
"""

from __future__ import annotations

import inspect
import re
import warnings
from typing import Any

import numpy as np

import minitorch_bp

from .judge import Mismatch, array_of, compare_start
from .networks import OPTIMIZERS

X = "x(4, 6)"
IMAGE = "x(2, 4, 6, 6)"
#: Module -> constructor texts, each with the text of its inputs (``x`` draws normal numbers, ``y`` class indices, ``u``
#: numbers in (0, 1)).
MODULES: dict[str, list[tuple[str, str]]] = {
    "Identity": [("Identity(3, a=1)", X)], "Linear": [("Linear(6, 3)", X), ("Linear(in_features=6, out_features=3, bias=False)", "x(2, 5, 6)"), ("Linear(6, 1)", "x(6)")],
    "PairwiseDistance": [("PairwiseDistance()", "x(4, 6), x(4, 6)"), ("PairwiseDistance(p=1.0, eps=1e-3, keepdim=True)", "x(4, 6), x(4, 6)")],
    "CosineSimilarity": [("CosineSimilarity()", "x(4, 6), x(4, 6)"), ("CosineSimilarity(dim=0, eps=1e-4)", "x(4, 6), x(4, 6)")],
    "Flatten": [("Flatten()", IMAGE), ("Flatten(start_dim=0, end_dim=2)", IMAGE)], "Unflatten": [("Unflatten(dim=1, unflattened_size=(2, 3))", X)],
    "ReLU": [("ReLU()", X), ("ReLU(inplace=True)", X + " * 1")], "ReLU6": [("ReLU6()", X + " * 8"), ("ReLU6(inplace=True)", X + " * 8")],
    "LeakyReLU": [("LeakyReLU(negative_slope=0.3)", X), ("LeakyReLU(inplace=True)", X + " * 1")], "RReLU": [("RReLU(lower=0.1, upper=0.4)", X), ("RReLU(inplace=True)", X + " * 1")],
    "ELU": [("ELU(alpha=0.7)", X), ("ELU(inplace=True)", X + " * 1")], "SELU": [("SELU()", X), ("SELU(inplace=True)", X + " * 1")],
    "GELU": [("GELU()", X), ("GELU(approximate='tanh')", X)], "SiLU": [("SiLU()", X), ("SiLU(inplace=True)", X + " * 1")], "GLU": [("GLU()", X), ("GLU(dim=0)", X)],
    "Sigmoid": [("Sigmoid()", X)], "Tanh": [("Tanh()", X)], "Tanhshrink": [("Tanhshrink()", X)], "LogSigmoid": [("LogSigmoid()", X)], "Softsign": [("Softsign()", X)],
    "Softplus": [("Softplus(beta=2.0, threshold=1.5)", X)], "Hardtanh": [("Hardtanh(min_val=-0.5, max_val=0.3)", X), ("Hardtanh(inplace=True)", X + " * 1")],
    "Threshold": [("Threshold(threshold=0.1, value=0.5)", X), ("Threshold(0.1, 0.5, inplace=True)", X + " * 1")],
    "Softmax": [("Softmax(dim=1)", X), ("Softmax(dim=0)", X)], "LogSoftmax": [("LogSoftmax(dim=1)", X)], "Softmin": [("Softmin(dim=-1)", X)],
    "Dropout": [("Dropout(p=0.3)", X), ("Dropout(inplace=True)", X + " * 1")], "Dropout1d": [("Dropout1d(p=0.3)", "x(3, 4, 5)"), ("Dropout1d(inplace=True)", "x(3, 4, 5) * 1")],
    "Dropout2d": [("Dropout2d(p=0.3)", IMAGE), ("Dropout2d(inplace=True)", IMAGE + " * 1")], "Dropout3d": [("Dropout3d(p=0.3)", "x(2, 3, 2, 2, 2)"), ("Dropout3d(inplace=True)", "x(2, 3, 2, 2, 2) * 1")],
    "AlphaDropout": [("AlphaDropout(p=0.3)", X), ("AlphaDropout(inplace=True)", X + " * 1")], "FeatureAlphaDropout": [("FeatureAlphaDropout(p=0.3)", IMAGE), ("FeatureAlphaDropout(inplace=True)", IMAGE + " * 1")],
    "Conv1d": [("Conv1d(4, 6, 3)", "x(2, 4, 9)"), ("Conv1d(in_channels=4, out_channels=6, kernel_size=3, stride=2, padding=1, dilation=2, groups=2, bias=False)", "x(2, 4, 9)"), ("Conv1d(4, 2, 3, padding='same', padding_mode='zeros')", "x(2, 4, 9)")],
    "Conv2d": [("Conv2d(4, 6, 3)", IMAGE), ("Conv2d(in_channels=4, out_channels=6, kernel_size=(3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False)", IMAGE), ("Conv2d(4, 2, 3, padding='same', padding_mode='zeros')", IMAGE)],
    "Conv3d": [("Conv3d(2, 3, 2)", "x(1, 2, 4, 4, 4)"), ("Conv3d(in_channels=2, out_channels=4, kernel_size=2, stride=2, padding=1, dilation=2, groups=2, bias=False)", "x(1, 2, 4, 4, 4)"), ("Conv3d(2, 2, 1, padding_mode='zeros')", "x(1, 2, 3, 3, 3)")],
    "MaxPool2d": [("MaxPool2d(2)", IMAGE), ("MaxPool2d(kernel_size=(3, 2), stride=2, padding=1, dilation=1, ceil_mode=True)", IMAGE), ("MaxPool2d(2, dilation=2)", IMAGE), ("MaxPool2d(2, return_indices=True)", IMAGE)],
    "BatchNorm1d": [("BatchNorm1d(6)", X), ("BatchNorm1d(num_features=4, eps=0.1, momentum=0.3)", "x(3, 4, 5)"), ("BatchNorm1d(6, affine=False)", X), ("BatchNorm1d(6, track_running_stats=False)", X), ("BatchNorm1d(6, momentum=None, bias=False)", X)],
    "BatchNorm2d": [("BatchNorm2d(4)", IMAGE), ("BatchNorm2d(num_features=4, eps=0.1, momentum=0.3)", IMAGE), ("BatchNorm2d(4, affine=False)", IMAGE), ("BatchNorm2d(4, track_running_stats=False)", IMAGE), ("BatchNorm2d(4, momentum=None, bias=False)", IMAGE)],
    "Embedding": [("Embedding(7, 3)", "y(4, 5, classes=7)"), ("Embedding(num_embeddings=7, embedding_dim=3, padding_idx=2)", "y(4, 5, classes=7)"), ("Embedding(7, 3, max_norm=1.0, norm_type=1.0)", "y(4, classes=7)"), ("Embedding(7, 3, scale_grad_by_freq=True, sparse=False)", "y(9, classes=7)"), ("Embedding(7, 3, _weight=torch.ones(7, 3), _freeze=False)", "y(4, classes=7)")],
    "Sequential": [("Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 2))", X)],
    "MSELoss": [("MSELoss()", "x(4, 6), x(4, 6)"), ("MSELoss(reduction='none')", "x(4, 6), x(4, 6)"), ("MSELoss(size_average=False, reduce=True)", "x(4, 6), x(4, 6)")],
    "L1Loss": [("L1Loss(reduction='sum')", "x(4, 6), x(4, 6)"), ("L1Loss(size_average=True, reduce=True)", "x(4, 6), x(4, 6)")],
    "SmoothL1Loss": [("SmoothL1Loss(beta=0.5, reduction='sum')", "x(4, 6), x(4, 6)"), ("SmoothL1Loss(size_average=True, reduce=False)", "x(4, 6), x(4, 6)")],
    "HuberLoss": [("HuberLoss(delta=0.5)", "x(4, 6), x(4, 6)"), ("HuberLoss(reduction='none')", "x(4, 6), x(4, 6)")],
    "KLDivLoss": [("KLDivLoss(reduction='batchmean')", "x(4, 6), u(4, 6)"), ("KLDivLoss(reduction='sum', log_target=True)", "x(4, 6), x(4, 6)"), ("KLDivLoss(size_average=False, reduce=True)", "x(4, 6), u(4, 6)")],
    "BCELoss": [("BCELoss()", "u(4, 6), u(4, 6)"), ("BCELoss(weight=torch.arange(6.0).to(dtype), reduction='sum')", "u(4, 6), u(4, 6)"), ("BCELoss(size_average=True, reduce=True)", "u(4, 6), u(4, 6)")],
    "BCEWithLogitsLoss": [("BCEWithLogitsLoss(pos_weight=torch.arange(6.0).to(dtype))", "x(4, 6), u(4, 6)"), ("BCEWithLogitsLoss(weight=torch.arange(6.0).to(dtype), reduction='none')", "x(4, 6), u(4, 6)"), ("BCEWithLogitsLoss(size_average=False, reduce=True)", "x(4, 6), u(4, 6)")],
    "NLLLoss": [("NLLLoss(weight=torch.arange(6.0).to(dtype))", "x(4, 6), y(4, classes=6)"), ("NLLLoss(ignore_index=2, reduction='sum')", "x(8, 6), y(8, classes=6)"), ("NLLLoss(size_average=False, reduce=True)", "x(4, 6), y(4, classes=6)")],
    "CrossEntropyLoss": [("CrossEntropyLoss()", "x(4, 6), y(4, classes=6)"), ("CrossEntropyLoss(weight=torch.arange(6.0).to(dtype), label_smoothing=0.2)", "x(4, 6), y(4, classes=6)"), ("CrossEntropyLoss(ignore_index=1, reduction='sum')", "x(9, 6, 2), y(9, 2, classes=6)"), ("CrossEntropyLoss(reduction='none')", "x(4, 6), u(4, 6)"), ("CrossEntropyLoss(size_average=True, reduce=True)", "x(4, 6), y(4, classes=6)")],
}  # fmt: skip
#: Containers that are not called, and the base class.
NOT_CALLED = frozenset({"Module", "ModuleList", "ModuleDict"})
#: Options that say where and how, not what.
_ANYWHERE = frozenset({"self", "device", "dtype", "args", "kwargs", "foreach", "fused", "capturable"})


def _options(kind: Any) -> set[str]:
    return {
        n for n, p in inspect.signature(kind.__init__).parameters.items()
        if n not in _ANYWHERE and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }  # fmt: skip


def _used(texts: list[str], kind: Any) -> set[str]:
    """The options that constructor texts set, by name or by position."""
    names = list(inspect.signature(kind.__init__).parameters)[1:]
    found = set()
    for text in texts:
        arguments = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", text[text.index("(") + 1 : -1]))
        for k, argument in enumerate(a for a in re.split(r",\s*", arguments) if a):
            found.add(argument.split("=")[0].strip() if "=" in argument else names[k] if k < len(names) else "")
    return found


def missing() -> list[str]:
    """Modules without a case, and options of modules and optimizers that no case sets."""
    nn, optim = minitorch_bp.nn, minitorch_bp.optim
    found = []
    for name, kind in sorted(vars(nn).items()):
        if isinstance(kind, type) and issubclass(kind, nn.Module) and name not in NOT_CALLED:
            if name not in MODULES:
                found.append(f"nn.{name}")
            else:
                found += [f"nn.{name}({o}=)" for o in sorted(_options(kind) - _used([c for c, _ in MODULES[name]], kind))]
    for name, kind in sorted(vars(optim).items()):
        if isinstance(kind, type) and issubclass(kind, optim.Optimizer) and kind is not optim.Optimizer:
            texts = [t.replace("{p}", "p") for t in OPTIMIZERS.values() if t.startswith(f"optim.{name}(")]
            used = _used([t[len("optim.") :] for t in texts], kind) if texts else set()
            found += [f"optim.{name}({o}=)" for o in sorted(_options(kind) - used - {"differentiable"})]
    return found


def run_module(torch: Any, constructor: str, inputs: str, dtype: str, train: bool, seed: int) -> dict[str, Any]:
    """Build a module, call it on inputs, differentiate under a random cotangent; everything that is compared."""
    rng = np.random.default_rng(seed)
    kind = getattr(torch, dtype)

    def x(*shape: int) -> Any:
        return torch.from_numpy(rng.standard_normal(shape)).to(kind).requires_grad_()

    def u(*shape: int) -> Any:
        return torch.from_numpy(rng.random(shape) * 0.8 + 0.1).to(kind)

    def y(*shape: int, classes: int) -> Any:
        return torch.from_numpy(rng.integers(0, classes, shape))

    torch.manual_seed(seed)
    space = {"torch": torch, "nn": torch.nn, "x": x, "u": u, "y": y, "dtype": kind}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = eval("nn." + constructor, space)
            initial = {k: v.clone() for k, v in module.state_dict().items()}
            module = module.to(kind).train(train)
            arguments = eval(f"({inputs},)", space)
            out = module(*arguments)
            first = out[0] if isinstance(out, tuple) else out
            cotangent = torch.from_numpy(np.asarray(rng.standard_normal(tuple(first.shape)))).to(kind)
            leaves = [t for t in (*arguments, *module.parameters()) if t.requires_grad]
            grads = torch.autograd.grad(first, leaves, cotangent, allow_unused=True) if first.requires_grad else ()
            return {
                "initial": initial, "state": module.state_dict(), "repr": repr(module), "out": out if isinstance(out, tuple) else (out,),
                "grads": grads, "grad_fn": first.grad_fn.name() if first.grad_fn is not None else None,
                "random": torch.get_rng_state().numpy().tobytes(), "error": None,
            }  # fmt: skip
        except Exception as error:
            return {"error": error}


def compare_module(ours: dict[str, Any], theirs: dict[str, Any], dtype: str) -> Mismatch | None:
    """The first difference between two runs of a module, or None."""
    mismatch = compare_start(ours, theirs)
    if mismatch is not None or theirs["error"] is not None:
        return mismatch
    for key in ("repr", "random", "grad_fn"):
        if ours[key] != theirs[key]:
            return Mismatch({"random": "state of the random generator"}.get(key, key), str(ours[key])[:200], str(theirs[key])[:200])
    eps = float(np.finfo(dtype).eps)
    for key in ("out", "grads", "state"):
        mine, reference = ours[key], theirs[key]
        pairs = (
            [(k, mine[k], reference[k]) for k in reference]
            if key == "state"
            else list(zip(range(len(reference)), mine, reference, strict=True))
        )
        for k, a, b in pairs:
            if (a is None) != (b is None):
                return Mismatch(f"{key}[{k}]", a, b)
            if a is None:
                continue
            p, q = array_of(a), array_of(b)
            assert p is not None and q is not None
            if p.shape != q.shape or p.dtype != q.dtype or a.stride() != b.stride():
                return Mismatch(
                    f"{key}[{k}]: shape, dtype, strides", (p.shape, p.dtype, a.stride()), (q.shape, q.dtype, b.stride())
                )
            if p.dtype.kind == "f" and p.size:
                scale = max(float(np.abs(q).max()), 1.0)
                if not np.abs(p - q).max() <= 128 * eps * scale:
                    return Mismatch(f"{key}[{k}]", a, b)
            elif not np.array_equal(p, q):
                return Mismatch(f"{key}[{k}]", a, b)
    return None


def check(name: str, seed: int = 0) -> tuple[str, Mismatch] | None:
    """All cases of a module, in both types, in training and evaluation: the first case that differs, with the difference."""
    from .campaign import reference

    torch = reference()
    for constructor, inputs in MODULES[name]:
        for dtype in ("float64", "float32"):
            for train in (True, False):
                runs = [run_module(t, constructor, inputs, dtype, train, seed) for t in (minitorch_bp, torch)]
                found = compare_module(runs[0], runs[1], dtype)
                if found is not None:
                    return f"nn.{constructor} on ({inputs}), {dtype}, {'train' if train else 'eval'}", found
    return None
