"""Lazy modules: those that learn the size of their input from the first input they see.

Their parameters start as :class:`UninitializedParameter`. A hook before the first call gives them their shapes, initializes
them, removes itself, and turns the module into an ordinary one.
"""

from __future__ import annotations

from typing import Any

from ...core.grad_mode import no_grad
from ..parameter import UninitializedParameter, is_lazy


class LazyModuleMixin:
    """What a lazy module adds to the module it becomes; a subclass defines ``initialize_parameters``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyLinear(3)
    >>> layer
    LazyLinear(in_features=0, out_features=3, bias=True)
    >>> layer(torch.ones(2, 5)).shape, layer
    (torch.Size([2, 3]), Linear(in_features=5, out_features=3, bias=True))
    """

    #: The class that the module belongs to once it is initialized.
    cls_to_become: Any = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        module: Any = self
        self._load_hook = module._register_load_state_dict_pre_hook(_take_shapes, with_module=True)
        self._initialize_hook = module.register_forward_pre_hook(_initialize, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes, from an input.

        Parameters
        ----------
        *args, **kwargs : any
            The arguments of the first call.
        """
        raise NotImplementedError(f"{type(self).__name__} must define initialize_parameters()")

    def has_uninitialized_params(self) -> bool:
        """Whether some parameter or buffer has no shape yet.

        Returns
        -------
        bool
            False once the module has been called.
        """
        module: Any = self
        return any(is_lazy(t) for t in (*module._parameters.values(), *module._buffers.values()))


def _take_shapes(module: Any, state_dict: Any, prefix: str, *others: Any) -> None:
    """Parameters that are about to be loaded take the shapes of what is loaded."""
    for name, own in module._own_state():
        given = state_dict.get(prefix + name)
        if given is not None and is_lazy(own) and not is_lazy(given):
            with no_grad():
                own.materialize(given.shape)


def _initialize(module: Any, args: Any, kwargs: Any) -> None:
    """The hook before the first call."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"{type(module).__name__} still has parameters without a shape after initialize_parameters()")
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module._initialize_hook, module._load_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


class LazyParametersMixin(LazyModuleMixin):
    """A lazy form of the class beside which it stands among the bases, some of whose parameters wait for their shapes."""

    def __init_subclass__(cls, **settings: Any):
        super().__init_subclass__(**settings)
        if cls.cls_to_become is None and len(cls.__bases__) > 1:
            cls.cls_to_become = cls.__bases__[-1]

    def _leave_open(self, device: Any, dtype: Any, **wanted: bool) -> None:
        """Parameters without shapes, under the names that are wanted."""
        for name in [name for name, is_wanted in wanted.items() if is_wanted]:
            setattr(self, name, UninitializedParameter(device=device, dtype=dtype))

    def _learn(self, name: str, size: int, **shapes: tuple[int, ...]) -> None:
        """Note the size that the input has, and give what has no shape yet the shapes that follow from it."""
        setattr(self, name, size)
        if self.has_uninitialized_params():
            for key, shape in shapes.items():
                if getattr(self, key) is not None:
                    getattr(self, key).materialize(shape)
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Initialize the parameters, once they have shapes."""
        module: Any = self
        if all(t is None or (not is_lazy(t) and t._array.size) for t in (*module._parameters.values(), *module._buffers.values())):
            super().reset_parameters()  # type: ignore[misc]
