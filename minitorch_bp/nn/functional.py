"""``torch.nn.functional``: the functions behind the modules. Each is declared with its family in ``ops``; here are the forms
of some of them that PyTorch keeps for itself."""

from __future__ import annotations

from typing import Any

from ..core.public import public
from ..core.tensor import Tensor
from ..ops import find, names_of
from ..ops.nn.activation import relu as _relu
from . import grad as grad


@public("nn.functional")
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The rectifier, :math:`\max(x, 0)`.

    Parameters
    ----------
    input : Tensor
    inplace : bool
        Whether the result overwrites the input.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.relu : The same without ``inplace``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return input.relu_() if inplace else _relu(input)


_TEXT = """:func:`minitorch_bp.nn.functional.{name}`{says}

Parameters
----------
input : Tensor
*args, **kwargs : any
    The further parameters of :func:`minitorch_bp.nn.functional.{name}`.

Returns
-------
{returns}

Examples
--------
>>> import minitorch_bp as torch
{example}
"""


def _with(suffix: str, name: str, says: str, returns: str, example: str, *namespaces: str, **option: Any) -> None:
    """A function under a further name, with one option set."""

    def function(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        return find("nn.functional", name)(input, *args, **{**kwargs, **option})

    function.__name__ = function.__qualname__ = name + suffix
    function.__doc__ = _TEXT.format(name=name, says=says, returns=returns, example=example)
    public(*namespaces)(function)


#: The functions that have a form with an underscore: where it stands, and what its example is called with.
_IN_PLACE = {
    "elu": ("F", "x"), "hardtanh": ("F", "x"), "leaky_relu": ("F", "x"), "relu": ("F", "x"),
    "celu": ("torch F", "x"), "rrelu": ("torch F", "x"), "selu": ("torch F", "x"), "threshold": ("torch F", "x, 1.0, 9.0"),
    "dropout": ("torch", "x, 0.5, False"), "alpha_dropout": ("torch", "x, 0.5, False"),
    "feature_alpha_dropout": ("torch", "x, 0.5, False"),
}  # fmt: skip
#: The same for those that return where each element came from.
_WITH_INDICES = {
    "max_pool1d": ("torch F", "torch.rand(1, 4), 2"), "max_pool2d": ("F", "torch.rand(1, 4, 4), 2"),
    "max_pool3d": ("F", "torch.rand(1, 4, 4, 4), 2"), "adaptive_max_pool1d": ("F", "torch.rand(1, 4), 2"),
    "adaptive_max_pool2d": ("F", "torch.rand(1, 4, 4), 2"), "adaptive_max_pool3d": ("F", "torch.rand(1, 4, 4, 4), 2"),
    "fractional_max_pool2d": ("F", "torch.rand(1, 4, 4), 2, output_size=2"),
    "fractional_max_pool3d": ("F", "torch.rand(1, 4, 4, 4), 2, output_size=2"),
}  # fmt: skip
_PATHS = {"torch": "torch", "F": "nn.functional"}
for _name, (_where, _call) in _IN_PLACE.items():
    _shown = f"{'torch' if _where[0] == 't' else 'torch.nn.functional'}.{_name}_({_call})"
    _with(
        "_", _name, " written over its input.", "Tensor\n    The input.",
        f">>> x = torch.arange(4.0).reshape(1, 4)\n>>> {_shown} is x\nTrue",
        *(_PATHS[w] for w in _where.split()), inplace=True,
    )  # fmt: skip
for _name, (_where, _call) in _WITH_INDICES.items():
    _with(
        "_with_indices", _name, ", and where each element came from.", "(Tensor, LongTensor)\n    The maxima and their places.",
        f">>> values, places = torch.nn.functional.{_name}_with_indices({_call})\n>>> values.shape == places.shape\nTrue",
        *(_PATHS[w] for w in _where.split()), return_indices=True,
    )  # fmt: skip


def assert_int_or_pair(arg: Any, arg_name: str, message: str) -> None:
    """An AssertionError unless an argument is an int, or has two elements.

    Parameters
    ----------
    arg : int or list
    arg_name : str
        What it is called.
    message : str
        The text of the error, with ``{}`` for the name.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.assert_int_or_pair([1, 2], "size", "{} must be an int or a pair")
    """
    if not isinstance(arg, int) and len(arg) != 2:
        raise AssertionError(message.format(arg_name))


def boolean_dispatch(
    arg_name: str, arg_index: int, default: bool, if_true: Any, if_false: Any, module_name: str, func_name: str
) -> Any:
    """One function of two, between which a flag among the arguments decides.

    Parameters
    ----------
    arg_name : str
        The name of the flag.
    arg_index : int
        Its place among the arguments.
    default : bool
        What holds where it is not given.
    if_true, if_false : function
        What is called.
    module_name, func_name : str
        Of the function that is made.

    Returns
    -------
    function
        With the arguments of both.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> f = torch.nn.functional.boolean_dispatch("up", 1, True, lambda x, up=0: x + 1, lambda x, up=0: x - 1, __name__, "f")
    >>> f(1), f(1, False)
    (2, 0)
    """

    def dispatch(*args: Any, **kwargs: Any) -> Any:
        flag = kwargs.get(arg_name, args[arg_index] if len(args) > arg_index else default)
        return (if_true if flag else if_false)(*args, **kwargs)

    dispatch.__name__, dispatch.__module__ = func_name, module_name
    dispatch.__doc__ = if_true.__doc__ or if_false.__doc__
    return dispatch


_ASKING = ("handle_torch_function", "has_torch_function", "has_torch_function_unary", "has_torch_function_variadic")
__getattr__, __dir__, __all__ = names_of("nn.functional", globals(), **dict.fromkeys(_ASKING, "overrides"))
