"""Short programs about state and errors, which random graphs do not reach: run in both frameworks, printed text compared.

Each is the body of a function; what it returns is compared by its printed form, and an exception by its type.
"""

from __future__ import annotations

import textwrap
import warnings
from typing import Any

SCRIPTS = {
    "in-place write to a saved factor": "x = torch.ones(3, requires_grad=True) * 1\ny = x * x\nx.add_(1)\ny.sum().backward()",
    "in-place write to a saved result": "x = torch.ones(3, requires_grad=True)\ny = x.exp()\ny.mul_(2)\ny.sum().backward()",
    "in-place write to what is not saved": "x = torch.ones(3, requires_grad=True)\ny = x * 2\nz = y + 1\ny.add_(1)\nz.sum().backward()\nreturn x.grad",
    "write through a view of a saved value": "x = torch.ones(3, requires_grad=True)\ny = x * 1\nz = y.exp() * y\ny[0] = 3.0\nz.sum().backward()",
    "write to a promoted saved value": "a = torch.ones(2, requires_grad=True)\nb = torch.ones(2, dtype=torch.float64)\nc = a * b\nb.add_(1)\nc.sum().backward()",
    "write to a saved value that was promoted": "a = torch.ones(2, dtype=torch.float64, requires_grad=True)\nb = torch.ones(2)\nc = a * b\nb.add_(1)\nc.sum().backward()",
    "write by an optimizer to a module's weight": "m = torch.nn.Linear(2, 2)\no = torch.optim.SGD(m.parameters(), lr=0.1)\nx = torch.ones(1, 2, requires_grad=True)\nl = m(x).sum()\nl.backward(retain_graph=True)\no.step()\nl.backward()",
    "amsgrad when gradients shrink": "w = torch.ones(2, requires_grad=True)\no = torch.optim.Adam([w], lr=0.1, amsgrad=True)\nfor k in range(6):\n    w.grad = torch.ones(2) * 0.5**k\n    o.step()\nreturn w, o.state_dict()['state'][0]['max_exp_avg_sq']",
    "a Function that returns None": "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, a, b):\n        return a * 2\n    @staticmethod\n    def backward(ctx, g):\n        return g * 2, None\nx = torch.ones(2, requires_grad=True)\nF.apply(x, x * 3).sum().backward()\nreturn x.grad",
    "a loss of no dimensions": "x = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\nreturn x.grad",
    "write by an optimizer to a saved weight": "w = torch.ones(2, 2, requires_grad=True)\no = torch.optim.SGD([w], lr=0.1)\nx = torch.ones(2, requires_grad=True)\nl = (w @ x).sum()\nw.grad = torch.ones(2, 2)\no.step()\nl.backward()",
    "backward twice": "x = torch.ones(3, requires_grad=True)\ny = (x * x).sum()\ny.backward()\ny.backward()",
    "backward twice, retained": "x = torch.ones(3, requires_grad=True)\ny = (x * x).sum()\ny.backward(retain_graph=True)\ny.backward()\nreturn x.grad",
    "write to a leaf": "x = torch.ones(3, requires_grad=True)\nx.add_(1)",
    "write to a view of a leaf": "x = torch.ones(3, requires_grad=True)\nx[0] = 1",
    "write to a leaf under no_grad": "x = torch.ones(3, requires_grad=True)\nwith torch.no_grad():\n    x.add_(1)\nreturn x",
    "no_grad": "x = torch.ones(3, requires_grad=True)\nwith torch.no_grad():\n    y = x * 2\nreturn y.requires_grad, (x * 2).requires_grad",
    "gradients do not share memory": "x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)\nz = x + y\nz.backward(torch.ones(2))\nx.grad.mul_(5)\nreturn x.grad, y.grad",
    "a gradient that is passed in is not kept": "x = torch.ones(2, requires_grad=True)\ng = torch.ones(2)\n(x + 0).backward(g)\nx.grad.mul_(5)\nreturn g, x.grad",
    "gradients add up": "x = torch.ones(2, requires_grad=True)\nfor _ in range(3):\n    (x * x).sum().backward()\nreturn x.grad",
    "a view follows its base": "a = torch.ones(4, requires_grad=True) * 1\nv = a[:2]\na.mul_(3)\n(v * v).sum().backward()\nreturn v, a.grad_fn is None",
    "a base follows its view": "x = torch.ones(4, requires_grad=True)\na = x * 1\na[1:3].mul_(torch.tensor([2.0, 5.0]))\n(a * a).sum().backward()\nreturn x.grad, a",
    "a view of a view": "x = torch.ones(2, 3, requires_grad=True)\na = x * 1\na.t()[1:].mul_(4)\n(a * a).sum().backward()\nreturn x.grad",
    "gradient of a write": "x, y = torch.ones(4, requires_grad=True), torch.full((2,), 3.0, requires_grad=True)\na = x * 2\na[:2] = y * y\n(a * a).sum().backward()\nreturn x.grad, y.grad",
    "second derivative": "x = torch.tensor(2.0, requires_grad=True)\n(g,) = torch.autograd.grad(x**3, x, create_graph=True)\n(h,) = torch.autograd.grad(g, x)\nreturn g, h",
    "inputs=": "x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)\n(x * y).sum().backward(inputs=[x])\nreturn x.grad, y.grad",
    "hooks": "x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.register_hook(lambda g: g * 3)\nx.register_hook(lambda g: g + 1)\ny.sum().backward()\nreturn x.grad",
    "retain_grad": "x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.retain_grad()\n(y * y).sum().backward(retain_graph=True)\nreturn y.grad, x.grad",
    "zero_grad in place": "m = torch.nn.Linear(2, 1)\no = torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9)\nfor _ in range(3):\n    o.zero_grad(set_to_none=False)\n    m(torch.ones(1, 2)).sum().backward()\n    o.step()\nreturn m.weight, m.bias, o.state_dict()",
    "zero_grad of a module": "m = torch.nn.Linear(2, 1)\nm(torch.ones(1, 2)).sum().backward()\nm.zero_grad()\nreturn m.weight.grad",
    "state_dict of a network": "m = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))\nm(torch.randn(5, 2))\nreturn dict(m.state_dict())",
    "load_state_dict": "a, b = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)\nprint_before = bool((a.weight == b.weight).all())\nb.load_state_dict(a.state_dict())\nreturn print_before, a.weight, b.weight",
    "train and eval of parts": "m = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Sequential(torch.nn.Dropout(0.5)))\nm.eval()\nx = torch.ones(8)\nreturn m(x), [p.training for p in m.modules()], m.train()(x)",
    "evaluation does not draw": "torch.nn.functional.dropout(torch.ones(3), 0.5, training=False)\nreturn torch.rand(2)",
    "optimizer state is loaded": "w = torch.ones(2, requires_grad=True)\na, b = torch.optim.Adam([w], lr=0.1), torch.optim.Adam([w], lr=0.5)\nw.grad = torch.ones(2)\na.step()\nb.load_state_dict(a.state_dict())\nb.step()\nreturn w, b.param_groups[0]['lr'], b.state_dict()['state'][0]['step']",
    "groups of parameters": "v, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)\no = torch.optim.SGD([{'params': [v], 'lr': 0.5}, {'params': [w]}], lr=0.1)\n(v + w).sum().backward()\no.step()\nreturn v, w",
    "ignore_index in cross entropy": "x = torch.arange(6.0).reshape(2, 3).requires_grad_()\nl = torch.nn.functional.cross_entropy(x, torch.tensor([1, 2]), ignore_index=2)\nl.backward()\nreturn l, x.grad",
    "label smoothing": "x = torch.arange(12.0).reshape(2, 3, 2).requires_grad_()\nl = torch.nn.functional.cross_entropy(x, torch.zeros(2, 2, dtype=torch.int64), label_smoothing=0.3)\nl.backward()\nreturn l, x.grad",
    "two outputs of one operation": "x = torch.arange(4.0).requires_grad_()\na, b = x.unbind()[0], x.unbind()[1]\nc, d = torch.split(x, 2)\n(c * d + c * a + c).sum().backward()\nreturn x.grad",
    "mean of a loss in two dimensions": "x = torch.arange(6.0).reshape(2, 3).requires_grad_()\nl = torch.nn.functional.smooth_l1_loss(x, torch.zeros(2, 3))\nl.backward()\nreturn l, x.grad",
    "momentum of batch norm": "m = torch.nn.BatchNorm1d(2, momentum=0.2)\nfor _ in range(3):\n    m(torch.randn(6, 2))\nreturn m.running_mean, m.running_var, m.num_batches_tracked, m.eval()(torch.ones(1, 2))",
    "floor_divide is not differentiable": "x = torch.ones(2, requires_grad=True)\n(x // 0.7).sum().backward()",
    "floor_divide by a tensor is not either": "x = torch.ones(2, requires_grad=True)\n(3.0 // x).sum().backward()",
    "third derivative of pooling": "x = torch.rand(1, 1, 4, 4, dtype=torch.float64, requires_grad=True)\nf = torch.nn.functional.max_pool2d(x, 2) ** 4\n(g,) = torch.autograd.grad(f.sum(), x, create_graph=True)\n(h,) = torch.autograd.grad((g * g).sum(), x, create_graph=True)\nreturn torch.autograd.grad((h * h).sum(), x)[0].sum()",
    "an unused branch": "x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)\na, b = torch.stack([x * 2, y * 3]).unbind()\n(a * x).sum().backward()\nreturn x.grad, y.grad",
    "undefined gradients": "x = torch.ones(3, requires_grad=True)\nv, i = x.sort()\nw = x.max(0)[0]\n(v.sum() + w).backward()\nreturn x.grad, torch.autograd.grad(x.sum(), [x, torch.ones(1, requires_grad=True)], allow_unused=True)",
    "the distinct values have no derivative": "x = torch.tensor([2.0, 1.0, 2.0], requires_grad=True)\nv = x.unique()\nreturn v.requires_grad, v.sum().backward()",
    "celu in place": "x = torch.tensor([-2.0, -0.5, 1.0], dtype=torch.float64, requires_grad=True)\ny = x * 1\nz = torch.nn.functional.celu(y, 0.7, inplace=True)\n(g,) = torch.autograd.grad((z * torch.tensor([2.0, 3.0, 5.0])).sum(), x, create_graph=True)\nreturn z, g, torch.autograd.grad((g * g).sum(), x)",
    "slopes of small gamma draws, where PyTorch's are precise": "a = torch.full((40,), 0.4, dtype=torch.float64, requires_grad=True)\nx = torch._standard_gamma(a)\n(x * (x.detach() < 0.3)).sum().backward()\nreturn a.grad, torch._standard_gamma_grad(a.detach() + 1, torch.full_like(a, 0.1).detach())",
    "slopes of small dirichlet draws, where PyTorch's are precise": "a = torch.full((10, 3), 0.3, dtype=torch.float64, requires_grad=True)\nx = torch.distributions.Dirichlet(a).rsample()\n(x * (x.detach() < 0.005)).sum().backward()\nreturn a.grad, torch._dirichlet_grad(torch.full_like(a, 0.01).detach(), a.detach() + 1, a.detach() + 3)",
}  # fmt: skip


def outcome(name: str, torch: Any) -> str:
    """What a script returns, as text, or the type of what it raises."""
    space: dict[str, Any] = {}
    exec("def f(torch):\n" + textwrap.indent(SCRIPTS[name], "    "), space)
    torch.manual_seed(0)
    with warnings.catch_warnings(action="ignore"):
        try:
            returned = space["f"](torch)
        except Exception as error:
            return type(error).__name__
    parts = returned if isinstance(returned, tuple) else (returned,)
    return "; ".join(" ".join(repr(p).split()) for p in parts)
