"""Spectral norm by a hook before each call, the older way: ``weight_orig`` is the parameter, ``weight_u`` and ``weight_v`` are buffers, and
``weight`` is a plain attribute that the hook sets.
"""

from __future__ import annotations

from typing import Any

from ...core.grad_mode import no_grad
from ...ops.linalg.applications import pinv
from ...ops.nn.layer_norm import normalize
from ..modules.conv import _ConvTranspose
from ..parameter import Parameter
from .norm_hooks import check_shaped, number_of


class SpectralNorm:
    """The hook in front of each call: divides the weight by its largest singular value."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float):
        if n_power_iterations <= 0:
            raise ValueError(f"spectral_norm: n_power_iterations must be positive, but is {n_power_iterations}")
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def as_matrix(self, weight: Any) -> Any:
        """The weight with one row for each output."""
        return weight.movedim(self.dim, 0).reshape(weight.shape[self.dim], -1)

    def compute_weight(self, module: Any, do_power_iteration: bool) -> Any:
        """The weight, after some steps of the power method, if asked for."""
        weight, u, v = (getattr(module, self.name + end) for end in ("_orig", "_u", "_v"))
        matrix = self.as_matrix(weight)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(normalize(matrix.t().mv(u), dim=0, eps=self.eps))
                    u.copy_(normalize(matrix.mv(v), dim=0, eps=self.eps))
            u, v = u.clone(), v.clone()
        return weight / u.dot(matrix.mv(v))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


def spectral_norm(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: Any = None
) -> Any:  # fmt: skip
    r"""Divide a weight by its largest singular value, :math:`w / \sigma(w)`.

    :func:`minitorch_bp.nn.utils.parametrizations.spectral_norm` is the newer way.

    Parameters
    ----------
    module : Module
    name : str
        Which parameter.
    n_power_iterations : int
        Steps of the power method in each call in training; they estimate the largest singular value.
    eps : float
        What norms are at least, where they divide.
    dim : int, optional
        The dimension of the outputs: 1 for transposed convolutions, else 0.

    Returns
    -------
    Module
        The same module.

    Raises
    ------
    RuntimeError
        If it is done already.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.nn.utils.spectral_norm(torch.nn.Linear(3, 2)).state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    if dim is None:
        dim = 1 if isinstance(module, _ConvTranspose) else 0
    if number_of(module, SpectralNorm, name) is not None:
        raise RuntimeError(f"spectral_norm: {name!r} has a spectral norm already")
    hook = SpectralNorm(name, n_power_iterations, dim, eps)
    weight = module._parameters.get(name)
    if weight is None:
        raise ValueError(f"spectral_norm: {type(module).__name__} has no parameter {name!r}")
    check_shaped("spectral_norm", module, name, weight)
    with no_grad():
        rows, columns = hook.as_matrix(weight).shape
        u = normalize(weight.detach().new_empty(rows).normal_(0, 1), dim=0, eps=eps)
        v = normalize(weight.detach().new_empty(columns).normal_(0, 1), dim=0, eps=eps)
    del module._parameters[name]
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.detach())
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(hook)
    module._register_state_dict_hook(SpectralNormVersion(name))
    module._register_load_state_dict_pre_hook(SpectralNormOfOld(hook))
    return module


class SpectralNormVersion:
    """The hook that notes in a state_dict which form the state has, as PyTorch does."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self, module: Any, state_dict: Any, prefix: str, local_metadata: Any) -> None:
        local_metadata.setdefault("spectral_norm", {})[self.name + ".version"] = 1


class SpectralNormOfOld:
    r"""The hook that loads what PyTorch saved before 1.0: the divided weight in place of v, which is found from it.

    The old weight is :math:`W / \sigma`, so :math:`\sigma` is known, and v is a solution of :math:`W v \propto u` with :math:`u^T W v = \sigma`.
    """

    def __init__(self, hook: SpectralNorm):
        self.hook, self.name = hook, hook.name

    def __call__(
        self, state_dict: Any, prefix: str, local_metadata: Any, strict: bool, missing_keys: Any, unexpected_keys: Any, errors: Any
    ) -> None:
        name = self.name
        if (local_metadata.get("spectral_norm", {}).get(name + ".version") or 0) >= 1:
            return
        old, orig, u, v = (prefix + name + end for end in ("", "_orig", "_u", "_v"))
        if old not in state_dict and v in state_dict:  # it only lacks the note
            return
        if absent := [key for key in (orig, old, u) if key not in state_dict]:
            if strict:
                missing_keys += absent
            return
        with no_grad():
            weight = state_dict[orig]
            matrix, sigma = self.hook.as_matrix(weight), (weight / state_dict.pop(old)).mean()
            direction = pinv(matrix).mv(state_dict[u])
            state_dict[v] = direction * (sigma / state_dict[u].dot(matrix.mv(direction)))


def remove_spectral_norm(module: Any, name: str = "weight") -> Any:
    """Remove the spectral norm; the weight keeps its current value.

    Parameters
    ----------
    module : Module
    name : str
        Which parameter.

    Returns
    -------
    Module
        The same module.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.utils.spectral_norm(torch.nn.Linear(3, 2))
    >>> list(torch.nn.utils.remove_spectral_norm(layer).state_dict())
    ['bias', 'weight']
    """
    number = number_of(module, SpectralNorm, name)
    if number is None:
        raise ValueError(f"remove_spectral_norm: {type(module).__name__} has no spectral norm of {name!r}")
    hook = module._forward_pre_hooks.pop(number)
    weight = hook.compute_weight(module, do_power_iteration=False).detach()
    delattr(module, name)
    for end in ("_u", "_v", "_orig"):
        delattr(module, name + end)
    for table in map(module._state_hooks, ("_state_dict_hooks", "_load_state_dict_pre_hooks")):
        for number, other in tuple(table.items()):
            other = other[0] if isinstance(other, tuple) else other
            if isinstance(other, (SpectralNormVersion, SpectralNormOfOld)) and other.name == name:
                del table[number]
    module.register_parameter(name, Parameter(weight))
    return module
