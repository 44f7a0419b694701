"""What the stubs say beyond the source: types of arguments by PyTorch's conventional names, and functions with several forms.

A kernel works on arrays, so its signature can't say what its public function takes; and most functions name their arguments
as all of PyTorch does (``dim`` is a dimension, ``mat2`` a tensor). So a new function needs nothing here, unless its result's
type depends on its arguments. ``make_stubs.py`` reads the tables.
"""

#: Types by the name of the argument: for those that the source leaves open. A default of None adds ``| None``.
PARAMETERS = {
    name: type
    for type, names in {
        "Tensor": (
            "input input1 input2 tensor tensor1 tensor2 mat mat1 mat2 vec vec1 vec2 batch1 batch2 index indices mask source src "
            "target weight bias A B M L LU_data LU_pivots tau query key grid theta running_mean running_var offsets hx w_ih w_hh "
            "b_ih b_hh pos_weight per_sample_weights attn_mask in_proj_weight in_proj_bias bias_k bias_v out_proj_bias "
            "key_padding_mask q_proj_weight k_proj_weight v_proj_weight static_k static_v input_mask other_mask _random_samples "
            "fweights aweights weights sorter prepend append the_template x y"
        ),
        "Operand": "other values exponent test_elements element",
        "Number": "alpha beta value fill_value nan posinf neginf start end step low high from_ to dx s spacing",
        "Number | Tensor": "min max p ord rcond tol q rtol atol",
        "float": "eps max_norm lambd std mean scale",
        "int": "n N k m dim0 dim1 dim2 offset diagonal length padding_idx divisor_override storage_offset chunk_size correction",
        "Dim": "dim",
        "Shape": "size shape sizes dims output_ratio split_sizes physical_layout normalized_shape",
        "Sizes": "kernel_size stride padding dilation output_size output_padding shifts",
        "int | Shape": "split_size_or_sections",
        "int | Shape | Tensor": "indices_or_sections repeats",
        "Sequence[Tensor]": "tensors",
        "bool": (
            "keepdim sorted unbiased accumulate inplace sparse_grad equal_nan align_corners pin_memory size_average reduce "
            "non_blocking weights_only masked_grad recompute_scale_factor copy as_tuple"
        ),
        "dtype": "dtype",
        "DeviceLike": "device",
        "Generator": "generator",
        "Callable[..., Any]": "hook callable func true_fn false_fn distance_function",
    }.items()
    for name in names.split()
}

REDUCTION = 'Literal["none", "mean", "sum"]'
#: Choices that PyTorch documents, by argument or by function and argument: in place of ``str``.
LITERALS = {
    "reduction": REDUCTION,
    "indexing": 'Literal["ij", "xy"]',
    "rounding_mode": 'Literal["trunc", "floor"] | None',
    "interpolation": 'Literal["linear", "lower", "higher", "midpoint", "nearest"]',
    "approximate": 'Literal["none", "tanh"]',
    "side": 'Literal["left", "right"] | None',
    "UPLO": 'Literal["L", "U", "l", "u"]',
    "randomness": 'Literal["error", "different", "same"]',
    "driver": 'Literal["gesvd", "gesvdj", "gesvda", "gels", "gelsy", "gelsd", "gelss"] | None',
    "precision": 'Literal["highest", "high", "medium"]',
    "compute_mode": (
        'Literal["use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"] | None'
    ),
    "linalg.qr.mode": 'Literal["reduced", "complete", "r"]',
    "nn.functional.pad.mode": 'Literal["constant", "reflect", "replicate", "circular"]',
    "nn.functional.interpolate.mode": ('Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"]'),
    "nn.functional.upsample.mode": 'Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"]',
    "nn.functional.grid_sample.mode": 'Literal["bilinear", "nearest", "bicubic"]',
    "nn.functional.grid_sample.padding_mode": 'Literal["zeros", "border", "reflection"]',
    "nn.functional.embedding_bag.mode": 'Literal["sum", "mean", "max"]',
    "scatter_reduce.reduce": 'Literal["sum", "prod", "mean", "amax", "amin"]',
    "scatter_reduce_.reduce": 'Literal["sum", "prod", "mean", "amax", "amin"]',
    "index_reduce.reduce": 'Literal["prod", "mean", "amax", "amin"]',
    "index_reduce_.reduce": 'Literal["prod", "mean", "amax", "amin"]',
    "scatter.reduce": 'Literal["add", "multiply"] | None',
    "scatter_.reduce": 'Literal["add", "multiply"] | None',
    **{f"nn.functional.conv{d}d.padding": 'Sizes | Literal["valid", "same"]' for d in "123"},
}

