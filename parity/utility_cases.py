"""Utilities around modules and graphs: recomputation, hooks on what is saved, packing, clipping, parametrizations, pruning, containers, hooks of
modules, mixed precision, averages.

Every row has a setting, and steps of which some are drawn; after each step its result is shown, and the state that the setting names.
"""

from __future__ import annotations

from typing import Any

from .choices import Choices
from .declared.forms import HELPERS
from .scripted import Scripted

#: Row -> what stands first, what is shown after each step, and the steps.
ROOMS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "checkpoint": (
        "import importlib\nC = importlib.import_module(torch.__name__ + '.utils.checkpoint')\ncheckpoint, checkpoint_sequential = C.checkpoint, C.checkpoint_sequential\nx, y, w = p(real(2, 3)), p(real(3, 2)), p(real(2))\ndef part(a, b=None): return F.dropout((a * 2).tanh() @ (y if b is None else b), 0.5) * w\ndef two(a, b): return a.exp() @ b, (a * a).sum()\ndef steep(a): return a * a.detach() + torch.rand(3, dtype=kind)\nlayers = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5), nn.Tanh(), nn.Linear(3, 3)).to(kind)\nlog = []",
        "[x.grad, y.grad, w.grad, [q.grad for q in layers.parameters()], log]",
        ("checkpoint(part, x, y, use_reentrant={flag}).sum().backward()", "checkpoint(part, x, use_reentrant={flag}, preserve_rng_state={other}).sum().backward()", "(lambda z: (z.sum().backward(retain_graph=True), z.sum().backward()) and None)(checkpoint(part, x, y, use_reentrant=False))", "torch.autograd.grad(checkpoint(part, x, y, use_reentrant={flag}).sum(), [x, w])", "checkpoint(lambda a, i: a[i] * 2, x, torch.tensor([0, 0]), use_reentrant={flag}).sum().backward()", "(lambda a, b: (a.sum() + b).backward())(*checkpoint(two, x, y, use_reentrant={flag}))", "(lambda a, b: b.backward())(*checkpoint(two, x, y, use_reentrant={flag}))", "checkpoint(steep, x, use_reentrant={flag}).sum().backward()", "checkpoint(part, x.detach(), y.detach(), use_reentrant={flag}).sum().backward()", "checkpoint(part, x.detach(), y, use_reentrant={flag}).sum().backward()", "checkpoint_sequential(layers, {n}, x, use_reentrant={flag}).sum().backward()", "checkpoint(part, a=x, use_reentrant={flag}).sum().backward()", "checkpoint(lambda a: checkpoint(part, a, y, use_reentrant=False) * 2, x, use_reentrant=False).sum().backward()", "checkpoint(lambda a: (log.append(torch.is_grad_enabled()), a * 2)[1], x, use_reentrant={flag}).sum().backward()", "checkpoint(lambda a: a.sin() if len(log) % 2 == log.append(1) else a.sin().cos(), x, use_reentrant=False).sum().backward()", "torch.autograd.grad(torch.autograd.grad(checkpoint(lambda a: (a ** 3).sum(), x, use_reentrant=False), x, create_graph=True)[0].sum(), x)"),
    ),
    "saved values": (
        "G = torch.autograd.graph\nlog = []\ndef pack(t): return (t.detach(), {n})\ndef unpack(pair): return pair[0]\nx, y = p(real(2, 3)), p(real(3))\na, b = x * 2, x.exp()\nout = x.max(0)",
        "[x.grad, y.grad, log, x._version, a._version]",
        ("hooked(lambda: (x * y).sum())", "hooked(lambda: x.exp().sum())", "hooked(lambda: (x.softmax(-1) * y).sum())", "hooked(lambda: (x @ y).tanh().sum())", "hooked(lambda: (x.max(0)[0] * y).sum())", "hooked(lambda: ((x * 1).mul_(y)).sum())", "hooked(lambda: F.layer_norm(x, (3,), y).sum())", "(G.increment_version(a), a._version)[1]", "G.increment_version([a, b])", "(G.increment_version(b), (b * x).sum().backward())[1]", "(lambda z: (G.increment_version(z), z.sum().backward())[1])(x.exp())", "[G.get_gradient_edge(t).output_nr for t in (x, a, out[0], x.unbind(0)[1], x.chunk(2, -1)[1])]", "torch.autograd.grad(G.get_gradient_edge(a).node is not None and a.sum(), x)", "any_of('any', [a, b, y], lambda: (a * y + b).sum())", "any_of('any', [a, b], lambda: (x * y).sum() + b.sum())", "any_of('all', [a, b, x], lambda: (a * b).sum())", "any_of('all', [a, b, y], lambda: (a * y).sum())", "any_of('any', [b, y], lambda: (y * 2).sum())", "disabled()", "elsewhere(lambda: (x * y).exp().sum())", "mutated()"),
    ),
    "packed sequences": (
        "R = nn.utils.rnn\nparts = [p(real(n, 2)) for n in ({n}, {n} + 2, 1)]\npadded, lengths = R.pad_sequence(parts), torch.tensor([len(q) for q in parts])\npacked = R.pack_padded_sequence(padded, lengths, enforce_sorted=False)\nin_order = R.pack_sequence(sorted(parts, key=len, reverse=True))",
        "[q.grad for q in parts]",
        ("R.pad_sequence(parts, batch_first={flag}, padding_value={number}, padding_side='{side}')", "R.pad_sequence([q[:, 0] for q in parts], {flag}, {number})", "list(R.pack_padded_sequence(padded, lengths, enforce_sorted={flag}))", "list(R.pack_padded_sequence(padded.transpose(0, 1), lengths.tolist(), batch_first=True, enforce_sorted=False))", "R.pad_packed_sequence(packed, batch_first={flag}, padding_value={number})", "R.pad_packed_sequence(packed, total_length={n} + 4)", "R.pad_packed_sequence(packed, total_length=2)", "R.pad_packed_sequence(in_order, batch_first={flag}, padding_value={number})", "R.unpack_sequence(packed)", "R.unpad_sequence(padded.clone(), lengths)", "R.unpad_sequence(padded.transpose(0, 1), lengths, batch_first=True)", "list(R.pack_sequence(parts, enforce_sorted={flag}))", "R.pad_packed_sequence(packed)[0].sum().backward()", "[packed.float().data.dtype is torch.float32, packed.to(torch.float64) is packed, packed.is_cuda]", "nn.GRU(2, 2, dtype=kind)(packed)[1].shape", "R.invert_permutation(torch.tensor([2, 0, 1]))", "list(R.pack_padded_sequence(padded, [1, 2, 3]))", "R.PackedSequence(packed.data, packed.batch_sizes)[2]"),
    ),
    "clipping": (
        "U = nn.utils\nweights = [p(real(2, 3)), p(real()), p(real(3))]\ndef filled(*which):\n    for k, q in enumerate(weights): q.grad = v(real(*q.shape)) * {factor} if k in which else None\nfilled(0, 1, 2)",
        "[q.grad for q in weights]",
        ("U.clip_grad_norm_(weights, {size}, {order})", "U.clip_grad_norm_(weights[0], {size}, norm_type={order}, error_if_nonfinite={flag})", "U.clip_grad_norm_(iter(weights), {size})", "U.clip_grad_value_(weights, {size})", "U.get_total_norm([q.grad for q in weights if q.grad is not None], {order}, error_if_nonfinite={flag})", "U.clip_grads_with_norm_(weights, {size}, torch.tensor(2.0))", "filled(0, {n} % 3)", "filled(1)", "weights[1].grad.fill_(float('inf'))", "weights[0].grad.mul_(float('nan'))", "U.clip_grad_norm_([], 1.0)", "U.parameters_to_vector(weights)", "U.vector_to_parameters(torch.arange(10, dtype=kind), weights)", "[U.vector_to_parameters(U.parameters_to_vector(weights).detach() * 2, weights), [q.detach() for q in weights]]"),
    ),
    "parametrizations": (
        "P = nn.utils.parametrize\nclass Symmetric(nn.Module):\n    def forward(self, x): return x.triu() + x.triu(1).mT\nclass Scale(nn.Module):\n    def forward(self, x): return x * 3\n    def right_inverse(self, x): return x / 3\nclass Pair(nn.Module):\n    def forward(self, a, b): return a * b\n    def right_inverse(self, x): return x * 0.5, torch.full_like(x, 2.0)\nm, x = nn.Linear(3, 3).to(kind), v(real(2, 3))\nN = nn.utils.parametrizations\n{start}",
        "[list(m.state_dict().items()), [name for name, _ in m.named_parameters()], type(m).__name__, P.is_parametrized(m, 'weight'), m.training, [q.grad for q in m.parameters()]]",
        ("repr(P.register_parametrization(m, 'weight', Symmetric()))", "repr(P.register_parametrization(m, 'weight', Scale(), unsafe={flag}))", "repr(P.register_parametrization(m, 'bias', Pair()))", "m(x)", "m(x).sum().backward()", "(m(x) * m(x * 2)).sum().backward()", "cached()", "cached()", "m(x).sum()", "P.is_parametrized(m, 'weight') and len(m.parametrizations.weight) < 2 and setattr(m, 'weight', torch.eye(3, dtype=kind) * 2)", "setattr(m, 'bias', nn.Parameter(v(real(3))))", "type(P.remove_parametrizations(m, 'weight', leave_parametrized={flag})).__name__", "type(P.remove_parametrizations(m, 'bias')).__name__", "type(N.weight_norm(m, 'weight', {dim})).__name__", "type(N.spectral_norm(m, 'weight', n_power_iterations={n})).__name__", "type(m.eval()).__name__", "type(m.train()).__name__", "repr(m)", "m.load_state_dict(m.state_dict())", "P.type_before_parametrizations(m).__name__", "[m.weight is m.weight, m.weight.requires_grad]", "copy.deepcopy(m)(x)"),
    ),
    "pruning": (
        "import importlib\nQ = importlib.import_module(torch.__name__ + '.nn.utils.prune')\nm, x = nn.Linear(4, 3).to(kind), v(real(2, 4))",
        "[list(m.state_dict().items()), [name for name, _ in m.named_parameters()], Q.is_pruned(m), m.weight, len(m._forward_pre_hooks)]",
        ("type(Q.l1_unstructured(m, 'weight', {amount})).__name__", "type(Q.random_unstructured(m, 'weight', {amount})).__name__", "type(Q.ln_structured(m, 'weight', {amount}, n={n}, dim={dim_or_one})).__name__", "type(Q.random_structured(m, 'weight', {amount}, dim={dim_or_one})).__name__", "type(Q.custom_from_mask(m, 'weight', v(coins(3, 4)))).__name__", "type(Q.identity(m, 'bias')).__name__", "type(Q.l1_unstructured(m, 'bias', {amount})).__name__", "dict(Q.remove(copy.deepcopy(m), 'weight').named_parameters())", "Q.global_unstructured([(m, 'weight'), (m, 'bias')], pruning_method=Q.L1Unstructured, amount=0.5)", "m(x).sum().backward()", "m(x)", "type(Q.l1_unstructured(m, 'weight', {amount}, importance_scores=v(real(3, 4)))).__name__", "copy.deepcopy(m)(x)"),
    ),
    "containers": (
        "s, l, d = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2)), nn.ModuleList([nn.Linear(1, 1) for _ in range({n})]), nn.ModuleDict({'b': nn.ReLU(), 'a': nn.Tanh()})\nnamed = nn.Sequential(collections.OrderedDict(first=nn.Linear(2, 2), second=nn.Tanh()))\nq, r = nn.ParameterList([v(real(2)), v(real())]), nn.ParameterDict({'z': v(real(2)), 'b': v(real(1))})",
        "[repr(s), repr(l), repr(d), repr(named), repr(q), repr(r), [list(t.state_dict()) for t in (s, l, d, named, q, r)]]",
        ("repr(s[{index}])", "repr(s[{slice}])", "repr(named[{slice}])", "repr(l[{slice}])", "repr(l[{index}])", "s.insert(min({n} - 1, len(s)), nn.Tanh())", "l.insert(min({n} - 1, len(l)), nn.Linear(1, 2))", "s.append(nn.Identity()) is s", "l.extend([nn.ReLU(), nn.Linear(1, 1)]) is l", "s.extend(named)", "l.__iadd__([nn.Tanh()])", "repr(s + named)", "repr(l + l[:1])", "s.__delitem__({index})", "l.__delitem__({slice})", "s.__setitem__({index}, nn.GELU())", "l.__setitem__({index}, nn.GELU())", "repr(s.pop({index}))", "repr(l.pop({index}))", "[len(s), len(l), len(d), len(q), len(r)]", "d.update({'y': nn.ReLU(), 'c': nn.Linear(1, 1)})", "d.update([('k', nn.Tanh())])", "repr(d.pop('a'))", "d.clear()", "['a' in d, list(d), list(d.keys()), [repr(t) for t in d.values()]]", "d.__delitem__('b')", "q.append(v(real(3)))", "q.extend([v(real(1)), nn.Parameter(v(real()))])", "repr(q[{slice}])", "q.__setitem__({index}, v(real(4)))", "q[{index}]", "[type(t).__name__ for t in q]", "r.update({'y': v(real(1)), 'c': v(real(2))})", "r.update(collections.OrderedDict(k=v(real(1)), e=v(real(1))))", "r.pop('z')", "r.popitem()[0]", "list(reversed(r))", "r.setdefault('n', v(real(2)))", "r.get('nothing', 3)", "repr(r | {'w': v(real(1))})", "repr(r.copy())", "list(r.fromkeys(['u', 't'], 1.0).keys())", "r.__delitem__('b')", "s.add_module('x.y', nn.ReLU())", "named.add_module('extra', None)", "s.register_module('more', nn.ReLU())", "s(v(real(1, 2)).float())", "[name for name, _ in s.named_modules()]", "s.get_submodule('0').in_features", "q.append('text')", "l.append(1)"),
    ),
    "hooks of modules": (
        "log = []\nclass Add(nn.Module):\n    def forward(self, a, b=1.0, fail=False):\n        if fail: raise ValueError('here')\n        return a * 2 + b\nm, x, y = Add(), p(real(2)), p(real(2))\nouter = nn.Sequential(m)\nhandles = []\ndef note(name, value=None):\n    def hook(*given):\n        log.append((name, [g if isinstance(g, (tuple, dict)) else type(g).__name__ for g in given[1:]]))\n        return value(*given) if callable(value) else value\n    return hook",
        "[log[-6:], len(log), x.grad, y.grad, len(m._forward_hooks), len(m._forward_pre_hooks)]",
        ("handles.append(m.register_forward_hook(note('a', {returned}), prepend={flag}))", "handles.append(m.register_forward_hook(note('b', lambda mod, args, kwargs, out: out * 2), with_kwargs=True, prepend={flag}))", "handles.append(m.register_forward_hook(note('c'), always_call={flag}))", "handles.append(m.register_forward_hook(note('g'), always_call=True, with_kwargs=True))", "handles.append(m.register_forward_pre_hook(note('d', {replaced}), prepend={flag}))", "handles.append(m.register_forward_pre_hook(note('e', lambda mod, args, kwargs: (args, dict(kwargs, b=5.0))), with_kwargs=True))", "handles.append(m.register_full_backward_hook(note('f', {gradient}), prepend={flag}))", "handles.append(m.register_full_backward_pre_hook(note('h', {gradient})))", "m(x)", "m(x, b=y)", "m(x, y).sum().backward()", "m(x.detach(), y).sum().backward()", "m(x.detach(), b=y).sum().backward()", "outer(x).sum().backward()", "m(x, fail=True)", "handles and handles.pop({zero}).remove()", "handles.append(outer.register_forward_hook(note('o', lambda mod, args, out: (out, 1)[0])))", "state_hooks()", "load_hooks()", "every()", "m(x, y, False)", "m(2.0, y).sum().backward()", "m(2.0, y)", "handles.append(m.register_forward_hook(note('x')))", "handles.append(outer.register_full_backward_hook(note('p')))", "torch.autograd.grad(m(x, y).sum(), [y])", "m(x).detach()"),
    ),
    "mixed precision": (
        "w, o = [p(real(2, 2)), p(real(2))], None\nw = [q.detach().float().requires_grad_() for q in w]\no = optim.SGD(w, lr=0.1)\nscaler = torch.amp.GradScaler('cpu', init_scale={scale}, growth_interval={n}, backoff_factor={backoff}, growth_factor={growth}, enabled=True)\ndef trained(factor):\n    o.zero_grad()\n    scaler.scale((w[0] @ w[1]).sum() * factor).backward()\nx = v(real(2, 2)).float()\nlayer = nn.Linear(2, 2)",
        "[w, [q.grad for q in w], scaler.state_dict(), scaler.get_scale(), torch.is_autocast_enabled('cpu'), str(torch.get_autocast_dtype('cpu')), torch.is_autocast_cache_enabled()]",
        ("trained(1.0)", "trained(float('inf'))", "trained(float('nan'))", "[trained(1.0), scaler.step(o), scaler.update()]", "[trained(float('inf')), scaler.step(o), scaler.update()]", "scaler.step(o)", "scaler.update()", "scaler.unscale_(o)", "scaler.update(4.0)", "scaler.load_state_dict(scaler.state_dict())", "scaler.is_enabled()", "scaler.set_growth_factor(4.0)", "cast(lambda: x @ x)", "cast(lambda: layer(x))", "cast(lambda: torch.cat([x, x.to(torch.{low})]))", "cast(lambda: x.exp())", "cast(lambda: (x @ x).softmax(-1))", "cast(lambda: F.mse_loss(x @ x, x))", "cast(lambda: torch.stack([x.to(torch.{low}), x.to(torch.{low})]))", "cast(lambda: x.double() @ x.double())", "cast(lambda: torch.addcmul(x, x.to(torch.{low}), x))", "cast(lambda: layer(x).sum().backward())", "[cast(lambda: layer(x).sum()), [layer.weight.data.mul_(2)], cast(lambda: layer(x).sum())][2]", "cast(lambda: torch.bmm(x[None], x[None]))", "cast(lambda: F.conv1d(x[None], layer.weight[..., None]))", "torch.autocast('cpu', dtype=torch.{low}, enabled={flag})(lambda: x @ x)()", "nested()"),
    ),
    "averages": (
        "S = optim.swa_utils\nm = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2, momentum={momentum})).to(kind)\na = S.AveragedModel(m, {average})\no = optim.SGD([{'params': m[0].parameters(), 'lr': 0.2}, {'params': m[1].parameters()}], lr=0.1)\ns = S.SWALR(o, swa_lr={rates}, anneal_epochs={n}, anneal_strategy='{strategy}')\nloader = [[v(real(3, 2))] for _ in range(3)]",
        "[list(m.state_dict().items()), list(a.state_dict().items()), [g['lr'] for g in o.param_groups], m[1].momentum, [q.training for q in m.modules()], s.get_last_lr()]",
        ("a.update_parameters(m)", "s.step()", "s.step()", "[m(loader[0][0]).sum().backward(), o.step(), o.zero_grad()]", "S.update_bn(loader, m)", "S.update_bn([b[0] for b in loader], a)", "m.eval() is m", "a(loader[0][0])", "a.update_parameters(m)", "m[0].weight.data.mul_(0.5)", "repr(a)", "S.update_bn(loader, m[0])", "copy.deepcopy(a)(loader[1][0])", "a.load_state_dict(a.state_dict())"),
    ),
}  # fmt: skip
#: Functions that steps call.
MORE = {
    "saved values": "def elsewhere(f):\n    with G.save_on_cpu(): z = f()\n    z.backward()\ndef hooked(f):\n    with G.saved_tensors_hooks(pack, unpack): z = f()\n    z.backward()\n    return z\ndef any_of(mode, tensors, f):\n    handle = G.register_multi_grad_hook(tensors, lambda g: log.append([t if t is None else t.clone() for t in (g if isinstance(g, (list, tuple)) else [g])]), mode=mode)\n    try:\n        f().backward(retain_graph=True)\n        f().backward(retain_graph=True)\n    finally: handle.remove()\n    f().backward(retain_graph=True)\ndef disabled():\n    with G.disable_saved_tensors_hooks('no'): return hooked(lambda: x.exp().sum())\ndef mutated():\n    with G.allow_mutation_on_saved_tensors():\n        z = x.exp()\n        c = z.sin()\n        z.mul_(2)\n        c.sum().backward()",
    "parametrizations": "def cached():\n    with P.cached():\n        first = m.weight\n        same = m.weight is first\n        m(x).sum().backward()\n    for q in m.parameters(): q.data.mul_(1.5)\n    with P.cached(): return [same, m(x)]",
    "hooks of modules": "def state_hooks():\n    net = nn.Linear(1, 1)\n    net.register_state_dict_pre_hook(lambda mod, prefix, keep: log.append(prefix))\n    net.register_state_dict_post_hook(lambda mod, state, prefix, meta: state.update(more=1))\n    return list(nn.Sequential(net).state_dict(prefix='p.'))\ndef load_hooks():\n    net = nn.Linear(1, 1)\n    net.register_load_state_dict_pre_hook(lambda mod, state, prefix, *rest: state.pop('extra', None))\n    net.register_load_state_dict_post_hook(lambda mod, keys: log.append(list(keys.missing_keys)))\n    return str(net.load_state_dict(dict(net.state_dict(), extra=torch.ones(1)), strict=False))\ndef every():\n    made = [nn.modules.module.register_module_forward_hook(note('every', lambda mod, args, out: out + 1)), nn.modules.module.register_module_forward_pre_hook(note('every before')), nn.modules.module.register_module_full_backward_hook(note('every back'))]\n    try:\n        outer(x).sum().backward()\n    finally:\n        for handle in made: handle.remove()",
    "mixed precision": "def cast(f):\n    with torch.autocast('cpu', dtype=torch.{low}): z = f()\n    return [str(z.dtype), z.float()] if isinstance(z, torch.Tensor) else z\ndef nested():\n    with torch.autocast('cpu', dtype=torch.{low}):\n        first = x @ x\n        with torch.autocast('cpu', enabled=False): second = x @ x\n        with torch.autocast('cpu', dtype=torch.float16, cache_enabled=False): third = [x @ x, torch.is_autocast_cache_enabled()]\n        return [str(first.dtype), str(second.dtype), str(third[0].dtype), third[1], str((x @ x).dtype)]",
}  # fmt: skip
WORDS = {
    "flag": (True, False), "other": (True, False), "n": (1, 2, 3), "factor": (1.0, 1.0, -2.5, 7, "float('inf')", "float('nan')"), "start": ("pass", "P.register_parametrization(m, 'weight', Symmetric())", "P.register_parametrization(m, 'weight', Scale())", "N.spectral_norm(m).eval()", "N.spectral_norm(m)", "N.weight_norm(m)", "nn.utils.spectral_norm(m)", "nn.utils.weight_norm(m)"), "number": (0.0, 1.0, -2.5, 7), "side": ("left", "right"), "size": (0.1, 1, 5.0), "order": (2.0, 1.0, "float('inf')", 3, 0.5), "dim": (0, 1, -1, None), "dim_or_one": (0, 1, -1), "amount": (0.0, 0.3, 0.5),
    "index": (0, 1, -1, 2, 9), "slice": (":2", "1:", "::2", "-1:", ":0"), "returned": (None, "lambda mod, args, out: out + 1"), "replaced": (None, "lambda mod, args: (args[0] * 3, *args[1:])", "lambda mod, args: args[0] - 1"), "gradient": (None, "lambda mod, *g: tuple(None if t is None else t * 2 for t in g[0])"), "zero": (0, -1),
    "scale": (2.0, 4.0, 65536.0), "backoff": (0.5, 0.25), "growth": (2.0, 3.0), "low": ("bfloat16", "bfloat16", "float16"), "momentum": (0.1, None, 0.3), "average": ("", "use_buffers=True", "multi_avg_fn=S.get_ema_multi_avg_fn(0.9)", "avg_fn=S.get_ema_avg_fn(0.8), use_buffers=True", "multi_avg_fn=S.get_swa_multi_avg_fn()"), "rates": (0.05, [0.05, 0.3]), "strategy": ("cos", "linear"),
}  # fmt: skip
#: Where results of 8 or 11 bits take part, and where PyTorch's functions draw or decompose in an order of their own.
LOOSE = {"mixed precision": 2e-2}


