"""What libraries of optimizers take from PyTorch to sort tensors into lists of one device and type, for ``torch._foreach_*``."""

from __future__ import annotations

from typing import Any


def _group_tensors_by_device_and_dtype(tensorlistlist: Any, with_indices: bool = False) -> dict[Any, Any]:
    """Sort what belongs together by the device and type of the first list's tensors.

    Parameters
    ----------
    tensorlistlist : list of lists of Tensors
        The k-th elements of all lists belong together: a parameter, its gradient, its state. Lists after the first may hold None,
        or be empty.
    with_indices : bool
        Whether to also give the places at which the elements stood.

    Returns
    -------
    dict
        Of ``(device, dtype)`` to ``(lists, places)``; without ``with_indices`` the places are an empty list.

    Raises
    ------
    RuntimeError
        If the first list is empty.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils._foreach_utils import _group_tensors_by_device_and_dtype
    >>> lists = [[torch.ones(1), torch.ones(1, dtype=torch.float64), torch.zeros(1)]]
    >>> for (_, dtype), (parts, places) in _group_tensors_by_device_and_dtype(lists, with_indices=True).items():
    ...     print(dtype, len(parts[0]), places)
    torch.float32 2 [0, 2]
    torch.float64 1 [1]
    """
    if not tensorlistlist or not tensorlistlist[0]:
        raise RuntimeError("_group_tensors_by_device_and_dtype: the first list must hold tensors, but is empty")
    groups: dict[Any, Any] = {}
    for place, first in enumerate(tensorlistlist[0]):
        lists, places = groups.setdefault((first.device, first.dtype), ([[] for _ in tensorlistlist], []))
        for sorted_list, given in zip(lists, tensorlistlist, strict=True):
            sorted_list += given[place : place + 1]
        if with_indices:
            places.append(place)
    return groups
