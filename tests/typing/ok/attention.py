"""A block as in GPT: causal self-attention written out, layer norm, a feed-forward part, generation."""

import math

import minitorch_bp as torch
import minitorch_bp.nn as nn
import minitorch_bp.nn.functional as F
from minitorch_bp import Tensor


class CausalSelfAttention(nn.Module):
    mask: Tensor

    def __init__(self, width: int, heads: int, context: int, dropout: float = 0.0) -> None:
        super().__init__()
        assert width % heads == 0
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("mask", torch.tril(torch.ones(context, context)).view(1, 1, context, context))

    def forward(self, x: Tensor) -> Tensor:
        B, T, C = x.shape
        q, k, v = self.qkv(x).split(C, dim=2)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        scores = scores.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
        out = self.dropout(F.softmax(scores, dim=-1)) @ v
        assert torch.allclose(out, F.scaled_dot_product_attention(q, k, v, is_causal=True), atol=1e-5)
        mixed: Tensor = self.projection(out.transpose(1, 2).contiguous().view(B, T, C))
        return mixed


class Block(nn.Module):
    def __init__(self, width: int, heads: int, context: int) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = CausalSelfAttention(width, heads, context)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT(nn.Module):
    def __init__(self, vocabulary: int, width: int, context: int, blocks: int = 2) -> None:
        super().__init__()
        self.context = context
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block(width, 2, context) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.apply(self.initialize)

    def initialize(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, index: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        positions = torch.arange(index.size(1), device=index.device)
        logits = self.head(self.norm(self.blocks(self.tokens(index) + self.positions(positions))))
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)

    @torch.no_grad()
    def generate(self, index: Tensor, n: int, top_k: int | None = None) -> Tensor:
        for _ in range(n):
            logits, _loss = self(index[:, -self.context :])
            logits = logits[:, -1, :]
            if top_k is not None:
                smallest = torch.topk(logits, top_k).values[:, [-1]]
                logits[logits < smallest] = -float("inf")
            index = torch.cat((index, torch.multinomial(F.softmax(logits, dim=-1), 1)), dim=1)
        return index


torch.manual_seed(0)
model = GPT(vocabulary=7, width=8, context=12)
sequence = torch.arange(13).remainder(7).unsqueeze(0)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.95), weight_decay=0.1)
loss: Tensor | None = None
for _ in range(20):
    logits, loss = model(sequence[:, :-1], sequence[:, 1:])
    assert loss is not None
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(loss, model.generate(torch.zeros((1, 1), dtype=torch.long), 6, top_k=3).tolist())
