"""``grad_fn`` and ``next_functions`` are PyTorch's, and looking at them changes nothing."""

import functools

import numpy as np
import pytest
import torch

import minitorch_bp
from parity import graphs
from parity.opdb import full_name
from parity.translation import fresh, ours, translated

FEW = 4  # samples of each entry; ``python -m parity.graphs`` takes all


@functools.cache
def _differing(part):
    """The entries of a part whose graph differs, with the first difference."""
    found = {}
    for info in graphs.differentiable()[part::8]:
        _, differing = graphs.differences(info, FEW)
        if differing:
            found[full_name(info)] = differing[0]
    return found


@pytest.mark.parametrize("part", range(8))
def test_the_graph_of_every_function_is_that_of_pytorch(part):
    assert not {name: pair for name, pair in _differing(part).items() if name not in graphs.KNOWN}


def test_the_list_of_differences_is_short():
    assert len(graphs.KNOWN) <= 0.08 * len(graphs.differentiable()) and all(len(reason) > 20 for reason in graphs.KNOWN.values())


@pytest.mark.parametrize("part", range(4))
def test_gradients_are_the_same_for_those_who_look(part):
    """A chain of nodes takes the place of one, or one node that of several, when somebody looks: first and second derivatives stay."""

    def gradients(function, process, arguments, look):
        args, kwargs = translated(fresh(torch, arguments))
        minitorch_bp.manual_seed(0)
        results = [t for t in graphs.leaves_of(process(function(*args, **kwargs))) if isinstance(t, minitorch_bp.Tensor)]
        if look:
            for t in results:
                graphs.shown(t.grad_fn)
        leaves = [t for t in graphs.leaves_of((args, kwargs)) if isinstance(t, minitorch_bp.Tensor) and t.requires_grad]
        roots = [t for t in results if t.requires_grad]
        if not roots or not leaves:
            return None
        rng = np.random.default_rng(0)
        weights = [minitorch_bp.from_numpy(rng.random(t.shape)).to(t.dtype) for t in roots]
        first = minitorch_bp.autograd.grad(roots, leaves, weights, create_graph=True, allow_unused=True)
        again = [g for g in first if g is not None and g.requires_grad]
        second = minitorch_bp.autograd.grad([(g.abs() ** 2).sum() for g in again], leaves, allow_unused=True) if again else ()
        return [None if g is None else g.detach().numpy() for g in (*first, *second)]

    for info in graphs.differentiable()[part::4]:
        function = ours(info.op, info.name)
        for sample in list(info.sample_inputs("cpu", torch.float64, requires_grad=True))[:1]:
            arguments = ((sample.input, *sample.args), sample.kwargs)
            process = translated(sample.output_process_fn_grad)
            try:
                plain = gradients(function, process, arguments, False)
            except (RuntimeError, NotImplementedError):
                continue  # no second derivative
            looked = gradients(function, process, arguments, True)
            if plain is None:
                continue
            for a, b in zip(plain, looked, strict=True):
                if a is not None and b is not None and a.size:
                    assert np.allclose(a, b, rtol=1e-9, atol=1e-9 * (1 + np.max(abs(np.nan_to_num(a)))), equal_nan=True), full_name(
                        info
                    )
                else:
                    missing = a if b is None else b
                    assert missing is None or not np.any(missing), full_name(info)
