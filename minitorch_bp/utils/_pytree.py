"""``torch.utils._pytree``: nested containers of anything, taken apart and put together.

A container is known by its class, with two functions: one takes an object apart into its children and what else it is, the other puts
it together again. Everything else is a leaf.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple


class NodeDef(NamedTuple):
    """How to take a class apart, and put it together."""

    type: type
    flatten_fn: Callable[[Any], tuple[Iterable[Any], Any]]
    unflatten_fn: Callable[[Iterable[Any], Any], Any]


SUPPORTED_NODES: dict[type, NodeDef] = {}


def register_pytree_node(cls: type, flatten_fn: Any, unflatten_fn: Any, **options: Any) -> None:
    """Let a class be a container.

    Parameters
    ----------
    cls : type
    flatten_fn : function
        Of an object, to (list of children, context).
    unflatten_fn : function
        Of the children and the context, to an object.
    **options : any
        Names for files, which are not written here.

    Raises
    ------
    ValueError
        If the class is one already.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Pair:
    ...     def __init__(self, a, b):
    ...         self.a, self.b = a, b
    ...
    >>> pytree = torch.utils._pytree
    >>> pytree.register_pytree_node(Pair, lambda p: ([p.a, p.b], None), lambda parts, _: Pair(*parts))
    >>> pytree.tree_leaves([Pair(1, 2), 3])
    [1, 2, 3]
    """
    if cls in SUPPORTED_NODES:
        raise ValueError(f"register_pytree_node: {cls} is registered already")
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn)


_register_pytree_node = register_pytree_node

register_pytree_node(tuple, lambda t: (list(t), None), lambda parts, _: tuple(parts))
register_pytree_node(list, lambda t: (t, None), lambda parts, _: list(parts))
register_pytree_node(dict, lambda d: (list(d.values()), list(d)), lambda parts, keys: dict(zip(keys, parts, strict=True)))
register_pytree_node(
    OrderedDict, lambda d: (list(d.values()), list(d)), lambda parts, keys: OrderedDict(zip(keys, parts, strict=True))
)
register_pytree_node(
    defaultdict,
    lambda d: (list(d.values()), (d.default_factory, list(d))),
    lambda parts, about: defaultdict(about[0], zip(about[1], parts, strict=True)),
)
register_pytree_node(deque, lambda d: (list(d), d.maxlen), lambda parts, length: deque(parts, maxlen=length))


def _node_of(tree: Any) -> NodeDef | None:
    """How an object is taken apart; None for a leaf. Named tuples are containers of their own class."""
    kind = type(tree)
    node = SUPPORTED_NODES.get(kind)
    if node is None and isinstance(tree, tuple) and hasattr(kind, "_fields"):
        return NodeDef(kind, lambda t: (list(t), kind), lambda parts, kind: kind(*parts))
    return node


@dataclass
class TreeSpec:
    """The shape of a tree: its containers without the leaves.

    Parameters
    ----------
    type : type
        Of the outermost container.
    context : any
        What it is besides its children.
    children_specs : list of TreeSpec
    """

    type: Any
    context: Any
    children_specs: list[TreeSpec]

    @property
    def num_leaves(self) -> int:
        """How many leaves fit."""
        return 1 if self.is_leaf() else sum(child.num_leaves for child in self.children_specs)

    @property
    def num_children(self) -> int:
        """How many children the outermost container has."""
        return len(self.children_specs)

    def is_leaf(self) -> bool:
        """Whether it is a single leaf."""
        return self.type is None

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree with these leaves."""
        return tree_unflatten(leaves, self)

    def __repr__(self) -> str:
        return "*" if self.is_leaf() else f"TreeSpec({self.type.__name__}, {self.context}, {self.children_specs})"


class LeafSpec(TreeSpec):
    """The shape of a leaf."""

    def __init__(self) -> None:
        super().__init__(None, None, [])

    __repr__ = TreeSpec.__repr__


