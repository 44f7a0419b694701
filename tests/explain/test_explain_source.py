"""Backprop as a program: it reads as NumPy, runs by itself, and its gradients are those of backward()."""

import warnings

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp import explain, nn
from minitorch_bp.core.op import OPS
from minitorch_bp.explain.expression import Expr, named, write
from minitorch_bp.explain.tape import recording
from minitorch_bp.explain.written import WRITTEN
from parity.catalog import CATALOG
from parity.coverage import program_for
from parity.program import compiled

F = nn.functional


def leaf(value):
    return torch.tensor(float(value), requires_grad=True)


def lines(program):
    """The program's lines without comments."""
    return [line.partition("  #")[0].strip() for line in str(program).splitlines() if line.partition("#")[0].strip()]


def same(program, backward=None, tolerance=1e-5):
    """Run a program; its gradients must be those of .backward() on its leaves."""
    _, grads = program.run()
    for name, t in program.leaves.items():
        expected = t.grad.numpy()
        scale = max(np.abs(g).max(initial=0) for g in grads.values())
        np.testing.assert_allclose(grads[name], expected, rtol=tolerance, atol=tolerance * max(scale, 1e-30), err_msg=name)


# ---------------------------------------------------------------------- the lecture
def test_the_lectures_example():
    a, b = leaf(7), leaf(3)
    program = explain.source(lambda a, b: (a + b) * b**3, a, b)
    assert lines(program) == [
        "import numpy as np", "def step(a, b):", "t1 = a + b", "t2 = b**3", "t3 = t1 * t2", "grad_t3 = np.ones((), np.float32)",
        "grad_t1 = grad_t3 * t2", "grad_t2 = grad_t3 * t1", "grad_b = grad_t2 * (3 * b**2)", "grad_b += grad_t1", "return t3, (grad_t1, grad_b)",
    ]  # fmt: skip
    assert "# ()  another path" in str(program)
    loss, grads = program.run()
    assert loss == 270 and grads == {"a": 27, "b": 297}
    assert program.run(b=np.float32(2))[1] == {"a": 8, "b": (7 + 2) * 3 * 4 + 8}  # it is a program, for other inputs, too


def test_variables_are_named_as_the_student_named_them():
    def f(x, w):
        h = x @ w
        return (h**2).sum()

    x, w = torch.ones(2, 3), torch.ones(3, requires_grad=True)
    program = explain.source(f, x, w)
    assert "h = x @ w" in lines(program) and "grad_w = x.T @ grad_h" in lines(program)
    h = x @ w
    loss = (h**2).sum()
    assert "h = x @ w" in lines(explain.source(loss))  # of a loss, the caller's variables are there


def test_relu_and_broadcasting_read_as_in_a_textbook():
    h, b = torch.randn(4, 3, requires_grad=True), torch.zeros(3, requires_grad=True)
    text = str(explain.source(lambda h, b: torch.relu(h + b).sum(), h, b))
    assert "t2 = np.maximum(t1, 0)" in text and "* (t2 > 0)" in text
    assert "grad_b = grad_t1.sum(0)" in text and "# (3,)  undo broadcasting" in text


def test_a_two_layer_mlp_runs_with_numpy_alone():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    X, y = torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])
    program = explain.source(lambda X, y: F.cross_entropy(model(X), y), X, y)
    assert program.text.startswith("import numpy as np\n\n\ndef step(") and not program.frozen
    scope = {}
    exec(program.text, scope)
    assert not any(name.startswith("minitorch") or name == "ops" for name in scope)
    F.cross_entropy(model(X), y).backward()
    same(program)
    assert "grad_model_0_weight = grad_t1.T @ X" in lines(program)


def test_trained_by_its_program_the_model_learns():
    rng = np.random.default_rng(0)
    X, y = torch.from_numpy(rng.standard_normal((30, 4))), torch.from_numpy(rng.standard_normal((30, 1)))
    w, c = torch.zeros(4, 1, dtype=torch.float64, requires_grad=True), torch.zeros(1, dtype=torch.float64, requires_grad=True)
    step = explain.source(lambda X, y, w, c: ((X @ w + c - y) ** 2).mean(), X, y, w, c)
    values = {"w": w.detach().numpy().copy(), "c": c.detach().numpy().copy()}
    for _ in range(2000):
        _, grads = step.run(**values)
        values = {name: values[name] - 0.1 * grads[name] for name in values}
    A = np.hstack([X.numpy(), np.ones((30, 1))])
    best = np.linalg.lstsq(A, y.numpy(), rcond=None)[0]
    np.testing.assert_allclose(np.vstack([values["w"], [values["c"]]]), best, atol=1e-6)