def _filled(draw: Choices, text: str) -> str:
    """The text with drawn words."""
    for name, options in WORDS.items():
        place = "{%s}" % name
        if place in text:
            text = text.replace(place, str(draw.choice(options)))
    return text


def room(draw: Choices, seed: int, name: str) -> Scripted:
    """A setting, and steps in it."""
    first, shown, steps = ROOMS[name]
    low = draw.choice(WORDS["low"])
    lines = [
        HELPERS,
        "torch.manual_seed(5)\n" + _filled(draw, first),
        *([MORE[name].replace("{low}", str(low))] if name in MORE else []),
    ]
    lines.append(f"show('begin', lambda: {shown})")
    for k in range(draw.integer(4, 12)):
        step = _filled(draw, draw.choice(steps))
        lines.append(f"show({f'{k}: {step[:60]}'!r}, lambda: {step})")
        lines.append(f"show('state {k}', lambda: {shown})")
    lines.append("show('random numbers, bit for bit', lambda: torch.rand(2))")
    loose = LOOSE.get(name, 1e-9)
    return Scripted("utilities", (f"utility {name}",), tuple(lines), seed, "float64", (("", loose),))


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {f"utility {name}": (room, (name,)) for name in ROOMS}


def missing() -> list[str]:
    """Nothing: the settings have no table of the package beside them."""
    return []
