"""``python -m minitorch_bp doctor`` reads code and says which names are not here; which names those are is looked up in the library."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

import minitorch_bp
from minitorch_bp import doctor

CODE = """
import torch, torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
import torchvision.transforms as T
import torch.utils.cpp_extension
import torchvision.models.detection

class Net(nn.Module):
    def forward(self, x):
        return F.relu(nn.Linear(2, 3)(x)).mean()

trace = nn.Linaer
try:
    from torch.utils.cpp_extension import load
    torch.no_such_thing
except ImportError:
    load = None
if hasattr(torch, "not_yet"):
    torch.not_yet()
T.Resize(3)
x = torch.ones(2).to_mkldnn()
exit(1)
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(CODE)
    return str(path)


def run(*arguments):
    root = str(pathlib.Path(minitorch_bp.__file__).parent.parent)
    return subprocess.run(
        [sys.executable, "-m", "minitorch_bp", "doctor", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )


def test_missing_names_have_places_and_advice(script):
    report = doctor.examine([script])
    assert [n.name for n in report.missing] == ["torch.nn.Linaer", "torch.utils.cpp_extension", "torchvision.models.detection"]
    by_name = {n.name: n for n in report.missing}
    assert by_name["torch.nn.Linaer"].places == [(script, 13)] and "Linear" in by_name["torch.nn.Linaer"].instead
    assert "autograd.Function" in by_name["torch.utils.cpp_extension"].instead
    used = {n.name for n in report.names.values() if n.here}
    assert {"torch.nn.Linear", "torch.nn.functional.relu", "torch.utils.data.DataLoader", "torchvision.transforms.Resize"} <= used
    assert list(report.hints) == ["to_mkldnn"]


def test_the_command_does_not_run_the_code(script):
    done = run(script)
    assert done.returncode == 1 and "missing  torch.nn.Linaer" in done.stdout and "line 13" in done.stdout, done.stderr


def test_json(script):
    done = run(script, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == found["exit_code"] == 1 and found["files"] == 1
    assert [n["name"] for n in found["names"] if not n["here"]] == [
        "torch.nn.Linaer",
        "torch.utils.cpp_extension",
        "torchvision.models.detection",
    ]


def test_a_notebook_and_a_folder(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["import torch.no_such_part"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import torch\n", "!pip install x"]},
        {"cell_type": "code", "source": ["torch.ones(2)\n", "torch.no_such_thing"]},
        {"cell_type": "code", "source": ["%%bash\n", "not python"]},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "ok.py").write_text("import torch\nprint(torch.float32.is_floating_point, torch.backends.cudnn.benchmark)\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "b.py").write_text("import torch.no_such_part\n")
    report = doctor.examine([str(tmp_path)])
    assert report.files == 2 and [(n.name, n.places[0][1]) for n in report.missing] == [("torch.no_such_thing", 3)]


def test_a_name_that_is_a_variable_elsewhere(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("import torch.utils.data as data\nfor data in data.DataLoader([1]):\n    print(data.shape)\n")
    assert doctor.examine([str(path)]).missing == []


def test_exit_codes(tmp_path):
    (tmp_path / "good.py").write_text("import torch\ntorch.ones(1)\n")
    (tmp_path / "bad.py").write_text("import torch\ndef (\n")
    assert run(str(tmp_path / "good.py")).returncode == 0
    broken = run(str(tmp_path / "bad.py"))
    assert broken.returncode == 2 and "cannot be read" in broken.stdout
    assert run().returncode == 2 and run("no_such_file.py").returncode == 2 and run("--help").returncode == 0


def test_every_name_of_the_library_is_found():
    for name in (
        "torch.nn.Linear.forward",
        "torch.optim.lr_scheduler.StepLR",
        "torch.Tensor.sum",
        "torchvision.ops.nms",
        "torch.nn.utils.rnn",
    ):
        assert doctor.look_up(name) == (True, ""), name
    for name in ("torch.vision", "torch.nn.Conv2D", "torchaudio.load", "torchvision.models.efficientnet_b0"):
        assert not doctor.look_up(name)[0], name
