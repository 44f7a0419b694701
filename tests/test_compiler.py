"""``torch.compile``, ``torch.compiler`` and ``torch.jit``: programs that use them run, and give what they gave."""

import pytest
import torch
import torch.compiler

import minitorch_bp

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch about itself
BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


def test_compiled_modules_have_the_names_of_torch():
    shown = []
    for t in (minitorch_bp, torch):
        model = t.nn.Sequential(t.nn.Linear(2, 1))
        one = t.compile(model)
        assert one._orig_mod is model
        shown.append((repr(one), list(one.state_dict()), one.training, len(list(one.parameters()))))
    assert shown[0] == shown[1]
    x = minitorch_bp.ones(1, 2)
    model = minitorch_bp.nn.Linear(2, 1)
    assert minitorch_bp.compile(model)(x).tolist() == model(x).tolist()
    assert minitorch_bp.compile(model).in_features == 2


def test_compiled_functions():
    t = minitorch_bp

    @t.compile
    def f(x):
        return x + 1

    @t.compile(fullgraph=True, dynamic=False, backend="eager", mode="reduce-overhead")
    def g(x):
        return x * 2

    assert g(f(t.tensor(1))).item() == 4 and t.compile(f, disable=True) is f


@BOTH
def test_what_compile_refuses(t):
    with pytest.raises(AssertionError):
        t.compile(3)
    with pytest.raises(RuntimeError):
        t.compile(lambda x: x, mode="default", options={})
    with pytest.raises(RuntimeError):
        t.compile(lambda x: x, mode="strange")


@BOTH
def test_compiler(t):
    compiler = t.compiler
    assert not compiler.is_compiling() and not compiler.is_dynamo_compiling() and not compiler.is_exporting()
    assert compiler.disable(lambda x: x)(2) == 2 and compiler.disable(recursive=False)(lambda x: x)(2) == 2
    assert compiler.allow_in_graph(len) is len and compiler.reset() is None
    assert compiler.assume_constant_result(lambda: 3)() == 3 and compiler.cudagraph_mark_step_begin() is None
    assert isinstance(compiler.list_backends(), list)
    with compiler.set_stance("force_eager"):
        assert t.ones(1).item() == 1


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_scripts(t):
    layer = t.nn.Linear(2, 1)
    scripted = t.jit.script(layer)
    assert isinstance(scripted, t.jit.ScriptModule) and repr(scripted) == "RecursiveScriptModule(original_name=Linear)"
    assert isinstance(scripted, t.jit.RecursiveScriptModule)
    x = t.ones(3, 2)
    assert scripted(x).tolist() == layer(x).tolist() and list(scripted.state_dict()) == ["weight", "bias"]
    scripted.eval()
    assert not scripted.training
    traced = t.jit.trace(layer, x)
    assert (
        isinstance(traced, t.jit.ScriptModule)
        and isinstance(traced, t.jit.TopLevelTracedModule)
        and traced(x).tolist() == layer(x).tolist()
    )
    assert t.jit.trace(lambda a, b: a + b, (x, x))(x, x).tolist() == (x + x).tolist()
    with pytest.raises(RuntimeError):
        t.jit.trace(layer)
    with pytest.raises(TypeError):
        t.jit.script(3)
    assert not t.jit.is_scripting() and not t.jit.is_tracing() and t.jit.annotate(int, 3) == 3

    class Model(t.nn.Module):
        @t.jit.export
        def forward(self, x):
            return self.helper(x) + self.other(x) + self.third(x)

        @t.jit.ignore
        def helper(self, x):
            return x

        @t.jit.unused
        def other(self, x):
            return x

        @t.jit.ignore(drop=True)
        def third(self, x):
            return x

    assert Model()(t.ones(1)).item() == 3
    assert t.jit.freeze(t.jit.script(t.nn.Linear(2, 1).eval()))(x).shape == (3, 1)
    with t.jit.optimized_execution(False):
        pass


def test_saving_is_refused_by_name(tmp_path):
    jit = minitorch_bp.jit
    scripted = jit.script(minitorch_bp.nn.Linear(2, 1))
    assert jit.script(scripted) is scripted
    for call in (
        lambda: jit.save(scripted, "x"),
        lambda: jit.load("x"),
        lambda: scripted.save("x"),
        lambda: scripted.code,
        lambda: scripted.graph,
    ):
        with pytest.raises(NotImplementedError, match="TorchScript"):
            call()
    with pytest.raises(NotImplementedError, match="onnx"):
        minitorch_bp.onnx.export(scripted, minitorch_bp.ones(2), "x")
    assert not minitorch_bp.onnx.is_in_onnx_export()
