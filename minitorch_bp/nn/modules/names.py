"""The modules that ``nn`` offers: every public class of the files here that is a module.

It is a file of its own because a package also holds its files: ``from .modules import *`` would put ``nn.linear`` and
``nn.dropout`` beside ``nn.Linear`` and ``nn.Dropout``. Type checkers read the list in the stub beside it, which is generated.
"""

import importlib

from .docstrings import Docstring
from .module import Module

FILES = (
    "activation", "adaptive", "attention", "batchnorm", "container", "conv", "distance", "dropout", "flatten", "fold",
    "instancenorm", "linear", "linear_cross_entropy", "loss", "module", "normalization", "padding", "parameter_container", "pooling", "rnn", "rnn_cells", "sparse",
    "transformer", "transformer_layers", "upsampling",
)  # fmt: skip


def modules_of(file: str) -> dict[str, type[Module]]:
    """The modules of one file, by name."""
    own = vars(importlib.import_module(f".{file}", __package__))
    kinds = {n: kind for n, kind in own.items() if n[0] != "_" and isinstance(kind, type) and kind.__module__ == own["__name__"]}
    kinds.pop("NonDynamicallyQuantizableLinear", None)  # PyTorch, too, has it in nn.modules.linear only
    return {name: kind for name, kind in kinds.items() if issubclass(kind, Module)}


__all__ = []
for _file in FILES:
    _modules = modules_of(_file)
    globals().update(_modules)
    for _module in _modules.values():
        setattr(_module, "__doc__", Docstring(_module))
    __all__ += _modules
