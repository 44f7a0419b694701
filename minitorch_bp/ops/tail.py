"""The longer tail of functions, imported when one of its names is first used: ``import minitorch_bp`` would take a third longer.

The tables say which file has what: functions of the package, methods of Tensor, and methods that write in place. A method stands
in until its file is loaded; then the function itself takes its place. A test checks the tables.
"""

from __future__ import annotations

import importlib
from typing import Any

from ..core import dtype as dtypes
from ..core.inplace import apply_in_place, in_place_method
from ..core.op import OPS
from ..core.tensor import Tensor
from ..core.view import check_writable

FUNCTIONS: dict[str, str] = {
    "control_flow": "cond",
    "conversion": "fill",
    "creation": "scalar_tensor",
    "indexing.indices": "argwhere tril_indices triu_indices unravel_index",
    "indexing.scatter_reduce": "index_reduce scatter_reduce",
    "indexing.select": "index_copy index_fill masked_scatter put repeat_interleave take take_along_dim",
    "indexing.slice_scatter": "diagonal_scatter select_scatter slice_scatter",
    "linalg.low_rank": "pca_lowrank svd_lowrank",
    "linalg.matrix_functions": "cholesky cholesky_inverse cholesky_solve det geqrf inverse logdet lu lu_solve lu_unpack matrix_exp matrix_power orgqr ormqr pinverse qr slogdet svd triangular_solve",
    "linalg.products": "addbmm addmv addr baddbmm cross",
    "linalg.systems": "chain_matmul",
    "linalg.tensor_products": "inner kron tensordot vdot",
    "nn.activation": "hardshrink prelu",
    "nn.adaptive_pooling": "adaptive_avg_pool1d adaptive_max_pool1d",
    "nn.avg_pooling": "avg_pool1d",
    "nn.ctc": "ctc_loss",
    "nn.distance": "cdist cosine_similarity pairwise_distance pdist",
    "nn.embedding_bag": "embedding_bag",
    "nn.layer_norm": "group_norm instance_norm layer_norm rms_norm",
    "nn.linear": "bilinear",
    "nn.margin_loss": "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss poisson_nll_loss triplet_margin_loss",
    "nn.pooling": "max_pool1d max_pool2d max_pool3d",
    "nn.recurrent": "gru_cell lstm_cell rnn_relu_cell rnn_tanh_cell",
    "nn.recurrent_stacks": "gru lstm rnn_relu rnn_tanh",
    "nn.resample": "channel_shuffle pixel_shuffle pixel_unshuffle",
    "nn.smooth_activation": "celu",
    "pointwise.bitwise": "bitwise_left_shift bitwise_right_shift gcd lcm",
    "pointwise.clamp": "clamp_max clamp_min",
    "pointwise.exponential": "logit logaddexp logaddexp2",
    "pointwise.floating": "frexp isneginf isposinf ldexp nan_to_num nextafter",
    "pointwise.power": "float_power hypot",
    "pointwise.sign": "copysign heaviside positive signbit",
    "pointwise.trigonometric": "deg2rad rad2deg sinc",
    "reduction.cumulative": "cummax cummin logcumsumexp",
    "reduction.differences": "cumulative_trapezoid diff gradient trapezoid trapz",
    "reduction.extremes": "fmax fmin aminmax",
    "reduction.histogram": "histc histogram histogramdd",
    "reduction.norms": "dist renorm",
    "reduction.quantile": "kthvalue mode nanmedian nanquantile quantile",
    "reduction.sort": "bucketize isin msort searchsorted unique_consecutive",
    "reduction.statistics": "corrcoef cov",
    "reduction.sums": "nanmean nansum",
    "shape.joining": "block_diag cartesian_prod column_stack combinations dstack",
    "shape.rearrange": "atleast_1d atleast_2d atleast_3d broadcast_shapes fliplr flipud rot90",
    "shape.splitting": "dsplit hsplit split_with_sizes tensor_split unsafe_chunk unsafe_split vsplit",
    "shape.strided": "as_strided as_strided_scatter empty_permuted empty_strided resize_as_",
    "special.bessel": "i0",
    "special.error": "erfinv",
    "special.gamma": "igamma igammac mvlgamma polygamma",
    "vmap": "vmap",
}  # fmt: skip
METHODS: dict[str, str] = {
    "indexing.indices": "argwhere",
    "indexing.scatter_reduce": "index_reduce scatter_reduce",
    "indexing.select": "index_copy index_fill masked_scatter put repeat_interleave take take_along_dim",
    "indexing.slice_scatter": "diagonal_scatter select_scatter slice_scatter",
    "linalg.matrix_functions": "cholesky cholesky_inverse cholesky_solve det geqrf inverse logdet lu lu_solve matrix_exp matrix_power orgqr ormqr pinverse qr slogdet svd triangular_solve",
    "linalg.products": "addbmm addmv addr baddbmm cross",
    "linalg.tensor_products": "inner kron vdot",
    "memory": "new resize storage to_dense untyped_storage",
    "nn.activation": "hardshrink prelu",
    "pointwise.bitwise": "bitwise_left_shift bitwise_right_shift gcd lcm",
    "pointwise.clamp": "clamp_max clamp_min",
    "pointwise.exponential": "logit logaddexp logaddexp2",
    "pointwise.floating": "frexp isneginf isposinf ldexp nan_to_num nextafter",
    "pointwise.power": "float_power hypot",
    "pointwise.sign": "copysign heaviside positive signbit",
    "pointwise.trigonometric": "deg2rad rad2deg sinc",
    "reduction.cumulative": "cummax cummin logcumsumexp",
    "reduction.differences": "diff",
    "reduction.extremes": "fmax fmin aminmax",
    "reduction.histogram": "histc histogram",
    "reduction.norms": "dist renorm",
    "reduction.quantile": "kthvalue mode nanmedian nanquantile quantile",
    "reduction.sort": "msort unique_consecutive",
    "reduction.statistics": "corrcoef cov",
    "reduction.sums": "nanmean nansum",
    "shape.rearrange": "fliplr flipud rot90",
    "shape.splitting": "dsplit hsplit split_with_sizes tensor_split unsafe_chunk unsafe_split vsplit",
    "shape.strided": "as_strided as_strided_ as_strided_scatter new_empty_strided resize_as_ squeeze_ t_ transpose_ unsqueeze_",
    "shape.view": "sum_to_size",
    "special.bessel": "i0",
    "special.error": "erfinv",
    "special.gamma": "igamma igammac mvlgamma",
}  # fmt: skip
IN_PLACE: dict[str, str] = {
    "indexing.scatter_reduce": "index_reduce scatter_reduce",
    "indexing.select": "index_copy index_fill masked_scatter put",
    "linalg.products": "addbmm addmv addr baddbmm",
    "pointwise.bitwise": "bitwise_left_shift bitwise_right_shift gcd lcm",
    "pointwise.clamp": "clamp_max clamp_min",
    "pointwise.exponential": "logit",
    "pointwise.floating": "ldexp nan_to_num nextafter",
    "pointwise.power": "float_power hypot",
    "pointwise.sign": "copysign heaviside",
    "pointwise.trigonometric": "deg2rad rad2deg sinc",
    "reduction.norms": "renorm",
    "special.bessel": "i0",
    "special.error": "erfinv",
    "special.gamma": "igamma igammac mvlgamma",
}  # fmt: skip
#: Methods whose function has another name.
_RENAMED = {"unfold": ("nn.fold", "unfold_dimension")}
HOME = {name: module for module, names in FUNCTIONS.items() for name in names.split()}
MODULES = sorted({*FUNCTIONS, *METHODS, *IN_PLACE})


