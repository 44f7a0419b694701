"""A multi-layer perceptron as a class, trained by an optimizer on the two moons."""

import itertools

import minitorch_bp as torch
from minitorch_bp import Tensor, nn, optim


class MLP(nn.Module):
    def __init__(self, sizes: list[int], dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.activation = nn.ReLU()
        self.dropout = nn.Dropout(dropout)
        self.scale = nn.Parameter(torch.ones(1))
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        for layer in list(self.layers)[:-1]:
            x = self.dropout(self.activation(layer(x)))
        out: Tensor = self.layers[-1](x)
        return out * self.scale


def moons(n: int) -> tuple[Tensor, Tensor]:
    angle = torch.rand(n) * torch.pi
    upper = torch.stack([angle.cos(), angle.sin()], dim=1)
    lower = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], dim=1)
    x = torch.cat((upper, lower)) + 0.05 * torch.randn(2 * n, 2)
    y = torch.cat((torch.zeros(n, dtype=torch.long), torch.ones(n, dtype=torch.long)))
    return x, y


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int) -> float:
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.99**epoch)
    model.train()
    loss = torch.tensor(0.0)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()
        scheduler.step()
    return float(loss.item())


@torch.no_grad()
def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> float:
    model.eval()
    prediction: Tensor = model(x).argmax(dim=1)
    return (prediction == y).float().mean().item()


torch.manual_seed(0)
x, y = moons(100)
model = MLP([2, 16, 16, 2])
last = train(model, x, y, epochs=100)
share = evaluate(model, x, y)
count = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{count} parameters, loss {last:.3f}, accuracy {share:.2f}")
for name, parameter in model.named_parameters():
    print(name, tuple(parameter.shape), parameter.grad is not None)
assert share > 0.9
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
logits = model.to(device)(x.to(device))
assert logits.shape == (200, 2) and logits.device.type == "cpu"
