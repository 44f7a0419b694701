"""PyTorch's API on NumPy: ``import minitorch_bp as torch``.

A tensor library with reverse-mode automatic differentiation, written to be read. Names, printed output, numbers under a
seed, and error types are PyTorch's.
"""

import importlib as _importlib
import warnings as _warnings
from typing import TYPE_CHECKING as _TYPE_CHECKING

from .core.device import Size, device
from .core.dtype import (
    bfloat16,
    bool,
    can_cast,
    cdouble,
    cfloat,
    complex64,
    complex128,
    double,
    dtype,
    finfo,
    float,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .core.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .core.random import Generator, default_generator
from .core.repr import set_printoptions
from .core.tensor import Tensor, sparse_coo, sparse_csr, strided
from .ops import methods as _methods
from .ops import tail as _tail
from .ops.nn.softmax import log_softmax, softmax
from .ops.nn.activation import relu, threshold
from .ops.nn.smooth_activation import selu
from .ops.pointwise.arithmetic import (
    add,
    addcdiv,
    addcmul,
    div,
    floor_divide,
    fmod,
    lerp,
    maximum,
    minimum,
    mul,
    neg,
    remainder,
    sub,
    rsub,
)
from .ops.pointwise.compare import allclose, eq, equal, ge, gt, is_nonzero, isclose, le, lt, ne, where
from .ops.pointwise.bitwise import bitwise_and, bitwise_not, bitwise_or, bitwise_xor
from .ops.pointwise.floating import isfinite, isinf, isnan
from .ops.pointwise.logical import logical_and, logical_not, logical_or, logical_xor
from .ops.conversion import detach
from .ops.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_dlpack,
    from_numpy,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from .ops.indexing.diagonals import diag, diag_embed, diagflat, diagonal, trace, tril, triu
from .ops.reduction.extremes import amax, amin, argmax, argmin, max, min
from .ops.indexing.gather import gather, index_add, index_select, scatter, scatter_add
from .ops.indexing.indexing import index_put, masked_fill, masked_select, narrow, nonzero, select
from .ops.shape.joining import cat, hstack, meshgrid, stack, vstack
from .ops.shape.splitting import chunk, split, unbind
from .ops.linalg.matmul import addmm, bmm, dot, matmul, mm, mv, outer
from .ops.linalg.einsum import einsum
from .ops.pointwise.sign import abs, sign
from .ops.pointwise.rounding import ceil, floor, frac, round, trunc
from .ops.pointwise.clamp import clamp
from .ops.pointwise.exponential import exp, exp2, expm1, log, log1p, log2, log10, sigmoid
from .ops.pointwise.power import rsqrt, sqrt
from .ops.pointwise.power import pow, reciprocal, square
from .ops.nn.dropout import alpha_dropout, dropout, feature_alpha_dropout
from .ops.nn.activation import rrelu
from .ops.random.draw import (
    _standard_gamma,
    bernoulli,
    multinomial,
    normal,
    poisson,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
)
from .ops.random.seed import get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from .ops.reduction.sums import all, any, count_nonzero, logsumexp, mean, sum
from .ops.linalg.matrix_functions import norm
from .ops.reduction.prod import prod
from .ops.reduction.statistics import std, std_mean, var, var_mean
from .ops.reduction.cumulative import cumprod, cumsum
from .ops.shape.view import (
    broadcast_tensors,
    broadcast_to,
    clone,
    flatten,
    flip,
    movedim,
    permute,
    ravel,
    reshape,
    roll,
    squeeze,
    t,
    tile,
    transpose,
    unflatten,
    unsqueeze,
)
from .ops.reduction.sort import argsort, sort, topk, unique
from .ops.reduction.histogram import bincount
from .ops.reduction.quantile import median
from .ops.special.gamma import digamma, lgamma
from .ops.special.error import erf, erfc
from .ops.special.entropy import xlogy
from .ops.pointwise.trigonometric import acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan, tanh
from .ops.tensor_info import is_complex, is_floating_point, is_tensor, numel, result_type

from .ops.pointwise.complex_numbers import (
    angle,
    complex,
    conj,
    conj_physical,
    imag,
    isreal,
    polar,
    real,
    sgn,
    view_as_complex,
    view_as_real,
)

_methods.attach_methods()

from . import autograd
from .autograd.tensor_methods import attach as _attach
from .legacy import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
)

