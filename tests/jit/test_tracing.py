"""``torch.jit.trace``: what the eager function gives to the last bit, and what PyTorch's trace does."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch as reference

import minitorch_bp as torch
from minitorch_bp import nn
from minitorch_bp.core.trees import leaves_of
from minitorch_bp.nn import functional as F

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # (PyTorch says of jit.trace that torch.compile takes its place)


def is_written(traced):
    """Whether the last call ran a program."""
    return traced.code.startswith("def call")


def numbers(tree):
    return [(t.detach().numpy().copy(), bool(t.requires_grad)) for t in leaves_of(tree)]


def run(function, args, parameters=(), calls=2):
    """Outputs and gradients of a few calls, and the random numbers after them."""
    torch.manual_seed(3)
    found = []
    for _ in range(calls):
        given = [a.detach().clone().requires_grad_(a.requires_grad) for a in args]
        outs = list(leaves_of(function(*given)))
        found += numbers(outs)
        roots = [t for t in outs if t.requires_grad]
        for t in parameters:
            t.grad = None
        if roots:
            torch.autograd.backward(roots, [torch.ones_like(t) for t in roots])
        found += [t.grad.numpy().copy() for t in (*given, *parameters) if t.grad is not None]
    return [*found, torch.rand(2).numpy()]


def same(a, b):
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc")


X, W, Y = torch.randn(4, 6), torch.randn(6, 3, requires_grad=True), torch.tensor([0, 1, 2, 0])


def looped(x, w):
    h = torch.zeros(4, 3)
    for _ in range(3):
        h = torch.tanh(x @ w + h)
    return h


def added_to(x, w):
    h = torch.zeros(4, 3)
    for k in range(3):
        h += (x @ w) * k
    return h * 2


WRITTEN = {
    "regression": lambda x, w: ((x @ w - 1) ** 2).mean(),
    "two outputs": lambda x, w: ((x @ w).exp(), (x @ w).sum(0)),
    "containers": lambda x, w: {"a": x @ w, "b": [x * 2, (x @ w, x + 1)]},
    "in place": lambda x, w: (x @ w).add_(1).mul_(2).relu_(),
    "a loop": looped,
    "a sum in place": added_to,
    "used twice": lambda x, w: (x @ w) * (x @ w).sum() + w.sum() - w[0, 0],
    "cross entropy": lambda x, w: F.cross_entropy(x @ w, Y),
    "binary cross entropy": lambda x, w: F.binary_cross_entropy_with_logits(x @ w, torch.ones(4, 3)),
    "dropout": lambda x, w: F.dropout(x @ w, 0.5) + F.dropout(x @ w, 0.25),
    "draws": lambda x, w: (x @ w) * torch.rand(3) + torch.randn_like(x @ w) + torch.empty(3).uniform_(),
    "indices": lambda x, w: (x @ w)[torch.arange(4), Y].sum() + (x @ w)[1:, 0].sum() + x[0].sum(),
    "joined and split": lambda x, w: [t.sum() for t in torch.cat([x @ w, torch.stack([x @ w, x @ w])[0]]).split(2)],
    "iterated": lambda x, w: sum(t.sum() * k for k, t in enumerate(x @ w)),
    "where": lambda x, w: torch.where(x @ w > 0, x @ w, 0.0).masked_fill(x[:, :3] > 0, 1.0),
    "largest": lambda x, w: ((x @ w).max(1).values, (x @ w).argmax(1), (x @ w).sort(0).values),
    "statistics": lambda x, w: (x @ w).std() + (x @ w).var(0).sum() + (x @ w).norm() + (x @ w).mean(1)[0],
    "types": lambda x, w: ((x.double() @ w.double()).float(), (x @ w) * torch.arange(3), x.int() + 1),
    "shapes": lambda x, w: (x @ w).view(-1).reshape(3, 4).t().unsqueeze(0).expand(2, 4, 3) * 1,
    "attention": lambda x, w: F.scaled_dot_product_attention(x[None], x[None], (x @ w)[None], is_causal=True),
    "without a history": lambda x, w: (x @ w).detach() * 2,
    "einsum": lambda x, w: torch.einsum("ij,jk->ik", x, w),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_a_program_gives_the_same_bits(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(WRITTEN[name], (X, W), strict=False)
    assert is_written(traced), traced.code
    assert same(run(traced, (X, W)), run(WRITTEN[name], (X, W)))
    with torch.no_grad():
        assert same(numbers(traced(X, W)), numbers(WRITTEN[name](X, W))) or name in ("dropout", "draws")
    other = torch.randn(4, 6) * 100
    assert same(run(traced, (other, W)), run(WRITTEN[name], (other, W)))


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad * ctx.saved_tensors[0]


def second_row_doubled(x, w):
    h = x @ w
    h[1].mul_(2)
    return h * h


EAGER = {
    "a mask": lambda x, w: (x @ w)[x @ w > 0].sum(),
    "how many": lambda x, w: x.nonzero(),
    "an input": lambda x, w: (x, x @ w),
    "a view of an input": lambda x, w: w.view(-1),
    "a write to an input": lambda x, w: x.add_(1) @ w,
    "a write to a view": second_row_doubled,
    "a Function": lambda x, w: Square.apply(x @ w),
    "a quantile": lambda x, w: (x @ w).quantile(torch.tensor(0.5)),
    "a gradient": lambda x, w: torch.autograd.grad((x @ w).sum(), w)[0],
    "an answer": lambda x, w: x @ w if torch.equal(x, x) else x,
}  # fmt: skip


@pytest.mark.parametrize("name", EAGER)
def test_what_the_trace_cannot_account_for_stays_eager(name):
    traced = torch.jit.trace(EAGER[name], (X, W))
    assert not is_written(traced)
    assert same(run(traced, (X, W)), run(EAGER[name], (X, W)))
    other = torch.randn(4, 6)
    assert same(run(traced, (other, W)), run(EAGER[name], (other, W)))


MODULES = {
    "Linear": (lambda t: t.nn.Linear(6, 3), (4, 6)),
    "MLP": (lambda t: t.nn.Sequential(t.nn.Linear(6, 8), t.nn.Tanh(), t.nn.Linear(8, 3), t.nn.ReLU(inplace=True)), (4, 6)),
    "batch norm": (lambda t: t.nn.Sequential(t.nn.Linear(6, 8), t.nn.BatchNorm1d(8), t.nn.ReLU()), (4, 6)),
    "CNN": (lambda t: t.nn.Sequential(t.nn.Conv2d(1, 4, 3, padding=1), t.nn.BatchNorm2d(4), t.nn.ReLU(), t.nn.MaxPool2d(2), t.nn.Flatten(), t.nn.Linear(36, 2)), (2, 1, 6, 6)),
    "LSTM": (lambda t: t.nn.LSTM(6, 5, batch_first=True), (2, 4, 6)),
    "transformer": (lambda t: t.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True), (2, 4, 8)),
    "lazy": (lambda t: t.nn.LazyLinear(3), (4, 6)),
    "dropout": (lambda t: t.nn.Sequential(t.nn.Linear(6, 8), t.nn.Dropout(0.3), t.nn.Linear(8, 3)), (4, 6)),
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("training", [True, False])
def test_modules(name, training):
    make, shape = MODULES[name]
    torch.manual_seed(0)
    module, x = make(torch).train(training), torch.randn(*shape, requires_grad=True)
    if name == "lazy":
        assert torch.jit.trace(make(torch), x)(x).shape == (4, 3)
        module(x)
    eager = copy.deepcopy(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(module, x)
    assert is_written(traced), traced.code
    module.load_state_dict(eager.state_dict())  # running averages: the trace has called it
    found, right = run(traced, (x,), list(traced.parameters())), run(eager, (x,), list(eager.parameters()))
    assert same(found, right)
    assert same([b.numpy() for b in traced.buffers()], [b.numpy() for b in eager.buffers()])


def test_pytorch_gives_these_numbers():
    """Training steps, next to PyTorch's traced module."""
    losses = []
    for t in (torch, reference):
        t.manual_seed(0)
        model = t.nn.Sequential(t.nn.Linear(6, 8), t.nn.BatchNorm1d(8), t.nn.Tanh(), t.nn.Linear(8, 3))
        x, y = t.randn(10, 6), t.arange(10) % 3
        traced = t.jit.trace(model, x)
        optimizer = t.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(5):
            optimizer.zero_grad()
            loss = t.nn.functional.cross_entropy(traced(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert np.allclose(losses[:5], losses[5:], rtol=1e-4)


# ---------------------------------------------------------------------- what is read anew
def test_parameters_are_read_at_each_call():
    layer, x = nn.Linear(6, 3), torch.randn(4, 6)
    traced = torch.jit.trace(layer, x)
    right = lambda: F.linear(x, layer.weight, layer.bias).tolist()
    with torch.no_grad():
        layer.weight.mul_(2)
    assert traced(x).tolist() == right()
    layer.load_state_dict({"weight": torch.ones(3, 6), "bias": torch.ones(3)})
    assert traced(x).tolist() == right()
    layer.weight.data = torch.randn(3, 6)
    assert traced(x).tolist() == right()
    traced.weight = nn.Parameter(torch.randn(3, 6))
    assert traced(x).tolist() == right()
    traced(x).sum().backward()
    assert traced.weight.grad is not None and layer.weight is traced.weight
    layer.weight.requires_grad_(False)
    assert traced(x).tolist() == right()
    traced(x).sum().backward()
    layer.bias.requires_grad_(False)
    assert not traced(x).requires_grad


def test_parts_that_are_exchanged_and_shared():
    x = torch.randn(4, 3)
    model = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Tanh(), nn.Linear(3, 3))
    model[2].weight = model[0].weight
    traced = torch.jit.trace(model, x)
    right = lambda: (torch.tanh(x @ model[0].weight.t()) @ model[2].weight.t() + model[2].bias).tolist()
    assert is_written(traced)
    assert torch.tensor(traced(x).tolist()).allclose(torch.tensor(right()))
    model[2].weight = nn.Parameter(torch.randn(3, 3))  # no longer shared
    assert traced(x).tolist() == model(x).tolist()
    model[2] = nn.Linear(3, 3)
    assert traced(x).tolist() == model(x).tolist()
    model[0].bias = nn.Parameter(torch.ones(3))
    assert traced(x).tolist() == model(x).tolist() and is_written(traced)


def test_other_kinds_of_arguments():
    traced = torch.jit.trace(lambda x, w: (x @ w).sum(), (X, W))
    for x, w in (
        (torch.randn(2, 6), W),
        (X.double(), W.detach().double()),
        (torch.randn(6, 4).t(), W),
        (X[::2], W),
        (X[:1].expand(4, 6), W),
        (X.clone().requires_grad_(), W * 1),
    ):
        assert traced(x, w).tolist() == (x @ w).sum().tolist() and is_written(traced)
        assert traced(x, w).requires_grad == (x @ w).requires_grad
    with torch.no_grad():
        assert not traced(X, W).requires_grad
    with torch.inference_mode():
        assert traced(X, W).is_inference()
    assert traced(W.t()[:, :6].t().t() @ X.t() @ X, W).requires_grad


def test_tensors_from_outside_are_read_at_each_call_and_may_not_require_grad():
    outside = torch.ones(3)
    traced = torch.jit.trace(lambda x: x * outside, torch.ones(3))
    outside.mul_(7)
    assert traced(torch.ones(3)).tolist() == [7, 7, 7]
    for t in (torch, reference):
        weight = t.ones(3, requires_grad=True)
        with pytest.raises(RuntimeError, match="requires? grad"):
            t.jit.trace(lambda x: x * weight, t.ones(3))


def test_the_mode_is_frozen_as_in_pytorch():
    for t in (torch, reference):
        module = t.nn.Dropout(0.5)
        traced = t.jit.trace(module, t.ones(1000), check_trace=False)
        traced.eval()
        assert 300 < int((traced(t.ones(1000)) == 0).sum()) < 700
        assert 20 < int((traced(t.ones(100)) == 0).sum()) < 80
        evaluated = t.jit.trace(t.nn.Dropout(0.5).eval(), t.ones(10))
        evaluated.train()
        assert int((evaluated(t.ones(10)) == 0).sum()) == int((evaluated(t.ones(7)) == 0).sum()) == 0


# ---------------------------------------------------------------------- gradients
def test_double_backward():
    def penalty(x, w):
        return (torch.tanh(x @ w) ** 3).sum()

    found = []
    for f in (penalty, torch.jit.trace(penalty, (X, W))):
        x, w = X.clone().requires_grad_(), W.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(f(x * 1, w), x, create_graph=True)
        ((g.norm(dim=1) - 1) ** 2).sum().backward()
        found.append([g.detach().numpy(), x.grad.numpy(), w.grad.numpy()])
    assert same(*found)


def test_double_backward_of_dropout_keeps_the_mask():
    traced = torch.jit.trace(lambda x: F.dropout(x**3, 0.5), torch.ones(100), check_trace=False)
    x = torch.full((100,), 2.0, requires_grad=True)
    y = traced(x)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x)
    assert ((y != 0) == (h != 0)).all() and set(h.tolist()) == {0.0, 24.0}


