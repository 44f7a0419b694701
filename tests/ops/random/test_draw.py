"""Random functions are PyTorch's: the same bytes, dtypes and layouts, and the same generator state afterwards."""

import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt

SIZES = [0, 1, 2, 15, 16, 17, 31, 1000]
SEEDS = [0, 1, 42, 2**63 - 1, -5]
FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTEGERS = ["int64", "int32", "int16", "int8", "uint8"]
DIRECT = FLOATS[:2]


def bits(x):
    """The bytes of a result of either framework, with its dtype, shape and strides."""
    if isinstance(x, (list, tuple)):
        return [bits(y) for y in x]
    x = x.detach()
    kind = str(x.dtype).rpartition(".")[2]
    size = x.numel() * x.element_size()
    plain = x.contiguous() if kind != "bfloat16" else x.contiguous().float()
    return kind, tuple(x.shape), x.stride() if size else None, x.requires_grad, plain.numpy().tobytes()


def same(function, seeds=SEEDS, words_before=(0, 3)):
    """Both frameworks give the same bytes and end in the same state; the stream may have been used before."""
    for seed in seeds:
        for before in words_before:
            results = []
            for t in (mt, torch):
                t.manual_seed(seed)
                t.rand(before)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    results.append((bits(function(t)), t.get_rng_state().numpy().tobytes()))
            assert results[0][0] == results[1][0]
            assert results[0][1] == results[1][1], "state of the generator"


def over_sizes(make):
    return lambda t: [make(t, n) for n in SIZES]


# ---------------------------------------------------------------------- continuous
CONTINUOUS = {
    "rand": lambda t, n, d: t.rand(n, dtype=d), "randn": lambda t, n, d: t.randn(n, dtype=d),
    "uniform_": lambda t, n, d: t.empty(n, dtype=d).uniform_(), "uniform_symmetric": lambda t, n, d: t.empty(n, dtype=d).uniform_(-0.3, 0.3),
    "uniform_bounds": lambda t, n, d: t.empty(n, dtype=d).uniform_(-0.3, 0.7), "uniform_from_0": lambda t, n, d: t.empty(n, dtype=d).uniform_(0, 7),
    "uniform_tiny": lambda t, n, d: t.empty(n, dtype=d).uniform_(1.0, 1.0 + 2**-20), "uniform_wide": lambda t, n, d: t.empty(n, dtype=d).uniform_(-1.0, 2.0),
    "uniform_narrow": lambda t, n, d: t.empty(n, dtype=d).uniform_(1.0, 1.001), "uniform_point": lambda t, n, d: t.empty(n, dtype=d).uniform_(2.0, 2.0),
    "normal_": lambda t, n, d: t.empty(n, dtype=d).normal_(), "normal_moved": lambda t, n, d: t.empty(n, dtype=d).normal_(1.5, 0.3),
    "normal_scaled": lambda t, n, d: t.empty(n, dtype=d).normal_(0, 2.5), "normal_size": lambda t, n, d: t.normal(2.0, 3.0, (n,), dtype=d),
    "exponential_": lambda t, n, d: t.empty(n, dtype=d).exponential_(), "exponential_rate": lambda t, n, d: t.empty(n, dtype=d).exponential_(7.7),
    "cauchy_": lambda t, n, d: t.empty(n, dtype=d).cauchy_(), "cauchy_moved": lambda t, n, d: t.empty(n, dtype=d).cauchy_(0.1, 1.3),
    "log_normal_": lambda t, n, d: t.empty(n, dtype=d).log_normal_(), "log_normal_0": lambda t, n, d: t.empty(n, dtype=d).log_normal_(0, 0.5),
    "geometric_": lambda t, n, d: t.empty(n, dtype=d).geometric_(0.3), "random_": lambda t, n, d: t.empty(n, dtype=d).random_(),
    "random_to": lambda t, n, d: t.empty(n, dtype=d).random_(100), "random_between": lambda t, n, d: t.empty(n, dtype=d).random_(-5, 100),
    "bernoulli_": lambda t, n, d: t.empty(n, dtype=d).bernoulli_(0.3), "bernoulli_half": lambda t, n, d: t.empty(n, dtype=d).bernoulli_(),
    "bernoulli_tensor": lambda t, n, d: t.empty(n, dtype=d).bernoulli_(t.full((n,), 0.4, dtype=t.float64)),
    "bernoulli": lambda t, n, d: t.bernoulli(t.full((n,), 0.4, dtype=d)), "bernoulli_p": lambda t, n, d: t.bernoulli(t.ones(n, dtype=d), 0.4),
    "randint": lambda t, n, d: t.randint(-5, 11, (n,), dtype=d), "rand_like": lambda t, n, d: t.rand_like(t.ones(n, dtype=d)),
    "randn_like": lambda t, n, d: t.randn_like(t.ones(n, dtype=d)), "randint_like": lambda t, n, d: t.randint_like(t.ones(n, dtype=d), 9),
    "dropout": lambda t, n, d: t.nn.functional.dropout(t.ones(n, dtype=d), 0.3), "randperm": lambda t, n, d: t.randperm(n, dtype=d),
}  # fmt: skip


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", CONTINUOUS)
def test_floating_types(name, dtype):
    same(over_sizes(lambda t, n: CONTINUOUS[name](t, n, getattr(t, dtype))))


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("name", CONTINUOUS)
def test_a_large_request(name, dtype):
    n = 100003 if name != "randperm" else 20011
    same(lambda t: CONTINUOUS[name](t, n, getattr(t, dtype)), seeds=[3], words_before=(1,))


