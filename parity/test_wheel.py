"""What the wheel installs: two packages, the harness under a name of its own and without its tests."""

import fnmatch
import pathlib
import re
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).parent.parent


def contents(folder):
    """The paths in the wheel: of one that hatchling builds or, without hatchling, by the configuration."""
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ImportError:
        wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
        found = [
            p.relative_to(ROOT) for top in wheel["only-include"] for p in (ROOT / top).rglob("*") if "__pycache__" not in p.parts
        ]
        kept = [p for p in found if (ROOT / p).is_file() and not any(fnmatch.fnmatch(p.name, x) for x in wheel["exclude"])]
        return [str(pathlib.PurePath(wheel["sources"].get(p.parts[0], p.parts[0]), *p.parts[1:])) for p in kept]
    (path,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return [name for name in zipfile.ZipFile(path).namelist() if ".dist-info/" not in name]


def test_the_wheel_holds_two_packages_and_no_tests(tmp_path):
    names = contents(tmp_path)
    assert {name.partition("/")[0] for name in names} == {"minitorch_bp", "minitorch_bp_parity"}
    assert not [name for name in names if name.rpartition("/")[2].startswith(("test_", "conftest"))]
    assert {"minitorch_bp/py.typed", "minitorch_bp_parity/__main__.py", "minitorch_bp_parity/catalog/nn.py"} <= set(names)


def test_the_harness_may_have_any_name():
    """It never imports itself by name, so it runs as ``minitorch_bp_parity`` as well."""
    for path in (ROOT / "parity").rglob("*.py"):
        if not path.name.startswith(("test_", "conftest")):
            assert not re.search(r"^\s*(from|import) parity\b", path.read_text(), re.M), path.name
