"""What random programs of the parity harness found: each in both frameworks, with PyTorch's answer."""

import copy
import pickle

import pytest
import torch

import minitorch_bp

BOTH = (torch, minitorch_bp)


def both(function):
    """What a function of the framework gives in each, or the type of its error."""
    given = []
    for framework in BOTH:
        try:
            given.append(function(framework))
        except Exception as error:
            given.append(type(error).__name__)
    return given


@pytest.mark.parametrize("kind", ["int32", "int64"])
@pytest.mark.parametrize("bounds", [(0.5, -2, -1), (0.9, 5, 1.5), (-1.5, 2, 1), (0, 3, 0.5), (0, 3, 1.0)])
def test_bounds_of_integer_ranges_are_made_integers_first(bounds, kind):
    theirs, ours = both(lambda T: T.arange(*bounds, dtype=getattr(T, kind)).tolist())
    assert ours == theirs


@pytest.mark.parametrize("bounds", [(-1.5, 1, 33), (0.9, -0.9, 3), (3, 3, 1), (2.5, 7, 2)])
def test_integers_between_bounds(bounds):
    theirs, ours = both(lambda T: [T.linspace(*bounds, dtype=T.int32).tolist(), T.logspace(*bounds, dtype=T.int64).tolist()])
    assert ours == theirs


def test_a_range_by_its_end_alone_and_of_complex_numbers():
    for function in (lambda T: T.arange(end=3).tolist(), lambda T: T.arange(), lambda T: T.arange(3, dtype=T.complex64)):
        theirs, ours = both(function)
        assert ours == theirs


@pytest.mark.parametrize("name", ["vjp", "jvp", "vhp", "hvp"])
def test_a_constant_derivative_is_refused_by_strict_with_create_graph(name):
    def called(T):
        x, y = T.tensor([1.0, 2.0]), T.tensor([3.0, 4.0])
        function = (lambda x: x * y) if name in ("vjp", "jvp") else (lambda x: (x * x * y).sum())
        return [t.tolist() for t in getattr(T.autograd.functional, name)(function, x, y, create_graph=True, strict=True)]

    assert both(called) == ["RuntimeError"] * 2


def test_what_a_transform_hands_out_keeps_its_history():
    def called(T):
        x, y = T.tensor([1.0, 2.0], requires_grad=True), T.tensor([3.0, 4.0])
        _, (_, aux) = T.func.grad_and_value(lambda x, y: ((y**3).sum(), x * 2), argnums=1, has_aux=True)(x, y)
        value, push = T.func.linearize(lambda x: x.sin(), x)
        gradient = T.autograd.grad(aux.sum() + value.sum(), x)[0]
        return [gradient.tolist(), push(y).tolist()]

    theirs, ours = both(called)
    assert ours[0] == pytest.approx(theirs[0]) and ours[1] == pytest.approx(theirs[1])


def test_a_tangent_written_in_place_can_be_differentiated():
    def called(T):
        x, y = T.tensor([1.0, 2.0]), T.tensor([0.5, 0.7], requires_grad=True)
        with T.autograd.forward_ad.dual_level():
            z = (T.autograd.forward_ad.make_dual(x, x * 3) * 1).mul_(y)
            tangent = T.autograd.forward_ad.unpack_dual(z).tangent
        return T.autograd.grad([z, tangent], [y], [x, x])[0].tolist()

    theirs, ours = both(called)
    assert ours == pytest.approx(theirs)


@pytest.mark.parametrize("training", [True, False])
def test_running_statistics_have_no_derivative(training):
    def called(T):
        mean = T.zeros(2, requires_grad=True)
        return T.nn.functional.batch_norm(T.ones(3, 2), mean, T.ones(2), training=training).tolist()

    assert both(called) == ["RuntimeError"] * 2


