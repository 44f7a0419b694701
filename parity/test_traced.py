"""Drawn programs through ``torch.jit.trace`` (see ``traced``), and that a wrong trace would be noticed."""

import pytest

from minitorch_bp import jit
from parity import generate, traced
from parity.choices import Seeded


def drawn(case):
    return generate.random_dag(Seeded((17, case)), case)


def test_programs_give_the_same_bits():
    for case in range(15):
        assert traced.difference(drawn(case)) is None, case


def spoiled(outs):
    return [t * 1.0000001 if t.is_floating_point() else t for t in outs]


def hooked(outs):
    for t in outs:
        if t.requires_grad:
            t.register_hook(lambda g: g * 1.0000001)
    return outs


@pytest.mark.parametrize("wrong", [spoiled, hooked])
def test_a_wrong_trace_is_noticed(wrong, monkeypatch):
    class Wrong:
        def __init__(self, function, example, **options):
            self.honest = honest(function, example, **options)
            self._runner = self.honest._runner

        def __call__(self, *leaves):
            return wrong(self.honest(*leaves))

    honest = jit.trace
    monkeypatch.setattr(traced.jit, "trace", Wrong)
    assert any(traced.difference(drawn(case)) is not None for case in range(10))
