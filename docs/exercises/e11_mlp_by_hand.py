# %% [markdown]
# # 11. A two-layer perceptron by hand
#
# `g(x) = v . sigma(W x + b) + c`, with the sigmoid, for a batch `X` of shape (n, d): `W` (h, d), `b` (h,), `v` (h,), `c` a number. The loss is the average of `(g(x) - y)**2`.
#
# Keep what the backward pass needs, and go back through the layers. Check each gradient's shape against its parameter's.

# %%
import minitorch_bp as torch


def forward(X, W, b, v, c):
    """The hidden layer's output, (n, h), and g for each row, (n,)."""
    # BEGIN SOLUTION
    H = torch.sigmoid(X @ W.T + b)
    return H, H @ v + c
    # END SOLUTION


def backward(X, y, W, b, v, c):
    """The gradients of W, b, v, c of the average of (g - y)**2, without autograd."""
    # BEGIN SOLUTION
    H, out = forward(X, W, b, v, c)
    grad_out = 2 * (out - y) / len(y)
    grad_H = grad_out[:, None] * v
    grad_Z = grad_H * H * (1 - H)
    return grad_Z.T @ X, grad_Z.sum(0), grad_out @ H, grad_out.sum()
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal
from minitorch_bp.exercises.checks import array, compare


def setting(torch, n=5):
    g = torch.Generator().manual_seed(4)
    shapes = (n, 3), (n,), (4, 3), (4,), (4,), ()
    return [torch.randn(s, generator=g, dtype=torch.float64) for s in shapes]


@check(points=3)
def output(student):
    "the forward pass"
    torch = student.torch
    X, _, W, b, v, c = setting(torch)
    H, out = student.forward(X, W, b, v, c)
    want = torch.sigmoid(X @ W.T + b)
    equal(H, array(want), "H")
    equal(out, array(want @ v + c), "g")


@check(points=5)
def gradients_of_all(student):
    "the gradients of W, b, v and c"
    torch = student.torch
    X, y, *parameters = setting(torch)
    leaves = [p.clone().requires_grad_() for p in parameters]
    W, b, v, c = leaves
    ((torch.sigmoid(X @ W.T + b) @ v + c - y) ** 2).mean().backward()
    for name, given, leaf in zip("Wbvc", student.backward(X, y, *parameters), leaves):
        compare(array(given, f"the gradient of {name}"), array(leaf.grad), f"g: the gradient of {name}")


@check(points=2, hidden=True)
def one_example(student):
    "a batch of one"
    torch = student.torch
    X, y, *parameters = setting(torch, 1)
    leaves = [p.clone().requires_grad_() for p in parameters]
    W, b, v, c = leaves
    ((torch.sigmoid(X @ W.T + b) @ v + c - y) ** 2).mean().backward()
    for name, given, leaf in zip("Wbvc", student.backward(X, y, *parameters), leaves):
        compare(array(given), array(leaf.grad), f"a batch of one: the gradient of {name}")
