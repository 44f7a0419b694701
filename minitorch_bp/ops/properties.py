"""What a tensor of PyTorch may be and none is here: conjugated lazily, pinned, shared, sparse, quantized, on another device.

Libraries ask before they act, so the questions have answers.
"""

from __future__ import annotations

from typing import Any

from ..core.layout import is_in_format, memory_format
from ..core.view import ways_to
from ._base import Tensor, attach, public
from ._shapes import check_tensor


@public()
def is_conj(input: Tensor) -> bool:
    """Whether the tensor waits for its conjugation: never, since :func:`conj` computes at once here.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_conj(torch.ones(1))
    False
    """
    check_tensor("is_conj", input)
    return False


@public()
def is_neg(input: Tensor) -> bool:
    """Whether the tensor waits for its negation: never.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_neg(torch.ones(1))
    False
    """
    check_tensor("is_neg", input)
    return False


@public(names=["resolve_neg"])
def resolve_conj(input: Tensor) -> Tensor:
    """The tensor with what it waits for computed: itself.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.resolve_conj(torch.tensor([1j]).conj())
    tensor([0.-1.j])
    """
    check_tensor("resolve_conj", input)
    return input


@public()
def is_distributed(input: Tensor) -> bool:
    """Whether the tensor is spread over processes: never.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_distributed(torch.ones(1))
    False
    """
    check_tensor("is_distributed", input)
    return False


@public("torch")
def get_device(input: Tensor) -> int:
    """The number of the device: -1, since the tensor is on the CPU.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    int
        -1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_device(torch.ones(1))
    -1
    """
    check_tensor("get_device", input)
    return -1


@public("Tensor")
def is_pinned(self: Tensor, device: Any = None) -> bool:
    """Whether the memory is pinned for a GPU: never.

    Parameters
    ----------
    device : optional
        Without effect.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).is_pinned()
    False
    """
    return False


@public("Tensor")
def is_shared(self: Tensor) -> bool:
    """Whether other processes share the memory: never.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).is_shared()
    False
    """
    return False


@public("Tensor")
def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether two tensors are the same window on the same memory.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    bool
        True for equal memory, offset, shape and strides.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(2)
    >>> x.is_set_to(x.view(2)), x.is_set_to(x.clone())
    (True, False)
    """
    check_tensor("is_set_to", tensor, "tensor")
    same = self.data_ptr() == tensor.data_ptr() and self.shape == tensor.shape and self.stride() == tensor.stride()
    return same and self.dtype is tensor.dtype


@public("Tensor")
def sparse_dim(self: Tensor) -> int:
    """How many dimensions are stored sparsely: 0.

    Returns
    -------
    int
        0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2, 3).sparse_dim()
    0
    """
    return 0


@public("Tensor")
def dense_dim(self: Tensor) -> int:
    """How many dimensions are stored densely: all.

    Returns
    -------
    int
        The number of dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2, 3).dense_dim()
    2
    """
    return self._array.ndim


@public("Tensor")
def is_coalesced(self: Tensor) -> bool:
    """Whether a sparse tensor has each place once; RuntimeError, since the tensor is dense.

    Returns
    -------
    bool
        Never.

    Raises
    ------
    RuntimeError
        Always: there are no sparse tensors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> try:
    ...     torch.ones(2).is_coalesced()
    ... except RuntimeError:
    ...     print("it is dense")
    it is dense
    """
    raise RuntimeError("is_coalesced: the tensor is dense, and only sparse tensors are coalesced")


@public("Tensor")
def coalesce(self: Tensor) -> Tensor:
    """A sparse tensor with each place once; RuntimeError, since the tensor is dense.

    Returns
    -------
    Tensor
        Never.

    Raises
    ------
    RuntimeError
        Always: there are no sparse tensors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> try:
    ...     torch.ones(2).coalesce()
    ... except RuntimeError:
    ...     print("it is dense")
    it is dense
    """
    raise RuntimeError("coalesce: the tensor is dense, and only sparse tensors can be coalesced")


def _dense(name: str) -> Any:
    """A method that exists for sparse tensors only: ``values``, ``indices``, ..."""

    def method(self: Tensor) -> Tensor:
        raise RuntimeError(f"{name}: the tensor is dense; only sparse tensors, which do not exist here, have {name}")

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"""The ``{name}`` of a sparse tensor; RuntimeError, since the tensor is dense.

    Returns
    -------
    Tensor
        Never.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> try:
    ...     torch.ones(2).{name}()
    ... except RuntimeError:
    ...     print("it is dense")
    it is dense
    """
    return public("Tensor")(method)


for _name in ("values", "indices", "crow_indices", "col_indices", "ccol_indices", "row_indices"):
    _dense(_name)


@public("Tensor")
def dim_order(self: Tensor, *, ambiguity_check: Any = False) -> tuple[int, ...]:
    """The dimensions from the outermost to the innermost in memory.

    Parameters
    ----------
    ambiguity_check : bool or list of memory formats
        Raise RuntimeError where several orders describe the strides (True), or more than one of the formats does.

    Returns
    -------
    tuple of ints
        (0, 1, ...) for a contiguous tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2, 3).t().dim_order()
    (1, 0)
    """
    steps = self.stride()
    if isinstance(ambiguity_check, (list, tuple)) and all(isinstance(f, memory_format) for f in ambiguity_check):
        orders = {form.order or tuple(range(len(steps))) for form in ambiguity_check if is_in_format(self._array, form)}
        if len(orders) > 1:
            raise RuntimeError(f"dim_order: several of {ambiguity_check} describe the strides {steps} of shape {list(self.shape)}")
        if orders:
            return orders.pop()
    elif not isinstance(ambiguity_check, bool):
        raise TypeError(f"dim_order(): ambiguity_check must be a bool or a list of memory formats, but got {ambiguity_check!r}")
    if ambiguity_check is True and (1 in self.shape or len(set(steps)) != len(steps)):
        raise RuntimeError(f"dim_order: several orders describe the strides {steps} of shape {list(self.shape)}")
    return tuple(sorted(range(len(steps)), key=lambda d: -steps[d]))


@public("Tensor")
def resize_as(self: Tensor, tensor: Tensor) -> Tensor:
    """View the elements in the shape of another tensor. Deprecated in torch: use ``reshape``.

    Parameters
    ----------
    tensor : Tensor
        Of as many elements.

    Returns
    -------
    Tensor
        Of this tensor's dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(4).resize_as(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return self.resize(*tensor.shape)


