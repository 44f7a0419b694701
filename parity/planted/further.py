"""Bugs of a third round: ties, odd sizes, options that meet, seeds of epochs and workers, cooled-down schedules, written files.

Written from the sources alone, six or more of each of the ten kinds that had been overlooked most.
"""

from __future__ import annotations

from .plant import of_kind

BRANCHES = of_kind(
    "rare branch",
    ("ops.reduction.quantile", "_between", "rank.detach().round().long()", "(rank.detach() + 0.5).floor().long()"),
    ("ops.reduction.quantile", "_median_dim", "np.where(largest != largest, first_nan, middle)", "np.where(largest != largest, last, middle)"),
    ("ops.nn.resample", "_keys", "a: float = -0.5", "a: float = -0.75"),
    ("ops.nn.grid_sample", "_inside", "((away.detach() / span).floor() % 2) == 0", "away.detach() < span"),
    ("ops.fft.frequencies", "ifftshift", "(input.shape[d] + 1) // 2", "input.shape[d] // 2"),
    ("ops.linalg.factorizations", "lu_solve", "A.mH if adjoint", "A.mT if adjoint"),
    ("signal.windows", "exponential", "(n - 1) / 2 if center is None", "(M - 1) / 2 if center is None"),
    ("ops.reduction.statistics", "cov", "correction * (weights * aweights).sum()", "correction * (aweights * aweights).sum()"),
    ("ops.fft.short_time", "_window", "pad(w, (left, n_fft - length - left))", "pad(w, (n_fft - length - left, left))"),
    ("func.rearranging", "_groups", 'if names or word == "..." else [[]]', "if names else [[]]"),
)  # fmt: skip

TYPES = of_kind(
    "type",
    ("ops.reduction.cumulative", "_running_value", "return x.astype(result)", "return x.copy()"),
    ("ops.fft.frequencies", "_frequencies", "dtypes.get_default_dtype() if dtype is None", "dtypes.float32 if dtype is None"),
    ("utils.data._utils.collate", "collate_float_fn", "tensor(batch, dtype=float64)", "tensor(batch)"),
    ("ops.nn.layer_norm", "rms_norm", "dtypes.finfo(input.dtype).eps if eps is None", "dtypes.finfo(dtypes.float32).eps if eps is None"),
    ("ops.pointwise.power", "_pow_scalar", "input = input.astype(np.int64)", "input = input.astype(np.int32)"),
    ("core.promotion", "promote", "wanted = dtypes.get_default_dtype()", "wanted = dtypes.float32"),
)  # fmt: skip

DATA = of_kind(
    "data loading",
    ("utils.data.sampler", "RandomSampler.__iter__", "yield from generator.permutation(n).tolist()[: self.num_samples % n]", "yield from generator.permutation(n).tolist()[: self.num_samples % n] if self.num_samples % n else ()"),
    ("utils.data.distributed", "DistributedSampler.__iter__", "self.seed + self.epoch", "self.seed ^ self.epoch"),
    ("utils.data._utils.worker", "_seed_everything", "default_generator.manual_seed(base_seed + worker)", "default_generator.manual_seed(base_seed)"),
    ("utils.data.dataset", "random_split", "math.floor(total * share)", "int(total * share + 0.5)"),
    ("utils.data.dataloader", "_Iterator.__init__", "draw_seed(loader.generator)", "draw_seed()"),
    ("utils.data.sampler", "WeightedRandomSampler.__iter__", "self.replacement, generator=self.generator", "self.replacement"),
)  # fmt: skip

MODULES = of_kind(
    "module state",
    ("nn.modules.batchnorm", "_NormBase._load_from_state_dict", "(version is None or version < 2)", "(version is not None and version < 2)"),
    ("nn.modules.module", "Module.__setattr__", 'if getattr(value, "persistent", True):', "if True:"),
    ("nn.modules.hooks", "_outputs_arrived", "self.grad_outputs = grads\n        if", "pass\n        if"),
    ("nn.utils.spectral_norm", "SpectralNorm.compute_weight", "u, v = u.clone(), v.clone()", "pass"),
    ("nn.modules.state", "Stateful._load_tensor", "Parameter(given, requires_grad=bool(own._requires_grad))", "Parameter(given)"),
    ("nn.modules.rnn", "RNNBase.forward", "else s if in_order is None else s.index_select(1, in_order) for s in states", "else s for s in states"),
    ("optim.swa_utils", "update_bn", "model.train(training)", "model.eval()"),
)  # fmt: skip

OPTIMIZERS = of_kind(
    "optimizer state",
    ("optim.lbfgs", "_remember", "if len(memory[name]) == most:", "if len(memory[name]) > most:"),
    ("optim.line_search", "strong_wolfe", "new.t * 10", "new.t * 5"),
    ("optim.rprop", "Rprop._update", "previous[agreement < 0] = 0", "previous[agreement < -1] = 0"),
    ("optim.lr_scheduler.several", "SequentialLR.__init__", 'set_value(group, "lr", group["initial_lr"])', "pass"),
    ("optim.lr_scheduler.plateau", "ReduceLROnPlateau.step", "self.cooldown_counter -= 1\n            self.num_bad_epochs = 0", "self.cooldown_counter -= 1"),
    ("optim.lr_scheduler.cosine", "CosineAnnealingWarmRestarts._cycle_at", "n = int(math.log(", "n = round(math.log("),
    ("optim.lr_scheduler.cyclic", "CyclicLR.__init__", '"iterations" if mode == "exp_range" else "cycle"', '"cycle"'),
    ("amp.grad_scaler", "GradScaler.update", "scale *= self._backoff_factor\n                self._growth_tracker = 0", "scale *= self._backoff_factor"),
    ("optim.optimizer", "Optimizer.load_state_dict", 'theirs.setdefault("param_names", mine["param_names"])', "pass"),
    ("optim._adafactor", "Adafactor._update", "np.maximum(row.mean(-2, keepdims=True), tiny)", "row.mean(-2, keepdims=True)"),
)  # fmt: skip