#: Arguments of single functions that are not what their name says elsewhere.
EXCEPTIONS = {
    **{
        f"{f}.dim": "int"
        for f in ["argmax", "argmin", "gather", "scatter_add", "scatter_add_", "index_select", "index_add", "index_add_", "select", "narrow", "unsqueeze", "unsqueeze_", "softmax", "log_softmax", "repeat_interleave", "cross", "take_along_dim"]
    },
    **{f"{f}.input": "Operand" for f in ["pow", "float_power", "add", "sub", "mul", "div", "rsub", "remainder", "bitwise_and", "bitwise_or", "bitwise_xor"]},
    **{f"{f}.input": "Operand" for f in ["xlogy", "bitwise_left_shift", "bitwise_right_shift", "true_divide", "subtract", "multiply"]},
    **{f"special.{f}.input": "Operand" for f in ["xlogy", "xlog1py", "zeta"]},
    "roll.dims": "Dim", "tensordot.dims": "int | Sequence[Sequence[int]] | Tensor",
    "tile.dims": "Shape", "repeat.repeats": "Shape", "select.index": "int", "select_scatter.index": "int",
    "moveaxis.source": "Dim", "moveaxis.destination": "Dim", "movedim.source": "Dim", "movedim.destination": "Dim",
    "index_put.indices": "tuple[Tensor | None, ...] | list[Tensor | None]",
    "index_put_.indices": "tuple[Tensor | None, ...] | list[Tensor | None]",
    "copy_.src": "Operand", "scatter.src": "Operand", "scatter_.src": "Operand",
    "Tensor.__matmul__.other": "Tensor", "Tensor.__rmatmul__.other": "Tensor", "aminmax.dim": "int", "cond.operands": "Sequence[Any]",
    "nn.functional.softplus.threshold": "float", "nn.functional.batch_norm.running_mean": "Tensor | None",
    "nn.functional.batch_norm.running_var": "Tensor | None", **{f"nn.functional.multi_head_attention_forward.{a}": "Tensor | None"
    for a in ["in_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj_bias"]}, "lerp.weight": "Tensor | Number", "lerp_.weight": "Tensor | Number",
    "lerp.end": "Tensor", "lerp_.end": "Tensor", "narrow.start": "int | Tensor",
    "masked_fill.value": "Operand", "masked_fill_.value": "Operand", "index_fill.value": "Operand", "index_fill_.value": "Operand",
    "fill.value": "Operand", "fill_.value": "Operand", "slice_scatter.start": "int", "slice_scatter.end": "int",
    "roll.shifts": "Dim", "full.size": "int | Shape",
    "cov.correction": "int", "isin.elements": "Operand", "bucketize.input": "Operand", "searchsorted.input": "Operand",
    "histogramdd.bins": "int | Sequence[int] | Sequence[Tensor]", "histogram.bins": "int | Tensor",
    "histogram.range": "tuple[float, float]", "histogramdd.range": "Sequence[float]", "linspace.start": "Number | Tensor",
    "linspace.end": "Number | Tensor", "logspace.start": "Number | Tensor", "logspace.end": "Number | Tensor",
    "norm.p": 'Number | Literal["fro", "nuc"]', "linalg.norm.ord": 'Number | Literal["fro", "nuc"]',
    "linalg.matrix_norm.ord": 'Number | Literal["fro", "nuc"]', "linalg.cond.p": 'Number | Literal["fro", "nuc"]',
    "linalg.tensorsolve.dims": "Shape", "linalg.vector_norm.ord": "Number", "unravel_index.shape": "int | Shape",
    "gradient.spacing": "Number | Sequence[Any] | Tensor", "diff.n": "int", "clamp_min.min": "Operand", "clamp_max.max": "Operand",
    "clamp_min_.min": "Operand", "clamp_max_.max": "Operand", "cross.dim": "int", "logit.eps": "float", "logit_.eps": "float",
    "broadcast_to.size": "Shape", "result_type.tensor1": "Operand", "result_type.tensor2": "Operand", "is_tensor.obj": "object",
    "nn.functional.cross_entropy.weight": "Tensor", "nn.functional.pad.pad": "Shape", "nn.functional.pad.value": "float",
    "nn.functional.interpolate.size": "int | Shape", "nn.functional.interpolate.scale_factor": "float | Sequence[float]",
    "nn.functional.upsample.size": "int | Shape", "nn.functional.upsample.scale_factor": "float | Sequence[float]",
    "nn.functional.upsample_nearest.size": "int | Shape", "nn.functional.upsample_nearest.scale_factor": "float | Sequence[float]",
    "nn.functional.upsample_bilinear.size": "int | Shape", "nn.functional.upsample_bilinear.scale_factor": "float | Sequence[float]",
    "ctc_loss.input_lengths": "Tensor | Shape", "ctc_loss.target_lengths": "Tensor | Shape",
    "nn.functional.gaussian_nll_loss.var": "Tensor | float", "nn.functional.ctc_loss.input_lengths": "Tensor | Shape",
    "nn.functional.ctc_loss.target_lengths": "Tensor | Shape", "nn.functional.layer_norm.normalized_shape": "Shape",
    "nn.functional.adaptive_avg_pool2d.output_size": "int | Sequence[int | None]",
    "nn.functional.adaptive_avg_pool3d.output_size": "int | Sequence[int | None]",
    "nn.functional.softmax.dim": "int", "nn.functional.softmin.dim": "int", "nn.functional.log_softmax.dim": "int", "nn.functional.normalize.dim": "Dim",
    "lstm_cell.hx": "Sequence[Tensor]", "Tensor.__getitem__.index": "Index",
    "Tensor.__setitem__.index": "Index", "Tensor.__setitem__.value": "Operand", "Tensor.__contains__.element": "Any",
    "Tensor.__eq__.other": "Any", "Tensor.__ne__.other": "Any", "Tensor.apply_.callable": "Callable[..., Any]",
    "Tensor.register_hook.hook": "Callable[[Tensor], Any]", "Tensor.backward.gradient": "Tensor",
    "Tensor.backward.inputs": "Tensors", "Tensor.__array__.dtype": "Any", "tensor.data": "Any",
    "as_tensor.data": "Any", "Tensor.new_tensor.data": "Any", "scalar_tensor.s": "Any", "multinomial.num_samples": "int",
    "broadcast_shapes.shapes": "int | Shape",
}  # fmt: skip

