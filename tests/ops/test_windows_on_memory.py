"""set_, module_load, nonzero_static and the classes of results and storages: PyTorch's."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_set_(t):
    source, x = t.arange(6.0), t.empty(0)
    assert x.set_(source) is x and x.tolist() == list(range(6)) and x.data_ptr() == source.data_ptr()
    assert x.set_(source.storage(), 2, (2,), (2,)).tolist() == [2, 4] and x.set_(source, 1, (2, 2), (2, 1)).tolist() == [
        [1, 2],
        [3, 4],
    ]
    x[0, 0] = 9
    assert source[1] == 9 and x.set_(source, 1, (2,)).tolist() == [9, 2] and x.set_(source.untyped_storage()).numel() == 6
    assert x.set_().shape == (0,)
    for call in (lambda: x.set_(t.arange(3)), lambda: x.set_(t.arange(3).storage())):
        with pytest.raises(RuntimeError):
            call()
    with pytest.raises(TypeError):
        x.set_(3)


@BOTH
def test_small_methods(t):
    x = t.tensor([[0, 3], [5, 0]])
    assert t.nonzero_static(x, size=3).tolist() == [[0, 1], [1, 0], [-1, -1]] and x.nonzero_static(
        size=1, fill_value=7
    ).tolist() == [[0, 1]]
    assert [p.tolist() for p in t.unsafe_split_with_sizes(t.arange(3), [1, 2])] == [[0], [1, 2]]
    y = t.zeros(2)
    assert y.module_load(t.ones(2)).data_ptr() == y.data_ptr() and y.tolist() == [1, 1]
    other = t.ones(2)
    assert y.module_load(other, assign=True).data_ptr() == other.data_ptr()


@BOTH
def test_names_that_stand_in_several_places(t):
    assert (
        isinstance(t.tensor([1, 2]).max(0), t.return_types.max)
        and t.windows is t.signal.windows
        and t.GradScaler is t.amp.GradScaler
    )
    assert t.storage.UntypedStorage is t.UntypedStorage and issubclass(t.OutOfMemoryError, RuntimeError) and t.has_lapack
    assert t.Storage.__name__ == "FloatStorage"


@BOTH
def test_cuda_without_a_device(t):
    c = t.cuda
    assert (
        c.memory_allocated() == c.max_memory_allocated() == 0
        and c.memory_stats() == {}
        and c.get_arch_list() == []
        and not c.is_bf16_supported()
    )
    assert c.default_generators == () and c.get_rng_state_all() == [] and c.empty_cache() is None
    with c.stream(None), c.device(-1), c.device_of(t.ones(1)):
        pass
    for name in ("current_stream", "init", "get_device_properties", "mem_get_info", "initial_seed", "ipc_collect", "get_rng_state"):
        with pytest.raises(AssertionError):
            getattr(c, name)()
    for name in ("Event", "Stream", "CUDAGraph"):
        with pytest.raises(RuntimeError):
            getattr(c, name)()
    with pytest.raises(TypeError):
        c.FloatTensor(2)
