"""The fields of a packed sequence, some of which may be None."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

PackedSequence_ = namedtuple("PackedSequence_", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"])
PackedSequence_.__doc__ = """The four fields of a :class:`PackedSequence`, which is one.

Parameters
----------
data, batch_sizes : Tensor
sorted_indices, unsorted_indices : Tensor, optional

Examples
--------
>>> import minitorch_bp as torch
>>> torch.nn.utils.rnn.PackedSequence_._fields
('data', 'batch_sizes', 'sorted_indices', 'unsorted_indices')
"""


def bind(optional: Any, fn: Any) -> Any:
    """A function of what may be None, and then is None itself.

    Parameters
    ----------
    optional : any
    fn : function

    Returns
    -------
    any
        None, or ``fn(optional)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.rnn.bind(None, len), torch.nn.utils.rnn.bind([1], len)
    (None, 1)
    """
    return None if optional is None else fn(optional)