# ---------------------------------------------------------------------- course models
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.out = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Linear(64, 3)

    def forward(self, x, y):
        return F.cross_entropy(self.out(F.max_pool2d(F.relu(self.norm(self.conv(x))), 2).flatten(1)), y)


class LSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.out = nn.LSTM(3, 5, batch_first=True), nn.Linear(5, 1)

    def forward(self, x, y):
        return F.mse_loss(self.out(self.lstm(x)[0][:, -1]), y)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.norm = nn.MultiheadAttention(8, 2, batch_first=True), nn.LayerNorm(8)

    def forward(self, x):
        return self.norm(x + self.attention(x, x, x)[0]).pow(3).mean()


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.layer = nn.Embedding(10, 4), nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True)

    def forward(self, words):
        return self.layer(self.embedding(words)).pow(3).mean()


def scaled_dot_product(query, key, value):
    weights = torch.softmax(query @ key.transpose(-2, -1) / 8**0.5, -1)
    return (weights @ value).sum()


MODELS = {
    "mlp": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1), nn.Flatten(0)), torch.randn(1, 3)),
    "cnn": lambda: (CNN(), torch.randn(2, 1, 8, 8), torch.tensor([0, 1])),
    "lstm": lambda: (LSTM(), torch.randn(2, 4, 3), torch.randn(2, 1)),
    "attention": lambda: (Attention(), torch.randn(2, 3, 8)),
    "transformer": lambda: (Transformer(), torch.tensor([[1, 2, 3]])),
    "attention by hand": lambda: (scaled_dot_product, *(torch.randn(2, 3, 8, requires_grad=True) for _ in range(3))),
}


@pytest.mark.parametrize("name", MODELS)
def test_course_models(name):
    torch.manual_seed(0)
    model, *inputs = MODELS[name]()
    state = {k: v.clone() for k, v in model.state_dict().items()} if isinstance(model, nn.Module) else {}
    program = explain.source(model, *inputs)
    assert not program.frozen
    for key, value in state.items():
        model.state_dict()[key].copy_(value)
    model(*inputs).backward()
    same(program, tolerance=1e-4)


# ---------------------------------------------------------------------- what is hard
def test_views_are_written_to_as_views():
    x = torch.arange(6.0, requires_grad=True)

    def f(x):
        y = x * 1
        y[2:4] *= 3
        y[0] = 7
        return (y**2).sum()

    program = explain.source(f, x)
    assert any(line.endswith("*= 3") for line in lines(program))
    f(x).backward()
    same(program)
    np.testing.assert_array_equal(program.run()[1]["x"], [0, 2, 36, 54, 8, 10])


def test_masks_comparisons_and_no_grad_are_computed_anew():
    def f(x):
        keep = x > 0
        with torch.no_grad():
            mean = x.mean(0)
        order = x.argsort(0)[:, 0]
        return torch.where(keep, x, x * 2).sum() + ((x - mean) ** 2).sum() + x[order].sum() + x.masked_fill(keep, 0).sum()

    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    program = explain.source(f, x)
    assert not program.frozen
    other = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    f(other).backward()
    loss, grads = program.run(x=other.detach().numpy())
    assert loss == pytest.approx(f(other).item())
    np.testing.assert_allclose(grads["x"], other.grad.numpy())


def test_a_shape_that_depends_on_values_is_marked():
    x = torch.arange(-4.0, 5.0).requires_grad_()
    program = explain.source(lambda x: (x[x > 0] ** 2).sum(), x)
    assert program.run()[1]["x"].tolist() == [0, 0, 0, 0, 0, 2, 4, 6, 8]
    assert program.frozen and "shape" in program.text


def test_your_own_function_is_written_out():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * 3 * x**2

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    program = explain.source(lambda x: Cube.apply(x).sum(), x)
    np.testing.assert_array_equal(program.run(x=np.array([3.0, 4.0], np.float32))[1]["x"], [27, 48])


def test_random_draws_are_marked():
    x = torch.ones(4, 3, requires_grad=True)
    torch.manual_seed(3)
    program = explain.source(lambda x: (F.dropout(x, 0.5) * torch.rand_like(x)).sum(), x)
    torch.manual_seed(3)
    (F.dropout(x, 0.5) * torch.rand_like(x)).sum().backward()
    same(program)
    assert "constant" in program.text or program.frozen


def test_decisions_on_values_are_marked():
    x = torch.randn(4, requires_grad=True)
    program = explain.source(lambda x: (x * x.max().item()).sum(), x)
    assert program.frozen and "item" in program.frozen[0] and program.text.startswith("# frozen:")
    program = explain.source(lambda x: x.sum() if x.sum() > -1e9 else x.prod(), x)
    assert "looked at values (bool)" in program.text


