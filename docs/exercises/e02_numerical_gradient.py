# %% [markdown]
# # 2. Numerical gradient checking
#
# Nudge one input by a small number and see how far the output moves: `(f(x + eps) - f(x - eps)) / (2 * eps)`. Nothing about `f` needs to be
# known. It is slow, two evaluations for every input; so it does not train networks, but it checks those who do.

# %%
import minitorch_bp as torch


def numerical_gradient(f, inputs, eps=1e-6):
    """The slope of f at a list of numbers, in each of them: a list as long as the inputs."""
    # BEGIN SOLUTION
    slopes = []
    for k in range(len(inputs)):
        up = [x + eps * (i == k) for i, x in enumerate(inputs)]
        down = [x - eps * (i == k) for i, x in enumerate(inputs)]
        slopes.append((f(*up) - f(*down)) / (2 * eps))
    return slopes
    # END SOLUTION


# %% [markdown]
# A formula for the gradient is a claim. `agrees` tests the claim: whether every entry is within a relative error of 1e-4 of the slope.


# %%
def agrees(f, gradient, inputs):
    """Whether gradient(*inputs), a list of numbers, is that of f."""
    # BEGIN SOLUTION
    pairs = zip(gradient(*inputs), numerical_gradient(f, inputs))
    return all(abs(claimed - slope) <= 1e-4 * max(1.0, abs(slope)) for claimed, slope in pairs)
    # END SOLUTION


# %% [markdown]
# How often is `f` evaluated for the gradient of a network with a million parameters?

# %%
# BEGIN SOLUTION
evaluations = 2_000_000
# STARTER evaluations = ...
# END SOLUTION

# %% [checks]
from minitorch_bp.exercises import check, equal, true


@check(points=3)
def of_the_lecture(student):
    "(a + b) * c at 7, 3, 2"
    mistakes = {
        (0, 0, 0): "the inputs that f gets are all the same: nudge one",
        (14, 14, 14): "all inputs were nudged together: one at a time",
    }
    given = student.numerical_gradient(lambda a, b, c: (a + b) * c, [7.0, 3.0, 2.0])
    equal(given, [2, 2, 10], "the slopes", {**mistakes, (4, 4, 20): "divide by 2 * eps, the whole way from down to up"})


@check(points=2)
def centred(student):
    "a nudge to both sides: its error is of the order eps**2"
    given = student.numerical_gradient(lambda x: x**3, [1.0], eps=0.01)
    equal(
        given,
        [3.0001],
        "the slope of x**3 at 1 with eps = 0.01",
        {(3.0301,): "that nudges upwards only; nudge both ways"},
        rtol=1e-6,
    )


@check(points=2)
def claims(student):
    "agrees tells a right formula from a wrong one"
    f = lambda x, y: x * y**2
    true(
        student.agrees(f, lambda x, y: [y**2, 2 * x * y], [3.0, -2.0]),
        "the gradient [y**2, 2xy] of x * y**2 is right, and agrees says no",
    )
    true(
        not student.agrees(f, lambda x, y: [y**2, x * y], [3.0, -2.0]),
        "the gradient [y**2, x*y] of x * y**2 is wrong, and agrees says yes",
    )


@check(points=1)
def cost(student):
    "the cost for a million parameters"
    equal(student.evaluations, 2_000_000, "evaluations", {1_000_000: "up and down are two evaluations for each parameter"})


@check(points=2, hidden=True)
def inputs_are_kept(student):
    "the list that was given is not changed"
    inputs = [1.0, 2.0]
    student.numerical_gradient(lambda x, y: x * y, inputs)
    true(inputs == [1.0, 2.0], f"numerical_gradient changed its inputs to {inputs}")