@public("Tensor")
def const_data_ptr(self: Tensor) -> int:
    """The address of the first element, to be read only.

    Returns
    -------
    int
        An address in bytes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1)
    >>> x.const_data_ptr() == x.data_ptr()
    True
    """
    return self.data_ptr()


@public("Tensor")
def storage_type(self: Tensor) -> type:
    """The class of the storage behind the tensor.

    Returns
    -------
    type
        ``torch.FloatStorage`` for float32, and so on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).storage_type().__name__
    'FloatStorage'
    """
    from .memory import STORAGES

    for kind in STORAGES.values():
        if kind.dtype is self.dtype:
            return kind
    raise RuntimeError(f"storage_type: there is no storage of type {self.dtype!r}")


@public("Tensor")
def reinforce(self: Tensor, reward: Any) -> None:
    """Removed from PyTorch: the gradient of a sample comes from ``distributions``, by ``log_prob``.

    Parameters
    ----------
    reward : Tensor

    Raises
    ------
    RuntimeError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> try:
    ...     torch.ones(1).reinforce(1.0)
    ... except RuntimeError:
    ...     print("removed")
    removed
    """
    raise RuntimeError(
        "reinforce() was removed: take m = distributions.Categorical(probs), and -m.log_prob(sample) * reward as loss"
    )


@public("Tensor")
def module_load(self: Tensor, other: Tensor, assign: bool = False) -> Tensor:
    """What ``load_state_dict`` puts in this tensor's place when modules swap parameters: itself with the values, or the other.

    Parameters
    ----------
    other : Tensor
        What was loaded.
    assign : bool
        Take the other tensor, not its values.

    Returns
    -------
    Tensor
        Without history.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2).module_load(torch.ones(2))
    tensor([1., 1.])
    """
    return other.detach() if assign else self.copy_(other).detach()


def _view_func(self: Tensor, new_base: Tensor) -> Tensor:
    """The same view of another tensor as this one is of its base; of a tensor that is none, the other tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 2)[0]._view_func(torch.ones(2, 2))
    tensor([1., 1.])
    """
    for op, args in () if self._view is None else ways_to(self):
        new_base = op.call(new_base, *args)
    return new_base


attach("_view_func", _view_func)
