"""Batches of sequences of different lengths: padded to one length, or packed without padding.

A packed sequence holds a matrix of rows: the first step of every sequence, then the second step of all that have one, and so
on, the longest sequences first; ``batch_sizes`` counts the rows of each step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtype import int64
from ...core.tensor import Tensor
from ...ops import _shapes
from ...ops.creation import empty_like, from_numpy, full, tensor
from ...ops.nn.padding import pad
from ...ops.reduction.sort import sort
from ...ops.shape.joining import stack
from .packed import PackedSequence_ as PackedSequence_
from .packed import bind as bind


class PackedSequence(PackedSequence_):
    """Sequences of different lengths without padding; made by :func:`pack_padded_sequence` and :func:`pack_sequence`.

    Parameters
    ----------
    data : Tensor of shape (sum of the lengths, ...)
        The rows: of the first step of all sequences, then of the second, and so on.
    batch_sizes : LongTensor of shape (longest length,)
        How many sequences have a row at each step.
    sorted_indices : LongTensor of shape (N,), optional
        Which sequence of the batch comes at each place, the longest first.
    unsorted_indices : LongTensor of shape (N,), optional
        The inverse of that.

    See Also
    --------
    pad_packed_sequence : Back to a padded batch.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])])
    PackedSequence(data=tensor([1, 3, 2]), batch_sizes=tensor([2, 1]), sorted_indices=None, unsorted_indices=None)
    """

    __slots__ = ()

    def __new__(
        cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None
    ) -> PackedSequence:
        if batch_sizes is None:
            if not isinstance(data, (tuple, list)) or len(data) != 2:
                raise AssertionError(f"a PackedSequence is made of data and batch_sizes, but got only a {type(data).__name__}")
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def _with(self, data: Tensor) -> PackedSequence:
        """The same sequences with other data; the packed sequence itself if the data are its own."""
        return self if data is self.data else self._replace(data=data)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same with data of another type; itself if it is of that type.

        Parameters
        ----------
        *args, **kwargs : dtype, device, or Tensor that has both
            As of :meth:`minitorch_bp.Tensor.to`.

        Returns
        -------
        PackedSequence
            With other data, or itself.
        """
        return self._with(self.data.to(*args, **kwargs))

    def double(self) -> PackedSequence:
        """The same with float64 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.double())

    def float(self) -> PackedSequence:
        """The same with float32 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.float())

    def half(self) -> PackedSequence:
        """The same with float16 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.half())

    def long(self) -> PackedSequence:
        """The same with int64 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.long())

    def int(self) -> PackedSequence:
        """The same with int32 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.int())

    def short(self) -> PackedSequence:
        """The same with int16 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.short())

    def char(self) -> PackedSequence:
        """The same with int8 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.char())

    def byte(self) -> PackedSequence:
        """The same with uint8 data.

        Returns
        -------
        PackedSequence
            Itself, if the data are of that type.
        """
        return self._with(self.data.byte())

    def cpu(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same in the computer's own memory, where it is.

        Parameters
        ----------
        *args, **kwargs : any
            As of :meth:`minitorch_bp.Tensor.to`.

        Returns
        -------
        PackedSequence
            Itself, unless another type is asked for.
        """
        return self.to("cpu", *args, **kwargs)

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Move to a GPU, which is not there.

        Parameters
        ----------
        *args, **kwargs : any
            As of :meth:`minitorch_bp.Tensor.to`.

        Returns
        -------
        NoReturn
            There is no GPU.

        Raises
        ------
        AssertionError
            As in a CPU build of PyTorch.
        """
        return self._with(self.data.cuda(*args, **kwargs))

    def pin_memory(self) -> PackedSequence:
        """The packed sequence itself: there is no GPU that memory could be pinned for.

        Returns
        -------
        PackedSequence
            Itself.
        """
        return self._with(self.data.pin_memory())

    def is_pinned(self) -> bool:
        """False: nothing is pinned.

        Returns
        -------
        bool
            Always.
        """
        return self.data.is_pinned()  # type: ignore[no-any-return]

    @property
    def is_cuda(self) -> bool:
        """False: the data lie in the computer's own memory."""
        return False


