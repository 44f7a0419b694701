"""Unmodified code that says ``import torch`` runs on this library; expected texts are PyTorch's, or Python's."""

import operator
import os
import pathlib
import subprocess
import sys

import pytest
import torch

import minitorch_bp
from minitorch_bp.compat import enable_torch_alias
from minitorch_bp.torch_version import TorchVersion


def run(*arguments, code=None, cwd=None):
    """A fresh Python with the checkout on its path: output, errors and exit code."""
    root = str(pathlib.Path(minitorch_bp.__file__).parent.parent)
    command = (
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r})\n{code}"] if code else [sys.executable, "-m", *arguments]
    )
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env={**os.environ, "PYTHONPATH": root})


def printed(code):
    done = run(code=code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


SCRIPT = """
import sys
import torch, torch.nn as nn, torch.nn.functional as F, torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset
from torch import Tensor

torch.manual_seed(0)
x = torch.randn(16, 3)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=4, shuffle=True)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
optimizer = optim.SGD(model.parameters(), lr=0.1)
for inputs, targets in loader:
    loss = F.mse_loss(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.4f}")
print(model, type(x), type(model), type(model[0].weight), type(torch.float32), type(x.shape), x.dtype, isinstance(x, Tensor))
print(sys.argv[1:], __name__)
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("swap") / "train.py"
    path.write_text(SCRIPT)
    return path


def test_a_script_prints_what_pytorch_prints(script):
    with_torch = subprocess.run([sys.executable, str(script), "a", "--b"], capture_output=True, text=True)
    ours = run("minitorch_bp", str(script), "a", "--b")
    assert with_torch.returncode == 0 and ours.returncode == 0, ours.stderr
    assert ours.stdout == with_torch.stdout


def test_module_and_code(script):
    ours = run("minitorch_bp", "-m", "train", "x", cwd=script.parent)
    assert ours.returncode == 0 and ours.stdout.endswith("['x'] __main__\n"), ours.stderr
    ours = run("minitorch_bp", "-c", "import torch, sys; print(torch.__version__.split('+')[0], sys.argv)", "z")
    assert ours.stdout == "2.13.0 ['-c', 'z']\n", ours.stderr


def test_pytest_of_unmodified_code(tmp_path):
    (tmp_path / "test_it.py").write_text("import torch\n\ndef test_it():\n    assert 'minitorch' in torch.__version__\n")
    ours = run("minitorch_bp", "-m", "pytest", "-q", "test_it.py", cwd=tmp_path)
    assert ours.returncode == 0 and "1 passed" in ours.stdout, ours.stdout + ours.stderr


@pytest.mark.parametrize("arguments", [[], ["no_such_file.py"], ["-m"], ["-c"]])
def test_usage(arguments):
    ours = run("minitorch_bp", *arguments)
    assert ours.returncode and "usage: python -m minitorch_bp script.py" in ours.stdout + ours.stderr
    assert "Traceback" not in ours.stderr


def test_an_exception_and_an_exit_code_pass_through(tmp_path):
    (tmp_path / "a.py").write_text("import torch\nraise SystemExit(3)\n")
    assert run("minitorch_bp", str(tmp_path / "a.py")).returncode == 3
    (tmp_path / "a.py").write_text("import torch\n\n1 / 0\n")
    failed = run("minitorch_bp", str(tmp_path / "a.py"))
    assert failed.returncode == 1 and 'a.py", line 3' in failed.stderr and "ZeroDivisionError" in failed.stderr


def test_each_module_exists_once():
    assert (
        printed(
            """
import minitorch_bp.compat
minitorch_bp.compat.enable_torch_alias()
import torch, torch.nn, torch.nn.modules.linear, torch.utils.data.dataset, minitorch_bp
from torch.nn.functional import relu
assert torch is minitorch_bp and torch.nn is minitorch_bp.nn and relu is minitorch_bp.nn.functional.relu
assert torch.nn.modules.linear.Linear is minitorch_bp.nn.Linear
print(torch.nn.Linear(2, 2)(torch.ones(1, 2)).shape, minitorch_bp.nn.__spec__.name)
"""
        )
        == "torch.Size([1, 2]) minitorch_bp.nn"
    )


def test_pickles_and_copies_under_the_alias():
    assert (
        printed(
            """
import copy, pickle
import minitorch_bp.compat
with minitorch_bp.compat.enable_torch_alias():
    import torch
    model = torch.nn.Linear(2, 1)
    again = pickle.loads(pickle.dumps((model, torch.ones(2), torch.float64, torch.Size([3]))))
    assert torch.equal(again[0].weight, model.weight)
    copy.deepcopy(model)
    print(again[1:])
"""
        )
        == "(tensor([1., 1.]), torch.float64, torch.Size([3]))"
    )


def test_the_name_is_given_back():
    assert printed(
        """
import minitorch_bp.compat
with minitorch_bp.compat.enable_torch_alias():
    import torch.nn
    print(type(torch.ones(1)), torch.nn.Linear)
print(type(minitorch_bp.ones(1)), minitorch_bp.nn.Linear)
import torch
print(torch.__version__.split('+')[1], minitorch_bp.compat.__name__ in __import__('sys').modules)
"""
    ).splitlines() == [
        "<class 'torch.Tensor'> <class 'torch.nn.modules.linear.Linear'>",
        "<class 'minitorch_bp.Tensor'> <class 'minitorch_bp.nn.modules.linear.Linear'>",
        f"{torch.__version__.split('+')[1]} True",
    ]  # fmt: skip


def test_refused_beside_the_real_torch():
    with pytest.raises(ImportError, match="the real torch has been imported already"):
        enable_torch_alias()
    assert sys.modules["torch"] is torch


def test_missing_names():
    text = printed(
        """
import minitorch_bp.compat, importlib.util
minitorch_bp.compat.enable_torch_alias()
assert importlib.util.find_spec("torch") is not None
import torch
for name in ("sparse_coo_tensor", "softmaxx"):
    try:
        getattr(torch, name)
    except AttributeError as error:
        print(error)
try:
    import torch.no_such_part
except ModuleNotFoundError as error:
    print(error.name, error)
"""
    ).splitlines()
    assert text[0].startswith(
        "module 'minitorch_bp' has no attribute 'sparse_coo_tensor': PyTorch's torch.sparse_coo_tensor is not in"
    )
    assert text[1] == "module 'minitorch_bp' has no attribute 'softmaxx'; did you mean 'softmax'?"
    assert text[2].startswith("torch.no_such_part there is no torch.no_such_part: torch stands for minitorch_bp here")


def test_libraries_that_look_for_torch():
    """They ask ``sys.modules`` for torch and then expect its Tensor."""
    assert (
        printed(
            """
import minitorch_bp.compat
minitorch_bp.compat.enable_torch_alias()
import torch, scipy.stats
print(scipy.stats.norm.cdf(0.0), round(float(scipy.stats.zscore([1.0, 2.0, 3.0])[2]), 4))
"""
        )
        == "0.5 1.2247"
    )


VERSIONS = ["2.4", "1.13.1", "2.13.0", "2.13", "2.14", "10.0", "2.13.0a0", (2, 4), (2, 14), (2, 13), "v2.12.1"]


@pytest.mark.parametrize("other", VERSIONS, ids=str)
def test_versions_compare_as_pytorchs(other):
    theirs, ours = torch.torch_version.TorchVersion("2.13.0+cpu"), TorchVersion("2.13.0+cpu")
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        if compare is operator.ne and not isinstance(other, str):
            continue  # of a tuple PyTorch leaves it to str, which says True
        assert compare(ours, other) == compare(theirs, other), compare
    assert minitorch_bp.__version__.startswith(torch.__version__.split("+")[0])


def test_version_and_other_things():
    assert TorchVersion("2.13.0") != 3
    assert len({TorchVersion("2.13.0"), "2.13.0"}) == 1
    with pytest.raises(TypeError):
        TorchVersion("2.13.0") < 3  # noqa: B015


def test_torchvision_under_the_alias():
    pytest.importorskip("PIL")
    code = """
import minitorch_bp.compat
minitorch_bp.compat.enable_torch_alias()
import torch, torchvision
from torchvision import datasets, transforms
import torchvision.transforms.functional as TF
from torchvision.models import resnet18
import minitorch_bp.vision
assert torchvision is minitorch_bp.vision and transforms.functional is TF
print(torchvision.__version__.split("+")[0])
print(transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]))
print(datasets.FakeData(2, transform=transforms.ToTensor()))
try:
    import torch.vision