def test_some_of_the_outputs():
    f = lambda x, w: ((x @ w).exp(), (x @ w).sin(), (x @ w).sum())
    for k in range(1, 8):
        found = []
        for function in (f, torch.jit.trace(f, (X, W))):
            outs = [t for bit, t in enumerate(function(X, W)) if k >> bit & 1]
            found.append(torch.autograd.grad(outs, W, [torch.ones_like(t) for t in outs])[0].numpy())
        assert same(*found)


def test_one_node():
    x, w = torch.randn(4, 6), torch.randn(6, 3, requires_grad=True)
    y = torch.jit.trace(lambda x, w: (x @ w).tanh(), (x, w))(x, w)
    assert y.grad_fn.name() == "DifferentiableGraphBackward" and y.grad_fn.next_functions[0][0].variable is w
    seen = []
    y.register_hook(lambda g: seen.append(g) or g * 2)
    w.register_hook(seen.append)
    y.sum().backward(retain_graph=True)
    assert len(seen) == 2 and seen[0].tolist() == torch.ones(4, 3).tolist()
    y.sum().backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.sum().backward()


def test_writes_after_the_call_are_noticed():
    x, w = torch.randn(4, 6), torch.randn(6, 3, requires_grad=True)
    traced = torch.jit.trace(lambda x, w: (x @ w).exp(), (x, w))
    y = traced(x, w)
    x.mul_(2)
    with pytest.raises(RuntimeError, match="modified in place"):
        y.sum().backward()
    y = traced(x, w)
    y.detach().mul_(2)
    with pytest.raises(RuntimeError, match="modified in place"):
        y.sum().backward()
    bias, constant = torch.zeros(3, requires_grad=True), W.detach()
    y = torch.jit.trace(lambda x, b: x @ constant + b, (x, bias))(x, bias)
    with torch.no_grad():
        bias.add_(1)  # which nothing has saved
    y.sum().backward()
    assert bias.grad.tolist() == [4, 4, 4]


