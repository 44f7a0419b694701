"""One declaration makes a function public: what it makes, what it refuses, and what says that something else is missing."""

import inspect
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import torch

import minitorch_bp
from minitorch_bp.core.namespaces import raw, tracked
from minitorch_bp.core.op import OPS
from minitorch_bp.core.primitive import primitive
from minitorch_bp.core.public import EXPORTS, Later, operators, public
from minitorch_bp.ops import exports

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import make_index

BOTH = pytest.mark.parametrize("framework", [torch, minitorch_bp], ids=["torch", "ours"])


@pytest.fixture
def undeclared():
    """What a test declares is taken back, so that the next one finds the package as it was."""
    exports()
    spaces = {space: dict(names) for space, names in EXPORTS.items()}
    methods, ops = set(vars(minitorch_bp.Tensor)), set(OPS)
    yield
    for space in list(EXPORTS):
        EXPORTS[space] = spaces.get(space, {})
    for name in set(vars(minitorch_bp.Tensor)) - methods:
        delattr(minitorch_bp.Tensor, name)
    for name in set(OPS) - ops:
        del OPS[name]
        delattr(raw, name)
        delattr(tracked, name)


# ---------------------------------------------------------------------- a new operation: its own file, and its test
def test_a_primitive_is_declared_in_one_place(undeclared):
    @public(inplace=True, names=["third_power"])
    @primitive(input=lambda xp, grad, input: grad * 3 * input * input)
    def cube_of(input):
        """The cube, :math:`x^3`."""
        return input * input * input

    x = minitorch_bp.tensor([2.0, -1.0], requires_grad=True)
    assert minitorch_bp.cube_of is minitorch_bp.Tensor.cube_of is minitorch_bp.third_power is minitorch_bp.Tensor.third_power
    y = x.cube_of()
    assert y.tolist() == [8.0, -1.0] and y.grad_fn.name() == "CubeOfBackward0"
    (first,) = minitorch_bp.autograd.grad(y.sum(), x, create_graph=True)
    assert first.tolist() == [12.0, 3.0]  # 3 x^2
    assert minitorch_bp.autograd.grad(first.sum(), x)[0].tolist() == [12.0, -6.0]  # 6 x
    z = x * 1
    assert z.cube_of_() is z and z.tolist() == [8.0, -1.0]
    z.sum().backward()
    assert x.grad.tolist() == [12.0, 3.0]
    out = minitorch_bp.zeros(2)
    assert minitorch_bp.cube_of(x.detach(), out=out) is out and out.tolist() == [8.0, -1.0]
    # The index, the stub and the page are made from the declaration: the check of what is generated asks for them.
    assert '"cube_of' in make_index.index() or " cube_of" in make_index.index()
    assert {"cube_of", "third_power"} <= set(dir(minitorch_bp))  # what the pages list


def test_a_composite_is_declared_in_one_place(undeclared):
    @public(inplace=True)
    def doubled_along(input, dim, *, out=None):
        """Twice its running sum."""
        return input.cumsum(dim) * 2

    x = minitorch_bp.tensor([[1.0, 2.0], [3.0, 4.0]])
    want = [[2.0, 4.0], [8.0, 12.0]]
    assert minitorch_bp.doubled_along is minitorch_bp.Tensor.doubled_along
    assert (
        x.doubled_along(0).tolist() == x.doubled_along(axis=0).tolist() == minitorch_bp.doubled_along(x=x, axis=0).tolist() == want
    )
    out = minitorch_bp.zeros(2, 2)
    assert minitorch_bp.doubled_along(x, 0, out=out) is out and out.tolist() == want
    leaf = x.clone().requires_grad_()
    written = leaf * 1
    assert written.doubled_along_(axis=0) is written and written.tolist() == want
    written.sum().backward()
    assert leaf.grad.tolist() == [[4.0, 4.0], [2.0, 2.0]]
    assert str(inspect.signature(minitorch_bp.doubled_along)) == "(input, dim, *, out=None)"


def test_a_function_of_another_namespace(undeclared):
    @public("linalg", "special")
    def third(A):
        """A third."""
        return A / 3

    assert minitorch_bp.linalg.third is minitorch_bp.special.third is third
    assert not hasattr(minitorch_bp, "third") and not hasattr(minitorch_bp.Tensor, "third")


