"""The catalogue: how each public operation is called, and on what.

An entry is a template in which ``{0}``, ``{1}`` are operands, ``{dim}`` and the like constant arguments, and ``{out}`` the
result (where it takes more than one line). Its ``kind`` says which operands and arguments fit; the generator draws them.
Templates keep values where the operation is smooth and finite (``log(x.abs() + 0.5)``); kinks, ties and zeros come from
the leaves. Among equal elements PyTorch's ``topk``, ``median(dim)`` and unstable ``sort`` pick whichever its partial sorting
happens to leave in front; these entries make the elements distinct, or sort stably. PyTorch's batch_norm backward reads a
weight that is not contiguous as if it were (a transposed input's channel: gradients of the wrong channel), so the entry makes
it contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass

import minitorch_bp.fft
import minitorch_bp.linalg
import minitorch_bp.nn  # noqa: F401  (these register their primitives)
from minitorch_bp.core.op import OPS
from minitorch_bp.ops import exports

from . import catalog_tail as tail

_METHODS = exports()["Tensor"]


@dataclass(frozen=True)
class Entry:
    """One way to call an operation.

    Attributes
    ----------
    template : str
    kind : which operands and arguments to draw (see ``generate.DRAW``)
    series : PyTorch's own derivative is a truncated series, so it may be off by more than rounding (its trigamma:
        up to 5e-10 of the value on [0.5, 8], where SciPy's agrees with mpmath's to 1e-15)
    once : PyTorch can't differentiate it a second time
    """

    name: str
    template: str
    kind: str = "unary"
    series: bool = False
    once: bool = False

    @property
    def random(self) -> bool:
        """Whether it draws random numbers, so that the generator's state is compared."""
        return "manual_seed" in self.template

    @property
    def writes(self) -> bool:
        """Whether it writes in place."""
        return (
            "{out}" in self.template and ("_(" in self.template or "=" in self.template.replace("{out} =", ""))
        ) or "inplace=True" in self.template

    @property
    def views(self) -> bool:
        """Whether its result shares memory with an operand."""
        return self.name in VIEWS


