"""Results used as something that they are not."""

import minitorch_bp as torch
from minitorch_bp import Tensor, nn
from minitorch_bp.utils.data import DataLoader, Dataset

x = torch.ones(4, 3)
number: float = x.sum()  # error
tensor: Tensor = x.item()  # error
largest: Tensor = x.max(dim=0)  # error
size: int = x.size()  # error
x.max(dim=0).value  # error
x.grad.zero_()  # error
rows, columns, depth = torch.sort(x)  # error
first: Tensor = torch.where(x > 0)  # error
text: str = x.shape[0]  # error
both: Tensor = torch.unique(x, return_counts=True)  # error


class Net(nn.Module):
    def forward(self, x: Tensor, scale: float = 1.0) -> Tensor:
        return x * scale


net = Net()
net(x, x)  # error
net()  # error
net(x, scaling=2.0)  # error
count: int = net(x)  # error
net.train("yes")  # error


class Numbers(Dataset[int]):
    def __getitem__(self, i: int) -> str:  # error
        return str(i)


item: str = torch.utils.data.TensorDataset(x)[0]  # error
loader = DataLoader(3)  # error


@torch.no_grad()
def double(x: Tensor) -> Tensor:
    return 2 * x


double("2")  # error
answer: str = double(x)  # error


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionNode, x: Tensor) -> Tensor:
        ctx.save(x)  # error
        return x * x


square: int = Square.apply(x)  # error
