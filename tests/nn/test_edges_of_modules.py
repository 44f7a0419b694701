"""Small print of modules, run by both frameworks: what a program tells, and the kind of error it ends in, must be the same."""

import copy
import gc
import warnings

import pytest
import torch as reference

import minitorch_bp as mt


def _told(program, t):
    told = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            program(t, told.append)
        except Exception as error:
            told.append(type(error).__name__)
    return told


def _each(t, tell, *calls):
    for call in calls:
        try:
            result = call()
            tell(list(result.shape) if isinstance(result, t.Tensor) else "returned")
        except Exception as error:
            tell(type(error).__name__)


def sequences_without_a_step(t, tell):
    for kind in (t.nn.RNN, t.nn.LSTM, t.nn.GRU):
        _each(t, tell, lambda kind=kind: kind(2, 3)(t.ones(0, 4, 2)), lambda kind=kind: kind(2, 3)(t.ones(0, 2)),
              lambda kind=kind: kind(2, 3, batch_first=True)(t.ones(4, 0, 2)))  # fmt: skip


def loading_leaves_no_cycle(t, tell):
    model = t.nn.Sequential(t.nn.Linear(2, 2), t.nn.BatchNorm1d(2))
    state = copy.deepcopy(model).state_dict()
    gc.collect()
    model.load_state_dict(state)
    tell(gc.collect())


def batch_norm_of_an_empty_batch(t, tell):
    for layer, shape in ((t.nn.BatchNorm2d(3), (0, 3, 2, 2)), (t.nn.BatchNorm1d(3), (0, 3))):
        layer(t.ones(shape, requires_grad=True)).sum().backward()
        tell([x.tolist() for x in (layer.running_mean, layer.running_var, layer.weight.grad, layer.bias.grad)])


def extra_state_of_one_side_only(t, tell):
    class Takes(t.nn.Module):
        def set_extra_state(self, state):
            pass

    class Gives(t.nn.Module):
        def get_extra_state(self):
            return 1

    for kind in (Takes, Gives):
        _each(t, tell, lambda kind=kind: kind().load_state_dict(kind().state_dict()))


def grids_without_points(t, tell):
    f = t.nn.functional
    _each(t, tell, lambda: f.grid_sample(t.ones(0, 3, 2, 2, 2), t.ones(0, 2, 2, 2, 3), align_corners=False),
          lambda: f.grid_sample(t.ones(2, 3, 2, 2), t.ones(2, 0, 2, 2), align_corners=False))  # fmt: skip


def sizes_of_interpolate(t, tell):
    x = t.ones(1, 1, 4, 4)
    f = t.nn.functional.interpolate
    _each(t, tell, lambda: f(x, scale_factor=-1e20, mode="bilinear"), lambda: f(x, scale_factor=1e20, mode="bilinear"),
          lambda: f(x, scale_factor=0.1), lambda: f(x, scale_factor="a"), lambda: f(x, scale_factor=[2.0, "x"]),
          lambda: f(x, size=[2, 2.5]), lambda: f(x, size="ab"), lambda: f(x, size=(2, 3)), lambda: f(x, scale_factor=(2, 1.5)))  # fmt: skip


def classes_behind_module(t, tell):
    class Mixin:
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.mixed = True

    class Before(Mixin, t.nn.Module):
        pass

    class After(t.nn.Module, Mixin):
        pass

    tell((hasattr(Before(), "mixed"), hasattr(After(), "mixed"), t.nn.Module.call_super_init))
    After.call_super_init = True
    tell(hasattr(After(), "mixed"))


def arguments_of_to(t, tell):
    cpu = t.device("cpu")
    for args, kwargs in (
        ((cpu, True), {}), ((t.long,), {}), ((None, True), {}), ((cpu, t.long, True), {}), ((cpu,), {"copy": True}), (([],), {}),
        (({},), {}), ((t.tensor(3),), {}), ((cpu, t.float64, True), {}), ((), {}), ((t.float64,), {"non_blocking": True}),
    ):  # fmt: skip
        _each(t, tell, lambda args=args, kwargs=kwargs: t.nn.Sequential(t.nn.Linear(2, 2)).to(*args, **kwargs)[0].weight)


def buffers_of_other_kinds(t, tell):
    class Like:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            raise NotImplementedError

    class Short(t.nn.Linear):
        def __init__(self):
            super().__init__(2, 2)
            self.extra = t.nn.Buffer(t.ones(2))

        def register_buffer(self, name, tensor):
            super().register_buffer(name, tensor, True)

    module = t.nn.Module()
    module.register_buffer("like", Like())
    module.like = Like()
    tell(type(module.get_buffer("like")).__name__)
    tell(list(Short().state_dict()))
    module.number = 5
    module.number = t.nn.Buffer(t.ones(1))


def spectral_norm_notes_its_version(t, tell):
    layer = t.nn.utils.spectral_norm(t.nn.Linear(2, 2))
    tell(dict(layer.state_dict()._metadata[""]))
    tell(dict(t.nn.utils.remove_spectral_norm(layer).state_dict()._metadata[""]))


def negative_slopes_in_place(t, tell):
    for name, slope in (("elu_", -2.0), ("leaky_relu_", -2.0)):
        x = t.tensor([-1.0, 1.0], requires_grad=True)
        y = getattr(t.nn.functional, name)(x.clone(), slope)
        tell([round(v, 4) for v in y.tolist()])
        _each(t, tell, lambda y=y: y.sum().backward())


PROGRAMS = [f for name, f in list(globals().items()) if callable(f) and getattr(f, "__module__", "") == __name__ and name[0] != "_"]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_both_tell_the_same(program):
    told = _told(program, mt)
    assert told == _told(program, reference)
    assert told


def containers(framework):
    """A Sequential and a ModuleList with a part that has a name in place of a number."""
    nn = framework.nn
    for make in (lambda *parts: nn.Sequential(*parts), lambda *parts: nn.ModuleList(parts)):
        container = make(nn.Linear(1, 1), nn.ReLU())
        container.register_module("more", nn.Tanh())
        yield container


@pytest.mark.parametrize("use", [
    "c.insert(1, nn.ReLU())", "c.insert(-1, nn.ReLU())", "c.insert(3, nn.ReLU())", "c.append(nn.ReLU())", "c.pop(0)", "c.pop(-1)", "c[2]",
    "c[-1]", "c.extend([nn.ReLU()])", "c.__delitem__(0)", "c.__delitem__(slice(0, 1))", "c[0:2]", "list(c)",
])  # fmt: skip
def test_containers_with_a_named_part(use):
    seen = []
    for framework in (reference, mt):
        seen.append([])
        for c in containers(framework):
            if use == "c.insert(3, nn.ReLU())" and isinstance(c, framework.nn.ModuleList):
                continue
            try:
                result = type(eval(use, {"c": c, "nn": framework.nn})).__name__
            except Exception as error:
                result = type(error).__name__
            seen[-1].append((result, list(c._modules)))
    assert seen[1] == seen[0]
