"""The views again as copies: ``torch.t_copy(x)`` has the values of ``x.t()``, and memory of its own.

Each line of the table at the end is a view as a function, and its example; ``_declare`` makes the copying function of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ...core.out import check_out, write_out
from .._base import Tensor, public, shown_as
from .._shapes import check_tensor

_KINDS = {
    "size": "tuple of ints",
    "stride": "tuple of ints",
    "dims": "tuple of ints",
    "split_sizes": "list of ints",
    "dim": "int or tuple of ints",
}


def _declare(view: Callable[..., Any], name: str, node: str, example: str, shows: str, method: bool = False) -> None:
    """Make ``torch.<name>`` of a view."""
    own = inspect.signature(view)

    def copied(input: Any, *args: Any, out: Any = None, **kwargs: Any) -> Any:
        check_tensor(name, input)
        shown = view(input, *args, **kwargs)
        if isinstance(shown, Tensor):
            result = shown_as(shown.clone(contiguous=True), node)
            return result if out is None else write_out(name, result, _checked(out, input))
        results = tuple(shown_as(s.clone(contiguous=True), node) for s in shown)
        return results if out is None else (write_out(name, results, _checked(tuple(out), input)), None)[1]

    def _checked(out: Any, input: Tensor) -> Any:
        check_out(name, out, (input,))
        return out

    copied.__name__ = copied.__qualname__ = name
    keyword = inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, default=None)
    copied.__signature__ = own.replace(parameters=[*own.parameters.values(), keyword])  # type: ignore[attr-defined]
    arguments = [f"{p} : {_KINDS.get(p, 'int')}" + ", optional" * (q.default is None) for p, q in own.parameters.items()][1:]
    given = "\n    ".join(["input : Tensor", *arguments])
    printed = "\n    ".join(shows.split("\n"))
    copied.__doc__ = f"""What ``{name.removesuffix("_copy")}`` shows, as a copy in memory of its own.

    Parameters
    ----------
    {given}

    Returns
    -------
    Tensor or tuple of Tensors
        As the view has it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> {example}
    {printed}
    """
    public("torch", *(("Tensor",) if method else ()), own_out=True, aliases=False)(copied)


def _sliced(input: Tensor, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Tensor:
    return input.movedim(dim, 0)[start:end:step].movedim(0, dim)


def _torch(name: str) -> Any:
    from .. import find

    return find("torch", name)


for _view, *_rest in (
    (lambda input: input.view_as(input), "alias_copy", "AliasBackward0_copy", "torch.alias_copy(torch.arange(2))", "tensor([0, 1])"),
    (lambda input, size, stride, storage_offset=None: input.as_strided(size, stride, storage_offset), "as_strided_copy",
     "AsStridedBackward0_copy", "torch.as_strided_copy(torch.arange(3), (2, 2), (1, 1))", "tensor([[0, 1],\n        [1, 2]])"),
    (lambda input: input.detach(), "detach_copy", "", "torch.detach_copy(torch.arange(2))", "tensor([0, 1])"),
    (lambda input, offset=0, dim1=0, dim2=1: input.diagonal(offset, dim1, dim2), "diagonal_copy", "DiagonalBackward0_copy",
     "torch.diagonal_copy(torch.eye(2))", "tensor([1., 1.])"),
    (lambda input, size: input.expand(size), "expand_copy", "ExpandBackward0_copy",
     "torch.expand_copy(torch.arange(2), (2, 2))", "tensor([[0, 1],\n        [0, 1]])"),
    (lambda input, dim, start, length: input.narrow(dim, start, length), "narrow_copy", "NarrowCopyBackward0",
     "torch.narrow_copy(torch.arange(4), 0, 1, 2)", "tensor([1, 2])", True),
    (lambda input, dims: input.permute(dims), "permute_copy", "PermuteBackward0_copy",
     "torch.permute_copy(torch.zeros(1, 2), (1, 0)).shape", "torch.Size([2, 1])"),
    (lambda input, dim, index: input.select(dim, index), "select_copy", "SelectBackward0_copy",
     "torch.select_copy(torch.eye(2), 0, 1)", "tensor([0., 1.])"),
    (_sliced, "slice_copy", "SliceBackward0_copy", "torch.slice_copy(torch.arange(4), 0, 0, 4, 2)", "tensor([0, 2])"),
    (lambda input, split_size, dim=0: input.split(split_size, dim), "split_copy", "SplitBackward0_copy",
     "torch.split_copy(torch.arange(3), 2)", "(tensor([0, 1]), tensor([2]))"),
    (lambda input, split_sizes, dim=0: input.split_with_sizes(split_sizes, dim), "split_with_sizes_copy",
     "SplitWithSizesBackward0_copy", "torch.split_with_sizes_copy(torch.arange(3), [1, 2])", "(tensor([0]), tensor([1, 2]))"),
    (lambda input, dim=None: input.squeeze(dim), "squeeze_copy", "SqueezeBackward0_copy",
     "torch.squeeze_copy(torch.zeros(1, 2))", "tensor([0., 0.])"),
    (lambda input: input.t(), "t_copy", "TBackward0_copy", "torch.t_copy(torch.zeros(1, 2)).shape", "torch.Size([2, 1])"),
    (lambda input, dim0, dim1: input.transpose(dim0, dim1), "transpose_copy", "TransposeBackward0_copy",
     "torch.transpose_copy(torch.zeros(1, 2), 0, 1).shape", "torch.Size([2, 1])"),
    (lambda input, dim=0: input.unbind(dim), "unbind_copy", "UnbindBackward0_copy",
     "torch.unbind_copy(torch.arange(2))", "(tensor(0), tensor(1))"),
    (lambda input, dimension, size, step: input.unfold(dimension, size, step), "unfold_copy", "UnfoldBackward0_copy",
     "torch.unfold_copy(torch.arange(3), 0, 2, 1)", "tensor([[0, 1],\n        [1, 2]])"),
    (lambda input, dim: input.unsqueeze(dim), "unsqueeze_copy", "UnsqueezeBackward0_copy",
     "torch.unsqueeze_copy(torch.arange(2), 0)", "tensor([[0, 1]])"),
    (lambda input: _torch("view_as_complex")(input), "view_as_complex_copy", "ViewAsComplexBackward0_copy",
     "torch.view_as_complex_copy(torch.tensor([1.0, 2.0]))", "tensor(1.+2.j)"),
    (lambda input: _torch("view_as_real")(input), "view_as_real_copy", "ViewAsRealBackward0_copy",
     "torch.view_as_real_copy(torch.tensor(1 + 2j))", "tensor([1., 2.])"),
    (lambda input, size: input.view(size), "view_copy", "ViewBackward0_copy",
     "torch.view_copy(torch.arange(4), (2, 2))", "tensor([[0, 1],\n        [2, 3]])"),
):  # fmt: skip
    _declare(_view, *_rest)