F = "torch.nn.functional."
_UNARY = {
    "exp": "torch.exp({0}.clamp(max=2.0))", "exp2": "torch.exp2({0}.clamp(max=2.0))", "expm1": "torch.expm1({0}.clamp(max=2.0))",
    "log": "torch.log({0}.abs() + 0.5)", "log2": "torch.log2({0}.abs() + 0.5)", "log10": "torch.log10({0}.abs() + 0.5)",
    "log1p": "torch.log1p({0}.abs())", "sqrt": "torch.sqrt({0}.abs() + 0.5)", "rsqrt": "torch.rsqrt({0}.abs() + 0.5)",
    "sin": "torch.sin({0})", "cos": "torch.cos({0})", "tan": "torch.tan(torch.tanh({0}))",
    "asin": "torch.asin(torch.tanh({0}) * 0.9)", "acos": "torch.acos(torch.tanh({0}) * 0.9)", "atan": "torch.atan({0})",
    "sinh": "torch.sinh(torch.tanh({0}))", "cosh": "torch.cosh(torch.tanh({0}))", "tanh": "torch.tanh({0})",
    "asinh": "torch.asinh({0})", "acosh": "torch.acosh({0}.abs() + 1.5)", "atanh": "torch.atanh(torch.tanh({0}) * 0.9)",
    "sigmoid": "torch.sigmoid({0})", "erf": "torch.erf({0})", "erfc": "torch.erfc(torch.tanh({0}))",
    "lgamma": "torch.lgamma({0}.abs() + 0.5)", "digamma": "torch.digamma({0}.abs() + 0.5)",
    "neg": "-{0}", "square": "torch.square(torch.tanh({0}))", "reciprocal": "torch.reciprocal({0}.abs() + 0.5)",
    "pow2": "torch.tanh({0}) ** 2", "pow3": "torch.tanh({0}) ** 3", "pow_half": "({0}.abs() + 0.5) ** 0.5",
    "pow_neg": "({0}.abs() + 0.5) ** -1", "pow_minus2": "({0}.abs() + 0.5) ** -2", "pow_2.5": "({0}.abs() + 0.5).clamp(max=3.0) ** 2.5",
    "pow_zero": "{0} ** 0", "rpow": "2.0 ** torch.tanh({0})",
    "relu": "torch.relu({0})", "leaky_relu": F + "leaky_relu({0}, 0.1)", "elu": F + "elu({0})", "selu": "torch.selu({0})",
    "gelu": F + "gelu({0})", "gelu_tanh": F + "gelu({0}, approximate='tanh')", "silu": F + "silu({0})",
    "softplus": F + "softplus({0})", "softsign": F + "softsign({0})", "logsigmoid": F + "logsigmoid({0})",
    "tanhshrink": F + "tanhshrink({0})", "hardtanh": F + "hardtanh({0})", "relu6": F + "relu6({0})",
    "threshold": F + "threshold({0}, 0.1, 0.3)",
    "abs": "{0}.abs()", "clamp": "{0}.clamp(-0.5, 0.5)", "clamp_min": "{0}.clamp(min=0)", "clamp_max": "{0}.clamp(max=0)",
    "clamp_tensor": "torch.clamp({0}, min=torch.zeros_like({0}))",
    "clone": "{0}.clone()", "contiguous": "{0}.contiguous()", "double": "{0}.double().to({0}.dtype)", "to_float": "{0}.float().to({0}.dtype)",
    "to_one_other": "{0} + {0}.double() * 2 + {0}.float() * 3",
    "add_scalar": "{0} + 1.5", "radd_scalar": "2 + {0}", "sub_scalar": "{0} - 1", "rsub_scalar": "1 - {0}",
    "mul_scalar": "{0} * 0.5", "rmul_scalar": "3 * {0}", "div_scalar": "{0} / 2", "rdiv_scalar": "1 / ({0}.abs() + 0.5)",
    "flatten": "{0}.flatten()", "reshape": "{0}.reshape(-1)", "view_as": "{0}.contiguous().view_as({0})", "ravel": "{0}.ravel()",
    "unsqueeze0": "{0}.unsqueeze(0)[0]", "squeeze": "{0}.unsqueeze(0).squeeze(0)", "squeeze_all": "{0}.unsqueeze(-1).squeeze()",
    "T": "{0}.reshape(-1, 1).T", "detach": "{0} * {0}.detach()", "sum_to_int": "{0} + ({0} > 0).sum()",
    "logical": "{0} * (torch.logical_and({0} > 0, {0} < 1) | torch.logical_not({0} > -1))",
    "logical_or": "{0} * torch.logical_or({0} > 1, {0} < -1)", "logical_xor": "{0} * torch.logical_xor({0} > 1, {0} < 0)",
    "compare": "{0} * ({0} >= 0) + {0} * ({0} <= 1) + {0} * ({0} == 0) + {0} * ({0} != 0) + {0} * ({0} < 2)",
    "isfinite": "{0} * torch.isfinite({0}) * ~torch.isnan({0}) * ~torch.isinf({0})",
    "bitwise": "{0} * (torch.bitwise_and({0} > 0, {0} < 1) ^ torch.bitwise_or({0} > 0, {0} < 1))",
    "dtype_mix": "{0} * torch.arange(1, 2) + {0} * True", "zero_dim_mix": "{0} * torch.tensor(2.0, dtype=torch.float64)",
    "full_like": "{0} * torch.full_like({0}, 0.5) + torch.ones_like({0}) + torch.zeros_like({0})",
    "masked_fill": "{0}.masked_fill({0} > 0, 0.25)", "where": "torch.where({0} > 0, {0}, -0.5)",
    "masked_fill_tensor": "{0}.masked_fill({0} > 0, {0}.sum())",
    "masked_select": "torch.masked_select({0}, {0} > 0.0137).sum()",
    "masked_select_weighted": "s = torch.masked_select({0}, {0} > 0.0137)\n{out} = (s * s * torch.arange(s.numel())).sum()", "nonzero": "{0}[{0} > 0.0137].sum() + torch.nonzero({0} > 0.0137).sum()",
    "repeat": "{0}.reshape(-1).repeat(2)", "tile": "{0}.reshape(-1).tile(2, 1)", "expand": "{0}.unsqueeze(0).expand(2, *{0}.shape)",
    "stack_self": "torch.stack([{0}, {0} * 2])", "outer": "torch.outer({0}.reshape(-1), {0}.reshape(-1)[:2])",
    "dot": "torch.dot({0}.reshape(-1), {0}.reshape(-1))", "dot_pair": "torch.dot({0}.reshape(-1), {0}.reshape(-1).flip(0) * 2)", "norm": "({0}.abs() + 0.13).norm()", "norm1": "torch.norm({0}, 1)",
    "norm3": "({0}.abs() + 0.13).norm(3)", "norm_inf": "torch.norm({0}, float('inf'))", "norm0": "{0} * torch.norm({0}, 0)",
    "norm1.5": "({0}.abs() + 0.13).norm(1.5)", "xlogy": "torch.xlogy({0}, {0}.abs() + 0.5)",
    "meshgrid": "torch.meshgrid({0}.reshape(-1), {0}.reshape(-1)[:2], indexing='ij')[0]",
    "one_hot": "{0}.reshape(-1)[:1] * " + F + "one_hot(torch.tensor([1]), 3)",
    "alpha_dropout": "torch.manual_seed(5)\n{out} = " + F + "alpha_dropout({0}, 0.4, True)",
    "feature_dropout": "torch.manual_seed(5)\n{out} = " + F + "dropout2d({0}.reshape(1, -1, 1, 1), 0.4)",
    "rrelu": "torch.manual_seed(5)\n{out} = " + F + "rrelu({0}, training=True)", "rrelu_eval": F + "rrelu({0})",
    "drawn": "torch.manual_seed(5)\nb = {0} * 1\nb.uniform_(-1, 1)\n{out} = b * {0}",
    "drawn_view": "torch.manual_seed(5)\nb = {0}.reshape(-1) * 1\nb[:1].normal_()\n{out} = b * 2",
    "normal_drawn": "torch.manual_seed(5)\n{out} = torch.normal({0}, {0}.abs() + 0.5) + {0}",
    "bernoulli": "torch.manual_seed(5)\n{out} = torch.bernoulli(torch.sigmoid({0})) * {0}",
    "dropout": "torch.manual_seed(5)\n{out} = " + F + "dropout({0}, 0.4)", "dropout_eval": F + "dropout({0}, 0.4, False)",
    "bincount": "{0} * torch.bincount(torch.tensor([0, 1, 1]))[1]", "item": "{0} * {0}.sum().item()",
}  # fmt: skip
_ROUGH = {
    "sign": "{0} * torch.sign({0})", "floor": "{0} - torch.floor({0})", "ceil": "{0} - torch.ceil({0})",
    "round": "{0} + torch.round({0})", "trunc": "{0} + torch.trunc({0})", "frac": "torch.frac({0})",
    "remainder": "torch.remainder({0}, 1.5)", "fmod": "torch.fmod({0}, 1.5)", "floor_div": "{0} + ({0}.detach() // 0.7)",
    "sort": "{0}.reshape(-1).sort(stable=True)[0]", "sort_desc": "{0}.reshape(-1).sort(descending=True, stable=True)[0]",
    "topk": "({0}.reshape(-1) + torch.arange({0}.numel()) * 0.01).topk(1)[0]", "median": "{0}.median()", "argsort": "{0}.reshape(-1)[{0}.reshape(-1).argsort(stable=True)]",
    "unique": "{0} * torch.unique((torch.nan_to_num({0}.detach()) * 1000).round()).numel()", "argmax": "{0} * ({0}.argmax() + {0}.argmin())",
    "max_all": "{0}.max()", "min_all": "{0}.min()", "amax": "{0}.amax()", "amin": "{0}.amin()",
    "div_floor": "{0} + torch.div({0}, 0.7, rounding_mode='floor')", "div_trunc": "{0} + torch.div({0}, 0.7, rounding_mode='trunc')",
    "isclose": "{0} * torch.isclose({0}, {0} + 1e-9)", "any_all": "{0} * (({0} > 0).any() & ({0} > -9).all())",
    "count_nonzero": "{0} * torch.count_nonzero({0})",
}  # fmt: skip
_BINARY = {
    "add": "{0} + {1}", "add_alpha": "torch.add({0}, {1}, alpha=0.5)", "sub": "{0} - {1}", "sub_alpha": "torch.sub({0}, {1}, alpha=2)", "rsub": "torch.rsub({0}, {1})", "rsub_alpha": "torch.rsub({0}, {1}, alpha=2)",
    "mul": "{0} * {1}", "div": "{0} / ({1}.abs() + 0.5)", "maximum": "torch.maximum({0}, {1})", "minimum": "torch.minimum({0}, {1})",
    "pow_tensor": "({0}.abs() + 0.5).clamp(max=2.0) ** torch.tanh({1})", "atan2": "torch.atan2({0}, {1}.abs() + 0.5)",
    "where2": "torch.where({0} > {1}, {0}, {1})", "addcmul": "torch.addcmul({0}, {0}, {1}, value=0.5)",
    "addcdiv": "torch.addcdiv({0}, {0}, {1}.abs() + 0.5, value=0.5)", "lerp": "torch.lerp({0}, {1} + {0} * 0, 0.3)",
    "lerp_tensor": "torch.lerp({0}, {1}, torch.sigmoid({1}))", "clamp_by_min": "torch.clamp({0}, min={1} * 0.5)",
    "clamp_by_max": "torch.clamp({0}, max={1} * {1})", "clamp_by_both": "torch.clamp({0}, {1} * 0.5, {1} * {1} - 0.2)",
    "mse": F + "mse_loss({0} + {1} * 0, {1} + {0} * 0)", "mse_none": F + "mse_loss({0} + {1} * 0, {1} + {0} * 0, reduction='none')",
    "l1": F + "l1_loss({0} + {1} * 0, {1} + {0} * 0)", "smooth_l1": F + "smooth_l1_loss({0} + {1} * 0, {1} + {0} * 0)",
    "huber": F + "huber_loss({0} + {1} * 0, {1} + {0} * 0, delta=0.7)",
    "bce": F + "binary_cross_entropy(torch.sigmoid(torch.tanh({0} + {1} * 0)), torch.sigmoid({1} + {0} * 0))",
    "bce_none": F + "binary_cross_entropy(torch.sigmoid(torch.tanh({0} + {1} * 0)), torch.sigmoid({1} + {0} * 0), reduction='none')",
    "bce_logits": F + "binary_cross_entropy_with_logits({0} + {1} * 0, torch.sigmoid({1} + {0} * 0))",
    "bce_pos_weight": F + "binary_cross_entropy_with_logits({0} + {1} * 0, torch.sigmoid({1} + {0} * 0), pos_weight=torch.tensor(2.0))",
    "kl_div": F + "kl_div({0} + {1} * 0, torch.sigmoid({1} + {0} * 0), reduction='sum')",
    "broadcast_tensors": "torch.broadcast_tensors({0}, {1})[0]", "iadd": "{out} = {0} * {1}\n{out} += {1}",
    "imul": "{out} = {0} + {1}\n{out} *= {1}", "isub": "{out} = {0} + {1}\n{out} -= {1}", "idiv": "{out} = {0} + {1}\n{out} /= {1}.abs() + 0.5",
    "copy_": "{out} = {0} + {1}\n{out}.copy_({1})", "imaximum": "torch.max({0}, {1}) + torch.min({0}, {1})",
    "div_round_pair": "{0} + torch.div({0}, {1}.detach().abs() + 0.5, rounding_mode='floor')",
    "remainder_pair": "torch.remainder({0}, {1}.abs() + 0.5)", "fmod_pair": "torch.fmod({0}, {1}.abs() + 0.5)",
}  # fmt: skip
_INPLACE = {
    "relu_": "{out} = {0} * 1\n{out}.relu_()", "tanh_": "{out} = {0} * 1\n{out}.tanh_()", "mul_scalar_": "{out} = {0} * 1\n{out}.mul_(0.5)",
    "zero_": "{out} = {0} * 1\n{out}.zero_()\n{out} += {0}", "fill_": "{out} = {0} * 1\n{out}.fill_(0.5)\n{out} += {0}",
    "fill_tensor": "{out} = {0} * 1\n{out}.fill_({0}.sum())", "clamp_": "{out} = {0} * 1\n{out}.clamp_(-0.5, 0.5)",
    "pow_": "{out} = torch.tanh({0})\n{out}.pow_(2)", "masked_fill_": "{out} = {0} * 1\n{out}.masked_fill_({0} > 0, 0.5)",
    "leaky_relu_": "{out} = " + F + "leaky_relu({0} * 1, 0.1, inplace=True)", "elu_": "{out} = " + F + "elu({0} * 1, inplace=True)",
    "threshold_": "{out} = " + F + "threshold({0} * 1, 0.1, 0.3, inplace=True)",
    "rrelu_": "torch.manual_seed(5)\n{out} = " + F + "rrelu({0} * 1, training=True, inplace=True)",
    "no_grad_write": "{out} = {0} * 1\nwith torch.no_grad():\n    {out}.add_(1.0)",
    "view_mul_": "b = {0}.contiguous() * 1\nv = b.reshape(-1)\nv.mul_(0.5)\n{out} = b + 0",
    "view_chain_": "b = {0}.contiguous() * 1\nv = b.reshape(-1)[:1]\nv += 2.0\n{out} = b * b",
    "view_refresh": "b = {0}.contiguous() * 1\nv = b.reshape(-1)\nb *= 0.5\n{out} = v * v",
    "write_operand": "{out} = {0}.mul_(0.5) * 1", "write_operand_view": "{0}[..., :1].mul_(2.0)\n{out} = {0} + 0",
    "setitem": "{out} = {0}.reshape(-1) * 1\n{out}[0] = 0.5", "setitem_tensor": "{out} = {0}.reshape(-1) * 1\n{out}[:1] = {0}.sum() * 0.1",
    "setitem_mask": "{out} = {0} * 1\n{out}[{out} > 0] = 0.5", "setitem_list": "{out} = {0}.reshape(-1) * 1\n{out}[[0]] = {0}.sum()",
    "index_put_acc": "{out} = {0}.reshape(-1) * 1\n{out} = {out}.index_put((torch.tensor([0, 0]),), {0}.reshape(-1)[:1] * 1, accumulate=True)",
    "index_put_two": "{out} = {0}.reshape(-1) * 1\n{out} = {out}.index_put((torch.tensor([0, -1]),), {0}.reshape(-1)[-2:] * 2)",
    "prod_zero": "b = torch.tanh({0}).reshape(-1) * 1\nb[0] = 0.0\n{out} = b.prod()",
    "cumprod_zero": "b = torch.tanh({0}).reshape(-1) * 1\nb[0] = 0.0\n{out} = b.cumprod(0)",
    "round_": "{out} = {0} * 1\n{out}.round_()\n{out} = {out} + {0}",
}  # fmt: skip
_REDUCE = {
    "sum": "{0}.sum({dim}, {keepdim})", "mean": "{0}.mean({dim}, {keepdim})", "prod": "torch.tanh({0}).prod({dim}, {keepdim})",
    "var": "({0} * 1).var({dim}, correction=0, keepdim={keepdim})", "std": "({0} + 0.1 * {0} ** 2).std({dim}, correction=0, keepdim={keepdim})",
    "logsumexp": "{0}.logsumexp({dim}, {keepdim})", "max_dim": "{0}.max({dim}, {keepdim})[0]", "min_dim": "{0}.min({dim}, {keepdim})[0]",
    "amax_dim": "{0}.amax({dim}, {keepdim})", "amin_dim": "{0}.amin({dim}, {keepdim})", "median_dim": "({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.01).median({dim}, {keepdim})[0]",
    "norm_dim": "({0}.abs() + 0.13).norm(dim={dim}, keepdim={keepdim})", "var_mean": "sum(torch.var_mean({0}, {dim}, correction=0, keepdim={keepdim}))",
    # (both results: with an infinity PyTorch's mean is NaN unless it stands last; the variance always is)
    "std_mean": "torch.std_mean({0} + 0.1 * {0} ** 2, {dim}, correction=0, keepdim={keepdim})[0]",
    "argmax_dim": "{0}.sum() * {0}.argmax({dim}, {keepdim})", "argmin_dim": "{0}.sum() * {0}.argmin({dim}, {keepdim})",
    "sum_pair": "{0}.sum(({dim},), keepdim={keepdim})",
}  # fmt: skip
_DIM = {
    "softmax": "torch.softmax({0}, {dim})", "log_softmax": "torch.log_softmax({0}, {dim})", "softmin": F + "softmin({0}, {dim})",
    "cumsum": "{0}.cumsum({dim})", "cumprod": "torch.tanh({0}).cumprod({dim})", "flip": "{0}.flip({dim})", "roll": "{0}.roll(1, {dim})",
    "cat_self": "torch.cat([{0}, {0} * 2], {dim})", "stack_dim": "torch.stack([{0}, {0} * 2], {dim})",
    "select": "{0}.select({dim}, 0)", "narrow": "{0}.narrow({dim}, 0, 1)", "unbind": "torch.unbind({0}, {dim})[-1]",
    "split": "torch.split({0}, 1, {dim})[0]", "split_sizes": "torch.split({0}, [1, {0}.shape[{dim}] - 1], {dim})[0]",
    "chunk": "{0}.chunk(2, {dim})[0]", "chunk_both": "{out} = {0}.chunk(2, {dim})\n{out} = {out}[0].sum() * {out}[-1]",
    "index_select": "{0}.index_select({dim}, torch.tensor([0, 0]))", "unsqueeze": "{0}.unsqueeze({dim})",
    "index_add": "{0}.index_add({dim}, torch.tensor([0]), {0}.narrow({dim}, 0, 1), alpha=2)",
    "gather": "{0}.gather({dim}, torch.zeros_like({0}.narrow({dim}, 0, 1), dtype=torch.int64))",
    "scatter": "{0}.scatter({dim}, torch.zeros_like({0}.narrow({dim}, 0, 1), dtype=torch.int64), {0}.narrow({dim}, 0, 1) * 2)",
    "scatter_value": "{0}.scatter({dim}, torch.zeros_like({0}.narrow({dim}, 0, 1), dtype=torch.int64), 0.5)",
    "scatter_": "{out} = {0} * 1\n{out}.scatter_({dim}, torch.zeros_like({0}.narrow({dim}, 0, 1), dtype=torch.int64), 0.5)",
    "scatter_add": "{0}.scatter_add({dim}, torch.zeros_like({0}, dtype=torch.int64), {0})",
    "sort_dim": "{0}.sort(dim={dim}, stable=True)[0].contiguous()", "topk_dim": "({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.01).topk(1, {dim}, largest=False)[0]", "movedim": "{0}.movedim({dim}, 0)",
    "transpose": "{0}.transpose({dim}, 0)", "unflatten": "{0}.unflatten({dim}, (-1, 1))", "hstack": "torch.hstack([{0}, {0}])",
    "vstack": "torch.vstack([{0}, {0} * 2])", "glu": F + "glu(torch.cat([{0}, {0} * 2], {dim}), {dim})",
    "slice_step": "{0}[..., ::2]", "getitem_int": "{0}[0]", "getitem_neg": "{0}[..., -1]", "getitem_none": "{0}[None, ..., :1]",
    "getitem_list": "{0}[[0, 0]]", "getitem_tensor": "{0}[torch.tensor([0, -1])]", "getitem_mask": "{0}[{0} > 0]",
    "getitem_bool_row": "{0}[torch.arange({0}.shape[0]) < 1]",
}  # fmt: skip
_MATRIX = {
    "mm": "torch.mm({0}, {0}.t())", "matmul": "{0} @ {0}.T", "mv": "torch.mv({0}, {0}[0])", "t": "{0}.t()", "mT": "{0}.mT * 1",
    "tril": "{0}.tril()", "triu": "torch.triu({0}, 1)", "diagonal": "{0}.diagonal()", "diag": "{0}.diag()", "trace": "torch.trace({0})",
    "diag_vector": "torch.diag({0}[0])", "addmm": "torch.addmm({0}.sum(1), {0}, {0}.t(), beta=0.5, alpha=2)",
    "addmm_plain": "torch.addmm({0}.sum(1), {0}, {0}.t())", "vecmat": "{0}[:, 0] @ {0}", "matvec": "{0} @ {0}[0]", "dot_rows": "{0}[0] @ {0}[0]",
    "linear": F + "linear({0}, {0} * 0.5, {0}.sum(1))", "linear_no_bias": F + "linear({0}, {0} * 0.5)",
    "linear_1d": F + "linear({0}[0], {0} * 0.5, {0}.sum(1))", "permute": "{0}.permute(1, 0)", "einsum_mm": "torch.einsum('ij,kj->ik', {0}, {0})",
    "einsum_trace": "torch.einsum('ij->j', {0})", "einsum_outer": "torch.einsum('ij,kl->ijkl', {0}, {0})[0]",
    "embedding": F + "embedding(torch.tensor([0, 0]), {0})", "embedding_padded": F + "embedding(torch.tensor([0, 0]), {0}, padding_idx=0)",
    "nll": F + "nll_loss(torch.log_softmax({0}, 1), torch.zeros({0}.shape[0], dtype=torch.int64))",
    "nll_none": F + "nll_loss(torch.log_softmax({0}, 1), torch.zeros({0}.shape[0], dtype=torch.int64), reduction='none')",
    "cross_entropy": F + "cross_entropy({0}, torch.zeros({0}.shape[0], dtype=torch.int64))",
    "cross_entropy_sum": F + "cross_entropy({0}, torch.zeros({0}.shape[0], dtype=torch.int64), reduction='sum')",
    "cross_entropy_soft": F + "cross_entropy({0}, torch.softmax({0}.detach() * 2, 1))",
    "cross_entropy_smooth": F + "cross_entropy({0}, torch.zeros({0}.shape[0], dtype=torch.int64), label_smoothing=0.1)",
    "cross_entropy_weight": F + "cross_entropy({0}, torch.zeros({0}.shape[0], dtype=torch.int64), weight={0}.detach()[0].abs() + 0.5)",
    "advanced_pair": "{0}[[0, 0], [0, -1]]", "advanced_mixed": "{0}[[0, 0], :1]", "diagonal_write": "{out} = {0} * 1\n{out}.diagonal().mul_(2.0)",
    "row_write": "{out} = {0} * 1\n{out}[0] *= 2.0", "column_write": "{out} = {0} * 1\n{out}[:, 0] = {0}[:, -1]",
    "transpose_write": "{out} = {0} * 1\n{out}.t().mul_(0.5)\n{out} = {out} + 0", "tril_": "{out} = {0} * 1\n{out}.tril_()",
}  # fmt: skip
_BATCH = {
    "bmm": "torch.bmm({0}, {0}.transpose(1, 2))", "matmul_batch": "{0} @ {0}.mT", "matmul_3d_2d": "{0} @ {0}[0].t()",
    "matmul_3d_1d": "{0} @ {0}[0, 0]", "linear_3d": F + "linear({0}, {0}[0] * 0.5, {0}[0].sum(1))",
    "einsum_bmm": "torch.einsum('bij,bkj->bik', {0}, {0})", "permute3": "{0}.permute(2, 0, 1)", "flatten1": "{0}.flatten(1)",
    "int_then_list": "{0}[0, :, [0, 0]]", "diagonal3": "{0}.diagonal(0, 1, 2)", "tril_batch": "{0}.tril(-1)",
    "conv1d": F + "conv1d({0}, {0}[:1, :, :1] * 0.5, {0}[:1, 0, 0], padding=1, stride=2)",
    "conv2d": F + "conv2d({0}.unsqueeze(0), {0}[:, :2, :2].unsqueeze(0) * 0.5, padding=1)",
    "conv3d": F + "conv3d({0}[None, None], {0}[:1, :1, :1][None, None] * 0.5, padding=(0, 1, 0))",
    "conv2d_groups": F + "conv2d(torch.cat([{0}, {0} * 2])[None], torch.cat([{0}, {0}])[:, None, :1, :1] * 0.5, groups={0}.shape[0] * 2)",
    "max_pool2d": F + "max_pool2d({0} + torch.arange({0}.numel()).reshape({0}.shape) * 0.01, 2, padding=1)",
    "batch_norm": F + "batch_norm(torch.cat([{0}, {0} * 2 + 1]), None, None, {0}[0].flatten(1)[:, 0].contiguous(), {0}[0].flatten(1)[:, 0] * 2, training=True, eps=0.1)",
    "batch_norm_eval": F + "batch_norm({0}, {0}.detach()[0].flatten(1)[:, 0] + 0.3, {0}.detach()[0].flatten(1)[:, 0].abs() + 0.5, {0}[0].flatten(1)[:, 0].contiguous(), eps=0.1)",
    "cross_entropy_3d": F + "cross_entropy({0}, torch.zeros({0}.shape[0], {0}.shape[2], dtype=torch.int64))",
}  # fmt: skip
_SERIES = {"lgamma", "digamma"}


