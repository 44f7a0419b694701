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
    "distributions": "erfinv igamma igammac mvlgamma polygamma",
    "adaptive_pooling": "adaptive_avg_pool1d adaptive_max_pool1d",
    "avg_pooling": "avg_pool1d",
    "bags": "bilinear embedding_bag",
    "bessel": "i0",
    "ctc": "ctc_loss",
    "distance": "cdist cosine_similarity pairwise_distance pdist",
    "gates": "celu hardshrink logit prelu",
    "layer_norm": "group_norm instance_norm layer_norm rms_norm",
    "low_rank": "pca_lowrank svd_lowrank",
    "mapping": "cond vmap",
    "margin_loss": "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss poisson_nll_loss triplet_margin_loss",
    "matrix_functions": "cholesky cholesky_inverse cholesky_solve det geqrf inverse logdet lu lu_solve lu_unpack matrix_exp "
    "matrix_power orgqr ormqr pinverse qr slogdet svd triangular_solve",
    "numeric": "bitwise_left_shift bitwise_right_shift clamp_max clamp_min copysign deg2rad dist float_power fmax fmin frexp "
    "gcd heaviside hypot isneginf isposinf lcm ldexp logaddexp logaddexp2 nan_to_num nextafter positive rad2deg scalar_tensor "
    "signbit sinc",
    "order": "aminmax bucketize cummax cummin histc histogram histogramdd isin kthvalue mode msort nanmedian nanquantile "
    "quantile searchsorted unique_consecutive",
    "pick": "diagonal_scatter index_copy index_fill index_reduce masked_scatter put repeat_interleave scatter_reduce "
    "select_scatter slice_scatter take take_along_dim",
    "pooling": "max_pool1d max_pool2d max_pool3d",
    "products": "addbmm addmv addr baddbmm chain_matmul cross",
    "rearrange": "argwhere as_strided atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes cartesian_prod column_stack "
    "combinations dstack fliplr flipud rot90 tril_indices triu_indices unravel_index",
    "recurrent": "gru_cell lstm_cell rnn_relu_cell rnn_tanh_cell",
    "recurrent_stacks": "gru lstm rnn_relu rnn_tanh",
    "resample": "channel_shuffle pixel_shuffle pixel_unshuffle",
    "reshaped_in_place": "as_strided_scatter empty_permuted empty_strided fill resize_as_",
    "splitting": "dsplit hsplit split_with_sizes tensor_split unsafe_chunk unsafe_split vsplit",
    "statistics": "corrcoef cov cumulative_trapezoid diff gradient logcumsumexp nanmean nansum renorm trapezoid trapz",
    "tensor_products": "inner kron tensordot vdot",
}  # fmt: skip
METHODS: dict[str, str] = {
    "distributions": "erfinv igamma igammac mvlgamma",
    "bessel": "i0",
    "gates": "hardshrink logit prelu",
    "matrix_functions": "cholesky cholesky_inverse cholesky_solve det geqrf inverse logdet lu lu_solve matrix_exp matrix_power "
    "orgqr ormqr pinverse qr slogdet svd triangular_solve",
    "memory": "new resize storage to_dense untyped_storage",
    "numeric": "bitwise_left_shift bitwise_right_shift clamp_max clamp_min copysign deg2rad dist float_power fmax fmin frexp "
    "gcd heaviside hypot isneginf isposinf lcm ldexp logaddexp logaddexp2 nan_to_num nextafter positive rad2deg signbit sinc",
    "order": "aminmax cummax cummin histc histogram kthvalue mode msort nanmedian nanquantile quantile unique_consecutive",
    "pick": "diagonal_scatter index_copy index_fill index_reduce masked_scatter put repeat_interleave scatter_reduce "
    "select_scatter slice_scatter take take_along_dim",
    "products": "addbmm addmv addr baddbmm cross",
    "rearrange": "argwhere as_strided fliplr flipud rot90",
    "reshaped_in_place": "as_strided_ as_strided_scatter new_empty_strided resize_as_ squeeze_ sum_to_size t_ transpose_ "
    "unsqueeze_",
    "splitting": "dsplit hsplit split_with_sizes tensor_split unsafe_chunk unsafe_split vsplit",
    "statistics": "corrcoef cov diff logcumsumexp nanmean nansum renorm",
    "tensor_products": "inner kron vdot",
}  # fmt: skip
IN_PLACE: dict[str, str] = {
    "distributions": "erfinv igamma igammac mvlgamma",
    "bessel": "i0",
    "gates": "logit",
    "numeric": "bitwise_left_shift bitwise_right_shift clamp_max clamp_min copysign deg2rad float_power gcd heaviside hypot "
    "lcm ldexp nan_to_num nextafter rad2deg sinc",
    "pick": "index_copy index_fill index_reduce masked_scatter put scatter_reduce",
    "products": "addbmm addmv addr baddbmm",
    "statistics": "renorm",
}  # fmt: skip
#: Methods whose function has another name.
_RENAMED = {"unfold": ("windows", "unfold_dimension")}
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
