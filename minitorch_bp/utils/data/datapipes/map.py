"""Data pipes with places."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ._decorator import functional_datapipe
from .datapipe import MapDataPipe


class SequenceWrapper(MapDataPipe):
    """A data pipe of a sequence.

    Parameters
    ----------
    sequence : sequence or dict
    deepcopy : bool
        Whether it is copied.

    Examples
    --------
    >>> from minitorch_bp.utils.data.datapipes.map import SequenceWrapper
    >>> SequenceWrapper("abc")[1]
    'b'
    """

    def __init__(self, sequence: Any, deepcopy: bool = True):
        self.sequence = copy.deepcopy(sequence) if deepcopy else sequence

    def __getitem__(self, index: Any) -> Any:
        return self.sequence[index]

    def __len__(self) -> int:
        return len(self.sequence)


@functional_datapipe("map")
class Mapper(MapDataPipe):
    """A function of each element.

    Parameters
    ----------
    datapipe : MapDataPipe
    fn : function

    Examples
    --------
    >>> from minitorch_bp.utils.data.datapipes.map import SequenceWrapper
    >>> SequenceWrapper([1, 2]).map(lambda n: 10 * n)[1]
    20
    """

    def __init__(self, datapipe: Any, fn: Callable[[Any], Any]):
        self.datapipe, self.fn = datapipe, fn

    def __getitem__(self, index: Any) -> Any:
        return self.fn(self.datapipe[index])

    def __len__(self) -> int:
        return len(self.datapipe)