#: (BLAS may skip a product with zero, which NaN would survive.)
#: (PyTorch's vectorized hardtanh drops a gradient at NaN, its scalar remainder of a row does not.)
#: Entries whose gradient at an infinity or NaN is a matter of how the formula is written, not of what it says.
#: (In longer programs no gradient is compared there.)
LOOSE_AT_INFINITY = tail.NAMES | frozenset({
    "hardtanh", "relu6", "remainder", "fmod", "remainder_pair", "fmod_pair", "erfc", "var", "std", "var_mean", "std_mean", "cumprod", "cumprod_zero", "prod", "prod_zero",
    "norm0", "norm3", "norm1.5", "logsumexp", "gelu", "gelu_tanh", "silu", "softplus", "lgamma", "digamma", "bce", "bce_none", "bce_logits", "bce_pos_weight", "kl_div", "mse", "l1", "cosh", "sinh", "addcdiv", "batch_norm",
    "conv1d", "conv2d", "conv3d", "conv2d_groups", "topk", "topk_dim", "mm", "mv", "bmm", "matmul", "matvec", "vecmat", "dot", "dot_rows", "dot_pair",
    "matmul_batch", "matmul_3d_2d", "matmul_3d_1d", "linear", "linear_no_bias", "linear_1d", "linear_3d", "addmm", "addmm_plain", "addmm_", "einsum_mm",
    "einsum_bmm", "einsum_trace", "einsum_outer", "outer",
})  # fmt: skip
#: Entries whose result is a view of the operand.
#: Entries that write to an operand which other steps may have saved.
WRITES = ("write_operand", "write_operand_view")
VIEWS = frozenset({
    "flatten", "reshape", "ravel", "unsqueeze0", "squeeze", "squeeze_all", "T", "expand", "view_as", "select", "narrow", "unbind",
    "split", "split_sizes", "chunk", "unsqueeze", "movedim", "transpose", "unflatten", "slice_step", "getitem_int", "getitem_neg",
    "getitem_none", "t", "diagonal", "permute", "permute3", "flatten1", "diagonal3",
})  # fmt: skip