# ---------------------------------------------------------------------- what is refused
def test_two_functions_of_one_name_are_refused(undeclared):
    with pytest.raises(TypeError, match=r"torch\.exp is declared twice.*ops\.pointwise\.exponential"):

        @public("torch")
        def exp(input):
            """Something else."""

    with pytest.raises(TypeError, match=r"Tensor\.backward is declared twice"):

        @public("Tensor")
        def backward(self):
            """Something else."""

    with pytest.raises(TypeError, match=r"Tensor\.shape is declared twice"):

        @public("Tensor")
        def shape(self):
            """Something else."""

    with pytest.raises(TypeError, match=r"Tensor\.__add__ is declared twice"):

        @operators("add")
        def plus(self, other):
            """Something else."""


def test_a_rule_for_an_unknown_argument_is_refused(undeclared):
    with pytest.raises(TypeError, match="a rule for 'inptu'.*its kernel takes input"):

        @primitive(inptu=lambda xp, grad: grad)
        def cube_of(input):
            return input**3

    with pytest.raises(TypeError, match="reads 'otter'"):

        @primitive(input=lambda xp, grad, otter: grad * otter, other=lambda xp, grad: grad)
        def product_of(input, other):
            return input * other

    with pytest.raises(TypeError, match="primitive mul is declared twice"):

        @primitive(input=lambda xp, grad: grad)
        def mul(input):
            return input


# ---------------------------------------------------------------------- names for arguments, as PyTorch takes them
@BOTH
def test_numpys_names_for_arguments(framework):
    x = framework.tensor([[3.0, 1.0], [2.0, 5.0]])
    assert x.sum(axis=0).tolist() == framework.sum(x=x, axis=0).tolist() == [5.0, 6.0]
    assert framework.sum(x, axis=(0, 1), keepdims=True).tolist() == [[11.0]]
    assert x.mean(axis=1, keepdims=True).tolist() == [[2.0], [3.5]]
    assert x.max(axis=0).values.tolist() == [3.0, 5.0] and x.argmax(axis=1).tolist() == [0, 1]
    assert framework.cat([x, x], axis=1).shape == (2, 4) and framework.cumsum(x, axis=0).tolist() == [[3.0, 1.0], [5.0, 6.0]]
    assert framework.add(x1=x, x2=x).tolist() == [[6.0, 2.0], [4.0, 10.0]] and framework.exp(x=x * 0).tolist() == [
        [1.0, 1.0],
        [1.0, 1.0],
    ]
    y = x.clone()
    y.cumsum_(axis=0)
    assert y.tolist() == [[3.0, 1.0], [5.0, 6.0]]


@BOTH
@pytest.mark.parametrize(
    "call",
    [
        lambda f, x: f.sum(x, 0, axis=1),
        lambda f, x: f.sum(x, dim=0, axis=0),
        lambda f, x: f.amax(x, dim=0, axis=0),
        lambda f, x: f.sum(),
        lambda f, x: f.sum(x, axes=0),
        lambda f, x: f.permute(x, axes=(1, 0)),
        lambda f, x: f.exp(self=x),
        lambda f, x: f.cumsum(x),
        lambda f, x: f.split(x, 1, axis=0),
        lambda f, x: f.sum(x, 0, 1, 2, 3, 4),
        lambda f, x: x.sum(nope=1),
    ],
)
def test_wrong_names_for_arguments(framework, call):
    with pytest.raises(TypeError):
        call(framework, framework.ones(2, 2))


