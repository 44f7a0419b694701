"""A fused layer gives what the two gave, and its parameters are PyTorch's."""

import pytest
import torch

import minitorch_bp

CASES = {
    "conv": lambda t: (t.nn.Conv2d(2, 4, 3), t.nn.BatchNorm2d(4), "conv", {}, (1, 2, 5, 5)),
    "conv without bias": lambda t: (t.nn.Conv1d(2, 4, 3, bias=False), t.nn.BatchNorm1d(4), "conv", {}, (1, 2, 5)),
    "transposed": lambda t: (t.nn.ConvTranspose2d(2, 4, 3), t.nn.BatchNorm2d(4), "conv", {"transpose": True}, (1, 2, 5, 5)),
    "not affine": lambda t: (t.nn.Conv2d(2, 4, 3), t.nn.BatchNorm2d(4, affine=False), "conv", {}, (1, 2, 5, 5)),
    "linear": lambda t: (t.nn.Linear(3, 4), t.nn.BatchNorm1d(4), "linear", {}, (2, 3)),
    "linear without bias": lambda t: (t.nn.Linear(3, 4, bias=False), t.nn.BatchNorm1d(4), "linear", {}, (2, 3)),
}


def fused(t, case):
    t.manual_seed(0)
    layer, norm, kind, options, shape = case(t)
    norm(layer(t.randn(4, *shape[1:])))
    layer, norm, x = layer.eval(), norm.eval(), t.randn(*shape)
    one = getattr(t.nn.utils.fusion, f"fuse_{kind}_bn_eval")(layer, norm, **options)
    assert one is not layer and t.allclose(one(x), norm(layer(x)), atol=1e-5)
    return one.weight, one.bias


@pytest.mark.parametrize("name", CASES)
def test_fused_layers(name):
    for ours, theirs in zip(fused(minitorch_bp, CASES[name]), fused(torch, CASES[name]), strict=True):
        assert isinstance(ours, minitorch_bp.nn.Parameter) and ours.requires_grad == theirs.requires_grad
        torch.testing.assert_close(torch.tensor(ours.tolist()), theirs.detach())


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_what_is_refused(t):
    fusion, nn = t.nn.utils.fusion, t.nn
    with pytest.raises(AssertionError):
        fusion.fuse_conv_bn_eval(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2))
    with pytest.raises(AssertionError):
        fusion.fuse_linear_bn_eval(nn.Linear(4, 3).eval(), nn.BatchNorm1d(5).eval())
    assert t.nn.utils.fuse_conv_bn_weights is fusion.fuse_conv_bn_weights
    w, b = fusion.fuse_linear_bn_weights(t.ones(1, 1), None, t.ones(1), t.ones(1), 0.0, t.ones(1), t.ones(1))
    assert w.tolist() == [[1.0]] and b.tolist() == [0.0]
