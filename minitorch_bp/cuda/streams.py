"""``torch.cuda.streams``: the classes of :mod:`torch.cuda` for what runs at the same time on a CUDA device."""

from . import without_device as _without_device

globals().update({name: _without_device.CLASSES[name] for name in ("Event", "ExternalStream", "Stream")})
