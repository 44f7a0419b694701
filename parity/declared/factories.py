"""What tensors are made of, and facts about them: ranges, values, copies in the order of memory, strides, formats."""

from .domain import INF, LEFT_OUT, NAN, Declared, T, Text, op, text

_TYPES = (
    LEFT_OUT,
    LEFT_OUT,
    None,
    *(Text(f"torch.{name}") for name in ("float64", "float32", "int64", "int32", "float16", "bool", "complex64", "uint8")),
)
_ENDS = (0, 3, 5, 2.5, -2, 1.0, Text("torch.tensor(4)"))
_NEEDS = (LEFT_OUT, LEFT_OUT, False, True)
_SIZES = ((2, 3), (0,), (), (1, 2), [3], Text("torch.Size([2, 2])"), (2, 0), -1)
_FORMATS = (LEFT_OUT, LEFT_OUT, Text("torch.preserve_format"), Text("torch.contiguous_format"), Text("torch.channels_last"))
#: Views of ``x``, of any number of dimensions.
_VIEWS = ("", "", ".t()", ".mT", "[..., ::2]", "[None]", ".unsqueeze(-1)", ".transpose(0, -1)", "[:0]", "[1:]", ".expand(2, *x.shape)", ".permute(*range(x.ndim)[::-1])", ".narrow(-1, 0, 1)", ".squeeze()", ".flatten()[1::2]", ".contiguous(memory_format=torch.channels_last)", ".diagonal()", ".unfold(0, 1, 1)", ".sum()", ".real", ".detach()", "[..., None, :1]")  # fmt: skip
_FACTS = (
    "steps(t)", "reversed(t)", "list(t)", "x[None].stride()", "x.unsqueeze(-1).stride()", "t.is_contiguous()", "t.numel() and t.storage_offset()", "t.element_size()", "t.untyped_storage().nbytes()", "t.numel()", "t.numel() and t.is_contiguous(memory_format=torch.channels_last)", "t.tolist()", "t.shape", "str(t.dtype)", "t.nbytes", "t.size(-1)", "len(t)", "t.is_set_to(x)", "t.is_set_to(t)", "t.data_ptr() == x.data_ptr()", "t.itemsize", "t.is_floating_point()", "t.is_signed()", "t.type()", "t._is_view()", "t._base is None", "torch.is_nonzero(t)", "steps(t.clone())", "steps(t.contiguous())", "steps(torch.empty_like(t))", "steps(t * 2)", "t.detach().numpy().flags.c_contiguous", "t.item()", "bool(t)", "float(t)", "int(t)", "t.new_zeros(2).dtype is t.dtype", "t.new_tensor([1.5])", "t.new_full((2,), 3)", "t.new_ones(1, dtype=torch.int32)", "steps(t.to(memory_format=torch.channels_last))", "t.reshape(-1).data_ptr() == t.data_ptr()", "t.output_nr", "t.is_leaf", "t.grad_fn is None", "hash(t) == hash(t)", "t.T.shape", "t.H.shape", "t.mH.shape", "t.ndim", "t.dim()", "repr(t.device)", "t.layout", "t.requires_grad", "t.names", "list(reversed(t))", "t.__array__()", "np.asarray(t.detach())", "t in [t]", "format(t.detach().round(decimals=3), '')",
)  # fmt: skip
_DATA = (
    "[1, 2]", "[1.5, 2]", "[True, False]", "[1, True]", "[[1, 2], [3, 4]]", "3", "2.5", "True", "1j", "[1j, 2.0]", "[]", "[[], []]", "np.arange(3)", "np.float32(1.5)", "np.arange(3.0)[::2]", "[np.float64(1), 2]", "[np.int32(1), 2]", "(1, 2)", "[(1, 2), [3, 4]]", "range(3)", "[torch.tensor(1), torch.tensor(2)]", "[torch.tensor(1.5), 2]", "v(real(2))", "np.array(2, np.uint8)", "[2**40, 1]", "np.ones((2, 2), np.float16)", "float('nan')", "[-0.0]", "np.array([True])", "[v(real(2)), v(real(2))]", "[1, 2.0, True]", "[[1], [2.5]]", "np.asfortranarray(np.ones((2, 3)))", "[0.1, 1e30]",
)  # fmt: skip

