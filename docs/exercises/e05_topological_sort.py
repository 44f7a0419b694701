# %% [markdown]
# # 5. Topological sort
#
# A node may pass its gradient on once **all** of its parents have. So put the nodes in an order in which every node stands after its children (a **topological**
# order, the order of the forward pass), and go through it backwards.
#
# Depth first gives such an order: visit the children, then append the node; a node that was visited before is left alone.

# %%
import minitorch_bp as torch


def topological(children, output):
    """The nodes that output depends on, each after its children; children[node] is a list."""
    # BEGIN SOLUTION
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in children[node]:
                visit(child)
            order.append(node)

    visit(output)
    return order
    # END SOLUTION


# %% [markdown]
# `(a + b) * b**3` again: `c = a + b`, `d = b**3`, `e = c * d`. With the order, backprop is a loop: set the output's gradient to 1; for each node in the reversed order,
# add to each child its gradient times the local derivative.


# %%
def backward(graph, output):
    """The gradient of every node; graph[node] is a list of (child, local derivative)."""
    # BEGIN SOLUTION
    order = topological({node: [c for c, _ in edges] for node, edges in graph.items()}, output)
    grads = dict.fromkeys(order, 0.0)
    grads[output] = 1.0
    for node in reversed(order):
        for child, local in graph[node]:
            grads[child] += grads[node] * local
    return grads
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal, true

LECTURE = {"a": [], "b": [], "c": [("a", 1.0), ("b", 1.0)], "d": [("b", 27.0)], "e": [("c", 27.0), ("d", 10.0)]}


def ordered(order, children):
    for node in order:
        for child in children[node]:
            true(child in order, f"{child!r} is missing in the order {order}")
            true(
                order.index(child) < order.index(node),
                f"{node!r} stands before its child {child!r} in {order}: append a node after its children",
            )


@check(points=3)
def order_of_the_lecture(student):
    "the order of (a + b) * b**3"
    children = {n: [c for c, _ in edges] for n, edges in LECTURE.items()}
    order = list(student.topological(children, "e"))
    true(len(order) == len(set(order)), f"a node stands twice in {order}: leave alone what was visited before")
    true(set(order) == set("abcde"), f"the order has {sorted(order)}, and should have a to e")
    ordered(order, children)


@check(points=4)
def gradients_of_the_lecture(student):
    "a = 27, b = 297, c = 27, d = 10"
    grads = student.backward(LECTURE, "e")
    mistakes = {
        270.0: "the last path overwrote the first: +=, not =",
        27.0: "the last path overwrote the first: +=, not =",
        0.0: "the order is not reversed: start at the output",
    }
    equal(grads["b"], 297.0, "b's gradient", mistakes)
    equal([grads[n] for n in "acde"], [27, 27, 10, 1], "the gradients of a, c, d, e")


@check(points=2)
def only_what_is_needed(student):
    "nodes that the output does not depend on stay out"
    order = list(student.topological({"x": [], "y": ["x"], "z": ["x"]}, "y"))
    true("z" not in order, f"y does not depend on z, and the order is {order}: start at the output")


@check(points=1, hidden=True)
def a_long_chain(student):
    "a chain of 30 diamonds, which walking every path would never finish"
    graph = {"n0": []}
    for k in range(30):
        graph |= {f"p{k}": [(f"n{k}", 1.0)], f"q{k}": [(f"n{k}", 1.0)], f"n{k + 1}": [(f"p{k}", 1.0), (f"q{k}", 1.0)]}
    equal(student.backward(graph, "n30")["n0"], 2.0**30, "the gradient after 30 diamonds")
