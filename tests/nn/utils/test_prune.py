"""Masks, names, hooks and random draws are PyTorch's, also when a parameter is pruned several times."""

import numpy as np
import pytest
import torch.nn.utils.prune

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
INF = float("inf")
#: Steps of pruning; p is the module, m the layer.
STEPS = {
    "identity": lambda p, m, t: p.identity(m, "weight"),
    "random": lambda p, m, t: p.random_unstructured(m, "weight", 0.3),
    "random count": lambda p, m, t: p.random_unstructured(m, "weight", 5),
    "l1": lambda p, m, t: p.l1_unstructured(m, "weight", 0.3),
    "l1 none": lambda p, m, t: p.l1_unstructured(m, "weight", 0),
    "l1 scores": lambda p, m, t: p.l1_unstructured(m, "weight", 4, importance_scores=t.arange(24.0).view(4, 3, 2)),
    "channels": lambda p, m, t: p.random_structured(m, "weight", 2, 0),
    "channels 1": lambda p, m, t: p.random_structured(m, "weight", 0.4, 1),
    "l2": lambda p, m, t: p.ln_structured(m, "weight", 1, 2, 0),
    "linf": lambda p, m, t: p.ln_structured(m, "weight", 0.5, INF, -1),
    "mask": lambda p, m, t: p.custom_from_mask(m, "weight", (t.arange(24).view(4, 3, 2) % 3 > 0)),
    "bias": lambda p, m, t: p.l1_unstructured(m, "bias", 1),
}  # fmt: skip
SEQUENCES = [[name] for name in STEPS] + [
    ["l1", "l1"], ["l1", "l2"], ["l2", "l2"], ["l2", "linf"], ["random", "channels", "l1"], ["channels", "random count"],
    ["mask", "l1"], ["l2", "mask"], ["l1", "bias"], ["identity", "channels 1", "channels"],
]  # fmt: skip


def pruned(t, sequence):
    t.manual_seed(1)
    layer = t.nn.Conv1d(3, 4, 2)
    prune = t.nn.utils.prune
    for name in sequence:
        assert STEPS[name](prune, layer, t) is layer
    out = layer(t.ones(1, 3, 4))
    out.sum().backward()
    state = {key: value.tolist() for key, value in layer.state_dict().items()}
    grads = {key: p.grad.tolist() for key, p in layer.named_parameters()}
    kinds = [type(getattr(h, "__self__", h)).__name__ for h in layer._forward_pre_hooks.values()]
    before = layer.weight.tolist(), prune.is_pruned(layer), prune.is_pruned(t.nn.Sequential(layer)), t.rand(1).item()
    for name in {"bias" if n == "bias" else "weight" for n in sequence}:
        prune.remove(layer, name)
    assert list(layer.state_dict()) == list(dict(layer.named_parameters())) and not prune.is_pruned(layer)
    return state, grads, kinds, before, sorted(layer.state_dict()), layer.weight.tolist()


@pytest.mark.parametrize("sequence", SEQUENCES, ids="+".join)
def test_pruning(sequence):
    ours, theirs = pruned(minitorch_bp, sequence), pruned(torch, sequence)
    for a, b in ((ours[0], theirs[0]), (ours[1], theirs[1])):
        assert list(a) == list(b)
        for key in a:
            np.testing.assert_allclose(a[key], b[key], rtol=1e-6)
    assert ours[2:] == theirs[2:]


@BOTH
def test_all_parameters_together(t):
    a, b = t.nn.Linear(3, 2), t.nn.Linear(2, 2)
    a.weight.data.copy_(t.tensor([[1.0, -2, 3], [4, -5, 6]]))
    b.weight.data.copy_(t.tensor([[0.5, 7], [8, -9]]))
    prune, chosen = t.nn.utils.prune, [(a, "weight"), (b, "weight")]
    prune.global_unstructured(chosen, prune.L1Unstructured, amount=4)
    assert a.weight_mask.tolist() == [[0, 0, 0], [1, 1, 1]] and b.weight_mask.tolist() == [[0, 1], [1, 1]]
    prune.global_unstructured(chosen, prune.L1Unstructured, importance_scores={(a, "weight"): -a.weight * 100}, amount=0.5)
    assert a.weight_mask.sum().item() + b.weight_mask.sum().item() == 3


