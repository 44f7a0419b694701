"""Bugs beyond operations and training: transforms of functions, files, recomputation, utilities, factories, factorizations.

Written before any check of these kinds, from the sources alone.
"""

from __future__ import annotations

from .plant import of_kind

TRANSFORMS = of_kind(
    "function transform",
    ("func.transforms", "_pushforward", "return _pullback(back, weights, directions, keep, retain=True)", "return _pullback(back, weights, directions[::-1], keep, retain=True)"),
    ("func.transforms", "_pullback", "zeros_like(t) if g is None else g for t, g in zip(inputs", "t.detach() if g is None else g for t, g in zip(inputs"),
    ("func.transforms", "grad_and_value", "_settled(value, keep), level.settled(aux)", "_settled(value, keep), aux"),
    ("func.transforms", "_chosen", "tuple(args[k] for k in argnums)", "tuple(args[k] for k in sorted(argnums))"),
    ("func.jacobians", "jacfwd", "stack([c[i] for c in columns], -1)", "stack([c[i] for c in columns], 0)"),
    ("func.jacobians", "hessian", "jacfwd(jacrev(func, argnums), argnums)", "jacfwd(jacrev(func, argnums), 0)"),
    ("func.modules", "functional_call", "{name: _exchanged(place, before[name]) for name, place in places.items()}", "given"),
    ("func.modules", "stack_module_state", "leaf = all(p.requires_grad and p.is_leaf for p in parts)", "leaf = False"),
    ("ops.vmap", "_one_by_one", 'if randomness == "same" and before is not None:', "if False:"),
    ("ops.vmap", "_one_by_one", "x.select(p, i)", "x.select(0, i)"),
    ("ops.vmap", "_stacked", "stack(list(c), d)", "stack(list(c), 0)"),
    ("autograd.functional", "_fresh", "t.view_as(t) if create_graph and t.requires_grad else t.detach().requires_grad_()", "t.detach().requires_grad_()"),
    ("autograd.functional", "hvp", '_pull("hvp", back, units, directions', '_pull("hvp", back, units, tuple(d.abs() for d in directions)'),
    ("autograd.tangents", "_in_place", "set_tangent(old, own.clone())", "pass"),
    ("autograd.tangents", "_out_of_place", "with _the_same_draws(state):", "if True:"),
)  # fmt: skip

RECOMPUTED = of_kind(
    "recomputation or saved values",
    ("utils.checkpoint", "_drawing_as_before", "default_generator.set_state(now)", "pass"),
    ("utils.checkpoint", "CheckpointFunction.backward", "enable_grad(), _drawing_as_before(ctx.state)", "enable_grad()"),
    ("utils.checkpoint", "_Frame.unpack", "recomputed = mode.task.notes[self] = self._recompute()", "recomputed = self._recompute()"),
    ("utils.checkpoint", "detach_variable", "requires_grad_(t.requires_grad)", "requires_grad_()"),
    ("autograd.graph", "_First.__call__", "mode.task.notes.setdefault(self, grad) is grad", "True"),
    ("autograd.graph", "_Gathered.hook_of", "[sum(task.will_run(p()) for p in self.places)]", "[len(self.places)]"),
    ("autograd.graph", "increment_version", "bump_version(t)", "bump_version(t); bump_version(t)"),
    ("autograd.graph", "get_gradient_edge", 'getattr(edge, "index", 0)', "0"),
)  # fmt: skip

FILES = of_kind(
    "file",
    ("serialization.writing", "_TorchNames._reduce_tensor", "fields: Any = (wrap(array), bool(t.requires_grad), OrderedDict())", "fields: Any = (wrap(array), True, OrderedDict())"),
    ("serialization.writing", "_TorchNames._place", "start // array.itemsize", "0"),
    ("serialization.writing", "_TorchNames._storage", "known = self.storages.get(id(owner))", "known = None"),
    ("serialization.writing", "_write_legacy", "storage.reference()[-1].to_bytes", "storage.data.size.to_bytes"),
    ("serialization.rebuild", "rebuild_tensor", "if requires_grad or metadata:", "if metadata:"),
    ("serialization.rebuild", "rebuild_from_type", 'persistent=bool(state.get("persistent", True))', "persistent=True"),
    ("serialization.reading", "load", "weights_only = pickle_module is None and not unforced", "weights_only = False"),
)  # fmt: skip

