"""Which operations keep what for their gradients: a later write to it is refused, exactly where PyTorch refuses it."""

import pytest
import torch

import minitorch_bp

INDEX = "torch.tensor([[0, 1], [1, 0]])"
OPERATIONS = {
    "celu": "F.celu(y, 0.5)", "cummax": "y.cummax(0)[0]", "complex": "torch.complex(y, y).real", "polar": "torch.polar(y, y).real",
    "gather": f"y.gather(1, {INDEX})", "index_select": "y.index_select(0, torch.tensor([0, 1]))", "max": "y.max()", "max_dim": "y.max(0)[0]",
    "amax": "y.amax(0)", "cumsum": "y.cumsum(0)", "cumprod": "y.cumprod(0)", "sort": "y.sort()[0]", "topk": "y.topk(1)[0]",
    "median": "y.median()", "mean": "y.mean()", "sum": "y.sum()", "prod": "y.prod()", "var": "y.var()", "std": "y.std()", "norm": "y.norm()",
    "logsumexp": "y.logsumexp(0)", "where": "torch.where(y > 0.4, y, y)", "masked_fill": "y.masked_fill(y > 0.4, 1.0)",
    "scatter": f"y.scatter(0, {INDEX}, 1.0)", "embedding": f"F.embedding({INDEX}, y)", "abs": "y.abs()", "clamp": "y.clamp(0, 1)",
    "relu": "y.relu()", "sigmoid": "y.sigmoid()", "tanh": "y.tanh()", "exp": "y.exp()", "sqrt": "y.sqrt()", "square": "y.square()",
    "power_1": "y ** 1", "power_2": "y ** 2", "reciprocal": "1 / y", "neg": "-y", "gelu": "F.gelu(y)", "silu": "F.silu(y)", "elu": "F.elu(y)",
    "leaky_relu": "F.leaky_relu(y)", "glu": "F.glu(y)", "selu": "F.selu(y)", "softplus": "F.softplus(y)", "log_softmax": "y.log_softmax(1)",
    "cross_entropy": "F.cross_entropy(y, torch.tensor([0, 1]))", "mse_loss": "F.mse_loss(y, torch.zeros(2, 2))",
    "max_pool": "F.max_pool2d(y[None, None], 1)", "batch_norm": "F.batch_norm(y, None, None, training=True)", "matmul": "y @ y",
    "add": "y + y", "mul": "y * y", "div": "y / y", "maximum": "torch.maximum(y, torch.zeros(2, 2))", "lerp": "torch.lerp(y, y, 0.3)",
    "threshold_": "F.threshold(y, 0.4, 0.9, inplace=True)", "hardtanh_": "F.hardtanh(y, -0.4, 0.4, inplace=True)",
    "leaky_relu_": "F.leaky_relu(y, 0.1, inplace=True)", "elu_": "F.elu(y, inplace=True)", "relu_": "F.relu(y, inplace=True)",
    "power_constant": "y ** torch.tensor(2.0)", "constant_power": "torch.tensor(2.0) ** y", "power": "y ** y", "number_power": "2.0 ** y",
    "atan2": "torch.atan2(y, torch.ones(2, 2))", "linear": "F.linear(y, torch.ones(2, 2))", "bmm": "y[None] @ torch.ones(1, 2, 2)",
    "addmm": "torch.addmm(torch.ones(2), y, torch.ones(2, 2))", "conv1d": "F.conv1d(y[None], torch.ones(1, 2, 1))", "dropout": "F.dropout(y, 0.0)",
    "masked_select": "y.masked_select(y > 0.4)", "clamp_tensor": "y.clamp(torch.zeros(2, 2), torch.ones(2, 2) / 2)", "clamp_bound": "torch.ones(2, 2).clamp(min=y)",
    "index_add": "torch.zeros(2, 2).index_add(0, torch.tensor([0, 1]), y)", "softmax": "y.softmax(1)", "rsqrt": "y.rsqrt()", "log": "y.log()", "erf": "y.erf()", "cat": "torch.cat([y, y])", "stack": "torch.stack([y, y])",
}  # fmt: skip


def _gradient_after_write(framework, expression, to_result=False):
    x = framework.tensor([[0.1, 0.7], [0.5, 0.3]], requires_grad=True)
    y = x * 1
    z = eval(expression, {"torch": framework, "F": framework.nn.functional, "y": y})
    total = z.sum()
    with framework.no_grad():
        (z if to_result else y).mul_(1.0)
    try:
        total.backward()
    except Exception as error:
        return type(error)
    return x.grad.tolist()


@pytest.mark.parametrize("to_result", [False, True], ids=["operand", "result"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_write_after_the_operation(name, to_result):
    theirs = _gradient_after_write(torch, OPERATIONS[name], to_result)
    ours = _gradient_after_write(minitorch_bp, OPERATIONS[name], to_result)
    assert ours == theirs if isinstance(theirs, type) else ours == [pytest.approx(row, rel=1e-5, abs=1e-6) for row in theirs]
