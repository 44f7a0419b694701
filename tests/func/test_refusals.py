"""What the transforms of torch.func refuse: PyTorch's type of error for the same call, and results where it does not refuse."""

import pytest
import torch

import minitorch_bp

CALLS = [
    "func.grad(lambda x: (x.sum(), 1), has_aux=True)(x)", "func.grad(lambda x: (x.sum(), [x, 'a']), has_aux=True)(x)",
    "func.vjp(lambda x: (x, 1.0), x, has_aux=True)", "func.jacrev(lambda x: (x, 'abc'), has_aux=True)(x)", "func.jacfwd(lambda x: (x, 2), has_aux=True)(x)",
    "func.jacrev(torch.sin, argnums=())(x)", "func.jacfwd(torch.sin, argnums=())(x)", "func.jacrev(torch.sin, argnums=(0, 0))(x)", "func.jacfwd(torch.sin, argnums=(0, 0))(x)",
    "func.jacrev(torch.mul, argnums=(0, -2))(x, x)", "func.jacrev(torch.sin, argnums=0.0)(x)", "func.jacrev(torch.sin, argnums=2)(x)", "func.grad(torch.sum, argnums=-2)(x)",
    "func.jacrev(lambda x: ())(x)", "func.jacfwd(lambda x: ())(x)", "func.vjp(lambda x: (), x)", "func.jvp(lambda x: (), (x,), (x,))", "func.vjp(lambda x: 1.0, x)",
    "func.jacrev(torch.sin)(x + 0j)", "func.jacfwd(torch.sin)(x + 0j)", "func.jacrev(lambda x: x * 1j)(x)", "func.jacfwd(lambda x: x * 1j)(x)",
    "func.jacrev(torch.sin, chunk_size=0)(x)", "func.jacrev(torch.sin, chunk_size=2)(x)", "func.jvp(torch.sin, (), ())", "func.jvp(torch.sin, (x,), (x, x))",
    "func.jvp(lambda x: x['a'], ({'a': x},), ({'b': x},))", "func.jvp(torch.sin, x, x)", "func.jvp(lambda x: (x, y), (x,), (x,), strict=True)", "func.jvp(lambda x: (x, y), (x,), (x,))",
    "func.vjp(lambda x: (x, (x, x)), x)[1](((x, (x, x)),))", "func.vjp(lambda x: (x, x), x)[1]((x, x))", "func.vjp(torch.sin, x)[1](x, x)", "func.vjp(torch.sin, x)[1](x[:1])",
    "func.stack_module_state([])", "func.stack_module_state([frozen(), nn.Linear(2, 2)])", "func.stack_module_state([nn.Linear(2, 2), nn.Linear(2, 2).eval()])",
    "func.stack_module_state([nn.Linear(2, 2), nn.Linear(2, 2)])[0]['bias'].shape",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_refused_as_by_pytorch(call):
    outcomes = []
    for namespace in (minitorch_bp, torch):

        def frozen(namespace=namespace):
            return namespace.nn.Linear(2, 2).requires_grad_(False)

        names = {
            "torch": namespace,
            "func": namespace.func,
            "nn": namespace.nn,
            "x": namespace.tensor([0.5, -1.0]),
            "y": namespace.ones(2),
            "frozen": frozen,
        }
        try:
            result = eval(call, names)
            outcomes.append(repr(result) if "vjp(" not in call or "[1]" in call else "a result")
        except Exception as error:
            outcomes.append(type(error).__name__)
    assert outcomes[0] == outcomes[1]


def test_a_pullback_called_without_recording_has_no_history():
    for namespace in (minitorch_bp, torch):
        x = namespace.tensor(3.0, requires_grad=True)
        out, pull = namespace.func.vjp(lambda t: t**2, x)
        with namespace.no_grad():
            (y,) = pull(namespace.tensor(1.0))
        assert y.item() == 6.0 and not y.requires_grad and out.requires_grad
