"""``torch.nn.functional``: the functions behind the modules. Each is defined with its family in ``ops``."""

from ..ops.activation import (
    elu,
    gelu,
    glu,
    hardtanh,
    leaky_relu,
    log_softmax,
    logsigmoid,
    relu6,
    selu,
    silu,
    softmax,
    softmin,
    softplus,
    softsign,
    tanhshrink,
    threshold,
)
from ..ops.activation import relu as _relu
from ..ops.conv import conv1d, conv2d, conv3d
from ..ops.cross_entropy import cross_entropy, nll_loss
from ..ops.dropout import (
    alpha_dropout,
    dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    feature_alpha_dropout,
    gumbel_softmax,
    rrelu,
)
from ..ops.embedding import embedding, one_hot
from ..ops.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)
from ..ops.matmul import linear
from ..ops.normalization import batch_norm
from ..ops.pointwise import sigmoid
from ..ops.pooling import max_pool2d
from ..ops.trigonometric import tanh


def relu(input, inplace=False):  # type: ignore[no-untyped-def]
    r"""The rectifier, :math:`\max(x, 0)`; see :func:`minitorch_bp.relu`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return input.relu_() if inplace else _relu(input)


__all__ = [
    "batch_norm",
    "conv1d",
    "conv2d",
    "conv3d",
    "max_pool2d",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
    "gumbel_softmax",
    "rrelu",
    "elu",
    "embedding",
    "gelu",
    "glu",
    "hardtanh",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softmin",
    "softplus",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
]
