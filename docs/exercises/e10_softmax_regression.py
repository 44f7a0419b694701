# %% [markdown]
# # 10. Softmax regression
#
# For several classes there is a score for each: a row of `Z = X @ W.T + b`, with `W` of shape (classes, d). **Softmax** turns a row into probabilities, `exp(z_k) / sum_j exp(z_j)`; the loss of an example is `-log` of the
# probability of its class.
#
# `exp(1000)` is infinite, and infinity over infinity is not a number. Softmax does not change when the same number is subtracted from all scores of a row; subtract the largest.

# %%
import minitorch_bp as torch


def softmax(Z):
    """Of each row; right for large scores, too."""
    # BEGIN SOLUTION
    E = torch.exp(Z - Z.max(dim=1, keepdim=True).values)
    return E / E.sum(dim=1, keepdim=True)
    # END SOLUTION


def loss(Z, y):
    """The average of -log of the probability of each row's class; y is a vector of class numbers."""
    # BEGIN SOLUTION
    shifted = Z - Z.max(dim=1, keepdim=True).values
    logs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return -logs[torch.arange(len(y)), y].mean()
    # END SOLUTION


def score_gradient(Z, y):
    """The gradient of the loss in Z: probabilities minus the truth, averaged."""
    # BEGIN SOLUTION
    grad = softmax(Z)
    grad[torch.arange(len(y)), y] -= 1
    return grad / len(y)
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal, gradients, true
from minitorch_bp.exercises.checks import array, compare

ROWS = [[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]]


@check(points=2)
def probabilities(student):
    "softmax of each row"
    torch = student.torch
    Z = torch.tensor(ROWS)
    given = student.softmax(Z)
    wrong = array(torch.softmax(Z, 0))
    true(
        not abs(array(given) - wrong).max() < 1e-5 if array(given).shape == wrong.shape else True,
        "softmax goes over the columns. Hint: each *row* sums to 1, so sum over dim=1",
    )
    equal(given, array(torch.softmax(Z, 1)), "softmax")


@check(points=1)
def large_scores(student):
    "softmax of scores of 1000"
    import numpy as np

    given = array(student.softmax(student.torch.tensor([[1000.0, 1000.0, 0.0]])))
    true(
        not np.isnan(given).any(),
        "softmax of [1000, 1000, 0] has NaN. Hint: exp(1000) is infinite; subtract the largest score of the row first",
    )
    equal(given, [[0.5, 0.5, 0.0]], "softmax of [1000, 1000, 0]")


@check(points=3)
def value(student):
    "the loss"
    torch = student.torch
    Z, y = torch.tensor(ROWS), torch.tensor([1, 2])
    right = float(torch.nn.functional.cross_entropy(Z, y))
    equal(student.loss(Z, y), right, "the loss", {2 * right: "average over the rows, do not sum", -right: "minus the logarithm"})


@check(points=3)
def gradient(student):
    "its gradient"
    torch = student.torch
    y = torch.tensor([1, 2])
    gradients(lambda Z: student.loss(Z, y), torch, ROWS, what="the loss (by backward)")
    Z = torch.tensor(ROWS, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.cross_entropy(Z, y).backward()
    compare(array(student.score_gradient(Z.detach(), y)), array(Z.grad), "score_gradient")


@check(points=1, hidden=True)
def large_loss(student):
    "the loss of a score that is 1000 too small"
    equal(
        student.loss(student.torch.tensor([[0.0, 1000.0]]), student.torch.tensor([0])),
        1000.0,
        "the loss of [0, 1000] for class 0",
        {
            float(
                "inf"
            ): "the logarithm of a probability that was rounded to zero: subtract before taking exp, and take the log of the sum"
        },
    )
