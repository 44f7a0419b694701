"""Gradients of gradients, Jacobians, hooks on tensors and on modules."""

import minitorch_bp as torch
from minitorch_bp import Tensor, nn
from minitorch_bp.autograd import grad


def rosenbrock(x: Tensor) -> Tensor:
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


x = torch.tensor([0.5, 0.3], requires_grad=True)
(first,) = grad(rosenbrock(x), x, create_graph=True)
rows = [grad(g, x, retain_graph=True)[0] for g in first]
hessian = torch.stack(rows)
assert torch.allclose(hessian, torch.autograd.functional.hessian(rosenbrock, x), rtol=1e-3)
newton = x.detach() - torch.linalg.solve(hessian, first.detach())
print(newton.tolist())

seen: list[float] = []


def watch(g: Tensor) -> Tensor:
    seen.append(g.norm().item())
    return g / g.norm()


handle = x.register_hook(watch)
rosenbrock(x).backward()
handle.remove()
assert x.grad is not None and len(seen) == 1

activations: dict[str, Tensor] = {}


def remember(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
    activations[type(module).__name__] = output.detach()


net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
hooks = [part.register_forward_hook(remember) for part in net.children()]
net(torch.randn(4, 2))
for hook in hooks:
    hook.remove()
assert set(activations) == {"Linear", "Tanh"}

hidden = torch.sin(x)
hidden.retain_grad()
hidden.sum().backward()
print(hidden.grad, hidden.grad_fn, hidden.is_leaf)

f = torch.func.grad(lambda t: (t**3).sum())
assert torch.allclose(f(torch.ones(2)), torch.full((2,), 3.0))
with torch.enable_grad():
    y = (x * 2).detach().requires_grad_(True)
torch.autograd.backward([y.sum(), y.prod()], inputs=[y])
with torch.set_grad_enabled(False):
    assert not (x + 1).requires_grad