def in_place(function: Any) -> Any:
    """The method ``name_`` of a composite: the result is written over the tensor."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        from .conversion import _copy

        result = function(self, *args, **kwargs)
        check_writable(self, recorded=bool(result._requires_grad))
        if result.shape != self.shape:
            raise RuntimeError(f"{name}: the result has shape {list(result.shape)}, which does not fit {list(self.shape)}")
        if not dtypes.can_cast(result.dtype, self.dtype):
            raise RuntimeError(f"{name}: a result of type {result.dtype!r} can't be written into a tensor of type {self.dtype!r}")
        return apply_in_place(_copy.op, self, result)

    name = function.__name__ + "_"
    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"In-place version of :func:`minitorch_bp.{function.__name__}`: the result overwrites the tensor itself."
    return method


def load(module: str) -> Any:
    """Import a file of the tail, and put its methods on Tensor."""
    found = importlib.import_module("." + module, __package__)
    for name in METHODS.get(module, "").split():
        setattr(Tensor, name, getattr(found, name))
    for name in IN_PLACE.get(module, "").split():
        op = OPS.get(name)
        is_primitive = op is not None and op.inplace and op.kernel.__module__ == found.__name__
        setattr(Tensor, name + "_", in_place_method(op) if is_primitive else in_place(getattr(found, name)))
    for name, (home, function) in _RENAMED.items():
        if home == module:
            setattr(Tensor, name, getattr(found, function))
    return found


def load_all() -> None:
    """Import the whole tail: for whatever goes through all operations, or all methods."""
    for module in MODULES:
        load(module)


def _stand_in(module: str, name: str) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        load(module)
        return getattr(self, name)(*args, **kwargs)

    method.__name__ = method.__qualname__ = name
    return method


def attach_stand_ins() -> None:
    """Called once, by the package."""
    for table, suffix in ((METHODS, ""), (IN_PLACE, "_")):
        for module, names in table.items():
            for name in names.split():
                setattr(Tensor, name + suffix, _stand_in(module, name + suffix))
    for name, (module, _) in _RENAMED.items():
        setattr(Tensor, name, _stand_in(module, name))
