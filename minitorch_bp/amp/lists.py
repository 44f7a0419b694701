"""Which functions compute in which type under autocast on the CPU.

The lists are PyTorch's: what gains from short numbers and bears them (products, convolutions) is computed in the lower precision,
what would lose too much (losses, Fourier transforms, decompositions) in float32, and what joins tensors in the widest of their
types. All other functions take their arguments as they come. Composites that are computed at once here stand where their parts do in PyTorch: ``einsum``
with ``bmm``, and the cells ``gru`` and ``lstm`` where they give the type that PyTorch gives (it casts only their linear maps).
"""

from __future__ import annotations

import functools
from typing import Any

from ..ops import find

LOWER = {
    "torch": "mm bmm matmul addmm addbmm baddbmm prelu inner chain_matmul tensordot einsum cov corrcoef "
    "rnn_tanh rnn_relu lstm rnn_tanh_cell rnn_relu_cell",
    "Tensor": "__matmul__ __rmatmul__",
    "nn.functional": "linear conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d prelu "
    "scaled_dot_product_attention multi_head_attention_forward",
    "linalg": "vecdot multi_dot matrix_power",
}
FLOAT32 = {
    "torch": "quantile nanquantile prod trace cdist polar view_as_complex inverse pinverse cholesky cholesky_inverse cholesky_solve "
    "svd qr geqrf orgqr ormqr lu_solve triangular_solve stft "
    "gru gru_cell lstm_cell",
    "Tensor": "stft",
    "nn.functional": "binary_cross_entropy binary_cross_entropy_with_logits mse_loss l1_loss smooth_l1_loss huber_loss cross_entropy "
    "nll_loss kl_div poisson_nll_loss hinge_embedding_loss margin_ranking_loss soft_margin_loss multi_margin_loss "
    "multilabel_margin_loss cosine_embedding_loss triplet_margin_loss ctc_loss avg_pool3d max_pool3d max_pool3d_with_indices "
    "adaptive_avg_pool3d adaptive_max_pool3d adaptive_max_pool3d_with_indices fractional_max_pool2d "
    "fractional_max_pool2d_with_indices fractional_max_pool3d fractional_max_pool3d_with_indices max_unpool2d max_unpool3d grid_sample",
    "fft": "fft ifft fft2 ifft2 fftn ifftn rfft irfft rfft2 irfft2 rfftn irfftn hfft ihfft",
    "linalg": "inv inv_ex solve cholesky cholesky_ex qr svd svdvals eig eigvals eigh eigvalsh lstsq cond matrix_rank tensorinv "
    "tensorsolve householder_product",
}
PROMOTE = {"torch": "cat concat concatenate stack index_copy"}
#: What PyTorch computes without any of the functions above: nothing is cast inside.
AS_GIVEN = {"nn.functional": "bilinear"}
#: float32 for some of its modes.
PADDING = {"nn.functional": "pad"}


@functools.cache
def functions() -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The functions of each list, those of them that there are; their files are imported."""
    lists = {"lower": LOWER, "float32": FLOAT32, "promote": PROMOTE, "as_given": AS_GIVEN, "padding": PADDING}
    return tuple(
        (kind, tuple(f for space, text in names.items() for name in text.split() if (f := find(space, name)) is not None))
        for kind, names in lists.items()
    )
