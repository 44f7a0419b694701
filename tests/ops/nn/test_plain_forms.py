"""The functions of torch under nn.functional's: other orders of arguments, numbers for names, statistics with the result."""

import pytest
import torch

import minitorch_bp


def image(t):
    return (t.arange(32.0, dtype=t.float64).reshape(1, 2, 4, 4) % 7 - 3).requires_grad_()


def kernel(t):
    return t.arange(16.0, dtype=t.float64).reshape(2, 2, 2, 2) % 5 - 2


CALLS = {
    "constant_pad_nd": lambda t, x: t.constant_pad_nd(x, (1, 0, -1, 2), 3.0), "conv1d": lambda t, x: t.conv1d(x[:, :, 0], kernel(t)[..., 0], stride=2),
    "conv2d": lambda t, x: t.conv2d(x, kernel(t), None, 1, "same"), "conv3d": lambda t, x: t.conv3d(x[:, None], kernel(t)[None, None, 0], None),
    "conv_transpose1d": lambda t, x: t.conv_transpose1d(x[:, :, 0], kernel(t)[..., 0]), "conv_transpose2d": lambda t, x: t.conv_transpose2d(x, kernel(t), stride=2),
    "conv_transpose3d": lambda t, x: t.conv_transpose3d(x[:, None], kernel(t)[None, None, 0]), "conv_tbc": lambda t, x: t.conv_tbc(x[0], kernel(t)[0].reshape(2, 4, 1), x.new_zeros(1)),
    "convolution": lambda t, x: t.convolution(x, kernel(t), None, (1, 1), (1, 0), (1, 1), False, (0, 0), 1),
    "convolution transposed": lambda t, x: t.convolution(x, kernel(t), None, (2, 2), (1, 0), (1, 1), True, (1, 1), 1),
    "batch_norm": lambda t, x: t.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False),
    "batch_norm running": lambda t, x: t.batch_norm(x, x.new_ones(2), x.new_ones(2), x.new_ones(2), x.new_ones(2) * 2, False, 0.1, 1e-5, False),
    "native_layer_norm": lambda t, x: t.native_layer_norm(x, (4, 4), None, None, 1e-5), "native_group_norm": lambda t, x: t.native_group_norm(x, None, None, 1, 2, 16, 2, 1e-5),
    "native_batch_norm": lambda t, x: t.native_batch_norm(x, None, None, None, None, True, 0.1, 1e-5),
    "native_batch_norm running": lambda t, x: t.native_batch_norm(x, None, None, x.new_ones(2), x.new_ones(2) * 2, False, 0.1, 1e-5)[:1],
    "native_channel_shuffle": lambda t, x: t.native_channel_shuffle(x.detach(), 2), "native_dropout off": lambda t, x: t.native_dropout(x, 0.5, False),
    "feature_dropout off": lambda t, x: t.feature_dropout(x, 0.5, False),
    "embedding": lambda t, x: t.embedding(x[0, 0], t.tensor([1, 0, 1]), 0), "embedding_renorm_": lambda t, x: t.embedding_renorm_(x.detach()[0, 0].clone(), t.tensor([0, 2]), 1.0, 2.0),
    "grid_sampler": lambda t, x: t.grid_sampler(x, t.full((1, 2, 2, 2), 0.3, dtype=x.dtype), 0, 1, False),
    "grid_sampler_2d": lambda t, x: t.grid_sampler_2d(x, t.full((1, 2, 2, 2), 0.3, dtype=x.dtype), 1, 0, True),
    "grid_sampler_3d": lambda t, x: t.grid_sampler_3d(x[:, None], t.full((1, 1, 1, 1, 3), 0.3, dtype=x.dtype), 0, 0, True),
    "affine_grid_generator": lambda t, x: t.affine_grid_generator(t.eye(2, 3, dtype=x.dtype)[None], (1, 1, 2, 2), True),
    "kl_div": lambda t, x: t.kl_div(x, x.detach().exp()), "kl_div sum": lambda t, x: t.kl_div(x, x.detach(), 2, log_target=True),
    "bce": lambda t, x: t.binary_cross_entropy_with_logits(x, x.detach() * 0 + 0.3, None, x.new_ones(4), 2),
    "max_pool1d_with_indices": lambda t, x: t.max_pool1d_with_indices(x[:, :, 0], 2, 1),
    "selu_": lambda t, x: t.selu_(x * 1), "celu_": lambda t, x: t.celu_(x * 1, 0.5), "rrelu_": lambda t, x: t.rrelu_(x * 1, 0.1, 0.3, False), "threshold_": lambda t, x: t.threshold_(x * 1, 1.0, 0.5),
    "dropout_": lambda t, x: t.dropout_(x * 1, 0.5, False), "alpha_dropout_": lambda t, x: t.alpha_dropout_(x * 1, 0.5, False),
    "feature_alpha_dropout_": lambda t, x: t.feature_alpha_dropout_(x * 1, 0.5, False), "feature_dropout_": lambda t, x: t.feature_dropout_(x * 1, 0.5, False),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_values_and_gradients(name):
    found = []
    for t in (minitorch_bp, torch):
        x = image(t)
        y = CALLS[name](t, x)
        parts = [y] if isinstance(y, t.Tensor) else list(y)
        if parts[0].requires_grad:
            (parts[0] * t.arange(parts[0].numel()).reshape(parts[0].shape)).sum().backward()
        found.append(([p.detach().double().flatten().tolist() for p in parts], [tuple(p.shape) for p in parts], x.grad))
    mine, theirs = found
    assert mine[1] == theirs[1] and all(a == pytest.approx(b) for a, b in zip(mine[0], theirs[0], strict=True))
    assert (mine[2] is None) == (theirs[2] is None)
    if mine[2] is not None:
        assert mine[2].flatten().tolist() == pytest.approx(theirs[2].flatten().tolist(), abs=1e-12)


def test_random_numbers():
    results = []
    for t in (minitorch_bp, torch):
        t.manual_seed(3)
        y, mask = t.native_dropout(t.ones(4, 5), 0.4, True)
        results.append((y.tolist(), mask.tolist(), t.feature_dropout(t.ones(2, 3, 2), 0.5, True).tolist(), t.rand(1).item()))
    assert results[0] == results[1]