def test_inputs_are_left_as_they_were():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    x = torch.randn(8, 2)
    weight, state = model[0].weight.detach().numpy().copy(), torch.get_rng_state()
    explain.source(lambda x: model(x).pow(3).sum(), x)
    np.testing.assert_array_equal(model[0].weight.detach().numpy(), weight)
    assert model[0].weight.grad is None and model[1].num_batches_tracked.item() == 1
    model[2](torch.ones(8, 2))
    after = torch.get_rng_state()
    torch.set_rng_state(state)
    for _ in range(2):
        model[2](torch.ones(8, 2))
    assert torch.equal(torch.get_rng_state(), after)  # two draws in all: the function's one, and ours


# ---------------------------------------------------------------------- of a loss
def test_a_loss_is_enough_if_the_graph_holds_all():
    a, b = leaf(7), leaf(3)
    e = (a + b) * b**3
    program = explain.source(e)
    assert lines(program)[1:5] == ["def step(a, b):", "t1 = a + b", "t2 = b**3", "e = t1 * t2"]
    assert program.run()[1] == {"a": 27, "b": 297}


def test_a_loss_is_refused_if_it_does_not():
    a = leaf(7)
    loss = (a + 2) * a  # addition keeps nothing
    with pytest.raises(RuntimeError, match=r"source\(function, \*inputs\).*recording"):
        explain.source(loss)
    with explain.recording() as tape:
        loss = (a + 2) * a
    program = explain.source(loss, tape=tape)
    assert program.run()[1] == {"a": 16} and "t1 = a + 2" in lines(program)


def test_what_cannot_be_written():
    a = leaf(7)
    e = a * a
    e.backward()
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        explain.source(e)
    with pytest.raises(RuntimeError, match="requires grad"):
        explain.source(lambda: torch.ones(()))
    with pytest.raises(RuntimeError, match=r"\.sum\(\)"):
        explain.source(lambda x: x * 2, torch.ones(2, requires_grad=True))
    with pytest.raises(TypeError, match="must return a tensor"):
        explain.source(lambda: 3)
    with pytest.raises(TypeError, match="takes a function"):
        explain.source(3)
    outside = a * 3
    with pytest.raises(RuntimeError, match="before the recording began"):
        explain.source(lambda: outside * 2)


def test_a_program_that_nobody_would_read():
    h = a = leaf(1)
    for _ in range(6000):
        h = h * a
    with pytest.raises(ValueError, match="more than 5,000 operations"):
        explain.source(h)

    def f(a):
        h = a
        for _ in range(6000):
            h = h * 1.0
        return h

    with pytest.raises(ValueError, match="6,000 operations"):
        explain.source(f, a)


# ---------------------------------------------------------------------- every primitive
@pytest.fixture(scope="module")
def detours():
    with recording():  # set once for all programs, which is most of the time of one
        yield


def _chunks():
    names = list(CATALOG)
    return [names[k : k + 60] for k in range(0, len(names), 60)]


REFUSED: dict[str, str] = {}


@pytest.mark.parametrize("names", _chunks(), ids=lambda names: names[0])
def test_every_entry_of_the_catalogue_gives_the_gradients_of_backward(names, detours):
    wrong = []
    for name in names:
        program = program_for(CATALOG[name], "float64")
        if program is None:
            continue
        step, function = program.steps[0], compiled(CATALOG[name].template)

        def leaves(program=program):
            made = [torch.from_numpy(v.array(program.dtype)) for v in program.leaves]
            return [t.requires_grad_() if v.requires_grad else t for t, v in zip(made, program.leaves, strict=True)]

        def f(*x, function=function, step=step):
            return function(torch, [x[i] for i in step.operands], step.args)

        with warnings.catch_warnings(action="ignore"):
            x, y = leaves(), leaves()
            torch.manual_seed(0)
            try:
                out = f(*x)
                if not isinstance(out, torch.Tensor) or not out.requires_grad:
                    continue
                rng = np.random.default_rng(0)
                drawn = rng.standard_normal(out.shape) + (1j * rng.standard_normal(out.shape) if out.dtype.is_complex else 0)
                gradient = torch.from_numpy(np.asarray(drawn)).to(out.dtype)
                out.backward(gradient)
            except (RuntimeError, NotImplementedError, ValueError, IndexError, TypeError):
                continue  # PyTorch refuses it as well
            torch.manual_seed(0)
            loss, grads = explain.source(f, *y, gradient=gradient).run()
        np.testing.assert_allclose(loss, out.detach().numpy(), rtol=1e-9, atol=1e-9, err_msg=name)
        for t, other in zip(x, y, strict=True):
            if t.requires_grad and t.grad is not None:
                mine = next((grads[n] for n, g in zip(grads, grads.values(), strict=True) if _is_of(n, other, y, grads)), None)
                if mine is None or not np.allclose(mine, t.grad.numpy(), rtol=1e-8, atol=1e-9, equal_nan=True):
                    wrong.append(name)
    assert not wrong


