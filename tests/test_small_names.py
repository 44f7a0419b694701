"""Names that few programs use, each with PyTorch's behaviour on the CPU."""

import copy
import inspect
import pickle
import subprocess
import sys
import weakref

import pytest
import torch
import torch.utils.checkpoint

import minitorch_bp

BOTH = pytest.mark.parametrize("framework", [torch, minitorch_bp], ids=["torch", "ours"])


def test_linear_cross_entropy():
    torch.manual_seed(0)
    x, w, b, t = torch.randn(5, 3), torch.randn(8, 3), torch.randn(8), torch.randint(0, 4, (5, 2))
    results = []
    for framework in (torch, minitorch_bp):
        F = framework.nn.functional
        a, c, d, e = (framework.tensor(v.numpy()) for v in (x, w, b, t))
        results.append(
            [
                F.linear_cross_entropy(a, c, e[:, 0], linear_bias=d, label_smoothing=0.1, reduction="none").tolist(),
                F.linear_cross_entropy(a, c.reshape(4, 2, 3), e, linear_bias=d.reshape(4, 2), ignore_index=1).item(),
                F.linear_cross_entropy(a[0], c, e[0, 0], options=framework.nn.LinearCrossEntropyOptions()).item(),
            ]
        )
        framework.manual_seed(3)
        layer = framework.nn.LinearCrossEntropyLoss(3, 4, out_features=(2,), bias=True)
        results[-1] += [layer(a, e).item(), repr(layer), *map(str, layer.state_dict())]
        for bad in (framework.ones(2, 5, 3), framework.ones(5, 2)):
            with pytest.raises(RuntimeError):
                F.linear_cross_entropy(bad, c, e)
        for option in ({"batch_chunk_size": 0}, {"acc_policy": "x"}, {"chunking_method": "x"}):
            with pytest.raises(ValueError):
                framework.nn.LinearCrossEntropyOptions(**option)
        results[-1].append(repr(framework.nn.LinearCrossEntropyOptions(batch_chunk_size=2)))
    for mine, theirs in zip(*results, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-5) if not isinstance(mine, str) else mine == theirs


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_futures(framework):
    first, second = framework.futures.Future(), framework.futures.Future()
    doubled = first.then(lambda f: 2 * f.value())
    failing = doubled.then(lambda f: 1 // 0)
    both = framework.futures.collect_all([first, second])
    first.set_result(3)
    assert doubled.wait() == 6 and not both.done()
    second.set_exception(ValueError("no"))
    for call, error in ((second.wait, ValueError), (both.wait, ValueError), (lambda: first.set_result(1), RuntimeError)):
        with pytest.raises(error):
            call()
    with pytest.raises((ZeroDivisionError, RuntimeError)):  # (PyTorch makes a RuntimeError of it)
        failing.wait()
    with pytest.raises(RuntimeError):
        framework.futures.Future().value()
    assert framework.wait(framework.fork(lambda x, y: x + y, 1, y=2)) == framework.jit.wait(framework.jit.fork(len, "abc")) == 3
    assert framework.futures.wait_all([framework.fork(len, "a")]) == [1]


def test_while_loop():
    """2 ** 3. (PyTorch's compiles the step, and what it loads for that slows down all that follows in the process.)"""
    step = lambda i, x: (i + 1, x * 2)
    i, x = minitorch_bp.while_loop(lambda i, x: i < 3, step, (minitorch_bp.tensor(0), minitorch_bp.ones(2)))
    assert i.item() == 3 and x.tolist() == [8.0, 8.0]


def test_rearrange():
    t = torch.arange(24).reshape(2, 3, 4)
    m = minitorch_bp.arange(24).reshape(2, 3, 4)
    for pattern in (
        "a b c -> c a b",
        "a b c -> (a b) c",
        "a b c -> b (c a)",
        "... c -> c ...",
        "a ... -> (...) a",
        "a b c -> a (b c)",
    ):
        assert minitorch_bp.func.rearrange(m, pattern).tolist() == torch.func.rearrange(t, pattern).tolist(), pattern
    assert (
        minitorch_bp.func.rearrange([m, m], "k a b c -> a b (k c)").tolist()
        == torch.func.rearrange([t, t], "k a b c -> a b (k c)").tolist()
    )
    assert (
        minitorch_bp.func.rearrange(m, "a b (c d) -> a d b c", d=2).tolist()
        == torch.func.rearrange(t, "a b (c d) -> a d b c", d=2).tolist()
    )
    for framework, value in ((torch, t), (minitorch_bp, m)):
        for wrong in ("a b -> b a", "a b c -> a b", "a b c -> a b c d", "a b c", "a (b c -> a b c"):
            with pytest.raises(ValueError):
                framework.func.rearrange(value, wrong)


def test_memory_format_of_weights():
    strides = []
    for framework in (torch, minitorch_bp):
        net = framework.nn.Sequential(
            framework.nn.Conv2d(2, 3, 3), framework.nn.ConvTranspose2d(3, 2, 2), framework.nn.Conv3d(2, 2, 2)
        )
        net = framework.nn.utils.convert_conv2d_weight_memory_format(net, framework.channels_last)
        net = framework.nn.utils.convert_conv3d_weight_memory_format(net, framework.channels_last_3d)
        strides.append([tuple(layer.weight.stride()) for layer in net])
    assert strides[0] == strides[1]


def test_swapped_tensors():
    for framework in (torch, minitorch_bp):
        a, b = framework.nn.Parameter(framework.ones(2)), framework.zeros(3, dtype=framework.int64)
        a.note = "mine"
        framework.utils.swap_tensors(a, b)
        assert a.tolist() == [0, 0, 0] and type(a) is framework.Tensor and not a.requires_grad
        assert b.note == "mine" and isinstance(b, framework.nn.Parameter) and b.is_leaf
        (b * 2).sum().backward()
        assert b.grad.tolist() == [2.0, 2.0]
        reference = weakref.ref(a)
        with pytest.raises(RuntimeError):
            framework.utils.swap_tensors(a, b)
        assert reference() is a


@BOTH
def test_an_optimizer_of_other_parameters(framework):
    w = framework.nn.Parameter(framework.ones(1))
    optimizer = framework.optim.SGD([w], lr=0.5, momentum=0.9)
    w.grad = framework.ones(1)
    optimizer.step()
    other = framework.zeros(1, requires_grad=True)
    other.grad = framework.ones(1)
    state = copy.deepcopy(optimizer.state_dict())
    state["param_groups"][0]["lr"] = 1.0
    with framework.optim.swap_in_optimizer_params_and_state(optimizer, {"w": other}, state):
        optimizer.step()
    assert w.item() == 0.5 and other.item() == pytest.approx(-1.9)
    optimizer.step()
    assert w.item() == pytest.approx(0.5 - 0.5 * 1.9)


@BOTH
def test_data_pipes(framework):
    data = framework.utils.data
    source = list(range(7))
    wrap, sequence = data.datapipes.iter.IterableWrapper, data.datapipes.map.SequenceWrapper
    assert list(wrap(source).map(lambda n: n * n).filter(lambda n: n % 2 == 0)) == [0, 4, 16, 36]
    assert list(wrap(source).batch(3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(wrap(source).batch(3, drop_last=True).unbatch()) == source[:6]
    assert list(wrap([1, 2]).concat(wrap([3]))) == [1, 2, 3] and list(wrap([1, 2]).zip(wrap("ab"))) == [(1, "a"), (2, "b")]
    assert sorted(wrap(source).shuffle()) == source and len(wrap(source)) == 7
    assert next(iter(wrap(source).batch(2).collate())).tolist() == [0, 1]
    assert sequence([5, 6])[1] == 6 and isinstance(wrap(source), data.IterDataPipe) and isinstance(sequence([1]), data.MapDataPipe)
    chunk = data.DataChunk([1, 2])
    assert list(chunk.raw_iterator()) == [1, 2] and chunk.as_str() == "[1, 2]"

    @data.functional_datapipe(f"tripled_by_{framework.__name__}")
    class Tripler(data.IterDataPipe):
        def __init__(self, datapipe):
            self.datapipe = datapipe

        def __iter__(self):
            yield from (3 * each for each in self.datapipe)

    assert list(getattr(wrap(source), f"tripled_by_{framework.__name__}")())[-1] == 18
    with pytest.raises(Exception, match="tripled"):
        data.functional_datapipe(f"tripled_by_{framework.__name__}")(Tripler)
    with pytest.raises(AttributeError):
        wrap(source).nothing_of_this_name
    assert list(data.DataLoader(wrap(source), batch_size=4))[1].tolist() == [4, 5, 6]


@BOTH
def test_checkpoint_helpers(framework):
    helpers = framework.utils.checkpoint
    assert [p.name for p in helpers.CheckpointPolicy] == [p.name for p in torch.utils.checkpoint.CheckpointPolicy]
    assert helpers.get_device_states(framework.ones(1)) == ([], []) and helpers.set_device_states([], []) is None
    with pytest.warns(UserWarning):
        helpers.check_backward_validity([framework.ones(1)])
    before = helpers.DefaultDeviceType.get_device_type()
    helpers.DefaultDeviceType.set_device_type("cuda")
    assert helpers.DefaultDeviceType.get_device_type() == "cuda"
    helpers.DefaultDeviceType.set_device_type(before)
    assert helpers.tree_map(lambda x: x + 1, {"a": [1, 2]}) == {"a": [2, 3]}


@BOTH
def test_helpers_of_serialization(framework):
    s = framework.serialization
    assert s.check_module_version_greater_or_equal(pytest, (1, 0)) and not s.check_module_version_greater_or_equal(pytest, (999, 0))
    broken = type("broken", (), {"__version__": "x.y", "__name__": "broken"})
    with pytest.raises(RuntimeError):
        s.check_module_version_greater_or_equal(broken, (1, 0))
    assert s.get_source_lines_and_file(test_while_loop)[0][0].startswith("def test_while_loop")
    assert s.normalize_storage_type(framework.cuda.FloatStorage) is framework.FloatStorage
    with pytest.raises(RuntimeError):
        s.validate_hpu_device("hpu:0")
    with s.mkdtemp() as path:
        assert isinstance(path, str)


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_what_modules_and_functions_share(framework):
    nn, F = framework.nn, framework.nn.functional
    assert next(iter(nn.Container(a=nn.ReLU()).named_children()))[0] == "a"
    assert nn.factory_kwargs({"dtype": framework.float64, "factory_kwargs": {"device": "cpu"}}) == {
        "device": "cpu",
        "dtype": framework.float64,
    }
    for wrong in ({"x": 1}, {"dtype": 1, "factory_kwargs": {"dtype": 2}}):
        with pytest.raises(TypeError):
            nn.factory_kwargs(wrong)
    assert nn.common_types._size_2_t is not None and nn.common_types.Tensor is framework.Tensor
    assert issubclass(nn.parameter.UninitializedParameter, nn.parameter.UninitializedTensorMixin)
    assert (
        F.has_torch_function((framework.ones(1),)) is F.has_torch_function_unary(1) is F.has_torch_function_variadic(1, 2) is False
    )
    assert framework.autograd.is_tensor_like(framework.ones(1)) and framework.autograd.has_torch_function is not None
    assert F.assert_int_or_pair(3, "size", "{}") is F.assert_int_or_pair([1, 2], "size", "{}") is None
    with pytest.raises(AssertionError):
        F.assert_int_or_pair([1], "size", "{} is wrong")
    chosen = F.boolean_dispatch("flag", 1, False, lambda x, flag=False: "yes", lambda x, flag=False: "no", __name__, "chosen")
    assert [chosen(0), chosen(0, True), chosen(0, flag=True)] == ["no", "yes", "yes"] and chosen.__name__ == "chosen"
    packed = nn.utils.rnn.pack_sequence([framework.ones(2)])
    assert isinstance(packed, nn.utils.rnn.PackedSequence_) and nn.utils.rnn.bind(None, len) is None
    assert not nn.utils.parametrize.is_traceable_wrapper_subclass(framework.ones(1))
    assert nn.utils.parametrize.get_swap_module_params_on_conversion() is False
    assert framework.fft.Tensor is framework.special.Tensor is framework.optim.lr_scheduler.Tensor is framework.Tensor
    assert framework.optim.lr_scheduler.Optimizer is framework.optim.Optimizer


@BOTH
def test_which_kernel_computes_attention(framework):
    attention, q = framework.nn.attention, framework.ones(1, 1, 2, 4)
    params = attention.SDPAParams(q, q, q, None, 0.5, True, False)
    assert params.dropout == 0.5 and params.is_causal
    assert attention.can_use_flash_attention(params) is attention.can_use_efficient_attention(params) is False
    assert attention.list_flash_attention_impls() == ["FA3", "FA4"] and attention.current_flash_attention_impl() is None
    with pytest.raises(ValueError):
        attention.activate_flash_attention_impl("FA9")
    with pytest.raises(ModuleNotFoundError):
        attention.activate_flash_attention_impl("FA3")


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_what_a_profiler_distinguishes(framework):
    for kind in ("DeviceType", "ProfilerActivity", "ProfilerState"):
        theirs, ours = getattr(torch.autograd, kind).__members__, getattr(framework.autograd, kind).__members__
        assert {n: int(v.value if hasattr(v, "value") else v) for n, v in theirs.items()} == {
            n: int(v.value) for n, v in ours.items()
        }
    assert repr(framework.profiler.RecordScope.FUNCTION) == "<RecordScope.FUNCTION: 0>"
    tracker = framework.profiler.KinetoStepTracker
    start = tracker.current_step()
    assert [tracker.increment_step("a"), tracker.increment_step("a"), tracker.increment_step("b")] == [
        start + 1,
        start + 2,
        start + 3,
    ]
    assert tracker.erase_step_count("a") and tracker.erase_step_count("b") and not tracker.erase_step_count("c")
    assert framework.profiler.is_fbcode() is False and framework.profiler.Optimizer is framework.optim.Optimizer
    assert framework.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False) is None
    assert framework.autograd.graph.set_override_stale_capture_stream(False) is None
    assert framework.autograd.graph.Variable is framework.autograd.Variable
    with framework.autograd.profiler_legacy.profile():
        framework.ones(1) + 1


@BOTH
def test_weak_dictionaries(framework):
    weak = __import__(f"{framework.__name__}.utils.weak", fromlist=["x"])
    t, other = framework.ones(2), framework.ones(2)
    names = weak.WeakIdKeyDictionary({t: "a"})
    assert names[t] == "a" and other not in names and len(names) == 1
    del t
    assert len(names) == 0
    assert weak.TensorWeakRef(other)() is other


@BOTH
def test_small_things(framework):
    assert framework.utils.set_module(type("A", (), {}), "mine") is None
    with pytest.raises(TypeError):
        framework.utils.set_module(type("A", (), {}), 1)
    assert framework.thread_safe_generator() is None
    bar = framework.hub.tqdm(total=2, disable=True)
    bar.update(1)
    bar.close()
    assert isinstance(framework.ones(1).untyped_storage(), framework.StorageBase)
    assert framework.func.debug_unwrap(framework.ones(1)).item() == 1.0
    assert inspect.isclass(framework.DisableTorchFunction) and inspect.isclass(framework.DisableTorchFunctionSubclass)
    assert pickle.loads(pickle.dumps(framework.float8_e5m2)) is framework.float8_e5m2


def test_the_environment_is_told():
    done = subprocess.run([sys.executable, "-m", "minitorch_bp.utils.collect_env"], capture_output=True, text=True)
    assert "numpy==" in done.stdout and done.returncode == 0
