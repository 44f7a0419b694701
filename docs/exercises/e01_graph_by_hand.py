# %% [markdown]
# # 1. A computation graph by hand
#
# The expression `(a + b) * c` is three numbers and two operations. Give the intermediate node a name, `d = a + b`, and the output,
# `e = d * c`. The **forward pass** computes the values from the inputs to the output. **Backprop** goes the other way: it starts with
# `de/de = 1` and gives each node's gradient to the nodes that it was made of.
#
# * *Mul* gives each child the parent's gradient times the *other* child.
# * *Add* gives each child the parent's gradient times 1.
#
# Do it with a pencil first.

# %%
import minitorch_bp as torch

a = 7.0  # GIVEN 2..9
b = 3.0  # GIVEN 2..9
c = 2.0  # GIVEN 2..9

# %% [markdown]
# Write down the two values and the four gradients, as plain numbers.

# %%
# BEGIN SOLUTION
values = {"d": a + b, "e": (a + b) * c}
grads = {"d": c, "c": a + b, "a": c, "b": c}
# STARTER values = {"d": ..., "e": ...}
# STARTER grads = {"d": ..., "c": ..., "a": ..., "b": ...}
# END SOLUTION

# %% [markdown]
# Now let the framework do it. Return the output as a tensor, and the gradients of `a`, `b` and `c` in a list.


# %%
def by_framework(a, b, c):
    """The output of (a + b) * c, and the gradients of a, b, c, by backward()."""
    # BEGIN SOLUTION
    inputs = [torch.tensor(x, requires_grad=True) for x in (a, b, c)]
    e = (inputs[0] + inputs[1]) * inputs[2]
    e.backward()
    return e, [x.grad for x in inputs]
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal


@check(points=2)
def forward_pass(student, given):
    "the values of d and e"
    a, b, c = given.a, given.b, given.c
    equal(student.values["d"], a + b, "d", {a * b: "d is a sum"})
    equal(student.values["e"], (a + b) * c, "e", {a + b * c: "the sum comes first: (a + b) * c", a + b + c: "e is a product"})


@check(points=3)
def backward_pass(student, given):
    "the gradients of d, c, a and b"
    a, b, c = given.a, given.b, given.c
    equal(student.grads["d"], c, "grad of d", {a + b: "Mul gives each child the *other* child: d gets c, and c gets d"})
    equal(student.grads["c"], a + b, "grad of c", {c: "Mul gives each child the *other* child: d gets c, and c gets d"})
    for name in "ab":
        mistakes = {
            1.0: "that is Add's local derivative; multiply it with the gradient of d",
            a + b: "a gets it from d, whose gradient is c",
        }
        equal(student.grads[name], c, f"grad of {name}", mistakes)


@check(points=3)
def by_backward(student, given):
    "by_framework gives the same"
    a, b, c = given.a, given.b, given.c
    out, grads = student.by_framework(a, b, c)
    equal(out, (a + b) * c, "the output")
    equal(grads, [c, c, a + b], "the gradients of a, b, c")


@check(points=2, hidden=True)
def other_numbers(student):
    "by_framework at other numbers"
    out, grads = student.by_framework(-1.5, 4.0, 0.5)
    equal(out, 1.25, "the output at (-1.5, 4, 0.5)")
    equal(grads, [0.5, 0.5, 2.5], "the gradients at (-1.5, 4, 0.5)")
