"""Walking through the tree of modules: its parts, parameters and buffers, by their dotted names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

from ...core.tensor import Tensor
from ..parameter import Parameter


class Walked:
    """What a Module knows of what is below it; Module says the types of the parts."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]

    def named_modules(self, memo: Any = None, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
        """This module and all parts below it, each once, with dotted names.

        Parameters
        ----------
        memo : set of Modules, optional
            What was met already and is left out.
        prefix : str
            Stands before all names.
        remove_duplicate : bool
            Whether a part that stands at two places comes once.

        Yields
        ------
        (str, Module)
            The module itself first, under the name ``prefix``.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
        >>> [name for name, _ in model.named_modules()]
        ['', '0', '1']
        """
        memo = set() if memo is None else memo
        if self not in memo:
            if remove_duplicate:
                memo.add(self)
            yield prefix, self
            for name, module in self._modules.items():
                if module is not None:
                    yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)

    def modules(self) -> Iterator[Any]:
        """This module and all parts below it, each once.

        Yields
        ------
        Module
            The module itself first.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
        >>> len(list(model.modules()))
        3
        """
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """The direct parts, each once, with names.

        Yields
        ------
        (str, Module)
            In the order in which they were assigned.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
        >>> [name for name, _ in model.named_children()]
        ['0', '1']
        """
        seen: set[Any] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Any]:
        """The direct parts, each once.

        Yields
        ------
        Module
            In the order in which they were assigned.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
        >>> list(model.children())
        [Linear(in_features=2, out_features=3, bias=True), ReLU()]
        """
        for _, module in self.named_children():
            yield module

    def _named_members(self, table: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        found = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in found:
            for name, value in module.__dict__[table].items():
                if value is None or (remove_duplicate and id(value) in seen):
                    continue
                seen.add(id(value))
                yield path + ("." if path else "") + name, value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names, each once.

        Parameters
        ----------
        prefix : str
            Stands before all names.
        recurse : bool
            Whether those of the parts come, too.
        remove_duplicate : bool
            Whether a parameter that stands at two places comes once.

        Yields
        ------
        (str, Parameter)
            This module's own first.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> [(name, p.shape) for name, p in torch.nn.Linear(2, 3).named_parameters()]
        [('weight', torch.Size([3, 2])), ('bias', torch.Size([3]))]
        """
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: what an optimizer is given.

        Parameters
        ----------
        recurse : bool
            Whether those of the parts come, too.

        Yields
        ------
        Parameter
            This module's own first.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> sum(p.numel() for p in torch.nn.Linear(2, 3).parameters())
        9
        """
        for _, p in self.named_parameters(recurse=recurse):
            yield p

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """All buffers with dotted names, each once.

        Parameters
        ----------
        prefix : str
            Stands before all names.
        recurse : bool
            Whether those of the parts come, too.
        remove_duplicate : bool
            Whether a buffer that stands at two places comes once.

        Yields
        ------
        (str, Tensor)
            This module's own first.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> [name for name, _ in torch.nn.BatchNorm1d(2).named_buffers()]
        ['running_mean', 'running_var', 'num_batches_tracked']
        """
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once.

        Parameters
        ----------
        recurse : bool
            Whether those of the parts come, too.

        Yields
        ------
        Tensor
            This module's own first.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> list(torch.nn.BatchNorm1d(2).buffers())
        [tensor([0., 0.]), tensor([1., 1.]), tensor(0)]
        """
        for _, b in self.named_buffers(recurse=recurse):
            yield b

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call ``fn`` on every part, then on the module itself.

        Parameters
        ----------
        fn : function
            Takes a module; what it returns is not used.

        Returns
        -------
        Module
            This module.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> def to_zero(module):
        ...     if isinstance(module, torch.nn.Linear):
        ...         torch.nn.init.zeros_(module.weight)
        >>> model = torch.nn.Sequential(torch.nn.Linear(2, 1)).apply(to_zero)
        >>> model[0].weight.tolist()
        [[0.0, 0.0]]
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self