_attach()

# Aliases that torch has, too.
absolute, negative, subtract, multiply, divide, true_divide = abs, neg, sub, mul, div, div
greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne
arccos, arcsin, arctan, arctan2, arccosh, arcsinh, arctanh = acos, asin, atan, atan2, acosh, asinh, atanh
concat = concatenate = cat
clip, fix, swapaxes, swapdims, moveaxis = clamp, trunc, transpose, transpose, movedim
row_stack = vstack
ger = outer

inf, nan, pi, e = _methods.np.inf, _methods.np.nan, _methods.np.pi, _methods.np.e
newaxis = None
channels_last, channels_last_3d = "torch.channels_last", "torch.channels_last_3d"
contiguous_format, preserve_format = "torch.contiguous_format", "torch.preserve_format"

__version__ = "0.1.0"

# Results such as 1/0 are inf without a warning, as in torch: NumPy's warnings about our own calls are switched off,
# those about the user's arrays stay.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minitorch_bp\.(ops|core|optim|nn|autograd)\.")

if _TYPE_CHECKING:
    from .settings import (
        _check,
        are_deterministic_algorithms_enabled,
        autocast,
        compile,
        get_default_device,
        get_float32_matmul_precision,
        get_num_threads,
        range,
        set_default_device,
        set_default_tensor_type,
        set_float32_matmul_precision,
        set_num_threads,
        use_deterministic_algorithms,
    )
    from .ops.special.error import erfinv
    from .ops.special.gamma import igamma, igammac, mvlgamma, polygamma
    from .ops.control_flow import cond
    from .ops.vmap import vmap
    from .ops.nn.pooling import max_pool1d, max_pool2d, max_pool3d
    from .ops.nn.linear import bilinear
    from .ops.nn.embedding_bag import embedding_bag
    from .ops.special.bessel import i0
    from .ops.nn.ctc import ctc_loss
    from .ops.nn.distance import cdist, cosine_similarity, pairwise_distance, pdist
    from .ops.nn.smooth_activation import celu
    from .ops.nn.activation import hardshrink, prelu
    from .ops.pointwise.exponential import logit
    from .ops.nn.layer_norm import group_norm, instance_norm, layer_norm, rms_norm
    from .ops.linalg.low_rank import pca_lowrank, svd_lowrank
    from .ops.nn.margin_loss import (
        cosine_embedding_loss,
        hinge_embedding_loss,
        margin_ranking_loss,
        poisson_nll_loss,
        triplet_margin_loss,
    )
    from .ops.linalg.matrix_functions import (
        cholesky,
        cholesky_inverse,
        cholesky_solve,
        det,
        geqrf,
        inverse,
        logdet,
        lu,
        lu_solve,
        lu_unpack,
        matrix_exp,
        matrix_power,
        orgqr,
        ormqr,
        pinverse,
        qr,
        slogdet,
        svd,
        triangular_solve,
    )
    from .ops.pointwise.bitwise import bitwise_left_shift, bitwise_right_shift, gcd, lcm
    from .ops.pointwise.clamp import clamp_max, clamp_min
    from .ops.pointwise.sign import copysign, heaviside, positive, signbit
    from .ops.pointwise.trigonometric import deg2rad, rad2deg, sinc
    from .ops.reduction.norms import dist
    from .ops.pointwise.power import float_power, hypot
    from .ops.reduction.extremes import fmax, fmin
    from .ops.pointwise.floating import frexp, isneginf, isposinf, ldexp, nan_to_num, nextafter
    from .ops.pointwise.exponential import logaddexp, logaddexp2
    from .ops.creation import scalar_tensor
    from .ops.reduction.extremes import aminmax
    from .ops.reduction.sort import bucketize, isin, msort, searchsorted, unique_consecutive
    from .ops.reduction.cumulative import cummax, cummin
    from .ops.reduction.histogram import histc, histogram, histogramdd
    from .ops.reduction.quantile import kthvalue, mode, nanmedian, nanquantile, quantile
    from .ops.indexing.slice_scatter import diagonal_scatter, select_scatter, slice_scatter
    from .ops.indexing.select import index_copy, index_fill, masked_scatter, put, repeat_interleave, take, take_along_dim
    from .ops.indexing.scatter_reduce import index_reduce, scatter_reduce
    from .ops.linalg.products import addbmm, addmv, addr, baddbmm, cross
    from .ops.linalg.systems import chain_matmul
    from .ops.indexing.indices import argwhere, tril_indices, triu_indices, unravel_index
    from .ops.shape.strided import as_strided
    from .ops.shape.rearrange import atleast_1d, atleast_2d, atleast_3d, broadcast_shapes, fliplr, flipud, rot90
    from .ops.shape.joining import block_diag, cartesian_prod, column_stack, combinations, dstack
    from .ops.nn.adaptive_pooling import adaptive_avg_pool1d, adaptive_max_pool1d
    from .ops.nn.resample import channel_shuffle, pixel_shuffle, pixel_unshuffle
    from .ops.shape.strided import as_strided_scatter, empty_permuted, empty_strided, resize_as_
    from .ops.conversion import fill
    from .ops.shape.splitting import dsplit, hsplit, split_with_sizes, tensor_split, unsafe_chunk, unsafe_split, vsplit
    from .ops.reduction.statistics import corrcoef, cov
    from .ops.reduction.differences import cumulative_trapezoid, diff, gradient, trapezoid, trapz
    from .ops.reduction.cumulative import logcumsumexp
    from .ops.reduction.sums import nanmean, nansum
    from .ops.reduction.norms import renorm
    from .ops.linalg.tensor_products import inner, kron, tensordot, vdot
    from .ops.nn.avg_pooling import avg_pool1d
    from . import backends, cuda, fft, linalg, masked, nn, optim, random, signal, special, utils


