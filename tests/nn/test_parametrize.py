"""nn.utils: parametrizations, weight and spectral norm in both ways, clipping; states, texts, numbers and errors are PyTorch's."""

import copy
import warnings

import numpy as np
import pytest
import torch
import torch.nn.utils.parametrizations
from torch.nn.utils import clip_grad as torch_clip

import minitorch_bp as mt


def both(f):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [f(t) for t in (mt, torch)]


def close(a, b, tolerance=1e-5):
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        if isinstance(y, (str, list, tuple, bool)):
            assert x == y
        else:
            np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


def trained(t, layer, shape=(4, 3)):
    """The layer's text, state, outputs and gradients before and after steps of training."""
    found = [repr(layer), list(layer.state_dict()), [n for n, _ in layer.named_parameters()]]
    x = t.from_numpy(np.random.default_rng(0).standard_normal(shape).astype(np.float32))
    optimizer = t.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        out = layer(x)
        out.pow(2).sum().backward()
        found += [out.detach().numpy(), *(p.grad.numpy() for p in layer.parameters())]
        optimizer.step()
    layer.eval()
    return [*found, layer(x).detach().numpy(), *(v.numpy() for v in layer.state_dict().values()), layer.weight.detach().numpy()]


RECIPES = {
    "weight norm": lambda t: t.nn.utils.parametrizations.weight_norm(t.nn.Linear(3, 2)),
    "weight norm, all": lambda t: t.nn.utils.parametrizations.weight_norm(t.nn.Linear(3, 2), dim=None),
    "weight norm, columns": lambda t: t.nn.utils.parametrizations.weight_norm(t.nn.Linear(3, 2), dim=1),
    "spectral norm": lambda t: t.nn.utils.parametrizations.spectral_norm(t.nn.Linear(3, 2)),
    "spectral norm, steps": lambda t: t.nn.utils.parametrizations.spectral_norm(t.nn.Linear(3, 4), n_power_iterations=3),
    "old weight norm": lambda t: t.nn.utils.weight_norm(t.nn.Linear(3, 2)),
    "old spectral norm": lambda t: t.nn.utils.spectral_norm(t.nn.Linear(3, 2)),
    "orthogonal, exp": lambda t: t.nn.utils.parametrizations.orthogonal(t.nn.Linear(3, 3)),
    "orthogonal, tall": lambda t: t.nn.utils.parametrizations.orthogonal(t.nn.Linear(3, 5)),
    "orthogonal, wide": lambda t: t.nn.utils.parametrizations.orthogonal(t.nn.Linear(3, 2)),
    "orthogonal, cayley": lambda t: t.nn.utils.parametrizations.orthogonal(t.nn.Linear(3, 3), orthogonal_map="cayley"),
    "orthogonal, plain": lambda t: t.nn.utils.parametrizations.orthogonal(t.nn.Linear(3, 4), use_trivialization=False),
}


@pytest.mark.parametrize("name", RECIPES)
def test_recipes(name):
    def run(t):
        t.manual_seed(0)
        return trained(t, RECIPES[name](t))

    close(*both(run), 2e-4 if "orthogonal" in name else 1e-5)


@pytest.mark.parametrize("conv", ["Conv2d(2, 4, 3)", "ConvTranspose2d(2, 4, 3)", "Conv1d(2, 4, 3)"])
@pytest.mark.parametrize("kind", ["weight_norm", "spectral_norm"])
@pytest.mark.parametrize("old", [False, True])
def test_convolutions(conv, kind, old):
    def run(t):
        t.manual_seed(0)
        layer = eval("t.nn." + conv, {"t": t})
        made = getattr(t.nn.utils if old else t.nn.utils.parametrizations, kind)(layer)
        return trained(t, made, (2, 2, 5, 5) if "2d" in conv else (2, 2, 6))

    close(*both(run), 1e-4)


def symmetric(t):
    class Symmetric(t.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).transpose(-1, -2)

        def right_inverse(self, x):
            return x.triu()

    class Twice(t.nn.Module):
        def forward(self, x):
            return 2 * x

        def right_inverse(self, x):
            return x / 2

    return Symmetric(), Twice()


def test_own_parametrizations():
    def run(t):
        P = t.nn.utils.parametrize
        t.manual_seed(0)
        layer, (first, second) = t.nn.Linear(3, 3), symmetric(t)
        P.register_parametrization(layer, "weight", first)
        found = [repr(layer), P.is_parametrized(layer), P.is_parametrized(layer, "bias"), layer.weight.detach().numpy()]
        P.register_parametrization(layer, "weight", second)
        found += [repr(layer), type(layer).__name__, layer.weight.detach().numpy(), list(layer.state_dict())]
        layer.weight = t.eye(3) * 4
        found += [layer.parametrizations.weight.original.detach().numpy(), layer.weight.detach().numpy()]
        twin = copy.deepcopy(layer)
        twin.weight = t.eye(3)
        found += [layer.weight.detach().numpy(), twin.weight.detach().numpy(), type(twin).__name__]
        with P.cached():
            found.append(layer.weight is layer.weight)
        found += [layer.weight is layer.weight, P.type_before_parametrizations(layer).__name__]
        other = P.transfer_parametrizations_and_params(layer, t.nn.Linear(3, 3))
        found += [other.weight.detach().numpy(), list(other.state_dict())]
        P.remove_parametrizations(layer, "weight")
        found += [repr(layer), type(layer).__name__, layer.weight.detach().numpy(), list(layer.state_dict())]
        return found

    close(*both(run))


