"""Bugs that values do not show: what is refused, versions, lifetimes, signs of zero, names, warnings, hooks, printed forms."""

from __future__ import annotations

from .plant import of_kind

REFUSALS = of_kind(
    "refusal or version",
    ("core.graph", "Node.unpack", "if cell is not None and cell[0] != version:", "if cell is not None and cell[0] > version + 1:"),
    ("core.graph", "Node.unpack", "if value.cell[0] != value.version:", "if value.cell[0] < value.version:"),
    ("core.saved", "Watched.check", "if t._cell[0] != version:", "if t._cell[0] < version:"),
    ("core.inplace", "_written_at_once", "cell[0] += 1", "pass"),
    ("core.inplace", "_written_at_once", "target._cell = [1]", "target._cell = [0]"),
    ("core.inplace", "refuse_overlap", "raise RuntimeError(f\"{name}: the tensor", "RuntimeError(f\"{name}: the tensor"),
    ("core.out", "write_out", "bump_version(out)", "pass"),
    ("core.out", "write_out", "(result._requires_grad is True or out._requires_grad is True)", "result._requires_grad is True"),
    ("core.out", "check_out", "if not same or apart:", "if apart:"),
    ("core.out", "check_out", "any(s == 0 and n > 1 for", "all(s == 0 and n > 1 for"),
    ("core.view", "mark_views", "result._cell = cell", "result._cell = [cell[0]] if cell is not INFERENCE else cell"),
    ("core.view", "mark_views", "View(base, above, op, args, cell[0], SEVERAL)", "View(base, above, op, args, cell[0], None)"),
    ("core.view", "check_writable", "if edge_of(t) is t:", "if edge_of(t) is t and t._array.ndim:"),
    ("ops.nn.embedding", "_shorten_rows", "bump_version(weight)", "pass"),
    ("ops.conversion", "detach_", "input._fn, input._requires_grad = None, False", "input._fn = None"),
    ("autograd.hooks", "retain_grad", "if edge is self:\n        return", "if edge is self:\n        raise RuntimeError(\"a leaf\")"),
    ("ops.requires_grad", "set_requires_grad", "if is_tracked(t) and not t.is_leaf:", "if False:"),
    ("ops.requires_grad", "require_grad", 'if t._array.dtype.kind not in "fc" and not t.dtype.is_floating_point:', 'if t._array.dtype.kind == "b":'),
)  # fmt: skip

LIFETIMES = of_kind(
    "lifetime",
    ("core.engine", "_run", "while task.callbacks:", "run_backward.last = nodes\n    while task.callbacks:"),
    ("core.engine", "run_backward", "mode.grad, mode.recording, mode.task = grad, recording, outer", "mode.grad, mode.recording = grad, recording"),
    ("autograd.hooks", "retain_grad", "weakref.ref(self)", "lambda: self"),
    ("autograd.function_outputs", "_save", "saved.append(SavedResult(own._array, cell, cell[0]))", "saved.append(own)"),
    ("core.handle", "RemovableHandle.__init__", "_reference(hooks_dict)", "(lambda: hooks_dict)"),
    ("core.record", "new_node", "value, version = SavedResult(t._array, cell, cell[0] + writes), i", "value, version = t, cell[0] + writes"),
    ("core.graph", "accumulate_grad", "extras(leaf).accumulate_grad = weakref.ref(node)", "extras(leaf).accumulate_grad = lambda: node"),
    ("core.graph", "Node.release", "node.saved = RELEASED", "plan.released, node.saved = node.saved, RELEASED"),
)  # fmt: skip

ILLEGAL = of_kind(
    "illegal call",
    ("ops._shapes", "wrap_dim", "if not -size <= dim < size:", "if not -size <= dim <= size:"),
    ("ops._shapes", "wrap_dim", "raise IndexError(", "raise RuntimeError("),
    ("ops._shapes", "wrap_dims", "if len(set(dims)) != len(dims):", "if False:"),
    ("ops._shapes", "same_type", "if given.count(given[0]) != len(given):", "if False:"),
    ("ops._shapes", "as_shape", "if size and size[0].__class__ is bool:", "if False:"),
    ("ops.indexing.gather", "_check_index", "if index.size and (index.min() < 0 or index.max() >= size):", "if index.size and index.max() >= size:"),
    ("ops.indexing.gather", "index_select", "if index.size and (index.min() < 0 or index.max() >= (input.shape[dim] if input.ndim else 1)):", "if index.size and index.max() >= (input.shape[dim] if input.ndim else 1):"),
    ("ops.shape.splitting", "split", "if sum(sizes) != total or", "if sum(sizes) > total or"),
    ("ops.shape.splitting", "chunk", "raise RuntimeError(f\"chunk", "raise ValueError(f\"chunk"),
    ("ops.indexing.masks", "_check_mask", "if mask._array.dtype.kind != \"b\":", "if mask._array.dtype.kind == \"f\":"),
    ("core.op", "Op.bind", "if at < len(args):", "if False:"),
    ("core.op", "Op.bind", "raise TypeError(f\"{self.public_name}() got an unexpected keyword", "continue\n                raise TypeError(f\"{self.public_name}() got an unexpected keyword"),
    ("core.op", "check_keepdim", "if not isinstance(keepdim, (bool, np.bool_)):", "if keepdim is None:"),
    ("core.inplace", "apply_in_place", "except ValueError as error:", "except ValueError as error:\n        bump_version(target)"),
    ("core.inplace", "overwrite", "_check_fit(name, result._array, target)", "pass"),
    ("core.promotion", "promote", "raise UnsupportedOperand(", "raise ValueError("),
    ("ops.conversion", "_fill_tensor", "if value.ndim:", "if value.size != 1:"),
    ("ops.conversion", "to", "if kwargs:", "if False:"),
)  # fmt: skip

