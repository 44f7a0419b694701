"""Storages, which views share, and the constructors of old code: as in PyTorch."""

import pytest
import torch

import minitorch_bp as mt

pytestmark = pytest.mark.filterwarnings("ignore")
MAKE = {
    "new": lambda t: t.arange(6.0).reshape(2, 3),
    "row": lambda t: t.arange(6.0).reshape(2, 3)[1],
    "transposed": lambda t: t.arange(6).reshape(2, 3).t(),
    "computed": lambda t: t.ones(2, 3) + 1,
    "drawn": lambda t: t.rand(3),
    "normal": lambda t: t.randn(3),
    "product": lambda t: t.ones(2, 3) @ t.ones(3, 2),
    "parameter": lambda t: t.nn.Linear(3, 2).weight.detach(),
    "joined": lambda t: t.cat([t.ones(2), t.zeros(2)]),
    "sum": lambda t: t.ones(3).sum(),
}


@pytest.mark.parametrize("kind", MAKE)
def test_a_storage_holds_what_pytorchs_holds(kind):
    found = []
    for t in (mt, torch):
        t.manual_seed(0)
        x = MAKE[kind](t)
        bytes_, elements = x.untyped_storage(), x.storage()
        found.append(
            (bytes_.nbytes(), len(bytes_), bytes_.tolist(), elements.size(), elements.tolist(), elements[0], repr(elements))
        )
        assert bytes_.data_ptr() == elements.data_ptr()
    assert found[0] == found[1]


@pytest.mark.parametrize("t", [mt, torch], ids=["mini", "torch"])
def test_views_share_a_storage(t):
    x = t.arange(6.0).reshape(2, 3)
    assert x[1].untyped_storage().data_ptr() == x.t().untyped_storage().data_ptr() == x.data_ptr()
    assert x.clone().untyped_storage().data_ptr() != x.data_ptr()
    x[1].storage()[0] = 7.0
    assert x[0, 0].item() == 7


def test_constructors_of_old_code():
    for use in (
        lambda t, x: x.new([1.5, 2.5]),
        lambda t, x: x.new(2, 3).shape,
        lambda t, x: x.new().shape,
        lambda t, x: x.new(t.tensor([3])),
        lambda t, x: x.resize(3, 2),
        lambda t, x: x.to_dense() is x,
    ):
        mine, its = (use(t, t.arange(6).reshape(2, 3)) for t in (mt, torch))
        assert repr(mine) == repr(its)
    for use, error in ((lambda x: x.resize(7), RuntimeError), (lambda x: x.new(x.double()), TypeError)):
        for t in (mt, torch):
            with pytest.raises(error):
                use(t.arange(6).reshape(2, 3))
