"""Names that do not exist, and arguments that are not taken."""

import minitorch_bp as torch
import minitorch_bp.nn.functional as F
from minitorch_bp import nn, optim

x = torch.ones(3)
torch.tensr(3)  # error
torch.zeroes(2)  # error
x.sumn()  # error
x.shapes  # error
F.crossentropy(x, x)  # error
nn.Liner(2, 3)  # error
torch.linalg.invert(x)  # error
torch.special.gama(x)  # error
optim.Adm([x])  # error
optim.lr_scheduler.ExponentialLR(optim.SGD([x]), gama=0.9)  # error
optim.lr_scheduler.CosineLR(optim.SGD([x]), 3)  # error
torch.sum(x, dimension=0)  # error
x.softmax(dims=0)  # error
nn.Dropout(probability=0.5)  # error
torch.zeros(2, typ=torch.float32)  # error
