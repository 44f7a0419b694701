"""How a mask is chosen: the methods of pruning, as classes. :mod:`prune` has a function for each.

A method turns a tensor of scores into a mask of zeros and ones (``compute_mask``). Applied to a parameter ``w`` of a module it
renames it to ``w_orig``, keeps the mask as a buffer ``w_mask``, and is a hook that computes ``w = w_orig * w_mask`` before each
forward pass. Applied again, the methods stand in a :class:`PruningContainer`, and each sees only what the former ones left.
"""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Self

from ...core.tensor import Tensor
from ...ops import find
from ...ops.creation import ones_like, zeros_like


class BasePruningMethod(ABC):
    """A method of pruning: subclasses say their ``PRUNING_TYPE``, and compute a mask.

    The type is 'unstructured' (single elements), 'structured' (whole channels of one dimension) or 'global' (what was pruned
    before counts, too).

    Examples
    --------
    >>> from minitorch_bp.nn.utils import prune
    >>> import minitorch_bp as torch
    >>> class Negative(prune.BasePruningMethod):
    ...     PRUNING_TYPE = "unstructured"
    ...     def compute_mask(self, t, default_mask):
    ...         return default_mask * (t >= 0)
    >>> Negative().prune(torch.tensor([1.0, -2.0, 3.0]))
    tensor([1., -0., 3.])
    """

    PRUNING_TYPE: str
    _tensor_name: str

    def __call__(self, module: Any, inputs: Any) -> None:
        """Compute the pruned tensor: the hook that runs before a forward pass."""
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The new mask, for scores ``t`` and the mask so far.

        Parameters
        ----------
        t : Tensor
            The scores: the parameter itself unless others were given.
        default_mask : Tensor of its shape
            The mask so far, of zeros and ones.

        Returns
        -------
        Tensor
            Of the same shape.
        """

    def apply_mask(self, module: Any) -> Tensor:
        """The product of parameter and mask.

        Parameters
        ----------
        module : Module

        Returns
        -------
        Tensor
            The pruned parameter.
        """
        name = self._tensor_name
        return module._parameters[name + "_orig"] * module._buffers[name + "_mask"].to(module._parameters[name + "_orig"].dtype)

    @classmethod
    def apply(cls, module: Any, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any) -> Any:
        """Prune the parameter ``name`` of a module by this method; nothing is changed if that fails.

        Parameters
        ----------
        module : Module
        name : str
            Which parameter.
        *args : any
            The arguments of the class.
        importance_scores : Tensor, optional
            What decides, in the place of the parameter's own numbers; of its shape.
        **kwargs : any
            The arguments of the class, by name.

        Returns
        -------
        BasePruningMethod
            The method, which the module calls before each forward.
        """
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        number, old = hook_of(module, name)
        original = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != original.shape:
            raise AssertionError(
                f"importance_scores must have the shape of {name}, {list(original.shape)}, but has {list(importance_scores.shape)}"
            )
        so_far = getattr(module, name + "_mask").detach().clone() if old is not None else ones_like(original.detach())
        if old is not None:
            container = PruningContainer()
            container._tensor_name = name
            for each in old if isinstance(old, PruningContainer) else (old,):
                container.add_pruning_method(each)
            container.add_pruning_method(method)
            method = container
        scores = original if importance_scores is None else importance_scores
        mask = method.compute_mask(scores.detach(), default_mask=so_far)
        if old is None:
            del module._parameters[name]
            module.register_parameter(name + "_orig", original)
        else:
            del module._forward_pre_hooks[number]
        module.register_buffer(name + "_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Any = None, importance_scores: Any = None) -> Tensor:
        """The pruned version of a tensor that is no parameter.

        Parameters
        ----------
        t : Tensor
        default_mask : Tensor of its shape, optional
            The mask so far; ones unless given.
        importance_scores : Tensor of its shape, optional
            What decides, in the place of the tensor's own numbers.

        Returns
        -------
        Tensor
            The tensor times the mask.
        """
        scores = t if importance_scores is None else importance_scores
        if scores.shape != t.shape:
            raise AssertionError(f"importance_scores must have the tensor's shape {list(t.shape)}, but has {list(scores.shape)}")
        return t * self.compute_mask(scores, default_mask=ones_like(t) if default_mask is None else default_mask)

    def remove(self, module: Any) -> None:
        """Make the pruned tensor the parameter; the zeros stay.

        Parameters
        ----------
        module : Module
            One whose parameter is pruned by this method.
        """
        name = self._tensor_name
        weight = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original = module._parameters.pop(name + "_orig")
        original.data = weight.detach()
        del module._buffers[name + "_mask"]
        setattr(module, name, original)


def hook_of(module: Any, name: str) -> tuple[int, Any]:
    """The number and the method by which a parameter of a module is pruned; ``(-1, None)`` if it is not."""
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            return number, hook
    return -1, None


class PruningContainer(BasePruningMethod):
    """Several methods for one tensor, one after the other; the mask is computed by the last, where the former have left ones.

    Parameters
    ----------
    *args : BasePruningMethod
        The methods, or one tuple or list of them.

    Examples
    --------
    >>> from minitorch_bp.nn.utils import prune
    >>> import minitorch_bp as torch
    >>> layer = prune.l1_unstructured(torch.nn.Linear(4, 2), "weight", 2)
    >>> layer = prune.random_unstructured(layer, "weight", 1)
    >>> [type(method).__name__ for method in next(iter(layer._forward_pre_hooks.values()))]
    ['L1Unstructured', 'RandomUnstructured']
    """

    def __init__(self, *args: Any):
        self._pruning_methods: tuple[Any, ...] = ()
        if args:
            methods = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args
            self._tensor_name = methods[0]._tensor_name
            for method in methods:
                self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """Add a method for the same tensor.

        Parameters
        ----------
        method : BasePruningMethod
        """
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"add_pruning_method: expected a BasePruningMethod, but got {type(method).__name__}")
        if self._tensor_name != method._tensor_name:
            raise ValueError(
                f"add_pruning_method: the methods here prune {self._tensor_name!r}, and this one {method._tensor_name!r}: "
                "use one container for each tensor"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, with what the last method prunes of the rest."""
        method = self._pruning_methods[-1]
        mask = default_mask.to(t.dtype)
        kind = method.PRUNING_TYPE
        if kind == "unstructured":
            kept: Any = mask == 1
        elif kind == "structured":
            others = [d for d in range(t.dim()) if d != method.dim % t.dim()]
            kept = [slice(None)] * t.dim()
            kept[method.dim] = mask.sum(others) != 0
            kept = tuple(kept)
        elif kind == "global":
            kept = (slice(None),) * t.dim()
        else:
            raise ValueError(f"{type(method).__name__}.PRUNING_TYPE is {kind!r}: expected 'unstructured', 'structured' or 'global'")
        new = mask.clone()
        new[kept] = method.compute_mask(t[kept], default_mask=mask[kept]).to(new.dtype)
        return new