def save(obj, f, *args, **kwargs):
    """Write tensors, or containers of them, to a file; see :func:`minitorch_bp.serialization.save`."""
    from .serialization import save as write

    return write(obj, f, *args, **kwargs)


def load(f, *args, **kwargs):
    """Read a file that :func:`save` (here or in PyTorch) wrote; see :func:`minitorch_bp.serialization.load`."""
    from .serialization import load as read

    return read(f, *args, **kwargs)


_LATER = (
    "accelerator",
    "backends",
    "cuda",
    "fft",
    "func",
    "linalg",
    "masked",
    "nn",
    "optim",
    "random",
    "signal",
    "special",
    "utils",
)

_SETTINGS = frozenset(
    [
        "_check",
        "are_deterministic_algorithms_enabled",
        "autocast",
        "compile",
        "get_default_device",
        "get_float32_matmul_precision",
        "get_num_threads",
        "range",
        "set_default_device",
        "set_default_tensor_type",
        "set_float32_matmul_precision",
        "set_num_threads",
        "use_deterministic_algorithms",
    ]
)


def __getattr__(name):
    """Import a submodule when it is first named: ``import minitorch_bp`` is a quarter faster for it."""
    if name in _LATER:
        return _importlib.import_module("." + name, __name__)
    if name in _SETTINGS:
        value = globals()[name] = getattr(_importlib.import_module(".settings", __name__), name)
        return value
    if name in _tail.HOME:
        value = globals()[name] = getattr(_tail.load(_tail.HOME[name]), name)
        return value
    if name.endswith("_") and not name.startswith("_") and hasattr(Tensor, name):
        return getattr(Tensor, name)  # torch.relu_(x) is x.relu_()
    raise AttributeError(f"module 'minitorch_bp' has no attribute {name!r}; the names that are here are in the API reference")


def __dir__():
    return sorted([*globals(), *_LATER, *_tail.HOME, *_SETTINGS])
