"""What sections and small research do, as steps to be timed: each the same script for both frameworks, some by hand in NumPy, too."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

Step = Callable[[], Any]
WORK: dict[str, Callable[[Any], Step]] = {}  # name -> from a framework to a step
BY_HAND: dict[str, Callable[[], Step]] = {}  # name -> the same, as a person would write it


def work(name: str) -> Any:
    """Declare a workload."""

    def declare(make: Any) -> Any:
        WORK[name] = make
        return make

    return declare


def by_hand(name: str) -> Any:
    """Declare a workload in plain NumPy."""

    def declare(make: Any) -> Any:
        BY_HAND[name] = make
        return make

    return declare


def _data(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


# ---------------------------------------------------------------------- the lecture
@work("lecture DAG")
def _lecture(torch: Any) -> Step:
    a, b = (torch.tensor(v, requires_grad=True) for v in (7.0, 3.0))

    def step() -> None:
        a.grad = b.grad = None
        ((a + b) * b**3).backward()

    return step


@work("wide DAG, 64 paths")
def _wide(torch: Any) -> Step:
    x = torch.from_numpy(_data(8)).requires_grad_()

    def step() -> None:
        x.grad = None
        paths = [x * float(k) for k in range(64)]
        total = paths[0]
        for p in paths[1:]:
            total = total + p
        total.sum().backward()

    return step


@work("deep chain, 200 nodes")
def _chain(torch: Any) -> Step:
    return chain(torch, 200)


def chain(torch: Any, n: int) -> Step:
    """Multiply n times, and back."""
    x, y = torch.ones(8, requires_grad=True), torch.ones(8)

    def step() -> None:
        x.grad = None
        z = x
        for _ in range(n):
            z = z * y
        z.sum().backward()

    return step


# ---------------------------------------------------------------------- regression
@work("linear regression")
def _linear(torch: Any) -> Step:
    x, y = torch.from_numpy(_data(100, 5)), torch.from_numpy(_data(100, seed=1))
    w = torch.zeros(5, requires_grad=True)

    def step() -> None:
        loss = ((x @ w - y) ** 2).mean()
        w.grad = None
        loss.backward()
        with torch.no_grad():
            w.sub_(w.grad, alpha=0.01)

    return step


@by_hand("linear regression")
def _linear_by_hand() -> Step:
    x, y, w = _data(100, 5), _data(100, seed=1), np.zeros(5, np.float32)

    def step() -> None:
        rest = x @ w - y
        _loss = (rest**2).mean()
        np.subtract(w, 0.01 * (2 / 100) * (x.T @ rest), out=w)

    return step


@work("logistic regression")
def _logistic(torch: Any) -> Step:
    x, y = torch.from_numpy(_data(100, 5)), torch.from_numpy((_data(100, seed=1) > 0).astype(np.float32))
    w, b = torch.zeros(5, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=0.1)

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y).backward()
        optimizer.step()

    return step


@by_hand("logistic regression")
def _logistic_by_hand() -> Step:
    x, y = _data(100, 5), (_data(100, seed=1) > 0).astype(np.float32)
    w, b = np.zeros(5, np.float32), np.zeros(1, np.float32)

    def step() -> None:
        z = x @ w + b
        _loss = (np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))).mean()
        g = (1 / (1 + np.exp(-z)) - y) / 100
        np.subtract(w, 0.1 * (x.T @ g), out=w)
        np.subtract(b, 0.1 * g.sum(), out=b)

    return step


@work("softmax regression")
def _softmax(torch: Any) -> Step:
    x, y = torch.from_numpy(_data(64, 20)), torch.from_numpy(np.arange(64) % 5)
    layer = torch.nn.Linear(20, 5)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(layer(x), y).backward()
        optimizer.step()

    return step


@by_hand("softmax regression")
def _softmax_by_hand() -> Step:
    x, y, rows = _data(64, 20), np.arange(64) % 5, np.arange(64)
    w, b = _data(5, 20, seed=2) * np.float32(0.1), np.zeros(5, np.float32)

    def step() -> None:
        scores = x @ w.T + b
        p = np.exp(scores - scores.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        _loss = -np.log(p[rows, y]).mean()
        p[rows, y] -= 1
        p /= 64
        np.subtract(w, 0.1 * (p.T @ x), out=w)
        np.subtract(b, 0.1 * p.sum(0), out=b)

    return step


@work("small MLP with Adam")
def _adam(torch: Any) -> Step:
    nn = torch.nn
    model = nn.Sequential(nn.Linear(20, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.from_numpy(_data(64, 20)), torch.from_numpy(_data(64, 1, seed=1))

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()

    return step


# ---------------------------------------------------------------------- traced
def _traced(torch: Any, function: Any, *example: Any) -> Any:
    """Here the trace of a function or a module; in PyTorch, whose eager code is what the row compares with, the function itself."""
    return torch.jit.trace(function, example) if torch.__name__ != "torch" else function


@work("linear regression, traced")
def _linear_traced(torch: Any) -> Step:
    x, y = torch.from_numpy(_data(100, 5)), torch.from_numpy(_data(100, seed=1))
    w = torch.zeros(5, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    loss = _traced(torch, lambda x, w, y: ((x @ w - y) ** 2).mean(), x, w, y)

    def step() -> None:
        optimizer.zero_grad()
        loss(x, w, y).backward()
        optimizer.step()

    return step


BY_HAND["linear regression, traced"] = _linear_by_hand


def _mlp_traced(torch: Any, batch: int, d: int, hidden: int, out: int) -> Step:
    nn = torch.nn

    class Loss(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, out))

        def forward(self, x: Any, y: Any) -> Any:
            return nn.functional.cross_entropy(self.net(x), y)

    torch.manual_seed(0)
    x, y = torch.from_numpy(_data(batch, d)), torch.from_numpy(np.arange(batch) % out)
    model = Loss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss = _traced(torch, model, x, y)

    def step() -> None:
        optimizer.zero_grad()
        loss(x, y).backward()
        optimizer.step()

    return step


def mlp_by_hand(batch: int, d: int, hidden: int, out: int) -> Step:
    """The same step as a student would write it in NumPy."""
    x, y = _data(batch, d), np.arange(batch) % out
    w1, b1 = (_data(*s) * np.float32(0.1) for s in ((hidden, d), (hidden,)))
    w2, b2 = (_data(*s) * np.float32(0.1) for s in ((out, hidden), (out,)))
    rows = np.arange(batch)

    def step() -> None:
        h = x @ w1.T + b1
        r = np.maximum(h, 0)
        scores = r @ w2.T + b2
        scores -= scores.max(1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(1, keepdims=True)
        _loss = -np.log(p[rows, y]).mean()
        p[rows, y] -= 1
        p /= batch
        g_r = p @ w2
        g_r[h <= 0] = 0
        for w, g in ((w2, p.T @ r), (b2, p.sum(0)), (w1, g_r.T @ x), (b1, g_r.sum(0))):
            w -= 0.01 * g

    return step


for _name, _sizes in (("tiny MLP, traced", (16, 8, 16, 2)), ("MNIST MLP, traced", (128, 784, 128, 10))):
    WORK[_name] = functools.partial(_mlp_traced, batch=_sizes[0], d=_sizes[1], hidden=_sizes[2], out=_sizes[3])
    BY_HAND[_name] = functools.partial(mlp_by_hand, *_sizes)


# ---------------------------------------------------------------------- larger
@work("512x512 matmul")
def _matmul(torch: Any) -> Step:
    a, b = (torch.from_numpy(_data(512, 512, seed=k)).requires_grad_() for k in (0, 1))

    def step() -> None:
        a.grad = b.grad = None
        (a @ b).sum().backward()

    return step


@work("a million floats")
def _million(torch: Any) -> Step:
    x = torch.from_numpy(_data(1_000_000)).requires_grad_()

    def step() -> None:
        x.grad = None
        (torch.exp(-x * x) * torch.sigmoid(x)).sum().backward()

    return step


@work("attention layer, 32 x 64 x 64")
def _attention(torch: Any) -> Step:
    layer = torch.nn.MultiheadAttention(64, 4, batch_first=True)
    x = torch.from_numpy(_data(32, 64, 64))

    def step() -> None:
        layer.zero_grad()
        layer(x, x, x, need_weights=False)[0].sum().backward()

    return step


@work("GPT, two blocks, 16 x 32")
def _gpt(torch: Any) -> Step:
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.before, self.after = nn.LayerNorm(64), nn.LayerNorm(64)
            self.heads, self.join = nn.Linear(64, 192, bias=False), nn.Linear(64, 64)
            self.mlp = nn.Sequential(nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64))

        def forward(self, x: Any) -> Any:
            n, length, _ = x.shape
            q, k, v = (t.view(n, length, 4, 16).transpose(1, 2) for t in self.heads(self.before(x)).split(64, dim=2))
            mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.join(mixed.transpose(1, 2).reshape(n, length, 64))
            return x + self.mlp(self.after(x))

    torch.manual_seed(0)
    embed, place, head = nn.Embedding(65, 64), nn.Embedding(32, 64), nn.Linear(64, 65)
    body = nn.Sequential(Block(), Block(), nn.LayerNorm(64))
    optimizer = torch.optim.AdamW([p for m in (embed, place, body, head) for p in m.parameters()], lr=1e-3)
    x, y = (torch.from_numpy(np.random.default_rng(k).integers(0, 65, (16, 32))) for k in (0, 1))

    def step() -> None:
        logits = head(body(embed(x) + place(torch.arange(32))))
        loss = functional.cross_entropy(logits.view(-1, 65), y.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


@work("ResNet blocks, 32 of 32x32")
def _resnet(torch: Any) -> Step:
    nn = torch.nn

    class Block(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self, channels: int, out: int, stride: int):
            super().__init__()
            self.first = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
            self.second = nn.Conv2d(out, out, 3, 1, 1, bias=False)
            self.norm1, self.norm2 = nn.BatchNorm2d(out), nn.BatchNorm2d(out)
            self.short = nn.Conv2d(channels, out, 1, stride, bias=False) if stride > 1 else nn.Identity()

        def forward(self, x: Any) -> Any:
            return torch.relu(self.short(x) + self.norm2(self.second(torch.relu(self.norm1(self.first(x))))))

    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1), Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(64, 10),
    )  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = torch.from_numpy(_data(32, 3, 32, 32)), torch.from_numpy(np.arange(32) % 10)

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


@work("gradient penalty")
def _penalty(torch: Any) -> Step:
    nn = torch.nn
    critic = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1))
    x = torch.from_numpy(_data(64, 2)).requires_grad_()

    def step() -> None:
        critic.zero_grad()
        (g,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
        ((g.norm(2, dim=1) - 1) ** 2).mean().backward()

    return step


@work("policy gradient step")
def _policy(torch: Any) -> Step:
    nn = torch.nn
    policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
    states, rewards = torch.from_numpy(_data(50, 4)), torch.from_numpy(_data(50, seed=1))

    def step() -> None:
        choice = torch.distributions.Categorical(logits=policy(states))
        loss = -(choice.log_prob(choice.sample()) * rewards).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


# ---------------------------------------------------------------------- data and numbers
@work("small draws")
def _draws(torch: Any) -> Step:
    def step() -> None:
        torch.randn(32)
        torch.rand(20, 3)
        torch.randn(64, 2)
        torch.randperm(50)

    return step


@work("get_batch of 32")
def _get_batch(torch: Any) -> Step:
    data = torch.arange(1000)

    def step() -> None:
        ix = torch.randint(len(data) - 32, (32,))
        torch.stack([data[i : i + 32] for i in ix])
        torch.stack([data[i + 1 : i + 33] for i in ix])

    return step


@work("DataLoader epoch, 1,000 rows")
def _loader(torch: Any) -> Step:
    data = torch.utils.data
    loader = data.DataLoader(data.TensorDataset(torch.zeros(1000, 20), torch.arange(1000)), batch_size=32, shuffle=True)

    def step() -> None:
        for _ in loader:
            pass

    return step


@work("counting bigrams, 100")
def _counting(torch: Any) -> Step:
    counts = torch.zeros((27, 27), dtype=torch.int32)
    pairs = np.random.default_rng(0).integers(0, 27, (100, 2)).tolist()

    def step() -> None:
        for a, b in pairs:
            counts[a, b] += 1

    return step


@work("sampling bigrams, 20")
def _sampling(torch: Any) -> Step:
    p = torch.ones(27, 27) / 27
    generator = torch.Generator().manual_seed(1)

    def step() -> None:
        ix = 0
        for _ in range(20):
            ix = torch.multinomial(p[ix], num_samples=1, replacement=True, generator=generator).item()

    return step


def geometric_mean(ratios: list[float]) -> float:
    """Of positive numbers; 1 of none."""
    return math.exp(sum(map(math.log, ratios)) / max(len(ratios), 1))