UTILITIES = of_kind(
    "utility of modules",
    ("nn.utils.rnn", "pad_packed_sequence", "lengths[back]", "lengths"),
    ("nn.utils.rnn", "pad_packed_sequence", "padding_value, dtype=data.dtype", "0.0, dtype=data.dtype"),
    ("nn.utils.rnn", "pad_sequence", '(more, 0) if padding_side == "left" else (0, more)', "(0, more)"),
    ("nn.utils.clip_grad", "get_total_norm", "if error_if_nonfinite and not", "if False and not"),
    ("nn.utils.parametrize", "cached", "_cache.clear()", "pass"),
    ("nn.utils.parametrizations", "_SpectralNorm.forward", "if self.training:", "if True:"),
    ("nn.utils.pruning_methods", "PruningContainer.compute_mask", "kept: Any = mask == 1", "kept: Any = mask != 2"),
    ("nn.utils.convert_parameters", "vector_to_parameters", "start += size", "start += size if size > 1 else 0"),
    ("nn.modules.container", "ModuleList.__repr__", "{places[0]}-{places[-1]}", "{places[0]}-{len(places)}"),
    ("nn.modules.container", "Sequential.__getitem__", "type(self)(OrderedDict(list(self._modules.items())[index]))", "type(self)(*list(self._modules.values())[index])"),
    ("nn.modules.parameter_container", "ParameterDict.update", "sorted(pairs) if plain else pairs", "pairs"),
    ("nn.modules.sparse", "Embedding.extra_repr", '("max_norm", None), ', ""),
    ("nn.modules.hooks", "_call_the_rest", "if number in called or not any(number in a for a in always):", "if number in called:"),
    ("nn.modules.hooks", "_spread", "full[k] = g", "full[places.index(k)] = g"),
    ("amp.grad_scaler", "GradScaler.update", "scale *= self._backoff_factor", "scale /= self._growth_factor"),
    ("amp.grad_scaler", "GradScaler.step", "result = None if overflowed else", "result ="),
    ("amp.autocast_mode", "autocast.__exit__", "state.cache.clear()", "pass"),
    ("amp.autocast_mode", "_widest", "widest = dtypes.float32\n", "widest = lower\n"),
)  # fmt: skip

SCHEDULES = of_kind(
    "schedule or average",
    ("optim.lr_scheduler.several", "SequentialLR.step", "scheduler._update_lr(0)", "scheduler.step()"),
    ("optim.lr_scheduler.plateau", "ReduceLROnPlateau._is_better", "best - self.threshold)", "best * (1.0 - self.threshold))"),
    ("optim.lr_scheduler.plateau", "ReduceLROnPlateau._reduce_lr", "if old - new > self.eps:", "if old - new >= 0:"),
    ("optim.lr_scheduler.one_cycle", "OneCycleLR._position", "if self.last_epoch <= end or", "if self.last_epoch < end or"),
    ("optim.swa_utils", "update_bn", "norm.momentum = momentum", "pass"),
    ("optim.swa_utils", "SWALR._alpha", 'if self._anneal_strategy == "cos" else part', "if True else part"),
)  # fmt: skip

