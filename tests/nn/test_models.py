"""Models as courses build them, trained for some steps from one seed: PyTorch's losses, texts, states and random numbers."""

import math

import numpy as np
import pytest
import torch

import minitorch_bp as mt


def residual(t):
    nn, F = t.nn, t.nn.functional

    class Block(nn.Module):
        def __init__(self, channels, out, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(out)
            self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(out)
            self.shortcut = nn.Sequential()
            if stride != 1 or channels != out:
                self.shortcut = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

        def forward(self, x):
            out = F.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out += self.shortcut(x)
            return F.relu(out)

    model = nn.Sequential(Block(3, 4, 1), Block(4, 8, 2), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(8, 3))
    x, y = t.randn(6, 3, 8, 8), t.randint(0, 3, (6,))
    return model, lambda: F.cross_entropy(model(x), y)


def gpt(t):
    nn, F = t.nn, t.nn.functional

    class Attention(nn.Module):
        def __init__(self, d, heads, length):
            super().__init__()
            self.qkv, self.out, self.heads = nn.Linear(d, 3 * d, bias=False), nn.Linear(d, d), heads
            self.register_buffer("mask", t.tril(t.ones(length, length)).view(1, 1, length, length))
            self.dropout = nn.Dropout(0.1)

        def forward(self, x):
            b, n, d = x.size()
            q, k, v = (z.view(b, n, self.heads, d // self.heads).transpose(1, 2) for z in self.qkv(x).split(d, dim=2))
            att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            att = F.softmax(att.masked_fill(self.mask[:, :, :n, :n] == 0, float("-inf")), dim=-1)
            return self.out((self.dropout(att) @ v).transpose(1, 2).contiguous().view(b, n, d))

    class Block(nn.Module):
        def __init__(self, d, heads, length):
            super().__init__()
            self.ln1, self.ln2, self.attn = nn.LayerNorm(d), nn.LayerNorm(d), Attention(d, heads, length)
            self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d), nn.Dropout(0.1))

        def forward(self, x):
            x = x + self.attn(self.ln1(x))
            return x + self.mlp(self.ln2(x))

    class GPT(nn.Module):
        def __init__(self, vocabulary=11, d=8, length=6):
            super().__init__()
            self.wte, self.wpe = nn.Embedding(vocabulary, d), nn.Embedding(length, d)
            self.blocks = nn.ModuleList([Block(d, 2, length) for _ in range(2)])
            self.head = nn.Linear(d, vocabulary, bias=False)
            self.wte.weight = self.head.weight
            self.apply(self._init)

        def _init(self, module):
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, mean=0.0, std=0.02)

        def forward(self, x):
            h = self.wte(x) + self.wpe(t.arange(x.size(1)))
            for block in self.blocks:
                h = block(h)
            return self.head(h)

    model = GPT()
    x = t.randint(0, 11, (4, 7))
    return model, lambda: F.cross_entropy(model(x[:, :-1]).view(-1, 11), x[:, 1:].reshape(-1))


def translation(t):
    nn, F = t.nn, t.nn.functional

    class Seq2Seq(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(9, 6, padding_idx=0)
            self.encoder = nn.GRU(6, 8, bidirectional=True, batch_first=True)
            self.bridge = nn.Linear(16, 8)
            self.cell = nn.LSTMCell(6 + 16, 8)
            self.score = nn.Bilinear(8, 16, 1)
            self.out = nn.Linear(8, 9)

        def forward(self, source, lengths, target):
            packed = nn.utils.rnn.pack_padded_sequence(self.embedding(source), lengths, batch_first=True, enforce_sorted=False)
            states, _ = nn.utils.rnn.pad_packed_sequence(self.encoder(packed)[0], batch_first=True)
            h = t.tanh(self.bridge(states.mean(1)))
            c, found = t.zeros_like(h), []
            for step in range(target.size(1)):
                scores = self.score(h.unsqueeze(1).expand(-1, states.size(1), -1).contiguous(), states).squeeze(-1)
                context = t.bmm(F.softmax(scores, -1).unsqueeze(1), states).squeeze(1)
                h, c = self.cell(t.cat([self.embedding(target[:, step]), context], 1), (h, c))
                found.append(self.out(h))
            return t.stack(found, 1)

    model = Seq2Seq()
    source, target = t.randint(1, 9, (3, 5)), t.randint(1, 9, (3, 4))
    lengths = [5, 2, 3]
    return model, lambda: F.cross_entropy(model(source, lengths, target[:, :-1]).flatten(0, 1), target[:, 1:].flatten())


def autoencoder(t):
    nn, F = t.nn, t.nn.functional

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.encode = nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(64, 8))
            self.decode = nn.Sequential(
                nn.Linear(4, 64), nn.Unflatten(1, (4, 4, 4)), nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Sigmoid()
            )

        def forward(self, x):
            mu, logvar = self.encode(x).chunk(2, dim=1)
            z = mu + t.randn_like(mu) * t.exp(0.5 * logvar)
            return self.decode(z), mu, logvar

    model, x = VAE(), t.rand(5, 1, 8, 8)

    def loss():
        out, mu, logvar = model(x)
        return F.binary_cross_entropy(out, x, reduction="sum") - 0.5 * t.sum(1 + logvar - mu.pow(2) - logvar.exp())

    return model, loss


def segmentation(t):
    nn, F = t.nn, t.nn.functional

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Sequential(nn.Conv2d(1, 4, 3, padding="same"), nn.GroupNorm(2, 4), nn.SiLU())
            self.pool, self.middle = nn.MaxPool2d(2, return_indices=True), nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect")
            self.unpool, self.up = nn.MaxUnpool2d(2), nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            self.last = nn.Conv2d(12, 2, 1)

        def forward(self, x):
            a = self.down(x)
            b, places = self.pool(a)
            b = self.middle(b)
            return self.last(t.cat([a, self.unpool(b, places), self.up(b)], 1))

    model = UNet()
    x, y = t.randn(2, 1, 8, 8), t.randint(0, 2, (2, 8, 8))
    return model, lambda: F.cross_entropy(model(x), y)


def encoder_decoder(t):
    nn = t.nn
    model = nn.Transformer(8, 2, 1, 1, 16, dropout=0.1, batch_first=True, activation="gelu")
    source, target = t.randn(2, 5, 8), t.randn(2, 4, 8)
    mask = nn.Transformer.generate_square_subsequent_mask(4)
    padding = t.tensor([[False] * 5, [False, False, False, True, True]])
    return model, lambda: nn.functional.mse_loss(model(source, target, tgt_mask=mask, src_key_padding_mask=padding), target)


MODELS = [residual, gpt, translation, autoencoder, segmentation, encoder_decoder]


@pytest.mark.parametrize("build", MODELS, ids=lambda b: b.__name__)
def test_models(build):
    found = []
    for t in (mt, torch):
        t.manual_seed(0)
        model, loss_of = build(t)
        start = [(k, v.numpy().tobytes()) for k, v in model.state_dict().items()]
        optimizer, losses = t.optim.Adam(model.parameters(), lr=1e-3), []
        for _ in range(4):
            optimizer.zero_grad()
            loss = loss_of()
            loss.backward()
            t.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
        model.eval()
        with t.no_grad():
            losses.append(loss_of().item())
        found.append((start, repr(model), t.get_rng_state().numpy().tobytes(), losses))
    assert found[0][:3] == found[1][:3]
    np.testing.assert_allclose(found[0][3], found[1][3], rtol=2e-4)
