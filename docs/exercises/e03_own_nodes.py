# %% [markdown]
# # 3. Nodes of your own
#
# A node knows two things: how to compute its value, and its local derivative. In the framework that is a
# `torch.autograd.Function` with `forward` and `backward`: `backward` gets the gradient that arrives at the output, and returns one gradient for
# each input of `forward`, **the arriving gradient times the local derivative**.
#
# * *PowNode*: `x**p` has the derivative `p * x**(p - 1)`. With `(a + b**3) * c` at a=7, b=3, c=2, the gradient of `b` is 2 * 3 * 9 = 54.
# * *ReluNode*: 1 where `x > 0`, else 0; 0 at 0, too.
# * *UnaryFunc*: any function, whose derivative is given.

# %%
import minitorch_bp as torch


class PowNode(torch.autograd.Function):
    """x**p for a number p."""

    @staticmethod
    def forward(ctx, x, p):
        # BEGIN SOLUTION
        ctx.save_for_backward(x)
        ctx.p = p
        return x**p
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad):
        # BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        return grad * ctx.p * x ** (ctx.p - 1), None
        # END SOLUTION


class ReluNode(torch.autograd.Function):
    """max(x, 0)."""

    @staticmethod
    def forward(ctx, x):
        # BEGIN SOLUTION
        ctx.save_for_backward(x)
        return x.clamp(min=0)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad):
        # BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        return grad * (x > 0)
        # END SOLUTION


class UnaryFunc(torch.autograd.Function):
    """func(x), with its derivative given as a function."""

    @staticmethod
    def forward(ctx, x, func, derivative):
        # BEGIN SOLUTION
        ctx.save_for_backward(x)
        ctx.derivative = derivative
        return func(x)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad):
        # BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        return grad * ctx.derivative(x), None, None
        # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal, gradients


@check(points=3)
def power(student):
    "PowNode: the gradient of x**3"
    gradients(lambda x: student.PowNode.apply(x, 3), student.torch, [1.0, -2.0, 0.5], what="PowNode with p = 3")


@check(points=1)
def power_in_a_graph(student):
    "(a + b**3) * c at 7, 3, 2"
    torch = student.torch
    a, b, c = (torch.tensor(x, requires_grad=True) for x in (7.0, 3.0, 2.0))
    f = (a + student.PowNode.apply(b, 3)) * c
    f.backward()
    equal(f, 68.0, "f")
    mistakes = {27.0: "that is the local derivative: multiply it with the gradient that arrives", 18.0: "the factor p is missing"}
    equal(b.grad, 54.0, "b.grad", mistakes)


@check(points=2)
def relu(student):
    "ReluNode: 1 where x > 0, else 0"
    torch = student.torch
    x = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)
    y = student.ReluNode.apply(x)
    equal(y, [0, 0, 3], "relu of [-2, 0, 3]")
    (y * torch.tensor([5.0, 5.0, 5.0])).sum().backward()
    mistakes = {
        (0, 5, 5): "at 0 the gradient is 0: x > 0, not x >= 0",
        (0, 0, 1): "multiply with the gradient that arrives",
        (5, 5, 5): "no gradient passes where x < 0",
    }
    equal(x.grad, [0, 0, 5], "the gradient of 5 * relu at [-2, 0, 3]", mistakes)


@check(points=2)
def unary(student):
    "UnaryFunc with the sine"
    apply = lambda x: student.UnaryFunc.apply(x, lambda t: t.sin(), lambda t: t.cos())
    gradients(apply, student.torch, [[0.3, -1.0], [2.0, 0.0]], what="UnaryFunc with sin")


@check(points=2, hidden=True)
def chains(student):
    "the three after each other"
    chain = lambda x: student.UnaryFunc.apply(
        student.ReluNode.apply(student.PowNode.apply(x, 2) - 1.0), lambda t: t.exp(), lambda t: t.exp()
    )
    gradients(chain, student.torch, [1.5, -1.4, 0.3], what="exp(relu(x**2 - 1))")