@BOTH
def test_methods_by_themselves(t):
    prune = t.nn.utils.prune
    x = t.tensor([1.0, -3, 2, 0.5])
    assert prune.L1Unstructured(2).prune(x).tolist() == [0.0, -3.0, 2.0, 0.0]
    assert prune.L1Unstructured(1).prune(x, default_mask=t.tensor([1.0, 0, 1, 1])).tolist() == [1.0, 0.0, 2.0, 0.0]
    kinds = [getattr(prune, n).PRUNING_TYPE for n in ("Identity", "RandomUnstructured", "L1Unstructured", "RandomStructured",
                                                      "LnStructured", "CustomFromMask")]  # fmt: skip
    assert kinds == ["unstructured"] * 3 + ["structured"] * 2 + ["global"]

    class Odd(prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t, default_mask):
            mask = default_mask.clone()
            mask.view(-1)[1::2] = 0
            return mask

    layer = t.nn.Linear(2, 2)
    assert isinstance(Odd.apply(layer, "weight"), Odd) and layer.weight_mask.tolist() == [[1, 0], [1, 0]]
    container = prune.PruningContainer()
    assert len(container) == 0
    (hook,) = layer._forward_pre_hooks.values()
    container = prune.PruningContainer(hook)
    assert len(container) == 1 and [type(m) for m in container] == [Odd] and type(container[0]) is Odd


@BOTH
@pytest.mark.parametrize(
    "wrong, kind",
    [
        (lambda p, m, t: p.random_unstructured(m, "weight", 1.5), ValueError),
        (lambda p, m, t: p.random_unstructured(m, "weight", -1), ValueError),
        (lambda p, m, t: p.random_unstructured(m, "weight", "a"), TypeError),
        (lambda p, m, t: p.random_unstructured(m, "weight", 50), ValueError),
        (lambda p, m, t: p.random_structured(m, "bias", 1, 0), ValueError),
        (lambda p, m, t: p.random_structured(m, "weight", 1, 5), IndexError),
        (lambda p, m, t: p.l1_unstructured(m, "nope", 1), AttributeError),
        (lambda p, m, t: p.l1_unstructured(m, "weight", 1, importance_scores=t.ones(2)), AssertionError),
        (lambda p, m, t: p.custom_from_mask(m, "weight", t.ones(2)), AssertionError),
        (lambda p, m, t: p.remove(m, "weight"), ValueError),
        (lambda p, m, t: p.global_unstructured([(m, "weight")], p.LnStructured, amount=1, n=1), TypeError),
        (lambda p, m, t: p.global_unstructured([(m, "weight")], p.L1Unstructured, importance_scores=3, amount=1), TypeError),
        (lambda p, m, t: p.BasePruningMethod(), TypeError),
    ],
)
def test_what_is_refused_changes_nothing(t, wrong, kind):
    layer = t.nn.Linear(4, 3)
    with pytest.raises(kind):
        wrong(t.nn.utils.prune, layer, t)
    assert sorted(layer.state_dict()) == ["bias", "weight"] and not t.nn.utils.prune.is_pruned(layer)


@BOTH
def test_what_methods_of_users_call(t):
    """The checks of an amount, and the count that it means, have PyTorch's names."""
    prune = t.nn.utils.prune

    class Alternate(prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def __init__(self, amount):
            prune._validate_pruning_amount_init(amount)
            self.amount = amount

        def compute_mask(self, tensor, default_mask):
            count = prune._compute_nparams_toprune(self.amount, tensor.nelement())
            prune._validate_pruning_amount(count, tensor.nelement())
            mask = default_mask.clone()
            mask.view(-1)[: 2 * count : 2] = 0
            return mask

    layer = t.nn.Linear(4, 2)
    Alternate.apply(layer, "weight", 0.3)  # 2.4 of 8
    assert layer.weight_mask.tolist() == [[0, 1, 0, 1], [1, 1, 1, 1]]
    with pytest.raises(ValueError):
        Alternate.apply(layer, "bias", 3)
    for amount, error in [("1", TypeError), (-1, ValueError), (1.1, ValueError), (20.0, ValueError)]:
        with pytest.raises(error):
            Alternate(amount)
    assert [prune._compute_nparams_toprune(a, 15) for a in (0, 1, 10, 0.0, 0.1, 0.5, 1.0)] == [0, 1, 10, 0, 2, 8, 15]
    prune._validate_pruning_amount(0.3, 0)


@BOTH
def test_an_amount_is_no_boolean(t):
    prune, layer = t.nn.utils.prune, lambda: t.nn.Linear(4, 3)
    for call in (
        lambda: prune.l1_unstructured(layer(), "weight", True),
        lambda: prune.random_unstructured(layer(), "bias", True),
        lambda: prune.random_structured(layer(), "weight", True, 0),
        lambda: prune.global_unstructured([(layer(), "weight")], prune.L1Unstructured, amount=True),
    ):
        with pytest.raises(TypeError):
            call()
    assert prune.ln_structured(layer(), "weight", True, 2, 0).weight_mask.sum() == 8  # (a count there, in PyTorch too)
