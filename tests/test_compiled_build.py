"""The compiled build, on one small module: what goes into the wheel, what then runs, and what is said where it cannot be made."""

import importlib.util
import pathlib
import shutil
import subprocess
import sys

import pytest

import minitorch_bp

ROOT = pathlib.Path(__file__).parent.parent
RUN = """
import minitorch_bp as torch, minitorch_bp.core.storage as storage
x = torch.arange(6.0, requires_grad=True)
x.as_strided((2, 2), (2, 1)).prod().backward()
print(type(storage.window).__name__, "Build: compiled (core.storage)" in torch.__config__.show(), x.grad.tolist())
"""


@pytest.fixture
def hook(monkeypatch):
    """The module of the build hook, with the switch set."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv(module.SWITCH, "1")
    return module


def initialized(hook, version="standard"):
    """The hook after its first step, and what it tells the builder."""
    made, data = hook.CompiledBuild(str(ROOT), {}, None, None, "", "wheel"), {"force_include": {}}
    made.initialize(version, data)
    return made, data


def test_a_compiled_module_runs_in_place_of_its_source(hook, tmp_path, monkeypatch):
    monkeypatch.setattr(hook, "MODULES", ("core.storage",))
    made, data = initialized(hook)
    assert data["infer_tag"] is True and data["pure_python"] is False  # the wheel is for this platform
    package = shutil.copytree(
        ROOT / "minitorch_bp", tmp_path / "minitorch_bp", ignore=shutil.ignore_patterns("__pycache__", "*.so")
    )
    for file, place in data["force_include"].items():
        shutil.copy(file, tmp_path / place)
    assert [f.name.partition(".")[0] for f in package.rglob("storage.cpython*")] == ["storage"]
    made.finalize("standard", data, "")
    assert not any(pathlib.Path(file).exists() for file in data["force_include"])
    run = subprocess.run([sys.executable, "-c", RUN], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == "cython_function_or_method True [6.0, 0.0, 0.0, 0.0, 0.0, 0.0]\n"


def test_without_the_switch_the_hook_does_nothing(hook, monkeypatch):
    for value in ("", "0"):
        monkeypatch.setenv(hook.SWITCH, value)
        made, data = initialized(hook)
        assert data == {"force_include": {}} and made.dependencies() == []
    monkeypatch.setenv(hook.SWITCH, "1")
    assert [d.partition(">")[0] for d in made.dependencies()] == ["cython", "setuptools"]


def test_what_is_missing_is_said_in_a_sentence(hook, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("CC", "no-such-compiler")
        with pytest.raises(SystemExit, match="needs a C compiler, and there is no no-such-compiler: install one, or unset"):
            hook.compiled(ROOT, ("core.storage",), tmp_path)
    monkeypatch.setitem(sys.modules, "Cython.Build", None)
    with pytest.raises(SystemExit, match="needs Cython and setuptools: pip install cython setuptools"):
        hook.compiled(ROOT, ("core.storage",), tmp_path)


def test_an_editable_install_stays_pure(hook):
    with pytest.raises(SystemExit, match="an editable install runs the sources: leave out -e"):
        initialized(hook, "editable")


def test_the_modules_of_the_list_exist(hook):
    for name in hook.MODULES:
        assert (ROOT / minitorch_bp.__name__ / f"{name.replace('.', '/')}.py").is_file()