def _build() -> dict[str, Entry]:
    tables = {
        "unary": {**_UNARY, **_ROUGH, **_INPLACE, **_IN_PLACE_UNARY}, "binary": {**_BINARY, **_IN_PLACE_MORE}, "reduce": _REDUCE, "dim": _DIM,
        "matrix": {**_MATRIX, **_IN_PLACE_MATRIX},
        "batch": _BATCH,
    }  # fmt: skip
    return {n: Entry(n, t, kind, n in _SERIES) for kind, table in tables.items() for n, t in table.items()}


_IN_PLACE_MORE = {
    **{f"{n}_": "b = {0}.detach() * 1\nb.%s_({1})\n{out} = {0} * b" % n for n in ("eq", "ne", "lt", "le", "gt", "ge")},
    "addcdiv_": "{out} = {0} * 1\n{out}.addcdiv_({0}, {1}.abs() + 0.5, value=0.5)", "addcmul_": "{out} = {0} * 1\n{out}.addcmul_({0}, {1}, value=2)",
    "lerp_": "{out} = {0} * 1\n{out}.lerp_({0} + {1}, 0.3)", "logical_and_": "{out} = {0}.detach() * 1\n{out}.logical_and_({1})\n{out} = {out} * {0}",
    "logical_or_": "{out} = {0}.detach() * 1\n{out}.logical_or_({1})\n{out} = {out} * {0}", "logical_xor_": "{out} = {0}.detach() * 1\n{out}.logical_xor_({1})\n{out} = {out} * {0}",
    "bitwise_and_": "b = {0} > 0\nb.bitwise_and_({1} < 1)\n{out} = {0} * b", "bitwise_or_": "b = {0} > 0\nb.bitwise_or_({1} < 1)\n{out} = {0} * b",
    "bitwise_xor_": "b = {0} > 0\nb.bitwise_xor_({1} < 1)\n{out} = {0} * b", "floor_divide_": "b = {0}.detach() * 4\nb.floor_divide_({1}.detach().abs() + 0.5)\n{out} = {0} * b",
}  # fmt: skip
_IN_PLACE_UNARY = {
    "logical_not_": "{out} = {0}.detach() * 1\n{out}.logical_not_()\n{out} = {out} * {0}", "bitwise_not_": "b = {0} > 0\nb.bitwise_not_()\n{out} = {0} * b",
    "acosh_": "b = {0}.detach().abs() + 1.1\nb.acosh_()\n{out} = {0} * b", "asinh_": "b = {0}.detach() * 1\nb.asinh_()\n{out} = {0} * b",
    "atanh_": "b = torch.tanh({0}.detach()) * 0.9\nb.atanh_()\n{out} = {0} * b",
}  # fmt: skip
_IN_PLACE_MATRIX = {
    "addmm_": "{out} = torch.mm({0}, {0}.t())\n{out}.addmm_({0}, {0}.t(), beta=0.5, alpha=2)", "triu_": "{out} = {0} * 1\n{out}.triu_(1)", "tril_1": "{0}.tril(1)",
    "trace_": "torch.trace({0} * 2)", "index_add_": "{out} = {0} * 1\n{out}.index_add_(0, torch.tensor([0]), {0}[-1:], alpha=2)",
    "scatter_add_": "{out} = {0} * 1\n{out}.scatter_add_(0, torch.zeros_like({0}, dtype=torch.int64), {0})",
}  # fmt: skip
#: PyTorch can compute these in place, but not differentiate it.
_ONLY_HERE = frozenset({"asinh", "acosh", "atanh", "floor_divide"})


