"""What has no meaning for complex numbers is refused, as in PyTorch, and not computed by whatever NumPy does with them."""

import pytest
import torch

import minitorch_bp

CALLS = {
    **dict.fromkeys(["max", "min", "amax", "amin", "argmax", "argmin", "aminmax", "sort", "argsort", "median", "mode", "nanmedian", "floor", "ceil", "round", "trunc", "frac", "sign"], ()),
    **dict.fromkeys(["relu", "erf", "erfc", "erfinv", "lgamma", "digamma", "i0", "logit", "signbit", "hardshrink", "selu", "celu"], ()),
    **dict.fromkeys(["topk", "kthvalue"], (1,)),
    **dict.fromkeys(["cummax", "cummin", "softmax", "log_softmax", "clamp_min"], (0,)),
}  # fmt: skip
FUNCTIONS = [
    "gelu",
    "elu",
    "leaky_relu",
    "softplus",
    "mish",
    "hardtanh",
    "hardswish",
    "hardsigmoid",
    "relu6",
    "logsigmoid",
    "softshrink",
    "glu",
]


@pytest.mark.parametrize("name", CALLS)
def test_functions(name):
    for t in (torch, minitorch_bp):
        with pytest.raises(RuntimeError):  # NotImplementedError is one
            getattr(t, name)(t.ones(2, 2, dtype=t.complex64), *CALLS[name])
        getattr(t, name)(t.full((2, 2), 0.5), *CALLS[name])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_activations(name):
    for t in (torch, minitorch_bp):
        with pytest.raises(NotImplementedError):
            getattr(t.nn.functional, name)(t.ones(2, 2, dtype=t.complex64))
