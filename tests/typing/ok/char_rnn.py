"""A character model: an embedding, an LSTM, sampling from its predictions."""

import itertools

import minitorch_bp as torch
from minitorch_bp import Tensor, nn
from minitorch_bp.nn import functional as F

TEXT = "hello world, hello torch, "
State = tuple[Tensor, Tensor]


class CharRNN(nn.Module):
    def __init__(self, vocabulary: int, hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.rnn = nn.LSTM(hidden, hidden, num_layers=1, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(self, tokens: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        out, last = self.rnn(self.embedding(tokens), state)
        return self.head(out), last


class Cell(nn.Module):
    """The recurrence itself, for comparison."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.i2h = nn.Linear(size, size)
        self.h2h = nn.Linear(size, size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(0), self.size)
        outputs: list[Tensor] = []
        for t in range(x.size(1)):
            h = torch.tanh(self.i2h(x[:, t]) + self.h2h(h))
            outputs.append(h)
        return torch.stack(outputs, dim=1)


chars = sorted(set(TEXT))
stoi = {c: i for i, c in enumerate(chars)}
itos = dict(enumerate(chars))


def encode(text: str) -> Tensor:
    return torch.tensor([stoi[c] for c in text], dtype=torch.int64)


@torch.no_grad()
def sample(model: CharRNN, start: str, length: int, temperature: float = 0.5) -> str:
    tokens, state = encode(start).unsqueeze(0), None
    out = start
    for _ in range(length):
        logits, state = model(tokens, state)
        p = F.softmax(logits[:, -1] / temperature, dim=-1)
        tokens = torch.multinomial(p, num_samples=1)
        out += itos[int(tokens.item())]
    return out


torch.manual_seed(0)
model = CharRNN(len(chars), 24)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
data = encode(TEXT * 4)
loss = torch.tensor(float("inf"))
for _ in range(40):
    starts = torch.randint(0, len(data) - 17, (8,)).tolist()
    x = torch.stack([data[s : s + 16] for s in starts])
    y = torch.stack([data[s + 1 : s + 17] for s in starts])
    logits, state = model(x)
    loss = F.cross_entropy(logits.reshape(-1, len(chars)), y.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item(), sample(model, "he", 10))
assert loss.item() < 2.0
assert Cell(4)(torch.randn(2, 3, 4)).shape == torch.Size([2, 3, 4])
bigrams = torch.zeros(len(chars), len(chars), dtype=torch.int32)
for a, b in itertools.pairwise(TEXT):
    bigrams[stoi[a], stoi[b]] += 1
P = (bigrams + 1).float()
P /= P.sum(1, keepdim=True)
assert torch.allclose(P.sum(dim=1), torch.ones(len(chars)))
