"""The same seed gives the same training run: weights, shuffles, noise, masks, losses, and the generator at the end."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt


def train(t, steps, optimizer):
    """A network with dropout, trained by Adam on shuffled batches of noisy inputs."""
    t.manual_seed(7)
    x = t.randn(640, 20)
    y = t.randint(0, 5, (640,))
    model = t.nn.Sequential(
        t.nn.Linear(20, 64), t.nn.ReLU(), t.nn.Dropout(0.3), t.nn.Linear(64, 32), t.nn.Tanh(), t.nn.AlphaDropout(0.1), t.nn.Linear(32, 5)
    )  # fmt: skip
    loader = t.utils.data.DataLoader(t.utils.data.TensorDataset(x, y), batch_size=32, shuffle=True)
    optimizer = optimizer(t, model)
    loss_function = t.nn.CrossEntropyLoss()
    losses = []
    while len(losses) < steps:
        for inputs, targets in loader:
            noisy = inputs + 0.1 * t.randn_like(inputs) * (t.rand(len(inputs), 1) < 0.5)
            loss = loss_function(model(noisy), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return np.array(losses[:steps]), t.get_rng_state().numpy().tobytes()


@pytest.mark.parametrize(
    "optimizer",
    [lambda t, m: t.optim.Adam(m.parameters(), lr=1e-3), lambda t, m: t.optim.SGD(m.parameters(), lr=0.05, momentum=0.9)],
    ids=["adam", "sgd"],
)
def test_three_hundred_steps(optimizer):
    (ours, our_state), (theirs, their_state) = (train(t, 300, optimizer) for t in (mt, torch))
    assert our_state == their_state
    assert np.abs(ours - theirs).max() < 1e-5
    assert ours[-20:].mean() < ours[:20].mean()