STRICTNESS = of_kind(
    "sign of zero, name, warning",
    ("ops.pointwise.clamp", "_clamp", "return bounded(np.maximum, _bound(min, input), input)", "return bounded(np.maximum, input, _bound(min, input))"),
    ("ops.conversion", "_zero", "np.zeros(input.shape, input.dtype)", "np.zeros(input.shape, input.dtype) * (-1 if input.dtype.kind == 'f' else 1)"),
    ("ops.conversion", "", 'grad_name="ZeroBackward0"', 'grad_name="FillBackward2"'),
    ("core.out", "_resize", "if memory.size:", "if False:"),
    ("ops.random.fill", "integer_bounds", "if abs(bound) > 1 << digits:", "if False:"),
    ("ops.nn.smooth_activation", "softplus", "np.log1p(np.exp(", "np.log(1 + np.exp("),
    ("ops.pointwise.exponential", "_sigmoid", "return np.reciprocal(out, out)", "return (0.5 + 0.5 * np.tanh(x / 2)).astype(x.dtype)"),
    ("core.graph", "Node.next_functions", "shown += [(None, 0)] * (arity - len(shown))", "pass"),
    ("core.tensor", "Tensor.output_nr", 'getattr(self._fn, "index", 0)', "0"),
)  # fmt: skip

HOOKS = of_kind(
    "Function or hook",
    ("autograd.function", "FunctionNode.apply", "(differentiable or self._materialize_non_diff_grads)", "differentiable"),
    ("autograd.function_outputs", "_finished", "for t in finished if count > 1 else ():", "for t in ():"),
    ("autograd.function_outputs", "_output", "if t._view is None and t._fn is None and t._requires_grad is True:", "if False:"),
    ("autograd.function", "Function.apply", "needs = tuple(is_tensor and next(all_edges) is not None for is_tensor in takes_tensor)", "needs = takes_tensor"),
    ("autograd.function", "FunctionNode.apply", "if len(returned) > count and all(g is None for g in returned[count:]):", "if len(returned) > count:"),
    ("autograd.function_outputs", "_output", "elif is_input and not dirty:", "elif False:"),
    ("core.engine", "_run_hooks", "t = replaced", "t = replaced if len(hooks) == 1 else t"),
    ("core.engine", "_through_pre_hooks", "grads = _replaced(hook(grads), grads, \"a pre-hook\")", "_replaced(hook(grads), grads, \"a pre-hook\")"),
    ("core.engine", "_finish_leaf", "g = t._array.copy() if xp is raw else t", "pass"),
    ("core.engine", "_by_edge", "(edge is not None or node.hooks_see_all)", "True"),
)  # fmt: skip

FORMS = of_kind(
    "printed form",
    ("core.repr", "tensor_repr", "if d is not dtypes.get_default_dtype():", "if d is not dtypes.float32:"),
    ("core.repr", "_brackets", 'cells.insert(edge, " ...")', 'cells.insert(edge, "...")'),
    ("core.repr", "_body", '{im}j"', '{im:>{imaginary.width}}j"'),
    ("core.repr", "_Format.__init__", "max((len(str(v)) for v in", "max((len(str(abs(v))) for v in"),
    ("nn.modules.module", "Module.__repr__", "if not parts and len(lines) <= 1:", "if not parts:"),
    ("nn.parameter", "Parameter.__repr__", "tensor_repr(self)", "tensor_repr(self.detach())"),
)  # fmt: skip

TABLE = [*REFUSALS, *LIFETIMES, *ILLEGAL, *STRICTNESS, *HOOKS, *FORMS]