TABLE: list[Declared] = [
    op("torch.arange", "", start=(0, 1, -2, 0.5), end=_ENDS, step=(LEFT_OUT, 1, 2, 0.5, 0.3, -1, 3.0), dtype=tuple(t for t in _TYPES if t != Text("torch.bool")), requires_grad=_NEEDS, _orders=0, _refusal=False),
    op("torch.arange", "", end=_ENDS, dtype=tuple(t for t in _TYPES if t != Text("torch.bool")), requires_grad=_NEEDS, _orders=0, _refusal=False),
    op("torch.linspace", "", start=(0, -1.5, 3, 0.1, Text("torch.tensor(1.0)")), end=(1, 2.5, -3, 0.1, 1e6), steps=(0, 1, 2, 3, 5, 8, 33), dtype=(*_TYPES[:5], Text("torch.complex128"), Text("torch.int32")), requires_grad=_NEEDS, _orders=0, _refusal=False),
    op("torch.logspace", "", start=(0, -1.5, 0.1), end=(1, 2.5, -1), steps=(0, 1, 2, 5), base=(LEFT_OUT, 2, 10.0, 0.5), dtype=_TYPES[:5], requires_grad=_NEEDS, _orders=0, _refusal=False, _loose=1e-5),
    op("torch.full", "", size=_SIZES, fill_value=(0, 1, -2, 2.5, True, INF, NAN, Text("1j"), 300, Text("torch.tensor(2)")), dtype=_TYPES, requires_grad=_NEEDS, _orders=0, _refusal=False),
    *[op(f"torch.{name}", "", size=_SIZES, dtype=_TYPES, requires_grad=_NEEDS, _orders=0, _refusal=False) for name in ("zeros", "ones")],
    op("torch.eye", "", n=(0, 1, 3, -1), m=(LEFT_OUT, LEFT_OUT, 0, 2, 4), dtype=_TYPES, requires_grad=_NEEDS, _orders=0, _refusal=False),
    op("made_like", "", x=T("any", empty=False), view=tuple(v for v in _VIEWS if "1:" not in v and ":0" not in v), function=("zeros_like", "ones_like", "rand_like", "randn_like"), memory_format=_FORMATS, dtype=_TYPES, requires_grad=_NEEDS, _refusal=False, _random=True),
    op("made_like", "", x=T("any", empty=False), view=tuple(v for v in _VIEWS if "1:" not in v and ":0" not in v), function=("full_like",), fill_value=(0, 2.5, True, -3), memory_format=_FORMATS, dtype=_TYPES, requires_grad=_NEEDS, _refusal=False),
    op("torch.scalar_tensor", "", s=(2, 2.5, True, Text("1j"), NAN), dtype=_TYPES, requires_grad=_NEEDS, _orders=0, _refusal=False),
    op("torch.tensor", "", data=tuple(map(Text, _DATA)), dtype=_TYPES, requires_grad=_NEEDS, _orders=0, _refusal=False),
    op("torch.as_tensor", "", data=tuple(map(Text, _DATA)), dtype=_TYPES, _orders=0, _refusal=False),
    op("facts", "", x=T("any", empty=False), view=_VIEWS, fact=tuple(map(Text, _FACTS)), other=tuple(map(Text, _FACTS)), third=tuple(map(Text, _FACTS)), _refusal=False, _warns=False),
    op("facts", "", x=T("2 3 2 2"), view=_VIEWS, fact=tuple(map(Text, _FACTS)), other=tuple(map(Text, _FACTS)), third=tuple(map(Text, _FACTS)), _refusal=False, _warns=False),
    op("resized", "", x=T("2 3", grad=False), view=("", ".t()", "[1:]", "[:, ::2]", "[0]"), size=((2, 2), (3, 4), (6,), (0,), (1, 2, 2), (9,)), again=(Text("(2,)"), Text("(2, 2)"), Text("(8,)")), _refusal=False),
    *[op(f"torch.{name}", "", a=T("any"), b=T("any"), _named=False, _orders=1, _after="list({})") for name in ("atleast_1d", "atleast_2d", "atleast_3d", "broadcast_tensors")],
    op("torch.broadcast_to", "", input=T("2 1"), size=((2, 3), (4, 2, 1), (-1, 3), (2, 2, 2), (1, 1))),
    op("cut", "h=1,2,4,6", x=T("h 4 3"), function=("hsplit", "vsplit", "dsplit", "tensor_split", "chunk", "unsafe_chunk"), parts=(1, 2, 3, 4, [1], [1, 3], (0, 2, 2), [-1], [2, 1], Text("torch.tensor([1, 3])"), Text("torch.tensor(2)")), _refusal=False),
    op("sized", "", x=T("2 3 4"), sizes=((1, 4), (3, 1), (2, 1, 4), (), (1, 1, 1), (4,), (2, 3, 4), (7,)), _refusal=False),
]  # fmt: skip
_ = text
