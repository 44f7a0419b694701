"""The small modules that libraries import names from: the same answers as PyTorch's, or a refusal."""

import collections
import importlib
import inspect

import pytest
import torch
import torch.utils._pytree
import torch.utils.dlpack
import torch.utils.hooks

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
Point = collections.namedtuple("Point", "x y")


@BOTH
def test_pytree(t):
    p = t.utils._pytree
    tree = {
        "b": [1, (2, None)],
        "a": collections.OrderedDict(z=3),
        "c": Point(4, collections.deque([5], maxlen=3)),
        "d": collections.defaultdict(list, k=6),
    }
    leaves, spec = p.tree_flatten(tree)
    assert leaves == [1, 2, None, 3, 4, 5, 6] and p.tree_leaves(tree) == leaves and spec.num_leaves == 7
    again = p.tree_unflatten([0, *leaves[1:]], spec)
    assert again["b"][0] == 0 and type(again["c"]) is Point and again["c"].y.maxlen == 3 and again["d"].default_factory is list
    assert list(again) == list(tree) and p.tree_structure(again) == spec
    assert p.tree_map(lambda x, y: (x, y), [1, 2], [3, 4]) == [(1, 3), (2, 4)]
    assert p.tree_map_only(int, lambda x: -x, [1, "a"]) == [-1, "a"]
    assert p.tree_map(len, [[1, 2], [3]], is_leaf=lambda x: isinstance(x, list) and isinstance(x[0], int)) == [2, 1]
    assert p.tree_all(lambda x: x > 0, [1, 2]) and not p.tree_any(lambda x: x > 2, [1, 2])
    assert p.tree_all_only(int, lambda x: x > 0, [1, "a"]) and not p.tree_any_only(int, lambda x: x > 1, [1, "a"])
    seen = []
    assert p.tree_map_(seen.append, [1, 2]) == [1, 2] and seen == [1, 2]
    assert p.tree_flatten(3)[1].is_leaf() and isinstance(p.tree_flatten(3)[1], p.LeafSpec if t is minitorch_bp else p.TreeSpec)
    with pytest.raises(ValueError):
        p.tree_unflatten([1], spec)
    with pytest.raises(ValueError):
        p.register_pytree_node(list, None, None)

    class Pair:
        def __init__(self, *parts):
            self.parts = parts

    p.register_pytree_node(Pair, lambda x: (list(x.parts), "about"), lambda parts, about: Pair(*parts, about))
    assert p.tree_map(lambda x: x * 2, Pair(1, 2)).parts == (2, 4, "about")


@BOTH
def test_devices_are_contexts(t):
    with t.device("cpu"):
        assert t.ones(1).device == t.device("cpu")
    with pytest.raises(AssertionError), t.device("cuda"):
        t.ones(1)


@BOTH
def test_handles(t):
    hooks, others = {}, {}
    handle = t.utils.hooks.RemovableHandle(hooks if t is minitorch_bp else collections.OrderedDict())
    assert isinstance(handle.id, int)
    hooks = collections.OrderedDict()
    handle = t.utils.hooks.RemovableHandle(hooks, extra_dict=others if t is minitorch_bp else collections.OrderedDict())
    hooks[handle.id] = print
    with handle:
        assert hooks
    assert not hooks
    assert t.utils.hooks.unserializable_hook(lambda g: g).__torch_unserializable__


@BOTH
def test_helpers_of_modules(t):
    u = t.nn.modules.utils
    assert (u._single(2), u._pair(2), u._triple([1, 2, 3]), u._quadruple(0)) == ((2,), (2, 2), (1, 2, 3), (0, 0, 0, 0))
    assert tuple(u._reverse_repeat_tuple((1, 2), 2)) == (2, 2, 1, 1) and u._ntuple(2)("ab") == ("a", "b")
    assert u._list_with_default([None, 3], [5, 6, 7]) == [6, 3]
    state = t.nn.DataParallel(t.nn.Linear(2, 1)).state_dict()
    u.consume_prefix_in_state_dict_if_present(state, "module.")
    assert list(state) == ["weight", "bias"]


@BOTH
def test_attention_kernels(t):
    a = t.nn.attention
    with a.sdpa_kernel([a.SDPBackend.MATH, a.SDPBackend.FLASH_ATTENTION]), a.sdpa_kernel(a.SDPBackend.MATH):
        q = t.ones(1, 2, 4)
        assert t.nn.functional.scaled_dot_product_attention(q, q, q).shape == (1, 2, 4)
    with pytest.raises(AssertionError):
        a.sdpa_kernel("math").__enter__()
    assert [(b.name, int(b)) for b in (a.SDPBackend.MATH, a.SDPBackend.FLASH_ATTENTION)] == [("MATH", 0), ("FLASH_ATTENTION", 1)]


