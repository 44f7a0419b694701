"""What modules save and load, their hooks, lazy modules and containers of parameters: PyTorch's names, texts, values, errors."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])


@BOTH
def test_a_failed_load_has_copied_what_fits(t):
    model = t.nn.Linear(2, 2)
    bias = model.bias.tolist()
    with pytest.raises(RuntimeError, match="size mismatch for bias"):
        model.load_state_dict({"weight": t.zeros(2, 2), "bias": t.zeros(3)})
    assert model.weight.tolist() == [[0, 0], [0, 0]] and model.bias.tolist() == bias


@BOTH
def test_missing_and_unexpected_names_are_all_listed(t):
    model = t.nn.Sequential(t.nn.Linear(2, 2), t.nn.BatchNorm1d(2))
    state = model.state_dict()
    del state["0.bias"], state["1.running_mean"]
    state["2.weight"] = state["0.extra"] = t.zeros(1)
    with pytest.raises(RuntimeError) as raised:
        model.load_state_dict(state)
    text = str(raised.value)
    for name in ("0.bias", "1.running_mean", "2.weight", "0.extra"):
        assert f'"{name}"' in text
    assert text.index("Missing key") < text.index("Unexpected key")
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert sorted(missing) == ["0.bias", "1.running_mean"] and sorted(unexpected) == ["0.extra", "2.weight"]
    assert str(model.load_state_dict(model.state_dict())) == "<All keys matched successfully>"


@BOTH
def test_assign_takes_the_tensors_themselves(t):
    model = t.nn.Linear(2, 2)
    new = t.zeros(2, 2, dtype=t.float64)
    model.load_state_dict({"weight": new, "bias": t.ones(2)}, assign=True)
    new.fill_(5)
    assert model.weight.dtype is t.float64 and model.weight.tolist() == [[5, 5], [5, 5]] and model.weight.requires_grad


@BOTH
def test_an_old_state_without_the_count_of_batches_loads(t):
    model = t.nn.BatchNorm1d(2)
    state = {k: v for k, v in model.state_dict().items() if k != "num_batches_tracked"}
    assert str(model.load_state_dict(state)) == "<All keys matched successfully>"


@BOTH
def test_a_number_saved_as_a_vector_of_one_loads(t):
    model = t.nn.Module()
    model.p = t.nn.Parameter(t.tensor(1.0))
    model.load_state_dict({"p": t.tensor([3.0])})
    assert model.p.item() == 3


@BOTH
def test_metadata_and_prefixes(t):
    model = t.nn.Sequential(t.nn.BatchNorm1d(2))
    state = model.state_dict(prefix="m.")
    assert next(iter(state)) == "m.0.weight"
    assert state._metadata["m.0"] == {"version": 2} and state._metadata["m"] == {"version": 1}


@BOTH
def test_extra_state(t):
    class Counter(t.nn.Module):
        count = 0

        def get_extra_state(self):
            return {"count": self.count}

        def set_extra_state(self, state):
            self.count = state["count"]

    a, b = t.nn.Sequential(Counter()), t.nn.Sequential(Counter())
    a[0].count = 7
    state = a.state_dict()
    assert list(state) == ["0._extra_state"]
    b.load_state_dict(state)
    assert b[0].count == 7
    with pytest.raises(RuntimeError, match="_extra_state"):
        b.load_state_dict({})
    with pytest.raises(RuntimeError, match="_extra_state"):
        t.nn.Linear(1, 1).load_state_dict({**t.nn.Linear(1, 1).state_dict(), "_extra_state": 1})


@BOTH
def test_hooks_of_states(t):
    model, calls = t.nn.Sequential(t.nn.Linear(1, 1)), []
    layer = model[0]
    layer.register_state_dict_pre_hook(lambda m, prefix, keep: calls.append(("before", prefix)))
    layer.register_state_dict_post_hook(lambda m, state, prefix, meta: state.__setitem__(prefix + "more", t.zeros(1)))
    layer.register_load_state_dict_pre_hook(lambda m, state, prefix, *rest: state.pop(prefix + "more", None) and None)
    handle = model.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
    state = model.state_dict()
    assert list(state) == ["0.weight", "0.bias", "0.more"] and calls == [("before", "0.")]
    model.load_state_dict(state)
    del state["0.bias"]
    model.load_state_dict(state)  # the hook forgives what is missing
    handle.remove()
    with pytest.raises(RuntimeError):
        model.load_state_dict({"0.weight": t.zeros(1, 1)})


@BOTH
def test_hooks_of_calls(t):
    layer, seen = t.nn.Linear(1, 1), []
    layer.register_forward_hook(lambda m, args, out: seen.append("after"), always_call=True)
    layer.register_forward_hook(lambda m, args, kwargs, out: seen.append(kwargs), with_kwargs=True)
    layer.register_forward_pre_hook(lambda m, args: seen.append("first"), prepend=True)
    layer(input=t.ones(1, 1))
    with pytest.raises(RuntimeError):
        layer(t.ones(1, 2))
    assert [s if isinstance(s, str) else list(s) for s in seen] == ["first", "after", ["input"], "first", "after"]


@BOTH
def test_hooks_of_every_module(t):
    every, seen = t.nn.modules.module, []
    own = t.nn.ReLU()
    own.register_forward_hook(lambda m, x, y: seen.append("own"))
    with every.register_module_forward_pre_hook(lambda m, x: seen.append("in " + type(m).__name__)):
        after = every.register_module_forward_hook(lambda m, x, y: seen.append("out " + type(m).__name__))
        t.nn.Sequential(own)(t.ones(1))
    assert seen == ["in Sequential", "in ReLU", "out ReLU", "own", "out Sequential"]
    t.nn.Tanh()(t.ones(1))
    after.remove()
    after.remove()  # twice is harmless
    t.nn.Sequential(own)(t.ones(1))
    assert seen[5:] == ["out Tanh", "own"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_errors_name_their_module_with_and_after_hooks_of_every_module(order):
    every, layer, plain = mt.nn.modules.module, mt.nn.Linear(4, 2), mt.nn.Module.__call__

    def notes():
        with pytest.raises(RuntimeError) as raised:
            mt.nn.Sequential(layer)(mt.ones(1, 3))
        return raised.value.__notes__

    expected = notes()
    assert expected == ["(in the module Linear(in_features=4, out_features=2, bias=True))"]
    handles = (every.register_module_forward_pre_hook(lambda m, x: None), every.register_module_forward_hook(lambda m, x, y: None))
    assert notes() == expected
    for k in order:
        with handles[k]:
            assert notes() == expected
        assert notes() == expected
    assert mt.nn.Module.__call__ is plain and "_hooked" not in vars(mt.nn.Module)  # nothing stays exchanged


@BOTH
def test_conversions(t):
    model = t.nn.Sequential(t.nn.Linear(2, 2), t.nn.BatchNorm1d(2))
    assert model.bfloat16()[0].weight.dtype is t.bfloat16 and model[1].num_batches_tracked.dtype is t.int64
    assert model.type(t.float64)[1].running_mean.dtype is t.float64
    assert model.to_empty(device="cpu")[0].weight.shape == (2, 2)
    model.set_submodule("0", t.nn.ReLU())
    assert isinstance(model[0], t.nn.ReLU)
    with pytest.raises(AttributeError):
        model.set_submodule("0.x.y", t.nn.ReLU())
    with pytest.raises(ValueError):
        model.set_submodule("", t.nn.ReLU())


# ---------------------------------------------------------------------- lazy modules
@BOTH
def test_lazy_modules(t):
    t.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = t.nn.LazyLinear(3)
        assert isinstance(layer.weight, t.nn.UninitializedParameter) and layer.has_uninitialized_params()
        twin, loaded = copy.deepcopy(layer), t.nn.LazyLinear(3)
        with pytest.raises(RuntimeError):
            _ = layer.weight.shape
        t.manual_seed(1)
        layer(t.ones(2, 4))
        t.manual_seed(1)
        twin(t.ones(2, 4))
        assert type(layer) is t.nn.Linear and repr(layer) == "Linear(in_features=4, out_features=3, bias=True)"
        assert t.equal(layer.weight, twin.weight)
        loaded.load_state_dict(layer.state_dict())
        assert t.equal(loaded(t.ones(2, 4)), layer(t.ones(2, 4))) and type(loaded) is t.nn.Linear
        empty = t.nn.LazyConv2d(3, 2)
        with pytest.raises(RuntimeError):
            empty(t.ones(2, 4))
        fresh = t.nn.LazyBatchNorm1d()
        fresh.load_state_dict(t.nn.LazyBatchNorm1d().state_dict())
        assert fresh.has_uninitialized_params()


def test_lazy_modules_draw_pytorchs_numbers():
    found = []
    for t in (mt, torch):
        t.manual_seed(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = t.nn.Sequential(t.nn.LazyConv2d(4, 3), t.nn.LazyBatchNorm2d(), t.nn.Flatten(), t.nn.LazyLinear(2))
            model(t.ones(2, 3, 5, 5))
        found.append(
            [
                *(v.numpy().tobytes() for v in list(model.state_dict().values())[:2]),
                t.get_rng_state().numpy().tobytes(),
                repr(model),
            ]
        )
    assert found[0] == found[1]


# ---------------------------------------------------------------------- containers of parameters
@BOTH
def test_parameter_lists(t):
    weights = t.nn.ParameterList([t.zeros(2), t.ones(3)])
    weights.append(t.nn.Parameter(t.zeros(1)))
    weights += [t.zeros(1, 2)]
    weights[0] = t.full((2,), 5.0)
    assert len(weights) == 4 and weights[-1].shape == (1, 2) and weights[0].tolist() == [5, 5]
    assert [n for n, _ in weights.named_parameters()] == ["0", "1", "2", "3"] and len(weights[1:3]) == 2
    assert repr(weights).splitlines()[1] == "    (0): Parameter containing: [torch.float32 of size 2]"
    with pytest.raises(IndexError):
        weights[4]
    with pytest.raises(TypeError):
        weights.extend(3)
    with pytest.raises(RuntimeError):
        weights(1)


@BOTH
def test_parameter_dicts(t):
    weights = t.nn.ParameterDict({"b": t.zeros(2), "a": t.ones(1)})
    weights["c"] = t.nn.Parameter(t.zeros(1))
    assert list(weights) == ["a", "b", "c"] and "a" in weights and len(weights) == 3
    assert weights.pop("a").tolist() == [1] and weights.get("a") is None
    assert weights.setdefault("d", t.zeros(4)).shape == (4,) and weights.popitem()[0] == "d"
    weights.update([("z", t.zeros(1)), ("y", t.zeros(1))])
    assert list(weights.keys()) == ["b", "c", "z", "y"] and list((weights | {"q": t.zeros(1)}).keys())[-1] == "q"
    assert list(reversed(weights)) == ["y", "z", "c", "b"] and list(weights.copy().keys()) == list(weights.keys())
    assert list(weights.fromkeys(["m"], t.zeros(1)).keys()) == ["m"]
    assert [n for n, _ in weights.named_parameters()] == ["b", "c", "z", "y"]
    assert repr(weights).splitlines()[1] == "    (b): Parameter containing: [torch.FloatTensor of size 2]"
    del weights["b"]
    weights.clear()
    assert repr(weights) == "ParameterDict()"
    with pytest.raises(TypeError):
        weights[3] = t.zeros(1)
    with pytest.raises(TypeError):
        weights.update(3)


@BOTH
def test_models_can_be_copied_and_pickled(t):
    model = t.nn.TransformerEncoderLayer(4, 2, 8)
    twin = pickle.loads(pickle.dumps(model))
    for (name, a), (other, b) in zip(model.state_dict().items(), twin.state_dict().items(), strict=True):
        assert name == other and t.equal(a, b)
    deep = copy.deepcopy(model)
    assert deep.linear1.weight is not model.linear1.weight and deep.self_attn is not model.self_attn


# ---------------------------------------------------------------------- attention and transformers
def test_evaluation_zeroes_what_is_padding_as_pytorch_does():
    outs = []
    for t in (mt, torch):
        t.manual_seed(0)
        layer = t.nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = t.nn.TransformerEncoder(layer, 2).eval()
            x = t.from_numpy(np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32))
            padding = t.tensor([[False, False, True], [False, False, False]])
            with t.no_grad():
                outs.append([model(x, src_key_padding_mask=padding).numpy(), model(x).numpy()])
            outs[-1].append(model(x, src_key_padding_mask=padding).detach().numpy())
    for a, b in zip(*outs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert (outs[0][0][0, 2] == 0).all() and not (outs[0][2][0, 2] == 0).all()


MISTAKES = [
    lambda t: t.nn.MultiheadAttention(5, 2),
    lambda t: t.nn.MultiheadAttention(0, 1),
    lambda t: t.nn.MultiheadAttention(4, 2)(t.zeros(2, 1, 3), t.zeros(2, 1, 3), t.zeros(2, 1, 3)),
    lambda t: t.nn.MultiheadAttention(4, 2)(t.zeros(2, 1, 4), t.zeros(3, 1, 4), t.zeros(2, 1, 4)),
    lambda t: t.nn.MultiheadAttention(4, 2)(*[t.zeros(2, 1, 4)] * 3, attn_mask=t.zeros(3, 3)),
    lambda t: t.nn.MultiheadAttention(4, 2)(*[t.zeros(2, 1, 4)] * 3, is_causal=True),
    lambda t: t.nn.TransformerEncoderLayer(4, 2, activation="swish"),
    lambda t: t.nn.Transformer(4, 2, 1, 1, 8)(t.zeros(2, 1, 4), t.zeros(2, 2, 4)),
    lambda t: t.nn.Transformer(4, 2, 1, 1, 8)(t.zeros(2, 1, 3), t.zeros(2, 1, 4)),
    lambda t: t.nn.GroupNorm(3, 4),
    lambda t: t.nn.LayerNorm(4)(t.zeros(2, 3)),
    lambda t: t.nn.InstanceNorm1d(3, affine=True)(t.zeros(2, 4, 5)),
    lambda t: t.nn.InstanceNorm2d(3)(t.zeros(2, 4)),
    lambda t: t.nn.BatchNorm3d(3)(t.zeros(2, 3)),
    lambda t: t.nn.ConvTranspose2d(3, 4, 2)(t.zeros(1, 2, 3, 3)),
    lambda t: t.nn.ConvTranspose2d(3, 4, 2)(t.zeros(1, 3, 3, 3), output_size=(9, 9)),
    lambda t: t.nn.ConvTranspose2d(3, 4, 2, padding_mode="reflect"),
    lambda t: t.nn.Conv2d(3, 4, 2, padding_mode="mirror"),
    lambda t: t.nn.Conv2d(3, 4, 2, stride=2, padding="same"),
    lambda t: t.nn.Conv2d(3, 4, 2, padding="some"),
    lambda t: t.nn.AdaptiveLogSoftmaxWithLoss(4, 10, [5, 3]),
    lambda t: t.nn.AdaptiveLogSoftmaxWithLoss(4, 10, [5])(t.zeros(2, 4), t.tensor([0, 10])),
    lambda t: t.nn.TripletMarginLoss(margin=-1.0),
    lambda t: t.nn.MultiMarginLoss(p=3),
    lambda t: t.nn.FractionalMaxPool2d(2),
    lambda t: t.nn.FractionalMaxPool2d(2, output_ratio=1.5),
    lambda t: t.nn.Softmax2d()(t.zeros(2)),
    lambda t: t.nn.EmbeddingBag(3, 2, padding_idx=5),
    lambda t: t.nn.Bilinear(0, 2, 3),
    lambda t: t.nn.Bilinear(2, 3, 1)(t.zeros(1, 2), t.zeros(1, 2)),
    lambda t: t.nn.CircularPad1d(1)(t.zeros(3)),
    lambda t: t.nn.ReflectionPad1d(5)(t.zeros(1, 3)),
]


@pytest.mark.parametrize("f", MISTAKES)
def test_mistakes(f):
    with pytest.raises(Exception) as theirs:
        f(torch)
    with pytest.raises(type(theirs.value)):
        f(mt)


def test_an_error_says_in_which_layer_it_was():
    model = mt.nn.Sequential(mt.nn.Linear(3, 3), mt.nn.Sequential(mt.nn.ReLU(), mt.nn.Linear(4, 2)))
    with pytest.raises(RuntimeError) as raised:
        model(mt.zeros(2, 3))
    assert raised.value.__notes__ == ["(in the module Linear(in_features=4, out_features=2, bias=True))"]
