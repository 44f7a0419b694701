# %% [markdown]
# # 15. A bug hunt
#
# Six functions with a derivative each, and four of the derivatives are wrong. Find them with a numerical check and mend them. Only `backward` may change.

# %%
import minitorch_bp as torch
from minitorch_bp.autograd import Function


class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        # BEGIN SOLUTION
        return grad * 2 * x
        # STARTER return grad * x
        # END SOLUTION


class Divide(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x / y

    @staticmethod
    def backward(ctx, grad):
        x, y = ctx.saved_tensors
        # BEGIN SOLUTION
        return grad / y, -grad * x / y**2
        # STARTER return grad / y, grad * x / y**2
        # END SOLUTION


class Sigmoid(Function):
    @staticmethod
    def forward(ctx, x):
        s = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(s)
        return s

    @staticmethod
    def backward(ctx, grad):
        (s,) = ctx.saved_tensors
        # BEGIN SOLUTION
        return grad * s * (1 - s)
        # STARTER return grad * s * (1 - s)
        # END SOLUTION


class AddRow(Function):
    """A matrix plus a row, (n, d) + (d,)."""

    @staticmethod
    def forward(ctx, X, row):
        return X + row

    @staticmethod
    def backward(ctx, grad):
        # BEGIN SOLUTION
        return grad, grad.sum(0)
        # STARTER return grad, grad.mean(0)
        # END SOLUTION


class MatMul(Function):
    @staticmethod
    def forward(ctx, A, B):
        ctx.save_for_backward(A, B)
        return A @ B

    @staticmethod
    def backward(ctx, grad):
        A, B = ctx.saved_tensors
        # BEGIN SOLUTION
        return grad @ B.T, A.T @ grad
        # STARTER return grad @ B.T, (A.T @ grad).flip(0)
        # END SOLUTION


class Maximum(Function):
    """The larger of x and y, elementwise."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return torch.where(x > y, x, y)

    @staticmethod
    def backward(ctx, grad):
        x, y = ctx.saved_tensors
        # BEGIN SOLUTION
        return grad * (x > y), grad * (x <= y)
        # STARTER return grad * (x > y), grad * (x <= y)
        # END SOLUTION


# %% [markdown]
# Which of them were wrong, in the order of the file?

# %%
# BEGIN SOLUTION
wrong = ["Square", "Divide", "AddRow", "MatMul"]
# STARTER wrong = ...
# END SOLUTION

# %% [checks]
from minitorch_bp.exercises import check, gradients, true


@check(points=1)
def square(student):
    "Square"
    gradients(student.Square.apply, student.torch, [3.0, -0.5], what="Square")


@check(points=2)
def divide(student):
    "Divide"
    gradients(student.Divide.apply, student.torch, [3.0, -0.5], [2.0, 1.5], what="Divide")


@check(points=1)
def sigmoid(student):
    "Sigmoid"
    gradients(student.Sigmoid.apply, student.torch, [0.3, -2.0], what="Sigmoid")


@check(points=2)
def add_row(student):
    "AddRow"
    gradients(student.AddRow.apply, student.torch, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.5, -0.5], what="AddRow")


@check(points=2)
def matmul(student):
    "MatMul"
    gradients(
        student.MatMul.apply,
        student.torch,
        [[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]],
        [[1.0, 0.5], [2.0, -1.0], [0.3, 0.7]],
        what="MatMul",
    )


@check(points=1)
def maximum(student):
    "Maximum"
    gradients(student.Maximum.apply, student.torch, [3.0, -0.5], [2.0, 1.5], what="Maximum")


@check(points=1, hidden=True)
def found(student):
    "the list of the wrong ones"
    if student.wrong is Ellipsis:
        raise NotImplementedError("wrong")
    true(
        sorted(student.wrong) == ["AddRow", "Divide", "MatMul", "Square"],
        f"the list is {student.wrong}: check each one numerically before you mend it",
    )
