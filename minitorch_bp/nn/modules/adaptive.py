"""Adaptive softmax: an approximation for many classes, of which few are frequent."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...core.tensor import Tensor
from ...ops.creation import empty
from ...ops.nn.softmax import log_softmax
from ...ops.shape.joining import cat
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module


class _ASMoutput(NamedTuple):
    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """An approximate softmax for many classes: frequent ones are scored at once, rare ones in clusters.

    Each cluster of rare classes has a score of its own, beside those of the frequent classes, and a smaller layer behind it.

    Source: Grave et al., "Efficient softmax approximation for GPUs", 2017.

    Parameters
    ----------
    in_features : int
        The number of features of the input.
    n_classes : int
        The number of classes, which must be numbered by falling frequency.
    cutoffs : sequence of ints
        Where the clusters begin; the classes before the first are the frequent ones.
    div_value : float
        Each cluster's hidden layer is this many times smaller than that of the cluster before.
    head_bias : bool
        Whether the layer of the frequent classes has a bias.

    Raises
    ------
    ValueError
        If the cutoffs are not increasing positive ints below ``n_classes``.

    See Also
    --------
    minitorch_bp.nn.CrossEntropyLoss : The exact loss.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 10])
    >>> layer.log_prob(torch.ones(2, 8)).shape
    torch.Size([2, 20])
    """

    def __init__(
        self, in_features: int, n_classes: int, cutoffs: Any, div_value: float = 4.0, head_bias: bool = False,
        device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("AdaptiveLogSoftmaxWithLoss: at least one cutoff is needed")
        increasing = cutoffs == sorted(set(cutoffs)) and all(int(c) == c for c in cutoffs)
        if not increasing or min(cutoffs) <= 0 or max(cutoffs) > n_classes - 1:
            raise ValueError(f"AdaptiveLogSoftmaxWithLoss: cutoffs {cutoffs} must be increasing ints between 1 and {n_classes - 1}")
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cutoffs, n_classes]
        self.shortlist_size, self.n_clusters = self.cutoffs[0], len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, device=device, dtype=dtype)
        self.tail = ModuleList()
        for k in range(self.n_clusters):
            hidden, out = int(in_features // div_value ** (k + 1)), self.cutoffs[k + 1] - self.cutoffs[k]
            options = {"bias": False, "device": device, "dtype": dtype}
            self.tail.append(Sequential(Linear(in_features, hidden, **options), Linear(hidden, out, **options)))

    def reset_parameters(self) -> None:
        """Draw new parameters."""
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        """The log-probabilities of the targets, and their mean loss.

        Parameters
        ----------
        input_ : Tensor of shape (N, in_features) or (in_features,)
        target_ : LongTensor of shape (N,) or ()

        Returns
        -------
        output : Tensor of shape (N,) or ()
            The log-probability of each target.
        loss : Tensor of one number
            The mean of their negatives.

        Raises
        ------
        RuntimeError
            If the shapes do not fit, or a target is not a class.
        """
        unbatched = target_.ndim == 0
        if not unbatched and (target_.ndim != 1 or input_.ndim != 2 or input_.shape[0] != target_.shape[0]):
            raise RuntimeError(
                f"AdaptiveLogSoftmaxWithLoss: input {list(input_.shape)} and target {list(target_.shape)} do not fit together"
            )
        if unbatched and input_.ndim != 1:
            raise RuntimeError(
                f"AdaptiveLogSoftmaxWithLoss: one target needs one row, but the input has shape {list(input_.shape)}"
            )
        input, target = (input_.unsqueeze(0), target_.unsqueeze(0)) if unbatched else (input_, target_)
        if bool(((target < 0) | (target >= self.n_classes)).any()):
            raise RuntimeError(f"AdaptiveLogSoftmaxWithLoss: targets must lie between 0 and {self.n_classes - 1}")
        output = empty(target.shape[0], dtype=input.dtype)
        column = target.clone()
        for k, (low, high) in enumerate(zip([0, *self.cutoffs], self.cutoffs)):
            rows = ((target >= low) & (target < high)).nonzero().squeeze(1)
            if k and rows.numel():
                scores = log_softmax(self.tail[k - 1](input.index_select(0, rows)), dim=1)
                own = scores.gather(1, (target[rows] - low).unsqueeze(1)).squeeze(1)
                output = output.index_copy(0, rows, own)
                column[rows] = self.shortlist_size + k - 1
            elif rows.numel():
                output = output.index_fill(0, rows, 0.0)
        output = output + log_softmax(self.head(input), dim=1).gather(1, column.unsqueeze(1)).squeeze(1)
        return _ASMoutput(output.squeeze(0) if unbatched else output, (-output).mean())

    def _clusters(self, input: Tensor, scores: Tensor) -> list[Tensor]:
        """The log-probabilities of the frequent classes, then of each cluster's."""
        head = log_softmax(scores, dim=1)
        parts = [head[:, : self.shortlist_size]]
        for k, layers in enumerate(self.tail):
            at = self.shortlist_size + k
            parts.append(log_softmax(layers(input), dim=1) + head[:, at : at + 1])
        return parts

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities of all classes.

        Parameters
        ----------
        input : Tensor of shape (N, in_features)

        Returns
        -------
        Tensor
            Of shape (N, n_classes).
        """
        return cat(self._clusters(input, self.head(input)), 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row.

        Parameters
        ----------
        input : Tensor of shape (N, in_features)

        Returns
        -------
        LongTensor
            Of shape (N,).
        """
        scores = self.head(input)
        best = scores.argmax(1)
        rare = best >= self.shortlist_size
        return best if not bool(rare.any()) else self.log_prob(input).argmax(1).where(rare, best)
