# %% [markdown]
# # 12. The same network with `nn`
#
# A module holds its parameters and says how it computes. Build the two-layer perceptron twice, for regression (one output, squared error) and for classification (an output for each class, softmax loss), and train both with an
# optimizer.
#
# The scores go into `CrossEntropyLoss` as they are: it contains the softmax.

# %%
import minitorch_bp as torch
from minitorch_bp import nn


class TwoLayers(nn.Module):
    """Linear, sigmoid, Linear."""

    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        # BEGIN SOLUTION
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, outputs)
        # STARTER ...  # two layers
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return self.second(torch.sigmoid(self.first(x)))
        # END SOLUTION


def train(model, criterion, x, y, steps=300, rate=0.05):
    """Train with Adam; returns the list of losses, one before each step."""
    losses = []
    # BEGIN SOLUTION
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(steps):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    # STARTER raise NotImplementedError  # ... an optimizer, and the loop: loss, zero_grad, backward, step
    # END SOLUTION
    return losses


# %% [checks]
from minitorch_bp.exercises import check, true


@check(points=2)
def parameters(student):
    "the parameters, and their shapes"
    shapes = [tuple(p.shape) for p in student.TwoLayers(3, 5, 2).parameters()]
    true(bool(shapes), "the module has no parameters. Hint: layers must be attributes (self.first = ...), not in a plain list")
    true(
        sorted(shapes) == [(2,), (2, 5), (5,), (5, 3)],
        f"TwoLayers(3, 5, 2) has parameters of shapes {shapes}; two Linear layers would have (5, 3), (5,), (2, 5), (2,)",
    )


@check(points=2)
def nonlinear(student):
    "it is not linear"
    torch = student.torch
    torch.manual_seed(0)
    model = student.TwoLayers(1, 8, 1)
    with torch.no_grad():
        y = model(torch.tensor([[-5.0], [0.0], [5.0]])).flatten()
    true(abs(float(y[0] + y[2] - 2 * y[1])) > 1e-6, "the network is linear: without the sigmoid between them two layers are one")


@check(points=3)
def regression(student):
    "regression: a sine"
    torch = student.torch
    torch.manual_seed(0)
    x = torch.linspace(-3, 3, 60)[:, None]
    losses = student.train(student.TwoLayers(1, 20, 1), torch.nn.MSELoss(), x, torch.sin(x))
    true(len(losses) == 300, f"there should be 300 losses, and there are {len(losses)}")
    true(
        losses[-1] < losses[0],
        f"the loss went from {losses[0]:.3f} to {losses[-1]:.3f}. Hint: zero_grad, backward, step, in this order",
    )
    true(
        losses[-1] < 0.02,
        f"the loss is still {losses[-1]:.3f} after 300 steps (expected: below 0.02). Hint: without zero_grad gradients of all steps add up",
    )


@check(points=3, hidden=True)
def classification(student):
    "classification: a ring"
    torch = student.torch
    torch.manual_seed(0)
    x = torch.randn(150, 2)
    y = (x.norm(dim=1) < 1.2).long()
    model = student.TwoLayers(2, 20, 2)
    student.train(model, torch.nn.CrossEntropyLoss(), x, y)
    right = float((model(x).argmax(1) == y).float().mean())
    true(
        right > 0.93,
        f"{right:.0%} right after 300 steps (expected: above 93%). Hint: the loss takes scores, so no softmax at the end",
    )
