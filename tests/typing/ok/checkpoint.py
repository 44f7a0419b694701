"""Saving a run and going on from there: model, optimizer, random numbers."""

import io
import pathlib
import tempfile
from typing import Any

import minitorch_bp as torch
from minitorch_bp import Tensor, nn


def build() -> tuple[nn.Sequential, torch.optim.Optimizer]:
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    return model, torch.optim.Adam(model.parameters(), lr=0.01)


def step(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> Tensor:
    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y, reduction="mean")
        loss.backward()
        return loss

    return optimizer.step(closure)


def save(path: pathlib.Path, model: nn.Module, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    checkpoint = {
        "epoch": epoch,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "rng": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)


def load(path: pathlib.Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    checkpoint: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["rng"])
    return int(checkpoint["epoch"])


torch.manual_seed(3)
x, y = torch.randn(8, 3), torch.randn(8, 1)
model, optimizer = build()
for _ in range(3):
    step(model, optimizer, x, y)
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "run.pt"
    save(path, model, optimizer, epoch=3)
    again, its_optimizer = build()
    assert load(path, again, its_optimizer) == 3
assert torch.equal(step(model, optimizer, x, y), step(again, its_optimizer, x, y))

buffer = io.BytesIO()
torch.save(again.state_dict(), buffer)
buffer.seek(0)
weights: dict[str, Tensor] = torch.load(buffer)
for name, value in weights.items():
    print(name, list(value.shape), value.dtype)
for group in optimizer.param_groups:
    group["lr"] *= 0.5
frozen = again[0]
for parameter in again.parameters():
    parameter.requires_grad = False
print(frozen, sum(p.requires_grad for p in again.parameters()))