LAYOUTS = {
    "transposed": lambda t, d: t.empty(7, 5, dtype=d).t(), "permuted": lambda t, d: t.empty(2, 3, 4, dtype=d).permute(2, 0, 1),
    "step": lambda t, d: t.empty(40, dtype=d)[::2], "column": lambda t, d: t.empty(9, 4, dtype=d)[:, 1], "inner": lambda t, d: t.empty(6, 8, dtype=d)[1:5, 2:7],
    "scalar": lambda t, d: t.empty((), dtype=d), "channels_last": lambda t, d: t.empty(2, 4, 4, 3, dtype=d).permute(0, 3, 1, 2),
}  # fmt: skip
FILLS = {
    "uniform_": lambda x: x.uniform_(-1, 1), "normal_": lambda x: x.normal_(1, 2), "exponential_": lambda x: x.exponential_(),
    "random_": lambda x: x.random_(0, 9), "bernoulli_": lambda x: x.bernoulli_(0.4), "log_normal_": lambda x: x.log_normal_(), "cauchy_": lambda x: x.cauchy_(),
    "geometric_": lambda x: x.geometric_(0.2),
}  # fmt: skip


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("fill", FILLS)
def test_strided_targets(fill, layout, dtype):
    same(lambda t: FILLS[fill](LAYOUTS[layout](t, getattr(t, dtype))), seeds=[0, 9])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("function", ["rand_like", "randn_like", "dropout", "bernoulli_p"])
def test_strided_sources(function, layout):
    makers = {
        "rand_like": lambda t, x: t.rand_like(x), "randn_like": lambda t, x: t.randn_like(x),
        "dropout": lambda t, x: t.nn.functional.dropout(x.fill_(2), 0.3), "bernoulli_p": lambda t, x: t.bernoulli(x.fill_(2), 0.3),
    }  # fmt: skip
    same(lambda t: makers[function](t, LAYOUTS[layout](t, t.float32)), seeds=[0, 9])


# ---------------------------------------------------------------------- integers
RANGES = [(0, 10), (0, 2), (0, 1), (-5, 100), (3, 100003), (0, 2**16), (0, 2**28 - 1), (0, 2**28), (0, 2**28 + 1), (-(2**31), 2**31),
          (0, 2**32), (-7, 2**40), (-(2**63), 2**63 - 1), (0, 2**63 - 1), (-(2**62), 2**62)]  # fmt: skip


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("low, high", RANGES)
def test_integers(low, high, dtype):
    info = np.iinfo(dtype)
    if low < info.min or high - 1 > info.max:
        for t in (mt, torch):
            with pytest.raises(RuntimeError):
                t.randint(low, high, (3,), dtype=getattr(t, dtype))
    else:
        same(over_sizes(lambda t, n: t.randint(low, high, (n,), dtype=getattr(t, dtype))), seeds=[0, 7])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("low, high", [(0, 10), (-5, 100), (0, 2049), (0, 2**20), (-(2**24), 2**24), (0, 2**30), (0, 2**52)])
