"""Which function computes in which type, what is cast once, and what is refused: as PyTorch on the CPU."""

import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp

DTYPES = ["float32", "float64", "bfloat16", "float16"]
#: r(sizes): random numbers in [0.1, 1.1) of the type in question; f(sizes): in float32.
CALLS = """
torch.mm(r(3,3),r(3,3))|torch.matmul(r(3,3),r(3,3))|r(3,3)@r(3)|torch.bmm(r(2,3,3),r(2,3,3))|torch.mv(r(3,3),r(3))|torch.dot(r(3),r(3))
torch.addmm(r(3,3),r(3,3),r(3,3))|torch.addbmm(r(3,3),r(2,3,3),r(2,3,3))|torch.baddbmm(r(2,3,3),r(2,3,3),r(2,3,3))
F.linear(r(3,3),r(3,3),r(3))|F.conv1d(r(1,1,5),r(1,1,2))|F.conv2d(r(1,1,5,5),r(1,1,2,2))|F.conv3d(r(1,1,3,3,3),r(1,1,2,2,2))
F.conv_transpose1d(r(1,1,5),r(1,1,2))|F.conv_transpose2d(r(1,1,5,5),r(1,1,2,2))|F.prelu(r(2,3),r(1))
F.scaled_dot_product_attention(r(1,3,4),r(1,3,4),r(1,3,4))|torch.linalg.vecdot(r(3),r(3))|torch.einsum('ij,jk',r(3,3),r(3,3))
torch.outer(r(3),r(3))|torch.tensordot(r(3,3),r(3,3),1)|torch.linalg.multi_dot([r(3,3),r(3,3)])|torch.linalg.matrix_power(r(3,3),2)
torch.addmv(r(3),r(3,3),r(3))|F.bilinear(r(3,3),r(3,3),r(2,3,3))|torch.kron(r(3,3),r(3,3))|torch.inner(r(3,3),r(3,3))|torch.cov(r(3,3))
torch.cat([r(3),r(3)])|torch.cat([r(3),f(3)])|torch.stack([r(3),f(3)])|torch.stack([r(3),r(3)])|torch.softmax(r(3),0)
F.log_softmax(r(3),0)|F.layer_norm(r(3),(3,))|F.layer_norm(r(2,3),(3,),f(3),f(3))|F.group_norm(r(2,4),2,f(4),f(4))
r(3).exp()|r(3).sum()|r(3)+r(3)|r(3)+f(3)|r(3).mean()|r(3)**2|r(3).norm()|F.relu(r(3))|F.gelu(r(3))|torch.quantile(r(3),0.5)
torch.nanquantile(r(3),0.5)|r(3).prod()|r(3).prod(0)|r(3).cumprod(0)|torch.trace(r(3,3))|torch.cdist(r(3,3),r(3,3))
F.cosine_similarity(r(3,3),r(3,3))|F.binary_cross_entropy(r(3)*0.5,r(3)*0.5)|F.binary_cross_entropy_with_logits(r(3),r(3))
F.mse_loss(r(3),r(3))|F.l1_loss(r(3),r(3))|F.smooth_l1_loss(r(3),r(3))|F.huber_loss(r(3),r(3))|F.cross_entropy(r(2,3),torch.tensor([0,1]))
F.nll_loss(r(2,3),torch.tensor([0,1]))|F.kl_div(r(3),r(3))|F.poisson_nll_loss(r(3),r(3))|F.gaussian_nll_loss(r(3),r(3),r(3))
F.hinge_embedding_loss(r(3),torch.ones(3))|F.margin_ranking_loss(r(3),r(3),torch.ones(3))|F.soft_margin_loss(r(3),torch.ones(3))
F.multi_margin_loss(r(2,3),torch.tensor([0,1]))|F.multilabel_margin_loss(r(2,3),torch.zeros(2,3,dtype=torch.long))
F.multilabel_soft_margin_loss(r(2,3),torch.ones(2,3))|F.cosine_embedding_loss(r(2,3),r(2,3),torch.ones(2))
F.triplet_margin_loss(r(2,3),r(2,3),r(2,3))|F.avg_pool2d(r(1,1,4,4),2)|F.avg_pool3d(r(1,1,4,4,4),2)|F.max_pool2d(r(1,1,4,4),2)
F.max_pool3d(r(1,1,4,4,4),2)|F.adaptive_avg_pool2d(r(1,1,4,4),2)|F.adaptive_avg_pool3d(r(1,1,4,4,4),2)
F.adaptive_max_pool3d(r(1,1,4,4,4),2)|F.fractional_max_pool2d(r(1,1,4,4),2,output_size=2)
F.max_unpool2d(r(1,1,2,2),torch.tensor([[[[0,2],[8,10]]]]),2)|F.grid_sample(r(1,1,4,4),r(1,2,2,2))|F.pad(r(1,1,4),(1,1),mode='reflect')
F.pad(r(1,1,4,4,4),(1,)*6,mode='reflect')|F.pad(r(1,1,4,4),(1,1,1,1),'replicate')|F.pad(r(1,1,4),(1,1),mode='circular')|F.pad(r(4),(1,1))
F.interpolate(r(1,1,4),scale_factor=2)|torch.fft.fft(r(4))|torch.fft.rfft(r(4))|torch.polar(r(3),r(3))|torch.view_as_complex(r(3,2))
torch.inverse(r(3,3))|torch.linalg.inv(r(3,3))|torch.linalg.qr(r(3,3))[0]|torch.linalg.svd(r(3,3))[1]|torch.svd(r(3,3))[1]
torch.linalg.eigvalsh(r(3,3))|torch.linalg.solve(r(3,3),r(3,3))|torch.linalg.matrix_rank(r(3,3))|torch.linalg.cond(r(3,3))
torch.nn.MultiheadAttention(4,2)(r(2,1,4),r(2,1,4),r(2,1,4))[0]|torch.nn.LayerNorm(3)(r(2,3))|F.embedding(torch.tensor([0]),r(2,2))
r(3,3).addmm_(r(3,3),r(3,3))|torch.mm(torch.ones(2,2,dtype=torch.long),torch.ones(2,2,dtype=torch.long))|torch.addcmul(r(3),r(3),r(3))
"""
CASES = [call for line in CALLS.split("\n") for call in line.split("|") if call]


