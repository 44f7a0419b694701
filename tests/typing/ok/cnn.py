"""A convolutional network, on images made up on the spot."""

import minitorch_bp as torch
import minitorch_bp.nn as nn
import minitorch_bp.nn.functional as F
import minitorch_bp.optim as optim
from minitorch_bp import Tensor


class ConvBlock(nn.Module):
    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


class CNN(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(ConvBlock(1, 4), nn.MaxPool2d(2), ConvBlock(4, 8, stride=2))
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.classifier = nn.Linear(8, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = torch.flatten(self.pool(x), 1)
        logits: Tensor = self.classifier(F.dropout(x, p=0.1, training=self.training))
        return logits


def bars(n: int) -> tuple[Tensor, Tensor]:
    images = 0.1 * torch.randn(n, 1, 8, 8)
    labels = torch.randint(2, (n,))
    for k in range(n):
        if labels[k] == 0:
            images[k, 0, int(torch.randint(8, (1,))), :] = 1.0
        else:
            images[k, 0, :, int(torch.randint(8, (1,)))] = 1.0
    return images, labels


torch.manual_seed(0)
model = CNN(classes=2)
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
warm_up = optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=3)
annealing = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12)
scheduler: optim.lr_scheduler.LRScheduler = optim.lr_scheduler.SequentialLR(optimizer, [warm_up, annealing], milestones=[3])
criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
images, labels = bars(64)
losses: list[float] = []
for _ in range(15):
    output = model(images)
    loss = criterion(output, labels)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.append(loss.item())
print(losses[0], "->", losses[-1])
assert losses[-1] < losses[0]

model.eval()
with torch.inference_mode():
    predicted = model(images).argmax(1)
print(f"{100 * (predicted == labels).sum().item() / len(labels):.0f}%")

edges = F.conv2d(images, torch.tensor([[[[1.0, -1.0]]]]), padding="same")
small = F.max_pool2d(F.interpolate(edges, scale_factor=2.0, mode="nearest"), kernel_size=2)
values, where = F.max_pool2d(edges, 2, return_indices=True)
assert small.shape == edges.shape and values.shape == where.shape
columns = F.unfold(F.pad(images, (1, 1, 1, 1), mode="reflect"), kernel_size=(3, 3))
assert columns.shape == (64, 9, 64)
