"""Embedding: a table of learned rows, looked up one by one or reduced bag by bag."""

from __future__ import annotations

from typing import Any

from ...core.grad_mode import no_grad
from ...core.tensor import Tensor
from ...ops.creation import empty
from ...ops.nn.embedding import embedding
from ...ops.nn.embedding_bag import embedding_bag
from .. import init
from ..parameter import Parameter
from .module import Module


def _checked_padding(padding_idx: Any, rows: int) -> Any:
    """The padding row, counted from the front."""
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        raise AssertionError(f"padding_idx {padding_idx} is not one of the {rows} rows")
    return padding_idx % rows


def _draw_rows(weight: Any, padding_idx: Any) -> None:
    init.normal_(weight)
    if padding_idx is not None:
        with no_grad():
            weight[padding_idx].fill_(0)


class Embedding(Module):
    """Rows of a learned table, chosen by index (:func:`embedding`).

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        The number of rows and their size.
    padding_idx : int, optional
        A row that starts as 0 and stays so.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Embedding(10, 3)(torch.tensor([[1, 2], [4, 5]])).shape
    torch.Size([2, 2, 3])
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: Any = None, max_norm: Any = None, norm_type: float = 2.0,
        scale_grad_by_freq: bool = False, sparse: bool = False, _weight: Any = None, _freeze: bool = False, device: Any = None,
        dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        if sparse:
            raise NotImplementedError("Embedding does not support the argument sparse=True: there are no sparse tensors here")
        padding_idx = _checked_padding(padding_idx, num_embeddings)
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse = max_norm, norm_type, scale_grad_by_freq, sparse
        if _weight is None:
            self.weight = Parameter(empty(num_embeddings, embedding_dim, device=device, dtype=dtype), not _freeze)
            self.reset_parameters()
        else:
            if list(_weight.shape) != [num_embeddings, embedding_dim]:
                raise AssertionError(f"Embedding: _weight has shape {list(_weight.shape)}, not {[num_embeddings, embedding_dim]}")
            self.weight = Parameter(_weight, not _freeze)

    def reset_parameters(self) -> None:
        """Draw new rows from N(0, 1)."""
        _draw_rows(self.weight, self.padding_idx)

    def forward(self, input: Tensor) -> Tensor:
        """Shapes: any shape to that shape with the row size appended."""
        return embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq)

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: Any = None, **options: Any) -> Embedding:
        """A layer around existing rows, frozen by default."""
        build: Any = cls  # a checker can not count the entries of a shape
        return build(*embeddings.shape, padding_idx=padding_idx, _weight=embeddings, _freeze=freeze, **options)

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in (("padding_idx", None), ("max_norm", None), ("norm_type", 2), ("scale_grad_by_freq", False)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text


class EmbeddingBag(Module):
    """Sums, means or maxima of bags of rows of a learned table (:func:`embedding_bag`).

    Parameters
    ----------
    mode : 'sum', 'mean' or 'max'
    include_last_offset : bool
        Whether the offsets end with the number of indices.
    padding_idx : int, optional
        A row that is left out of the reduction and not trained.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.EmbeddingBag(10, 3)(torch.tensor([1, 2, 4, 5]), torch.tensor([0, 3])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, max_norm: Any = None, norm_type: float = 2.0,
        scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, _weight: Any = None,
        include_last_offset: bool = False, padding_idx: Any = None, device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        if sparse:
            raise NotImplementedError("EmbeddingBag does not support the argument sparse=True: there are no sparse tensors here")
        padding_idx = _checked_padding(padding_idx, num_embeddings)
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        if _weight is None:
            self.weight = Parameter(empty(num_embeddings, embedding_dim, device=device, dtype=dtype))
            self.reset_parameters()
        else:
            if list(_weight.shape) != [num_embeddings, embedding_dim]:
                raise AssertionError(
                    f"EmbeddingBag: _weight has shape {list(_weight.shape)}, not {[num_embeddings, embedding_dim]}"
                )
            self.weight = Parameter(_weight)
        self.mode, self.sparse, self.include_last_offset = mode, sparse, include_last_offset

    def reset_parameters(self) -> None:
        """Draw new rows from N(0, 1)."""
        _draw_rows(self.weight, self.padding_idx)

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """Shapes: (B, N), or (N,) with offsets (B,), to (B, row size)."""
        return embedding_bag(
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse,
            per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, **options: Any) -> EmbeddingBag:
        """A layer around existing rows, frozen by default."""
        if embeddings.ndim != 2:
            raise AssertionError(f"EmbeddingBag: expected rows of a matrix, but got shape {list(embeddings.shape)}")
        build: Any = cls
        bag = build(*embeddings.shape, _weight=embeddings, **options)
        bag.weight.requires_grad = not freeze
        return bag

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in (("max_norm", None), ("norm_type", 2), ("scale_grad_by_freq", False), ("mode", "")):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)!r}"
        return text + (f", padding_idx={self.padding_idx}" if self.padding_idx is not None else "")
