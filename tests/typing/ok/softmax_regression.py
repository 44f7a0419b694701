"""Softmax regression written out: log-sum-exp, one-hot targets, accuracy, and the same through nn.functional."""

import math

import minitorch_bp as torch
import minitorch_bp.nn.functional as F
from minitorch_bp import Tensor


def log_softmax(z: Tensor) -> Tensor:
    shifted = z - z.max(dim=1, keepdim=True).values
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


def cross_entropy(z: Tensor, target: Tensor) -> Tensor:
    rows = torch.arange(z.shape[0])
    return -log_softmax(z)[rows, target].mean()


def accuracy(z: Tensor, target: Tensor) -> float:
    return float((z.argmax(dim=1) == target).float().mean())


torch.manual_seed(1)
centers = torch.tensor([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
target = torch.randint(0, 3, (150,))
x = centers[target] + 0.5 * torch.randn(150, 2)

W = (0.01 * torch.randn(2, 3)).requires_grad_()
b = torch.zeros(3, requires_grad=True)
history: list[float] = []
for _ in range(100):
    logits = x @ W + b
    loss = cross_entropy(logits, target)
    assert torch.isclose(loss, F.cross_entropy(logits, target), atol=1e-5)
    W.grad = b.grad = None
    loss.backward()
    with torch.no_grad():
        if W.grad is not None and b.grad is not None:
            W -= 0.5 * W.grad
            b -= 0.5 * b.grad
    history.append(loss.item())

assert history[0] < math.log(3) + 0.1 and history[-1] < history[0] / 2
assert accuracy(x @ W + b, target) > 0.9

probabilities = F.softmax(x @ W + b, dim=-1)
confidence, label = probabilities.max(dim=-1)
values, indices = torch.topk(probabilities, k=2, dim=1)
wrong = (label != target).nonzero()
one_hot = F.one_hot(target, num_classes=3).float()
brier = ((probabilities - one_hot) ** 2).sum(1).mean()
mask = (confidence > 0.5) & (label == target)
print(x[mask].shape, wrong.shape, brier.item(), values[:3, 0].tolist(), indices.dtype)
per_class = torch.stack([(target == k).sum() for k in range(3)])
assert per_class.sum() == 150 and torch.bincount(target).tolist() == per_class.tolist()
