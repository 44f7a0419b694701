# %% [markdown]
# # 4. Two algorithms that look right
#
# `e = (a + b) * b**3` has two paths from `b` to the output. Name the nodes: `c = a + b`, `d = b**3`, `e = c * d`.
#
# **Overwriting.** Each parent *sets* its children's gradient. That is right for a tree, where each node has one parent. Here the last parent of `b`
# wins. The multivariate chain rule adds: `child.grad += ...`.
#
# **Recursion.** Each node passes its gradient on as soon as one arrives. A node that is reached twice passes on twice, the second time including what it
# had passed on already.

# %%
import minitorch_bp as torch

a = 7.0  # GIVEN 2..9
b = 3.0  # GIVEN 2..5

# %% [markdown]
# Which gradient of `b` does overwriting leave, if the parents run in the order e, d, c (so that c is last)? And in the order e, c, d? And what is right?

# %%
# BEGIN SOLUTION
overwritten_c_last = b**3
overwritten_d_last = (a + b) * 3 * b**2
right = (a + b) * 3 * b**2 + b**3
# STARTER overwritten_c_last = ...
# STARTER overwritten_d_last = ...
# STARTER right = ...
# END SOLUTION

# %% [markdown]
# Now the recursion. Take `w = 2 * x`, `u1 = 3 * w`, `u2 = 5 * w`, `y = u1 + u2`. Write the recursive algorithm as it is, with its fault: a node adds what
# arrives to its gradient, and then passes **its whole gradient so far** on to each child.
#
# A graph is a dictionary: `graph[node]` is the list of `(child, local derivative)`.

# %%
graph = {"y": [("u1", 1.0), ("u2", 1.0)], "u1": [("w", 3.0)], "u2": [("w", 5.0)], "w": [("x", 2.0)], "x": []}


def recursive(graph, node, arriving=1.0, grads=None):
    """The gradients that the faulty recursion gives, as a dictionary: grads[node] += arriving, then each child gets grads[node] * local."""
    # BEGIN SOLUTION
    grads = {} if grads is None else grads
    grads[node] = grads.get(node, 0.0) + arriving
    for child, local in graph[node]:
        recursive(graph, child, grads[node] * local, grads)
    return grads
    # END SOLUTION


# %% [markdown]
# Mend it in the smallest way there is: pass on **what arrived**, not the sum so far. That is right, but how often does it visit a node? With `k` diamonds like the one
# above in a row, `x` is visited `2**k` times. Return the gradients, and the number of visits of each node.


# %%
def every_path(graph, node, arriving=1.0, grads=None, visits=None):
    """Right gradients by walking every path: (grads, visits), two dictionaries."""
    # BEGIN SOLUTION
    grads, visits = ({}, {}) if grads is None else (grads, visits)
    grads[node] = grads.get(node, 0.0) + arriving
    visits[node] = visits.get(node, 0) + 1
    for child, local in graph[node]:
        every_path(graph, child, arriving * local, grads, visits)
    return grads, visits
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal


@check(points=3)
def overwriting(student, given):
    "what overwriting leaves in b.grad"
    a, b = given.a, given.b
    by_c, by_d = b**3, (a + b) * 3 * b**2
    swapped = "the other way round: the parent that runs last wins"
    equal(student.overwritten_c_last, by_c, "overwritten_c_last", {by_d: swapped})
    equal(student.overwritten_d_last, by_d, "overwritten_d_last", {by_c: swapped})
    equal(
        student.right,
        by_c + by_d,
        "right",
        {by_c: "the path through d is lost: add both", by_d: "the path through c is lost: add both"},
    )


@check(points=3)
def recursion(student):
    "the faulty recursion on the diamond"
    grads = student.recursive(student.graph, "y")
    equal(grads["w"], 8.0, "w's gradient")
    mistakes = {16.0: "that is the right one: pass on grads[node], the sum so far, which is the fault"}
    equal(grads["x"], 3 * 2 + 8 * 2, "x's gradient by the faulty recursion", mistakes)


@check(points=3)
def paths(student):
    "every path: right, and slow"
    grads, visits = student.every_path(student.graph, "y")
    equal(grads["x"], 16.0, "x's gradient", {22.0: "pass on what arrived, not the sum so far"})
    equal([visits["w"], visits["x"], visits["y"]], [2, 2, 1], "the visits of w, x and y")


@check(points=1, hidden=True)
def many_diamonds(student):
    "five diamonds in a row"
    graph = {"n0": []}
    for k in range(5):
        graph |= {f"p{k}": [(f"n{k}", 2.0)], f"q{k}": [(f"n{k}", 1.0)], f"n{k + 1}": [(f"p{k}", 1.0), (f"q{k}", 1.0)]}
    grads, visits = student.every_path(graph, "n5")
    equal(grads["n0"], 3.0**5, "the gradient at the far end")
    equal(visits["n0"], 2**5, "the visits at the far end")
