"""Bugs to plant outside of the derivative table: in the engine, the record, views, modules, losses and optimizers.

Each is one edit of one function's source: what a tired programmer might write. The function is compiled anew with the edit
and put in its place, in a forked process.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """One planted bug: in ``module.function``, the text ``old`` becomes ``new``."""

    kind: str
    module: str
    function: str
    old: str
    new: str
    equivalent: str = ""  # why no test can tell, if none can

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.module}.{self.function}: {' '.join(self.old.split())[:60]!r} -> {' '.join(self.new.split())[:40]!r}"


_ENGINE, _VIEW = "core.engine", "core.view"
EDITS = [
    # ---- the graph algorithm
    Edit("= for +=", _ENGINE, "_run", "g = add(before, g)", "pass"),
    Edit("gradient of another output lost", _ENGINE, "_run", "pending[edge.node] or [None]", "[None]"),
    Edit("aliased gradient", _ENGINE, "_run", "g.base is not None or node is None", "g.base is not None"),
    Edit("= for +=", _ENGINE, "_finish_leaf", "np.add(old._array, g, out=old._array)", "old._array[...] = g"),
    Edit("aliased gradient", _ENGINE, "_run", 'g = g.copy("C" if captures is None else "K")  # .grad must own its memory, and rules may return aliases', "pass"),
    Edit("wrong traversal order", _ENGINE, "_run", "nodes.sort(key=_by_sequence, reverse=True)", "nodes.sort(key=_by_sequence)"),
    Edit("wrong traversal order", _ENGINE, "_run", "nodes.sort(key=_by_sequence, reverse=True)", "pass"),
    Edit("missing visited set", _ENGINE, "_reachable", "if edge not in pending:", "if True:"),
    Edit("leaf counted wrongly", _ENGINE, "_run", "uses[edge] = left - 1", "uses[edge] = left"),
    Edit("leaf counted wrongly", _ENGINE, "_reachable", "uses.get(edge, 0) + 1", "1"),
    Edit("dropped unbroadcast", _ENGINE, "_fit", "if given != shape:", "if False:"),
    Edit("off-by-one axis", _ENGINE, "_sum_to", "dims = tuple(range(lead)) +", "dims = tuple(range(1, lead + 1)) +"),
    Edit("unbroadcast over the wrong axis", "core.sums", "sum_of_columns", "return ones.dot(x)", "return x.T.dot(ones)[::-1].copy()"),
    Edit("dropped cast back", _ENGINE, "_fit", "return (g.real if g.dtype.kind == \"c\" and dtype.kind != \"c\" else g).astype(dtype)", "return g"),
    Edit("hook's result ignored", _ENGINE, "_run_hooks", "t = replaced", "pass"),
    Edit("retained gradient overwritten", _ENGINE, "_before", "t._grad = g if t._grad is None else tracked._add(t._grad, g)", "t._grad = g"),
    Edit("inputs= ignored", _ENGINE, "_wanted", "needed: set[Any] = set(leaves)", "needed: set[Any] = set(leaves) | {e for n in nodes for e in n.edges} | set(nodes)",
         "more is computed than was asked for, and thrown away"),
    Edit("inputs= ignored", _ENGINE, "_finish_leaf", "if leaf not in captures:\n            return", "if leaf not in captures:\n            leaf._grad = _as_tensor(g, xp)\n            return"),
    Edit("graph freed too early", _ENGINE, "_run", "if not retain_graph:", "if True:"),
    Edit("graph never freed", _ENGINE, "_run", "if not retain_graph:", "if False:"),
    Edit("create_graph ignored", _ENGINE, "run_backward", "mode.grad, mode.recording = create_graph, (mode.recorder or True) if create_graph else False", "mode.grad, mode.recording = False, False"),
    Edit("wrong gradient of the root", "autograd.gradients", "_backward", "one[()] = 1", "one[()] = 2"),
    Edit("undefined gradients kept", _ENGINE, "_run", "contributions = [(edge, None) for edge in node.edges]", "contributions = []"),
    Edit("conjugate forgotten", "core.op", "_between_conjugates", "else conjugate(found)", "else found"),
    Edit("conjugate forgotten", "core.op", "_between_conjugates", "else conjugate(grad), *args", "else grad, *args"),
    Edit("conjugate forgotten", "core.op", "Plan.for_complex", "if self.op.conjugates:", "if True:"),
    Edit("shared gradient", _ENGINE, "_owned", "tracked._copy(wrap(g._array), g)", "g"),
    # ---- saved values, versions, views
    Edit("stale saved value", "core.graph", "Node.unpack", "if cell is not None and cell[0] != version:", "if False:"),
    Edit("stale saved value", "core.graph", "Node.unpack", "if value.cell[0] != value.version:", "if False:"),
    Edit("missing version bump", _VIEW, "bump_version", "cell[0] += 1", "pass"),
    Edit("old value not copied", "core.inplace", "_before", "wrap(target._array.copy())", "wrap(target._array)"),
    Edit("old value not copied", "core.inplace", "apply_in_place", "op.params[0] in {n for _, _, reads in op.rules for n in reads}", "False"),
    Edit("stale view", _VIEW, "_refresh", "view.version != t._cell[0] and", "False and"),
    Edit("write to a view forgotten", _VIEW, "rebase_history", "base._fn, base._requires_grad = slices, True", "base._requires_grad = True"),
    Edit("slice keeps its gradient", _VIEW, "CopySlices.apply", "writable(part)[...] = 0 if gradient is None else gradient", "pass"),
    Edit("aliased gradient", _VIEW, "CopySlices.apply", "np.array(part) if on_arrays", "part if on_arrays"),
    Edit("view chain cut short", _VIEW, "mark_view", "above.chain + ((op, args),)", "((op, args),)"),
    Edit("leaf written to", _VIEW, "check_writable", "if requires_grad(t) and t._fn is None:", "if False:"),
    Edit("order of recording lost", "core.record", "new_node", "node.seq = next_sequence_number()", "node.seq = -next_sequence_number()"),
    Edit("wrong plan", "core.record", "record", "op.plans.get(mask) or op.plan(mask)", "op.plan(1)"),
    Edit("no_grad leaks", "core.grad_mode", "_GradMode.__enter__", "mode.update(grad=self.enabled)", "mode.update(grad=True)"),
    Edit("promoted copy forgets writes", "core.promotion", "convert", "converted._cell = version_cell(t)", "pass"),
    # ---- modules
    Edit("forgotten bias", "nn.modules.linear", "Linear.forward", "linear(input, weight, bias)", "linear(input, weight)"),
    Edit("layers in the wrong order", "nn.modules.container", "Sequential.forward", "self._modules.values()", "reversed(self._modules.values())"),
    Edit("wrong eval/train branch", "ops.nn.dropout", "_dropped", "if not training or p == 0", "if p == 0"),
    Edit("wrong eval/train branch", "ops.nn.batch_norm", "batch_norm", "if not training:", "if training:"),
    Edit("wrong eval/train branch", "nn.modules.module", "Module.train", "module.train(mode)", "pass"),
    Edit("wrong reduction scale", "ops.nn.dropout", "_dropped", "noise = _step(np.divide, noise, 1 - p)", "pass"),
    Edit("wrong probability", "ops.nn.dropout", "_dropped", "1 - p, array.dtype)", "p, array.dtype)"),
    Edit("running average swapped", "ops.nn.batch_norm", "_move", "array.dtype.type(1 - momentum)", "array.dtype.type(momentum)"),
    Edit("biased variance", "ops.nn.batch_norm", "batch_norm", "x.dtype.type(count / (count - 1))", "x.dtype.type(1)"),
    Edit("count not kept", "nn.modules.batchnorm", "_BatchNorm.forward", "count.add_(1)", "pass"),
    Edit("dropped term", "ops.nn.batch_norm", "_batch_norm_rule", "out -= normal", "pass"),
    Edit("dropped term", "ops.nn.layer_norm", "_through_rows", "out -= normal", "pass"),
    Edit("dropped term", "ops.nn.layer_norm", "_through_rows", "out = g - mean_of_rows(g)[:, None]", "out = g.copy()"),
    Edit("weight ignored", "ops.nn.layer_norm", "_group_norm_rule", "g = g if weight is None else g * weight[:, None]", "pass"),
    # ---- windows
    Edit("= for +=", "ops.nn.conv", "_conv_input", "out[part][where] += columns[:, :, k]", "out[part][where] = columns[:, :, k]"),
    Edit("samples lost", "ops.nn.conv", "_conv_weight", "out += np.add.reduce(np.matmul(g[part], columns.swapaxes(2, 3)), 0)", "out += np.matmul(g[part], columns.swapaxes(2, 3))[0]"),
    Edit("kink on the wrong side", "ops.nn.pooling", "_max_pool", "np.greater(part, best)", "np.greater_equal(part, best)"),
    Edit("= for +=", "ops.nn.pooling", "_to_largest", "out[where] += part", "out[where] = part"),
    Edit("padding wins", "ops.nn.pooling", "_first_largest", "np.where(wins, which, valid.argmax(-1))", "which"),
    Edit("= for +=", "ops.nn.avg_pooling", "_avg_spread", "out[_along(g.ndim, axis, i, s, m)] += g", "out[_along(g.ndim, axis, i, s, m)] = g"),
    Edit("padding counted", "ops.nn.avg_pooling", "_average", "stop - start if include else", "stop - start if True else"),
    Edit("padding mode ignored", "nn.modules.conv", "_ConvNd.forward", 'if self.padding_mode != "zeros":', "if False:"),
    Edit("output size ignored", "nn.modules.conv", "_ConvTranspose._more", "return self.output_padding", "return (0,) * n"),
    # ---- recurrent layers
    Edit("forget gate ignored", "ops.nn.recurrent", "_lstm_layer", "state *= now[:, m : 2 * m]", "pass"),
    Edit("dropped gradient", "ops.nn.recurrent", "_lstm_rule", "state *= gates[s:e, m : 2 * m]", "pass"),
    Edit("dropped gradient", "ops.nn.recurrent", "_lstm_rule", "state += now * through[s:e]", "state[...] = now * through[s:e]"),
    Edit("dropped gradient", "ops.nn.recurrent", "_lstm_rule", "now += g_out[s:e]", "now = now + 0 * g_out[s:e]"),
    Edit("dropped gradient", "ops.nn.recurrent", "_gru_rule", "now *= z[s:e]", "pass"),
    Edit("dropped gradient", "ops.nn.recurrent", "_gru_rule", "now += state @ w_hh", "pass"),
    Edit("dropped gradient", "ops.nn.recurrent", "_rnn_rule", "np.matmul(d[s:e], w_hh, dh[:n])", "dh[:n] = 0"),
    Edit("steps in the wrong order", "ops.nn.recurrent", "_steps", "steps[::-1] if reverse else steps", "steps"),
    Edit("final state lost", "ops.nn.recurrent", "_gru_layer", "h[:n] = out[s:e]", "h[:n] = h[:n]"),
    Edit("wrong eval/train branch", "ops.nn.recurrent_stacks", "_run", "if dropout and train and layer:", "if dropout and layer:"),
    Edit("dropout after the last layer", "ops.nn.recurrent_stacks", "_run", "if dropout and train and layer:", "if dropout and train:"),
    Edit("weights of another layer", "ops.nn.recurrent_stacks", "_run", "own = params[k * each : (k + 1) * each]", "own = params[d * each : (d + 1) * each] if each * directions == len(params) else params[-each:]"),
    Edit("order of the batch lost", "nn.modules.rnn", "RNNBase.forward", "[s.index_select(1, back) for s in finals]", "finals"),
    Edit("wrong initial scale", "nn.modules.rnn", "RNNBase.reset_parameters", "1 / math.sqrt(self.hidden_size)", "1 / self.hidden_size"),
    Edit("initial state ignored", "nn.modules.rnn", "RNNCellBase._prepared", "return [s.unsqueeze(0) if alone else s for s in states], alone", "return [(s * 0).unsqueeze(0) if alone else s * 0 for s in states], alone"),
    # ---- attention
    Edit("dropped term", "ops.nn.attention", "_attention_rule", "d_weights -= inner", "pass"),
    Edit("wrong scale", "ops.nn.attention", "_attention_rule", "(d_weights @ key) * scale", "d_weights @ key"),
    Edit("mask ignored", "ops.nn.attention", "_softmaxed", "scores += mask", "pass"),
    Edit("dropout ignored", "ops.nn.attention", "_attention_rule", "d_weights *= kept", "pass"),
    Edit("wrong eval/train branch", "ops.nn.attention", "multi_head_attention_forward", "dropout_p if training else 0.0", "dropout_p"),
    Edit("wrong reduction", "ops.nn.attention", "multi_head_attention_forward", "shown = shown.mean(1)", "shown = shown.sum(1)"),
    Edit("padding attended to", "ops.nn.attention", "multi_head_attention_forward", "mask = hidden if mask is None else mask + hidden", "pass"),
    Edit("norm on the wrong side", "nn.modules.transformer", "TransformerEncoderLayer.forward", "if self.norm_first:", "if not self.norm_first:"),
    Edit("norm on the wrong side", "nn.modules.transformer", "TransformerDecoderLayer.forward", "if self.norm_first:", "if not self.norm_first:"),
    Edit("residual forgotten", "nn.modules.transformer", "TransformerEncoderLayer.forward", "return self.norm2(x + self.dropout2(self._hidden(x)))", "return self.norm2(self.dropout2(self._hidden(x)))"),
    Edit("layers share parameters", "nn.modules.transformer", "_copies", "copy.deepcopy(layer)", "layer"),
    Edit("wrong initial scale", "nn.modules.transformer", "Transformer._reset_parameters", "if p.ndim > 1:", "if False:"),
    Edit("wrong initial scale", "nn.modules.attention", "MultiheadAttention._reset_parameters", "init.xavier_uniform_(getattr(self, name))", "init.kaiming_uniform_(getattr(self, name))"),
    # ---- lazy modules
    Edit("class kept", "nn.modules.lazy", "_initialize", "if module.cls_to_become is not None:", "if False:"),
    Edit("parameters not drawn", "nn.modules.lazy", "LazyParametersMixin._learn", "self.reset_parameters()", "pass"),
    Edit("padding row trained", "ops.nn.embedding", "_embedding_backward", "out[padding_idx] = 0", "pass"),
    Edit("duplicate index lost", "ops.nn.embedding", "_embedding_backward", "np.add.at(out, index, grad)", "out[index] += grad"),
    Edit("wrong reduction scale", "ops.nn.loss", "_reduce", "total / values.dtype.type(values.size)", "total / values.dtype.type(len(values))"),
    Edit("dropped term", "ops.nn.cross_entropy", "_cross_entropy_rule", "np.subtract(flat.take(places), scale)", "flat.take(places)"),
    Edit("label smoothing ignored", "ops.nn.cross_entropy", "cross_entropy", "if not probabilities and label_smoothing == 0:", "if not probabilities:"),
    Edit("label smoothing ignored", "ops.nn.cross_entropy", "cross_entropy", "actual == given[:1] and label_smoothing == 0", "actual == given[:1]"),
    Edit("ignore_index ignored", "ops.nn.cross_entropy", "_counted", "return target != ignore_index", "return None"),
    Edit("buffers not saved", "nn.modules.state", "Stateful._own_state", "itertools.chain(self._parameters.items(), self._buffers.items())", "self._parameters.items()"),
    Edit("state not loaded", "nn.modules.state", "Stateful._load_tensor", "own.copy_(given)", "pass"),
    Edit("gradients not reset", "nn.modules.module", "Module.zero_grad", "p._grad = None", "pass"),
    Edit("wrong initial scale", "nn.modules.linear", "Linear.reset_parameters", "a=math.sqrt(5)", "a=5"),
    Edit("wrong fan", "nn.init", "_calculate_fan_in_and_fan_out", "tensor.shape[1] * field, tensor.shape[0] * field", "tensor.shape[0] * field, tensor.shape[1] * field"),
    # ---- optimizers
    Edit("forgotten weight decay", "optim.sgd", "SGD._update", "g = g + shrink * x", "pass"),
    Edit("sign", "optim.sgd", "SGD._update", "x -= rate", "x += rate"),
    Edit("momentum not kept", "optim.sgd", "SGD._update", "v *= mu", "v *= 0"),
    Edit("dampening ignored", "optim.sgd", "SGD._update", "(1 - dampening) * g if dampening else g", "g"),
    Edit("nesterov ignored", "optim.sgd", "SGD._update", 'g + mu * v if group["nesterov"] else v', "v"),
    Edit("maximize ignored", "optim.arithmetic", "OnArrays.each", "np.negative if", "np.positive if"),
    Edit("missing version bump", "optim.arithmetic", "OnArrays.each", "cell[0] += 1", "pass"),
    Edit("aliased state", "optim.arithmetic", "OnArrays.keep", "np.array(value, p._array.real.dtype)", "value"),
    Edit("step count not kept", "optim.arithmetic", "OnArrays.count", "array[()] = step", "pass"),
    Edit("bias correction dropped", "optim.adam", "Adam._update", "(1 - beta2**t) ** 0.5", "1.0"),
    Edit("bias correction dropped", "optim.adam", "Adam._update", "lr / (1 - beta1**t)", "lr"),
    Edit("eps dropped", "optim.adam", "Adam._update", " / root + eps", " / root"),
    Edit("eps inside the root", "optim.adam", "Adam._update", "xp.sqrt(v) / root + eps", "xp.sqrt(v + eps) / root"),
    Edit("betas swapped", "optim.adam", "Adam._update", '*group["betas"]', '*group["betas"][::-1]'),
    Edit("amsgrad ignored", "optim.adam", "Adam._update", 'v = xp.raise_to(xp.buffer(state, "max_exp_avg_sq"), v)', "pass"),
    Edit("weight decay coupled", "optim.adam", "Adam._update", 'if decay and group["decoupled_weight_decay"]:', "if False:"),
    Edit("forgotten weight decay", "optim.adam", "Adam._update", "g = g + decay * x", "pass"),
    Edit("sign", "optim.adam", "Adam._update", "1 - lr * decay", "1 + lr * decay"),
    Edit("epochs not counted", "optim.lr_scheduler.base", "LRScheduler._update_lr", "self.last_epoch += 1", "pass"),
    Edit("rates not written", "optim.lr_scheduler.base", "LRScheduler._apply", 'set_value(group, "lr", rate)', "pass"),
    Edit("factor dropped", "optim.lr_scheduler.factors", "_Factors.get_lr", "rate * factor", "rate"),
    Edit("lowest rate dropped", "optim.lr_scheduler.cosine", "CosineAnnealingWarmRestarts.get_lr", "self.eta_min + (base", "(base"),
    Edit("momentum not cycled", "optim.lr_scheduler.one_cycle", "OneCycleLR.get_lr", "if self.cycle_momentum:", "if False:"),
    Edit("average not kept", "optim.adadelta", "Adadelta._update", "u *= rho", "pass"),
    Edit("clipping dropped", "optim.adafactor", "Adafactor._update", 'max(1.0, _rms(u) / group["d"])', "1.0"),
    Edit("rate not decayed", "optim.adagrad", "Adagrad._update", '(xp.count(state) - 1) * group["lr_decay"]', "0"),
    Edit("maximum not kept", "optim.adamax", "Adamax._update", "u = xp.raise_to(u, xp.abs(g) + eps)", "u = xp.abs(g) + eps"),
    Edit("rate not decayed", "optim.asgd", "ASGD._update", 'xp.rounded(lr / (1 + lambd * lr * t) ** group["alpha"])', "eta"),
    Edit("momentum not corrected", "optim.nadam", "NAdam._update", "lr * (1 - mu) / (1 - product)", "lr * (1 - mu)"),
    Edit("bias correction dropped", "optim.radam", "RAdam._update", "lr / (1 - beta1**t)", "lr"),
    Edit("not centered", "optim.rmsprop", "RMSprop._update", "v = v - mean * mean", "pass"),
    Edit("history not cut", "optim.lbfgs", "_remember", "if len(memory[name]) == most:", "if False:"),
    Edit("curvature ignored", "optim.lbfgs", "_newton_direction", 'd = q * memory["H_diag"]', "d = q"),
    Edit("slope not asked for", "optim.line_search", "strong_wolfe", "abs(new.slope) <= -c2 * start.slope", "True"),
    Edit("gradients not reset", "optim.optimizer", "Optimizer.zero_grad", "p._grad = None", "pass"),
    Edit("state shared", "optim.optimizer", "Optimizer.load_state_dict", "else _cast(values, p, group)", "else {}"),
]  # fmt: skip
