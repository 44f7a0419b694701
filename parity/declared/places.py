"""Indexing, picking, scattering, reshaping and joining: negative steps and indices, ellipses, duplicates, masks, leading ones."""

from __future__ import annotations

from ..choices import Choices
from .domain import LEFT_OUT, Declared, Env, T, Text, dim, op, several

_K = (LEFT_OUT, True, False)


def _index(draw: Choices, env: Env) -> str:
    """The text of an index of ``x``."""
    shape = env["x_shape"]
    parts: list[str] = []
    place, dots = 0, False
    while place < len(shape) and draw.integer(0, 5):
        n = shape[place]
        way = draw.integer(0, 11)
        if way == 0:
            parts.append("None")
            continue
        if way == 1 and not dots:
            parts.append("...")
            place, dots = max(place, len(shape) - draw.integer(0, 2)), True
            continue
        if way < 4:
            parts.append(str(draw.integer(-n, max(n - 1, 0))))
        elif way < 8:
            start, stop = (draw.choice(("", str(draw.integer(-n - 1, n + 1)))) for _ in range(2))
            parts.append(f"{start}:{stop}" + draw.choice(("", "", ":2", ":3", ":1", ":-1")))
        elif way == 8 and n:
            parts.append(repr([draw.integer(-n, n - 1) for _ in range(draw.integer(1, 3))]))
        elif way == 9 and n:
            columns = draw.integer(1, 2)
            parts.append(f"torch.tensor({[[draw.integer(-n, n - 1) for _ in range(columns)] for _ in range(2)]})")
        elif way == 10:
            byte = "uint8" if env.get("byte") and not draw.integer(0, 2) else "bool"
            parts.append(f"torch.tensor({[bool(draw.integer(0, 1)) for _ in range(n)]}, dtype=torch.{byte})")
        else:
            parts.append(
                draw.choice(
                    ("None", "torch.tensor(0)", "x.detach() > 0", "np.int64(0)", "slice(None)", "[True]", "torch.tensor([0, 0])")
                )
            )
        place += 1
    return ", ".join(parts) if parts else draw.choice(("...", "x.detach() > 0", "()", "None", "x.detach()[..., :1] > 0"))


_VALUE = (
    0.5, 2, True, Text("p(real())"), Text("p(real(1))"), Text("p(real(1, 1, 1))"), Text("p(real(2))"), Text("p(real(3))"), Text("v(real(1, 1))"),
    Text("torch.tensor(2)"), Text("torch.ones(1, 1, 1, 1, 1)"), Text("torch.tensor([1.0]).float()"),
)  # fmt: skip
_X = T("any", least=1)
_LONG = T("2 3", "below 2", grad=False)
_REDUCE = ("sum", "prod", "mean", "amax", "amin")

