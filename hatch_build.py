"""The compiled build: the same sources, turned into machine code by Cython, which lies beside the sources in the wheel.

    MINITORCH_BP_COMPILED=1 pip install .

Without the variable nothing happens here, and the wheel is the pure one. With it, each module of ``MODULES`` becomes an extension module
beside its ``.py``. Python prefers it on import; readers, tracebacks and ``inspect`` find the source where it was.
``minitorch_bp.__config__.show()`` says which build is running. The design chapter says what is left out, and why.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SWITCH = "MINITORCH_BP_COMPILED"
PACKAGE = "minitorch_bp"

#: The modules in which a step on small tensors spends its time.
MODULES = (
    "core.chain", "core.engine", "core.graph", "core.inplace", "core.layout", "core.primitive", "core.promotion",
    "core.record", "core.saved", "core.storage", "core.sums", "core.tensor", "core.view", "ops.linalg.matmul",
    "ops.nn.activation", "ops.nn.cross_entropy", "ops.nn.linear", "ops.pointwise.arithmetic", "ops.pointwise.power",
    "ops.reduction.sums", "ops.shape.view", "optim.adam", "optim.arithmetic", "optim.optimizer", "optim.sgd",
)  # fmt: skip

#: ``nonecheck``: a field of None is an AttributeError, and no crash. ``autotestdict``: doctest finds the examples in the docstrings.
DIRECTIVES = {"language_level": 3, "nonecheck": True, "autotestdict": False}


class BuildFailed(SystemExit):
    """Why there is no compiled build, in one sentence: the last line that pip shows of it."""


def asked_for() -> bool:
    """Whether a compiled build is wanted."""
    return os.environ.get(SWITCH, "") not in ("", "0")


@contextlib.contextmanager
def only_structs() -> Iterator[None]:
    """Let Cython take from annotations only the structs that a ``.pxd`` declares.

    All others are for readers: Cython would take ``x: float`` for a C double, and refuse a ``Size`` where ``tuple`` is written.
    """
    from Cython.Compiler.ExprNodes import AnnotationNode

    analyse = AnnotationNode.analyse_type_annotation

    def of_structs(annotation: Any, *args: Any, **kwargs: Any) -> Any:
        modifiers, kind = analyse(annotation, *args, **kwargs)
        return (modifiers, kind) if getattr(kind, "is_extension_type", False) else ([], None)

    AnnotationNode.analyse_type_annotation = of_structs
    try:
        yield
    finally:
        AnnotationNode.analyse_type_annotation = analyse


def compiled(root: Path, modules: tuple[str, ...], into: Path) -> dict[str, str]:
    """Compile modules of the package ``into`` a folder: the files that were made, and their places in the wheel."""
    try:
        from Cython.Build import cythonize
        from setuptools import Distribution, Extension
        from setuptools.command.build_ext import build_ext
        from setuptools.errors import BaseError
    except ImportError as error:
        raise BuildFailed(
            f"{SWITCH} asks for a compiled build, which needs Cython and setuptools: pip install cython setuptools"
        ) from error
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if os.name != "nt" and shutil.which(compiler) is None:
        raise BuildFailed(
            f"{SWITCH} asks for a compiled build, which needs a C compiler, and there is no {compiler}: install one, or unset the variable"
        )
    flags = [] if os.name == "nt" else ["-O2", "-g0"]
    here = os.getcwd()
    os.chdir(root)  # the names of the files stand in tracebacks
    try:
        files = {f"{PACKAGE}.{name}": f"{PACKAGE}/{name.replace('.', '/')}.py" for name in modules}
        extensions = [Extension(name, [file], extra_compile_args=flags) for name, file in files.items()]
        with only_structs():
            made = cythonize(extensions, build_dir=str(into / "c"), compiler_directives=DIRECTIVES, quiet=True)
        command = build_ext(Distribution({"name": PACKAGE, "ext_modules": made}))
        command.build_lib, command.build_temp, command.parallel = str(into), str(into / "objects"), os.cpu_count()
        command.ensure_finalized()
        command.run()
    except BaseError as error:
        raise BuildFailed(f"{SWITCH} asks for a compiled build, but the C compiler failed: {error}") from error
    finally:
        os.chdir(here)
    return {file: str(Path(file).relative_to(into)) for file in command.get_outputs()}


class CompiledBuild(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the extension modules to the wheel, if they are wanted."""

    def dependencies(self) -> list[str]:
        """What pip installs for the build."""
        return ["cython>=3.1,<4", "setuptools>=77"] if asked_for() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not asked_for():
            return
        if version == "editable":
            raise BuildFailed(
                f"{SWITCH} asks for a compiled build, but an editable install runs the sources: leave out -e, or unset the variable"
            )
        self.folder = Path(tempfile.mkdtemp())
        build_data["force_include"].update(compiled(Path(self.root), MODULES, self.folder))
        build_data["pure_python"], build_data["infer_tag"] = False, True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if asked_for():
            shutil.rmtree(self.folder)
