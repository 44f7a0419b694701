"""``parity.check`` and its pytest plugin on a person's own code, and the docs' page about CI: its code and its steps are run."""

import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import minitorch_bp
import parity

ROOT = pathlib.Path(parity.__file__).parent.parent
PAGE = (ROOT / "docs" / "ci.md").read_text()
X, W = np.linspace(-1.0, 2.0, 12).reshape(4, 3), np.linspace(0.5, 1.5, 3).reshape(3, 1)


class Block(nn.Module):
    """A module of one's own, with a submodule, a buffer, and super()."""

    calls: torch.Tensor

    def __init__(self, width):
        super().__init__()
        self.layers, self.width = nn.Sequential(nn.Linear(3, width), nn.ReLU(), nn.Dropout(0.5), nn.Linear(width, 1)), width
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return scaled(self.layers(x))


class Deeper(Block):
    def forward(self, x):
        return super().forward(x) * 2


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


def scaled(x, factor=torch.pi):
    return F.softplus(x) * factor


def loss(x, w):
    return scaled(x @ w).mean()


def step(x, y):
    torch.manual_seed(3)
    model = Block(4).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    losses = []
    for _ in range(4):
        optimizer.zero_grad()
        value = F.mse_loss(model(x), y)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses, dict(model.state_dict())


def is_ours():
    return torch.__name__ == "minitorch_bp"


def test_functions_modules_and_training_steps_agree():
    assert torch.equal(parity.check(loss, X, W), loss(torch.tensor(X), torch.tensor(W)))
    torch.manual_seed(1)
    for module in (Block(5), Deeper(2), nn.LSTM(3, 2), nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))):
        before = {k: v.clone() for k, v in module.state_dict().items()}
        parity.check(module, torch.randn(4, 3))
        assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())  # a copy ran
    losses, state = parity.check(step, X, W[:1])
    assert len(losses) == 4 and "layers.0.weight" in state


def test_other_forms_of_functions():
    def local(x):
        import torch.nn as layers
        from torch.nn import functional

        return functional.relu(layers.Tanh()(x)), {"square": Square.apply(x)}

    parity.check(local, X)
    parity.check(lambda torch, x, scale: torch.exp(x) * scale, X, scale=2.0)
    parity.check(lambda x: x.mul_(2), torch.ones(3))
    parity.check(lambda parts: parts["a"][0] + parts["b"], {"a": [X], "b": minitorch_bp.ones(3)})
    parity.check(Block(2).forward, X.astype(np.float32))
    parity.check(lambda: torch.randn(3), seed=4)
    assert torch.nn.functional.relu is F.relu and not is_ours()  # nothing of the original is changed


@pytest.mark.parametrize(
    "function, place",
    [
        (lambda x: x.exp() * (1.0001 if is_ours() else 1.0), "result 0"), (lambda x: x.float() if is_ours() else x, "types of the results"),
        (lambda x: (x.mul_(2 if is_ours() else 3), None)[1], "input afterwards 0"), (lambda x: Square.apply(x) if is_ours() else x * x.detach(), "gradient 0"),
        (lambda x: x.sum(7) if is_ours() else x, "error"), (lambda x: (x, torch.rand(1) if is_ours() else torch.zeros(1))[0], "random generator"),
        (lambda x: x**3 if not is_ours() else x * x * x.detach() + x.detach() * 0 + (x - x.detach()) * x.detach() ** 2, "second derivative 0"),
    ],
)  # fmt: skip
def test_a_difference_is_raised_with_its_place(function, place):
    with pytest.raises(parity.ParityError, match=place) as caught:
        parity.check(function, torch.tensor(X, requires_grad="gradient" in place or "derivative" in place))
    said = str(caught.value)
    assert minitorch_bp.__file__ in said and ("first diverges" in said or "no single call" in said)
    assert isinstance(caught.value, AssertionError)


