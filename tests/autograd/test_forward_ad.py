"""Forward mode: PyTorch's tangents, values and refusals, over the same programs; and the Jacobians of many functions."""

import numpy as np
import pytest
import torch
from torch.autograd import forward_ad as theirs

import minitorch_bp
from minitorch_bp.autograd import forward_ad as ours

F = "torch.nn.functional."
VALUES = {
    "x": np.array([[0.3, -1.2, 0.7], [2.0, 0.1, -0.4]]), "y": np.array([[1.1, 0.5, -0.3], [0.2, 0.9, 1.4]]), "w": np.array([[0.5, -0.2, 0.8], [0.1, 0.4, -0.6]]),
}  # fmt: skip
TANGENTS = {"x": np.array([[1.0, 0.5, -0.5], [0.0, 2.0, 1.0]]), "y": np.array([[0.2, -1.0, 0.3], [1.0, 0.0, 0.7]])}
PROGRAMS = [
    "out = x * y + x.sin()", "out = x @ y.T", "out = torch.exp(x).sum(dim=1)", "out = x.max(dim=1).values", "out = torch.sort(x, dim=1)[0]",
    f"out = {F}softmax(x, 1)", f"out = {F}linear(x, w)", f"out = {F}cross_entropy(x, torch.tensor([0, 2]))", f"out = {F}layer_norm(x, (3,))",
    "out = torch.cat([x, y]).mean(0)", "out = torch.where(x > 0, x, y * 2)", "out = x.T.reshape(-1)[1:4]", "out = torch.linalg.svdvals(x)",
    "out = x.clone(); out[0] = y[1]", "out = x.clone(); out[:, 1] *= y[:, 0]", "out = x * 2; out.add_(y, alpha=3)", "out = x.clone(); out.zero_()",
    "out = torch.zeros(2, 3, dtype=torch.float64); out[1] = x[0]", "out = torch.zeros(2, 3, dtype=torch.float64); out.copy_(x)",
    "v = x.clone(); out = v[0]; out.mul_(y[0]); out = v", "out = x.clone().t_()", "out = x.clone().unsqueeze_(0).squeeze_()", "out = x.detach() * y",
    "out = x.clone(); out.detach_()", "out = x.unbind()[1]", "out = torch.stack(list(x)).cumsum(0)", "out = (x > 0).double()", "out = x.float().double()",
    "out = torch.einsum('ij,kj->ik', x, y)", "out = x.norm()", "out = torch.logsumexp(x, 1)", "out = x.prod()", "out = x.std(dim=0)",
    "base = torch.zeros(3, 2, dtype=torch.float64); v = base.t(); v.add_(x); v *= 2; out = base",
    f"out = {F}conv1d(x[None], y[:, None, :2].repeat(1, 2, 1), padding=1)", f"out = {F}max_pool1d(x[None], 2)", f"out = {F}gelu(x) + {F}silu(y)",
    f"torch.manual_seed(0); out = {F}dropout(x, 0.5) * torch.rand(2, 3, dtype=torch.float64)",
    f"m, v = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64); out = {F}batch_norm(x, m, v, training=True) + m",
]  # fmt: skip


def run(namespace, mode, program, requires_grad=""):
    names = {"torch": namespace}
    with mode.dual_level():
        for name, value in VALUES.items():
            names[name] = namespace.tensor(value, requires_grad=name in requires_grad)
            if name in TANGENTS:
                names[name] = mode.make_dual(names[name], namespace.tensor(TANGENTS[name]))
        exec(program, names)
        primal, tangent = mode.unpack_dual(names["out"])
        tangent = None if tangent is None else tangent.detach().numpy().copy()
        return primal.detach().numpy().copy(), tangent, primal.requires_grad


@pytest.mark.parametrize("program", PROGRAMS)
def test_values_and_tangents_are_pytorchs(program):
    (value, tangent, recorded), (right, right_tangent, right_recorded) = (
        run(minitorch_bp, ours, program),
        run(torch, theirs, program),
    )
    np.testing.assert_allclose(value, right, rtol=1e-12, atol=1e-15)
    assert recorded == right_recorded
    if right_tangent is None:
        assert tangent is None or not tangent.any()
    else:
        np.testing.assert_allclose(tangent, right_tangent, rtol=1e-10, atol=1e-14)