#: Properties of Tensor whose getters do not say it: what is read, and what may be written.
PROPERTIES = {
    "grad": ("Tensor | None", "Tensor | None"),
    "data": ("Tensor", "Tensor"),
    "requires_grad": ("bool", "bool"),
    "device": ("device", ""),
    "layout": ("Any", ""),
    "name": ("None", ""),
    "_base": ("Tensor | None", ""),
    "mH": ("Tensor", ""),
    "H": ("Tensor", ""),
    "real": ("Tensor", "Operand"),
    "imag": ("Tensor", "Operand"),
}

#: Results with named fields: the type that the stubs speak of, whose it is, and its fields, tensors unless they say otherwise.
NAMED = {
    "ValuesIndices": ("Of ``max``, ``min``, ``median``, ``sort``, ``topk`` and their kin along a dimension.", "values", "indices"),
    "MinMax": ("Of ``aminmax``.", "min", "max"),
    "MantissaExponent": ("Of ``frexp``.", "mantissa", "exponent"),
    "Histogram": ("Of ``histogram``.", "hist", "bin_edges"),
    "HistogramDD": ("Of ``histogramdd``.", "hist", "bin_edges: tuple[Tensor, ...]"),
    "QR": ("Of ``qr``.", "Q", "R"),
    "SVD": ("Of ``torch.svd``.", "U", "S", "V"),
    "LinalgSVD": ("Of ``torch.linalg.svd``.", "U", "S", "Vh"),
    "Eig": ("Of ``eig`` and ``eigh``.", "eigenvalues", "eigenvectors"),
    "SignLogdet": ("Of ``slogdet``.", "sign", "logabsdet"),
    "PLU": ("Of ``lu_unpack`` and ``torch.linalg.lu``.", "P", "L", "U"),
    "LU": ("Of ``lu_factor``.", "LU", "pivots"),
    "LUInfo": ("Of ``lu_factor_ex``.", "LU", "pivots", "info"),
    "LUInfos": ("Of ``torch.lu`` with ``get_infos``.", "LU", "pivots", "infos"),
    "InverseInfo": ("Of ``inv_ex``.", "inverse", "info"),
    "ResultInfo": ("Of ``solve_ex``.", "result", "info"),
    "CholeskyInfo": ("Of ``cholesky_ex``.", "L", "info"),
    "Lstsq": ("Of ``lstsq``.", "solution", "residuals", "rank", "singular_values"),
    "Geqrf": ("Of ``geqrf``.", "a", "tau"),
    "TriangularSolve": ("Of ``triangular_solve``.", "solution", "cloned_coefficient"),
}