# ---------------------------------------------------------------------- in place
CHANGES = {
    "cumsum_": lambda x: x.cumsum_(0), "cumprod_": lambda x: x.cumprod_(0), "logit_": lambda x: x.mul_(0.2).logit_(), "atan2_": lambda x: x.atan2_(x.detach() + 1),
    "xlogy_": lambda x: x.xlogy_(x.detach() + 2), "clamp_": lambda x: x.clamp_(x.detach() * 0 + 1.5, x.detach() * 0 + 2.5), "deg2rad_": lambda x: x.deg2rad_(),
    "addmv_": lambda x: x.addmv_(x.detach().outer(x.detach()), x.detach() + 1), "renorm_": lambda x: x.unsqueeze_(0).renorm_(2, 0, 1.0),
    "eq_": lambda x: x.eq_(2.0), "lt_": lambda x: x.lt_(x.detach() + 1), "transpose_": lambda x: x.unsqueeze_(1).transpose_(0, 1), "squeeze_": lambda x: x.unsqueeze_(0).squeeze_(0),
    "multiply_": lambda x: x.multiply_(3), "arcsin_": lambda x: x.mul_(0.2).arcsin_(), "swapaxes_": lambda x: x.unsqueeze_(0).swapaxes_(0, 1), "div_": lambda x: x.div_(2, rounding_mode="floor"),
    "pow_": lambda x: x.pow_(3), "square_": lambda x: x.square_(), "polygamma_": lambda x: x.polygamma_(1), "index_fill_": lambda x: x.index_fill_(0, type(x)([0]).long(), 0.5),
}  # fmt: skip


_SHAPES = {"renorm_", "transpose_", "squeeze_", "swapaxes_"}  # a view can't take another shape in place under its base


@pytest.mark.parametrize("name, view", [(n, v) for n in CHANGES for v in (False, True) if not (v and n in _SHAPES)])
def test_in_place_forms_of_composites(name, view):
    """Values, gradients and what is printed of the history, as PyTorch has them; also when the target is a view."""
    results = []
    for framework in (torch, minitorch_bp):
        leaf = framework.tensor([0.5, 2.0, 3.0], requires_grad=True)
        base = leaf * 1
        target = base[:] if view else base
        changed = CHANGES[name](target)
        assert changed is target
        (base * framework.tensor([1.0, 10.0, 100.0])).sum().backward()
        results.append((base.detach().numpy(), leaf.grad.numpy(), type(base.grad_fn).__name__.rstrip("0123456789")))
    np.testing.assert_allclose(results[1][0], results[0][0], rtol=1e-6)
    np.testing.assert_allclose(results[1][1], results[0][1], rtol=1e-5)
    if name in ("cumsum_", "cumprod_", "atan2_", "xlogy_", "eq_", "multiply_", "pow_", "transpose_"):
        assert results[1][2] == results[0][2]


@BOTH
def test_reflected_operators_of_two_tensors(framework):
    """Called by name they take a tensor, too."""
    x, y = framework.tensor([2.0, 4.0], requires_grad=True), framework.tensor([1.0, 3.0])
    for name, want in {
        "rsub": [-1.0, -1.0],
        "rdiv": [0.5, 0.75],
        "rtruediv": [0.5, 0.75],
        "radd": [3.0, 7.0],
        "rmul": [2.0, 12.0],
        "rpow": [1.0, 81.0],
    }.items():
        result = getattr(x, f"__{name}__")(y)
        assert result.tolist() == want and result.requires_grad, name
    with pytest.raises(TypeError):
        _ = "a" - x


# ---------------------------------------------------------------------- messages
@pytest.mark.parametrize(
    "call, name",
    [
        (lambda x: x + minitorch_bp.ones(3), "add"),
        (lambda x: x - minitorch_bp.ones(3), "sub"),
        (lambda x: x / minitorch_bp.ones(3), "div"),
        (lambda x: minitorch_bp.div(x, minitorch_bp.ones(3), rounding_mode="trunc"), "div"),
        (lambda x: x.fill_(minitorch_bp.ones(2)), "fill_"),
        (lambda x: x.copy_(minitorch_bp.ones(3)), "copy_"),
        (lambda x: x.add_(minitorch_bp.ones(3)), "add_"),
        (lambda x: x ** minitorch_bp.ones(3), "pow"),
        (lambda x: minitorch_bp.mul("a", x), "mul"),
    ],
)
def test_errors_carry_public_names(call, name):
    with pytest.raises((RuntimeError, TypeError)) as caught:
        call(minitorch_bp.ones(2))
    words = str(caught.value).replace("(", " ").replace(":", " ").split()
    assert name in words and not any(w.startswith("_") for w in words), str(caught.value)


# ---------------------------------------------------------------------- names that are found later
def test_a_stale_index_says_what_to_run():
    later = Later("minitorch_bp.core.dtype", "no_such_method")
    type.__setattr__(minitorch_bp.Tensor, "no_such_method", later)
    try:
        with pytest.raises(AttributeError, match=r"run tests/make_index\.py"):
            _ = minitorch_bp.Tensor.no_such_method
    finally:
        delattr(minitorch_bp.Tensor, "no_such_method")


