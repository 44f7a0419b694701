"""Activations, linear and convolution layers, pooling, norms, recurrent layers, attention, losses."""

from .entry import BLAS, FORMULA, ONEDNN, VECTOR, Entry, batch, binary, dim, matrix, unary


def _recurrent(name: str, gates: int, states: str = "h") -> Entry:
    """A recurrent layer on a copy of the operand, since PyTorch saves one of its own where the operand is not contiguous."""
    weights = f"torch.sin(torch.arange({gates}.0 * (f + 2)).to(s.dtype)).reshape({gates}, f + 2) * (1 + s.mean())"
    lines = [
        "s = {0}.flatten(2) * 1", "f = s.shape[-1]", f"w = {weights}",
        "h = torch.stack([s[0, :, 0], s[0, :, 0] * 0.5 + 0.1], -1)[None]",
        f"out = torch.{name}(s, {states}, [w[:, :f], w[:, f:], w[:, 0], w[:, 1]], True, 1, 0.0, False, False, False)",
        "{out} = out[0].sum(0) + out[1][0]",
    ]  # fmt: skip
    return batch(name, "\n".join(lines), loose_at_infinity=BLAS)


ENTRIES = [
    unary("relu", "torch.relu({0})"),
    unary("leaky_relu", "F.leaky_relu({0}, 0.1)"),
    unary("elu", "F.elu({0})", loose_at_infinity=VECTOR),
    unary("selu", "torch.selu({0})", loose_at_infinity=VECTOR),
    unary("gelu", "F.gelu({0})", loose_at_infinity=ONEDNN, composite=True),
    unary("gelu_tanh", "F.gelu({0}, approximate='tanh')", composite=True),
    unary("silu", "F.silu({0})"),
    unary("softplus", "F.softplus({0})"),
    unary("softsign", "F.softsign({0})"),
    unary("logsigmoid", "F.logsigmoid({0})"),
    unary("tanhshrink", "F.tanhshrink({0})", composite=True),
    unary("hardtanh", "F.hardtanh({0})", loose_at_infinity=VECTOR),
    unary("relu6", "F.relu6({0})", loose_at_infinity=VECTOR),
    unary("threshold", "F.threshold({0}, 0.1, 0.3)"),
    unary("hardshrink", "F.hardshrink({0})", loose_at_infinity=VECTOR),
    unary("softshrink", "F.softshrink({0})", loose_at_infinity=VECTOR),
    unary("hardswish", "F.hardswish({0} * 2)", loose_at_infinity=VECTOR),
    unary("hardsigmoid", "F.hardsigmoid({0} * 2)", once=True),
    unary("celu", "F.celu({0}, 0.5)", loose_at_infinity=VECTOR),
    unary("mish", "F.mish({0})"),
    binary("prelu", "F.prelu({0}, {1}.mean().reshape(1).to({0}.dtype))", composite=True),
    matrix("prelu_many", "F.prelu({0}, {0}.mean(0))"),
    dim("glu", "F.glu(torch.cat([{0}, {0} * 2], {dim}), {dim})", free_layout=True),
    dim("softmax", "torch.softmax({0}, {dim})"),
    dim("log_softmax", "torch.log_softmax({0}, {dim})"),
    dim("softmin", "F.softmin({0}, {dim})"),
    matrix("linear", "F.linear({0}, {0} * 0.5, {0}.sum(1))", loose_at_infinity=BLAS, legal_only=True),
    matrix("linear_no_bias", "F.linear({0}, {0} * 0.5)", loose_at_infinity=BLAS, legal_only=True),
    matrix("linear_1d", "F.linear({0}[0], {0} * 0.5, {0}.sum(1))", node="there made of a product and a sum", loose_at_infinity=BLAS, legal_only=True),
    batch("linear_3d", "F.linear({0}, {0}[0] * 0.5, {0}[0].sum(1))", node="there made of a product and a sum", loose_at_infinity=BLAS, floats_only=True, legal_only=True),
    matrix("embedding", "F.embedding(torch.tensor([0, 0]), {0})", legal_only=True),
    matrix("embedding_padded", "F.embedding(torch.tensor([0, 0]), {0}, padding_idx=0)", legal_only=True),
    batch("conv1d", "F.conv1d({0}, {0}[:1, :, :1] * 0.5, {0}[:1, 0, 0], padding=1, stride=2)", loose_at_infinity=BLAS),
    batch("conv2d", "F.conv2d({0}.unsqueeze(0), {0}[:, :2, :2].unsqueeze(0) * 0.5, padding=1)", loose_at_infinity=BLAS,
          known={'empty': 'with no input channels PyTorch returns a result without channels, whatever the weight says'}),
    batch("conv3d", "F.conv3d({0}[None, None], {0}[:1, :1, :1][None, None] * 0.5, padding=(0, 1, 0))", loose_at_infinity=BLAS),
    batch("conv2d_groups", "F.conv2d(torch.cat([{0}, {0} * 2])[None], torch.cat([{0}, {0}])[:, None, :1, :1] * 0.5, "
          "groups={0}.shape[0] * 2)", loose_at_infinity=BLAS),
    batch("conv_transpose1d", "F.conv_transpose1d({0}, torch.nan_to_num({0}[:1].transpose(0, 1)[..., :2], 0.5, 9.0, -9.0))", loose_at_infinity=BLAS,
          known={'empty': 'PyTorch fails on the shape of an empty weight, we return what is empty'}),
    matrix("unfold_image", "F.unfold({0}.reshape(1, 1, *{0}.shape), 2, padding=1).sum(1)"),
    matrix("fold_image", "F.fold(torch.stack([{0}.reshape(-1)[:4] * k for k in (1.0, 2.0, 3.0, 4.0)])[None], (3, 3), 2)"),
    batch("max_pool1d", "F.max_pool1d({distinct}, 2)"),
    batch("max_pool2d", "F.max_pool2d({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.01, 2, padding=1)"),
    batch("max_pool2d_ties", "F.max_pool2d({0}, 2, 1, padding=1)"),
    # In the first corner nothing but the padding is above -inf, and the place is still the element's.
    batch("max_pool2d_lowest", "F.max_pool2d({0} - torch.where(torch.arange({0}.numel()).reshape({0}.shape) % 7 < 4, float('inf'), 0.0), "
          "2, 1, padding=1, return_indices=True)[1] * ({0}.mean() + 1)"),
    batch("max_pool3d", "F.max_pool3d({distinct}.flatten().view({0}.shape)[None], 2, padding=1)[0]"),
    batch("avg_pool2d", "F.avg_pool2d({0}, 2, padding=1)"),
    matrix("adaptive_avg_pool", "F.adaptive_avg_pool2d({0}[None], 2)"),
    batch("adaptive_avg_pool_uneven", "F.adaptive_avg_pool2d({0}, (3, 2))"),
    batch("adaptive_max_pool2d", "F.adaptive_max_pool2d({distinct}, 2)"),
    batch("fractional_max_pool2d", "F.fractional_max_pool2d({distinct}, 2, output_size=1, _random_samples=torch.full((1, "
          "{0}.shape[0], 2), 0.4, dtype={0}.dtype))", node="here of a batch of one"),
    unary("interpolate", "F.interpolate({0}.reshape(1, 1, -1)[..., :5], size=4, mode='linear')", loose_at_infinity=FORMULA),
    batch("batch_norm", "F.batch_norm(torch.cat([{0}, {0} * 2 + 1]), None, None, {weight}.contiguous(), {weight} * 2, "
          "training=True, eps=0.1)"),
    batch("batch_norm_eval", "F.batch_norm({0}, {0}.detach()[0].flatten(1)[:, 0] + 0.3, {0}.detach()[0].flatten(1)[:, 0].abs() + "
          "0.5, {weight}.contiguous(), eps=0.1)"),
    matrix("layer_norm", "F.layer_norm({0}, {0}.shape[-1:])", normalizes="rows"),
    batch("layer_norm_affine", "F.layer_norm({spread}, {0}.shape[1:], {0}[0], {0}[0] * 2)", loose_at_infinity=FORMULA,
          normalizes="rows"),
    matrix("group_norm", "F.group_norm({0} * 1, 1)", normalizes="groups"),
    batch("group_norm_affine", "s = {spread}\n"
          "{out} = F.group_norm(torch.cat([s, s * 2 + 1], 1), 2, torch.cat([{weight}, {weight} + 1]), torch.cat([{weight} * "
          "2, {weight}]))", loose_at_infinity=FORMULA, normalizes="groups"),
    batch("instance_norm", "F.instance_norm({spread}) + 0.013", normalizes="rows"),
    _recurrent("lstm", 8, "(h, h * 0.5)"),
    _recurrent("gru", 6),
    _recurrent("rnn_tanh", 2),
    _recurrent("rnn_relu", 2),
    batch("attention", "F.scaled_dot_product_attention({0}, {0} * 0.5 + 0.1, {0} * {0})", node="PyTorch chooses a kernel by size"),
    batch("attention_causal", "F.scaled_dot_product_attention({0}, {0} * 0.5, {0}, is_causal=True)", node="PyTorch chooses a kernel by size"),
    batch("attention_mask", "F.scaled_dot_product_attention({0}, {0}, {0} * 2, ({0} @ {0}.transpose(-2, -1)) * 0.1)", node="PyTorch chooses a kernel by size"),
    binary("cosine_similarity", "F.cosine_similarity(({0} + {1} * 0).reshape(1, -1) + 1.5, ({1} + {0} * 0).reshape(1, -1) + "
          "1.5) * 0.7", composite=True),
    binary("mse", "F.mse_loss({0} + {1} * 0, {1} + {0} * 0)", composite=True),
    binary("mse_none", "F.mse_loss({0} + {1} * 0, {1} + {0} * 0, reduction='none')", composite=True),
    binary("l1", "F.l1_loss({0} + {1} * 0, {1} + {0} * 0)", composite=True),
    binary("smooth_l1", "F.smooth_l1_loss({0} + {1} * 0, {1} + {0} * 0)", composite=True),
    binary("huber", "F.huber_loss({0} + {1} * 0, {1} + {0} * 0, delta=0.7)", composite=True),
    binary("bce", "F.binary_cross_entropy(torch.sigmoid(torch.tanh({0} + {1} * 0)), torch.sigmoid({1} + {0} * 0))", composite=True),
    binary("bce_none", "F.binary_cross_entropy(torch.sigmoid(torch.tanh({0} + {1} * 0)), torch.sigmoid({1} + {0} * 0), "
          "reduction='none')", composite=True),
    binary("bce_logits", "F.binary_cross_entropy_with_logits({0} + {1} * 0, torch.sigmoid({1} + {0} * 0))", composite=True),
    binary("bce_pos_weight", "F.binary_cross_entropy_with_logits({0} + {1} * 0, torch.sigmoid({1} + {0} * 0), "
          "pos_weight=torch.tensor(2.0))", composite=True),
    binary("kl_div", "F.kl_div({0} + {1} * 0, torch.sigmoid({1} + {0} * 0), reduction='sum')", composite=True),
    matrix("nll", "F.nll_loss(torch.log_softmax({0}, 1), {classes})"),
    matrix("nll_none", "F.nll_loss(torch.log_softmax({0}, 1), {classes}, reduction='none')"),
    matrix("cross_entropy", "F.cross_entropy({0}, {classes})"),
    matrix("cross_entropy_sum", "F.cross_entropy({0}, {classes}, reduction='sum')"),
    matrix("cross_entropy_soft", "F.cross_entropy({0}, torch.softmax({0}.detach() * 2, 1))", node="of nothing a quotient here"),
    matrix("cross_entropy_smooth", "F.cross_entropy({0}, {classes}, label_smoothing=0.1)"),
    matrix("cross_entropy_weight", "F.cross_entropy({0}, {classes}, weight={0}.detach()[0].abs() + 0.5)"),
    batch("cross_entropy_3d", "F.cross_entropy({0}, torch.zeros({0}.shape[0], {0}.shape[2], dtype=torch.int64))"),
]  # fmt: skip