PRINTING = of_kind(
    "printing",
    ("core.repr", "", '"short": {"precision": 2', '"short": {"precision": 3'),
    ("core.repr", "tensor_repr", "d is dtypes.get_default_dtype().to_complex()", "d is dtypes.complex64"),
    ("nn.modules.conv", "_ConvNd.extra_repr", '("output_padding", (0,) * n), ', ""),
    ("distributions.distribution", "Distribution.__repr__", "value.numel() == 1", "value.dim() == 0"),
    ("vision.transforms.random_geometry", "RandomResizedCrop.__repr__", "round(v, 4)", "round(v, 3)"),
    ("core.repr", "tensor_repr", "last = len(prefix) + len(suffix)", "last = len(suffix)"),
)  # fmt: skip

INDEXING = of_kind(
    "indexing",
    ("ops.shape.rearrange", "rot90", "whole_number(\"rot90\", \"k\", k) % 4", "abs(whole_number(\"rot90\", \"k\", k)) % 4"),
    ("ops.shape.splitting", "tensor_split", "max(b - a, 0)", "abs(b - a)"),
    ("ops.indexing.masks", "nonzero_static", "nonzero(input)._array[:size]", "nonzero(input)._array[-size:]"),
    ("ops.indexing.masks", "nonzero", "np.atleast_1d(input._array)", "input._array"),
    ("ops.indexing.slice_scatter", "select_scatter", "_at(out.shape, dim, index)", "_at(out.shape, dim, abs(index))"),
    ("ops.shape.rearrange", "", "lambda self: flip(self, (0,))", "lambda self: flip(self, (-1,))"),
)  # fmt: skip

RANDOM = of_kind(
    "random numbers",
    ("core.random", "Generator.normal", "std / math.sqrt(2.0)", "std"),
    ("core.random", "Generator._tabled_normals", "float(wide[first + n - 1])", "float(wide[first + n])"),
    ("distributions.studentT", "StudentT.rsample", "normal = _standard_normal(self._extended_shape(sample_shape), self.df.dtype)\n        return self.loc + self.scale * (normal * (self._chi2.rsample(sample_shape) / self.df).rsqrt())", "chi2 = self._chi2.rsample(sample_shape)\n        return self.loc + self.scale * (_standard_normal(self._extended_shape(sample_shape), self.df.dtype) * (chi2 / self.df).rsqrt())"),
    ("vision.transforms.draws", "crop_place", "if (height, width) == (new_height, new_width):", "if False:"),
    ("ops.random.fill", "random_", "largest(input._array.dtype) + 1", "largest(input._array.dtype)"),
    ("distributions.mixture_same_family", "MixtureSameFamily.sample", "which = self._mixture_distribution.sample(sample_shape)\n            values = self._component_distribution.sample(sample_shape)", "values = self._component_distribution.sample(sample_shape)\n            which = self._mixture_distribution.sample(sample_shape)"),
    ("core.random", "Generator._tabled_blocks", "(n if dtype.itemsize > 2 else full)", "n"),
)  # fmt: skip

NUMERICS = of_kind(
    "numerics",
    ("ops.nn.layer_norm", "normalize", "clamp_min(input.norm(p, dim, keepdim=True), eps)", "plus(input.norm(p, dim, keepdim=True), eps)"),
    ("nn.utils.clip_grad", "clip_grads_with_norm_", "(total_norm + 1e-6)", "total_norm"),
    ("distributions.multinomial", "Multinomial.log_prob", 'logits = logits.masked_fill((value == 0) & (logits == -float("inf")), 0)', "pass"),
    ("ops.linalg.applications", "matrix_rank", "(values > limit.unsqueeze(-1))", "(values >= limit.unsqueeze(-1))"),
    ("distributions.uniform", "Uniform.log_prob", "(value < self.high)", "(value <= self.high)"),
    ("vision.transforms.levels", "autocontrast", "torch.where(flat, torch.zeros_like(low), low)", "low"),
    ("vision.transforms.filters", "_blur", "_bell(size[1], sigma[1], x.dtype)", "_bell(size[1], sigma[0], x.dtype)"),
    ("ops.special.entropy", "xlog1py", "np.equal(input, 0) & ~np.isnan(other)", "np.equal(input, 0)"),
)  # fmt: skip

ENGINE = of_kind(
    "engine",
    ("core.view", "_refresh", "view.version = t._cell[0]", "pass"),
    ("core.engine", "_finish_leaf", "np.add(old._array, g, out=old._array)\n        bump_version(old)", "np.add(old._array, g, out=old._array)"),
    ("core.engine", "_before", "t._grad = g if t._grad is None else tracked._add(t._grad, g)", "t._grad = g"),
    ("core.engine", "_owned", "bump_version(owned)", "pass"),
    ("autograd.gradients", "grad", "results[k]._requires_grad = create_graph", "pass"),
    ("autograd.gradients", "_batched", "keep or k < size - 1", "True"),
    ("core.engine", "_before", "hook(None)", "pass"),
    ("core.engine", "_finish_leaf", "if leaf._requires_grad is False:", "if False:"),
)  # fmt: skip

TABLE = [*BRANCHES, *TYPES, *DATA, *MODULES, *OPTIMIZERS, *PRINTING, *INDEXING, *RANDOM, *NUMERICS, *ENGINE]
