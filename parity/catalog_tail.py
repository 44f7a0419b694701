"""The catalogue's longer tail: complex numbers, special functions, picking and reducing, padding and windows, Fourier transforms,
linear algebra. Templates as in :mod:`catalog`; matrices are made well conditioned, so that rounding stays rounding."""

from __future__ import annotations

F = "torch.nn.functional."
_Z = "torch.complex({0}, {0} * 0.5 + 1.0)"
_CLEAN = "torch.nan_to_num({0}, 0.0, 1.0, -1.0).clamp(-3, 3).to({0}.dtype if {0}.is_floating_point() else torch.float64)"
# (Libraries differ in which of a Fourier transform's results a NaN reaches.)
#: Apart from each other: the gradient of a norm of nearly equal numbers is made of rounding.
_SPREAD = "({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.37)"
#: Positive definite, with eigenvalues apart.
_M = f"({_CLEAN} @ {_CLEAN}.mT * 0.02 + torch.diag(torch.arange({{0}}.shape[-2]) * 1.5 + 1).to({{0}}.dtype if {{0}}.is_floating_point() else torch.float64))"
_INTEGER = "torch.nan_to_num({0} * 4, 0.0, 5.0, -5.0).clamp(-9, 9).round().to(torch.int64)"
_DISTINCT = "({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.01)"

