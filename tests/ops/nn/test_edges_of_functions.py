"""Functions for networks where their arguments are unusual: what PyTorch refuses and gives there."""

import gc

import numpy as np
import pytest
import torch

import minitorch_bp
from minitorch_bp.autograd import forward_ad

BOTH = (torch, minitorch_bp)


def outcome(function, *args):
    """What a call gives, as numbers, or the type of what it raises."""
    try:
        found = function(*args)
    except Exception as error:
        return type(error)
    return found if found is None else np.asarray(found.detach().numpy()).tolist()


@pytest.mark.parametrize("options", [(-5.0, 1.0), (0.5, 1.0)])
def test_rrelu_in_place_tells_the_input_from_the_result_where_it_can(options):
    def gradient(t):
        x = t.tensor([-1.0, 1.0], requires_grad=True)
        t.nn.functional.rrelu_(x.clone(), *options).sum().backward()
        return x.grad

    assert outcome(gradient, minitorch_bp) == outcome(gradient, torch)


@pytest.mark.parametrize("alpha", [-2.0, 0.5, 2.0])
def test_celu_in_place(alpha):
    def gradient(t):
        x = t.tensor([-1.0, 0.0, 1.0], requires_grad=True)
        y = t.nn.functional.celu_(x.clone(), alpha)
        assert type(y.grad_fn).__name__ == "CeluBackward1"
        y.backward(t.tensor([1.0, 2.0, 3.0]))
        return x.grad

    mine, theirs = outcome(gradient, minitorch_bp), outcome(gradient, torch)
    assert mine is theirs is RuntimeError if alpha < 0 else np.allclose(mine, theirs, rtol=1e-6)


@pytest.mark.parametrize("size", [(2, 1, 3, 4), (2, 1, 2, 3, 4), (2, 1, 1, 1)])
@pytest.mark.parametrize("corners", [True, False])
def test_affine_grid_is_one_node_that_keeps_nothing(size, corners):
    n = len(size) - 2
    values = np.random.default_rng(0).standard_normal((2, n, n + 1))
    found = []
    for t in BOTH:
        theta = t.tensor(values, requires_grad=True)
        grid = t.nn.functional.affine_grid(theta, size, align_corners=corners)
        weights = t.tensor(np.random.default_rng(1).standard_normal(tuple(grid.shape)), requires_grad=True)
        for _ in range(2):
            grid.backward(weights.detach())
        (first,) = t.autograd.grad(grid, theta, weights, create_graph=True)
        (second,) = t.autograd.grad((first**2).sum(), weights)
        found.append((type(grid.grad_fn).__name__, *(x.detach().numpy() for x in (grid, theta.grad, second))))
    assert found[0][0] == found[1][0]
    for mine, theirs in zip(found[1][1:], found[0][1:]):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("factor", [2, 3, 0, -2, 2**31, 2**40])
@pytest.mark.parametrize("name", ["pixel_shuffle", "pixel_unshuffle"])
def test_factors_of_pixel_shuffle(name, factor):
    shapes = [outcome(lambda t: getattr(t.nn.functional, name)(t.ones(4, 4, 4), factor), t) for t in BOTH]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("size", [3, 3.0, "3", (3, 3.0), (3, "tensor"), (3, "float tensor"), "tensor", "float tensor"])
def test_sizes_of_interpolate_are_whole(size):
    def resized(t):
        tensors = {"tensor": t.tensor(3), "float tensor": t.tensor(3.0)}
        given = tuple(tensors.get(s, s) for s in size) if isinstance(size, tuple) else tensors.get(size, size)
        return t.nn.functional.interpolate(t.arange(4.0).reshape(1, 1, 2, 2), size=given)

    assert outcome(resized, minitorch_bp) == outcome(resized, torch)


@pytest.mark.parametrize("shape", [(1, 3), (4, 0)])
def test_gradcheck_of_nothing(shape):
    x = minitorch_bp.ones(shape, dtype=minitorch_bp.float64, requires_grad=True)
    assert minitorch_bp.autograd.gradcheck(minitorch_bp.nn.functional.pdist, (x,), check_batched_grad=True)


