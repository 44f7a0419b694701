"""How a drawn call becomes a script: helpers, the forms of what is more than a call, and what is compared."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from ..choices import Choices
from ..scripted import Scripted
from .domain import Call, Declared, drawn_call

#: Kinds of numbers, besides those that every script can draw, and the comparison of a call.
#: (That PyTorch does without oneDNN it says once in a process: the first to ask is warned.)
HELPERS = """import warnings
F, linalg, masked, nn, fft, special = torch.nn.functional, torch.linalg, torch.masked, torch.nn, torch.fft, torch.special
def steps(t): return [s for s, n in zip(t.stride(), t.shape) if n > 1 and t.numel()]
def grid(*shape): return np.round(rng.standard_normal(shape) * 2) / 2
def nothing(*shape): return np.zeros(shape)
def large(*shape): return rng.standard_normal(shape) * 40
def huge(*shape): return rng.standard_normal(shape) * 300
def edges(*shape): return rng.choice([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, np.inf, -np.inf, np.nan, 1e-300, -3.7, 100.25], shape)
def holed(*shape): return np.where(rng.random(shape) < 0.2, np.nan, grid(*shape))
def distinct(*shape): return rng.permutation(int(np.prod(shape))).reshape(shape) * 0.37 - 1
def holed_distinct(*shape): return np.where(rng.random(shape) < 0.2, np.nan, distinct(*shape))
def halves(*shape): return rng.integers(-7, 8, shape) / 2
def away(*shape): return np.where(rng.random(shape) < 0.5, -1, 1) * (0.3 + rng.random(shape))
def naught(*shape): return rng.choice([0.0, 0.0, 1.0, 2.0], shape)
def signs(*shape): return rng.choice([-1.0, 1.0], shape)
def labels(n, c): return np.array([[*rng.permutation(c)[:c - 1], -1] for _ in range(n)]).reshape(n, c).astype(int)
def rising(*shape): return np.sort(np.round(rng.standard_normal(shape) * 2) / 2, -1)
def whole(high, *shape): return torch.tensor(rng.integers(0, high, shape))
def whole_positive(*shape): return rng.integers(1, 5, shape)
def uneven(*shape): return torch.sin(torch.arange(1.0, 1 + int(np.prod(shape)), dtype=kind)).reshape(shape)
def spread(*shape): return rng.standard_normal(shape) * 4
def gaps(x): return torch.stack([x, x], -1)[..., 0]
def turned(x): return x.transpose(0, -1).contiguous().transpose(0, -1) if x.ndim > 1 else x
def leaves_of(result):
    if isinstance(result, torch.Tensor): return [result]
    return [t for part in result for t in leaves_of(part)] if isinstance(result, (list, tuple)) else []
def cotangent(t):
    numbers = np.random.default_rng(7).uniform(0.5, 1.5, tuple(t.shape))
    return torch.from_numpy(np.asarray(numbers)).to(t.dtype)