UNARY = {
    "angle": "torch.angle({0}) + {0}", "angle_complex": "torch.angle(torch.complex({0}.abs() + 0.5, {0}))", "complex_mul": f"({_Z} * torch.complex({{0}} * 0.3, {{0}})).real",
    "complex_div": f"(torch.complex({{0}}, {{0}}) / {_Z}).imag", "complex_exp": f"torch.exp({_Z}.mul(0.3)).imag", "complex_conj": f"({_Z}.conj() * {_Z} * {_Z}).imag",
    "complex_abs": f"{_Z}.abs()", "complex_sgn": f"torch.sgn({_Z}).real", "view_as_real": f"torch.view_as_real({_Z}).mul(1.5).sum(-1)",
    "view_as_complex": "torch.view_as_complex(torch.stack([{0}, {0} * 0.5 + 1], -1)).abs()", "polar": "torch.polar({0}.abs() + 0.5, {0}).real", "sgn": "torch.sgn({0}) * {0}",
    "nan_to_num": "torch.nan_to_num({0})", "signbit": "{0} * torch.signbit({0} - 0.001)", "isposinf": "{0} * torch.isposinf({0})", "isneginf": "{0} * torch.isneginf({0})",
    "left_shift": f"{{0}} + torch.bitwise_left_shift({_INTEGER}, 2)", "right_shift": f"{{0}} + torch.bitwise_right_shift({_INTEGER}, 1)",
    "gcd": f"{{0}} + torch.gcd({_INTEGER}, torch.tensor(6))", "lcm": f"{{0}} + torch.lcm({_INTEGER}, torch.tensor(6))",
    "heaviside": "{0} * torch.heaviside({0}.detach(), torch.zeros_like({0}) + 0.5)", "frexp": "torch.frexp({0})[0] * {0}", "entr": "torch.special.entr({0}.abs() + 0.5)",
    "erfcx": "torch.special.erfcx({0}.clamp(min=-2))", "i0e": "torch.special.i0e({0})", "i1e": "torch.special.i1e({0})", "ndtr": "torch.special.ndtr({0}.clamp(-3, 3))",
    "ndtri": "torch.special.ndtri(torch.sigmoid({0}) * 0.9 + 0.05)", "log_ndtr": "torch.special.log_ndtr({0}.clamp(-3, 3))", "i1": "torch.special.i1({0}.clamp(-3, 3))",
    "zeta": "torch.special.zeta(torch.full_like({0}.detach(), 2.5), ({0}.abs() + 0.5).clamp(max=50))", "igamma": "torch.igamma(torch.full_like({0}.detach(), 1.5), {0}.abs() + 0.5)",
    "igammac": "torch.igammac(torch.full_like({0}.detach(), 1.5), {0}.abs() + 0.5)", "hardshrink": F + "hardshrink({0})", "softshrink": F + "softshrink({0})",
    "hardswish": F + "hardswish({0} * 2)", "hardsigmoid": F + "hardsigmoid({0} * 2)", "celu": F + "celu({0}, 0.5)", "mish": F + "mish({0})", "pad": F + "pad({0}.reshape(1, -1), (1, 2))",
    "pad_cut": F + "pad({0}.reshape(1, -1), (2, -1))", "as_strided": "torch.as_strided({0}.reshape(-1) * 1, (2, 2), (0, 0))", "diag_embed": "torch.diag_embed({0}.reshape(-1)[:3])",
    "masked_scatter": "torch.masked_scatter({0}, {0} > 0, {0} * 2 + 1)", "logit": "torch.logit(torch.sigmoid({0}))", "interpolate": F + "interpolate({0}.reshape(1, 1, -1)[..., :5], size=4, mode='linear')",
    "cross": "torch.linalg.cross(torch.stack([{0}, {0} * 2, {0} + 1], -1), torch.stack([{0} * {0}, {0}, {0} - 2], -1)).sum(-1)",
    "lu_wide": f"torch.linalg.lu(torch.stack([{_CLEAN}.reshape(-1)[:2].mean() * torch.ones(3) + torch.arange(3), torch.ones(3) * {_CLEAN}.mean() + torch.tensor([3., 1., 7.])]))[2]",
    "nan_to_num_": "b = {0} * 1\nb.nan_to_num_()\n{out} = b * 1",
    "gcd_": f"b = {_INTEGER}\nb.gcd_(torch.tensor(6))\n{{out}} = {{0}} + b", "lcm_": f"b = {_INTEGER}\nb.lcm_(torch.tensor(6))\n{{out}} = {{0}} + b",
    "left_shift_": f"b = {_INTEGER}\nb.bitwise_left_shift_(1)\n{{out}} = {{0}} + b", "right_shift_": f"b = {_INTEGER}\nb.bitwise_right_shift_(1)\n{{out}} = {{0}} + b",
    "heaviside_": "b = {0}.detach() * 1\nb.heaviside_(torch.zeros_like(b) + 0.5)\n{out} = {0} * b",
    "det_sign": f"torch.linalg.slogdet({_CLEAN}.mean() * torch.ones(2, 2) * 0.1 + torch.eye(2))[0] * {{0}}", "uneven": "{0} * 0.5 + torch.nextafter({0}.detach().abs() + 1, {0}.detach().abs() + 2)",
}  # fmt: skip
BINARY = {
    "fmax": "torch.fmax({0}, {1})", "fmin": "torch.fmin({0}, {1})", "logaddexp": "torch.logaddexp({0}, {1})", "logaddexp2": "torch.logaddexp2({0}, {1}) + 0.013",
    "xlog1py": "torch.special.xlog1py({0}, {1}.abs())", "prelu": F + "prelu({0}, {1}.mean().reshape(1).to({0}.dtype))", "hypot": "torch.hypot({0}.abs() + 0.5, {1}.to({0}.dtype))",
    "copysign": "torch.copysign({0}, torch.nan_to_num({1}) + 0.1)", "cosine_similarity": F + "cosine_similarity(({0} + {1} * 0).reshape(1, -1) + 1.5, ({1} + {0} * 0).reshape(1, -1) + 1.5) * 0.7",
}  # fmt: skip
DIM = {
    "cummax": "torch.cummax({0}, {dim})[0]", "cummin": "torch.cummin({0}, {dim})[0]", "logcumsumexp": "torch.logcumsumexp({0}, {dim}) + 0.013", "kthvalue": f"torch.kthvalue({_DISTINCT}, 1, {{dim}})[0]",
    "mode": f"torch.mode({_DISTINCT}, {{dim}})[0]", "nanmedian": f"torch.nanmedian({_DISTINCT}, {{dim}})[0]", "unfold": "{0}.unfold({dim}, 1, 1)",
    "index_fill": "torch.index_fill({0}, {dim}, torch.tensor([0]), 0.5)", "index_fill_tensor": "torch.index_fill({0}, {dim}, torch.tensor([0]), {0}.mean())",
    "index_copy": "torch.index_copy({0}, {dim}, torch.tensor([0]), {0}.narrow({dim}, 0, 1) * 2)", "scatter_prod": "torch.scatter_reduce({0}, {dim}, torch.zeros_like({0}, dtype=torch.int64), {0} * 0.5 + 1, 'prod')",
    "scatter_amax": "torch.scatter_reduce({0}, {dim}, torch.zeros_like({0}, dtype=torch.int64), {0} * 0.5, 'amax')",
    "scatter_amin": "torch.scatter_reduce({0}, {dim}, torch.zeros_like({0}, dtype=torch.int64), {0} * 0.5 + 0.1, 'amin', include_self=False)",
    "scatter_mean": "torch.scatter_reduce({0}, {dim}, torch.zeros_like({0}, dtype=torch.int64), {0} * 0.5, 'mean')", "fft": f"torch.fft.fft({_CLEAN}, dim={{dim}}).real",
    "ifft": f"torch.fft.ifft({_CLEAN}, dim={{dim}}, norm='ortho').imag + 0.013", "rfft": f"torch.fft.rfft({_CLEAN}, dim={{dim}}).imag + 0.013", "irfft": f"torch.fft.irfft(torch.fft.rfft({_CLEAN}, dim={{dim}}), n=3, dim={{dim}})",
    "take_along_dim": "torch.take_along_dim({0}, torch.zeros_like({0}, dtype=torch.int64), {dim})", "diff": "torch.diff({0}, dim={dim}, prepend={0})",
}  # fmt: skip
MATRIX = {
    "inv": f"torch.linalg.inv({_M})", "solve": f"torch.linalg.solve({_M}, {_CLEAN})", "det": f"torch.linalg.det({_M})", "slogdet": f"torch.linalg.slogdet({_M})[1]",
    "cholesky": f"torch.linalg.cholesky({_M})", "qr": f"torch.linalg.qr({_M})[1].abs()", "eigvalsh": f"torch.linalg.eigvalsh({_M})", "eigh": f"torch.linalg.eigh({_M})[1].abs()",
    "svd": f"torch.linalg.svd({_M})[0].abs()", "svdvals": f"torch.linalg.svdvals({_M})", "eig": f"(torch.linalg.eigvals({_M}) ** 2).real.sum()", "lu": f"torch.linalg.lu({_M})[2]",
    "lu_factor": f"torch.linalg.lu_factor({_M})[0]", "solve_triangular": f"torch.linalg.solve_triangular({_M}, {_CLEAN}, upper=False)", "matrix_exp": f"torch.linalg.matrix_exp({_M} * 0.1)",
    "pinv": f"torch.linalg.pinv({_M})", "matrix_norm_nuc": f"torch.linalg.matrix_norm({_M}, 'nuc')", "unfold_image": F + "unfold({0}.reshape(1, 1, *{0}.shape), 2, padding=1).sum(1)",
    "fold_image": F + "fold(torch.stack([{0}.reshape(-1)[:4] * k for k in (1.0, 2.0, 3.0, 4.0)])[None], (3, 3), 2)", "adaptive_avg_pool": F + "adaptive_avg_pool2d({0}[None], 2)",
    "cdist": f"torch.cdist({_CLEAN}, {_CLEAN} * 0.5 + 1)", "layer_norm": F + "layer_norm({0}, {0}.shape[-1:])", "group_norm": F + "group_norm({0}, 1)", "prelu_many": F + "prelu({0}, {0}.mean(0))", "tensordot": "torch.tensordot({0}, {0}, dims=([0], [0]))",
}  # fmt: skip
_ROWS = "s = {0}.flatten(2)\nf = s.shape[-1]\nw = torch.sin(torch.arange(%d.0 * (f + 2)).to(s.dtype)).reshape(%d, f + 2) * (1 + s.mean())\nh = torch.stack([s[0, :, 0], s[0, :, 0] * 0.5 + 0.1], -1)[None]\n"


