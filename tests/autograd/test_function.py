"""What one's own Function may return, forward and backward."""

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)


def made(t, backward, forward=lambda x: x * 2):
    class Made(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return forward(x)

        @staticmethod
        def backward(ctx, *grads):
            return backward(*grads)

    return Made


GRADIENTS = {
    "a slice": lambda t, g: g[:1],
    "a sum": lambda t, g: g.sum(),
    "one number": lambda t, g: t.ones(1),
    "a row": lambda t, g: g.view(1, 2),
    "a column": lambda t, g: g.view(2, 1),
    "expanded": lambda t, g: g.expand(3, 2),
    "expanded twice": lambda t, g: t.ones(3, 1, 2),
    "no rows": lambda t, g: t.ones(0, 2),
    "too long": lambda t, g: t.ones(3),
    "another type": lambda t, g: g.double(),
    "integers": lambda t, g: g.long(),
    "complex": lambda t, g: g.to(t.complex64),
    "an array": lambda t, g: g.numpy(),
    "a list": lambda t, g: [g],
    "a number": lambda t, g: 5.0,
    "None": lambda t, g: None,
    "nothing": lambda t, g: (),
    "too many": lambda t, g: (g, g),
    "one and None": lambda t, g: (g, None),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("gradient", GRADIENTS.values(), ids=GRADIENTS)
def test_a_gradient_must_be_one_that_the_input_broadcasts_to(gradient):
    def outcome(t):
        x = t.tensor([1.0, 2.0], requires_grad=True)
        try:
            made(t, lambda g: gradient(t, g)).apply(x).sum().backward()
        except Exception as error:
            assert x.grad is None
            return type(error)
        return x.grad if x.grad is None else (x.grad.tolist(), str(x.grad.dtype))

    assert outcome(mt) == outcome(reference)


OUTPUTS = {
    "a number": lambda x: 3,
    "None": lambda x: None,
    "an array": lambda x: x.numpy(),
    "a dict": lambda x: {"y": x * 2},
    "a list": lambda x: [x * 2, x * 3],
    "an empty tuple": lambda x: (),
    "a tuple of one number": lambda x: (3,),
    "a tuple with others": lambda x: (x * 2, "meta", None, [x * 3]),
}


@pytest.mark.parametrize("forward", OUTPUTS.values(), ids=OUTPUTS)
def test_what_is_neither_tensor_nor_tuple_is_returned_as_it_is(forward):
    def shown(value):
        if isinstance(value, (tuple, list)):
            return type(value).__name__, [shown(v) for v in value]
        if isinstance(value, dict):
            return {k: shown(v) for k, v in value.items()}
        return (value.tolist(), getattr(value, "requires_grad", None)) if hasattr(value, "tolist") else value

    def outcome(t):
        received = []
        x = t.tensor([1.0, 2.0], requires_grad=True)
        output = made(t, lambda *g: (received.extend(g), g[0])[1], forward).apply(x)
        if isinstance(output, tuple) and hasattr(output[0] if output else None, "requires_grad"):
            output[0].sum().backward()
        return shown(output), [shown(g) for g in received]

    assert outcome(mt) == outcome(reference)


@pytest.mark.parametrize("t", LIBRARIES)
def test_the_gradient_of_an_output_that_is_no_tensor_is_none(t):
    received = []
    x = t.ones(2, requires_grad=True)
    output = made(t, lambda *g: (received.extend(g), g[0])[1], lambda x: (x * 2, "meta", 3)).apply(x)
    output[0].sum().backward()
    assert received[1:] == [None, None] and x.grad.tolist() == [1, 1]


@pytest.mark.parametrize("t", LIBRARIES)
def test_numpy_of_a_tensor_that_requires_grad_where_nothing_is_recorded(t):
    x = t.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError):
        x.numpy()
    with t.no_grad():
        assert x.numpy().tolist() == [1, 1]


@pytest.mark.parametrize("returned", [1.0, "a", [1.0]], ids=str)
@pytest.mark.parametrize("needed", [True, False])
def test_a_gradient_that_is_no_tensor_is_refused_wanted_or_not(returned, needed):
    def outcome(t):
        class Times(t.autograd.Function):
            @staticmethod
            def forward(ctx, x, y):
                return x * y

            @staticmethod
            def backward(ctx, g):
                return returned, None

        out = Times.apply(t.ones(2, requires_grad=needed), t.ones(2, requires_grad=True))
        with pytest.raises(Exception) as caught:
            out.sum().backward()
        return caught.type

    assert outcome(mt) is outcome(reference) is RuntimeError
