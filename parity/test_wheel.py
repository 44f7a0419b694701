"""What the wheel installs: two packages, the harness under a name of its own and without its tests; and the exercises with the first."""

import os
import pathlib
import re
import subprocess
import sys
import venv
import zipfile

import numpy
import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = pathlib.Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    (path,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    return pathlib.Path(path)


def test_the_wheel_holds_two_packages_and_no_tests(wheel):
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert {name.partition("/")[0] for name in names} == {"minitorch_bp", "minitorch_bp_parity"}
    assert not [name for name in names if name.rpartition("/")[2].startswith(("test_", "conftest"))]
    assert {"minitorch_bp/py.typed", "minitorch_bp_parity/__main__.py", "minitorch_bp_parity/catalog/nn.py"} <= set(names)
    exercises = {path.name for path in (ROOT / "docs" / "exercises").glob("*.py")}
    inside = "minitorch_bp/exercises/sources/"
    assert len(exercises) == 15 and {n.removeprefix(inside) for n in names if n.startswith(inside)} == exercises


def test_exercises_are_written_and_checked_from_an_installed_wheel(wheel, tmp_path):
    """In a new environment, which has the wheel, and NumPy and SciPy from this one: no checkout is near."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True)
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = pathlib.Path(subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip())
    (packages / "borrowed.pth").write_text(str(pathlib.Path(numpy.__file__).parents[1]))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}

    def run(*arguments):
        command = [python, "-m", "minitorch_bp.exercises", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    where = "import minitorch_bp; print(minitorch_bp.__file__)"
    assert (
        str(packages) in subprocess.run([python, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True).stdout
    )
    assert len(run("list").stdout.splitlines()) == 15
    name = "e01_graph_by_hand.py"
    assert run("starter", "1").returncode == 0 and (tmp_path / name).is_file()
    failed = run("check", name)
    assert failed.returncode == 1 and "Traceback" not in failed.stdout + failed.stderr
    assert run("solution", "1").returncode == 0
    passed = run("check", name)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_the_harness_may_have_any_name():
    """It never imports itself by name, so it runs as ``minitorch_bp_parity`` as well."""
    for path in (ROOT / "parity").rglob("*.py"):
        if not path.name.startswith(("test_", "conftest")):
            assert not re.search(r"^\s*(from|import) parity\b", path.read_text(), re.M), path.name