def _recurrent(name: str, gates: int, states: str) -> str:
    call = f"torch.{name}(s, {states}, [w[:, :f], w[:, f:], w[:, 0], w[:, 1]], True, 1, 0.0, False, False, False)"
    return _ROWS % (gates, gates) + f"out = {call}\n{{out}} = out[0].sum(0) + out[1][0]"


BATCH = {
    "lstm": _recurrent("lstm", 8, "(h, h * 0.5)"), "gru": _recurrent("gru", 6, "h"), "rnn_tanh": _recurrent("rnn_tanh", 2, "h"), "rnn_relu": _recurrent("rnn_relu", 2, "h"),
    "attention": F + "scaled_dot_product_attention({0}, {0} * 0.5 + 0.1, {0} * {0})", "attention_causal": F + "scaled_dot_product_attention({0}, {0} * 0.5, {0}, is_causal=True)",
    "attention_mask": F + "scaled_dot_product_attention({0}, {0}, {0} * 2, ({0} @ {0}.transpose(-2, -1)) * 0.1)", "max_pool3d": F + f"max_pool3d({_DISTINCT}.flatten().view({{0}}.shape)[None], 2, padding=1)[0]",
    "fractional_max_pool2d": F + f"fractional_max_pool2d({_DISTINCT}, 2, output_size=1, _random_samples=torch.full((1, {{0}}.shape[0], 2), 0.4, dtype={{0}}.dtype))",
    "adaptive_max_pool2d": F + f"adaptive_max_pool2d({_DISTINCT}, 2)", "adaptive_avg_pool_uneven": F + "adaptive_avg_pool2d({0}, (3, 2))", "instance_norm": F + f"instance_norm({_SPREAD}) + 0.013",
    "layer_norm_affine": F + f"layer_norm({_SPREAD}, {{0}}.shape[1:], {{0}}[0], {{0}}[0] * 2)", "group_norm_affine": f"s = {_SPREAD}\n{{out}} = torch.nn.functional.group_norm(torch.cat([s, s * 2 + 1], 1), 2, torch.cat([{{0}}[0].flatten(1)[:, 0], {{0}}[0].flatten(1)[:, 0] + 1]), torch.cat([{{0}}[0].flatten(1)[:, 0] * 2, {{0}}[0].flatten(1)[:, 0]]))", "max_pool2d_ties": F + "max_pool2d({0}, 2, 1, padding=1)",
    "max_pool2d_lowest": F + "max_pool2d({0} + torch.where({0} > 0, -float('inf'), 0.0), 2, 1, padding=1, return_indices=True)[1] * ({0}.mean() + 1)",
    "avg_pool2d": F + "avg_pool2d({0}, 2, padding=1)", "max_pool1d": F + f"max_pool1d({_DISTINCT}, 2)", "conv_transpose1d": F + "conv_transpose1d({0}, {0}[:1].transpose(0, 1)[..., :2])",
}  # fmt: skip
#: PyTorch can't differentiate these a second time, or not everywhere (logcumsumexp, by way of the
#: gradient's logarithm; products with several zeros).
ONCE = frozenset({"hardsigmoid", "cdist", "logcumsumexp", "scatter_prod"})
NAMES = frozenset({*UNARY, *BINARY, *DIM, *MATRIX, *BATCH})