def test_state_and_second_order_are_compared():
    class Counts(nn.Module):
        n: torch.Tensor

        def __init__(self):
            super().__init__()
            self.register_buffer("n", torch.zeros(()))

        def forward(self, x):
            self.n += 2 if is_ours() else 1
            return x

    with pytest.raises(parity.ParityError, match="state of a module 0"):
        parity.check(Counts(), X)
    bent = lambda x: x**2 if not is_ours() else x * x.detach() * 2 - x.detach() ** 2
    with pytest.raises(parity.ParityError, match="second derivative 0"):
        parity.check(bent, X)
    parity.check(bent, X, orders=1)
    parity.check(lambda x: x * (1.001 if is_ours() else 1.0), X, tolerance=0.01)


def test_what_both_refuse_is_raised_and_wrong_calls_say_so():
    with pytest.raises(IndexError):
        parity.check(lambda x: x.sum(7), X)
    with pytest.raises(TypeError, match="make the optimizer inside"):
        parity.check(lambda x, o: x, X, torch.optim.SGD([torch.ones(1)], lr=0.1))
    with pytest.raises(TypeError, match="takes a function or a module"):
        parity.check(3, X)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="orders must be"):
        parity.check(loss, X, W, orders=3)


# ---------------------------------------------------------------------- as somebody else's project
@pytest.fixture()
def project(tmp_path):
    """A folder in which the harness has the name that it has where it is installed."""
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "minitorch_bp_parity").symlink_to(ROOT / "parity")
    (tmp_path / "installed" / "minitorch_bp").symlink_to(ROOT / "minitorch_bp")
    (tmp_path / "work").mkdir()
    path = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return lambda *command: subprocess.run(
        command, cwd=tmp_path / "work", env=environment, capture_output=True, text=True
    ), tmp_path / "work"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def test_the_code_of_the_page_runs(project):
    run, folder = project
    example, conftest, tests = blocks("python")
    (folder / "example.py").write_text(example)
    done = run(sys.executable, "example.py")
    assert done.returncode == 0, done.stderr
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_own.py").write_text(
        tests
        + """

@pytest.mark.parity
def test_that_differs(torch, x):
    return torch.exp(x) * (1.001 if torch.__name__ == "minitorch_bp" else 1.0)
"""
    )
    done = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "parity", "--strict-markers")
    assert "2 passed" in done.stdout and "1 failed" in done.stdout, done.stdout + done.stderr
    assert "ParityError" in done.stdout and "first diverges: mul" in done.stdout


def steps(text):
    """The scripts of a page's matrix that call the harness, by their job: GitHub's ``run``, GitLab's ``script``."""
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load(text)
    jobs = found.get("jobs", {k: v for k, v in found.items() if isinstance(v, dict)})
    for job in jobs.values():
        lines = [s.get("run", "") for s in job["steps"]] if "steps" in job else job["script"]
        shards = job["strategy"]["matrix"]["shard"] if "strategy" in job else range(1, job.get("parallel", 1) + 1)
        yield list(shards), [line for line in lines if "minitorch_bp_parity" in line]


@pytest.mark.parametrize("which", [0, 1], ids=["GitHub", "GitLab"])
def test_the_matrix_of_the_page_works(which, project):
    """Each job's script, for every shard, with fewer cases."""
    run, folder = project
    for shards, lines in steps(blocks("yaml")[which]):
        for shard in shards:
            for line in lines:
                line = line.replace("--cases 40000", "--cases 400 --ops mul,sum,exp,tanh,nn.Linear,nn.ReLU --jobs 1")
                line = re.sub(r"\$\{\{ *matrix.shard *\}\}|\$CI_NODE_INDEX", str(shard), line)
                line = re.sub(r"\$\{\{ *github.run_number *\}\}|\$CI_PIPELINE_IID", "7", line).replace(
                    "$CI_NODE_TOTAL", str(len(shards))
                )
                assert "${{" not in line and "$CI" not in line
                done = run("bash", "-ec", line)
                assert done.returncode == 0, done.stdout + done.stderr
    import json

    whole = json.loads((folder / "whole.json").read_text())
    assert whole["cases"] == 400 and whole["about"]["shard"] == "1/4, 2/4, 3/4, 4/4" and whole["about"]["seed"] == "7"
    assert set(whole["modules"]) == {"Linear", "ReLU"} and set(whole["coverage"]) == {"mul", "sum", "exp", "tanh"}
    assert "no mismatch" in (folder / "whole.html").read_text() and len(list(folder.glob("parity-*.xml"))) == 4
