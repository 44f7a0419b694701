# %% [markdown]
# # 8. Linear regression by gradient descent
#
# The model is `X @ w + b`, the loss the average of the squared differences, and with it, if asked for, the L2 term `l2 * (w**2).sum()` (the bias is not penalized). Each step goes against
# the gradient: `w -= rate * w.grad`.
#
# Two things are easily forgotten: a step must not be recorded (`torch.no_grad()`), and the gradient must be cleared, since `backward` adds to it.

# %%
import minitorch_bp as torch


def loss(X, y, w, b, l2=0.0):
    """The average squared error, plus l2 times the sum of the squared weights."""
    # BEGIN SOLUTION
    return ((X @ w + b - y) ** 2).mean() + l2 * (w**2).sum()
    # END SOLUTION


def descend(X, y, rate=0.1, steps=200, l2=0.0):
    """Start at zero, and return w, b and the list of the losses, one before each step."""
    w = torch.zeros(X.shape[1], requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    losses = []
    # BEGIN SOLUTION
    for _ in range(steps):
        value = loss(X, y, w, b, l2)
        losses.append(value.item())
        value.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= rate * p.grad
                p.grad.zero_()
    # STARTER for _ in range(steps):
    # STARTER     raise NotImplementedError  # ... loss, backward, step, clear
    # END SOLUTION
    return w, b, losses


# %% [checks]
from minitorch_bp.exercises import check, equal, true
from minitorch_bp.exercises.checks import array


def data(torch):
    g = torch.Generator().manual_seed(1)
    X = torch.randn(50, 2, generator=g)
    return X, X @ torch.tensor([2.0, -3.0]) + 1.0 + 0.1 * torch.randn(50, generator=g)


def trajectory(torch, rate, steps, l2):
    import numpy as np

    X, y = (array(t) for t in data(torch))
    w, b, losses = np.zeros(2), 0.0, []
    for _ in range(steps):
        r = X @ w + b - y
        losses.append((r**2).mean() + l2 * (w**2).sum())
        w, b = w - rate * (2 * X.T @ r / len(y) + 2 * l2 * w), b - rate * 2 * r.mean()
    return w, b, losses


@check(points=2)
def value(student):
    "the loss is an average"
    torch = student.torch
    X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([3.0, 5.0])
    given = student.loss(X, y, torch.tensor([1.0]), torch.tensor(1.0))
    equal(given, 2.5, "the loss of predictions [2, 3] for [3, 5]", {5.0: "average, do not sum", 1.5: "square the differences"})


@check(points=2)
def penalty(student):
    "the L2 term"
    torch = student.torch
    X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([3.0, 5.0])
    given = student.loss(X, y, torch.tensor([1.0]), torch.tensor(1.0), 0.5)
    equal(
        given,
        3.0,
        "the loss with l2 = 0.5, w = [1], b = 1",
        {
            3.5: "the bias is not penalized",
            2.5: "the L2 term is missing",
            2.75: "the L2 term is a sum over the weights of squares, times l2",
        },
    )


@check(points=4)
def steps(student):
    "the first five losses, and where it arrives"
    torch = student.torch
    w, b, losses = student.descend(*data(torch))
    want_w, want_b, want = trajectory(torch, 0.1, 200, 0.0)
    true(len(losses) == 200, f"there should be 200 losses, one before each step, and there are {len(losses)}")
    true(abs(losses[1] - losses[0]) > 1e-6, "the loss does not change: is the step taken, and in place?")
    growing = losses[2] > losses[1] * 1.0001 or abs(losses[3] - want[3]) > 1e-3 * want[3]
    true(
        not growing,
        f"the losses begin {[round(x, 4) for x in losses[:4]]} and should begin {[round(x, 4) for x in want[:4]]}. Hint: backward adds to .grad, so clear it after each step",
    )
    equal(losses[:5], want[:5], "the first five losses", rtol=1e-3)
    equal(w, want_w, "w at the end", rtol=1e-3)
    equal(b, want_b, "b at the end", rtol=1e-3)


@check(points=2, hidden=True)
def steps_with_penalty(student):
    "with an L2 term the weights are smaller"
    torch = student.torch
    w, b, losses = student.descend(*data(torch), rate=0.05, steps=100, l2=0.3)
    want_w, want_b, want = trajectory(torch, 0.05, 100, 0.3)
    equal(losses[-1], want[-1], "the last loss with l2 = 0.3", rtol=1e-3)
    equal(w, want_w, "w with l2 = 0.3", rtol=1e-3)
