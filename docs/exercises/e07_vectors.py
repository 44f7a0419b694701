# %% [markdown]
# # 7. Vectors and matrices
#
# The loss of linear regression is `mean((X w - y)**2)`, with `X` of shape (n, d), `w` of shape (d,) and `y` of shape (n,). As a graph: *MatrixVectorMult*, *Subtract*, *Pow2*,
# *Mean*. One rule keeps everything straight: **a node's gradient has the shape of its output**.
#
# Write the gradient of each node's input from the gradient of its output. No autograd here.

# %%
import minitorch_bp as torch


def mean_backward(grad, x):
    """x has shape (n,), grad is a number: the gradient of x.mean()."""
    # BEGIN SOLUTION
    return grad * torch.ones_like(x) / x.numel()
    # END SOLUTION


def pow2_backward(grad, x):
    """The gradient of x**2."""
    # BEGIN SOLUTION
    return grad * 2 * x
    # END SOLUTION


def subtract_backward(grad):
    """The gradients of x and of y in x - y: a pair."""
    # BEGIN SOLUTION
    return grad, -grad
    # END SOLUTION


def matvec_backward(grad, X, w):
    """The gradients of X and of w in X @ w: a pair."""
    # BEGIN SOLUTION
    return grad[:, None] * w, X.T @ grad
    # END SOLUTION


# %% [markdown]
# Chain them.


# %%
def loss_gradients(X, w, y):
    """The gradients of X, w and y of mean((X @ w - y)**2)."""
    # BEGIN SOLUTION
    residual = X @ w - y
    grad = mean_backward(1.0, residual**2)
    grad = pow2_backward(grad, residual)
    grad_out, grad_y = subtract_backward(grad)
    grad_X, grad_w = matvec_backward(grad_out, X, w)
    return grad_X, grad_w, grad_y
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal
from minitorch_bp.exercises.checks import array, compare


def data(torch):
    g = torch.Generator().manual_seed(3)
    return [torch.randn(*s, generator=g, dtype=torch.float64) for s in ((4, 3), (3,), (4,))]


def right(torch, f, inputs, grad):
    leaves = [x.clone().requires_grad_() for x in inputs]
    f(*leaves).backward(grad)
    return [array(x.grad) for x in leaves]


@check(points=1)
def mean(student):
    "Mean"
    torch = student.torch
    x = data(torch)[2]
    compare(
        array(student.mean_backward(2.0, x)),
        right(torch, lambda x: x.mean(), [x], torch.tensor(2.0, dtype=torch.float64))[0],
        "Mean",
    )


@check(points=1)
def square(student):
    "Pow2"
    torch = student.torch
    x, grad = data(torch)[2], torch.arange(1.0, 5.0, dtype=torch.float64)
    compare(array(student.pow2_backward(grad, x)), array(grad * 2 * x), "Pow2")


@check(points=1)
def difference(student):
    "Subtract"
    grad = student.torch.arange(1.0, 5.0, dtype=student.torch.float64)
    first, second = student.subtract_backward(grad)
    compare(array(first), array(grad), "Subtract: input 0")
    compare(array(second), array(-grad), "Subtract: input 1")


@check(points=3)
def product(student):
    "MatrixVectorMult"
    torch = student.torch
    X, w, _ = data(torch)
    grad = torch.arange(1.0, 5.0, dtype=torch.float64)
    want = right(torch, lambda X, w: X @ w, [X, w], grad)
    grad_X, grad_w = student.matvec_backward(grad, X, w)
    compare(array(grad_X), want[0], "MatrixVectorMult: input 0 (X)")
    compare(array(grad_w), want[1], "MatrixVectorMult: input 1 (w)")


@check(points=3)
def the_loss(student):
    "the whole chain"
    torch = student.torch
    inputs = data(torch)
    want = right(torch, lambda X, w, y: ((X @ w - y) ** 2).mean(), inputs, torch.tensor(1.0, dtype=torch.float64))
    for name, given, wanted in zip("Xwy", student.loss_gradients(*inputs), want):
        compare(array(given), wanted, f"mean((X w - y)**2): the gradient of {name}")


@check(points=1, hidden=True)
def one_row(student):
    "a data set of one row"
    torch = student.torch
    X, w, y = (torch.tensor(x, dtype=torch.float64) for x in ([[2.0, 1.0]], [1.0, 1.0], [1.0]))
    equal(student.loss_gradients(X, w, y)[1], [8.0, 4.0], "the gradient of w for X = [[2, 1]], w = [1, 1], y = [1]")