class Identity(BasePruningMethod):
    """Nothing is pruned; the parameter gets a mask of ones.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.prune.Identity().prune(torch.tensor([1.0, -2.0]))
    tensor([ 1., -2.])
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far."""
        return default_mask

    @classmethod
    def apply(cls, module: Any, name: str) -> Self:  # type: ignore[override]
        """Give a parameter a mask of ones."""
        return super().apply(module, name)  # type: ignore[no-any-return]


# Methods that users write call these three by PyTorch's names.
def _validate_pruning_amount_init(amount: Any) -> None:
    """TypeError or ValueError unless ``amount`` is a fraction from 0 to 1, or a number of elements."""
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"amount must be an int or a float, but got {amount!r}")
    given: Any = amount
    if given < 0 or (not isinstance(amount, numbers.Integral) and given > 1):
        raise ValueError(f"amount must be a fraction between 0 and 1 or a number of elements, but got {amount!r}")


def _validate_pruning_amount(amount: Any, tensor_size: int) -> None:
    """ValueError if more elements are to be pruned than there are; a fraction always fits."""
    if isinstance(amount, numbers.Integral) and int(amount) > tensor_size:
        raise ValueError(f"can't prune {amount} of {tensor_size}: give a smaller amount, or a fraction")


def _compute_nparams_toprune(amount: Any, tensor_size: int) -> int:
    """How many of ``tensor_size`` elements a fraction or a number of them is."""
    if isinstance(amount, bool):
        return amount  # which topk and kthvalue refuse
    return int(amount) if isinstance(amount, numbers.Integral) else round(amount * tensor_size)


class _Amount(BasePruningMethod):
    """A method that prunes a given number or fraction."""

    def __init__(self, amount: Any):
        _validate_pruning_amount_init(amount)
        self.amount: Any = amount

    def _count(self, size: int) -> int:
        """How many of ``size`` are to be pruned."""
        count = _compute_nparams_toprune(self.amount, size)
        _validate_pruning_amount(self.amount, size)
        return count


class RandomUnstructured(_Amount):
    """Elements drawn at random.

    Parameters
    ----------
    amount : int or float
        How many, or the fraction of the elements that are left.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.prune.RandomUnstructured(0.5).prune(torch.ones(4)).sum()
    tensor(2.)
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, with random zeros."""
        return _without(default_mask, self._count(t.numel()), lambda: find("torch", "rand_like")(t).view(-1), largest=True)

    @classmethod
    def apply(cls, module: Any, name: str, amount: Any) -> Self:  # type: ignore[override]
        """Prune a parameter."""
        return super().apply(module, name, amount=amount)  # type: ignore[no-any-return]