def test_a_tangent_can_be_differentiated_backwards():
    found = []
    for namespace, mode in ((minitorch_bp, ours), (torch, theirs)):
        w = namespace.tensor([2.0, 3.0], requires_grad=True)
        with mode.dual_level():
            x = mode.make_dual(namespace.tensor([1.0, -1.0]), namespace.tensor([1.0, 0.5]))
            tangent = mode.unpack_dual((x * w).sin() * w).tangent
        found.append([t.detach().numpy() for t in (tangent, *namespace.autograd.grad(tangent.sum(), w))])
    for mine, right in zip(*found):
        np.testing.assert_allclose(mine, right, rtol=1e-6)


def test_forward_mode_goes_on_without_recording():
    with ours.dual_level(), minitorch_bp.no_grad():
        x = ours.make_dual(minitorch_bp.tensor(3.0), minitorch_bp.tensor(2.0))
        assert ours.unpack_dual(x * x).tangent.item() == 12.0


def test_tangents_are_kept_as_they_are_and_forgotten_with_the_level():
    value, tangent = minitorch_bp.ones(2), minitorch_bp.ones(2)
    with ours.dual_level() as level:
        dual = ours.make_dual(value, tangent, level=level)
        assert ours.unpack_dual(dual).tangent is tangent
        assert ours.unpack_dual(value).tangent is None
        assert repr(dual) == "tensor([1., 1.], tangent=tensor([1., 1.]))"
    assert ours.unpack_dual(dual) == (dual, None)
    assert repr(dual) == "tensor([1., 1.])"
    assert not ours.state.tangents


def test_no_detour_is_left_behind():
    minitorch_bp.sin(minitorch_bp.ones(1))  # its first call gives it its own code
    code = minitorch_bp.sin.__code__
    with ours.dual_level():
        assert minitorch_bp.sin.__code__ is not code
    assert minitorch_bp.sin.__code__ is code


REFUSED = [
    "make_dual(torch.ones(2, dtype=torch.int64), torch.ones(2))", "make_dual(torch.ones(2), torch.ones(2, dtype=torch.int64))",
    "make_dual(torch.ones(2), torch.ones(3))", "enter_dual_level()", "make_dual(torch.ones(2), make_dual(torch.ones(2), torch.ones(2)))",
    "torch.add(make_dual(torch.ones(2), torch.ones(2)), 1, out=torch.zeros(2))", "NoRule.apply(make_dual(torch.ones(2), torch.ones(2)))",
    "WrongShape.apply(make_dual(torch.ones(2), torch.ones(2)))", "TooMany.apply(make_dual(torch.ones(2), torch.ones(2)))",
]  # fmt: skip