def test_gradients_are_added_and_own_their_memory():
    a, b = torch.zeros(3, requires_grad=True), torch.zeros(3, requires_grad=True)
    traced = torch.jit.trace(lambda a, b: (a + b).sum(), (a, b))
    traced(a, b).backward()
    a.grad.add_(1)
    assert b.grad.tolist() == [1, 1, 1]
    traced(a, a).backward()
    assert a.grad.tolist() == [4, 4, 4]
    c = torch.zeros(3, requires_grad=True)
    traced(c, c).backward()
    assert c.grad.tolist() == [2, 2, 2]


# ---------------------------------------------------------------------- what Python looks at
LOOKS = {
    "bool": lambda x: x * 2 if x.sum() > 0 else x, "int": lambda x: x * int(x.sum()), "float": lambda x: x * float(x.sum()),
    "item": lambda x: x * x.sum().item(), "tolist": lambda x: x * x.tolist()[0], "numpy": lambda x: x * float(x.numpy()[0]),
    "iter": lambda x: sum(b for b in x),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_frozen_is_warned_of(name):
    """In PyTorch, too, with the same numbers afterwards."""
    found = []
    for t in (torch, reference):
        with pytest.warns(t.jit.TracerWarning):
            traced = t.jit.trace(LOOKS[name], t.ones(3))
        found.append([traced(t.full((3,), v)).tolist() for v in (1.0, -5.0)])
    assert found[0] == found[1] and is_written(torch.jit.trace(lambda x: x * 1, torch.ones(3)))


def test_nothing_is_printed_twice_once_it_is_traced():
    calls = []

    def f(x):
        calls.append(1)
        return x + 1

    traced = torch.jit.trace(f, torch.ones(2))
    before = len(calls)
    for _ in range(3):
        traced(torch.ones(2))
    assert len(calls) == before


def test_random_numbers_are_warned_of():
    for t in (torch, reference):
        with pytest.warns(t.jit.TracerWarning):
            t.jit.trace(lambda x: x + t.rand(3), t.ones(3))


def test_check_inputs():
    for t in (torch, reference):
        error = getattr(t.jit, "TracingCheckError", None) or t.jit._trace.TracingCheckError
        with pytest.raises(error), pytest.warns(t.jit.TracerWarning):
            t.jit.trace(lambda x: x * 2 if x.sum() > 0 else x * 3, t.ones(3), check_inputs=[(-t.ones(3),)])


# ---------------------------------------------------------------------- errors
@pytest.mark.parametrize(
    "case",
    [
        lambda t: t.jit.trace(lambda x: 3, t.ones(1)),
        lambda t: t.jit.trace(lambda x: None, t.ones(1)),
        lambda t: t.jit.trace(lambda x: (x * 2, None), t.ones(1)),
        lambda t: t.jit.trace(lambda x: (x * 2, 1), t.ones(1)),
        lambda t: t.jit.trace(lambda x: {"a": x * 2}, t.ones(1)),
        lambda t: t.jit.trace(lambda x, y: x * y, (t.ones(1), 2)),
        lambda t: t.jit.trace(3, t.ones(1)),
        lambda t: t.jit.trace(lambda x: x * 2, t.ones(1))(3.0),
        lambda t: t.jit.trace(lambda x: x * 2, t.ones(1))(),
        lambda t: t.jit.trace(lambda x: x * 2, t.ones(1))(t.ones(1), t.ones(1)),
        lambda t: t.jit.trace(lambda x: x.view(5), t.ones(1)),
        lambda t: t.jit.trace_module(3, {"forward": t.ones(1)}),
        lambda t: t.jit.trace_module(t.nn.Linear(1, 1), t.ones(1)),
        lambda t: t.jit.trace_module(t.nn.Linear(1, 1), {"nothing": t.ones(1)}),
        lambda t: t.jit.trace(t.nn.Linear(3, 2), t.ones(3))(t.ones(3, dtype=t.int64)),
    ],
)
def test_errors_are_of_pytorchs_type(case):
    with pytest.raises(Exception) as theirs:
        case(reference)
    with pytest.raises(type(theirs.value)):
        case(torch)


def test_an_error_within_a_program_is_the_eager_one():
    traced = torch.jit.trace(lambda x, y: F.cross_entropy(x, y), (torch.randn(2, 3), torch.tensor([0, 1])))
    assert is_written(traced)
    with pytest.raises(IndexError, match="out of range"):
        traced(torch.randn(2, 3), torch.tensor([0, 3]))


# ---------------------------------------------------------------------- the forms of a call
def test_arguments_in_containers_and_by_name():
    for t in (torch, reference):
        traced = t.jit.trace(lambda p, q: p[0] * p[1] - q["k"], ((t.ones(2), t.ones(2)), {"k": t.ones(2)}))
        assert traced((t.ones(2), 3 * t.ones(2)), {"k": t.ones(2)}).tolist() == [2, 2]
        assert t.jit.trace(lambda a, b: a - b, (t.ones(1), t.ones(1)))(b=t.ones(1), a=t.zeros(1)).tolist() == [-1]
        assert t.jit.trace(lambda a, b=2: a * b, t.ones(1))(t.ones(1)).tolist() == [2]
        assert t.jit.trace(lambda: t.ones(2), ())().tolist() == [1, 1]
    assert torch.jit.trace(lambda a, b: a - b, example_kwarg_inputs={"b": torch.ones(1), "a": torch.zeros(1)})(
        torch.ones(1), torch.zeros(1)
    ).tolist() == [1]


def test_one_tensor_as_several_arguments():
    torch.manual_seed(0)
    layer, x, y = nn.MultiheadAttention(8, 2), torch.randn(5, 3, 8), torch.randn(5, 3, 8)
    for example in ((x, x, x), (x, y, y), (x, y, torch.randn(5, 3, 8))):
        traced = torch.jit.trace(layer, example)
        for args in ((x, x, x), (y, x, x), (x, y, x * 2), (x, x, y)):
            found, right = traced(*args), layer(*args)
            assert is_written(traced) and same(numbers(found), numbers(right))


def test_several_methods():
    for t in (torch, reference):

        class Pair(t.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = t.nn.Linear(3, 2)

            def forward(self, x):
                return self.layer(x)

            def twice(self, x):
                return self.layer(x) * 2

        pair, x = Pair(), t.ones(1, 3)
        traced = t.jit.trace_module(pair, {"forward": x, "twice": x})
        assert isinstance(traced, t.jit.TopLevelTracedModule)
        assert (traced.twice(x) == 2 * traced(x)).all() and (traced(x) == pair(x)).all()


def test_copies_have_parameters_of_their_own():
    layer, x = nn.Linear(6, 3), torch.randn(4, 6)
    traced = torch.jit.trace(layer, x)
    other = copy.deepcopy(traced)
    with torch.no_grad():
        other.weight.zero_()
        other.bias.zero_()
    assert other(x).tolist() == [[0.0] * 3] * 4 and traced(x).tolist() == layer(x).tolist()
    assert pickle.loads(pickle.dumps(traced.state_dict())).keys() == layer.state_dict().keys()


def test_a_traced_function_within_a_traced_function_and_within_the_transformations():
    inner = torch.jit.trace(lambda x: x.sin() * 2, torch.ones(3))
    outer = torch.jit.trace(lambda x: inner(x) + 1, torch.ones(3))
    x = torch.randn(3)
    assert is_written(outer) and outer(x).tolist() == (x.sin() * 2 + 1).tolist()
    assert torch.func.vmap(inner)(torch.ones(2, 3)).shape == (2, 3)
    assert torch.func.grad(lambda x: inner(x).sum())(x).tolist() == (x.cos() * 2).tolist()
    assert torch.autograd.gradcheck(torch.jit.trace(lambda x: x.sin() * 2, x.double()), x.double().requires_grad_())
    with torch.autograd.detect_anomaly():
        assert inner(x).tolist() == (x.sin() * 2).tolist()
