"""Printed tensors equal PyTorch's, character for character."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

DTYPES = [
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "bool",
    "complex64",
    "complex128",
]
SHAPES = [(), (1,), (5,), (0,), (2, 0), (3, 4), (2, 3, 4), (1, 1), (30,), (1001,), (40, 40), (2, 2, 2, 300), (7, 200), (3, 1)]


def both(array, kind):
    """The same tensor in both frameworks."""
    if kind == "bfloat16":
        theirs = torch.from_numpy(array.astype(np.float32)).to(torch.bfloat16)
        ours = mt.from_numpy(array.astype(np.float32)).to(mt.bfloat16)
        return ours, theirs
    array = np.asarray(array).astype(kind)
    return mt.from_numpy(array), torch.from_numpy(array.copy())


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("scale", [0.0, 1e-6, 1e-3, 1.0, 37.0, 1e5, 1e9])
def test_repr(kind, scale):
    rng = np.random.default_rng(int(scale * 10) % 1000)
    with np.errstate(all="ignore"):
        for shape in SHAPES:
            x = rng.standard_normal(shape) * scale
            if "complex" in kind:
                x = x + 1j * rng.standard_normal(shape) * scale
            elif "float" not in kind:
                x = np.clip(np.round(np.abs(x) if kind.startswith("u") else x), -100, 100)
            ours, theirs = both(np.asarray(x), kind)
            assert repr(ours) == repr(theirs), (shape, scale)


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_repr_of_mixed_sizes(kind):
    rng = np.random.default_rng(0)
    for case in range(300):
        shape = SHAPES[case % len(SHAPES)]
        x = np.asarray(rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 7, shape))
        if case % 3 == 0:
            x = np.round(x)
        if case % 5 == 0 and x.size:
            x.reshape(-1)[:: max(1, x.size // 3)] = rng.choice([np.nan, np.inf, -np.inf, 0.0])
        ours, theirs = both(x, kind)
        assert repr(ours) == repr(theirs)


def graphs(torch):
    x = torch.arange(6, dtype=torch.float32).reshape(2, 3).requires_grad_()
    c = x.clone()
    v = c[0]
    v.mul_(2)
    F = torch.nn.functional
    y = torch.zeros(2, dtype=torch.int64)
    yield from (
        x,
        x * 2,
        x.sum(),
        x.sum(0),
        x.mean(),
        x.mean(1),
        x.max(),
        x.max(0)[0],
        x.min(),
        x[0],
        x[:, 1:],
        x[None],
        x[[0, 1]],
        x.T,
        x.t(),
        x.view(-1),
        x.reshape(3, 2),
        x**2,
        x**x,
        2**x,
        -x,
        1 / x,
        1 - x,
        x - 1,
        x / 2,
        x.exp(),
        x.relu(),
        x @ x.T,
        x @ x[0],
        x[0] @ x[0],
        x.softmax(1),
        x.log_softmax(1),
        torch.cat([x, x]),
        torch.stack([x, x]),
        x.unbind()[1],
        x.split(1)[0],
        x.split([2, 1], 1)[0],
        x.chunk(2)[0],
        torch.where(x > 0, x, 0.0),
        x.clamp(0, 1),
        x.abs(),
        x.sqrt(),
        x.std(),
        x.var(0),
        x.norm(),
        x.prod(),
        x.cumsum(0),
        F.mse_loss(x, x.detach()),
        F.cross_entropy(x, y),
        F.linear(x, x),
        F.linear(x, x, x[:, 0]),
        F.linear(x[0], x),
        F.leaky_relu(x),
        F.gelu(x / 2),
        F.elu(x),
        c,
        v,
        x.double(),
        x.squeeze(),
        x.unsqueeze(0),
        x.expand(2, 2, 3),
        x.permute(1, 0),
        x.transpose(0, 1),
        x.flatten(),
        x.sigmoid(),
        x.tanh(),
        x.detach(),
        x.sort()[0],
        x.topk(1)[0],
        x.gather(1, y[:, None]),
        x.masked_fill(x > 2, 0.0),
        x.tril(),
        x.repeat(2, 2),
        x.flip(0),
        x.roll(1),
        x // 2,
        x % 2,
        x.contiguous(),
        x.T.contiguous(),
        x.diagonal(),
        x.trace(),
        F.nll_loss(x, y),
        F.binary_cross_entropy(x.sigmoid(), x.detach().sigmoid()),
        x.logsumexp(0),
        x.median(),
        F.binary_cross_entropy_with_logits(x, x.detach()),
        F.smooth_l1_loss(x, x.detach()),
        F.huber_loss(x, x.detach()),
        torch.addmm(x[:, 0], x, x.T),
        torch.lerp(x, x, 0.5),
        torch.addcmul(x, x, x),
        torch.maximum(x, x),
        x.amax(0),
        F.embedding(y, x),
        x.index_select(0, y),
        x.narrow(0, 0, 1),
        x.rsqrt(),
        x.log(),
        x.to(torch.float64).sum(),
        (x + 1).fill_(3.0),
        x.clone().zero_(),
        x.round(),
        x.sign(),
        x.floor(),
        torch.atan2(x, x),
        x.reciprocal(),
    )


def test_grad_fn_names():
    for k, (ours, theirs) in enumerate(zip(graphs(mt), graphs(torch), strict=True)):
        assert repr(ours) == repr(theirs), k


def test_long_suffixes_wrap():
    for n in range(6, 18):
        ours, theirs = (t.arange(n, dtype=t.float64).requires_grad_() * 1.5 for t in (mt, torch))
        assert repr(ours) == repr(theirs)


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2},
        {"threshold": 5},
        {"edgeitems": 1, "threshold": 5},
        {"linewidth": 40},
        {"sci_mode": True},
        {"sci_mode": False},
        {"profile": "short"},
        {"profile": "full"},
    ],
)
def test_print_options(options):
    rng = np.random.default_rng(0)
    try:
        mt.set_printoptions(**options)
        torch.set_printoptions(**options)
        for shape in SHAPES[:11]:
            x = np.asarray(rng.standard_normal(shape) * 1000)
            ours, theirs = both(x, "float32")
            assert repr(ours) == repr(theirs)
    finally:
        mt.set_printoptions(profile="default")
        torch.set_printoptions(profile="default")


def test_default_dtype_decides_the_suffix():
    try:
        mt.set_default_dtype(mt.float64)
        torch.set_default_dtype(torch.float64)
        for t in ("float32", "float64", "complex64", "complex128"):
            assert repr(mt.ones(2, dtype=getattr(mt, t))) == repr(torch.ones(2, dtype=getattr(torch, t)))
    finally:
        mt.set_default_dtype(mt.float32)
        torch.set_default_dtype(torch.float32)


def test_modules_and_parameters():
    def build(torch):
        nn = torch.nn
        yield nn.Parameter(torch.arange(3.0))
        yield nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Sequential(nn.Tanh(), nn.Dropout(0.2)), nn.Softmax(dim=1))
        yield nn.ModuleList([nn.Linear(2, 2) for _ in range(3)] + [nn.ReLU(inplace=True)])
        yield nn.ModuleDict({"a": nn.LeakyReLU(0.2), "b": nn.ModuleList()})
        for m in (
            nn.ELU(),
            nn.SELU(),
            nn.GELU(),
            nn.SiLU(),
            nn.Softplus(),
            nn.Hardtanh(),
            nn.ReLU6(),
            nn.Threshold(0.1, 2),
            nn.GLU(),
            nn.Flatten(),
            nn.Unflatten(1, (2, 2)),
            nn.Identity(),
            nn.MSELoss(),
            nn.CrossEntropyLoss(),
            nn.BCELoss(),
            nn.LogSoftmax(dim=-1),
            nn.Sigmoid(),
            nn.NLLLoss(),
            nn.Linear(3, 4, bias=False),
        ):
            yield m

    for ours, theirs in zip(build(mt), build(torch), strict=True):
        assert repr(ours) == repr(theirs)


def test_return_types_and_sizes():
    for make in (
        lambda t: t.arange(4.0).max(0),
        lambda t: t.arange(4.0).sort(),
        lambda t: t.arange(4.0).topk(2),
        lambda t: t.zeros(2, 3).shape,
        lambda t: t.float32,
        lambda t: t.device("cpu"),
        lambda t: t.iinfo(t.int8),
        lambda t: t.finfo(t.float32),
        lambda t: t.zeros(2, 3).shape[1:],
        lambda t: t.strided,
        lambda t: t.nn.Linear(1, 1).load_state_dict(t.nn.Linear(1, 1).state_dict()),
    ):
        assert repr(make(mt)) == repr(make(torch))


def test_optimizer():
    for name in ("SGD", "Adam", "AdamW"):
        ours, theirs = (getattr(t.optim, name)([t.zeros(1, requires_grad=True)], lr=0.1) for t in (mt, torch))
        assert repr(ours) == repr(theirs)


def test_format_of_a_number():
    for t in (mt, torch):
        x = t.tensor(2.5, requires_grad=True)
        assert f"{x}" == f"{torch.tensor(2.5, requires_grad=True)}"
        assert f"{x:.2f}" == "2.50"
        with pytest.raises(TypeError):
            f"{t.tensor([2.5]):.2f}"
        assert "%.1f" % t.tensor([2.5]) == "2.5" if t is mt else True


@pytest.mark.parametrize("t", [mt, torch], ids=["mini", "torch"])
def test_an_unknown_profile_changes_nothing(t):
    before = repr(t.tensor([1.23456789]))
    t.set_printoptions(profile="nosuch")
    assert repr(t.tensor([1.23456789])) == before