def test_integers_as_floats(low, high, dtype):
    if dtype == "float16" and high > 2049:  # beyond its range
        for t in (mt, torch):
            with pytest.raises(RuntimeError):
                t.randint(low, high, (3,), dtype=t.float16)
    else:
        same(over_sizes(lambda t, n: t.randint(low, high, (n,), dtype=getattr(t, dtype))), seeds=[0, 7])


@pytest.mark.parametrize("dtype", [*INTEGERS, "bool"])
@pytest.mark.parametrize("fill", ["random_", "bernoulli_", "geometric_", "random_to"])
def test_integer_targets(fill, dtype):
    if dtype == "bool" and fill in ("geometric_", "random_to"):
        return
    fills = {
        "random_": lambda x: x.random_(), "bernoulli_": lambda x: x.bernoulli_(0.3), "geometric_": lambda x: x.geometric_(0.9),
        "random_to": lambda x: x.random_(100),
    }  # fmt: skip
    same(over_sizes(lambda t, n: fills[fill](t.empty(n, dtype=getattr(t, dtype)))), seeds=[0, 7])


@pytest.mark.parametrize("n", [*range(12), 100, 1023, 1024, 1025, 5000, 60000])
def test_permutations(n):
    same(lambda t: t.randperm(n), seeds=[0, 7])


# ---------------------------------------------------------------------- discrete, by weight
WEIGHTS = {
    "ten": np.random.default_rng(0).random(10), "thousand": np.random.default_rng(1).random(1000),
    "rows": np.random.default_rng(2).random((7, 33)), "many": np.random.default_rng(3).random((200, 50)),
}  # fmt: skip


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("n, replacement", [(1, True), (1, False), (5, True), (5, False), (10, False), (500, True)])
def test_multinomial(weights, n, replacement, dtype):
    w = WEIGHTS[weights].astype(dtype)
    same(lambda t: t.multinomial(t.from_numpy(w), n, replacement))


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("rate", [0.0, 0.5, 3.0, 9.9, 10.0, 50.0, 1e4, None])
def test_poisson(rate, dtype):
    rates = np.full(700, rate) if rate is not None else np.random.default_rng(0).random(1000) * 40
    same(lambda t: [t.poisson(t.from_numpy(rates.astype(dtype))), t.rand(2)], seeds=[0, 7])


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("shape", [0.1, 0.5, 1.0, 2.3, 100.0])
def test_gamma(shape, dtype):
    shapes = np.full(701, shape, dtype)
    same(lambda t: [t._standard_gamma(t.from_numpy(shapes)), t.empty(2).log_normal_()], seeds=[0, 7])


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("n", [0, 5, 16, 100, 1003])
def test_normal_of_tensors(n, dtype):
    rng = np.random.default_rng(n)
    m, s = rng.standard_normal(n).astype(dtype), rng.random(n).astype(dtype)
    same(lambda t: t.normal(t.from_numpy(m), t.from_numpy(s)))
    same(lambda t: t.normal(t.from_numpy(m), 0.37))
    same(lambda t: t.normal(0.37, t.from_numpy(s)))
    same(lambda t: t.normal(t.from_numpy(m)[:, None], t.from_numpy(s[:4]).reshape(-1)), seeds=[0])


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize(
    "name",
    [
        n
        for n in CONTINUOUS
        if n.startswith(("rand", "uniform", "normal"))
        and n not in ("randint", "randint_like", "randperm", "random_", "random_to", "random_between")
    ],
)
def test_complex_types(name, dtype):
    """Two draws for each number: the variance of normals is that of both parts together."""
    same(over_sizes(lambda t, n: CONTINUOUS[name](t, n, getattr(t, dtype))))


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_normals_of_tensors(dtype):
    rng = np.random.default_rng(1)
    for n in (5, 40):
        m, s = (
            (rng.standard_normal(n) + 1j * rng.standard_normal(n)).astype(dtype),
            np.abs(rng.standard_normal(n)).astype(dtype).real.copy(),
        )
        same(lambda t, m=m: t.normal(t.from_numpy(m), 0.37))
        same(lambda t, m=m, s=s: t.normal(t.from_numpy(m), t.from_numpy(s)))
    same(lambda t: t.empty(5, 20, dtype=getattr(t, dtype)).t().normal_())
    same(lambda t: t.empty(5, 20, dtype=getattr(t, dtype))[:, ::2].uniform_())


