# %% [markdown]
# # 6. An engine of your own
#
# In sixty lines, what the framework does. A `Value` holds a number, its gradient, and the children that it was made of with the local derivative of each. Operators make new
# values; `backward` sorts and goes back.

# %%
import minitorch_bp as torch
import math


class Value:
    """A number that remembers where it came from."""

    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = float(data), 0.0, edges  # edges: pairs of child and local derivative

    def __add__(self, other):
        other = value(other)
        # BEGIN SOLUTION
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
        # END SOLUTION

    def __mul__(self, other):
        other = value(other)
        # BEGIN SOLUTION
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])
        # END SOLUTION

    def __pow__(self, p):
        # BEGIN SOLUTION
        return Value(self.data**p, [(self, p * self.data ** (p - 1))])
        # END SOLUTION

    def relu(self):
        # BEGIN SOLUTION
        return Value(max(self.data, 0.0), [(self, float(self.data > 0))])
        # END SOLUTION

    def exp(self):
        # BEGIN SOLUTION
        return Value(math.exp(self.data), [(self, math.exp(self.data))])
        # END SOLUTION

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -value(other)

    def __truediv__(self, other):
        return self * value(other) ** -1

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        """Add to the gradient of every value that this one was made of."""
        # BEGIN SOLUTION
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for child, _ in node.edges:
                    visit(child)
                order.append(node)

        visit(self)
        arriving = {id(node): 0.0 for node in order}
        arriving[id(self)] = 1.0
        for node in reversed(order):
            node.grad += arriving[id(node)]
            for child, local in node.edges:
                arriving[id(child)] += arriving[id(node)] * local
        # END SOLUTION


def value(x):
    """A Value of a number; a Value as it is."""
    return x if isinstance(x, Value) else Value(x)


# %% [checks]
from minitorch_bp.exercises import check, equal


def both(student, f, numbers):
    "The gradients by the student's engine, and by the framework."
    torch = student.torch
    ours = [student.Value(x) for x in numbers]
    out = f(*ours)
    out.backward()
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    right = f(*theirs)
    right.backward()
    return out.data, [v.grad for v in ours], right.item(), [t.grad.item() for t in theirs]


@check(points=2)
def sums_and_products(student):
    "(a + b) * c at 7, 3, 2"
    out, grads, right, right_grads = both(student, lambda a, b, c: (a + b) * c, [7.0, 3.0, 2.0])
    equal(out, right, "(a + b) * c")
    equal(grads, right_grads, "the gradients of a, b, c", {(2.0, 2.0, 2.0): "Mul gives each child the other child's value"})


@check(points=3)
def two_paths(student):
    "(a + b) * b**3 at 7, 3: b.grad is 297"
    out, grads, right, right_grads = both(student, lambda a, b: (a + b) * b**3, [7.0, 3.0])
    equal(out, right, "(a + b) * b**3")
    wrong = {
        27.0: "the path through b**3 is lost: +=",
        270.0: "the path through a + b is lost: +=",
        117.0: "the factor 3 of the power is missing",
    }
    equal(grads[1], 297.0, "b.grad", wrong)
    equal(grads, right_grads, "the gradients of a, b")


@check(points=2)
def once_each(student):
    "a node that is reached twice runs once: x -> w -> u1, u2 -> y"
    _, grads, _, right = both(student, lambda x: (lambda w: w * 3 + w * 5)(x * 2), [1.5])
    equal(
        grads,
        right,
        "x.grad",
        {
            (22.0,): "w passed on twice: sort first, then go through each node once",
            (11.0,): "w passed on twice: sort first, then go through each node once",
        },
    )


@check(points=2)
def functions(student):
    "relu, exp, division and subtraction"
    f = lambda x, y: (x * y - 2).exp() / (x.relu() + 1) + (-y).relu()
    out, grads, right, right_grads = both(student, f, [1.5, 0.75])
    equal(out, right, "exp(x * y - 2) / (relu(x) + 1) + relu(-y)")
    equal(grads, right_grads, "the gradients of x and y")


@check(points=1, hidden=True)
def twice(student):
    "a second backward adds to .grad, as the framework's does"
    x = student.Value(3.0)
    (x * x).backward()
    (x * x).backward()
    equal(x.grad, 12.0, "x.grad after two backward passes", {6.0: "add to .grad, do not set it"})
