"""Random numbers of all kinds and lengths, and printing."""

from .domain import INF, LEFT_OUT, NAN, Declared, T, Text, op

_N = (0, 1, 2, 7, 15, 16, 17, 31, 33, 64, 65, 100)
_FILLS = (
    "uniform_()",
    "uniform_(-1, 1)",
    "uniform_(2, 5)",
    "normal_()",
    "normal_(1, 2)",
    "normal_(0, 3)",
    "random_()",
    "random_(5)",
    "random_(-3, 9)",
    "bernoulli_(0.3)",
    "bernoulli_()",
    "exponential_()",
    "exponential_(2)",
    "cauchy_()",
    "cauchy_(1, 2)",
    "log_normal_()",
    "geometric_(0.3)",
    "bernoulli_(torch.rand(2))",
)
_MAKERS = (
    "torch.rand({n})", "torch.randn({n})", "torch.randint(5, ({n},))", "torch.randint(-3, 2**40, ({n},))", "torch.randint(0, 2**28, ({n},))", "torch.randint(2**31, ({n},))", "torch.randperm({n})", "torch.rand({n}, dtype=torch.float64)",
    "torch.randn({n}, dtype=torch.complex64)", "torch.randn({n}, dtype=torch.complex128)", "torch.rand({n}, dtype=torch.complex64)", "torch.zeros({n}, dtype=torch.int8).random_(0, None)", "torch.zeros({n}, dtype=torch.int16).random_(-3, None)", "torch.zeros({n}).random_(2, None)",
    "torch.randn({n}, dtype=torch.float64)", "torch.randn({n}, dtype=torch.float16)", "torch.rand({n}, dtype=torch.bfloat16)", "torch.randint(0, 9, ({n},), dtype=torch.int8)", "torch.rand_like(torch.ones(2, {n}).t())", "torch.randn_like(torch.ones(2, {n}))",
    "torch.randint_like(torch.ones({n}), 4)", "torch.randint_like(torch.ones({n}), 2, 7)", "torch.normal(1.0, 2.0, ({n},))", "torch.normal(torch.arange({n}).float(), 0.5)", "torch.normal(0.0, torch.ones({n}) * 2)",
    "torch.normal(torch.zeros({n}), torch.ones({n}) * 3)", "torch.bernoulli(torch.full(({n},), 0.3))", "torch.bernoulli(torch.ones({n}), 0.6)", "torch.poisson(torch.full(({n},), 2.5))", "torch.multinomial(torch.arange(1.0, 6), 3)", "torch.multinomial(torch.ones(2, 5), {n} % 7 + 1, True)",
    "F.dropout(torch.ones({n}), 0.4)", "F.dropout(torch.ones({n}, dtype=torch.float64), 0.4)", "F.rrelu(-torch.ones({n}), training=True)", "torch.nn.init.xavier_uniform_(torch.ones(3, {n} + 1))", "torch.nn.init.kaiming_normal_(torch.ones(3, {n} + 1))",
    "torch.nn.init.trunc_normal_(torch.ones({n}))", "torch.nn.init.trunc_normal_(torch.ones({n}), 0.5, 2.0, -1, 1)", "torch.nn.init.orthogonal_(torch.ones(3, {n} % 5 + 1))", "torch.nn.init.sparse_(torch.ones(5, {n} % 5 + 1), 0.4)", "torch.nn.init.kaiming_uniform_(torch.ones(2, 3, {n} + 1), a=0.3, mode='fan_out', nonlinearity='leaky_relu')",
    "torch.randperm({n}, dtype=torch.int32)", "torch.randperm({n} + 1100)", "torch.nn.init.dirac_(torch.ones(3, 2, 3))", "torch.nn.init.xavier_normal_(torch.ones(4, 3, 2), gain=torch.nn.init.calculate_gain('leaky_relu', 0.2))",
)  # fmt: skip
PRINT_OPTIONS = (
    "",
    "precision=2",
    "precision=6",
    "sci_mode=True",
    "sci_mode=False",
    "linewidth=40",
    "linewidth=60",
    "linewidth=45",
    "linewidth=50",
    "linewidth=55",
    "threshold=5",
    "threshold=5, edgeitems=1",
    "threshold=4, edgeitems=2",
    "profile='short'",
    "profile='full'",
    "precision=3, sci_mode=None",
    "precision=0",
)
_SHAPES = (
    (),
    (1,),
    (3,),
    (7,),
    (2, 3),
    (3, 7),
    (2, 2, 3),
    (1, 1, 2, 2),
    (0,),
    (0, 2),
    (2, 0, 1),
    (12,),
    (25,),
    (2, 2, 2, 2, 1),
    (5, 5),
    (1001,),
    (1000,),
    (4, 12),
)
_KINDS = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool", "complex64", "complex128")
_WHAT = ("real", "grid", "large", "huge", "tiny", "edges", "whole_numbers", "wide", "naught", "hundreds", "ones", "limit")

TABLE: list[Declared] = [
    op("random", "", fills=_FILLS, n=_N, kind=("float32", "float64", "float16"), laid=("", "", ".t()"), rounds=(1, 2), _random=True, _refusal=False),
    op("random", "", fills=("random_()", "random_(3)", "bernoulli_(0.5)", "random_(0, 2)"), n=_N, kind=("int64", "int32", "uint8", "bool", "int8", "int16"), laid=("",), rounds=(1, 2), _random=True, _refusal=False),
    op("randoms", "", maker=_MAKERS, n=_N, before=(Text("0"), Text("1"), Text("3")), rounds=(1, 1, 12, 40), again=(1, 1, 2, 9), _random=True, _refusal=False),
    op("randoms", "", maker=("torch.randn({n}, dtype=torch.float16)", "torch.randn({n}, dtype=torch.bfloat16)", "torch.rand({n}, dtype=torch.float16)", "torch.randn({n}, dtype=torch.complex64)", "torch.randn({n}, dtype=torch.complex128)"), n=_N, before=(Text("0"), Text("1"), Text("3")), rounds=(1, 12, 40), again=(1, 2, 9), _random=True, _refusal=False),
    op("restored", "", maker=_MAKERS, n=(1, 3, 7, 17), before=(0, 1, 2, 3), _random=True, _refusal=False),
    op("printed", "", shape=_SHAPES, values=_WHAT, kind=_KINDS, options=PRINT_OPTIONS, made=("", "", ".requires_grad_()", ".requires_grad_() * 1", ".t()", "[..., ::2]"), default=(None, None, "float64"), _refusal=False),
    op("printed", "", shape=_SHAPES[:13], values=_WHAT, kind=("float32", "float64", "complex64"), options=("",), made=("", ".requires_grad_() * 1", ".requires_grad_()"), default=(None,), _refusal=False),
]  # fmt: skip
_ = INF, LEFT_OUT, NAN, T