@BOTH
def test_backends(t):
    b = t.backends
    assert not b.cuda.is_built() and not b.cuda.matmul.allow_tf32 and b.cudnn.version() is None
    for kernel in ("flash", "mem_efficient", "math", "cudnn"):
        getattr(b.cuda, f"enable_{kernel}_sdp")(False)
        assert not getattr(b.cuda, f"{kernel}_sdp_enabled")()
        getattr(b.cuda, f"enable_{kernel}_sdp")(True)
        assert getattr(b.cuda, f"{kernel}_sdp_enabled")()
    b.cuda.matmul.allow_tf32 = True
    assert b.cuda.matmul.allow_tf32
    b.cuda.matmul.allow_tf32 = False
    assert not b.cudnn.is_acceptable(t.ones(1)) and isinstance(b.cpu.get_cpu_capability(), str)
    assert b.opt_einsum.is_available() in (True, False) and b.mkl.is_available() in (True, False)
    assert b.openmp.is_available() in (True, False) and b.mkldnn.is_available() in (True, False)
    with b.cudnn.flags(enabled=True, deterministic=True):
        assert b.cudnn.deterministic
    assert not b.cudnn.deterministic


def test_distributed():
    d = minitorch_bp.distributed
    assert not d.is_available() and not any(
        f() for f in (d.is_nccl_available, d.is_gloo_available, d.is_mpi_available, d.is_ucc_available, d.is_xccl_available)
    )
    with pytest.raises(NotImplementedError, match="init_process_group"):
        d.init_process_group("gloo")
    for t in (minitorch_bp, torch):
        d = t.distributed
        assert not d.is_initialized() and not d.is_torchelastic_launched() and d.group.WORLD is None and d.ReduceOp.SUM is not None
        x = t.ones(1)
        for call in (
            d.get_rank,
            d.get_world_size,
            d.get_backend,
            d.barrier,
            lambda: d.all_reduce(x),
            lambda: d.broadcast(x, 0),
            lambda: d.all_gather([x], x),
        ):
            with pytest.raises(ValueError):
                call()
        with pytest.raises(AssertionError):
            d.destroy_process_group()


@BOTH
def test_multiprocessing(t):
    m = t.multiprocessing
    assert {"Process", "Queue", "Pool", "get_context", "set_start_method"} <= set(dir(m)) and m.cpu_count() > 0
    assert m.get_sharing_strategy() in m.get_all_sharing_strategies()
    m.set_sharing_strategy("file_system")
    assert m.get_sharing_strategy() == "file_system"
    m.set_sharing_strategy("file_descriptor")
    with pytest.raises(AssertionError):
        m.set_sharing_strategy("telepathy")


def _in_a_process(k, path, fails):
    if fails:
        raise SystemExit(3)
    (path / str(k)).write_text("here")


def test_spawned_processes(tmp_path):
    m = minitorch_bp.multiprocessing
    assert m.spawn(_in_a_process, (tmp_path, False), nprocs=2, start_method="fork") is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0", "1"]
    with pytest.raises(m.ProcessRaisedException, match="code 3"):
        m.spawn(_in_a_process, (tmp_path, True), start_method="fork")


@BOTH
def test_small_modules(t):
    assert t.version.cuda is None and t.version.hip is None and isinstance(t.version.__version__, str)
    assert t.types.Device is not None and isinstance(1, t.types.Number) and t.types._size is not None
    assert t.functional.einsum is t.einsum and t.functional.norm is t.norm
    assert t.autograd.grad_mode.no_grad is t.no_grad
    x = t.arange(3.0)
    y = t.utils.dlpack.from_dlpack(t.utils.dlpack.to_dlpack(x)) if t is torch else t.utils.dlpack.from_dlpack(x)
    y[0] = 5
    assert x[0] == 5
    assert t.random.initial_seed() is not None
    with pytest.raises(AttributeError):
        _ = t.functional.relu


@BOTH
def test_memory_formats_that_change_nothing(t):
    x = t.ones(2, 2)
    for form in (t.preserve_format, t.contiguous_format):
        for f in (
            t.zeros_like,
            t.ones_like,
            t.empty_like,
            t.rand_like,
            t.randn_like,
            lambda x, **o: t.full_like(x, 1, **o),
            t.clone,
        ):
            assert f(x, memory_format=form).shape == (2, 2)


