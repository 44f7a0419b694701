"""Linear regression by hand: gradients from backward(), steps under no_grad()."""

import minitorch_bp as torch
from minitorch_bp import Tensor


def make_data(n: int) -> tuple[Tensor, Tensor]:
    x = torch.linspace(-1, 1, n).reshape(-1, 1)
    y = 3 * x - 0.5 + 0.1 * torch.randn(n, 1)
    return x, y


def loss_of(prediction: Tensor, y: Tensor) -> Tensor:
    return ((prediction - y) ** 2).mean()


def fit(x: Tensor, y: Tensor, steps: int = 200, lr: float = 0.2) -> tuple[Tensor, Tensor]:
    w = torch.zeros(1, 1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for step in range(steps):
        loss = loss_of(x @ w + b, y)
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                assert p.grad is not None
                p -= lr * p.grad
                p.grad = None
        if step % 100 == 0:
            print(f"step {step}: loss {loss.item():.4f}")
    return w.detach(), b.detach()


def normal_equation(x: Tensor, y: Tensor) -> Tensor:
    X = torch.cat([x, torch.ones_like(x)], dim=1)
    return torch.linalg.solve(X.T @ X, X.T @ y)


torch.manual_seed(0)
x, y = make_data(100)
w, b = fit(x, y)
exact = normal_equation(x, y)
print(w.item(), b.item(), exact.flatten().tolist())
assert torch.allclose(torch.cat([w.flatten(), b]), exact.flatten(), atol=1e-2)
rows, columns = x.shape
mean, std = x.mean(), x.std()
standard = (x - mean) / std
smallest, largest = x.min().item(), x.max().item()
assert -1.0 <= smallest <= largest <= 1.0
assert int(x.size(0)) == rows == len(x)
