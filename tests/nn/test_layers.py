"""Layers: values, gradients and running statistics against PyTorch, from one seed."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

LAYERS = [
    ("Conv2d(3, 4, 3)", (2, 3, 6, 7)), ("Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2)", (2, 4, 7, 7)), ("Conv2d(3, 4, 3, dilation=2)", (3, 8, 8)),
    ("Conv2d(3, 2, 3, padding='same', bias=False)", (1, 3, 5, 5)), ("Conv1d(3, 4, 3, padding=1)", (2, 3, 9)), ("Conv3d(2, 3, 2)", (1, 2, 4, 4, 4)),
    ("MaxPool2d(2)", (2, 3, 6, 7)), ("MaxPool2d(3, stride=2, padding=1)", (2, 3, 7, 7)), ("MaxPool2d(3, 2, ceil_mode=True)", (1, 1, 6, 6)), ("MaxPool2d(2, dilation=2)", (3, 6, 6)),
    ("BatchNorm2d(3)", (4, 3, 5, 5)), ("BatchNorm1d(3)", (6, 3)), ("BatchNorm1d(3, momentum=None)", (4, 3, 5)), ("BatchNorm2d(3, affine=False)", (4, 3, 2, 2)),
    ("BatchNorm1d(3, track_running_stats=False)", (6, 3)), ("Linear(4, 3)", (2, 5, 4)), ("Flatten()", (2, 3, 4)), ("Dropout(0.4)", (5, 6)),
]  # fmt: skip


@pytest.mark.parametrize("layer, shape", LAYERS, ids=[a for a, _ in LAYERS])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("training", [True, False])
def test_layers(layer, shape, dtype, training):
    rng = np.random.default_rng(0)
    x, cotangent = rng.standard_normal(shape), None
    outcomes = []
    for t in (mt, torch):
        t.manual_seed(1)
        module = eval(f"t.nn.{layer}", {"t": t}).to(getattr(t, dtype)).train(training)
        leaf = t.from_numpy(x.astype(dtype)).requires_grad_()
        for _ in range(2):
            y = module(leaf)
        cotangent = rng.standard_normal(tuple(y.shape)).astype(dtype) if cotangent is None else cotangent
        y.backward(t.from_numpy(cotangent))
        found = {
            "output": y.detach(),
            "input": leaf.grad,
            **{f"grad {k}": p.grad for k, p in module.named_parameters()},
            **module.state_dict(),
        }
        outcomes.append(({k: v.numpy() for k, v in found.items()}, repr(module), y.is_contiguous()))
    (ours, a, c), (theirs, b, d) = outcomes
    assert a == b and c == d and list(ours) == list(theirs)
    for key in ours:
        assert ours[key].dtype == theirs[key].dtype
        np.testing.assert_allclose(
            ours[key], theirs[key], rtol=1e-4 if dtype == "float32" else 1e-11, atol=1e-5 if dtype == "float32" else 1e-12
        )


def test_a_small_convolutional_network_trains_along_pytorchs_trajectory():
    curves = []
    for t in (mt, torch):
        nn = t.nn
        t.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(64, 3),
        )
        data = t.utils.data.TensorDataset(t.randn(30, 1, 8, 8), t.randint(0, 3, (30,)))
        optimizer, losses = t.optim.SGD(model.parameters(), lr=0.05, momentum=0.9), []
        for _ in range(4):
            for x, y in t.utils.data.DataLoader(data, batch_size=10, shuffle=True):
                loss = nn.functional.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
        curves.append((losses, t.get_rng_state().numpy().tobytes()))
    np.testing.assert_allclose(curves[0][0], curves[1][0], rtol=1e-3, atol=1e-4)
    assert curves[0][1] == curves[1][1]


@pytest.mark.parametrize(
    "f, kind",
    [
        (lambda t: t.nn.Conv2d(3, 4, 3)(t.zeros(1, 2, 5, 5)), RuntimeError),
        (lambda t: t.nn.Conv2d(3, 4, 3)(t.zeros(1, 3, 2, 2)), RuntimeError),
        (lambda t: t.nn.Conv2d(3, 4, 3, groups=2), ValueError),
        (lambda t: t.nn.Conv2d(3, 4, 3)(t.zeros(5)), RuntimeError),
        (lambda t: t.nn.MaxPool2d(2, padding=2)(t.zeros(1, 1, 4, 4)), RuntimeError),
        (lambda t: t.nn.BatchNorm1d(3)(t.zeros(1, 3)), ValueError),
        (lambda t: t.nn.BatchNorm2d(3)(t.zeros(2, 3)), ValueError),
        (lambda t: t.nn.Embedding(3, 2)(t.tensor([3])), IndexError),
        (lambda t: t.nn.Linear(3, 2)(t.zeros(2, 4)), RuntimeError),
        (lambda t: t.nn.Linear(3, 2)(t.zeros(2, 3).double()), RuntimeError),
        (lambda t: t.nn.CrossEntropyLoss()(t.zeros(2, 3), t.tensor([0, 3])), IndexError),
        (lambda t: t.nn.CrossEntropyLoss()(t.zeros(2, 3), t.tensor([0])), ValueError),
        (lambda t: t.nn.CrossEntropyLoss(reduction="some")(t.zeros(2, 3), t.tensor([0, 1])), ValueError),
        (lambda t: t.nn.BCELoss()(t.tensor([2.0]), t.tensor([1.0])), RuntimeError),
        (lambda t: t.nn.BCELoss()(t.tensor([0.5]), t.tensor([1.0, 1.0])), ValueError),
        (lambda t: t.nn.BCEWithLogitsLoss()(t.tensor([0.5]), t.tensor([1.0, 1.0])), ValueError),
        (lambda t: t.nn.Dropout(1.5), ValueError),
    ],
)
def test_mistakes(f, kind):
    for t in (mt, torch):
        with pytest.raises(kind):
            f(t)


def test_broadcasting_in_mse_warns():
    for t in (mt, torch):
        with pytest.warns(UserWarning):
            t.nn.MSELoss()(t.zeros(3, 1), t.zeros(3))


WEIGHTED = [
    ("NLLLoss", {"weight": [0.2, 0.5, 1.0]}), ("NLLLoss", {"ignore_index": 1}), ("NLLLoss", {"reduction": "sum", "weight": [0.2, 0.5, 1.0], "ignore_index": 2}),
    ("CrossEntropyLoss", {"weight": [0.2, 0.5, 1.0]}), ("CrossEntropyLoss", {"ignore_index": 1}), ("CrossEntropyLoss", {"label_smoothing": 0.2, "weight": [0.2, 0.5, 1.0], "ignore_index": 0}),
    ("CrossEntropyLoss", {"reduction": "none", "ignore_index": -100}), ("CrossEntropyLoss", {"label_smoothing": 0.1, "reduction": "sum"}),
]  # fmt: skip


@pytest.mark.parametrize("loss, options", WEIGHTED)
@pytest.mark.parametrize("extra", [(), (4,)])
def test_class_losses_with_options(loss, options, extra):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 3, *extra)), rng.integers(0, 3, (6, *extra))
    if options.get("ignore_index") == -100:
        y[0] = -100
    results = []
    for t in (mt, torch):
        chosen = {k: t.tensor(v, dtype=t.float64) if k == "weight" else v for k, v in options.items()}
        leaf = t.from_numpy(x.copy()).requires_grad_()
        value = getattr(t.nn, loss)(**chosen)(leaf, t.from_numpy(y))
        value.sum().backward()
        results.append((value.detach().numpy(), leaf.grad.numpy()))
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


def test_convolution_with_time_first():
    found = []
    for t in (mt, torch):
        rng = np.random.default_rng(0)
        x, w, b = (t.from_numpy(rng.standard_normal(s)).requires_grad_() for s in ((5, 2, 3), (2, 3, 4), (4,)))
        out = t.nn.functional.conv_tbc(x, w, b, 1)
        (out**2).sum().backward()
        found.append([out.detach().numpy(), x.grad.numpy(), w.grad.numpy(), b.grad.numpy()])
        with pytest.raises(RuntimeError):
            t.nn.functional.conv_tbc(x, w[0], b)
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("options", [(2, 1, 1), (3, 2, 1), (2, 2, 0)])
def test_max_pooling_among_nan_and_infinities(options):
    """The last NaN of a window wins; minus infinity wins against the padding."""
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((1, 2, 5, 6))
        x[rng.random(x.shape) < 0.2] = np.nan
        x[rng.random(x.shape) < 0.3] = -np.inf
        found = []
        for t in (mt, torch):
            F, leaf = t.nn.functional, t.from_numpy(x.copy()).requires_grad_()
            values, places = F.max_pool2d(leaf, *options, return_indices=True)
            values.sum().backward()
            others = [F.adaptive_max_pool2d(leaf, 2, True)[1], F.max_pool1d(leaf[0], *options, return_indices=True)[1]]
            others.append(F.max_pool3d(leaf, *options, return_indices=True)[1])
            found.append([places.numpy(), leaf.grad.numpy(), *(o.numpy() for o in others)])
        for a, b in zip(*found, strict=True):
            np.testing.assert_array_equal(a, b)


def test_the_node_of_a_linear_layer_has_its_name_after_backward_too():
    for t in (mt, torch):
        y = t.nn.Linear(3, 2)(t.ones(1, 3))
        y.sum().backward()
        assert y.grad_fn.name() == "AddmmBackward0"
