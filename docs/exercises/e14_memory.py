# %% [markdown]
# # 14. Where the memory goes
#
# The backward pass needs values of the forward pass: `exp` its result, `mul` both operands, `add` nothing at all. As long as the output is alive, they are. That is why training takes more memory than using a network, and why
# `torch.no_grad()` exists.

# %%
import minitorch_bp as torch

# %% [markdown]
# `x` has a million float32 numbers and requires grad. How many bytes of **new** arrays does each result keep alive, its own memory included, as long as only the result is alive? (`x` itself does not count. A derivative may use the result.)

# %%
# BEGIN SOLUTION
kept = {
    "x + 1": 4_000_000,
    "x.exp()": 4_000_000,
    "x * 2 + 1": 4_000_000,
    "x.exp().sin()": 8_000_000,
    "x.exp().exp()": 8_000_000,
    "x.relu().sum()": 4_000_004,
}
# STARTER kept = {"x + 1": ..., "x.exp()": ..., "x * 2 + 1": ..., "x.exp().sin()": ..., "x.exp().exp()": ..., "x.relu().sum()": ...}
# END SOLUTION

# %% [markdown]
# This loop keeps the graph of every step alive. Change one thing, so that `history` holds plain numbers.


# %%
def train(w, X, y, steps=20):
    """Gradient descent; returns the losses as Python floats."""
    history = []
    for _ in range(steps):
        loss = ((X @ w - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
        w.grad = None
        # BEGIN SOLUTION
        history.append(loss.item())
        # STARTER history.append(loss)
        # END SOLUTION
    return history


# %% [markdown]
# Evaluate without recording: the result must not require grad, and the parameters must still do so afterwards.


# %%
def evaluate(w, X, y):
    """The loss, without a graph."""
    # BEGIN SOLUTION
    with torch.no_grad():
        return ((X @ w - y) ** 2).mean()
    # STARTER return ((X @ w - y) ** 2).mean()
    # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal, true


@check(points=4)
def bytes_kept(student):
    "what results keep alive"
    million = 4_000_000
    right = {"x + 1": 1, "x.exp()": 1, "x * 2 + 1": 1, "x.exp().sin()": 2, "x.exp().exp()": 2}
    why = {
        "x + 1": "the derivative of + needs nothing: only the result itself",
        "x.exp()": "the derivative of exp is its result, which is there anyway",
        "x * 2 + 1": "the derivative of x * 2 is 2, and of + 1 is 1: x * 2 itself may go",
        "x.exp().sin()": "sin needs its input, the result of exp; and its own result is alive",
        "x.exp().exp()": "each exp keeps its result",
    }
    for text, n in right.items():
        given = student.kept[text]
        if given is Ellipsis:
            raise NotImplementedError(text)
        true(abs(given - n * million) <= 64, f"{text}: {given:,} bytes, and it is {n * million:,}. Hint: {why[text]}")
    true(
        abs(student.kept["x.relu().sum()"] - million) <= 64,
        "x.relu().sum(): the sum is one number, but relu's derivative needs to know where x > 0",
    )


@check(points=3)
def plain_numbers(student):
    "history holds numbers, not graphs"
    torch = student.torch
    w = torch.zeros(2, requires_grad=True)
    X, y = torch.tensor([[1.0, 2.0], [0.5, -1.0]]), torch.tensor([1.0, 2.0])
    history = student.train(w, X, y)
    true(
        all(isinstance(h, float) for h in history),
        f"history holds {type(history[0]).__name__}s. Hint: a loss tensor keeps its whole graph alive; loss.item() is a number",
    )
    true(history[-1] < history[0], "the loss should fall")


@check(points=3)
def no_graph(student):
    "evaluate does not record"
    torch = student.torch
    w = torch.tensor([1.0, -1.0], requires_grad=True)
    out = student.evaluate(w, torch.eye(2), torch.zeros(2))
    true(not out.requires_grad, "the result requires grad: a graph was recorded. Hint: with torch.no_grad():")
    equal(out, 1.0, "the loss")
    true(w.requires_grad, "w does not require grad any more: do not change the parameter")