def functions(namespace):
    class NoRule(namespace.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    class WrongShape(NoRule):
        @staticmethod
        def jvp(ctx, tangent):
            return tangent[:1]

    class TooMany(NoRule):
        @staticmethod
        def jvp(ctx, tangent):
            return tangent, tangent

    return {"NoRule": NoRule, "WrongShape": WrongShape, "TooMany": TooMany}


@pytest.mark.parametrize("call", REFUSED)
def test_what_is_refused(call):
    kinds = []
    for namespace, mode in ((minitorch_bp, ours), (torch, theirs)):
        names = {"torch": namespace, "make_dual": mode.make_dual, "enter_dual_level": mode.enter_dual_level, **functions(namespace)}
        with mode.dual_level(), pytest.raises(Exception) as caught:
            exec(call, names)
        kinds.append(caught.type.__name__)
    assert kinds[0] == kinds[1]


def test_outside_of_a_level_nothing_carries_a_tangent():
    with pytest.raises(RuntimeError, match="dual_level"):
        ours.make_dual(minitorch_bp.ones(1), minitorch_bp.ones(1))
    with pytest.raises(RuntimeError, match="no dual_level is open"):
        ours.exit_dual_level()


def test_a_functions_own_rule_is_used():
    class Product(minitorch_bp.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_forward(x, y)
            return x * y

        @staticmethod
        def jvp(ctx, of_x, of_y):
            x, y = ctx.saved_tensors
            return of_x * y + x * of_y

    with ours.dual_level():
        x = ours.make_dual(minitorch_bp.tensor([2.0, 3.0]), minitorch_bp.tensor([1.0, 1.0]))
        out = Product.apply(x, minitorch_bp.tensor([5.0, 7.0]))  # without a tangent: zeros
        assert ours.unpack_dual(out).tangent.tolist() == [5.0, 7.0]


def test_gradcheck_compares_forward_mode_too():
    x = minitorch_bp.tensor([[0.3, 0.7], [1.1, -0.4]], dtype=minitorch_bp.float64, requires_grad=True)
    assert minitorch_bp.autograd.gradcheck(lambda t: (t @ t, t.exp().sum()), (x,), check_forward_ad=True)

    class Wrong(minitorch_bp.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, grad):
            return 2 * grad * ctx.saved_tensors[0]

        @staticmethod
        def jvp(ctx, tangent):
            return tangent

    assert minitorch_bp.autograd.gradcheck(Wrong.apply, (x,))
    with pytest.raises(RuntimeError, match="forward mode gives"):
        minitorch_bp.autograd.gradcheck(Wrong.apply, (x,), check_forward_ad=True)


VIEWS = {
    "input as it is": ("return x", "return t.view_as(t)", "return t"),
    "view": ("return x[:1]", "return t[:1]", "return t[:1].clone()"),
    "in place": ("ctx.mark_dirty(x); return x.mul_(2)", "return t.mul_(2)", "return t * 2"),
    "not differentiable": ("out = x.clone(); ctx.mark_non_differentiable(out); return out", "return None", "return t"),
}


@pytest.mark.parametrize("kind", VIEWS)
@pytest.mark.parametrize("right", [True, False])
def test_tangents_share_memory_as_the_values_do(kind, right):
    outcomes = []
    for namespace, mode in ((minitorch_bp, ours), (torch, theirs)):
        forward, good, bad = VIEWS[kind]
        names = {"Function": namespace.autograd.Function}
        rule = good if right else bad
        exec(
            f"class Own(Function):\n @staticmethod\n def forward(ctx, x):\n  {forward}\n @staticmethod\n def jvp(ctx, t):\n  {rule}\n",
            names,
        )
        with mode.dual_level():
            x = mode.make_dual(namespace.tensor([1.0, 2.0]), namespace.tensor([3.0, 4.0]))
            try:
                tangent = mode.unpack_dual(names["Own"].apply(x)).tangent
                outcomes.append(None if tangent is None else tangent.tolist())
            except RuntimeError:
                outcomes.append("refused")
    assert outcomes[0] == outcomes[1]
    assert (outcomes[0] == "refused") is (not right)


@pytest.mark.parametrize(
    "kinds", [("float64", "float32"), ("float32", "float32"), ("complex128", "float32"), ("float32", "float16")]
)
def test_a_tangent_may_have_a_narrower_type(kinds):
    """PyTorch takes wider ones, too, and tangents that then have another type than their tensors."""
    results = []
    for namespace, mode in ((minitorch_bp, ours), (torch, theirs)):
        x, t = (namespace.tensor([1.0, 2.0], dtype=getattr(namespace, kind)) for kind in kinds)
        with mode.dual_level():
            tangent = mode.unpack_dual((mode.make_dual(x, t) * 3 + 1).sin()).tangent
            results.append((str(tangent.dtype), tangent.detach().numpy()))
    assert results[0][0] == results[1][0]
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-6)


def test_a_tangent_of_a_wider_type_is_refused():
    with ours.dual_level(), pytest.raises(RuntimeError, match="wider"):
        ours.make_dual(minitorch_bp.ones(2), minitorch_bp.ones(2, dtype=minitorch_bp.float64))
