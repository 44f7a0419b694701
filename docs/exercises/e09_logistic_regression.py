# %% [markdown]
# # 9. Logistic regression
#
# For two classes, `sigma(z) = 1 / (1 + exp(-z))` turns the score `z = X @ w + b` into the probability of class 1. The loss of an example is `-log` of the probability of its class; with `y` 0 or 1
# this is
#
# $$-y \log \sigma(z) - (1 - y) \log(1 - \sigma(z)).$$
#
# Its gradient in `z` is short: `sigma(z) - y`.

# %%
import minitorch_bp as torch


def sigmoid(z):
    """1 / (1 + exp(-z)), elementwise."""
    # BEGIN SOLUTION
    return 1 / (1 + torch.exp(-z))
    # END SOLUTION


def loss(z, y):
    """The average logistic loss of scores z, with y of zeros and ones."""
    # BEGIN SOLUTION
    p = sigmoid(z)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    # END SOLUTION


def score_gradient(z, y):
    """The gradient of the loss in z, by the formula and not by backward()."""
    # BEGIN SOLUTION
    return (sigmoid(z) - y) / z.numel()
    # END SOLUTION


def train(X, y, rate=1.0, steps=300):
    """Gradient descent from zero; returns w and b. Use score_gradient, or backward()."""
    w, b = torch.zeros(X.shape[1]), torch.zeros(())
    # BEGIN SOLUTION
    for _ in range(steps):
        grad = score_gradient(X @ w + b, y)
        w = w - rate * X.T @ grad
        b = b - rate * grad.sum()
    # STARTER for _ in range(steps):
    # STARTER     raise NotImplementedError  # ... your code
    # END SOLUTION
    return w, b


# %% [markdown]
# `sigma(40)` is exactly 1 in float32, and `log(1 - 1)` is minus infinity. A loss that is given the score can avoid it: rewrite `-y * log(sigma(z)) - (1 - y) * log(1 - sigma(z))` with
# `softplus(z) = log(1 + exp(z))`, for which the framework has a careful `torch.nn.functional.softplus`.


# %%
def stable_loss(z, y):
    """The same average, right for large scores of either sign."""
    # BEGIN SOLUTION
    return (torch.nn.functional.softplus(z) - y * z).mean()
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal, gradients, true
from minitorch_bp.exercises.checks import array, compare


@check(points=1)
def probability(student):
    "sigmoid"
    equal(
        student.sigmoid(student.torch.tensor([0.0, 2.0, -2.0])),
        [0.5, 0.880797, 0.119203],
        "sigmoid([0, 2, -2])",
        {(0.5, 0.119203, 0.880797): "the sign in the exponent: exp(-z)"},
    )


@check(points=2)
def value(student):
    "the loss"
    torch = student.torch
    z, y = torch.tensor([0.0, 2.0]), torch.tensor([1.0, 0.0])
    equal(
        student.loss(z, y),
        1.410038,
        "the loss of scores [0, 2] for [1, 0]",
        {2.820075: "average, do not sum", -1.410038: "minus the logarithm", 0.410038: "the classes are swapped"},
    )


@check(points=2)
def gradient(student):
    "its gradient in the scores"
    torch = student.torch
    z, y = torch.tensor([0.5, 2.0, -1.0], dtype=torch.float64), torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    gradients(lambda z: student.loss(z, y), torch, [0.5, 2.0, -1.0], what="the loss (by backward)")
    leaf = z.clone().requires_grad_()
    torch.nn.functional.binary_cross_entropy_with_logits(leaf, y).backward()
    compare(array(student.score_gradient(z, y)), array(leaf.grad), "score_gradient")


@check(points=3)
def training(student):
    "training separates two clouds"
    torch = student.torch
    g = torch.Generator().manual_seed(2)
    y = (torch.rand(100, generator=g) > 0.5).float()
    X = torch.randn(100, 2, generator=g) + 2.0 * y[:, None]
    w, b = student.train(X, y)
    right = float((((X @ w + b) > 0).float() == y).float().mean())
    true(right > 0.88, f"only {right:.0%} of the points are on the right side after 300 steps at rate 1 (expected: about 93%)")


@check(points=2, hidden=True)
def large_scores(student):
    "stable_loss at scores of 100"
    torch = student.torch
    z, y = torch.tensor([100.0, -100.0, 0.0]), torch.tensor([0.0, 1.0, 1.0])
    equal(
        student.stable_loss(z, y),
        (200 + 0.693147) / 3,
        "stable_loss([100, -100, 0], [0, 1, 1])",
        {float("inf"): "a logarithm of zero: use softplus of the score"},
    )