def outcome(t, call, lower, kind):
    rng = np.random.default_rng(0)

    def f(*sizes):
        return t.tensor(rng.random(sizes, np.float32) + np.float32(0.1))

    scope = {"torch": t, "F": t.nn.functional, "f": f, "r": lambda *sizes: f(*sizes).to(getattr(t, kind))}
    try:
        with t.autocast("cpu", dtype=getattr(t, lower)):
            result = eval(call, scope)
    except (RuntimeError, NotImplementedError):
        return "refused", None
    real = t.view_as_real(result) if result.is_complex() else result
    return str(result.dtype), real.double().detach().numpy()


@pytest.mark.parametrize("call", CASES)
@pytest.mark.filterwarnings("ignore")
def test_the_type_of_each_function(call):
    for lower in ("bfloat16", "float16"):
        for kind in DTYPES:
            ours, theirs = outcome(minitorch_bp, call, lower, kind), outcome(torch, call, lower, kind)
            assert ours[0] == theirs[0], (lower, kind)
            if ours[1] is not None and "nn.Multi" not in call and "fractional" not in call:
                tolerance = 0.05 if {lower, kind} & {"bfloat16"} else 0.01
                np.testing.assert_allclose(ours[1], theirs[1], rtol=tolerance, atol=tolerance)


def test_the_recurrent_layers_give_the_types_of_torch():
    for t in (minitorch_bp, torch):
        x = t.ones(2, 1, 3)
        with t.autocast("cpu"):
            kinds = [getattr(t.nn, name)(3, 3)(y)[0].dtype for name in ("RNN", "LSTM") for y in (x, x.bfloat16())]
            assert kinds == [t.bfloat16] * 4 and t.nn.GRU(3, 3)(x)[0].dtype is t.float32


def train(t):
    """Losses and gradients of a few steps in bfloat16."""
    t.manual_seed(0)
    model = t.nn.Sequential(t.nn.Linear(4, 8), t.nn.LayerNorm(8), t.nn.ReLU(), t.nn.Linear(8, 2))
    optimizer = t.optim.SGD(model.parameters(), lr=0.1)
    x, y = t.randn(16, 4), t.randint(0, 2, (16,))
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        with t.autocast("cpu", dtype=t.bfloat16):
            out = model(x)
            loss = t.nn.functional.cross_entropy(out, y)
        assert out.dtype is t.bfloat16 and loss.dtype is t.float32
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, [p.grad.tolist() for p in model.parameters()], {p.grad.dtype for p in model.parameters()} == {t.float32}


