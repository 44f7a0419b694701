"""Names that libraries take from PyTorch's corners, each with PyTorch's result: a library that imports them runs under the swap."""

import pytest
import torch
import torch._subclasses.fake_tensor
import torch.fx
import torch.fx.experimental.proxy_tensor
import torch.hub
from torch.utils._foreach_utils import _group_tensors_by_device_and_dtype as theirs

import minitorch_bp
import minitorch_bp._subclasses.fake_tensor
import minitorch_bp.fx
import minitorch_bp.fx.experimental.proxy_tensor
from minitorch_bp.utils._foreach_utils import _group_tensors_by_device_and_dtype as ours

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@BOTH
def test_the_package_is_its_own_attribute(t):
    assert t.torch is t and t.torch.Tensor is t.Tensor


@BOTH
def test_nothing_is_traced_and_all_tensors_have_memory(t):
    assert t.fx.experimental.proxy_tensor.get_proxy_mode() is None and t._C._are_functorch_transforms_active() is False
    with pytest.raises(RuntimeError):
        t.fx.wrap(3)
    assert t is torch or t.fx.wrap(len) is len  # (in a function PyTorch's refuses: it marks names of modules)
    assert t._subclasses.fake_tensor.is_fake(t.ones(1)) is False


@BOTH
def test_views_say_so(t):
    x = t.ones(2, 3)
    assert not x._is_view() and x[0]._is_view() and x.t()._is_view() and not (x + 1)._is_view()


@BOTH
def test_the_methods_name_of_an_argument(t):
    x = t.arange(5)
    assert [p.tolist() for p in x.split(split_size=2)] == [p.tolist() for p in t.split(x, split_size_or_sections=2)]
    assert [p.tolist() for p in x.split([2, 3])] == [[0, 1], [2, 3, 4]]
    with pytest.raises(TypeError):
        x.split(split_size_or_sections=2)


@BOTH
def test_a_bound_by_its_name(t):
    x = t.zeros(100)
    assert set(t.randint_like(x, high=2).tolist()) == {0.0, 1.0}
    assert set(t.randint_like(x, low=1, high=3).tolist()) == {1.0, 2.0} and set(t.randint_like(x, 2).tolist()) == {0.0, 1.0}
    with pytest.raises(TypeError):
        t.randint_like(x)


def test_where_weights_are_kept(monkeypatch):
    for home in ("there", None):
        monkeypatch.setenv("TORCH_HOME", home) if home else monkeypatch.delenv("TORCH_HOME")
        monkeypatch.setenv("XDG_CACHE_HOME", "cache")
        assert minitorch_bp.hub._get_torch_home() == torch.hub._get_torch_home()
    name = "resnet18-f37072fd.pth"
    assert minitorch_bp.hub.HASH_REGEX.search(name).group(1) == torch.hub.HASH_REGEX.search(name).group(1) == "f37072fd"


def test_tensors_sorted_by_type():
    def shown(group, t):
        lists = [[t.ones(1), t.ones(2).double(), t.zeros(3)], [None, t.ones(4).double(), t.ones(5)], []]
        return {
            str(key): ([[None if x is None else tuple(x.shape) for x in part] for part in parts], places)
            for key, (parts, places) in group(lists, with_indices=True).items()
        }

    assert shown(ours, minitorch_bp) == shown(theirs, torch)
    assert [places for _, places in ours([[minitorch_bp.ones(1)]]).values()] == [[]]
    for group in (ours, theirs):
        with pytest.raises(RuntimeError):
            group([[]])


@BOTH
def test_optimizers_that_wrap_another(t):
    class Wrapper(t.optim.Optimizer):
        def __init__(self, inner):
            self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks = {}, {}
            self.inner, self.defaults, self.state, self.param_groups = inner, inner.defaults, inner.state, inner.param_groups
            self._patch_step_function()

        def step(self, closure=None):
            return self.inner.step(closure)

    x = t.ones(2, requires_grad=True)
    optimizer = Wrapper(t.optim.SGD([x], lr=0.5))
    x.sum().backward()
    optimizer.step()
    optimizer.zero_grad()
    assert x.tolist() == [0.5, 0.5]


@BOTH
def test_assertions_about_tensors(t):
    t._assert_async(t.tensor(True))
    t._assert_async(t.tensor([0.5]), "text")
    for args in ((t.tensor(0),), (t.tensor(False), "text"), (t.ones(2),)):
        with pytest.raises(RuntimeError):
            t._assert_async(*args)


@BOTH
def test_no_size_is_unknown(t):
    x = t.ones(2)
    assert not isinstance(x.shape[0], t.SymInt) and not isinstance(1.5, t.SymFloat) and not isinstance(True, t.SymBool)
