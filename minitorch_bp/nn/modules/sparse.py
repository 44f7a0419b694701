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


class _Rows(Module):
    """What Embedding and EmbeddingBag share: a table of rows, one of which may stand for padding."""

    def _make_rows(self, shape: list[int], padding_idx: Any, sparse: bool, given: Any, trained: bool, options: Any) -> None:
        name = type(self).__name__
        if sparse:
            raise NotImplementedError(f"{name} does not support the argument sparse=True: there are no sparse tensors here")
        if padding_idx is not None and not -shape[0] <= padding_idx < shape[0]:
            raise AssertionError(f"padding_idx {padding_idx} is not one of the {shape[0]} rows")
        if given is not None and list(given.shape) != shape:
            raise AssertionError(f"{name}: _weight has shape {list(given.shape)}, not {shape}")
        self.num_embeddings, self.embedding_dim = shape
        self.padding_idx = None if padding_idx is None else padding_idx % shape[0]
        self.weight = Parameter(empty(*shape, **options) if given is None else given, trained)
        if given is None:
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new rows from N(0, 1)."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)


class Embedding(_Rows):
    """The rows are learned; they are drawn from N(0, 1).

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        The number of rows (the size of the vocabulary), and their size.
    padding_idx : int, optional
        A row that starts as 0 and stays so.

    Attributes
    ----------
    weight : Parameter of shape (num_embeddings, embedding_dim)

    Raises
    ------
    IndexError
        When called, if an index is not a row.
    AssertionError
        If ``padding_idx`` is not a row.

    See Also
    --------
    minitorch_bp.nn.EmbeddingBag : Reduces the rows of each bag of indices to one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Embedding(10, 3)(torch.tensor([[1, 2], [4, 5]])).shape
    torch.Size([2, 2, 3])
    """

    _like = "embedding"

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: Any = None, max_norm: Any = None, norm_type: float = 2.0,
        scale_grad_by_freq: bool = False, sparse: bool = False, _weight: Any = None, _freeze: bool = False, device: Any = None,
        dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse = max_norm, norm_type, scale_grad_by_freq, sparse
        options = {"device": device, "dtype": dtype}
        self._make_rows([num_embeddings, embedding_dim], padding_idx, sparse, _weight, not _freeze, options)

    def forward(self, input: Tensor) -> Tensor:
        """Look the rows up.

        Parameters
        ----------
        input : IntTensor or LongTensor of any shape

        Returns
        -------
        Tensor
            Of the input's shape with ``embedding_dim`` appended.
        """
        return embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq)

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: Any = None, **options: Any) -> Embedding:
        """Make a layer of existing rows, frozen by default.

        Parameters
        ----------
        embeddings : Tensor of shape (rows, size)
        freeze : bool
            Whether the rows are not trained.
        padding_idx : int, optional
            A row whose gradient stays 0.
        **options : any
            Further parameters of the class.

        Returns
        -------
        Embedding
            Its weight is ``embeddings``, not a copy.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.Embedding.from_pretrained(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        >>> layer(torch.tensor([1]))
        tensor([[3., 4.]])
        """
        build: Any = cls  # a checker can not count the entries of a shape
        if embeddings.dim() != 2:
            raise AssertionError(f"Embedding: expected rows of a matrix, but got shape {list(embeddings.shape)}")
        return build(*embeddings.shape, padding_idx=padding_idx, _weight=embeddings, _freeze=freeze, **options)

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in (("padding_idx", None), ("max_norm", None), ("norm_type", 2), ("scale_grad_by_freq", False)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text


class EmbeddingBag(_Rows):
    """The rows are learned; they are drawn from N(0, 1).

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        The number of rows (the size of the vocabulary), and their size.
    mode : 'sum', 'mean' or 'max'
        How the rows of a bag become one.
    padding_idx : int, optional
        A row that starts as 0, is left out of the reduction and not trained.

    Attributes
    ----------
    weight : Parameter of shape (num_embeddings, embedding_dim)

    See Also
    --------
    minitorch_bp.nn.Embedding : Returns the rows themselves.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.EmbeddingBag(10, 3)(torch.tensor([1, 2, 4, 5]), torch.tensor([0, 3])).shape
    torch.Size([2, 3])
    """

    _like = "embedding_bag"

    def __init__(
        self, num_embeddings: int, embedding_dim: int, max_norm: Any = None, norm_type: float = 2.0,
        scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, _weight: Any = None,
        include_last_offset: bool = False, padding_idx: Any = None, device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        self.mode, self.sparse, self.include_last_offset = mode, sparse, include_last_offset
        options = {"device": device, "dtype": dtype}
        self._make_rows([num_embeddings, embedding_dim], padding_idx, sparse, _weight, True, options)

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """Look the rows up and reduce each bag.

        Parameters
        ----------
        input : LongTensor of shape (B, N) or (N,)
            A bag in each row, or one list that ``offsets`` divides.
        offsets : LongTensor of shape (B,), optional
            Where each bag begins in the list.
        per_sample_weights : Tensor of the input's shape, optional
            A factor for each index, for 'sum'.

        Returns
        -------
        Tensor
            Of shape (B, embedding_dim).
        """
        return embedding_bag(
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse,
            per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, **options: Any) -> EmbeddingBag:
        """Make a layer of existing rows, frozen by default.

        Parameters
        ----------
        embeddings : Tensor of shape (rows, size)
        freeze : bool
            Whether the rows are not trained.
        **options : any
            Further parameters of the class.

        Returns
        -------
        EmbeddingBag
            Its weight is ``embeddings``, not a copy.

        Raises
        ------
        AssertionError
            If ``embeddings`` is not a matrix.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> layer = torch.nn.EmbeddingBag.from_pretrained(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), mode="sum")
        >>> layer(torch.tensor([[0, 1]]))
        tensor([[4., 6.]])
        """
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