def test_a_copy_keeps_its_parametrization_when_the_original_loses_it():
    """In PyTorch they share a class, so the copy is broken."""
    P = mt.nn.utils.parametrize
    layer = P.register_parametrization(mt.nn.Linear(3, 3), "weight", symmetric(mt)[0])
    twin = copy.deepcopy(layer)
    P.remove_parametrizations(layer, "weight")
    assert mt.equal(twin.weight, twin.weight.T) and mt.equal(twin.weight, layer.weight)
    P.remove_parametrizations(twin, "weight", leave_parametrized=False)
    assert mt.equal(twin.weight, twin.weight.triu()) and isinstance(twin.weight, mt.nn.Parameter)


def test_removing_norms():
    def run(t):
        t.manual_seed(0)
        layer = t.nn.utils.remove_weight_norm(t.nn.utils.weight_norm(t.nn.Linear(3, 2)))
        other = t.nn.utils.remove_spectral_norm(t.nn.utils.spectral_norm(t.nn.Linear(3, 2)))
        third = t.nn.utils.parametrizations.weight_norm(t.nn.Linear(3, 2))
        t.nn.utils.parametrize.remove_parametrizations(third, "weight")
        return [x for m in (layer, other, third) for x in (list(m.state_dict()), m.weight.detach().numpy(), repr(m))]

    close(*both(run))


def test_old_states_load_into_new_weight_norm():
    for t in (mt, torch):
        layer = t.nn.utils.parametrizations.weight_norm(t.nn.Linear(3, 2))
        layer.load_state_dict({"bias": t.zeros(2), "weight_g": t.ones(2, 1), "weight_v": t.eye(2, 3)})
        assert layer.weight.tolist() == t.eye(2, 3).tolist()


MISTAKES = [
    lambda t: t.nn.utils.parametrize.register_parametrization(t.nn.Linear(2, 3), "weights", t.nn.ReLU()),
    lambda t: t.nn.utils.parametrize.register_parametrization(t.nn.Linear(2, 3), "weight", t.nn.Flatten(0)),
    lambda t: t.nn.utils.parametrize.register_parametrization(t.nn.Linear(2, 4), "weight", t.nn.MaxPool1d(2)),
    lambda t: t.nn.utils.parametrize.remove_parametrizations(t.nn.Linear(2, 3), "weight"),
    lambda t: t.nn.utils.parametrize.remove_parametrizations(
        t.nn.utils.parametrizations.weight_norm(t.nn.Linear(2, 3)), "weight", leave_parametrized=False
    ),
    lambda t: t.nn.utils.parametrizations.orthogonal(t.nn.Linear(2, 3), "bias"),
    lambda t: t.nn.utils.parametrizations.orthogonal(t.nn.Linear(2, 3), orthogonal_map="any"),
    lambda t: t.nn.utils.parametrizations.spectral_norm(t.nn.Linear(2, 3), "weights"),
    lambda t: t.nn.utils.parametrizations.spectral_norm(t.nn.Linear(2, 3), n_power_iterations=0),
    lambda t: t.nn.utils.parametrizations.spectral_norm(t.nn.Linear(2, 3), dim=3),
    lambda t: t.nn.utils.remove_weight_norm(t.nn.Linear(2, 3)),
    lambda t: t.nn.utils.remove_spectral_norm(t.nn.Linear(2, 3)),
    lambda t: t.nn.utils.weight_norm(t.nn.utils.weight_norm(t.nn.Linear(2, 3))),
    lambda t: t.nn.utils.spectral_norm(t.nn.Linear(2, 3), n_power_iterations=0),
]


@pytest.mark.parametrize("f", MISTAKES)
@pytest.mark.filterwarnings("ignore")
def test_mistakes(f):
    with pytest.raises(Exception) as theirs:
        f(torch)
    with pytest.raises(type(theirs.value)):
        f(mt)


def test_layers_whose_weight_is_a_plain_attribute():
    """As course code for meta-learning does it."""
    for t in (mt, torch):
        layer = t.nn.Linear(2, 2, bias=False)
        del layer._parameters["weight"]
        layer.weight = t.eye(2) * 3
        assert layer(t.ones(1, 2)).tolist() == [[3, 3]]


@pytest.mark.parametrize("norm_type", [1.0, 2.0, float("inf")])
def test_clipping(norm_type):
    def run(t):
        ps = [t.zeros(3, requires_grad=True), t.zeros(2, 2, requires_grad=True), t.zeros(1, requires_grad=True)]
        for k, p in enumerate(ps[:2]):
            p.grad = t.arange(float(p.numel())).reshape(p.shape) + k
        utils = t.nn.utils if t is mt else torch_clip
        total = (utils.get_total_norm if t is mt else utils._get_total_norm)([p.grad for p in ps[:2]], norm_type)
        (utils.clip_grads_with_norm_ if t is mt else utils._clip_grads_with_norm_)(ps, 2.0, total)
        found = [total.numpy(), *(p.grad.numpy().copy() for p in ps[:2])]
        t.nn.utils.clip_grad_value_(ps, 0.3)
        return [*found, *(p.grad.numpy() for p in ps[:2])]

    close(*both(run))


def test_skip_init_draws_nothing():
    for t in (mt, torch):
        t.manual_seed(3)
        before = t.get_rng_state().numpy().tobytes()
        layer = t.nn.utils.skip_init(t.nn.Linear, 3, 2, bias=False)
        assert repr(layer) == "Linear(in_features=3, out_features=2, bias=False)"
        assert t.get_rng_state().numpy().tobytes() == before
