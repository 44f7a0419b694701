"""Helpers around modules: clipping gradients, parameters as one vector, sequences of different lengths, parametrizations."""

from typing import TYPE_CHECKING

from ...core.lazy import on_demand as _on_demand
from . import parametrizations as parametrizations
from . import parametrize as parametrize
from . import rnn as rnn
from .clip_grad import clip_grad_norm as clip_grad_norm
from .clip_grad import clip_grad_norm_ as clip_grad_norm_
from .clip_grad import clip_grad_value_ as clip_grad_value_
from .clip_grad import clip_grads_with_norm_ as clip_grads_with_norm_
from .clip_grad import get_total_norm as get_total_norm
from .convert_parameters import parameters_to_vector as parameters_to_vector
from .convert_parameters import vector_to_parameters as vector_to_parameters
from .init import skip_init as skip_init
from .spectral_norm import remove_spectral_norm as remove_spectral_norm
from .spectral_norm import spectral_norm as spectral_norm
from .weight_norm import remove_weight_norm as remove_weight_norm
from .weight_norm import weight_norm as weight_norm

if TYPE_CHECKING:
    from . import fusion as fusion
    from . import memory_format as memory_format
    from . import prune as prune
    from . import stateless as stateless
    from .fusion import fuse_conv_bn_eval as fuse_conv_bn_eval
    from .fusion import fuse_conv_bn_weights as fuse_conv_bn_weights
    from .fusion import fuse_linear_bn_eval as fuse_linear_bn_eval
    from .fusion import fuse_linear_bn_weights as fuse_linear_bn_weights
    from .memory_format import convert_conv2d_weight_memory_format as convert_conv2d_weight_memory_format
    from .memory_format import convert_conv3d_weight_memory_format as convert_conv3d_weight_memory_format
else:
    __getattr__ = _on_demand(
        __name__,
        "fusion memory_format prune stateless",
        convert_conv2d_weight_memory_format="memory_format",
        convert_conv3d_weight_memory_format="memory_format",
        fuse_conv_bn_eval="fusion",
        fuse_conv_bn_weights="fusion",
        fuse_linear_bn_eval="fusion",
        fuse_linear_bn_weights="fusion",
    )