#: Results that the source leaves open: names of functions, and what they return.
RESULTS = {
    name: result
    for names, result in {
        "mode kthvalue cummax cummin sort topk": "ValuesIndices",
        "aminmax": "MinMax",
        "std_mean var_mean": "tuple[Tensor, Tensor]",
        "frexp": "MantissaExponent",
        "histogram": "Histogram",
        "histogramdd": "HistogramDD",
        "slogdet linalg.slogdet": "SignLogdet",
        "qr linalg.qr": "QR",
        "svd": "SVD",
        "linalg.svd": "LinalgSVD",
        "linalg.eig linalg.eigh": "Eig",
        "geqrf": "Geqrf",
        "triangular_solve": "TriangularSolve",
        "lu_unpack linalg.lu": "PLU",
        "linalg.lu_factor": "LU",
        "linalg.lu_factor_ex": "LUInfo",
        "linalg.inv_ex": "InverseInfo",
        "linalg.solve_ex": "ResultInfo",
        "linalg.cholesky_ex": "CholeskyInfo",
        "linalg.lstsq": "Lstsq",
        "nn.functional.multi_head_attention_forward": "tuple[Tensor, Tensor | None]",
        "broadcast_shapes": "Size",
        "vmap": "Callable[..., Any]",
        "range": "Tensor",
        "Tensor.item": "int | float",
        "Tensor.__iter__": "Iterator[Tensor]",
        "Tensor.__reversed__": "Tensor",
        "Tensor.__float__": "float",
        "Tensor.__int__": "int",
        "Tensor.__complex__": "complex",
        "Tensor.__dlpack_device__": "tuple[int, int]",
        "Tensor.__copy__ Tensor.__deepcopy__": "Self",
    }.items()
    for name in names.split()
}

_REDUCED = ["(input: Tensor, *, out: Tensor | None = None) -> Tensor",
            "(input: Tensor, dim: int, keepdim: bool = False, *, out: tuple[Tensor, Tensor] | None = None) -> ValuesIndices"]  # fmt: skip
_LARGEST = [*_REDUCED, "(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor"]
_NEW = "dtype: dtype | None = None, layout: Any = None, device: DeviceLike | None = None, requires_grad: bool = False"
_GENERATOR = "generator: Generator | None = None"
_OUT = "out: Tensor | None = None"
_CONVERT = "non_blocking: bool = False, copy: bool = False, *, memory_format: Any = None"


def _unique(first):
    """The result has a part for each that is asked for."""
    forms = {("False", "False"): "Tensor", ("True", "False"): "tuple[Tensor, Tensor]", ("False", "True"): "tuple[Tensor, Tensor]",
             ("True", "True"): "tuple[Tensor, Tensor, Tensor]"}  # fmt: skip
    for asked, result in forms.items():
        inverse, counts = (f"Literal[{flag}]" + " = False" * (flag == "False") for flag in asked)
        star = "*, " * ("True" in asked)
        yield f"(input: Tensor, {first}{star}return_inverse: {inverse}, return_counts: {counts}, dim: int | None = None) -> {result}"


def _pool(options):
    """With indices or without."""
    yield f"(input: Tensor, {options}, return_indices: Literal[False] = False) -> Tensor"
    yield f"(input: Tensor, {options}, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]"


_MAX_POOL = [
    *_pool("kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False")
]
_FRACTIONAL = [*_pool("kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: float | Sequence[float] | None = None")]
_ADAPTIVE = [*_pool("output_size: int | Sequence[int | None]")]

