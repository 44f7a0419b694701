"""Images and volumes with channels last give results with channels last, where PyTorch's operations do; gradients lie as their leaves."""

import pytest
import torch

import minitorch_bp

IMAGES = {
    "batch_norm": lambda F, t, x: F.batch_norm(x, None, None, t.ones(4), t.ones(4), True),
    "batch_norm in evaluation": lambda F, t, x: F.batch_norm(x, t.zeros(4), t.ones(4)),
    "group_norm": lambda F, t, x: F.group_norm(x, 2, t.ones(4), t.ones(4)),
    "instance_norm": lambda F, t, x: F.instance_norm(x),
    "layer_norm": lambda F, t, x: F.layer_norm(x, x.shape[1:]),
    "local_response_norm": lambda F, t, x: F.local_response_norm(x, 2),
    "pad": lambda F, t, x: F.pad(x, (1, 2)),
    "pad reflect": lambda F, t, x: F.pad(x, (1, 1) * (x.ndim - 2), mode="reflect"),
    "pad replicate": lambda F, t, x: F.pad(x, (1, 0) * (x.ndim - 2), mode="replicate"),
    "pad circular": lambda F, t, x: F.pad(x, (1, 1) * (x.ndim - 2), mode="circular"),
    "max_pool": lambda F, t, x: getattr(F, f"max_pool{x.ndim - 2}d")(x, 2),
    "max_pool indices": lambda F, t, x: getattr(F, f"max_pool{x.ndim - 2}d")(x, 2, return_indices=True)[1],
    "avg_pool": lambda F, t, x: getattr(F, f"avg_pool{x.ndim - 2}d")(x, 2),
    "lp_pool": lambda F, t, x: getattr(F, f"lp_pool{x.ndim - 2}d")(x, 2, 2),
    "adaptive_max_pool": lambda F, t, x: getattr(F, f"adaptive_max_pool{x.ndim - 2}d")(x, 2),
    "adaptive_avg_pool": lambda F, t, x: getattr(F, f"adaptive_avg_pool{x.ndim - 2}d")(x, 2),
    "interpolate nearest": lambda F, t, x: F.interpolate(x, scale_factor=2),
    "interpolate area": lambda F, t, x: F.interpolate(x, scale_factor=0.5, mode="area"),
    "interpolate linear": lambda F, t, x: F.interpolate(x, scale_factor=2, mode="bilinear" if x.ndim == 4 else "trilinear"),
    "conv": lambda F, t, x: getattr(F, f"conv{x.ndim - 2}d")(x, t.ones(3, 4, *(2,) * (x.ndim - 2))),
    "conv in groups": lambda F, t, x: getattr(F, f"conv{x.ndim - 2}d")(x, t.ones(4, 1, *(2,) * (x.ndim - 2)), groups=4),
    "conv_transpose": lambda F, t, x: getattr(F, f"conv_transpose{x.ndim - 2}d")(x, t.ones(4, 3, *(2,) * (x.ndim - 2))),
    "pixel_shuffle": lambda F, t, x: F.pixel_shuffle(t.cat([x, x], 1), 2),
    "pixel_unshuffle": lambda F, t, x: F.pixel_unshuffle(x, 2),
    "channel_shuffle": lambda F, t, x: F.channel_shuffle(x, 2),
}