def _is_of(name, t, inputs, grads):
    """Whether a gradient's name is that of an input: ``x_0``, ``x_1``, ... in the order of the arguments."""
    return name.removeprefix("x_") == str(next(k for k, other in enumerate(inputs) if other is t))


SAMPLES = {
    np.float64: [np.array([[0.3, 1.2, -0.7], [2.0, 0.1, 0.9]]), np.array([[1.5, 0.2, 0.6], [-0.4, 0.8, 1.1]])],
    np.float32: [
        np.array([[0.3, 1.2, -0.7], [2.0, 0.1, 0.9]], np.float32),
        np.array([[1.5, 0.2, 0.6], [-0.4, 0.8, 1.1]], np.float32),
    ],
}
OPTIONS = {
    "_pow_scalar": (3,), "_mm": "second.T", "mv": "second[0]", "bmm": "batch", "dot": "rows", "transpose": (0, 1), "permute": ((1, 0),),
    "_view": ((3, 2),), "_unsafe_view": ((6,),), "expand": ((4, 2, 3),), "unsqueeze": (1,), "_getitem": ((slice(0, 1),),), "_index": ((np.array([1, 0]),),),
    "select": (1, 2), "narrow": (1, 1, 2), "_cat": "list", "_stack": "list", "_threshold_backward": "gate", "_where": "mask", "linear": "linear",
    "_softmax": (1,), "_log_softmax": (1,), "_mse_loss": "mse", "_cross_entropy": "classes", "_to_copy": (torch.float64,), "log": "positive", "sqrt": "positive", "log1p": "positive",
}  # fmt: skip


@pytest.mark.parametrize("dtype", SAMPLES)
@pytest.mark.parametrize("name", WRITTEN)
def test_every_short_text_says_what_its_kernel_computes(name, dtype):
    x, y = SAMPLES[dtype]
    how = OPTIONS.get(name, ())
    args = {
        "second.T": [x, y.T], "second[0]": [x, y[0]], "batch": [x[None], y.T[None]], "rows": [x[0], y[0]], "list": [[x, y], 0], "gate": [x, y, 0],
        "mask": [x > 0.5, x, y], "linear": [x, y, y[:, 0]], "mse": [x, y, "mean"], "classes": [x, np.array([2, 0]), None, "mean", -100], "positive": [np.abs(x)],
    }.get(how) if isinstance(how, str) else [x, *how]  # fmt: skip
    if how == () and len([p for p in OPS[name].params if p in ("other", "b", "noise", "vec2")]):
        args = [x > 0.5, y > 0.5] if name == "logical_and" else [x, y]
    if name == "logical_not":
        args = [x > 0.5]
    kernel, written = OPS[name].kernel(*args), WRITTEN[name](*args)
    kernel, written = (k[0] if isinstance(k, tuple) else k for k in (kernel, written))
    assert written.dtype == kernel.dtype and written.shape == kernel.shape
    np.testing.assert_allclose(written, kernel, rtol=1e-6 if dtype is np.float32 else 1e-12)


def test_parentheses_are_where_they_must_be():
    a, b, c = (named(n, np.array(float(v))) for n, v in zip("abc", (7, 3, 2), strict=True))
    for make in (
        lambda a, b, c: a - (b - c), lambda a, b, c: a - b - c, lambda a, b, c: a / (b * c), lambda a, b, c: a * (b * c), lambda a, b, c: (a**b) ** c,
        lambda a, b, c: a ** (b**c), lambda a, b, c: -(a**b), lambda a, b, c: (-a) ** b, lambda a, b, c: (a + b) * -c, lambda a, b, c: a - -b,
        lambda a, b, c: (a > b) * c, lambda a, b, c: a ** -c, lambda a, b, c: np.exp(a - b).sum() / c, lambda a, b, c: (a + b).reshape((1,)),
    ):  # fmt: skip
        expr = make(a, b, c)
        assert type(expr) is Expr
        text = write(expr, lambda e: None)
        assert eval(text, {"np": np, "a": a.value, "b": b.value, "c": c.value}) == expr.value, text