#: All forms of a function whose result depends on its arguments, or whose arguments come in several forms.
SIGNATURES = {
    "max": _LARGEST,
    "min": _LARGEST,
    "median": _REDUCED,
    "nanmedian": _REDUCED,
    "unique": [*_unique("sorted: bool = True, ")],
    "unique_consecutive": [*_unique("")],
    "torch.where": [
        "(condition: Tensor) -> tuple[Tensor, ...]",
        f"(condition: Tensor, input: Operand, other: Operand, *, {_OUT}) -> Tensor",
    ],
    "Tensor.where": ["(self, condition: Tensor, other: Operand) -> Tensor"],
    "nonzero": [
        f"(input: Tensor, *, as_tuple: Literal[False] = False, {_OUT}) -> Tensor",
        "(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]",
    ],
    **{
        f"atleast_{n}d": [
            "(tensor: Tensor, /) -> Tensor",
            "(tensors: Sequence[Tensor], /) -> tuple[Tensor, ...]",
            "(first: Tensor, second: Tensor, /, *others: Tensor) -> tuple[Tensor, ...]",
        ]
        for n in "123"
    },
    "broadcast_tensors": ["(*tensors: Tensor) -> tuple[Tensor, ...]"],
    "meshgrid": ['(*tensors: Tensor | Sequence[Tensor], indexing: Literal["ij", "xy"] = "ij") -> tuple[Tensor, ...]'],
    "einsum": ["(equation: str, *operands: Tensor | Sequence[Tensor]) -> Tensor"],
    "arange": [
        f"(end: Number, *, {_OUT}, {_NEW}) -> Tensor",
        f"(start: Number, end: Number, step: Number = 1, *, {_OUT}, {_NEW}) -> Tensor",
    ],
    "randint": [
        f"(high: int, size: Shape, *, {_GENERATOR}, {_OUT}, {_NEW}) -> Tensor",
        f"(low: int, high: int, size: Shape, *, {_GENERATOR}, {_OUT}, {_NEW}) -> Tensor",
    ],
    "randint_like": [
        f"(input: Tensor, high: int, *, {_GENERATOR}, {_NEW}) -> Tensor",
        f"(input: Tensor, low: int, high: int, *, {_GENERATOR}, {_NEW}) -> Tensor",
    ],
    "normal": [
        f"(mean: Tensor, std: Tensor | float = 1.0, *, {_GENERATOR}, {_OUT}) -> Tensor",
        f"(mean: float, std: Tensor, *, {_GENERATOR}, {_OUT}) -> Tensor",
        f"(mean: float, std: float, size: Shape, *, {_GENERATOR}, {_OUT}, {_NEW}) -> Tensor",
    ],
    "torch.compile": ["(model: F, **options: Any) -> F", "(model: None = None, **options: Any) -> Callable[[F], F]"],
    "lu": [
        "(A: Tensor, pivot: bool = True, get_infos: Literal[False] = False, out: tuple[Tensor, ...] | None = None) -> LU",
        "(A: Tensor, pivot: bool = True, *, get_infos: Literal[True], out: tuple[Tensor, ...] | None = None) -> LUInfos",
    ],
    "Tensor.__repr__": ["(self) -> str"],
    "Tensor.size": ["(self, dim: None = None) -> Size", "(self, dim: int) -> int"],
    "Tensor.stride": ["(self, dim: None = None) -> tuple[int, ...]", "(self, dim: int) -> int"],
    "Tensor.type": [
        "(self, dtype: None = None, non_blocking: bool = False) -> str",
        "(self, dtype: dtype | str | type, non_blocking: bool = False) -> Tensor",
    ],
    "Tensor.to": [
        f"(self, dtype: dtype, {_CONVERT}) -> Tensor",
        f"(self, device: DeviceLike | None = None, dtype: dtype | None = None, {_CONVERT}) -> Tensor",
        f"(self, other: Tensor, {_CONVERT}) -> Tensor",
    ],
    "Tensor.view": ["(self, shape: Shape, /) -> Tensor", "(self, *shape: int) -> Tensor", "(self, dtype: dtype) -> Tensor"],
    "Tensor.uniform_": [f"(self, from_: float = 0.0, to: float = 1.0, *, {_GENERATOR}) -> Self"],
    "Tensor.random_": [f"(self, from_: int | None = None, to: int | None = None, *, {_GENERATOR}) -> Self"],
    **{f"{space}max_pool{d}d": _MAX_POOL for d in "123" for space in ("", "nn.functional.")},
    **{f"nn.functional.adaptive_max_pool{d}d": _ADAPTIVE for d in "123"},
    "adaptive_max_pool1d": _ADAPTIVE,
    **{f"nn.functional.fractional_max_pool{d}d": _FRACTIONAL for d in "23"},
}  # fmt: skip