def test_fronts_keep_what_help_shows():
    assert list(inspect.signature(torch.nn.functional.softmax).parameters)[:2] == ["input", "dim"]
    for function in (minitorch_bp.sum, minitorch_bp.cat, minitorch_bp.linalg.svd, minitorch_bp.Tensor.kthvalue):
        assert inspect.getdoc(function) and function.__name__ in inspect.getsource(function)
        assert "out" in inspect.signature(function).parameters and "names" not in inspect.signature(function).parameters


# ---------------------------------------------------------------------- what users do with names, in a fresh process
FRESH = {
    "import *": 'from minitorch_bp import *; assert cos(tensor([0.0])) == 1 and arange(3).shape == (3,) and max(tensor([1, 2])) == 2 and svd',
    "a method replaced before its file is there": 'import minitorch_bp as t; t.Tensor.cos = lambda self: 7; assert t.sin(t.zeros(1)) == 0 '
    'and t.zeros(1).cos() == 7 and t.cos(t.zeros(1)) == 1',
    "a method replaced for a while": 'import minitorch_bp as t; from unittest import mock\n'
    'with mock.patch.object(t.Tensor, "quantile", lambda self, q: 7): assert t.quantile(t.ones(2), 0.5) == 1 and t.ones(2).quantile(1) == 7\n'
    'assert t.ones(2).quantile(0.5) == 1 and t.ones(3).nanquantile(0.5) == 1',
    "a method overridden": 'import minitorch_bp as t\nclass S(t.Tensor):\n    def quantile(self, *q): return super().quantile(*q) + 1\n'
    'assert S([1.0, 2.0]).quantile(0.5) == 2.5',
    "pickled": 'import minitorch_bp as t, pickle\n'
    'for f in (t.sum, t.relu, t.Tensor.clamp_, t.Tensor.add_, t.Tensor.backward, t.Tensor.logit_, t.Tensor.eq_, t.Tensor.unfold): '
    'assert pickle.loads(pickle.dumps(f)) is f',
    "threads": 'import minitorch_bp as t, threading, collections; found = []\n'
    'threads = [threading.Thread(target=lambda: found.append(t.ones(3).nanquantile(0.5).item())) for _ in range(8)]\n'
    '[x.start() for x in threads]; [x.join() for x in threads]; assert found == [1.0] * 8',
}  # fmt: skip


@pytest.mark.parametrize("case", FRESH)
def test_in_a_fresh_process(case):
    subprocess.run([sys.executable, "-W", "error", "-c", FRESH[case]], check=True)


@BOTH
def test_more_of_names_and_in_place_forms(framework):
    x = framework.arange(4.0).view(2, 2)
    assert framework.aminmax(x, axis=0).max.tolist() == [2.0, 3.0] and framework.trapezoid(x, axis=0).tolist() == [1.0, 2.0]
    assert framework.linalg.vecdot(x, x, axis=0).tolist() == [4.0, 10.0]
    assert (2 << framework.tensor([1, 2])).tolist() == [4, 8] and (16 >> framework.tensor([1, 2])).tolist() == [8, 4]
    w, y = framework.tensor([0.4, 0.6], requires_grad=True), framework.tensor([0.3, 0.5])
    y.clamp_(w)  # the target needs no gradient, the bound does
    y.sum().backward()
    assert y.tolist() == w.tolist() and w.grad.tolist() == [1.0, 1.0]
    for layer in (framework.nn.Hardswish, framework.nn.Hardsigmoid, framework.nn.Mish, framework.nn.CELU):
        z = framework.tensor([0.5, 1.0], requires_grad=True)
        a = layer()(z * 1).sum()
        b = layer(inplace=True)(z * 1).sum()
        (first,), (second,) = framework.autograd.grad(a, z), framework.autograd.grad(b, z)
        assert first.tolist() == second.tolist()


@BOTH
def test_erf_of_an_expanded_tensor(framework):
    x = framework.erf(framework.tensor([0.5, -1.0]).unsqueeze(0).expand(2, 2))
    assert x[0].tolist() == x[1].tolist() and x[0, 0] > 0 > x[0, 1]