class L1Unstructured(_Amount):
    """The elements of least absolute value.

    Parameters
    ----------
    amount : int or float
        How many, or the fraction of the elements that are left.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.prune.L1Unstructured(1).prune(torch.tensor([3.0, -2.0]))
    tensor([3., -0.])
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, with zeros for the elements of least absolute value."""
        return _without(default_mask, self._count(t.numel()), lambda: t.abs().reshape(-1), largest=False)

    @classmethod
    def apply(cls, module: Any, name: str, amount: Any, importance_scores: Any = None) -> Self:  # type: ignore[override]
        """Prune a parameter."""
        return super().apply(module, name, amount=amount, importance_scores=importance_scores)  # type: ignore[no-any-return]


def _without(mask: Tensor, count: int, scores: Any, largest: bool) -> Tensor:
    """A mask without the ``count`` elements of the largest or smallest scores."""
    new = mask.clone()
    if count:
        new.view(-1)[scores().topk(count, largest=largest).indices] = 0
    return new


class _Structured(_Amount):
    """A method that prunes channels of one dimension."""

    PRUNING_TYPE = "structured"
    dim: int

    def _channels(self, t: Tensor) -> tuple[int, int]:
        """The number of channels, and of those to be pruned; errors as PyTorch's for what has none."""
        if t.dim() <= 1:
            raise ValueError(f"structured pruning needs a tensor of several dimensions, but got shape {list(t.shape)}")
        if not -t.dim() <= self.dim < t.dim():
            raise IndexError(f"there is no dimension {self.dim} in a tensor of shape {list(t.shape)}")
        return t.shape[self.dim], self._count(t.shape[self.dim])

    def _of_channels(self, t: Tensor, chosen: Any, default_mask: Tensor) -> Tensor:
        """The mask so far, in the chosen channels only."""
        mask = zeros_like(t)
        where: list[Any] = [slice(None)] * t.dim()
        where[self.dim] = chosen
        mask[tuple(where)] = 1
        return mask * default_mask.to(mask.dtype)


class RandomStructured(_Structured):
    """Channels drawn at random.

    Parameters
    ----------
    amount : int or float
        How many, or the fraction of the channels that are left.
    dim : int
        The dimension that counts the channels.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.prune.RandomStructured(1, dim=0).prune(torch.ones(2, 3)).sum()
    tensor(3.)
    """

    def __init__(self, amount: Any, dim: int = -1):
        super().__init__(amount)
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, with zeros in random channels."""
        channels, count = self._channels(t)
        if not count:
            return default_mask
        scores = find("torch", "rand")(channels)
        return self._of_channels(t, scores > find("torch", "kthvalue")(scores, count).values, default_mask)

    @classmethod
    def apply(cls, module: Any, name: str, amount: Any, dim: int = -1) -> Self:  # type: ignore[override]
        """Prune a parameter."""
        return super().apply(module, name, amount=amount, dim=dim)  # type: ignore[no-any-return]


class LnStructured(_Structured):
    """The channels of least norm.

    Parameters
    ----------
    amount : int or float
        How many, or the fraction of the channels that are left.
    n : int, float, inf, -inf, 'fro' or 'nuc'
        Which norm, see :func:`minitorch_bp.norm`.
    dim : int
        The dimension that counts the channels.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.prune.LnStructured(1, n=2, dim=0).prune(torch.tensor([[3.0, 4.0], [1.0, 2.0]]))
    tensor([[3., 4.],
            [0., 0.]])
    """

    def __init__(self, amount: Any, n: Any, dim: int = -1):
        super().__init__(amount)
        self.n, self.dim = n, dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, with zeros in the channels of least norm."""
        channels, count = self._channels(t)
        if not count:
            return default_mask
        others = [d for d in range(t.dim()) if d != self.dim % t.dim()]
        norm = find("torch", "norm")(t, p=self.n, dim=others)
        return self._of_channels(t, norm.topk(channels - count).indices, default_mask)

    @classmethod
    def apply(cls, module: Any, name: str, amount: Any, n: Any, dim: int, importance_scores: Any = None) -> Self:  # type: ignore[override]
        """Prune a parameter."""
        return super().apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)  # type: ignore[no-any-return]


class CustomFromMask(BasePruningMethod):
    """A mask of one's own.

    Parameters
    ----------
    mask : Tensor
        Of zeros and ones, of the parameter's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.prune.CustomFromMask(torch.tensor([1.0, 0.0])).prune(torch.tensor([3.0, -2.0]))
    tensor([3., -0.])
    """

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor):
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The product of the mask so far and this one."""
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"the mask must have shape {list(default_mask.shape)}, but has {list(self.mask.shape)}")
        return default_mask * self.mask.to(default_mask.dtype)

    @classmethod
    def apply(cls, module: Any, name: str, mask: Tensor) -> Self:  # type: ignore[override]
        """Prune a parameter."""
        return super().apply(module, name, mask=mask)  # type: ignore[no-any-return]


__all__ = [
    "BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer",
    "RandomStructured", "RandomUnstructured", "hook_of",
]  # fmt: skip