def _in_place_entries() -> dict[str, Entry]:
    """An entry for the in-place form of every primitive that has one, on numbers between 0.1 and 0.9.

    So a new operation with ``inplace=True`` is exercised without a line here.
    """
    found = {}
    for name, op in OPS.items():
        if _METHODS.get(name) is op.call and name + "_" in _METHODS and op.rules and name not in _ONLY_HERE:
            if op.params in (("input",), ("input", "approximate")):
                found[f"{name}_ auto"] = Entry(
                    f"{name}_ auto", "{out} = torch.sigmoid({0}) * 0.8 + 0.1\n{out}.%s_()" % name, "unary", name in _SERIES
                )
            elif op.params == ("input", "other"):
                template = "{out} = torch.sigmoid({0}) + 0.1 + {1} * 0\n{out}.%s_(torch.sigmoid({1}) + 0.2)" % name
                found[f"{name}_ auto"] = Entry(f"{name}_ auto", template, "binary")
    return found


def _tail_entries() -> dict[str, Entry]:
    kinds = {"unary": tail.UNARY, "binary": tail.BINARY, "dim": tail.DIM, "matrix": tail.MATRIX, "batch": tail.BATCH}
    return {name: Entry(name, text, kind, once=name in tail.ONCE) for kind, table in kinds.items() for name, text in table.items()}


CATALOG: dict[str, Entry] = {**_build(), **_tail_entries(), **_in_place_entries()}