DRAWN = of_kind(
    "distribution or draw",
    ("distributions.transforms.transform", "Transform.__call__", "if x is old_x:", "if old_x is not None and x.shape == old_x.shape:"),
    ("distributions.transformed_distribution", "TransformedDistribution.expand", "new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])", "new.base_dist = self.base_dist"),
    ("distributions.transformed_distribution", "TransformedDistribution._turned", "sign = sign * transform.sign", "sign = transform.sign"),
    ("distributions.mixture_same_family", "MixtureSameFamily.variance", "(components.mean - self.mean.unsqueeze(dim)).pow(2.0)", "(components.mean - self.mean.unsqueeze(dim)).abs()"),
    ("core.variates", "_binomial_by_rejection", "squeeze = 0.92 - 4.2 / b", "squeeze = 0.92 - 2.2 / b"),
    ("core.variates", "_poisson", "inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)", "inverse_alpha = 1.1239 + 1.1328 / b"),
    ("core.variates", "categories", "if not replacement or n == 1:", "if not replacement:"),
    ("core.variates", "_OneByOne.close", "2 * sum(1 for _ in self.rest)", "sum(1 for _ in self.rest)"),
    ("ops.random.draw", "normal", "g.normal(n, 0.0, std, d).reshape(shape) + mean._array", "g.normal(n, 0.0, std, d).reshape(shape) + mean._array.mean()"),
)  # fmt: skip

MADE = of_kind(
    "factory or fact",
    ("ops.ranges", "linspace", "np.where(k < steps // 2, left, right)", "left"),
    ("ops.ranges", "logspace", "np.power(np.float64(base),", "np.power(np.float64(10.0 if base == 2 else base),"),
    ("ops.ranges", "arange", "floating = any(isinstance(v, float) for v in (start, end, step))", "floating = any(isinstance(v, float) for v in (start, end))"),
    ("ops.creation", "_like", "array = empty_in_order(wanted, input._array) if form is None", "array = np.empty(input._array.shape, wanted) if form is None"),
    ("ops.tensor_info", "stride", "inner = own[d] * max(x.shape[d], 1)", "inner = own[d]"),
    ("ops.conversion", "resized_memory", "flat[:held] = window(owner, array.dtype, (held,), (1,), start)", "pass"),
    ("ops.shape.splitting", "tensor_split", "size + (k < longer)", "size + (k >= indices_or_sections - longer)"),
    ("core.dtype", "_outrank", "return higher.to_complex() if lower.is_complex else higher", "return higher"),
    ("ops.fft.transforms", "_scale", '(norm == "forward") != inverse', 'norm == "forward"'),
    ("ops.fft.transforms", "_whole", "2 * (input.shape[last] - 1) if sizes[-1] is None", "2 * input.shape[last] - 1 if sizes[-1] is None"),
    ("ops.fft.transforms", "_resized", "input.narrow(dim, 0, n) if more else input", "input.narrow(dim, -more, n) if more else input"),
    ("ops.linalg.systems", "matrix_power", "return matrix_power(inv(A), -n)", "return matrix_power(inv(A), min(-n, 2))"),
    ("ops.linalg.systems", "solve_triangular", "upper=not upper, unitriangular=unitriangular).mT", "upper=not upper).mT"),
    ("ops.linalg.applications", "cond", "(smallest / largest if p == -2 else largest / smallest)", "(largest / smallest)"),
    ("ops.linalg.applications", "lstsq", "if m > n and full else empty", "if m >= n and full else empty"),
    ("ops.linalg.einsum", "_take_diagonals", "letters = letters[:first] + letters[first + 1 : second] + letters[second + 1 :] + c", "letters = c + letters[:first] + letters[first + 1 : second] + letters[second + 1 :]"),
    ("ops.reduction.sort", "_order", 'np.argsort(np.flip(x, dim), dim, kind="stable"), dim)\n    return (x.shape[dim] - 1 - backwards)', 'np.argsort(x, dim, kind="stable"), dim)\n    return backwards'),
    ("ops.reduction.cumulative", "_running", "reached = (input == values) | (input != input)", "reached = input == values"),
    ("ops.reduction.histogram", "_counted", "place = np.where(x == e[-1], len(e) - 2, place)", "pass"),
    ("ops.reduction.differences", "_even_slope", "times(part(0, 1), -1.5) + times(part(1, 1), 2) - times(part(2, 1), 0.5)", "times(part(1, 1), 1) - part(0, 1)"),
)  # fmt: skip

TABLE = [*TRANSFORMS, *RECOMPUTED, *FILES, *UTILITIES, *SCHEDULES, *DRAWN, *MADE]