# ---------------------------------------------------------------------- dropout and its kin
def _x(t, *shape, dtype="float32"):
    return t.from_numpy(np.random.default_rng(0).standard_normal(shape).astype(dtype))


FAMILY = {
    "dropout": ((4, 9), lambda F, x, p: F.dropout(x, p)), "dropout1d": ((3, 4, 5), lambda F, x, p: F.dropout1d(x, p)),
    "dropout1d_unbatched": ((4, 5), lambda F, x, p: F.dropout1d(x, p)), "dropout2d": ((3, 4, 5, 2), lambda F, x, p: F.dropout2d(x, p)),
    "dropout2d_3d": ((3, 4, 5), lambda F, x, p: F.dropout2d(x, p)), "dropout3d": ((2, 3, 2, 2, 2), lambda F, x, p: F.dropout3d(x, p)),
    "dropout3d_unbatched": ((3, 2, 2, 2), lambda F, x, p: F.dropout3d(x, p)), "alpha_dropout": ((4, 9), lambda F, x, p: F.alpha_dropout(x, p, training=True)),
    "feature_alpha_dropout": ((4, 9, 2), lambda F, x, p: F.feature_alpha_dropout(x, p, training=True)),
    "alpha_dropout_eval": ((4, 9), lambda F, x, p: F.alpha_dropout(x, p)),
}  # fmt: skip


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("p", [0.0, 0.1, 1 / 3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("name", FAMILY)
def test_dropout_family(name, p, dtype):
    shape, call = FAMILY[name]
    same(lambda t: call(t.nn.functional, _x(t, *shape, dtype=dtype), p), seeds=[0, 7])

    def with_gradient(t):
        x = _x(t, *shape, dtype=dtype).requires_grad_()
        call(t.nn.functional, x * 1, p).sum().backward()
        return x.grad

    same(with_gradient, seeds=[0])


@pytest.mark.parametrize(
    "name", ["dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "rrelu"]
)
def test_in_place(name):
    shape = {"dropout1d": (3, 4, 5), "dropout2d": (3, 4, 5, 2), "dropout3d": (2, 3, 2, 2, 2)}.get(name, (3, 4, 5))

    def call(t):
        x = _x(t, *shape)
        result = getattr(t.nn.functional, name)(x, training=True, inplace=True)
        assert result is x or name == "rrelu"
        return x

    same(call, seeds=[0, 7])


@pytest.mark.parametrize("dtype", DIRECT)
@pytest.mark.parametrize("training", [True, False])
def test_rrelu(training, dtype):
    def call(t):
        x = _x(t, 4, 50, dtype=dtype).requires_grad_()
        y = t.nn.functional.rrelu(x, 0.1, 0.7, training)
        y.sum().backward()
        return [y, x.grad]

    same(call)


def test_gumbel_softmax():
    for hard in (False, True):
        results = []
        for t in (mt, torch):
            t.manual_seed(3)
            x = _x(t, 5, 7).requires_grad_()
            y = t.nn.functional.gumbel_softmax(x, 0.7, hard)
            (y * _x(t, 5, 7)).sum().backward()
            results.append((y.detach().numpy(), x.grad.numpy(), t.get_rng_state().numpy().tobytes(), y.grad_fn.name()))
        np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-4, atol=1e-6)
        assert results[0][2:] == results[1][2:]


# ---------------------------------------------------------------------- gradients, generators, errors
GRADIENTS = {
    "uniform_": lambda t, x: x.uniform_(), "normal_": lambda t, x: x.normal_(), "random_": lambda t, x: x.random_(),
    "random_to": lambda t, x: x.random_(5), "random_between": lambda t, x: x.random_(1, 5), "bernoulli_": lambda t, x: x.bernoulli_(),
    "bernoulli_tensor": lambda t, x: x.bernoulli_(t.rand(3)), "exponential_": lambda t, x: x.exponential_(), "cauchy_": lambda t, x: x.cauchy_(),
    "log_normal_": lambda t, x: x.log_normal_(), "geometric_": lambda t, x: x.geometric_(0.3), "bernoulli": lambda t, x: t.bernoulli(x),
    "poisson": lambda t, x: t.poisson(x), "normal_mean": lambda t, x: t.normal(x, 1.0), "normal_std": lambda t, x: t.normal(1.0, x),
    "normal_both": lambda t, x: t.normal(x, x), "dropout": lambda t, x: t.nn.functional.dropout(x, 0.5), "multinomial": lambda t, x: t.multinomial(x, 2),
    "rrelu": lambda t, x: t.nn.functional.rrelu(x, training=True), "rrelu_": lambda t, x: t.nn.functional.rrelu(x, training=True, inplace=True),
    "view": lambda t, x: x[:2].uniform_(),
}  # fmt: skip


@pytest.mark.parametrize("name", GRADIENTS)
def test_no_gradient_flows_to_what_is_drawn(name):
    results = []
    for t in (mt, torch):
        t.manual_seed(0)
        leaf = t.tensor([0.2, 0.5, 0.7], requires_grad=True)
        x = leaf * 1
        y = GRADIENTS[name](t, x)
        if y.requires_grad:
            (y.sum() + x.sum()).backward()
        results.append((y.requires_grad, y.grad_fn.name() if name != "view" and y.grad_fn is not None else None,
                        None if leaf.grad is None else leaf.grad.tolist()))  # fmt: skip
    assert results[0] == results[1]


def test_every_function_takes_a_generator():
    calls = [
        lambda t, g: t.rand(3, generator=g), lambda t, g: t.randn(3, generator=g), lambda t, g: t.randint(9, (3,), generator=g),
        lambda t, g: t.randperm(9, generator=g), lambda t, g: t.empty(3).uniform_(generator=g), lambda t, g: t.empty(3).normal_(generator=g),
        lambda t, g: t.empty(3).random_(generator=g), lambda t, g: t.empty(3).bernoulli_(0.5, generator=g), lambda t, g: t.empty(3).exponential_(generator=g),
        lambda t, g: t.empty(3).cauchy_(generator=g), lambda t, g: t.empty(3).log_normal_(generator=g), lambda t, g: t.empty(3).geometric_(0.5, generator=g),
        lambda t, g: t.bernoulli(t.full((3,), 0.5), generator=g), lambda t, g: t.multinomial(t.ones(5), 2, generator=g), lambda t, g: t.poisson(t.ones(3), generator=g),
        lambda t, g: t.normal(t.zeros(3), t.ones(3), generator=g), lambda t, g: t.normal(0.0, 1.0, (3,), generator=g),
        lambda t, g: t.nn.init.trunc_normal_(t.empty(3), generator=g), lambda t, g: t.nn.init.orthogonal_(t.empty(3, 3), generator=g).round(decimals=4),
        lambda t, g: t.nn.init.kaiming_normal_(t.empty(3, 3), generator=g),
    ]  # fmt: skip
    for call in calls:
        results = []
        for t in (mt, torch):
            t.manual_seed(1)
            before = t.get_rng_state().numpy().tobytes()
            g = t.Generator().manual_seed(5)
            results.append((bits(call(t, g)), g.get_state().numpy().tobytes()))
            assert t.get_rng_state().numpy().tobytes() == before
        assert results[0][1] == results[1][1]
        assert results[0][0] == results[1][0]


MISTAKES = {
    "empty interval": lambda t: t.randint(3, 3, (2,)), "uniform_ reversed": lambda t: t.empty(2).uniform_(1, 0), "negative std": lambda t: t.empty(2).normal_(0, -1),
    "probability": lambda t: t.empty(2).bernoulli_(1.5), "probabilities": lambda t: t.bernoulli(t.tensor([2.0])), "integer probabilities": lambda t: t.bernoulli(t.tensor([1])),
    "rate": lambda t: t.empty(2).exponential_(-1), "sigma": lambda t: t.empty(2).cauchy_(0, -1), "log std": lambda t: t.empty(2).log_normal_(0, -1),
    "geometric p": lambda t: t.empty(2).geometric_(1.0), "poisson rate": lambda t: t.poisson(t.tensor([-1.0])), "multinomial sum": lambda t: t.multinomial(t.zeros(3), 1),
    "multinomial negative": lambda t: t.multinomial(t.tensor([-1.0, 2.0]), 1), "multinomial count": lambda t: t.multinomial(t.ones(3), 4),
    "multinomial none": lambda t: t.multinomial(t.ones(3), 0), "multinomial dims": lambda t: t.multinomial(t.ones(2, 2, 2), 1), "multinomial type": lambda t: t.multinomial(t.tensor([1, 2]), 1),
    "rand of int": lambda t: t.rand(2, dtype=t.int64), "randn of int": lambda t: t.randn(2, dtype=t.int64), "uniform_ of int": lambda t: t.empty(2, dtype=t.int64).uniform_(),
    "normal_ of int": lambda t: t.empty(2, dtype=t.int64).normal_(), "exponential_ of int": lambda t: t.empty(2, dtype=t.int64).exponential_(),
    "negative size": lambda t: t.rand(-1), "permutation": lambda t: t.randperm(-1), "beyond uint8": lambda t: t.randint(0, 300, (2,), dtype=t.uint8),
    "random_ beyond": lambda t: t.empty(2, dtype=t.int8).random_(0, 300), "no size": lambda t: t.randint(3), "dropout p": lambda t: t.nn.functional.dropout(t.ones(2), 1.5),
    "dropout1d dims": lambda t: t.nn.functional.dropout1d(t.ones(2)), "leaf": lambda t: t.ones(2, requires_grad=True).uniform_(), "rrelu order": lambda t: t.nn.functional.rrelu(t.ones(2), 1.0, 0.0, True),
    "state size": lambda t: t.set_rng_state(t.zeros(10, dtype=t.uint8)), "state type": lambda t: t.set_rng_state(t.zeros(5056)), "state": lambda t: t.set_rng_state(t.zeros(5056, dtype=t.uint8)),
    "seed range": lambda t: t.manual_seed(2**64), "Dropout p": lambda t: t.nn.Dropout(-0.1), "sparse_ dims": lambda t: t.nn.init.sparse_(t.empty(3), 0.1),
    "dirac_ dims": lambda t: t.nn.init.dirac_(t.empty(3, 3)), "orthogonal_ dims": lambda t: t.nn.init.orthogonal_(t.empty(3)), "complex std": lambda t: t.normal(t.zeros(2, dtype=t.complex64), t.ones(2, dtype=t.complex64)),
    "complex std of 0": lambda t: t.normal(0.0, t.ones(2, dtype=t.complex64)), "exponential_ of complex": lambda t: t.empty(2, dtype=t.complex64).exponential_(),
    "random_ of complex": lambda t: t.empty(2, dtype=t.complex64).random_(), "bernoulli_ of complex": lambda t: t.empty(2, dtype=t.complex64).bernoulli_(),
    "random_ to of complex": lambda t: t.empty(2, dtype=t.complex64).random_(5), "geometric_ of complex": lambda t: t.empty(2, dtype=t.complex64).geometric_(0.5),
    "randint of complex": lambda t: t.randint(3, (3,), dtype=t.complex64),
    "sequence of std": lambda t: t.normal(t.zeros(2), t.tensor([1.0, -1.0])),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_raise_what_torch_raises_and_draw_nothing(name):
    kinds = []
    for t in (mt, torch):
        t.manual_seed(0)
        before = t.get_rng_state().numpy().tobytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(Exception) as caught:
                MISTAKES[name](t)
        kinds.append(caught.type)
        assert t is torch or t.get_rng_state().numpy().tobytes() == before
    assert kinds[0] is kinds[1], caught.value


def test_probabilities_that_do_not_fit_are_refused():
    with pytest.raises(RuntimeError, match="do not fit"):
        mt.ones(2, 3).bernoulli_(mt.rand(2))