def compare(name, call, orders, named=False, exact=False, warns=True):
    caught = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            result = call()
    except Exception as error:
        failed = error
        show(name, lambda: (_ for _ in ()).throw(failed))
        return
    show(name + ', bit for bit' if exact else name, lambda: result)
    if warns: show(name + ': warnings', lambda: sorted({w.category.__name__ for w in caught if 'oneDNN' not in str(w.message)} - {'RuntimeWarning'}))
    if exact and (not isinstance(result, torch.Tensor) or result.numel() < 40): show(name + ': printed', lambda: repr(result if named or not isinstance(result, torch.Tensor) else result.detach()))
    roots = [t for t in leaves_of(result) if t.requires_grad]
    if named and roots: show(name + ': node', lambda: type(roots[0].grad_fn).__name__)
    leaves = [t for t in parameters if t.requires_grad]
    if not roots or not leaves or not orders: return
    gradient = lambda outputs, **more: torch.autograd.grad(outputs, leaves, [cotangent(t) for t in outputs], allow_unused=True, **more)
    first = None
    def once():
        nonlocal first
        first = gradient(roots, create_graph=orders > 1)
        return [g if g is None else g.detach() for g in first]
    show(name + ': gradient', once)
    again = [g for g in first or () if g is not None and g.requires_grad]
    nothing = lambda g: g is None or not g.numel() or g.abs().max() < (1e-14 if kind == torch.float64 and all(t.dtype == kind for t in roots) else 1e-5)
    def twice():
        if first is None: raise RuntimeError('there is no first derivative')
        return [0.0 if nothing(g) else g for g in (gradient(again) if again else [None] * len(leaves))]
    if orders > 1: show(name + ': second order', twice)"""

#: What is more than a call: the body of a function, where {rest} stands for the other arguments.
FORMS = {
    "unpooled": "y, i = F.max_pool2d({x}, {kernel_size}, {stride}, {padding} and 1, return_indices=True)\nreturn F.max_unpool2d(y, i, {kernel_size}, {stride}, {padding} and 1)",
    "ctc": "n = x.shape[1]\nreturn F.ctc_loss({x}.log_softmax(-1), targets + ({blank} == 0), torch.full((n,), {lengths}), torch.full((n,), {sizes}), blank={blank}{rest})",
    "embedded": "w = weight.clone()\nreturn [F.embedding(input, w, {rest}), w]",
    "attended": "torch.manual_seed(1)\nm = nn.MultiheadAttention(4, {heads}, add_bias_kv={bias_kv}, add_zero_attn={add_zero_attn}, dtype=kind)\nparameters.extend(m.parameters())\nreturn m({query}, {key}, {value}{rest})",
    "recurrent": "{module}return m({given}{state})",
    "packed": "{module}packed = nn.utils.rnn.pack_padded_sequence({x}, [1, x.shape[0], 2], enforce_sorted=False)\nout, h = m(packed{state})\nreturn nn.utils.rnn.pad_packed_sequence(out), h, list(m.state_dict())",
    "celled": "torch.manual_seed(1)\nm = nn.{kind}Cell(x.shape[-1], 3, {bias}{more}, dtype=kind)\nparameters.extend(m.parameters())\nreturn m({x}{state})",
    "typed": "y = {x}.to(torch.{kind})\nreturn {function}(y)",
    "in_place": "y = {x} * 1\nz = y.{function}({rest})\nreturn [y, z is y, y._version]",
    "operated": "return [{x}.to(torch.{kind}) {sign} {other}]",
    "operated_on": "return {other} {sign} {x}.to(torch.{kind})",
    "converted": "y = {x}.to(torch.{kind}{rest})\nreturn [y, y is x, y._version]",
    "reduced_typed": "return {x}.to(torch.{kind}).{function}",
    "joined": "return {function}",
    "indexed": "return {x}[{index}]",
    "assigned": "y = {x} * 1\ny[{index}] = {value}\nreturn [y, y._version]",
    "made_like": "t = {x}{view}\nr = torch.{function}(t{rest})\nreturn [r, steps(r), r.requires_grad]",
    "facts": "t = {x}{view}\nreturn [told(lambda: {fact}), told(lambda: {other}), told(lambda: {third})]",
    "resized": "t = ({x} * 1){view}\nu, n = t.detach(), t.numel()\nt.resize_({size})\nkept = [t.shape, t.stride(), t.reshape(-1)[:n].clone(), t._version]\nu.resize_({again})\nreturn [*kept, u.reshape(-1)[:n].clone(), u.stride()]",
    "cut": "parts = list(torch.{function}({x}, {parts}))\nreturn [parts, [t._base is not None for t in parts]]",
    "sized": "return {x}.sum_to_size({sizes})",
    "squares": "a = {x} * 0.3 + torch.eye({x}.shape[-1], dtype={x}.dtype) * 2\nb, c, s = {y}, {y}.mT, a @ a.mT\nreturn {function}",
    "matrices": "def of(x): return {function}\nreturn of({x})",
    "spectral": "return {function}({x}{made}{rest})",
    "selfed": "y = {x} * 1\ny[{index}] {sign}= {value}\nreturn [y, y._version]",
    "put": "y = {x} * 1\nreturn y.put_({index}, {source}{rest})",
    "filled_diagonal": "y = {x} * 1\nreturn y.fill_diagonal_({value}{rest})",
    "split": "return list(torch.{function}({x}, {size}, {dim}))",
    "random": "x = torch.ones({n} * 2, dtype=torch.{kind}).reshape({n}, 2){laid}\nreturn [x.{fills}.clone() for _ in range({rounds})]",
    "randoms": "for _ in range({rounds}): torch.randn({before})\nreturn [*({maker} for _ in range({again})), torch.randn(1), torch.get_rng_state().sum()]",
    "restored": "torch.randn({before})\nstate = torch.get_rng_state()\na = {maker}\ntorch.set_rng_state(state)\nb = {maker}\ntorch.randn(1)\ntorch.manual_seed(3)\nreturn [a, b, torch.randn({before} + 1)]",
    "printed": "try:\n    {default}x = torch.tensor({values}{shape}).to(torch.{kind}){made}\n    torch.set_printoptions({options})\n    return [repr(x), str(x), f'{{x.reshape(-1)[:1].sum().item():.3f}}' if not x.is_complex() else '']\nfinally: torch.set_printoptions(profile='default', sci_mode=None), torch.set_default_dtype(torch.float32)",
}  # fmt: skip
#: Numbers to print.
PRINTED = {
    "tiny": "rng.standard_normal({s}) * 1e-5", "whole_numbers": "rng.integers(-99, 99, {s}).astype(float)", "wide": "10.0 ** rng.integers(-6, 7, {s})", "hundreds": "rng.integers(1, 4, {s}) * 333.25",
    "ones": "np.ones({s})", "limit": "rng.choice([1e8, 1.0, 1e5, 0.001, 0.0001, 1000.0], {s})",
}  # fmt: skip
_JOINED = {
    "cat": "torch.cat([{a}, {b}])", "stack": "torch.stack([{a}, {b}], -1)", "where": "torch.where(x > 1, {a}, {b})", "hstack": "torch.hstack([{a}, {b}])", "result_type": "[str(torch.result_type({a}, {b})), str(torch.promote_types(torch.{k}, torch.{l}))]",
    "maximum": "torch.maximum({a}, {b})", "cdist": "torch.cdist({a}, {b})", "dot": "torch.dot({a}[0], {b}[0])",
}  # fmt: skip
#: What PyTorch has a node of its own for and is made of others here, or where two of its overloads are one primitive.
NAMED_OTHERWISE = frozenset(["F.grid_sample", "F.affine_grid", "F.nll_loss", "torch.cdist", "F.pdist", "torch.nansum", "torch.prod", "torch.nanmedian", "torch.var_mean", "torch.std_mean", "torch.corrcoef", "torch.dist", "torch.combinations", "torch.deg2rad", "torch.rad2deg", "torch.logit", "torch.rsub", "torch.div", "torch.round", "torch.scatter", "torch.index_reduce", "torch.index_fill", "torch.take", "torch.masked_fill", "torch.repeat_interleave", "torch.diag", "torch.diagonal_scatter", "torch.select_scatter", "torch.slice_scatter", "torch.squeeze", "torch.rot90", "torch.flatten", "F.linear", "torch.sum", "torch.mean", "torch.reshape", "F.triplet_margin_loss", "F.triplet_margin_with_distance_loss", "F.rms_norm", "linalg.vector_norm", "torch.lerp", "torch.scatter_reduce", "torch.sort", "torch.aminmax", "torch.fmod", "torch.remainder", "torch.block_diag", "torch.kron", "torch.addmv", "torch.addr", "torch.baddbmm", "torch.addbmm", "torch.matmul", "F.pad"])  # fmt: skip
#: Operations whose results are the same bits, with the signs of zeros, since they are moves, comparisons, or rounded correctly by both.
#: (Sums are added in another order, products and sums of one step may be fused, and libraries round functions differently;
#: PyTorch's own vectorized square root is a unit in the last place off, and clamp's zeros at a limit of 0 and the larger of two zeros in a window have the sign of either.)
EXACT = frozenset([
    *(f"torch.{name}" for name in ("abs", "ceil", "floor", "isfinite", "isinf", "isnan", "logical_not", "neg", "positive", "reciprocal", "relu", "sgn", "sign", "signbit", "square", "trunc", "copysign", "where", "nan_to_num", "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor", "isclose", "heaviside")),
    *(f"torch.{name}" for name in ("select", "narrow", "index_select", "gather", "index_copy", "index_fill", "take", "take_along_dim", "masked_fill", "masked_select", "masked_scatter", "nonzero", "argwhere", "repeat_interleave", "tril", "triu", "diagonal", "diag", "diag_embed", "diagflat", "diagonal_scatter", "select_scatter", "slice_scatter", "reshape", "flatten", "unflatten", "permute", "transpose", "movedim", "squeeze", "unsqueeze", "flip", "roll", "rot90", "tile", "stack", "cat", "unbind", "meshgrid", "as_strided", "block_diag", "msort", "argmax", "argmin", "all", "any", "count_nonzero")),
    "F.relu", "F.hardtanh", "F.threshold", "F.hardshrink", "F.one_hot", "F.pixel_shuffle", "F.pixel_unshuffle", "F.channel_shuffle", "F.unfold", "F.pad", ".repeat", ".expand", ".unfold", "indexed", "assigned", "split", "converted", "filled_diagonal",
])  # fmt: skip
_RAW = ("function", "view", "sign", "kind", "other_kind", "fills", "maker", "options", "made", "laid", "nonlinearity")


def body(call: Call) -> str:
    """The body of the function that makes a drawn call."""
    declared, given = call.declared, dict(call.arguments)
    form = FORMS.get(declared.name)
    if form is None:
        return "return " + declared.after.format(call.text())
    words = {k: ast.literal_eval(v) if k in _RAW and v[0] in "'\"" else v for k, v in given.items()}
    if declared.name in ("recurrent", "packed"):
        words |= _recurrent(words, declared.name == "packed")
    elif declared.name == "celled":
        words["more"] = f", nonlinearity='{words['nonlinearity']}'" if words["kind"] == "RNN" else ""
        h = "uneven(x.shape[0], 3)"
        words["state"] = "" if words["state"] == "False" else f", ({h}, {h} * 2)" if words["kind"] == "LSTM" else f", {h}"
    elif declared.name == "operated" and "other_kind" in words:
        words["other"] = f"other.to(torch.{words['other_kind']})"
    elif declared.name == "joined":
        a, b = f"x.to(torch.{words['kind']})", f"y.to(torch.{words['other_kind']})"
        words["function"] = _JOINED[words["function"]].format(a=a, b=b, k=words["kind"], l=words["other_kind"])
    elif declared.name == "reduced_typed" and "(" not in words["function"]:
        words["function"] += "(0)" if words["function"].startswith("cum") else "()"
    elif declared.name in ("randoms", "restored"):
        words["maker"] = words["maker"].format(n=words["n"])
    elif declared.name == "printed":
        values = words["values"].strip("'")
        words["values"] = (
            f"np.asarray({PRINTED[values].format(s=words['shape'])})" if values in PRINTED else f"{values}(*{words['shape']})"
        )
        words["shape"] = ""
        words["default"] = "" if words["default"] == "None" else "torch.set_default_dtype(torch.float64); "
    used = set(re.findall(r"\w+", form)) | {"maker", "values", "other_kind"}
    rest = ", ".join(v if k == "other" else f"{k}={v}" for k, v in given.items() if k not in used)
    words["rest"] = (", " if rest and not form.split("{rest}")[0].endswith(("(", ", ")) else "") + rest
    return form.format(**words)


def _recurrent(words: dict[str, str], packed: bool) -> dict[str, str]:
    """The layer, its input and its first state."""
    kind, layers, both = words["kind"], int(words["layers"]), words["bidirectional"] == "True"
    proj = int(words["proj"]) if kind == "LSTM" else 0
    first = not packed and words["batch_first"] == "True"
    options = f"num_layers={layers}, bidirectional={both}, batch_first={first}, bias={words.get('bias', 'True')}, dropout={words.get('dropout', '0.0')}"
    options += f", proj_size={proj}" if kind == "LSTM" else f", nonlinearity='{words['nonlinearity']}'" if kind == "RNN" else ""
    batch = 3 if packed else "x.shape[1]"
    h, c = (f"uneven({layers * (1 + both)}, {batch}, {size})" for size in (proj or 2, 2))
    state = "" if words["state"] == "False" else f", ({h}, {c})" if kind == "LSTM" else f", {h}"
    module = f"torch.manual_seed(1)\nm = nn.{kind}(x.shape[-1], 2, {options}, dtype=kind)\nparameters.extend(m.parameters())\n"
    return {"module": module, "given": f"{words['x']}.transpose(0, 1)" if first else words["x"], "state": state}


def scripted(call: Call, seed: int, row: str, dtype: str) -> Scripted:
    """The case of a drawn call."""
    declared = call.declared
    made = [f"{name} = {text}" for name, text in call.made.items()]
    function = "def call():\n    " + body(call).replace("\n", "\n    ")
    lines = [HELPERS, *made, function]
    if declared.random:
        lines.append("torch.manual_seed(4)")
    lines.append(
        f"compare({declared.name!r}, call, {declared.orders}, {declared.named and declared.name not in FORMS and declared.name not in NAMED_OTHERWISE}, {declared.name in EXACT}, {declared.warns})"
    )
    if declared.random:
        lines.append("show('random numbers after it, bit for bit', lambda: torch.rand(2))")
    return Scripted("calls", (row,), tuple(lines), seed, dtype, (("", declared.loose),) if declared.loose else ())


def case_of(draw: Choices, seed: int, row: str, declared: Declared) -> Scripted:
    """Draw a call of an operation."""
    case = scripted(drawn_call(declared, draw), seed, row, draw.choice(("float64", "float64", "float32")))
    if draw.integer(0, 11) or declared.name == "printed":  # (which has this option of its own)
        return case
    widely, again = (f"torch.set_default_dtype(torch.{kind})" for kind in ("float64", "float32"))
    return replace(case, lines=(case.lines[0], widely, *case.lines[1:], again))
