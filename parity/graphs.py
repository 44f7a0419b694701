"""The graph as PyTorch shows it: ``python -m parity.graphs`` compares ``grad_fn`` and ``next_functions`` of every function.

The inputs are those of PyTorch's operator database (see :mod:`opdb`). Of each output the whole graph is compared: the names of the
nodes, how they are connected, and which edges lead nowhere.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .campaign import reference
from .opdb import entries, full_name, out_of_scope
from .translation import Missing, fresh, ours, translated

_ONE = "one fused operation here, whose parts have no places of their own"
_EDGE = "in some samples, without elements, with one element, or with an option that changes nothing"
_SHORTER = "the same composition by a shorter way: fewer copies and views, the same numbers"
_UNMASKED = "without a mask the plain reduction does it"
#: Entries whose graph differs in some sample, with the reason.
KNOWN: dict[str, str] = {
    **dict.fromkeys(("nn.functional.instance_norm", "nn.functional.scaled_dot_product_attention"), _ONE),
    **dict.fromkeys(
        ("sum_to_size", "cat", "round.decimals_0", "linalg.matrix_power", "linalg.vander", "masked.prod", "nn.functional.batch_norm",
         "nn.functional.alpha_dropout", "nn.functional.feature_alpha_dropout.with_train", "unfold", "gradient", "cdist",
         "nn.functional.prelu", "linalg.norm", "linalg.norm.subgradients_at_zero"),
        _EDGE,
    ),
    **dict.fromkeys(
        ("corrcoef", "cov", "stft", "matmul", "__rmatmul__", "quantile", "nanquantile", "nn.functional.cross_entropy", "einsum",
         "nn.functional.pad.circular", "svd_lowrank", "pca_lowrank", "tensordot", "nn.functional.embedding_bag",
         "nn.functional.multi_head_attention_forward", "linalg.multi_dot", "linalg.matrix_norm", "linalg.tensorinv"),
        _SHORTER,
    ),
    **dict.fromkeys(("masked.mean", "masked.var", "masked.std"), _UNMASKED),
}  # fmt: skip


def shown(node: Any, depth: int = 12) -> Any:
    """A node's name and those below it: ``MulBackward0(AccumulateGrad, -)``."""
    if node is None:
        return "-"
    name = node.name().rsplit("::")[-1]
    if depth == 0 or not node.next_functions:
        return name
    return name + "(" + ", ".join(shown(n, depth - 1) + (f"#{k}" if k else "") for n, k in node.next_functions) + ")"


def graphs(framework: Any, call: Any, arguments: Any) -> list[str]:
    """The graph of each output of a call."""
    args, kwargs = arguments
    framework.manual_seed(0)
    results = [t for t in leaves_of(call(*args, **kwargs)) if isinstance(t, framework.Tensor)]
    return [shown(t.grad_fn) for t in results]


def differences(info: Any, limit: int | None = None) -> tuple[int, list[tuple[str, str]]]:
    """How many samples of an entry were compared, and (ours, PyTorch's) of those that differ."""
    torch, count, differing = reference(), 0, []
    function = ours(info.op, info.name)
    with warnings.catch_warnings(action="ignore"):
        torch.manual_seed(0)
        for number, sample in enumerate(info.sample_inputs("cpu", torch.float64, requires_grad=True)):
            if number == limit:
                break
            given = ((sample.input, *sample.args), sample.kwargs)
            try:
                theirs = graphs(torch, info.op, fresh(torch, given))
            except Exception:
                continue
            count += 1
            try:
                mine = graphs(minitorch_bp, function, translated(fresh(torch, given)))
            except Exception as error:
                mine = [f"{type(error).__name__}: {error}"]
            if mine != theirs:
                at = next((k for k, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]), 0)
                differing.append((mine[at], theirs[at]))
    return count, differing


def differentiable() -> list[Any]:
    """The entries that are in scope and have gradients."""
    torch = reference()
    return [
        e
        for e in entries(torch)
        if out_of_scope(e) is None and e.supports_autograd and torch.float64 in e.supported_backward_dtypes("cpu")
    ]


def main(only: str | None, limit: int | None = None) -> int:
    """Compare, print the first difference of every entry that has one, and the totals."""
    total = same = samples = wrong = 0
    new = []
    for info in differentiable():
        name = full_name(info)
        if only is not None and only not in name:
            continue
        try:
            count, differing = differences(info, limit)
        except Missing as missing:
            count, differing = 1, [(f"no {missing}", "")]
        if not count:
            continue
        total, same = total + 1, same + (not differing)
        samples, wrong = samples + count, wrong + len(differing)
        if differing:
            print(f"{name}: {len(differing)} of {count}\n    ours    {differing[0][0][:400]}\n    PyTorch {differing[0][1][:400]}")
            if name not in KNOWN:
                new.append(name)
    share = f"{samples - wrong} of {samples} ({1 - wrong / max(samples, 1):.1%})"
    print(
        f"{same} of {total} differentiable functions have PyTorch's graph ({same / max(total, 1):.1%}) in all samples; samples: {share}"
    )
    print(f"beyond what is known: {', '.join(new) or 'nothing'}")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
