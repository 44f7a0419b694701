"""The house rules, checked: where imports point, how long files are, what is documented, what is attached."""

import ast
import inspect
import pathlib
import subprocess
import sys

import pytest

import minitorch_bp as torch
from minitorch_bp.core.op import OPS
from minitorch_bp.ops import tail

ROOT = pathlib.Path(torch.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
ORDER = ["core", "ops", "autograd", "nn", "optim", "func", "utils"]
CORE = [
    "dtype",
    "device",
    "sums",
    "grad_mode",
    "tensor",
    "namespaces",
    "graph",
    "view",
    "op",
    "record",
    "promotion",
    "primitive",
    "inplace",
    "engine",
]


def imports(path):
    """``(module parts, level)`` of every relative import, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.relative_to(ROOT).parts[: -node.level]
            target = base + tuple((node.module or "").split(".") if node.module else ())
            yield target, node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            assert not any(n.split(".")[0] == "torch" for n in names), f"{path} imports torch"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_left(path):
    parts = path.relative_to(ROOT).parts
    for target, node in imports(path):
        if parts[0] in ORDER and target and target[0] in ORDER:
            assert ORDER.index(target[0]) <= ORDER.index(parts[0]), f"{path} line {node.lineno}"
        if parts[0] == "core" and len(target) == 2 and target[1] in CORE and path.stem in CORE:
            assert CORE.index(target[1]) < CORE.index(path.stem), f"{path} line {node.lineno}"


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


tail.load_all()


def public():
    """Every public function and class of the package and of nn, optim and functional."""
    for module in (torch, torch.nn, torch.nn.functional, torch.nn.init, torch.optim, torch.autograd):
        for name, value in vars(module).items():
            if not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value)):
                yield f"{module.__name__}.{name}", value


@pytest.mark.parametrize("name, value", [pytest.param(n, v, id=n) for n, v in public()])
def test_everything_public_is_documented(name, value):
    assert inspect.getdoc(value), name


def test_the_tables_of_the_tail_are_current():
    """Every primitive that is a method is in the table, every name in the tables exists, and loading replaces the stand-ins."""
    for module in tail.MODULES:
        found = sys.modules[f"minitorch_bp.ops.{module}"]
        for op in OPS.values():
            if op.kernel.__module__ == found.__name__ and op.method and not op.name.startswith("_"):
                assert op.params[0] != "input" or op.name in tail.METHODS.get(module, "").split(), op.name
                assert not op.inplace or op.name in tail.IN_PLACE.get(module, "").split(), op.name
    for name, module in tail.HOME.items():
        assert getattr(torch, name) is getattr(sys.modules[f"minitorch_bp.ops.{module}"], name)
    for module, names in tail.METHODS.items():
        for name in names.split():
            assert getattr(torch.Tensor, name) is getattr(sys.modules[f"minitorch_bp.ops.{module}"], name), name


def test_the_tail_waits_until_it_is_needed():
    code = (
        "import sys, minitorch_bp as t; assert 'minitorch_bp.ops.pick' not in sys.modules; x = t.arange(3.0); x.diff(); "
        "assert x.kthvalue(1).values == 0 and x.clamp_min_(1).tolist() == [1, 1, 2] and t.kron(x, x).numel() == 9"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_method_is_the_function():
    for name in ("exp", "mul", "softmax", "reshape", "gather", "sum", "sort", "matmul"):
        assert getattr(torch.Tensor, name) is getattr(torch, name)


def test_signatures_and_help_survive():
    assert list(inspect.signature(torch.addcmul).parameters) == ["input", "tensor1", "tensor2", "value"]
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


def test_the_stub_is_current():
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    import make_stub

    assert make_stub.PATH.read_text() == make_stub.text(), "run python tests/make_stub.py"
