"""Functions of numbers of 16 bits give numbers of 16 bits."""

import pytest
import torch as reference

import minitorch_bp as mt

NAMES = ["erf", "erfc", "erfinv", "lgamma", "digamma", "i0", "sinc", "special.psi", "special.gammaln", "special.entr", "special.ndtr",
         "nn.functional.mish", "nn.functional.softplus", "nn.functional.hardtanh", "nn.functional.softshrink",
         "nn.functional.hardshrink", "nn.functional.relu6", "nn.functional.gelu", "nn.functional.elu", "nn.functional.logsigmoid"]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", NAMES)
def test_the_type_is_kept(name, dtype):
    def result(t):
        function = t
        for part in name.split("."):
            function = getattr(function, part)
        return function(t.tensor([0.25, 0.5, 0.75], dtype=getattr(t, dtype)))

    ours, theirs = result(mt), result(reference)
    assert str(ours.dtype) == str(theirs.dtype)
    assert ours.float().tolist() == pytest.approx(theirs.float().tolist(), rel=2**-6)
