"""Illegal calls: a legal one with one thing wrong. Both frameworks refuse with the same type of error, or both go on; nothing is half changed.

Wrong are shapes, types, indices, options, numbers and names of arguments, ``out=``, memory that overlaps, and what is asked of a tensor's
gradient. After each, the values, versions and gradients of all operands are compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .choices import Choices
from .declared import TABLE
from .declared.domain import T, drawn_call
from .declared.forms import FORMS, HELPERS
from .scripted import Scripted


@dataclass(frozen=True)
class Wrong:
    """What is wrong: text that stands in the place of ``{x}``, and why only whether it is refused is compared, if so."""

    text: str
    only_whether: str = ""


LOOKED_AT = "PyTorch's functions in C++ say TypeError, its functions in Python what they trip over"
BY_SHAPE = "which check of a shape comes first decides between IndexError, ValueError and RuntimeError"
#: What a tensor ``{x}`` is replaced by.
WRONG_TENSORS = {
    "a size more": Wrong("torch.cat([{x}, {x}], -1)"),
    "a size of 7": Wrong("{x}.new_zeros([7] * {x}.ndim)"),
    "a dimension more": Wrong("{x}[None]", BY_SHAPE),
    "two dimensions more": Wrong("{x}[None, None]"),
    "no dimensions": Wrong("{x}.sum().to({x}.dtype)", BY_SHAPE),
    "a dimension less": Wrong("{x}[0]", BY_SHAPE),
    "empty": Wrong("{x}[:0]", BY_SHAPE),
    "integers": Wrong("{x}.detach().long()"),
    "bytes": Wrong("{x}.detach().abs().to(torch.uint8)"),
    "booleans": Wrong("{x}.detach() > 0"),
    "single precision": Wrong("{x}.float()"),
    "None": Wrong("None", LOOKED_AT),
    "a list": Wrong("{x}.tolist()", LOOKED_AT),
    "a string": Wrong("'x'", LOOKED_AT),
    "an array": Wrong("{x}.detach().numpy()", LOOKED_AT),
    "a number": Wrong("1.5", LOOKED_AT),
    "an object": Wrong("object()", LOOKED_AT),
    "a tuple of it": Wrong("({x},)", LOOKED_AT),
}
#: What an option is replaced by.
WRONG_OPTIONS = Wrong("", LOOKED_AT)
WRONG_VALUES = ("99", "-99", "'wrong'", "object()")
WRONG_CALLS = {"a name": Wrong(""), "a name twice": Wrong(""), "one too few": Wrong("", LOOKED_AT), "nothing": Wrong("")}
WRONG_OUT = Wrong("", LOOKED_AT)
WRONG_OUTS = ("[v(real(2))]", "'x'", "object()")
#: What may be asked of a tensor: of ``x``, a leaf; ``y``, computed of it; ``n``, of integers; ``q``, without a gradient.
WRONG_USES = (
    "q.sub_(q[0])", "q.add_(q.t())", "q[1:].copy_(q[:-1])", "q.view(-1)[1:].add_(q.view(-1)[:-1])", "q.copy_(q.t())", "q.sub_(q)", "q.add_(q.view(2, 2))", "n.add_(n.t())", "q.expand(3, 2, 2).add_(1)", "q[:1].expand(2, 2).mul_(2)", "q.add_(q.clone().t())", "torch.permute(q, 1, 0)", "torch.reshape(q, 4, 1)", "torch.flip(q, 0)", "torch.tile(q, 2)", "q.permute(1, 0)", "torch.round(n, decimals=1)", "x.put_(torch.tensor([9]), torch.ones(1, dtype=kind))", "x.index_fill_(0, torch.tensor([9]), 1.0)",
    "n.requires_grad_()", "n.requires_grad = True", "y.requires_grad = False", "y.requires_grad_(False)", "x.requires_grad = 1", "x.requires_grad_('yes')", "x.add_(1)", "x[0] = 1", "x.view(-1).__setitem__(0, 1)", "x.unbind(0)[0].add_(1)", "torch.add(q, 1, out=x)", "torch.add(x, 1, out=q)",
    "y.backward()", "y.sum().backward(torch.ones(2))", "y.backward(torch.ones(1, 7, dtype=kind))", "q.sum().backward()", "n.sum().backward()", "y.backward(torch.ones_like(y, dtype=torch.int64))", "y.backward(1.0)", "torch.autograd.grad(y.sum(), q)", "torch.autograd.grad(y.sum(), n)", "torch.autograd.grad(q.sum(), x)", "torch.autograd.grad(y, x)", "torch.autograd.grad(y.sum(), [x, q])", "torch.autograd.grad([], [])", "torch.autograd.grad(y.sum(), x, grad_outputs=torch.ones(3))",
    "x.grad = 1", "x.grad = torch.ones(7)", "x.grad = n", "x.grad = x.detach().float()", "x.grad = x", "y.retain_grad(), y.grad", "q.retain_grad()", "q.register_hook(lambda g: g)", "x.register_hook(1)", "y.register_post_accumulate_grad_hook(lambda t: None)", "x.data = 1", "x.data = n", "x.detach_(), x.requires_grad", "y.detach_()", "x.view(-1).detach_()", "x.numpy()", "y.numpy()", "y.sum().item()", "y.item()", "q[:0].item()", "bool(q)", "bool(q[:0])", "float(q)", "int(n)", "len(q.sum())", "iter(q.sum())", "list(q.sum())", "q.sum()[0]", "q[99]", "q[-99]", "q[0, 0, 0, 0, 0]", "q['a']", "q[1.5]", "q[None, ..., ...]", "q[::-1]", "q[::0]", "q[n > 0, n > 0]", "q[torch.tensor([99])]", "q[torch.tensor([0.5])]", "q[torch.ones(7) > 0]", "q[[0, 99]]", "q[n.int()]", "q[torch.tensor(99)]",
    "q[0] = torch.ones(99, dtype=kind)", "q[0] = 'a'", "q[0] = [1, 2]", "q[99] = 1", "q[n] = torch.ones(99, dtype=kind)", "n[0] = 1.5", "n[0] = 2**70", "n[0] = float('nan')", "q[torch.tensor([0])] = torch.ones(1)", "del q[0]", "q.fill_('a')", "q.fill_(torch.ones(2))", "q.fill_(1j)", "q.copy_(torch.ones(99))", "q.copy_([1.0])", "q.add_(torch.ones(99, 3, dtype=kind))", "n.add_(1.5)", "n.div_(2)", "n.mul_(torch.tensor(1.5))", "n.add_(q)", "q.add_(1j)", "(q > 0).add_(1.5)", "n.sqrt_()", "q.sum().add_(q)", "q[:0].add_(q)",
    "q[1:].copy_(q[:-1])", "q[1:] = q[:-1]", "q.expand(2, *q.shape).add_(1)", "q[:1].expand_as(q).copy_(q)", "torch.add(q[:-1], 1, out=q[1:])", "torch.cumsum(q, 0, out=q)", "q.index_add_(0, torch.tensor([0]), q[:1])", "q.scatter_(0, torch.zeros_like(q, dtype=torch.int64), q)", "q.index_copy_(0, torch.tensor([0]), q[:1])", "q.put_(torch.tensor([0]), q[0, :1])", "q.take(torch.tensor([99]))", "q.gather(0, torch.tensor([[99, 0]]))", "q.index_select(0, torch.tensor([-1]))", "q.index_select(0, torch.tensor([0.5]))", "q.index_fill_(0, torch.tensor([9]), 1)", "q.index_put_((torch.tensor([9]),), q[0, 0])", "q.scatter(0, n, 1.5)", "q.scatter_add(0, n, n)", "q.masked_fill(n, 1)", "q.masked_fill(q > 0, torch.ones(2))", "q.masked_select(n)", "torch.where(n, q, q)", "torch.where(q, q, q)",
    "q.view(99)", "q.view(-1, -1)", "q.view(0, -1)", "q.view(-7)", "q.t().view(-1)", "q.reshape(5, 5, 5)", "q.expand(99)", "q.expand(2, 99, 99)", "q.expand(-1, -1, -1, -1)", "q.permute(0, 0)", "q.permute(0)", "q.permute(0, 9)", "q.transpose(0, 9)", "q.unsqueeze(9)", "q.squeeze(9)", "q[None].t()", "q.narrow(0, 0, 99)", "q.narrow(0, -99, 1)", "q.narrow(9, 0, 1)", "q.split(-1)", "q.split([1, 99])", "q.split(0)", "q.chunk(0)", "q.chunk(-1)", "q.unbind(9)", "q.sum().unbind()", "q.diagonal(0, 0, 0)", "q.flatten(1, 0)", "q.unfold(0, 99, 1)", "q.unfold(0, 1, 0)", "q.as_strided((99,), (99,))", "q.as_strided((2,), (-1,))", "q.repeat(2)", "q.movedim(0, 9)", "q.movedim((0, 0), (0, 1))", "q.roll(1, 9)", "q.flip(9)", "q.flip(0, 0)", "q.rot90(1, (0, 0))", "q.tile(-1)", "q.unflatten(0, (7, 7))", "q.set_(torch.ones(2))", "torch.cat([])", "torch.cat([q, q[0]])", "torch.cat([q, 1])", "torch.cat(q)", "torch.stack([])", "torch.stack([q, q[0]])", "torch.stack([q], 9)", "torch.cat([q, q], 9)", "torch.zeros(-1)", "torch.zeros('a')", "torch.zeros(1.5)", "torch.zeros(2, dtype='float')", "torch.zeros(2, device='nowhere')", "torch.zeros(True)", "torch.zeros(2, 3, size=(2,))", "torch.full((2,), 'a')", "torch.full(2, 1)", "torch.arange(0, 5, 0)", "torch.arange(5, 0)", "torch.arange(0, 1, -1)", "torch.linspace(0, 1, -1)", "torch.eye(-1)", "torch.tensor([1, [2]])", "torch.tensor('a')", "torch.tensor([1, 'a'])", "torch.tensor(None)", "torch.tensor([None])", "torch.tensor([2**70])", "torch.tensor(object())", "torch.tensor(1, dtype=torch.float32, requires_grad='x')", "torch.tensor([1], requires_grad=True)", "torch.from_numpy([1])", "torch.from_numpy(np.array(['a']))", "torch.from_numpy(np.ones(3)[::-1])", "torch.from_numpy(np.ones(2, np.uint64) > 0)", "torch.from_numpy(np.array(1j, np.complex256))", "torch.rand(-1)", "torch.randint(0, (2,))", "torch.randint(5, 5, (2,))", "torch.randint(1.5, (2,))", "torch.randperm(-1)", "torch.multinomial(torch.ones(2), 3)", "torch.multinomial(-torch.ones(2), 1)", "torch.multinomial(torch.zeros(2), 1)", "torch.bernoulli(torch.full((2,), 1.5))", "torch.normal(0.0, -1.0, (2,))", "torch.manual_seed('a')", "torch.set_rng_state(torch.ones(2))", "q.uniform_(2, 1)", "q.normal_(0, -1)", "q.exponential_(-1)", "q.geometric_(2)", "q.bernoulli_(2)", "q.random_(5, 5)", "n.uniform_()", "n.normal_()", "x.normal_()", "n.exponential_()", "n.random_(-1)",
    "q @ q[0, 0]", "q @ n", "q @ torch.ones(99, dtype=kind)", "torch.mm(q, q[0])", "torch.bmm(q, q)", "torch.mv(q, q)", "torch.dot(q, q)", "q + [1]", "q + 'a'", "q + None", "[1] + q", "q @ 2", "2 @ q", "~q", "q << 1", "q & q", "-(q > 0)", "(q > 0) - (q > 0)", "(q > 0) - True", "q % 'a'", "n // 0", "n % 0", "n ** -1", "n & 1.5", "n << 1.5", "q < 'a'", "q == 'a'", "q == None", "q in 'a'", "q and q", "not q", "abs('a') + q", "divmod(q, 0)", "pow(q, 2, 3)", "round(q, 'a')", "q.sum(9)", "q.sum((0, 0))", "q.sum('a')", "q.sum(0, 'a')", "q.sum(dim=0, axis=0)", "q.mean(9)", "n.mean()", "(q > 0).mean()", "q.max(9)", "q[:0].max()", "q[:0].max(0)", "q[:0].argmax()", "q[:0].min()", "q.sort(9)", "q.topk(99)", "q.topk(-1)", "q.kthvalue(99)", "q.kthvalue(0)", "q.median(9)", "q[:0].mode(0)", "q.quantile(2.0)", "q.quantile(torch.tensor([0.5]))", "q[:0].quantile(0.5)", "q.std(9)", "n.std()", "n.var()", "q.norm('x')", "n.norm()", "q.cumsum(9)", "q.cumsum()", "q.logsumexp(9)", "n.softmax(0)", "q.softmax(9)", "q.argsort(9)", "q.unique(dim=9)", "q.bincount()", "(-n - 1).bincount()", "q.histc(0)", "q.clamp()", "q.clamp(1, torch.ones(1))", "q.to('a')", "q.to(torch.float99)", "q.to(5)", "q.to(x=1)", "q.type('x')", "q.float(5, 5, 5)", "q.size(9)", "q.stride(9)", "q.nosuch()", "q.shape = (1,)", "q.dtype = 1", "q.T = 1", "torch.nosuch", "torch.add(q)", "torch.add(q, q, q)", "torch.add()", "torch.add(q, q, beta=2)", "torch.add(q, q, alpha='a')", "torch.add(n, n, alpha=1.5)", "torch.add(q > 0, q > 0, alpha=2)", "torch.add(q, other=q, input=q)", "torch.exp(1.0)", "torch.exp('a')", "torch.exp(q, q)", "torch.exp(q, nosuch=1)", "torch.exp(q, out=1)", "torch.exp(q, out=n)", "torch.exp(n, out=n)", "torch.exp(q, out=x)", "torch.exp(y, out=q)",
    "torch.einsum('ij,jk', q)", "torch.einsum('ij->ijk', q)", "torch.einsum('i->j', q[0])", "torch.einsum('ij', q[0])", "torch.einsum('&', q)", "torch.linalg.inv(q[:, :1])", "torch.linalg.inv(n)", "torch.linalg.norm(q, 'x')", "torch.linalg.det(q[:, :1])", "torch.linalg.eigh(q[0])", "torch.linalg.matrix_power(q[:, :1], 2)", "torch.trace(q[0])", "torch.tril(q[0])", "torch.cross(q, q)", "torch.tensordot(q, q, 5)", "torch.outer(q, q)", "torch.broadcast_to(q, (1,))", "torch.broadcast_tensors(q, torch.ones(99))", "torch.meshgrid(q, q)", "torch.cartesian_prod(q, q)", "torch.combinations(q)", "torch.diag(q[None])", "torch.bucketize(q, q)", "torch.searchsorted(q[0], q)",
    "F.linear(q, q[:, :1])", "F.linear(q, n)", "F.conv2d(q, q)", "F.conv1d(q[None], q[None], stride=0)", "F.conv1d(q[None], q[None], groups=7)", "F.conv1d(q[None], q[None], padding='x')", "F.max_pool2d(q, 2)", "F.max_pool1d(q[None], 99)", "F.max_pool1d(q[None], 2, padding=2)", "F.avg_pool1d(q[None], 0)", "F.dropout(q, 2)", "F.dropout(q, -0.5)", "F.dropout(q, 'a')", "F.dropout(x, 0.5, inplace=True)", "F.relu(n > 0)", "F.relu('a')", "F.gelu(q, approximate='x')", "F.softmax(q, 9)", "F.pad(q, (1,))", "F.pad(q, (1, 1, 1, 1, 1, 1))", "F.pad(q, (9, 9), 'reflect')", "F.pad(q, (1, 1), 'x')", "F.pad(q, (-9, 0))", "F.interpolate(q)", "F.interpolate(q, 2)", "F.interpolate(q[None], size=2, scale_factor=2)", "F.interpolate(q[None], 2, mode='x')", "F.interpolate(q[None], 2, mode='nearest', align_corners=True)", "F.cross_entropy(q, q[0])", "F.cross_entropy(q, torch.tensor([0, 99]))", "F.cross_entropy(q, torch.tensor([0]))", "F.cross_entropy(q, torch.tensor([0, 1]), reduction='x')", "F.cross_entropy(q, torch.tensor([0, 1]), weight=torch.ones(99, dtype=kind))", "F.cross_entropy(q, torch.tensor([0, 1]), label_smoothing=2.0)", "F.cross_entropy(q, torch.tensor([0, 1]).int())", "F.nll_loss(q, torch.tensor([0, -5]))", "F.mse_loss(q, torch.ones(99, 99, dtype=kind))", "F.mse_loss(q, n)", "F.mse_loss(q, 1.0)", "F.binary_cross_entropy(q * 9, q)", "F.binary_cross_entropy(q.sigmoid(), q[0])", "F.embedding(q, q)", "F.embedding(n + 9, q)", "F.embedding(n, q, padding_idx=99)", "F.one_hot(q)", "F.one_hot(n, 1)", "F.one_hot(-n - 1)", "F.layer_norm(q, (7,))", "F.layer_norm(q, 2)", "F.batch_norm(q[:1, :1], None, None, training=True)", "F.group_norm(q, 7)", "F.normalize(q, dim=9)", "F.cosine_similarity(q, q, 9)", "F.glu(q[:, :1])", "F.fold(q, 2, 9)", "F.unfold(q, 2)", "F.grid_sample(q, q)", "F.pixel_shuffle(q[None], 7)", "F.scaled_dot_product_attention(q, q, q[:, :1], attn_mask=q[0], is_causal=True)", "F.ctc_loss(q, n, n, n)", "F.kl_div(q, q, reduction='x')", "F.huber_loss(q, q, delta=-1)", "F.smooth_l1_loss(q, q, beta=-1)", "F.triplet_margin_loss(q, q, torch.ones(9, 9))", "F.gumbel_softmax(n)", "F.rrelu(q, 2, 1)", "F.threshold(q)", "F.prelu(q, torch.ones(99, dtype=kind))",
    "nn.Linear(2)", "nn.Linear(-1, 2)", "nn.Linear('a', 2)", "nn.Linear(2, 2)(q[:, :1].float())", "nn.Linear(2, 2)(n)", "nn.Linear(2, 2)('a')", "nn.Conv2d(3, 4)", "nn.Conv2d(3, 4, 2, groups=2)", "nn.Conv2d(3, 4, 2, padding='x')", "nn.Conv2d(3, 4, 2, padding_mode='x')", "nn.Dropout(2)", "nn.BatchNorm1d(2)(q.float()[None, None])", "nn.Embedding(3, 2, padding_idx=9)", "nn.Embedding(3, 2)(q)", "nn.RNN(2, 2, nonlinearity='x')", "nn.LSTM(2, 2, proj_size=2)", "nn.LSTM(2, 2)(q.float()[None, None])", "nn.MultiheadAttention(3, 2)", "nn.Sequential(1)", "nn.ModuleList([1])", "nn.Module()(1)", "nn.Module().nosuch", "nn.Parameter(n)", "nn.Linear(2, 2).load_state_dict({})", "nn.Linear(2, 2).load_state_dict({'weight': q})", "nn.Linear(2, 2).register_parameter('a.b', None)", "nn.Linear(2, 2).register_buffer('weight', q)", "nn.Linear(2, 2).to(torch.int64)", "nn.Linear(2, 2).train('x')", "setattr(nn.Linear(2, 2), 'weight', q)", "nn.Linear(2, 2).get_parameter('x')", "nn.CrossEntropyLoss(reduction='x')(q, torch.tensor([0, 1]))", "nn.LayerNorm((2,))(q[:, :1].float())", "nn.GroupNorm(3, 4)", "nn.Flatten(9)(q)", "nn.Softmax(9)(q)", "nn.init.xavier_uniform_(q[0])", "nn.init.calculate_gain('x')", "nn.utils.rnn.pad_sequence([])", "nn.utils.rnn.pack_padded_sequence(q[..., None], [1, 2])",
    "optim.SGD([], lr=0.1)", "optim.SGD([x])", "optim.SGD([x], lr=-1)", "optim.SGD(x, lr=0.1)", "optim.SGD([y], lr=0.1)", "optim.SGD([1], lr=0.1)", "optim.SGD([x], lr=0.1, momentum=-1)", "optim.SGD([x], lr=0.1, nesterov=True)", "optim.SGD([{'params': [x]}, {'params': [x]}], lr=0.1)", "optim.SGD([{'lr': 1}], lr=0.1)", "optim.Adam([x], betas=(1, 1))", "optim.Adam([x], eps=-1)", "optim.Adam([x], weight_decay=-1)", "optim.Adam([x], lr='a')", "optim.SGD([x], lr=0.1).load_state_dict({})", "optim.lr_scheduler.StepLR(1, 2)", "optim.lr_scheduler.StepLR(optim.SGD([x], lr=0.1))", "optim.lr_scheduler.LambdaLR(optim.SGD([x], lr=0.1), [1, 2])", "optim.LBFGS([x]).step()",
    "data.DataLoader(1)", "data.DataLoader([1], batch_size=0)", "data.DataLoader([1], batch_size=-1)", "data.DataLoader([1], shuffle=True, sampler=[0])", "list(data.DataLoader([1, 'a'], batch_size=2))", "list(data.DataLoader([torch.ones(1), torch.ones(2)], batch_size=2))", "data.TensorDataset(q, q[:1])", "data.random_split([1, 2], [1, 5])", "data.Subset([1], [9])[0]", "data.WeightedRandomSampler([1.0], 0)", "torch.load('nosuch')", "torch.load(b'x')", "torch.save()", "torch.utils.checkpoint.checkpoint(1, x)", "torch.autograd.functional.jacobian(lambda t: 1, x)", "torch.autograd.functional.hessian(lambda t: t, x)", "torch.autograd.gradcheck(lambda t: t, q)", "torch.func.grad(lambda t: t)(q)", "torch.func.vmap(lambda t: t)(1)", "torch.no_grad('x')", "torch.set_grad_enabled()", "torch.set_default_dtype(torch.int64)", "torch.set_default_dtype('x')", "torch.set_printoptions(profile='x')", "torch.device('x')", "torch.Size(['a'])", "torch.Generator('x')", "torch.finfo(torch.int64)", "torch.iinfo(torch.float32)", "torch.promote_types(1, 2)", "torch.result_type('a', q)", "torch.can_cast(1, 2)", "torch.get_default_dtype(1)", "torch.is_tensor()", "torch.numel(1)", "torch.Tensor('a')", "torch.Tensor([1], [2])", "torch.FloatTensor('a')", "torch.allclose(q, n)", "torch.equal(q, 1)", "torch.testing.assert_close(q, q + 1)", "torch.vstack([])", "torch.hstack(1)", "torch.block_diag(q[None, None])", "torch.split(q, 1, 9)", "torch.tensor_split(q, 0)", "torch.gradient(q[0, :1])", "torch.diff(q, -1)", "torch.diff(q, 9)", "torch.vander(q)", "torch.stft(q, 4)", "torch.polygamma(-1, q)", "torch.complex(q, q.float())", "torch.view_as_complex(q[:, :1])", "torch.view_as_real(q)", "torch.real('a')", "torch.imag(q)", "q.view(torch.int32).view(torch.float64), n.view(torch.complex64)", "q.apply_(1)", "x.apply_(lambda v: v)", "q.map_(q[0], lambda a, b: a)", "q.backward", "x.is_leaf()", "x.T.T.T.nosuch",
)  # fmt: skip

WRONG = {**WRONG_TENSORS, **WRONG_CALLS, "an option": WRONG_OPTIONS, "out": WRONG_OUT}
GUARD = """def refused(name, call):
    with torch.no_grad(): before = [None if t is None else t.detach().clone() for t in given]
    try: result = call()
    except Exception as error:
        failed = error.with_traceback(None)
        # What is no tensor is a TypeError here; PyTorch's functions in Python do not look, and Python says what a number does not have.
        what = str(failed).partition(" object has no attribute")[0] if isinstance(failed, AttributeError) else ''
        unlooked = what in ("'float'", "'int'", "'list'", "'str'", "'NoneType'", "'numpy.ndarray'", "'builtin_function_or_method'")
        show(name, lambda: 'refused' if ONLY else 'TypeError' if unlooked else type(failed).__name__)
    else: show(name, lambda: 'accepted' if ONLY else type(result).__name__)
    show('versions', lambda: [t._version - begun[k] for k, t in enumerate(given)])
    show('flags', lambda: [(t.requires_grad, t.grad is None, t.is_leaf) for t in given])
    show('values', lambda: [list(t.shape) == list(b.shape) and torch.equal(t, b) or [t, b] for t, b in zip(given, before)])"""


def spoiled(draw: Choices, seed: int, row: str) -> Scripted:
    """A call with one thing wrong."""
    call = drawn_call(TABLE[row], draw)
    names, options = (
        list(call.made),
        [n for n, text in call.arguments.items() if n not in call.made and text not in ("True", "False", "None")],
    )
    lines = [HELPERS, GUARD, *(f"{name} = {made}" for name, made in call.made.items())]
    way = draw.integer(4 if TABLE[row].refused else 0, 5)
    arguments = dict(call.arguments)
    kind = ""
    if way <= 2 and names:
        name = draw.choice(names)
        kind = draw.choice(list(WRONG_TENSORS))
        arguments[name] = WRONG_TENSORS[kind].text.format(x=name)
    elif way <= 3 and options:
        kind = "an option"
        arguments[draw.choice(options)] = draw.choice(WRONG_VALUES)
    text = call.text(arguments)
    if way == 4:
        kind = draw.choice(list(WRONG_CALLS))
        start, _, inside = text.partition("(")
        inside = inside[:-1]
        first = inside.split(",")[0] if "(" not in inside.split(",")[0] else "None"
        text = {
            "a name": f"{start}({inside}, nosuch=1)",
            "a name twice": f"{start}({inside}, {next(iter(arguments))}={first})",
            "one too few": f"{start}({first})",
            "nothing": f"{start}()",
        }[kind]
    elif way == 5 or not kind:
        kind = "out"
        text = text[:-1] + f", out={draw.choice(WRONG_OUTS)})"
    lines += [
        f"given = [t for t in ({''.join(n + ', ' for n in names)}) if isinstance(t, torch.Tensor)]",
        "begun = [t._version for t in given]",
        f"ONLY = {bool(WRONG[kind].only_whether)}",
        f"torch.manual_seed(4)\ndef call(): return {text}",
        f"refused({kind!r}, call)",
    ]
    return Scripted("illegal", (f"wrong {kind}", f"spoiled {row}"), tuple(lines), seed, "float64", (("", 1e-9),))


def misused(draw: Choices, seed: int, use: str) -> Scripted:
    """What must not be asked of tensors, in some states of theirs."""
    lines = [
        HELPERS,
        GUARD,
        "ONLY = False",
        draw.choice(("x = p(real(2, 2))", "x = p(real(2, 2))", "x = p(real(2, 2)).t().detach().requires_grad_()")),
        "y, n, q = x * 2, whole(2, 2, 2), v(real(2, 2))",
        "given = [x, y, n, q]",
        "begun = [t._version for t in given]",
    ]
    if draw.integer(0, 3) == 0:
        lines.append("(x * 1).sum().backward()")
    assigns = re.match(r"[\w.\[\]:, ()>']+ = |del ", use)
    lines += [f"def call():\n    {use}\n    return None" if assigns else f"def call(): return {use}", "refused('use', call)"]
    return Scripted("illegal", (f"misused {use}",), tuple(lines), seed)


_ = T
#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {
    **{f"spoiled {name}": (spoiled, (name,)) for name, d in TABLE.items() if d.name not in FORMS and d.refusal},
    **{f"misused {use}": (misused, (use,)) for use in WRONG_USES},
}


def missing() -> list[str]:
    """Nothing: the declarations say what is not drawn."""
    return []
