"""What all optimizers share: groups, hooks, saving, subclasses, mistakes; each test holds for PyTorch, too."""

import copy
import importlib
import inspect
from collections import defaultdict

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
NAMES = [
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LBFGS",
    "NAdam",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
]


def parameter(t, *shape):
    w = t.ones(*(shape or (2,)), requires_grad=True)
    w.grad = t.ones_like(w).detach()
    return w


@BOTH
def test_hooks_around_a_step(t):
    module = importlib.import_module(f"{t.__name__}.optim.optimizer")
    w, seen = parameter(t), []
    optimizer = t.optim.SGD([w], lr=0.1)
    handles = [
        module.register_optimizer_step_pre_hook(lambda *a: seen.append("all before")),
        module.register_optimizer_step_post_hook(lambda *a: seen.append("all after")),
        optimizer.register_step_pre_hook(
            lambda o, args, kwargs: seen.append(("before", o is optimizer, len(args), sorted(kwargs)))
        ),
        optimizer.register_step_post_hook(
            lambda o, args, kwargs: seen.append(("after", o is optimizer, len(args), sorted(kwargs)))
        ),
    ]
    optimizer.step()
    assert seen == ["all before", ("before", True, 1, []), ("after", True, 1, []), "all after"]
    for handle in handles:
        handle.remove()
    optimizer.step(lambda: 3)
    assert len(seen) == 4
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((o, lambda: 7), {}))
    assert optimizer.step() == 7
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError):
        optimizer.step()


@BOTH
def test_hooks_around_saving(t):
    w, seen = parameter(t), []
    optimizer = t.optim.SGD([w], lr=0.1, momentum=0.9)
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("second"))
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda o, d: {**d, "note": 1})
    assert optimizer.state_dict()["note"] == 1 and seen == ["first", "second"]
    optimizer.register_load_state_dict_pre_hook(lambda o, d: {**d, "param_groups": [{**d["param_groups"][0], "lr": 5.0}]})
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append(o.param_groups[0]["lr"]))
    optimizer.load_state_dict(optimizer.state_dict())
    assert seen[-1] == 5.0