except ModuleNotFoundError:
    print("torch has no vision")
"""
    # what torchvision 0.28 prints
    assert printed(code).splitlines() == [
        "0.28.0",
        "Compose(",
        "    ToTensor()",
        "    Normalize(mean=(0.5,), std=(0.5,))",
        ")",
        "Dataset FakeData",
        "    Number of datapoints: 2",
        "    StandardTransform",
        "Transform: ToTensor()",
        "torch has no vision",
    ]


def test_a_function_and_its_file_may_have_one_name():
    """``torch.autograd.gradcheck`` is the function, also after ``from torch.autograd.gradcheck import gradcheck``."""
    imports = "from torch.autograd.gradcheck import gradcheck; import torch.nn.utils.spectral_norm; from torch.nn.utils.weight_norm import WeightNorm; import torch"
    kinds = (
        "print(*(type(f).__name__ for f in (torch.autograd.gradcheck, torch.nn.utils.spectral_norm, torch.nn.utils.weight_norm)))"
    )
    assert printed(imports + "; " + kinds) == "function function function"
    assert printed(f"from minitorch_bp.compat import *; enable_torch_alias(); {imports}; {kinds}") == "function function function"


def test_the_name_of_the_package():
    """Libraries compare ``torch.__name__`` with the names of their imports."""
    code = "import minitorch_bp.compat as c\nwith c.enable_torch_alias():\n import torch\n print(torch.__name__)\nimport minitorch_bp\nprint(minitorch_bp.__name__)"
    assert printed(code) == "torch\nminitorch_bp"