def invert_permutation(permutation: Any) -> Any:
    """The permutation that undoes another (None for None).

    Parameters
    ----------
    permutation : LongTensor of shape (N,), or None

    Returns
    -------
    LongTensor of shape (N,), or None
        ``permutation[result]`` counts from 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.rnn.invert_permutation(torch.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    inverse = empty_like(permutation)
    inverse._array[permutation._array] = np.arange(len(permutation))
    return inverse


def _places(batch_sizes: np.ndarray, width: int) -> Tensor:
    """Where each packed row stands in a padded (L, N) batch, counted in rows."""
    steps = np.repeat(np.arange(len(batch_sizes)), batch_sizes.astype(np.intp, copy=False))
    within = np.concatenate([np.arange(n, dtype=np.int64) for n in batch_sizes])
    return from_numpy(steps * width + within)


def pack_padded_sequence(input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """Remove the padding from a batch.

    Parameters
    ----------
    input : Tensor of shape (L, N, ...)
        N sequences of up to L steps.
    lengths : list of ints, or Tensor of shape (N,)
        Of each sequence.
    batch_first : bool
        Whether the shape is (N, L, ...).
    enforce_sorted : bool
        Whether the lengths are promised to be sorted, longest first; otherwise they are sorted here.

    Returns
    -------
    PackedSequence
        For :class:`minitorch_bp.nn.LSTM` and its kin.

    Raises
    ------
    RuntimeError
        If the lengths are not sorted though promised, not positive, longer than the input, or not one for each sequence.

    See Also
    --------
    pad_packed_sequence : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> packed = torch.nn.utils.rnn.pack_padded_sequence(torch.arange(6).reshape(3, 2), [3, 1])
    >>> packed.data, packed.batch_sizes
    (tensor([0, 1, 2, 4]), tensor([2, 1, 1]))
    """
    _shapes.check_tensor("pack_padded_sequence", input)
    lengths = lengths.to(int64) if isinstance(lengths, Tensor) else tensor(lengths, dtype=int64)
    order = None
    if not enforce_sorted:
        lengths, order = sort(lengths, descending=True)
        input = input.index_select(0 if batch_first else 1, order)
    steps = input.transpose(0, 1) if batch_first else input
    counts = lengths._array
    if counts.ndim != 1 or len(counts) != steps.shape[1] or not len(counts):
        raise RuntimeError(
            f"pack_padded_sequence: expected one length for each of {steps.shape[1]} sequences, but got shape {list(counts.shape)}"
        )
    if (np.diff(counts) > 0).any():
        raise RuntimeError("pack_padded_sequence: lengths must be sorted, longest first; or pass enforce_sorted=False")
    if counts[-1] <= 0 or counts[0] > steps.shape[0]:
        raise RuntimeError(f"pack_padded_sequence: lengths must lie between 1 and {steps.shape[0]}, but are {counts.tolist()}")
    batch_sizes = (counts[None] > np.arange(counts[0])[:, None]).sum(1, dtype=np.int64)
    rows = steps.reshape(steps.shape[0] * steps.shape[1], *steps.shape[2:])
    data = rows.index_select(0, _places(batch_sizes, len(counts)))
    return PackedSequence(data, from_numpy(batch_sizes), order, None)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: Any = None
) -> tuple[Tensor, Tensor]:
    """Restore the padding: the inverse of :func:`pack_padded_sequence`.

    Parameters
    ----------
    sequence : PackedSequence
    batch_first : bool
        Whether the result has shape (N, L, ...).
    padding_value : float
        What stands where a sequence has ended.
    total_length : int, optional
        The number of steps L, if it is to be more than the longest sequence's.

    Returns
    -------
    padded : Tensor of shape (L, N, ...)
        The batch.
    lengths : LongTensor of shape (N,)
        Of its sequences.

    Raises
    ------
    ValueError
        If ``total_length`` is shorter than the longest sequence.

    See Also
    --------
    pack_padded_sequence : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> rnn = torch.nn.utils.rnn
    >>> rnn.pad_packed_sequence(rnn.pack_sequence([torch.tensor([1, 2, 3]), torch.tensor([4])]), batch_first=True)
    (tensor([[1, 2, 3],
            [4, 0, 0]]), tensor([3, 1]))
    """
    if not isinstance(sequence, PackedSequence):
        raise AttributeError(f"pad_packed_sequence: expected a PackedSequence, but got a {type(sequence).__name__}")
    data, batch_sizes, _, back = sequence
    sizes = batch_sizes._array
    length, n = len(sizes), int(sizes[0])
    if total_length is not None:
        if total_length < length:
            raise ValueError(f"pad_packed_sequence: total_length {total_length} is shorter than the longest sequence, {length}")
        length = total_length
    rest = tuple(data.shape[1:])
    padded = full((length * n, *rest), padding_value, dtype=data.dtype).index_copy(0, _places(sizes, n), data)
    padded = padded.view(length, n, *rest)
    lengths = from_numpy((sizes[:, None] > np.arange(n)).sum(0, dtype=np.int64))
    padded = padded.transpose(0, 1) if batch_first else padded
    if back is not None:
        return padded.index_select(0 if batch_first else 1, back), lengths[back]
    return padded, lengths


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Tensor:
    """Sequences of shape (L, ...) as one padded batch of shape (longest, N, ...), or (N, longest, ...) if ``batch_first``.

    Parameters
    ----------
    sequences : list of Tensors of shape (L, ...)
        Each may have another length L.
    batch_first : bool
        Whether the result has shape (N, longest, ...).
    padding_value : float
        What stands where a sequence has ended.
    padding_side : 'right' or 'left'
        Where the padding goes.

    Returns
    -------
    Tensor
        Of shape (longest, N, ...).

    Raises
    ------
    RuntimeError
        If ``padding_side`` is neither 'left' nor 'right', or there are no sequences.

    See Also
    --------
    unpad_sequence : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.rnn.pad_sequence([torch.tensor([1, 2, 3]), torch.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"pad_sequence: padding_side must be 'left' or 'right', but is {padding_side!r}")
    if isinstance(sequences, Tensor):
        sequences = sequences.unbind(0)
    elif not hasattr(sequences, "__iter__"):
        raise RuntimeError(f"pad_sequence: expected several tensors, but got a {type(sequences).__name__}")
    sequences = list(sequences)
    if not sequences:
        raise RuntimeError("pad_sequence: expected at least one sequence")
    _shapes.check_each("pad_sequence", sequences)
    if any(s.ndim == 0 for s in sequences):
        raise RuntimeError("pad_sequence: a sequence must have at least one dimension, but there is a tensor of none")
    longest = max(len(s) for s in sequences)
    padded = []
    for s in sequences:
        more = longest - len(s)
        ends = (more, 0) if padding_side == "left" else (0, more)
        padded.append(pad(s, (*(0, 0) * (s.ndim - 1), *ends), "constant", padding_value) if more else s)
    return stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch: the inverse of :func:`pad_sequence`.

    Parameters
    ----------
    padded_sequences : Tensor of shape (longest, N, ...)
    lengths : Tensor of shape (N,)
        Of each sequence.
    batch_first : bool
        Whether the shape is (N, longest, ...).

    Returns
    -------
    list of Tensors of shape (L, ...)
        The sequences.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.rnn.unpad_sequence(torch.tensor([[1, 3], [2, 0]]), torch.tensor([2, 1]))
    [tensor([1, 2]), tensor([3])]
    """
    batch = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [batch[k, : int(n)] for k, n in enumerate(lengths)]


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of shape (L, ...) as a packed sequence; see :func:`pack_padded_sequence`.

    Parameters
    ----------
    sequences : list of Tensors of shape (L, ...)
        Each may have another length L.
    enforce_sorted : bool
        Whether they are promised to be sorted, longest first; otherwise they are sorted here.

    Returns
    -------
    PackedSequence
        For :class:`minitorch_bp.nn.LSTM` and its kin.

    See Also
    --------
    unpack_sequence : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]).data
    tensor([1, 3, 2])
    """
    lengths = tensor([len(s) for s in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences of a packed sequence: the inverse of :func:`pack_sequence`.

    Parameters
    ----------
    packed_sequences : PackedSequence

    Returns
    -------
    list of Tensors of shape (L, ...)
        The sequences in the order in which they were packed.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> rnn = torch.nn.utils.rnn
    >>> rnn.unpack_sequence(rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]))
    [tensor([1, 2]), tensor([3])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