@pytest.mark.parametrize("carry", [(0,), (1,), (0, 1), (0, 2), (1, 2), (0, 3)])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_has_no_derivative_in_its_averages(carry, training):
    def pushed(t):
        level = t.autograd.forward_ad
        args = [t.arange(6.0).reshape(3, 2), t.zeros(2), t.ones(2), t.ones(2), t.ones(2)]
        with level.dual_level():
            args = [level.make_dual(a, t.ones_like(a)) if k in carry else a for k, a in enumerate(args)]
            return t.nn.functional.batch_norm(*args, training=training) * 0

    assert outcome(pushed, minitorch_bp) == outcome(pushed, torch)
    assert forward_ad._current_level == -1


def test_a_spectral_norm_of_old_files_loads():
    """Files from before PyTorch 1.0 hold the divided weight, and no v: the layer computes what it computed."""
    found = []
    for t in BOTH:
        layer = t.nn.utils.spectral_norm(t.nn.Linear(3, 4))
        state = {
            "bias": t.arange(4.0),
            "weight_orig": t.arange(12.0).reshape(4, 3).sin() + 1,
            "weight_u": t.tensor([0.5, 0.5, 0.1, 0.7]),
            "weight": (t.arange(12.0).reshape(4, 3).sin() + 1) / 2.5,
        }
        layer.load_state_dict(state)
        layer.eval()
        with pytest.raises(RuntimeError, match="weight_u"):
            layer.load_state_dict({k: v for k, v in state.items() if k != "weight_u"})
        found.append((layer(t.ones(3)).tolist(), layer.weight_v.tolist()))
    for mine, theirs in zip(*found[::-1]):
        assert mine == pytest.approx(theirs, rel=1e-4)
    minitorch_bp.nn.utils.remove_spectral_norm(layer)
    layer.load_state_dict({"bias": minitorch_bp.ones(4), "weight": minitorch_bp.ones(4, 3)})


def test_the_first_call_of_a_function_leaves_no_cycle():
    code = minitorch_bp.nn.functional.pairwise_distance
    gc.collect()
    gc.disable()
    try:
        code(minitorch_bp.ones(1, 2), minitorch_bp.ones(1, 2))
        assert not gc.collect()
    finally:
        gc.enable()


def test_small_slopes_of_softplus_keep_their_digits():
    x = minitorch_bp.tensor([-60.0, -20.0, 0.0, 30.0], dtype=minitorch_bp.float64, requires_grad=True)
    minitorch_bp.nn.functional.softplus(x).sum().backward()
    assert x.grad.tolist() == pytest.approx([1 / (1 + np.exp(-v)) for v in (-60.0, -20.0, 0.0)] + [1.0], rel=1e-15)


@pytest.mark.parametrize(("input", "bias"), [((5, 3), (1, 4)), ((5, 3), (5, 4)), ((5, 3), (5, 1)), ((2, 5, 3), (5, 4)), ((2, 5, 3), (2, 5, 4)),
                                             ((5, 3), (5,)), ((5, 3), (3, 5, 4)), ((3,), (5, 4))])  # fmt: skip
@pytest.mark.parametrize("look", [False, True])
def test_a_bias_of_linear_that_broadcasts(input, bias, look):
    outcomes = []
    for framework in (torch, minitorch_bp):
        leaves = [framework.arange(float(np.prod(shape))).div(7).reshape(shape).requires_grad_() for shape in (input, (4, 3), bias)]
        try:
            y = framework.nn.functional.linear(*leaves)
        except RuntimeError:
            outcomes.append(RuntimeError)
            continue
        assert not look or y.grad_fn is not None  # which turns the node into the chain that PyTorch has
        (y * y).sum().backward()
        outcomes.append([y.tolist(), *(t.grad.tolist() for t in leaves)])
    if outcomes[0] is RuntimeError:
        assert outcomes[1] is RuntimeError
    else:
        for ours, theirs in zip(outcomes[1], outcomes[0], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    "wrong", [{"weight": (3, "float32")}, {"weight": (2, "float64")}, {"running_mean": (2, "float64")}], ids=str
)
def test_batch_norm_looks_at_eps_first(wrong, training):
    """As PyTorch: which of two mistakes is reported is seen in the type."""
    for t in BOTH:
        given = {"running_mean": t.zeros(3).double(), "running_var": t.ones(3).double()}
        given |= {name: t.ones(n, dtype=getattr(t, dtype)) for name, (n, dtype) in wrong.items()}
        with pytest.raises(RuntimeError):
            t.nn.functional.batch_norm(t.ones(4, 3).double(), **given, training=training)
        with pytest.raises(ValueError):
            t.nn.functional.batch_norm(t.ones(4, 3).double(), **given, training=training, eps=-1.0)
