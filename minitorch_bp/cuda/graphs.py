"""``torch.cuda.graphs``: the names of :mod:`torch.cuda` for recorded work of a CUDA device."""

from . import without_device as _without_device

_NAMES = "is_current_stream_capturing graph_pool_handle CUDAGraph graph make_graphed_callables"
_ALL = {**_without_device.FUNCTIONS, **_without_device.CLASSES}
globals().update({name: _ALL[name] for name in _NAMES.split()})
__all__ = [*_NAMES.split()]
