# %% [markdown]
# # 13. A new architecture
#
# That is what the framework is for: any graph can be trained. Build a **residual block**, `x + second(relu(first(x)))`, and a network of `depth` such blocks; and a layer that stores **one weight matrix and uses it twice**, whose
# gradient is then a sum over two paths.

# %%
import minitorch_bp as torch
from minitorch_bp import nn


class Residual(nn.Module):
    """x + second(relu(first(x))), both layers from size to size."""

    def __init__(self, size):
        super().__init__()
        # BEGIN SOLUTION
        self.first = nn.Linear(size, size)
        self.second = nn.Linear(size, size)
        # STARTER ...
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return x + self.second(torch.relu(self.first(x)))
        # END SOLUTION


class Deep(nn.Module):
    """Linear to size, depth residual blocks, Linear to outputs."""

    def __init__(self, inputs, size, outputs, depth):
        super().__init__()
        # BEGIN SOLUTION
        self.enter = nn.Linear(inputs, size)
        self.blocks = nn.ModuleList([Residual(size) for _ in range(depth)])
        self.leave = nn.Linear(size, outputs)
        # STARTER ...
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        x = self.enter(x)
        for block in self.blocks:
            x = block(x)
        return self.leave(x)
        # END SOLUTION


class Tied(nn.Module):
    """An autoencoder with one matrix W (hidden, inputs): decode(encode(x)) = tanh(x @ W.T) @ W."""

    def __init__(self, inputs, hidden):
        super().__init__()
        # BEGIN SOLUTION
        self.weight = nn.Parameter(torch.randn(hidden, inputs) / inputs**0.5)
        # STARTER ...
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return torch.tanh(x @ self.weight.T) @ self.weight
        # END SOLUTION


# %% [checks]
from minitorch_bp.exercises import check, equal, gradients, true


@check(points=2)
def skips(student):
    "with zero weights a residual block is the identity"
    torch = student.torch
    block = student.Residual(4)
    with torch.no_grad():
        for p in block.parameters():
            p.zero_()
    x = torch.arange(8.0).reshape(2, 4)
    equal(block(x), x, "Residual with zero weights", {((0.0,) * 4,) * 2: "x itself is missing from the sum"})


@check(points=3)
def depth(student):
    "every block is registered"
    model = student.Deep(3, 8, 2, depth=4)
    count = sum(p.numel() for p in model.parameters())
    want = 3 * 8 + 8 + 4 * 2 * (8 * 8 + 8) + 8 * 2 + 2
    true(
        count == want,
        f"Deep(3, 8, 2, depth=4) has {count} parameters, and should have {want}. Hint: blocks in a plain list are not found; use nn.ModuleList",
    )
    true(
        tuple(model(student.torch.zeros(5, 3)).shape) == (5, 2), "Deep(3, 8, 2, depth=4) of a (5, 3) batch should have shape (5, 2)"
    )


@check(points=3)
def shared(student):
    "one matrix, two paths"
    torch = student.torch
    model = student.Tied(3, 2).double()
    parameters = list(model.parameters())
    true(
        len(parameters) == 1 and tuple(parameters[0].shape) == (2, 3),
        f"Tied(3, 2) should have one parameter of shape (2, 3), and has {[tuple(p.shape) for p in parameters]}",
    )
    x = torch.tensor([[0.5, -1.0, 2.0]], dtype=torch.float64)
    W = parameters[0].detach()
    equal(model(x), torch.tanh(x @ W.T) @ W, "Tied(x)")


@check(points=2, hidden=True)
def learns(student):
    "a deep network learns"
    torch = student.torch
    torch.manual_seed(0)
    model = student.Deep(1, 16, 1, depth=4)
    true(bool(list(model.parameters())), "Deep has no parameters yet")
    x = torch.linspace(-2, 2, 64)[:, None]
    y = torch.sin(3 * x)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(150):
        loss = ((model(x) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    true(
        float(loss.detach()) < 0.05,
        f"four blocks still have a loss of {float(loss.detach()):.3f} after 150 steps (expected: below 0.1)",
    )
