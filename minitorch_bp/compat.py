"""Unmodified PyTorch code: ``import torch`` gives this library, and ``import torchvision`` its part ``vision``.

Three routes. In a script, write ``import minitorch_bp as torch``. From the command line, ``python -m minitorch_bp script.py`` runs a
script as it is. In a notebook, or around one import, :func:`enable_torch_alias` makes ``import torch`` mean this library.

How it works: Python asks the *finders* in ``sys.meta_path`` for a module that it has not loaded. The one here answers for ``torch``, ``torchvision`` and
everything below them with the module of the same place in minitorch_bp; so each module exists once, under two names, and
``torch.nn.Linear is minitorch_bp.nn.Linear``. While it is on, classes say that they live in ``torch``, as scripts print them.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType, TracebackType
from typing import Any

_PACKAGE, _ALIAS = __name__.partition(".")[0], "torch"
#: Each package that is stood for, and what stands for it. The part of a part comes first.
_ALIASES = {"torchvision": f"{_PACKAGE}.vision", _ALIAS: _PACKAGE}


def _below(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _own_name(name: str) -> str | None:
    """What stands for a module of another package: ``minitorch_bp.nn`` for ``torch.nn``; None if it is of no such package."""
    return next((own + name.removeprefix(alias) for alias, own in _ALIASES.items() if _below(name, alias)), None)


def _shown_name(name: str) -> str:
    """The other way round: ``torch.nn`` for ``minitorch_bp.nn``."""
    return next(alias + name.removeprefix(own) for alias, own in _ALIASES.items() if _below(name, own))


class _SameModule(Loader):
    """Loads ``torch.x`` by handing out the module ``minitorch_bp.x``."""

    def __init__(self, own: str):
        self.own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.own)
        self.spec = module.__spec__  # the import system is about to replace it
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec


class _Announced(Loader):
    """Loads a module of our own, and then lets the new classes say where PyTorch has them."""

    depth = 0

    def __init__(self, loader: Any, alias: torch_alias):
        self.loader, self.alias = loader, alias

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def create_module(self, spec: ModuleSpec) -> Any:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        _Announced.depth += 1
        try:
            self.loader.exec_module(module)
        finally:
            _Announced.depth -= 1
        if not _Announced.depth:  # while modules load each other, they look at where their classes stand
            self.alias.rename_classes()


class torch_alias(MetaPathFinder):
    """The finder, and the context in which it answers. Made by :func:`enable_torch_alias`."""

    def __init__(self) -> None:
        self.renamed: list[type] = []
        self.seen: set[str] = set()

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if _below(fullname, _PACKAGE):
            spec = PathFinder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Announced(spec.loader, self)
            return spec
        name = _own_name(fullname)
        if name is None:
            return None
        own = importlib.util.find_spec(name) if _shown_name(name) == fullname else None  # torch itself has no vision
        if own is None:
            alias = fullname.partition(".")[0]
            raise ModuleNotFoundError(
                f"there is no {fullname}: {alias} stands for {_ALIASES[alias]} here, which has no such part. "
                "The API reference lists what there is",
                name=fullname,
            )
        return ModuleSpec(fullname, _SameModule(name), is_package=own.submodule_search_locations is not None)

    def rename_classes(self) -> None:
        """Let every class of the package that has been loaded say ``torch`` for ``minitorch_bp``.

        Its module is entered under its other name, too. Python would do so only when that is imported, and then put the module into
        its package in place of a function of the same name: ``torch.autograd.gradcheck`` is both.
        """
        for name in [n for n in sys.modules if _below(n, _PACKAGE) and n not in self.seen]:
            self.seen.add(name)
            sys.modules.setdefault(_shown_name(name), sys.modules[name])
            for kind in vars(sys.modules[name]).values():
                if isinstance(kind, type) and _below(kind.__module__, _PACKAGE):
                    kind.__module__ = _shown_name(kind.__module__)
                    self.renamed.append(kind)

    def enable(self) -> None:
        """Begin to answer for ``torch``."""
        for alias, own in _ALIASES.items():
            loaded = sys.modules.get(alias)
            if loaded is not None and loaded is not sys.modules.get(own):
                raise ImportError(
                    f"the real {alias} has been imported already (from {getattr(loaded, '__file__', 'an unknown place')}), and what was "
                    f"made with it would be mixed with {_PACKAGE}: start a new process and call enable_torch_alias() before the first "
                    f"import of {alias}",
                    name=alias,
                )
        if self in sys.meta_path:
            return
        sys.meta_path.insert(0, self)
        sys.modules[_PACKAGE].__name__ = _ALIAS  # libraries compare it with the names of their imports
        self.rename_classes()

    def disable(self) -> None:
        """``import torch`` means the real one again."""
        if self not in sys.meta_path:
            return
        sys.meta_path.remove(self)
        sys.modules[_PACKAGE].__name__ = _PACKAGE
        for name in [n for n in sys.modules if _own_name(n) is not None]:
            del sys.modules[name]
        for kind in self.renamed:
            kind.__module__ = _own_name(kind.__module__) or kind.__module__
        self.renamed.clear()
        self.seen.clear()

    def __enter__(self) -> torch_alias:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.disable()


_THE_ALIAS = torch_alias()


def enable_torch_alias() -> torch_alias:
    """Let ``import torch`` mean this library, for code that can't be changed.

    It lasts until the end of the process, or of the block where it is used in a ``with`` statement. Calling it again does nothing.

    Returns
    -------
    torch_alias
        The context: ``disable()``, or the end of the block, takes the name back.

    Raises
    ------
    ImportError
        If the real torch has been imported in this process.

    See Also
    --------
    disable_torch_alias

    Examples
    --------
    >>> import minitorch_bp.compat
    >>> with minitorch_bp.compat.enable_torch_alias():  # doctest: +SKIP
    ...     import torch
    ...     print(torch.__version__, type(torch.ones(1)))
    2.13.0+minitorch <class 'torch.Tensor'>
    """
    _THE_ALIAS.enable()
    return _THE_ALIAS


def disable_torch_alias() -> None:
    """``import torch`` means the real one again; what was made under the alias stays usable.

    Examples
    --------
    >>> import minitorch_bp.compat
    >>> minitorch_bp.compat.disable_torch_alias()
    """
    _THE_ALIAS.disable()