def tree_flatten(tree: Any, is_leaf: Any = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, and its shape.

    Parameters
    ----------
    tree : any
    is_leaf : function, optional
        Containers for which it is true are leaves, too.

    Returns
    -------
    (list, TreeSpec)
        From the two :func:`tree_unflatten` makes the tree again.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_flatten([1, {"a": 2}])[0]
    [1, 2]
    """
    node = None if is_leaf is not None and is_leaf(tree) else _node_of(tree)
    if node is None:
        return [tree], LeafSpec()
    children, context = node.flatten_fn(tree)
    leaves: list[Any] = []
    specs = []
    for child in children:
        more, spec = tree_flatten(child, is_leaf)
        leaves += more
        specs.append(spec)
    return leaves, TreeSpec(node.type, context, specs)


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> Any:
    """A tree of a given shape.

    Parameters
    ----------
    leaves : iterable
    treespec : TreeSpec

    Returns
    -------
    any
        The tree.

    Raises
    ------
    ValueError
        If the number of leaves is another.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> leaves, spec = torch.utils._pytree.tree_flatten((1, [2, 3]))
    >>> torch.utils._pytree.tree_unflatten([4, 5, 6], spec)
    (4, [5, 6])
    """
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"tree_unflatten: expected a TreeSpec, but got {type(treespec).__name__}")
    given = list(leaves)
    if len(given) != treespec.num_leaves:
        raise ValueError(f"tree_unflatten: a tree of {treespec.num_leaves} leaves can't hold {len(given)}")
    rest = iter(given)

    def build(spec: TreeSpec) -> Any:
        if spec.is_leaf():
            return next(rest)
        parts = [build(child) for child in spec.children_specs]
        node = SUPPORTED_NODES.get(spec.type)
        return node.unflatten_fn(parts, spec.context) if node is not None else spec.type(*parts)

    return build(treespec)


def tree_leaves(tree: Any, is_leaf: Any = None) -> list[Any]:
    """The leaves of a tree.

    Parameters
    ----------
    tree : any
    is_leaf : function, optional
        Containers for which it is true are leaves, too.

    Returns
    -------
    list
        In order.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_leaves({"a": (1, 2)})
    [1, 2]
    """
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: Any, is_leaf: Any = None) -> TreeSpec:
    """The shape of a tree.

    Parameters
    ----------
    tree : any
    is_leaf : function, optional
        Containers for which it is true are leaves, too.

    Returns
    -------
    TreeSpec
        Two of them are equal if the trees differ in leaves only.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_structure([1, 2]) == torch.utils._pytree.tree_structure([3, 4])
    True
    """
    return tree_flatten(tree, is_leaf)[1]


tree_iter = tree_leaves


def tree_map(func: Any, tree: Any, *rests: Any, is_leaf: Any = None) -> Any:
    """A tree with every leaf changed.

    Parameters
    ----------
    func : function
        Of a leaf, and of the leaves of ``rests`` at the same place.
    tree : any
    *rests : any
        Trees of the same shape.
    is_leaf : function, optional
        Containers for which it is true are leaves, too.

    Returns
    -------
    any
        A tree of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_map(lambda x, y: x + y, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_leaves(rest, is_leaf) for rest in rests]
    return tree_unflatten([func(*together) for together in zip(leaves, *others, strict=True)], spec)


def tree_map_(func: Any, tree: Any, *rests: Any, is_leaf: Any = None) -> Any:
    """Call a function for every leaf, and return the tree as it is.

    Parameters
    ----------
    func : function
    tree : any
    *rests : any
    is_leaf : function, optional

    Returns
    -------
    any
        The tree.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_map_(print, [1, 2])
    1
    2
    [1, 2]
    """
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(type_or_types_or_pred: Any, func: Any, tree: Any, is_leaf: Any = None) -> Any:
    """A tree with the leaves of some types changed.

    Parameters
    ----------
    type_or_types_or_pred : type, tuple of types, or function
    func : function
    tree : any
    is_leaf : function, optional

    Returns
    -------
    any
        A tree of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_map_only(int, lambda x: -x, [1, "a"])
    [-1, 'a']
    """
    chosen = _chooser(type_or_types_or_pred)
    return tree_map(lambda x: func(x) if chosen(x) else x, tree, is_leaf=is_leaf)


def _chooser(wanted: Any) -> Callable[[Any], Any]:
    return (lambda x: isinstance(x, wanted)) if isinstance(wanted, (type, tuple)) else wanted  # type: ignore[no-any-return]


def tree_all(pred: Any, tree: Any, is_leaf: Any = None) -> bool:
    """Whether something holds for all leaves.

    Parameters
    ----------
    pred : function
    tree : any
    is_leaf : function, optional

    Returns
    -------
    bool
        True for a tree without leaves.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_all(lambda x: x > 0, [1, (2,)])
    True
    """
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Any, tree: Any, is_leaf: Any = None) -> bool:
    """Whether something holds for a leaf.

    Parameters
    ----------
    pred : function
    tree : any
    is_leaf : function, optional

    Returns
    -------
    bool
        False for a tree without leaves.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_any(lambda x: x > 1, [1, (2,)])
    True
    """
    return any(map(pred, tree_leaves(tree, is_leaf)))


def tree_all_only(type_or_types_or_pred: Any, pred: Any, tree: Any, is_leaf: Any = None) -> bool:
    """Whether something holds for all leaves of some types.

    Parameters
    ----------
    type_or_types_or_pred : type, tuple of types, or function
    pred : function
    tree : any
    is_leaf : function, optional

    Returns
    -------
    bool
        True if there are no such leaves.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_all_only(int, lambda x: x > 0, [1, "a"])
    True
    """
    chosen = _chooser(type_or_types_or_pred)
    return all(pred(x) for x in tree_leaves(tree, is_leaf) if chosen(x))


def tree_any_only(type_or_types_or_pred: Any, pred: Any, tree: Any, is_leaf: Any = None) -> bool:
    """Whether something holds for a leaf of some types.

    Parameters
    ----------
    type_or_types_or_pred : type, tuple of types, or function
    pred : function
    tree : any
    is_leaf : function, optional

    Returns
    -------
    bool
        False if there are no such leaves.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils._pytree.tree_any_only(int, lambda x: x > 1, [1, "a"])
    False
    """
    chosen = _chooser(type_or_types_or_pred)
    return any(pred(x) for x in tree_leaves(tree, is_leaf) if chosen(x))


__all__ = [
    "LeafSpec", "TreeSpec", "register_pytree_node", "tree_all", "tree_all_only", "tree_any", "tree_any_only", "tree_flatten", "tree_iter", "tree_leaves", "tree_map",
    "tree_map_", "tree_map_only", "tree_structure", "tree_unflatten",
]  # fmt: skip
