"""The house rules, checked: where imports point, how long files are, what is documented, what is attached."""

import ast
import inspect
import pathlib
import subprocess
import sys

import pytest

import minitorch_bp as torch
from minitorch_bp.core.op import OPS
from minitorch_bp.ops import exports

ROOT = pathlib.Path(torch.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
#: Each part of the package imports only from those before it; so do the chapters of ``ops``.
ORDER = [
    "_index",
    "core",
    "ops",
    "autograd",
    "nn",
    "optim",
    "func",
    "utils",
    "distributions",
    "serialization",
    "explain",
    "jit",
    "exercises",
    "vision",
]
CHAPTERS = [
    "_base", "_shapes", "_return_types", "_composite", "requires_grad", "conversion", "from_data", "creation", "ranges", "new_tensors", "memory", "interop", "shared_memory", "window_functions", "properties", "tensor_info",
    "special", "random", "shape", "indexing", "pointwise", "reduction", "linalg", "nn", "fft", "masked", "control_flow", "vmap", "foreach",
]  # fmt: skip
CORE = [
    "dtype", "device", "sums", "grad_mode", "tensor", "types", "namespaces", "handle", "saved", "op", "graph", "view", "record", "promotion", "out", "primitive",
    "inplace", "public", "engine",
]  # fmt: skip


def imports(path, inside=True):
    """``(module parts, node)`` of every relative import, also ``inside`` functions."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if inside else tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.relative_to(ROOT).parts[: -node.level]
            target = base + tuple((node.module or "").split(".") if node.module else ())
            yield target, node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            assert not any(n.split(".")[0] == "torch" for n in names), f"{path} imports torch"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    for target, node in imports(path):
        names = [a.name for a in node.names] if len(target) < 2 else [target[1]]
        for name in names:
            here, there = parts[0], target[0] if target else name
            for order in (ORDER, CHAPTERS, CORE):
                if here in order and there in order:
                    assert order.index(there) <= order.index(here), f"{path} line {node.lineno} imports from {there}"
                if not here == there == ("ops" if order is ORDER else "core"):
                    break
                here, there = parts[1], name
                if here == "__init__":
                    break


def files_imported_by(path, inside=True):
    """The files of the package that a file imports."""
    for target, node in imports(path, inside):
        for name in [a.name for a in node.names]:
            for parts in ((*target, name), target):
                file = ROOT.joinpath(*parts)
                file = file.with_suffix(".py") if file.with_suffix(".py").exists() else file / "__init__.py"
                if parts and file.exists():
                    yield file
                    break


def test_no_imports_run_in_a_circle():
    edges = {path: set(files_imported_by(path)) for path in FILES}
    done, open_ = set(), []

    def visit(path):
        assert path not in open_, "circle: " + " -> ".join(str(p.relative_to(ROOT)) for p in [*open_[open_.index(path) :], path])
        if path not in done:
            open_.append(path)
            for other in edges[path] - {path}:
                visit(other)
            done.add(open_.pop())

    for path in FILES:
        visit(path)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_one_family_each(path):
    text = path.read_text()
    assert text.count("\n") <= 500
    assert ast.get_docstring(ast.parse(text)), "a module says what it is about"


def test_scipy_is_imported_inside_functions_only():
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", None) or ""]
            assert not any(name.split(".")[0] == "scipy" for name in names), path


EXPORTS = exports()


def public():
    """Every public function and class of the package and of nn, optim and functional."""
    for module in (torch, torch.nn, torch.nn.functional, torch.nn.init, torch.optim, torch.autograd):
        for name, value in vars(module).items():
            if not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value)):
                yield f"{module.__name__}.{name}", value


@pytest.mark.parametrize("name, value", [pytest.param(n, v, id=n) for n, v in public()])
def test_everything_public_is_documented(name, value):
    assert inspect.getdoc(value), name


def test_functions_wait_until_they_are_needed():
    code = (
        "import sys, minitorch_bp as t; assert 'minitorch_bp.ops.indexing.select' not in sys.modules; x = t.arange(3.0); x.renorm; "
        "assert x.take(t.tensor([1])) == 1 and x.kthvalue(1).values == 0 and t.kron(x, x).numel() == 9"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_method_is_the_function():
    for name in ("exp", "mul", "softmax", "gather", "sum", "sort", "matmul"):
        assert getattr(torch.Tensor, name) is getattr(torch, name)
    for name in ("reshape", "permute", "flip", "tile"):  # but where the method takes numbers one by one, and the function a tuple
        assert getattr(torch.Tensor, name) is getattr(torch, name).__wrapped__


def test_signatures_and_help_survive():
    assert list(inspect.signature(torch.lerp).parameters) == ["input", "end", "weight"]
    assert "Multiply" in torch.mul.__doc__


def test_rules_do_not_mention_broadcasting_or_types():
    """The engine undoes both, in one place."""
    for op in OPS.values():
        for _, rule, _ in op.rules:
            assert not {"broadcast_to", "sum_to_size", "astype", "unbroadcast"} & set(rule.__code__.co_names), op.name


def test_kernels_are_short():
    lengths = []
    for op in OPS.values():
        tree = ast.parse(inspect.getsource(op.kernel).lstrip())
        body = tree.body[0].body
        body = body[1:] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else body
        lengths.append(body[-1].end_lineno - body[0].lineno + 1 if body else 0)
    assert sorted(lengths)[len(lengths) // 2] < 10


def test_the_types_are_of_functions_that_exist():
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    import stub_types

    def find(key):
        space, _, name = key.rpartition(".")
        return next((EXPORTS[s][name] for s in ([space] if space else ["torch", "Tensor"]) if name in EXPORTS[s]), None)

    arguments = [key for key in (*stub_types.EXCEPTIONS, *stub_types.LITERALS) if "." in key]
    functions = {*stub_types.SIGNATURES, *stub_types.RESULTS} - {"Tensor.__copy__", "Tensor.__deepcopy__"}  # of the class itself
    assert [key for key in functions if find(key) is None] == []
    for key in arguments:
        function, _, argument = key.rpartition(".")
        assert argument in inspect.signature(find(function)).parameters, key
        assert function not in stub_types.SIGNATURES, f"{key}: not read, since {function} has whole signatures"


def test_what_is_generated_is_current():
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    import make_index

    for path, text in make_index.files().items():
        assert path.read_text() == text, f"{path.name} is not what the declarations say: run python tests/make_index.py"


def imported_with(path):
    """The files that are there once a file is: what it imports, what these import, and so on."""
    seen, queue = set(), [path]
    while queue:
        here = queue.pop()
        if here not in seen:
            seen.add(here)
            queue += files_imported_by(here, inside=False)
    return seen


EVERYDAY = imported_with(ROOT / "ops/__init__.py")


@pytest.mark.parametrize("path", [p for p in FILES if "ops" in p.parts or p.stem == "fft"], ids=lambda p: str(p.relative_to(ROOT)))
def test_rules_find_their_words(path):
    """``xp.name`` in a file needs the file of that primitive, which the file imports, or ``ops`` itself."""
    there = EVERYDAY if path.stem.startswith("_") else EVERYDAY | imported_with(path)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "xp" and node.attr in OPS:
            home = ROOT.joinpath(*OPS[node.attr].kernel.__module__.split(".")[1:]).with_suffix(".py")
            assert home in there, f"line {node.lineno} says xp.{node.attr}: import {home.relative_to(ROOT)} in this file"


def test_operators_do_not_wait():
    for name, value in EXPORTS["Tensor"].items():
        if name.startswith("__") and value.__module__.startswith("minitorch_bp.ops"):
            assert ROOT.joinpath(*value.__module__.split(".")[1:]).with_suffix(".py") in EVERYDAY, name