TABLE: list[Declared] = [
    op("indexed", "byte=1", x=_X, index=_index, _refusal=False),
    op("indexed", "", x=T("any"), index=_index, _refusal=False),
    op("assigned", "", x=_X, index=_index, value=_VALUE, _refusal=False),
    op("assigned", "", x=T("any", "grid", grad=False), index=_index, value=(*_VALUE[:3], Text("v(real(1))"), Text("v(real(1, 1))")), _refusal=False),
    op("selfed", "", x=_X, index=_index, sign=("+", "*", "-"), value=_VALUE, _refusal=False),
    op("torch.select", "", input=_X, dim=dim("input"), index=(0, -1, 1, -2, 5)),
    op("torch.narrow", "", input=_X, dim=dim("input"), start=(0, 1, -1, -2), length=(0, 1, 2)),
    op("torch.index_select", "", input=T("3 2 3"), dim=(0, 2, -1, -3), index=(Text("torch.tensor([0, 0, 2])"), Text("torch.tensor([2])"), Text("torch.tensor([], dtype=torch.int64)"), Text("torch.tensor(1)"), Text("torch.tensor([1, 0], dtype=torch.int32)")), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.gather", "", input=T("2 3"), dim=(0, -2), index=T("2 3", "below 2", grad=False)),
    op("torch.gather", "a=1,2 b=1,2,4", input=T("2 3"), dim=(1, -1), index=T("a b", "below 3", grad=False)),
    op("torch.scatter", "a=1,2 b=1,2", input=T("2 3"), dim=(1, -1), index=T("a b", "below 3", grad=False), value=(0.5, 2), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.scatter", "", input=T("2 3"), dim=(1,), index=(Text("torch.tensor([[2, 0], [1, 2]])"), Text("torch.tensor([[1]])"), Text("torch.tensor([[0, 1, 2]])")), src=T("2 3"), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.scatter", "", input=T("2 3", grad=False), dim=(0, 1), index=T("2 2", "below 2", grad=False), value=(0.5, 2), reduce=("add", "multiply"), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.scatter_add", "a=1,2 b=1,2,3", input=T("2 3"), dim=(0, 1, -1), index=T("a b", "below 2", grad=False), src=T("2 3"), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.scatter_reduce", "a=1,2 b=1,2,3", input=T("2 3"), dim=(0, 1, -1), index=T("a b", "below 2", grad=False), src=T("2 3"), reduce=("sum", "mean"), include_self=_K, _orders=1, _saved="views of something inside are kept there"),
    op("torch.scatter_reduce", "a=1,2 b=1,2,3", input=T("2 3"), dim=(0, 1, -1), index=T("a b", "below 2", grad=False), src=T("a b"), reduce=_REDUCE, include_self=_K, _orders=1, _saved="views of something inside are kept there"),
    op("torch.scatter_reduce", "a=1,2", input=T("2 3", "below 5", grad=False), dim=(0, 1), index=T("a 2", "below 2", grad=False), src=T("2 3", "below 7", grad=False), reduce=_REDUCE, include_self=_K, _saved="views of something inside are kept there"),
    op("torch.index_reduce", "", input=T("2 3"), dim=(0, -2), index=(Text("torch.tensor([0, 0, 1])"), Text("torch.tensor([1, 1, 1])")), source=T("3 3"), reduce=_REDUCE[1:], include_self=_K, _orders=1, _warns=False, _saved="views of something inside are kept there"),
    op("torch.index_add", "", input=T("3 2"), dim=(0, -2), index=(Text("torch.tensor([0, 0, 2])"), Text("torch.tensor([1, 2, 1])")), source=T("3 2"), alpha=(LEFT_OUT, 2, -0.5), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.index_copy", "", input=T("3 2"), dim=(0, -2), index=(Text("torch.tensor([0, 2])"), Text("torch.tensor([2, 1])")), source=T("2 2"), _saved="views of something inside are kept there", _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.index_fill", "", input=T("3 2"), dim=(0, -2), index=(Text("torch.tensor([0, 2])"), Text("torch.tensor([1, 1])"), Text("torch.tensor([-1])")), value=(0.5, Text("p(real())")), _saved="views of something inside are kept there", _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.index_put", "", input=T("3 2"), indices=(Text("(torch.tensor([0, 0, 2]),)"), Text("(torch.tensor([0, 1]), torch.tensor([1, 1]))"), Text("(torch.tensor([1, 1, -1]), torch.tensor([0, 0, 1]))")), values=(Text("p(real(1))"), Text("p(real(3, 1))"), Text("p(real(2))"), Text("p(real(1, 2))"), Text("p(real(1, 1))"), Text("p(real(1, 3, 1))")), accumulate=_K),
    op("torch.take", "", input=T("2 3"), index=(Text("torch.tensor([0, -1, 5, 0])"), Text("torch.tensor([[1, -6]])"), Text("torch.tensor(2)"))),
    op("put", "", x=T("2 3"), index=(Text("torch.tensor([0, -1])"), Text("torch.tensor([1, -6])"), Text("torch.tensor([3, 3])")), source=T("2"), accumulate=(True, True, False), _refusal=False),
    op("torch.take_along_dim", "", input=T("2 3"), indices=(Text("torch.tensor([[0, -1]])"), Text("torch.tensor([[1], [0]])"), Text("torch.tensor([[0, 2, 2]])")), dim=(1, -1)),
    op("torch.masked_fill", "", input=T("any"), mask=T("with input", "mask", grad=False), value=(0.5, 2, True, Text("p(real())"), Text("torch.tensor(1)")), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.masked_select", "", input=T("any"), mask=T("with input", "mask", grad=False)),
    op("torch.masked_scatter", "", input=T("2 3"), mask=T("2 3", "mask", grad=False), source=T("7")),
    op("torch.nonzero", "", input=T("any", "grid", grad=False), as_tuple=_K, _saved="views of something inside are kept there"),
    op("torch.argwhere", "", input=T("any", "grid", grad=False)),
    op("torch.nonzero_static", "", input=T("any", "grid", grad=False), size=(0, 1, 2, 5), fill_value=(LEFT_OUT, -1, 7), _refusal=False),
    op("torch.repeat_interleave", "", input=T("3 2"), repeats=(2, 0, Text("torch.tensor([2, 0, 1])"), Text("torch.tensor([3])")), dim=(0, -2)),
    op("torch.repeat_interleave", "", input=T("any"), repeats=(2, 0, 3)),
    *[op(f"torch.{name}", "", input=T("any", least=2), diagonal=(LEFT_OUT, 0, 1, -1, 2, -2, 5)) for name in ("tril", "triu")],
    op("torch.diagonal", "", input=T("3 2 4"), offset=(LEFT_OUT, 0, 1, -1, 2, -2), dim1=(LEFT_OUT, 0, -1), dim2=(LEFT_OUT, 1, -2)),
    op("torch.diag", "", input=T("any", least=1), diagonal=(LEFT_OUT, 0, 1, -1, 2)),
    op("torch.diag_embed", "", input=T("any", least=1), offset=(LEFT_OUT, 0, 1, -2), dim1=(LEFT_OUT, 0, -1), dim2=(LEFT_OUT, 1, -2)),
    op("torch.diagflat", "", input=T("any"), offset=(LEFT_OUT, 1, -1)),
    op("torch.diagonal_scatter", "", input=T("3 3"), src=T("2"), offset=(1, -1), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.select_scatter", "", input=T("3 2"), src=T("2"), dim=(0, -2), index=(0, -1, 2), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("torch.slice_scatter", "", input=T("4 2"), src=T("2 2"), dim=(LEFT_OUT, 0, -2), start=(1, 2, 0), end=(3, -1, 2, None), step=(LEFT_OUT, 1), _refused="PyTorch checks types and sizes of indices and sources in another order"),
    op("filled_diagonal", "", x=T("5 2", grad=False), value=(0.5, 2), wrap=_K, _refusal=False),
    op("torch.trace", "", input=T("3 2")),
    op("torch.reshape", "", input=T("2 3 2"), shape=((12,), (-1,), (3, -1), (2, 6), (4, 3), (-1, 2, 2), [6, 2])),
    op("torch.flatten", "", input=T("any"), start_dim=(LEFT_OUT, 0, 1, -2), end_dim=(LEFT_OUT, -1, 1, -2)),
    op("torch.unflatten", "", input=T("2 6"), dim=(1, -1), sizes=((2, 3), (-1, 2), [3, -1])),
    op("torch.permute", "", input=T("2 3 4"), dims=((0, 1, 2), (2, 0, 1), (-1, 0, 1), (1, 2, 0), (0, -1, -2))),
    op("torch.transpose", "", input=_X, dim0=dim("input"), dim1=dim("input")),
    op("torch.movedim", "", input=T("2 3 4"), source=(0, -1, (0, 1), (0, 2), (2, 0)), destination=(2, 1, (2, 0), (1, 0), (-1, -2))),
    op("torch.squeeze", "", input=T("1 2 1 3"), dim=(LEFT_OUT, 0, -2, 1, (0, 2), (0, 1))),
    op("torch.unsqueeze", "", input=T("any"), dim=dim("input", 1)),
    op("torch.flip", "", input=T("2 3 2"), dims=((0,), (1, -1), (0, 1, 2), ())),
    op("torch.roll", "", input=T("2 3 2"), shifts=(1, -1, 4, (1, 2)), dims=(0, -1, (0, 1))),
    op("torch.roll", "", input=T("2 3"), shifts=(1, -4)),
    op("torch.rot90", "", input=T("2 3 2"), k=(LEFT_OUT, 0, 1, 2, 3, -1, 5), dims=(LEFT_OUT, (0, 1), (1, 2), (2, 0))),
    op("torch.tile", "", input=T("any"), dims=((2,), (1, 2), (2, 1, 3), (0,)), _refused="PyTorch computes it of other functions, which refuse what they are given"),
    op(".repeat", "", input=T("2"), repeats=((2,), (1, 2), (2, 0)), _refusal=False),
    op(".expand", "", input=T("2 1"), size=((2, 3), (-1, 3), (4, 2, 3), (2, 1)), _refusal=False, _saved="views of something inside are kept there"),
    op("torch.stack", "", tensors=(Text("[p(real(2, 3)), p(real(2, 3))]"), Text("(p(real(2)), p(real(2)), p(real(2)))")), dim=(LEFT_OUT, 0, 1, -1, -2)),
    op("torch.cat", "", tensors=(Text("[p(real(2, 3)), p(real(2, 3))]"), Text("(p(real(2, 1)), p(real(2, 2)))"), Text("[p(real(0)), p(real(2, 3))]"), Text("[p(real(2, 0)), p(real(2, 3))]")), dim=(LEFT_OUT, 0, 1, -1)),
    op("split", "", x=T("5 4"), function=("split", "chunk", "tensor_split"), size=(1, 2, 3, 7), dim=(0, 1, -1), _refusal=False),
    op("split", "", x=T("5 4"), function=("split", "tensor_split"), size=([1, 4], [2, 3], (4, 1)), dim=(0,), _refusal=False),
    op("split", "", x=T("5 4"), function=("tensor_split",), size=([4, 2], [3, 1, 2], (-1, 1), [2, 2], [7, 3]), dim=(0, -1), _refusal=False),
    op("torch.unbind", "", input=T("2 3"), dim=(LEFT_OUT, 0, 1, -1)),
    op("torch.meshgrid", "", a=T("2"), b=T("3"), c=T("1", maybe=True), indexing=("ij", "xy"), _saved="results are expanded: PyTorch warns, and writes to what several elements share"),
    op("torch.tensordot", "", a=T("2 3 3"), b=T("3 3 2"), dims=(0, 1, 2, ([1], [0]), ([1, 2], [0, 1]), ([2, 1], [0, 1]))),
    op("torch.cross", "", input=T("2 3"), other=T("2 3"), dim=(LEFT_OUT, 1, -1), _orders=1, _warns=False, _refused="PyTorch computes it of other functions, which refuse what they are given"),
    op("torch.as_strided", "", input=T("6"), size=((2, 2), (3,)), stride=((1, 2), (2, 1), (0, 1)), storage_offset=(LEFT_OUT, 0, 1), _held="the views share a base there that only they hold"),
    op("torch.block_diag", "", a=T("2 2"), b=T("1 3"), c=T("2", maybe=True)),
    op("torch.tril_indices", "", row=(2, 3), col=(2, 4), offset=(LEFT_OUT, 1, -1)),
    op("torch.einsum", "", equation=("ij,jk->ik", "ij,ij->i", "ij,ji", "...j,jk->...k"), a=T("2 2"), b=T("2 2"), _refusal=False),
    *[op(f"torch.{name}", "", input=T("2 3"), mat1=T("2 2"), mat2=T("2 3"), beta=(LEFT_OUT, 0, 0.5, 2), alpha=(LEFT_OUT, 0, 0.5, 2), _saved="a beta of 0 times infinity is NaN there, and no gradient here") for name in ("addmm",)],
    op("torch.addmv", "", input=T("2"), mat=T("2 3"), vec=T("3"), beta=(LEFT_OUT, 0, 0.5), alpha=(LEFT_OUT, 0.5, 2), _saved="a beta of 0 times infinity is NaN there, and no gradient here"),
    op("torch.addr", "", input=T("2 3"), vec1=T("2"), vec2=T("3"), beta=(LEFT_OUT, 0, 0.5), alpha=(LEFT_OUT, 0.5, 2), _saved="a beta of 0 times infinity is NaN there, and no gradient here"),
    op("torch.baddbmm", "", input=T("2 2 3"), batch1=T("2 2 2"), batch2=T("2 2 3"), beta=(LEFT_OUT, 0, 0.5), alpha=(LEFT_OUT, 0.5, 2), _saved="a beta of 0 times infinity is NaN there, and no gradient here"),
    op("torch.addbmm", "", input=T("2 3"), batch1=T("2 2 2"), batch2=T("2 2 3"), beta=(LEFT_OUT, 0, 0.5), alpha=(LEFT_OUT, 0.5, 2), _saved="a beta of 0 times infinity is NaN there, and no gradient here"),
    op("torch.matmul", "a=1,2 b=1,3", input=T("a 2 b"), other=T("b 3"), _saved="views of something inside are kept there", _refused="PyTorch computes it of other functions, which refuse what they are given"),
    op("torch.matmul", "b=1,3", input=T("b"), other=T("2 b 3"), _saved="views of something inside are kept there", _refused="PyTorch computes it of other functions, which refuse what they are given"),
]  # fmt: skip
_ = several, _LONG
