"""Operations of one's own: a Function with ctx, and one with setup_context."""

from typing import Any

import minitorch_bp as torch
from minitorch_bp import Tensor
from minitorch_bp.autograd import Function


class Exp(Function):
    @staticmethod
    def forward(ctx: Any, input: Tensor) -> Tensor:
        result = input.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (result,) = ctx.saved_tensors
        gradient: Tensor = grad_output * result
        return gradient


class ScaledSum(Function):
    @staticmethod
    def forward(a: Tensor, b: Tensor, scale: float) -> tuple[Tensor, Tensor]:
        return scale * (a + b), scale * (a - b)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, float], output: tuple[Tensor, Tensor]) -> None:
        ctx.scale = inputs[2]

    @staticmethod
    def backward(ctx: Any, plus: Tensor, minus: Tensor) -> tuple[Tensor, Tensor, None]:
        return ctx.scale * (plus + minus), ctx.scale * (plus - minus), None


class StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionNode, x: Tensor, threshold: float = 0.0) -> Tensor:
        ctx.set_materialize_grads(False)
        return (x > threshold).float()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionNode, grad: Tensor) -> tuple[Tensor, None]:
        assert ctx.needs_input_grad[0]
        return grad.clamp(-1, 1), None


def exp(x: Tensor) -> Tensor:
    return Exp.apply(x)


x = torch.randn(3, dtype=torch.float64, requires_grad=True)
exp(x).sum().backward()
assert x.grad is not None and torch.allclose(x.grad, x.exp())
assert torch.autograd.gradcheck(Exp.apply, (x,))

a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
total, difference = ScaledSum.apply(a, b, 0.5)
(total.sum() + 2 * difference.sum()).backward()
print(a.grad, b.grad)

steps = StraightThrough.apply(a - 1.5, 0.0)
steps.sum().backward()
assert steps.tolist() == [0.0, 1.0]
