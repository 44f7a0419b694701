"""Values of the wrong type where the name is right."""

import minitorch_bp as torch
import minitorch_bp.nn.functional as F
from minitorch_bp import nn

x = torch.ones(4, 3)
labels = torch.zeros(4, dtype=torch.long)
nn.Linear("2", 3)  # error
torch.zeros(2, dtype="float32")  # error
torch.ones("2")  # error
x.reshape(2.0, 6)  # error
x.sum(dim="rows")  # error
x.sum(keepdim="yes")  # error
x[0.5]  # error
x["name"]  # error
x + "1"  # error
[1.0] @ x  # error
x.to(3.5)  # error
torch.cat(x)  # error
torch.stack(3)  # error
F.cross_entropy(x, labels, reduction="average")  # error
F.cross_entropy(x, 3)  # error
F.pad(x, (1, 1), mode="mirror")  # error
F.interpolate(x[None, None], scale_factor=2.0, mode="cubic")  # error
torch.meshgrid(x[0], x[1], indexing="yx")  # error
torch.div(x, 2, rounding_mode="round")  # error
F.conv2d(x, x, padding="full")  # error
x.requires_grad = "yes"  # error
x.grad = "none"  # error
x.shape = (3, 4)  # error
torch.manual_seed("0")  # error
torch.optim.SGD(3)  # error
torch.optim.SGD([x], lr="0.1")  # error
torch.optim.lr_scheduler.StepLR(x, 3)  # error
torch.optim.lr_scheduler.ReduceLROnPlateau(torch.optim.SGD([x]), mode="smaller")  # error
x.uniform_(0, 1, generator=0)  # error