def test_training():
    ours, theirs = train(minitorch_bp), train(torch)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=5e-3)
    for a, b in zip(ours[1], theirs[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=0.05, atol=5e-3)
    assert ours[2] and theirs[2]


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
class TestContext:
    def test_nesting_and_state(self, t):
        x = t.ones(2, 2)
        assert not t.is_autocast_enabled("cpu") and not t.is_autocast_enabled()
        with t.autocast("cpu", dtype=t.float16) as block:
            assert isinstance(block, t.autocast) and t.is_autocast_enabled("cpu") and t.get_autocast_dtype("cpu") is t.float16
            with t.autocast("cpu", enabled=False):
                assert (x @ x).dtype is t.float32 and not t.is_autocast_enabled("cpu")
            with t.autocast("cpu", dtype=t.bfloat16):
                assert (x @ x).dtype is t.bfloat16
            assert (x @ x).dtype is t.float16
        assert (x @ x).dtype is t.float32 and t.get_autocast_dtype("cpu") is t.bfloat16
        t.set_autocast_enabled("cpu", True)
        assert t.mm(x, x).dtype is t.bfloat16
        t.set_autocast_enabled("cpu", False)
        assert t.mm(x, x).dtype is t.float32

    def test_it_ends_with_an_error(self, t):
        with pytest.raises(ZeroDivisionError), t.autocast("cpu"):
            1 / 0
        assert not t.is_autocast_enabled("cpu") and t.mm(t.ones(1, 1), t.ones(1, 1)).dtype is t.float32

    def test_decorator(self, t):
        @t.autocast("cpu")
        def product(x):
            """Of itself."""
            return x @ x

        assert product(t.ones(2, 2)).dtype is t.bfloat16 and product.__doc__ == "Of itself."

    def test_a_parameter_is_cast_once(self, t):
        w = t.ones(2, 2, requires_grad=True)
        with t.autocast("cpu"):
            with t.no_grad():
                assert not t.mm(w, w).requires_grad
            y = t.mm(w, w)
            (first, _), (second, _) = y.grad_fn.next_functions
            assert first is second and first.name() == "ToCopyBackward0"
        with t.autocast("cpu", cache_enabled=False):
            (first, _), (second, _) = t.mm(w, w).grad_fn.next_functions
            assert first is not second
        y.sum().backward()
        assert w.grad.dtype is t.float32 and w.grad.tolist() == [[4.0, 4.0], [4.0, 4.0]]

    def test_other_threads_are_not_touched(self, t):
        found = []
        with t.autocast("cpu"):
            thread = threading.Thread(target=lambda: found.append(t.mm(t.ones(1, 1), t.ones(1, 1)).dtype))
            thread.start()
            thread.join()
            assert t.mm(t.ones(1, 1), t.ones(1, 1)).dtype is t.bfloat16
        assert found == [t.float32]

    def test_what_is_refused(self, t):
        for options in ({"dtype": t.float32}, {"dtype": t.float64}):
            with pytest.warns(UserWarning), t.autocast("cpu", **options):
                assert t.mm(t.ones(1, 1), t.ones(1, 1)).dtype is t.float32
        for wrong, kind in ((3, ValueError), ("abacus", RuntimeError), ("meta", RuntimeError)):
            with pytest.raises(kind):
                t.autocast(wrong)
        with pytest.raises(TypeError):
            t.autocast("cpu")(3)
        with pytest.raises(RuntimeError):
            t.is_autocast_enabled("abacus")
        assert t.amp.is_autocast_available("cpu")

    @pytest.mark.parametrize("name", ["is_autocast_cpu_enabled", "get_autocast_cpu_dtype", "get_autocast_gpu_dtype"])
    def test_older_names(self, t, name):
        with pytest.warns(DeprecationWarning):
            assert str(getattr(t, name)()) in ("False", "torch.bfloat16", "torch.float16")

    def test_older_setters(self, t):
        with pytest.warns(DeprecationWarning):
            t.set_autocast_cpu_dtype(t.bfloat16)
        with pytest.warns(DeprecationWarning):
            t.set_autocast_cpu_enabled(False)
        with pytest.warns(FutureWarning), t.cpu.amp.autocast(dtype=t.float16):
            assert (t.ones(1, 1) @ t.ones(1, 1)).dtype is t.float16
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            t.cuda.amp.autocast()
        assert [w.category for w in caught] == [FutureWarning, UserWarning]

    def test_nesting_is_counted(self, t):
        before = t.autocast_increment_nesting()
        assert t.autocast_decrement_nesting() == before - 1
        t.set_autocast_cache_enabled(False)
        assert not t.is_autocast_cache_enabled()
        t.set_autocast_cache_enabled(True)
        t.clear_autocast_cache()
        t.set_autocast_dtype("cpu", t.bfloat16)

    def test_functions_of_ones_own(self, t):
        seen = []

        class Product(t.autograd.Function):
            @staticmethod
            @t.amp.custom_fwd(device_type="cpu", cast_inputs=t.float32)
            def forward(ctx, x):
                seen.append((x.dtype, t.is_autocast_enabled("cpu")))
                return x @ x

            @staticmethod
            @t.amp.custom_bwd(device_type="cpu")
            def backward(ctx, grad):
                seen.append((grad.dtype, t.is_autocast_enabled("cpu")))
                return grad

        class AsItComes(t.autograd.Function):
            @staticmethod
            @t.amp.custom_fwd(device_type="cpu")
            def forward(ctx, x):
                seen.append((x.dtype, t.is_autocast_enabled("cpu")))
                return x * 1

            @staticmethod
            @t.amp.custom_bwd(device_type="cpu")
            def backward(ctx, grad):
                seen.append((grad.dtype, t.is_autocast_enabled("cpu")))
                return grad

        x = t.ones(2, 2, dtype=t.bfloat16, requires_grad=True)
        with t.autocast("cpu"):
            y = Product.apply(x)
            z = AsItComes.apply(x)
        y.sum().backward()
        z.sum().backward()
        assert seen == [(t.float32, False), (t.bfloat16, True), (t.float32, False), (t.bfloat16, True)]
        with pytest.raises(TypeError):
            t.amp.custom_fwd(lambda ctx: 0)
        with pytest.raises(ValueError):
            t.amp.custom_fwd(device_type=3)


def test_the_functions_are_as_before_afterwards():
    code = """
import minitorch_bp as t
from minitorch_bp.amp import lists
with t.autocast("cpu"):
    pass
functions = [f for _, group in lists.functions() for f in group]
before = [f.__code__ for f in functions]
with t.autocast("cpu"):
    assert len(functions) > 100 and all(f.__code__ is not code for f, code in zip(functions, before, strict=True))
assert all(f.__code__ is code for f, code in zip(functions, before, strict=True))
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
@pytest.mark.parametrize("kind", ["bfloat16", "float16"])
def test_layers_take_the_detour(t, kind):
    """A layer calls the public function, which autocast looks after."""
    lower, nn = getattr(t, kind), t.nn
    with t.autocast("cpu", dtype=lower):
        for n in (1, 2, 3):
            x = t.ones(1, 2, *[4] * n)
            for layer in (f"Conv{n}d", f"ConvTranspose{n}d"):
                assert getattr(nn, layer)(2, 3, 2)(x).dtype is lower, layer
                assert getattr(nn, layer)(2, 3, 2)(x[0]).dtype is lower, layer
            assert getattr(nn, f"Conv{n}d")(2, 3, 3, padding=1, padding_mode="circular")(x).dtype is lower
        assert (
            nn.Linear(2, 3)(t.ones(1, 2)).dtype is lower and nn.MultiheadAttention(2, 1)(*[t.ones(1, 1, 2)] * 3)[0].dtype is lower
        )
        half = t.ones(2, 3, dtype=lower)
        assert nn.MSELoss()(half, half).dtype is t.float32 and nn.CrossEntropyLoss()(half, t.tensor([0, 1])).dtype is t.float32
        assert nn.MultiLabelSoftMarginLoss()(half, half).dtype is lower
