"""Devices that are not here: each function of their modules answers or refuses as PyTorch's build for the CPU does."""

import inspect

import pytest
import torch

import minitorch_bp

MODULES = ["mps", "xpu", "mtia", "cuda.memory", "cuda.random", "cuda.nvtx", "cuda.profiler", "cuda.graphs"]
#: Where PyTorch stops for another reason than that there is no device: parts that it was not built with.
UNBUILT = (AttributeError, ImportError, TypeError, KeyError)


def outcome(framework, module, name):
    found = framework
    for word in module.split("."):
        found = getattr(found, word)
    function = getattr(found, name)
    theirs = getattr(__import__("operator").attrgetter(module)(torch), name)
    needed = [p for p in inspect.signature(theirs).parameters.values() if p.default is p.empty and p.kind in (0, 1)]
    try:
        return function(*[0] * len(needed))
    except Exception as error:
        return type(error)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("module", MODULES)
def test_functions_answer_as_in_torch(module):
    found = __import__("operator").attrgetter(module)
    compared = 0
    for name in found(minitorch_bp).__all__:
        theirs = getattr(found(torch), name)
        if (
            inspect.isclass(theirs)
            or inspect.isgeneratorfunction(inspect.unwrap(theirs))
            or name in ("mem_get_info", "list_gpu_processes")
        ):
            continue
        expected = outcome(torch, module, name)
        if isinstance(expected, type) and issubclass(expected, UNBUILT):
            continue
        got = outcome(minitorch_bp, module, name)
        same = issubclass(got, expected) if isinstance(got, type) and isinstance(expected, type) else got == expected
        assert same or name in ("use_mem_pool", "make_graphed_callables"), f"{module}.{name}: {got}, in PyTorch {expected}"
        compared += 1
    assert compared


def test_streams_and_events():
    for framework in (torch, minitorch_bp):
        stream, event = framework.Stream(), framework.Event()
        assert stream.query() and event.query() and stream == framework.Stream("cpu")
        assert stream.stream_id == 0 and stream.device_index == -1 and str(stream.device) == "cpu"
        assert stream.wait_event(event) is event.wait() is stream.synchronize() is None
        with stream as entered:
            assert entered == stream
        for refused in (
            stream.record_event,
            lambda s=stream: s.wait_stream(s),
            event.record,
            lambda f=framework: f.Stream("cuda"),
            lambda f=framework: f.Event("cuda"),
        ):
            with pytest.raises(RuntimeError):
                refused()
        with pytest.raises(ValueError):
            event.elapsed_time(event)
    assert repr(torch.Stream()) == repr(minitorch_bp.Stream()) and repr(torch.Event()) == repr(minitorch_bp.Event())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "kind", ["cuda", "ipu", "xpu", "mkldnn", "hip", "fpga", "xla", "lazy", "vulkan", "mps", "hpu", "mtia", "privateuseone"]
)
def test_a_tensor_does_not_go_there(kind):
    with pytest.raises(Exception) as theirs:
        torch.ones(1).to(kind)
    expected = RuntimeError if theirs.type is NotImplementedError else theirs.type
    with pytest.raises(expected):
        minitorch_bp.ones(1).to(kind)
    assert str(minitorch_bp.device(kind)) == str(torch.device(kind))


@pytest.mark.parametrize("name", ["ipu", "xpu", "mtia", "record_stream"])
def test_methods(name):
    kinds = []
    for framework in (torch, minitorch_bp):
        with pytest.raises(Exception) as raised:
            getattr(framework.ones(1), name)(*[framework.Stream()] * (name == "record_stream"))
        kinds.append(raised.type)
    assert kinds[0] is kinds[1]


OLD_NAMES = {
    "ipu": ("get_autocast_ipu_dtype", "set_autocast_ipu_dtype", "is_autocast_ipu_enabled", "set_autocast_ipu_enabled"),
    "xla": ("get_autocast_xla_dtype", "set_autocast_xla_dtype", "is_autocast_xla_enabled", "set_autocast_xla_enabled"),
}


@pytest.mark.filterwarnings("ignore")
def test_autocast_of_other_devices():
    for names in OLD_NAMES.values():
        told = []
        for framework in (torch, minitorch_bp):
            get, put, asked, switch = (getattr(framework, name) for name in names)
            before = get()
            told.append([repr(before), asked(), switch(True), asked(), switch(False), asked()])
            assert put(framework.float32) is None and get() is framework.float32
            put(before)
        assert told[0] == told[1]
    assert minitorch_bp.set_autocast_gpu_dtype(minitorch_bp.float16) is torch.set_autocast_gpu_dtype(torch.float16) is None


@pytest.mark.filterwarnings("ignore")
def test_small_things():
    for framework in (torch, minitorch_bp):
        assert framework.get_device_module() is framework.cpu and framework.get_device_module("cuda") is framework.cuda
        with pytest.raises(RuntimeError):
            framework.get_device_module("nothing")
        assert framework.cuda.cudaStatus.SUCCESS == 0 and framework.cuda.cudaStatus.ERROR_NOT_READY == 34
        assert framework.cuda.nccl.is_available([framework.ones(1)]) is False

        class Layer:
            @framework.classproperty
            def label(cls):
                return cls.__name__

        assert Layer.label == Layer().label == "Layer"
