"""Parts of a tensor: what reaches the whole when a gradient comes through one of them."""

import pytest

import minitorch_bp as mt


@pytest.mark.parametrize(
    "parts", ["x.unbind(0)[0]", "torch.stack([x, x]).unbind(0)[1]", "list(x)[2]", "x.split(1)[0]", "x.tensor_split(3)[1]"]
)
def test_what_gets_no_gradient_gets_zeros_even_if_the_others_get_infinity(parts):
    x = mt.tensor([1.0, 2.0, 3.0], requires_grad=True)
    part = eval(parts, {"torch": mt, "x": x})
    (part * float("inf")).sum().backward()
    assert not x.grad.isnan().any() and x.grad.isinf().any()


def test_what_is_empty_has_no_parts():
    for requires_grad in (False, True):
        x = mt.zeros(0, 2, requires_grad=requires_grad)
        assert x.unbind(0) == () and list(x) == []