@BOTH
def test_a_class_of_ones_own_has_the_hooks_too(t):
    class Mine(t.optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": 0.1})

        def step(self, closure=None):
            return "mine"

    seen = []
    optimizer = Mine([parameter(t)])
    optimizer.register_step_post_hook(lambda *a: seen.append(1))
    assert optimizer.step() == "mine" and seen == [1]
    with pytest.raises(NotImplementedError):
        t.optim.Optimizer([parameter(t)], {}).step()


@BOTH
def test_a_step_within_a_step_has_hooks_if_its_class_has_had_an_instance(t):
    seen = []

    class First(t.optim.SGD):
        def step(self, closure=None):
            seen.append("first")
            return super().step(closure)

    class Second(First):
        def step(self, closure=None):
            seen.append("second")
            return super().step(closure)

    def order(kind):
        seen.clear()
        optimizer = kind([parameter(t)], lr=0.1)
        optimizer.register_step_pre_hook(lambda *a: seen.append("before"))
        optimizer.register_step_post_hook(lambda *a: seen.append("after"))
        optimizer.step()
        return seen.copy()

    t.optim.SGD([parameter(t)], lr=0.1)
    assert order(Second) == ["before", "second", "first", "before", "after", "after"]
    assert order(First) == ["before", "first", "before", "after", "after"]
    assert order(Second) == ["before", "second", "before", "first", "before", "after", "after", "after"]


@BOTH
def test_a_class_without_a_formula(t):
    class Bare(t.optim.Optimizer):
        pass

    for optimizer in (t.optim.Optimizer([parameter(t)], {}), Bare([parameter(t)], {"lr": 1})):
        with pytest.raises(NotImplementedError):
            optimizer.step()
        with pytest.raises(NotImplementedError):
            optimizer.step(lambda: pytest.fail("the closure is not called"))


@BOTH
def test_options_that_muon_looks_at_in_the_step(t):
    for option in ({"ns_steps": 100}, {"ns_coefficients": (1.0, 2.0)}, {"ns_coefficients": (1.0, 2.0, 3.0, 4.0)}):
        w = t.ones(2, 2, requires_grad=True)
        w.grad = t.ones(2, 2)
        optimizer = t.optim.Muon([w], **option)
        with pytest.raises(ValueError):
            optimizer.step()
        assert w.tolist() == [[1, 1], [1, 1]]
        w.grad = None
        optimizer.step()


@BOTH
def test_options_that_are_no_numbers_or_no_pairs(t):
    p = parameter(t)
    assert np.isnan(t.optim.SGD([p], lr=float("nan")).param_groups[0]["lr"])
    with pytest.raises(ValueError):
        t.optim.Adam([p], lr=float("nan"))
    with pytest.raises(RuntimeError):
        t.optim.Adam([p], weight_decay=t.tensor([0.1, 0.2]))
    p.grad = t.ones_like(p)
    with pytest.raises(ValueError):
        t.optim.Rprop([p], step_sizes=(0.1,)).step()
    with pytest.raises(ValueError):
        t.optim.NAdam([p], betas=(0.1, 0.2, 0.3)).step()


@BOTH
def test_tensors_as_options(t):
    ends = []
    for lib in (t, torch):
        p = lib.ones(3, requires_grad=True)
        p.grad = lib.tensor([1.0, 2.0, 3.0])
        lib.optim.NAdam([p], momentum_decay=lib.tensor(0.5)).step()
        lib.optim.Adafactor([p], eps=(lib.tensor(0.5), lib.tensor(0.9))).step()
        ends.append(p.tolist())
    np.testing.assert_allclose(*ends, rtol=1e-6)


@BOTH
def test_gradients_with_a_graph_are_reset_in_place(t):
    p, module = t.ones(2, requires_grad=True), t.nn.Linear(1, 1)
    for w, reset in ((p, t.optim.SGD([p], lr=0.1).zero_grad), (module.weight, module.zero_grad)):
        (w**3).sum().backward(create_graph=True)
        g = w.grad
        assert g.requires_grad
        reset(set_to_none=False)
        assert w.grad is g and not g.requires_grad and g.grad_fn is None and g.abs().sum() == 0


@BOTH
def test_a_class_of_ones_own_without_the_base_init(t):
    class Course(t.optim.Optimizer):
        def __init__(self, params, lr):
            self.defaults = {"lr": lr}
            self.state = defaultdict(dict)
            self.param_groups = [{"params": list(params), "lr": lr}]

        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    p.data -= group["lr"] * p.grad

    w = parameter(t)
    optimizer = Course([w], 0.5)
    optimizer.step()
    optimizer.zero_grad()
    assert w.tolist() == [0.5, 0.5] and w.grad is None and "Parameter Group 0\n    lr: 0.5\n" in repr(optimizer)


@BOTH
def test_required_options(t):
    required = importlib.import_module(f"{t.__name__}.optim.optimizer").required
    with pytest.raises(ValueError):
        t.optim.Optimizer([parameter(t)], {"lr": required})
    optimizer = t.optim.Optimizer([{"params": [parameter(t)], "lr": 2}], {"lr": required})
    assert optimizer.param_groups[0]["lr"] == 2 and repr(required) == "<required parameter>"


@BOTH
def test_a_step_that_was_replaced_is_called(t):
    w = parameter(t)
    optimizer = t.optim.SGD([w], lr=0.5)
    plain, calls = optimizer.step, []
    optimizer.step = lambda *a, **k: (calls.append(1), plain(*a, **k))[1]
    optimizer.step()
    assert calls == [1] and w.tolist() == [0.5, 0.5]


@BOTH
def test_gradients_are_reset(t):
    w = parameter(t)
    optimizer = t.optim.SGD([w])
    kept = w.grad
    optimizer.zero_grad(set_to_none=False)
    assert w.grad is kept and kept.tolist() == [0, 0]
    optimizer.zero_grad()
    assert w.grad is None


@BOTH
def test_groups(t):
    group = {"params": (p for p in [parameter(t)]), "lr": 2.0}
    optimizer = t.optim.SGD([group])
    assert optimizer.param_groups[0] is group and list(group)[:2] == ["params", "lr"]
    before = copy.copy(optimizer.param_groups)
    w = group["params"][0]
    for wrong, kind in [
        ({"params": [w]}, ValueError), ({"params": {parameter(t)}}, TypeError), ([parameter(t)], TypeError), ({"lr": 1.0}, KeyError),
        ({"params": [parameter(t) * 2]}, ValueError), ({"params": [1.0]}, TypeError), ({"params": [("w", parameter(t))]}, ValueError),
    ]:  # fmt: skip
        with pytest.raises(kind):
            optimizer.add_param_group(wrong)
        assert optimizer.param_groups == before
    assert t.optim.SGD([{"params": []}]).step() is None


@BOTH
def test_what_is_no_list_of_parameters(t):
    for wrong, kind in [([], ValueError), (3, TypeError), (None, TypeError), (parameter(t), TypeError), ([[parameter(t)]], TypeError),
                        (["w"], TypeError), ([parameter(t), {"params": []}], TypeError), ([parameter(t) + 1], ValueError),
                        ([("a", parameter(t)), parameter(t)], ValueError)]:  # fmt: skip
        with pytest.raises(kind):
            t.optim.Adam(wrong)


def accepted(t, name, options):
    try:
        getattr(t.optim, name)([parameter(t, 2, 2)], **options)
    except Exception as error:
        return type(error)
    return None


@pytest.mark.parametrize("name", [*NAMES, "Muon"])
def test_options_outside_their_range(name):
    for option, parameter_ in inspect.signature(getattr(torch.optim, name)).parameters.items():
        values = [-1, -0.5, -1e-9, 0, 0.5, 1.0, 1.5, float("nan"), float("inf")]
        if isinstance(parameter_.default, bool) or option in (
            "params",
            "foreach",
            "fused",
            "line_search_fn",
            "ns_steps",
            "max_iter",
            "max_eval",
        ):
            continue
        if isinstance(parameter_.default, tuple):
            pairs = [(a, *parameter_.default[1:]) for a in values] + [(*parameter_.default[:-1], b) for b in values]
            values = [*pairs, parameter_.default[:1]]
        elif name == "SGD":  # which in PyTorch, alone among them, takes NaN
            values = [v for v in values if v == v]
        for value in [*values, "a"]:
            assert accepted(mt, name, {option: value}) == accepted(torch, name, {option: value}), (option, value)
    for options in ({"fused": True, "foreach": True}, {"fused": True, "differentiable": True}):
        assert accepted(mt, name, options) == accepted(torch, name, options), options


@BOTH
def test_lbfgs_has_one_group_and_needs_a_closure(t):
    with pytest.raises(ValueError):
        t.optim.LBFGS([{"params": [parameter(t)]}, {"params": [parameter(t)]}])
    with pytest.raises(TypeError):
        t.optim.LBFGS([parameter(t)]).step()
    with pytest.raises(RuntimeError):
        w = parameter(t)
        t.optim.LBFGS([w], line_search_fn="armijo").step(lambda: (w**2).sum())


@BOTH
def test_loading(t):
    w = parameter(t)
    first = t.optim.Adam([("w", w)], lr=0.5)
    first.step()
    v = t.ones(2, dtype=t.float64, requires_grad=True)
    second = t.optim.Adam([v])
    second.load_state_dict(first.state_dict())
    assert second.state[v]["exp_avg"].dtype is t.float64 and second.state[v]["step"].dtype is t.float32
    assert second.param_groups[0]["lr"] == 0.5 and second.param_groups[0]["param_names"] == ["w"]
    assert list(second.param_groups[0])[-1] == "params"
    third = t.optim.Adam([w])
    third.load_state_dict(first.state_dict())
    assert third.state[w]["exp_avg"] is first.state[w]["exp_avg"]  # the same type is not copied
    old = {"state": {0: {"step": 3, "exp_avg": t.zeros(2), "exp_avg_sq": t.zeros(2)}},
           "param_groups": [{"params": [0], "lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0}]}  # fmt: skip
    third.load_state_dict(old)
    assert third.state[w]["step"].item() == 3 and third.param_groups[0]["amsgrad"] is False
    third.step()
    assert third.state[w]["step"].item() == 4
    for wrong, kind in [({}, KeyError), ({"state": {}, "param_groups": []}, ValueError),
                        ({"state": {}, "param_groups": [{"params": [0, 1]}]}, ValueError)]:  # fmt: skip
        with pytest.raises(kind):
            third.load_state_dict(wrong)
        assert third.state[w]["step"].item() == 4


@BOTH
def test_a_learning_rate_that_is_a_tensor_can_be_changed(t):
    w = parameter(t)
    optimizer = t.optim.SGD([w], lr=t.tensor(0.5))
    optimizer.step()
    optimizer.param_groups[0]["lr"].fill_(0.25)
    optimizer.step()
    assert w.tolist() == [0.25, 0.25]


@BOTH
def test_the_default_type_decides_the_type_of_the_count(t):
    w = parameter(t)
    t.set_default_dtype(t.float64)
    try:
        optimizer = t.optim.Adam([w])
        optimizer.step()
        assert optimizer.state[w]["step"].dtype is t.float64
    finally:
        t.set_default_dtype(t.float32)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
@pytest.mark.parametrize("lr", [1, 0.1])
def test_lbfgs_finds_the_valley_of_rosenbrock(search, lr):
    """A curved valley: the line search has to make several tries."""
    ends = []
    for t in (mt, torch):
        w = t.tensor([-1.5, 2.0], dtype=t.float64, requires_grad=True)
        optimizer = t.optim.LBFGS([w], lr=lr, line_search_fn=search, history_size=5)

        def closure(t=t, w=w, optimizer=optimizer):
            optimizer.zero_grad()
            loss = (1 - w[0]) ** 2 + (1 if search is None else 100) * (w[1] - w[0] ** 2) ** 2
            loss.backward()
            return loss

        losses = [optimizer.step(closure).item() for _ in range(2)]
        ends.append([*losses, optimizer.state[w]["func_evals"], *w.tolist()])
    np.testing.assert_allclose(*ends, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_modules_have_their_names(name):
    module = {"Adafactor": "_adafactor", "Muon": "_muon"}.get(name, name.lower())
    for t in (mt, torch):
        assert getattr(importlib.import_module(f"{t.__name__}.optim.{module}"), name) is getattr(t.optim, name)
    assert getattr(mt.optim, name).__module__.removeprefix("minitorch_bp") == getattr(torch.optim, name).__module__.removeprefix(
        "torch"
    )


@BOTH
def test_sparse_adam_moves_no_dense_gradients(t):
    p = parameter(t)
    p.grad = None
    optimizer = t.optim.SparseAdam([p], lr=0.1)
    optimizer.step()
    assert optimizer.state_dict() == {
        "state": {}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8, "maximize": False, "params": [0]}]
    }  # fmt: skip
    before = p.tolist()
    p.sum().backward()
    with pytest.raises(RuntimeError, match="Adam"):
        optimizer.step()
    assert p.tolist() == before
    for options in ({"lr": 0.0}, {"eps": 0.0}, {"betas": (1.0, 0.9)}):
        with pytest.raises(ValueError):
            t.optim.SparseAdam([p], **options)
    with pytest.raises(ValueError):
        t.optim.SparseAdam([t.ones(1, dtype=t.complex64)])


@BOTH
@pytest.mark.parametrize("name", [*NAMES, "Muon"])
def test_parameters_of_lazy_modules(t, name):
    lazy = t.nn.LazyLinear(2, bias=False)
    if name in ("Adagrad", "Muon"):  # which want to know the shapes
        with pytest.raises(ValueError):
            getattr(t.optim, name)(lazy.parameters())
        return
    optimizer = getattr(t.optim, name)(lazy.parameters())
    before = lazy(t.ones(1, 3)).sum()

    def closure():
        optimizer.zero_grad()
        loss = lazy(t.ones(1, 3)).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert lazy(t.ones(1, 3)).sum() < before


@BOTH
@pytest.mark.parametrize("name", ["Adafactor", "SGD"])
def test_groups_added_after_loading(t, name):
    """They have the option ``differentiable``, also where the optimizer itself does not take it."""
    v, w = parameter(t, 2, 2), parameter(t, 2, 2)
    optimizer = getattr(t.optim, name)([v], lr=0.1)
    optimizer.load_state_dict(optimizer.state_dict())
    optimizer.add_param_group({"params": [w]})
    before, after = optimizer.state_dict()["param_groups"]
    assert after["differentiable"] is False and ("differentiable" in before) == (name == "SGD")


@pytest.mark.parametrize("name", ["Adam", "SGD", "Adagrad", "RMSprop", "Rprop", "Adafactor"])
def test_states_stand_in_the_order_of_their_parameters(name):
    """Also where parameters of several types alternate, and some get their gradient later."""
    orders = []
    for t in (mt, torch):
        params = [t.nn.Parameter(t.ones(2, dtype=d)) for d in (t.float32, t.float64, t.float32, t.float64, t.float32)]
        optimizer = getattr(t.optim, name)(params, lr=0.1, **({"momentum": 0.9} if name == "SGD" else {}))
        for late in ((2, 3), ()):
            for k, p in enumerate(params):
                p.grad = None if k in late else t.ones_like(p)
            optimizer.step()
            orders.append(list(optimizer.state_dict()["state"]))
    assert orders[:2] == orders[2:]


@BOTH
def test_lbfgs_moves_one_group(t):
    p = t.nn.Parameter(t.ones(2))
    optimizer = t.optim.LBFGS([p])
    optimizer.add_param_group({"params": [t.nn.Parameter(t.ones(3))]})
    with pytest.raises(AssertionError):
        optimizer.step(lambda: (p**2).sum())
    assert p.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("lr", [1.0, 0.1])
def test_lbfgs_goes_pytorchs_way_in_float32(lr):
    """The valley magnifies each last digit: the steps agree since a multiple is added with one rounding."""
    ways = []
    for t in (mt, torch):
        w = t.tensor([-1.2, 1.0], requires_grad=True)
        optimizer = t.optim.LBFGS([w], lr=lr, max_iter=10)

        def closure(w=w, optimizer=optimizer):
            optimizer.zero_grad()
            loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
            loss.backward()
            return loss

        ways.append([optimizer.step(closure).item() for _ in range(8)])
    np.testing.assert_allclose(*ways, rtol=1e-5, atol=1e-12)


@BOTH
@pytest.mark.parametrize(
    "name", ["Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD", "Adafactor"]
)
def test_the_state_of_another_kind_of_optimizer(t, name):
    p = parameter(t)
    p.grad = t.ones_like(p)
    other = t.optim.SGD([p], lr=0.1, momentum=0.9)
    other.step()
    optimizer = getattr(t.optim, name)([p])
    with pytest.raises(KeyError, match="step"):
        optimizer.load_state_dict(other.state_dict())


@pytest.mark.parametrize("name, options", [("RMSprop", "momentum alpha eps lr"), ("SGD", "momentum dampening lr"), ("Adam", "lr eps weight_decay"), ("Adagrad", "lr lr_decay")])  # fmt: skip
def test_options_are_numbers_of_numpy(name, options):
    for option in options.split():
        for number in (np.float64(0.1), np.float32(0.1)):
            results = []
            for t in (mt, torch):
                p = t.nn.Parameter(t.tensor([1.0, -2.0]))
                optimizer = getattr(t.optim, name)([p], **{option: number})
                for _ in range(3):
                    p.grad = (2 * p).detach()
                    optimizer.step()
                results.append(p.detach().numpy())
            np.testing.assert_allclose(*results, rtol=1e-5)


def test_a_state_that_is_loaded_twice_brings_no_options_of_others():
    """Muon has no option ``differentiable``: its groups must not get one from what the first loading adds to the defaults."""
    for t in (torch, mt):
        optimizer = t.optim.Muon([t.ones(2, 2, requires_grad=True)])
        before = sorted(optimizer.param_groups[0])
        for _ in range(2):
            optimizer.load_state_dict(optimizer.state_dict())
        assert sorted(optimizer.param_groups[0]) == before