def test_copies_and_pickles_keep_strides_and_no_gradient():
    def called(T):
        base = T.arange(12.0).reshape(3, 4)
        views = [base[1:], base[:, 1], base.t()]
        leaf, made = T.ones(2, requires_grad=True), []
        leaf.grad = T.ones(2)
        for copied in (copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
            others = copied(views)
            made += [(t.tolist(), t.stride(), t.storage_offset(), t.untyped_storage().nbytes()) for t in others]
            made += [others[0].untyped_storage().data_ptr() == others[1].untyped_storage().data_ptr(), copied(leaf).grad is None]
            made.append(copied(T.nn.Buffer(T.ones(1), persistent=False)).persistent)
        return made

    theirs, ours = both(called)
    assert ours == theirs


def test_results_with_names_are_made_of_a_sequence_and_copied():
    def called(T):
        pair = T.tensor([1.0, 3.0]).max(0)
        others = [type(pair)(list(pair)), copy.copy(pair), copy.deepcopy(pair), pickle.loads(pickle.dumps(pair))]
        return [repr(pair), *map(repr, others), pair.n_fields]

    theirs, ours = both(called)
    assert ours == theirs
    assert both(lambda T: type(T.ones(2).max(0))(1)) == ["TypeError"] * 2


def test_inserting_into_a_list_of_modules_gives_nothing():
    for framework in BOTH:
        nn = framework.nn
        assert nn.ModuleList([nn.ReLU()]).insert(0, nn.Tanh()) is None
        assert isinstance(nn.Sequential(nn.ReLU()).insert(0, nn.Tanh()), nn.Sequential)


def test_autocast_joins_in_float32_once_there_is_one():
    def joined(T, first, second):
        parts = [T.ones(1, dtype=getattr(T, kind)) for kind in (first, second)]
        with T.autocast("cpu", dtype=T.bfloat16):
            return str(T.cat(parts).dtype)

    for kinds in (("float32", "float16"), ("float16", "float32"), ("bfloat16", "float32")):
        theirs, ours = both(lambda T, kinds=kinds: joined(T, *kinds))
        assert ours == theirs


def test_parts_may_be_counted_by_a_tensor():
    for name in ("chunk", "vsplit"):
        theirs, ours = both(lambda T, name=name: [len(t) for t in getattr(T.ones(4, 2), name)(T.tensor(2))])
        assert ours == theirs


def test_the_node_of_linear_can_be_looked_at_after_backward():
    for weight in ((3, 6), (6,)):

        def named(T, weight=weight):
            y = T.nn.functional.linear(T.ones(2, 6), T.ones(weight, requires_grad=True))
            y.sum().backward()
            return type(y.grad_fn).__name__

        theirs, ours = both(named)
        assert ours == theirs


@pytest.mark.parametrize("name", ["unique", "unique_consecutive"])
@pytest.mark.parametrize(
    ("shape", "dim"),
    [((2, 1, 0, 0), 0), ((0, 3), 0), ((0, 0), 1), ((3, 0), 0), ((0,), 0), ((3, 0), 1), ((1, 0, 2), 1), ((1, 0, 0), 1)],
)
def test_slices_without_elements_are_not_compared(name, shape, dim):
    def called(T):
        values, counts = getattr(T, name)(T.zeros(shape), dim=dim, return_counts=True)
        return [tuple(values.shape), counts.tolist()]

    theirs, ours = both(called)
    assert ours == theirs


@pytest.mark.parametrize("text", ["T.arange(1, -2, 2, dtype=T.complex64)", "T.arange(0, 1, 0, dtype=T.bool)", "T.arange(5, 2, 1)"])
def test_the_type_of_a_range_is_refused_before_its_bounds(text):
    theirs, ours = both(lambda T: eval(text, {"T": T}))
    assert ours == theirs


@pytest.mark.parametrize("name", ["atleast_1d", "atleast_2d", "atleast_3d"])
def test_no_tensors_are_an_empty_tuple(name):
    assert both(lambda T: getattr(T, name)()) == [(), ()]


def test_a_backward_that_is_differentiable_once_returns_tensors():
    def called(T):
        class Half(T.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x / 2

            @staticmethod
            @T.autograd.function.once_differentiable
            def backward(ctx, g):
                return 0.5

        x = T.ones(2, requires_grad=True)
        return T.autograd.grad((Half.apply(x) ** 2).sum(), x, create_graph=True)

    assert both(called) == ["AttributeError"] * 2


@pytest.mark.parametrize("name", ["map", "batch", "shuffle", "unbatch"])
def test_lengths_of_data_pipes(name):
    argument = {"map": (str,), "batch": (2,), "shuffle": (), "unbatch": ()}[name]

    def called(T):
        pipe = getattr(T.utils.data.datapipes.iter.IterableWrapper(range(5)), name)(*argument)
        T.manual_seed(3)
        return [type(pipe).__name__, len(pipe), list(pipe), T.rand(1).item()]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("random.shuffle", None)  # (the module's own state takes no part)
        theirs, ours = both(called)
    assert ours == theirs
