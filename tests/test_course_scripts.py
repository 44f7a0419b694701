"""What course scripts rely on, by theme; each case is run on PyTorch, too, and must give the same there."""

import io
import os
import pathlib
import re
import subprocess
import sys
import warnings
from functools import partial

import numpy as np
import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


def custom(t):
    """A tensor that a Function of one's own returned."""

    class Double(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            assert isinstance(ctx, t.autograd.function.FunctionCtx)
            return 2 * x

        @staticmethod
        def backward(ctx, grad):
            return 2 * grad

    return Double.apply(t.ones(1, requires_grad=True))


def outcome(t, code):
    """What an expression gives as text, or the type of what it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        t.manual_seed(0)
        try:
            return str(eval(code, {"t": t, "nn": t.nn, "F": t.nn.functional, "optim": t.optim, "np": np, "custom": custom}))
        except Exception as error:
            return type(error).__name__


def same(code):
    theirs = outcome(torch, code)
    assert outcome(minitorch_bp, code) == theirs
    return theirs


# ---------------------------------------------------------------------- printed output
@pytest.mark.parametrize("code", [
    "t.zeros(2, 3).shape", "t.zeros(2, 3).size()", "t.arange(3)", "t.rand(2, 2)", "t.tensor(2.5, requires_grad=True)",
    "t.ones(2, requires_grad=True) * 2", "nn.Linear(2, 3)", "nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten())",
    "nn.Linear(2, 1).weight", "list(nn.Linear(2, 1).named_parameters())", "nn.Linear(1, 1).load_state_dict(nn.Linear(1, 1).state_dict())",
    "optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)", "nn.LSTM(3, 4, num_layers=2, batch_first=True)", "t.tensor([True, False])",
    "t.tensor([1e-8, 1000.0])", "t.device('cpu')", "t.float32", "[t.ones(1).dtype, t.ones(1).long().dtype]",
])  # fmt: skip
def test_printed_output(code):
    assert same(code)


def without_addresses(t, code):
    """What is printed, up to addresses and the library's name."""
    return re.sub(r" at 0x[0-9a-f]+", "", outcome(t, code)).replace("minitorch_bp", "torch")


@pytest.mark.parametrize("code", [
    "nn.Linear(1, 1).parameters()", "nn.Linear(1, 1).named_modules()", "nn.Sequential().children()", "nn.Linear(1, 1).named_parameters()",
    "nn.ReLU().eval", "nn.ReLU().state_dict", "nn.ReLU().register_forward_hook", "nn.ReLU().train", "nn.Linear.zero_grad", "nn.Module.to",
    "[f.__qualname__ for f in (optim.SGD.register_step_post_hook, optim.Adam.zero_grad, optim.SGD.state_dict)]",
    "(t.ones(1, requires_grad=True) + 1).grad_fn", "type((t.ones(1, requires_grad=True) + 1).grad_fn)",
    "(t.ones(1, requires_grad=True) + 1).grad_fn.next_functions", "type((t.ones(1, requires_grad=True) + 1).grad_fn.next_functions[0][0])",
    "t.ones(2, requires_grad=True).max(0).values.grad_fn", "(lambda f: [f, type(f), f.name()])(custom(t).grad_fn)", "custom(t)",
])  # fmt: skip
def test_printed_objects(code):
    assert without_addresses(minitorch_bp, code) == without_addresses(torch, code)


# ---------------------------------------------------------------------- formatting
@pytest.mark.parametrize("code", [
    "f'{t.tensor(2.5)}'", "str(t.tensor(2.5))", "'{:.2f}'.format(t.tensor(2.5, requires_grad=True))", "'{:.2f}'.format(t.tensor([2.5]))",
    "'%.2f' % t.tensor([2.5])", "'%d' % t.tensor(3)", "[10, 20, 30][t.tensor(1)]", "bool(t.tensor(0.0))", "'{:4d}'.format(t.tensor(3))",
    "f'{t.tensor(1.23456):.3f} {t.tensor(3).item()}'", "bool(t.tensor([1, 2]))", "'{}'.format(t.tensor([1, 2]))", "round(t.tensor(2.567).item(), 1)",
])  # fmt: skip
def test_formatting(code):
    same(code)


# ---------------------------------------------------------------------- NumPy
@BOTH
def test_memory_is_shared_with_numpy(t):
    x = t.zeros(3)
    x.numpy()[0] = 1
    array = np.zeros(2)
    t.from_numpy(array)[1] = 5
    assert x.tolist() == [1, 0, 0] and array.tolist() == [0, 5]


@pytest.mark.parametrize("code", [
    "np.asarray(t.ones(2, requires_grad=True))", "np.asarray(t.ones(2))", "np.sqrt(2.0) * t.ones(2, requires_grad=True)",
    "(np.sqrt(2.0) * t.ones(2)).dtype", "np.ones(2) * t.ones(2, requires_grad=True)", "t.ones(2, requires_grad=True).numpy()",
    "t.ones(2, requires_grad=True).detach().numpy()", "t.tensor(np.float64(1.5)).dtype", "np.mean(t.arange(4.0).numpy())",
])  # fmt: skip
def test_numpy(code):
    same(code)


@BOTH
def test_tensors_are_assigned_into_arrays(t):
    array = np.zeros((2, 2))
    array[0] = t.tensor([1.0, 2.0])
    array[1, 0] = t.tensor(3.0)
    assert array.tolist() == [[1, 2], [3, 0]]


# ---------------------------------------------------------------------- writing to parameters
@BOTH
def test_mutation(t):
    w, b = t.ones(2, requires_grad=True), t.zeros(1, requires_grad=True)
    ((w * 3).sum() + b).sum().backward()
    with t.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
    b.data[:] -= 0.5 * b.grad
    assert w.tolist() == pytest.approx([0.7, 0.7]) and b.tolist() == [-0.5] and w.requires_grad and w.is_leaf
    layer = t.nn.Linear(1, 1)
    layer.state_dict()["weight"][...] = 4
    layer.weight.data.fill_(layer.weight.item() + 1)
    assert layer.weight.item() == 5
    first, second = t.nn.Linear(2, 2), t.nn.Linear(2, 2)
    second.weight = first.weight
    assert second.weight is first.weight and len(list(t.nn.ModuleList([first, second]).parameters())) == 3


# ---------------------------------------------------------------------- old style
@BOTH
def test_old_style(t):
    class Net(t.nn.Module):
        def __init__(self):
            super(Net, self).__init__()  # noqa: UP008
            self.fc = t.nn.Linear(2, 1)

        def forward(self, x):
            return self.fc(x)

    net = Net()
    x = t.autograd.Variable(t.FloatTensor([[1, 2]]), requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = []
        net.fc.register_backward_hook(lambda module, inputs, outputs: seen.append(outputs[0].shape))
        net(x).sum().backward()
        assert seen == [(1, 1)] and x.grad is not None and x.data.shape == (1, 2)
        assert t.nn.functional.softmax(t.zeros(2, 2)).tolist() == [[0.5, 0.5]] * 2
        assert t.nn.MSELoss(size_average=False)(t.ones(3), t.zeros(3)).item() == 3
    made = t.cuda.FloatTensor if t.cuda.is_available() else t.FloatTensor
    assert made(2, 3).shape == (2, 3) and t.LongTensor([1]).dtype == t.int64
    assert t.ones(2, 3).sum(axis=1, keepdims=True).shape == (2, 1)


# ---------------------------------------------------------------------- subclassing
@BOTH
def test_subclassing(t):
    class Descent(t.optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    p.data -= group["lr"] * p.grad

    class Halving(t.optim.lr_scheduler._LRScheduler):
        def get_lr(self):
            return [base * 0.5**self.last_epoch for base in self.base_lrs]

    class Frozen(t.nn.Linear):
        def train(self, mode=True):
            return super().train(False)

    w = t.ones(1, requires_grad=True)
    optimizer = Descent([w], lr=1.0)
    scheduler = Halving(optimizer)
    for _ in range(2):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
        scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 0.25 and w.item() == 0 and not Frozen(1, 1).train().training

    class Bare(t.optim.Optimizer):
        def __init__(self, params):
            self.params = list(params)

        def step(self):
            for p in self.params:
                p.data -= p.grad

    Bare([w]).step()

    class Model(t.nn.Transformer):
        pass

    assert Model(d_model=8, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=8).d_model == 8


# ---------------------------------------------------------------------- data
def _pad(t, batch, value):
    return t.stack([t.nn.functional.pad(x, (0, 3 - len(x)), value=value) for x in batch])


@BOTH
def test_data(t):
    data = t.utils.data
    endless = iter(data.RandomSampler([1, 2, 3], replacement=True, num_samples=int(1e10)))
    assert next(endless) in (0, 1, 2)
    loader = data.DataLoader([t.ones(1), t.ones(3)], batch_size=2, collate_fn=partial(_pad, t, value=9))
    assert next(iter(loader)).tolist() == [[1, 9, 9], [1, 1, 1]]
    assert next(iter(data.DataLoader([(1.5, 2), (2.5, 3)], batch_size=2)))[0].dtype == t.float64
    t.manual_seed(0)
    order = [b.item() for b in data.DataLoader(list(range(5)), shuffle=True)]
    torch.manual_seed(0)
    assert order == [b.item() for b in torch.utils.data.DataLoader(list(range(5)), shuffle=True)]


# ---------------------------------------------------------------------- saving
@BOTH
def test_saving(t):
    file = io.BytesIO()
    t.save({"a": np.ones(2)}, file)
    file.seek(0)
    with pytest.raises(Exception, match="weights_only"):
        t.load(file)
    file.seek(0)
    assert t.load(file, weights_only=False)["a"].tolist() == [1, 1]
    file = io.BytesIO()
    t.save(t.nn.Linear(2, 1), file)
    file.seek(0)
    with pytest.raises(Exception, match="weights_only"):
        t.load(file)
    file.seek(0)
    assert t.load(file, weights_only=False).in_features == 2


# ---------------------------------------------------------------------- random numbers
@pytest.mark.parametrize("code", [
    "t.rand(3)", "t.randn(5)", "t.randint(0, 10, (4,))", "t.randperm(6)", "t.multinomial(t.tensor([0.2, 0.3, 0.5]), 4, replacement=True)",
    "t.rand(2, generator=t.Generator().manual_seed(7))", "t.normal(0.0, 1.0, (3,))", "F.dropout(t.ones(6), 0.5)", "nn.Linear(3, 2).weight",
    "t.utils.data.random_split(range(6), [4, 2])[0].indices",
])  # fmt: skip
def test_random_numbers(code):
    same(code)


# ---------------------------------------------------------------------- names met in passing
@BOTH
def test_in_passing(t):
    assert t.cuda.is_available() is False and t.cuda.device_count() == 0
    device = t.device("cuda" if t.cuda.is_available() else "mps" if t.backends.mps.is_available() else "cpu")
    t.cuda.manual_seed_all(1)
    # (PyTorch's test helpers, once imported, forbid a change of these outside of a context.)
    with torch.backends.__allow_nonbracketed_mutation():
        before = t.backends.cudnn.deterministic
        t.backends.cudnn.deterministic = True
        t.backends.cudnn.benchmark = False
        t.backends.cudnn.deterministic = before
    model = t.nn.DataParallel(t.nn.Linear(2, 1)).to(device)
    assert model(t.ones(1, 2)).shape == (1, 1) and not t.accelerator.is_available()
    scaler = t.amp.GradScaler("cuda", enabled=False)
    assert scaler.scale(t.ones(1)).item() == 1


@pytest.mark.parametrize("code", [
    "nn.CrossEntropyLoss().cuda()", "nn.Sequential(nn.ReLU()).to('cuda:0')", "nn.ReLU().to('mps').cuda(0)", "nn.ReLU().xpu().mtia().ipu()",
    "nn.ReLU().to(t.device('cuda'))", "nn.DataParallel(nn.Linear(2, 1), device_ids=[0, 1])(t.ones(1, 2)).shape",
    "nn.DataParallel(nn.Linear(2, 1), device_ids=range(2), output_device=0)", "nn.DataParallel(nn.Linear(2, 1), [0]).device_ids",
    "[t.has_mps, t.has_cuda, t.has_cudnn]", "nn.Module.dump_patches", "t.cuda.amp.common.amp_definitely_not_available()",
])  # fmt: skip
def test_devices_that_nothing_is_moved_to(code):
    assert "Error" not in same(code)


# ---------------------------------------------------------------------- errors on purpose
@pytest.mark.parametrize("code, kind", [
    ("t.ones(3, 2) @ t.ones(3, 2)", "RuntimeError"),
    ("[y.backward() for y in [(t.ones(1, requires_grad=True) ** 2).sum()] * 2]", "RuntimeError"),
    ("t.ones(1, requires_grad=True).add_(1)", "RuntimeError"),
    ("t.ones(2, requires_grad=True).mul(2).backward()", "RuntimeError"),
    ("t.ones(2, 3).t().view(6)", "RuntimeError"),
    ("t.ones(2) @ t.ones(2).double()", "RuntimeError"),
    ("t.tensor([True]) - t.tensor([False])", "RuntimeError"),
    ("t.ones(2)[5]", "IndexError"),
    ("nn.Embedding(3, 2)(t.tensor([3]))", "IndexError"),
    ("F.cross_entropy(t.ones(1, 3), t.tensor([3]))", "IndexError"),
    ("nn.BatchNorm1d(2)(t.ones(1, 2))", "ValueError"),
    ("optim.SGD([], lr=0.1)", "ValueError"),
    ("t.ones(1).cuda()", "AssertionError"), ("t.ones(1).cuda(0)", "RuntimeError"), ("t.ones(1).xpu(0)", "RuntimeError"),
    ("nn.Linear(1, 1).cuda()", "AssertionError"), ("nn.Linear(1, 1).cuda(0)", "RuntimeError"), ("nn.Linear(1, 1).xpu()", "AssertionError"),
    ("nn.Linear(1, 1).mtia()", "AssertionError"), ("nn.Linear(1, 1).ipu()", "RuntimeError"), ("nn.ReLU().to('nowhere')", "RuntimeError"),
    ("t.ones(1, requires_grad=True).numpy()", "RuntimeError"),
])  # fmt: skip
def test_errors_on_purpose(code, kind):
    assert same(code) == kind


@BOTH
def test_a_saved_tensor_that_was_overwritten(t):
    w = t.ones(2, requires_grad=True)
    a = w * 2
    y = (a**2).sum()
    a += 1
    with pytest.raises(RuntimeError):
        y.backward()


# ---------------------------------------------------------------------- what trips students
@pytest.mark.parametrize("code", [
    "~t.tensor([1, 0], dtype=t.uint8)", "(t.ones(2) * t.tensor(1.0, dtype=t.float64)).dtype", "t.arange(5.0).std()", "t.arange(5.0).var()",
    "t.Tensor(2, 3).shape", "t.device('cpu') == 'cpu'", "len(list(type('M', (nn.Module,), {})().parameters()))",
    "t.arange(6).unfold(0, 2, 2)", "t.ones(3, 1).expand(3, 4).stride()", "t.arange(6).view(2, 3)[:, [-1]]",
    "(t.ones(1, requires_grad=True) * 2 + 1).grad_fn.next_functions[0][0].name()",
])  # fmt: skip
def test_what_trips_students(code):
    same(code)


@BOTH
def test_more_that_trips_students(t):
    class Net(t.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [t.nn.Linear(1, 1)]

    assert list(Net().parameters()) == []
    with pytest.warns(UserWarning):
        t.nn.functional.mse_loss(t.ones(3, 1), t.ones(3))
    x = t.zeros(3)
    x.expand(2, 3)  # a view
    x.unfold(0, 2, 1)[0, 0] = 5
    copied = x[[0]]
    copied[0] = 9
    assert x.tolist() == [5, 0, 0]


# ---------------------------------------------------------------------- libraries beside torch
LIBRARIES = {
    "numpy": "import numpy as np; print(torch.from_numpy(np.arange(3.0)).sum())",
    "tqdm": "from tqdm import tqdm; print(sum(x.item() for x in tqdm(torch.arange(4), disable=True)))",
    "matplotlib": (
        "import matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot as plt\n"
        "line, = plt.plot(torch.arange(3.0), torch.arange(3.0) ** 2); plt.imshow(torch.ones(2, 2)); print(line.get_ydata()[2])\n"
        "plt.hist(torch.rand(10).numpy()); plt.scatter(torch.ones(2), torch.zeros(2), c=torch.tensor([0, 1]))"
    ),
    "sklearn": (
        "from sklearn.metrics import accuracy_score; from sklearn.model_selection import train_test_split\n"
        "print(accuracy_score(torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0])))\n"
        "a, b = train_test_split(torch.arange(8), test_size=0.25, random_state=0); print(a, len(b))"
    ),
    "pandas": (
        "import pandas as pd; f = pd.DataFrame({'a': [1.0, 2.0], 'b': [3, 4]})\n"
        "print(torch.tensor(f['a'].values), torch.tensor(f.values).dtype, torch.from_numpy(f['b'].to_numpy()))\n"
        "print(pd.Series(torch.ones(2).tolist()).sum(), pd.DataFrame(torch.eye(2).numpy()).shape)"
    ),
    "einops": "from einops import rearrange, reduce; print(rearrange(torch.arange(6).view(2, 3), 'a b -> b a'), reduce(torch.ones(2, 2), 'a b -> a', 'sum'))",
    "scipy": "import scipy.stats; print(float(scipy.stats.pearsonr(torch.arange(4.0), torch.arange(4.0) * 2)[0]))",
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries_under_the_swap(name, tmp_path):
    pytest.importorskip(name)
    script = tmp_path / "script.py"
    script.write_text("import torch\ntorch.manual_seed(0)\n" + LIBRARIES[name] + "\n")
    paths = [str(pathlib.Path(minitorch_bp.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "MPLBACKEND": "Agg"}
    plain, swapped = (
        subprocess.run([sys.executable, "-W", "ignore", *how, str(script)], capture_output=True, text=True, env=environment)
        for how in ([], ["-m", "minitorch_bp"])
    )
    assert swapped.returncode == 0, swapped.stderr
    assert swapped.stdout == plain.stdout