def test_what_runs_in_one_process_only():
    t = minitorch_bp
    with pytest.raises(NotImplementedError, match="one process"):
        t.nn.parallel.DistributedDataParallel(t.nn.Linear(1, 1))
    with pytest.raises(NotImplementedError, match="one process"):
        t.distributed.optim.ZeroRedundancyOptimizer([t.ones(1)], t.optim.SGD)
    for name in ("data_parallel", "gather", "parallel_apply", "replicate", "scatter"):
        with pytest.raises(RuntimeError, match="accelerator"):
            getattr(t.nn.parallel, name)(t.nn.Linear(1, 1), [0])
    assert t._C._get_tracing_state() is None
    assert t._dynamo.disable(len) is len and t._C._log_api_usage_once("x") is None
    assert not t._dynamo.is_compiling() and t._dynamo.mark_dynamic(t.ones(1), 0) is None


@BOTH
def test_import_star_brings_no_modules(t):
    space = {}
    exec(f"from {t.__name__} import *", space)
    assert (
        "tensor" in space and "cos" in space and not {"types", "random", "version", "nn", "jit", "signal", "autograd"} & set(space)
    )


@pytest.mark.parametrize(
    "space", ["nn", "nn.parallel", "nn.utils", "optim", "utils.data", "distributions", "amp", "cuda.amp", "autograd"]
)
def test_classes_can_be_imported_from_the_file_that_pytorch_has_them_in(space):
    theirs, ours = (importlib.import_module(f"{root}.{space}") for root in ("torch", "minitorch_bp"))
    missing = []
    for name, value in vars(theirs).items():
        home = getattr(value, "__module__", None) or ""
        if not inspect.isclass(value) or not home.startswith("torch.") or "._" in home or not hasattr(ours, name):
            continue
        here = importlib.import_module("minitorch_bp" + home.removeprefix("torch"))
        if not hasattr(here, value.__name__):
            missing.append(f"{home}.{value.__name__}")
    assert missing == []


@BOTH
def test_helpers_that_models_import_from_private_places(t):
    helpers = importlib.import_module(f"{t.__name__}.nn.modules.transformer")
    clones = helpers._get_clones(t.nn.Linear(1, 1), 3)
    assert isinstance(clones, t.nn.ModuleList) and len(clones) == 3 and clones[0].weight is not clones[1].weight
    assert helpers._get_activation_fn("gelu") is t.nn.functional.gelu
    assert helpers._generate_square_subsequent_mask(2).tolist() == [[0, float("-inf")], [0, 0]]
    assert importlib.import_module(f"{t.__name__}.nn.modules.module")._addindent("a\nb", 4) == "a\n    b"


@BOTH
def test_a_forward_can_be_called_with_a_ctx_of_its_own(t):
    ctx = t.autograd.function.FunctionCtx()
    ctx.save_for_backward(t.ones(1))
    ctx.mark_dirty(t.ones(1))
    ctx.mark_non_differentiable(t.ones(1))
    ctx.set_materialize_grads(False)
    ctx.anything = 3
    if t is minitorch_bp:  # PyTorch notices at the end of apply
        with pytest.raises(TypeError):
            ctx.save_for_backward(1)


@BOTH
def test_names_that_libraries_take_while_they_are_imported(t):
    """pyro, timm and captum import these, or use them in annotations."""
    assert importlib.import_module(f"{t.__name__}.serialization").MAP_LOCATION is not None
    assert importlib.import_module(f"{t.__name__}.jit.annotations").List[int].__origin__ is list
    assert importlib.import_module(f"{t.__name__}.hub").urlparse("https://a/b").path == "/b"
    assert importlib.import_module(f"{t.__name__}.nn.parallel.scatter_gather").scatter
    assert t.futures.Future[int] and callable(t.fx.wrap)
    p = t.distributions
    p.register_kl(object, p.Normal)(lambda a, b: 3)
    assert p.kl_divergence(object(), p.Normal(0.0, 1.0)) == 3
    from_registry = importlib.import_module(f"{t.__name__}.distributions.kl")._KL_REGISTRY
    del from_registry[object, p.Normal]
    p.kl._KL_MEMOIZE.clear() if hasattr(p.kl, "_KL_MEMOIZE") else None