KINDS = [(name, kind) for name in IMAGES for kind in ("image", "rows left out", "contiguous")]
KINDS += [(name, "another order") for name in IMAGES if name != "local_response_norm"]
KINDS += [(name, "volume") for name in IMAGES if not name.startswith("pixel")]


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_order_in_memory(name, kind):
    shown = []
    for t in (torch, minitorch_bp):
        x = t.arange(1728.0).reshape(2, 4, 6, 6, 6)
        if kind == "volume":
            x = x.contiguous(memory_format=t.channels_last_3d)
        else:
            x = x[..., 0]
            x = {
                "contiguous": lambda x: x.contiguous(),
                "another order": lambda x: x.permute(2, 3, 0, 1).contiguous().permute(2, 3, 0, 1),
            }.get(kind, lambda x, t=t: x.contiguous(memory_format=t.channels_last))(x)
            if kind == "rows left out":
                x = t.cat([x, x], 2).contiguous(memory_format=t.channels_last)[:, :, ::2]
        y = IMAGES[name](t.nn.functional, t, x)
        form = t.channels_last if y.ndim == 4 else t.channels_last_3d
        shown.append((tuple(y.shape), y.is_contiguous(), y.is_contiguous(memory_format=form)))
    assert shown[1] == shown[0]


@pytest.mark.parametrize("name", ["conv2d", "conv3d", "conv_transpose2d", "conv_transpose3d"])
@pytest.mark.parametrize("of", ["input", "weight", "neither"])
def test_weights_with_channels_last(name, of):
    orders = []
    for t in (torch, minitorch_bp):
        n = int(name[-2])
        form = t.channels_last if n == 2 else t.channels_last_3d
        x, w = t.ones(2, 4, *(5,) * n), t.ones(4, 4, *(2,) * n)
        x = x.contiguous(memory_format=form) if of == "input" else x
        w = w.contiguous(memory_format=form) if of == "weight" else w
        y = getattr(t.nn.functional, name)(x, w)
        orders.append((y.is_contiguous(), y.is_contiguous(memory_format=form)))
    assert orders[0] == orders[1]


def test_values_and_gradients():
    """The convolution, normalized and pooled, is that of the same numbers in the usual order."""
    found = []
    for form in (minitorch_bp.channels_last, minitorch_bp.contiguous_format):
        minitorch_bp.manual_seed(0)
        net = minitorch_bp.nn.Sequential(
            minitorch_bp.nn.Conv2d(4, 8, 3), minitorch_bp.nn.BatchNorm2d(8), minitorch_bp.nn.ReLU(), minitorch_bp.nn.MaxPool2d(2)
        )
        x = minitorch_bp.randn(2, 4, 6, 6).contiguous(memory_format=form).requires_grad_()
        y = net(x)
        y.sin().sum().backward()
        assert y.is_contiguous(memory_format=form) and x.grad.is_contiguous(memory_format=form)
        found.append((y, x.grad, net[0].weight.grad))
    for a, b in zip(*found):
        assert minitorch_bp.allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("make", [
    lambda t: t.ones(2, 3, 4, 5).contiguous(memory_format=t.channels_last),
    lambda t: t.ones(4, 3).t(),
    lambda t: t.ones(4, 6)[:, ::2],
    lambda t: t.ones(3, 1).expand(3, 4),
    lambda t: t.ones(3, 4),
])  # fmt: skip
def test_gradients_lie_as_their_leaves(make, recorded):
    strides = []
    for t in (torch, minitorch_bp):
        leaf = make(t).detach().requires_grad_()
        other = t.ones(leaf.shape[::-1]).permute(*range(leaf.ndim)[::-1])
        (leaf * other * leaf).sum().backward(create_graph=recorded)
        strides.append(leaf.grad.stride())
    assert strides[0] == strides[1]


@pytest.mark.parametrize("call", [
    "F.adaptive_avg_pool2d(x, 1)", "F.avg_pool2d(x, 8)", "F.max_pool2d(x, 8)", "F.conv2d(x, torch.ones(3, 4, 8, 8))", "F.adaptive_max_pool2d(x, 1)",
    "F.interpolate(x, size=(1, 1))", "F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2)",
])  # fmt: skip
def test_strides_of_one_pixel(call):
    steps = []
    for framework in (torch, minitorch_bp):
        x = framework.arange(512.0).reshape(2, 4, 8, 8).contiguous(memory_format=framework.channels_last)
        steps.append(eval(call, {"F": framework.nn.functional, "torch": framework, "x": x}).stride())
    assert steps[1] == steps[0]
