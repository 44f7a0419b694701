"""Ready-made parametrizations: weight norm, spectral norm, orthogonal matrices."""

from __future__ import annotations

from typing import Any

from ...core.dtype import finfo
from ...core.grad_mode import no_grad
from ...core.tensor import Tensor
from ...ops.creation import eye, zeros_like
from ...ops.nn.layer_norm import normalize
from ...ops.pointwise.compare import allclose
from ...ops.random.draw import randn
from ...ops.shape.joining import cat
from ..modules.conv import _ConvTranspose
from ..modules.module import Module
from .parametrize import register_parametrization


def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norm over all dimensions but one (over all for ``dim=-1``), which keeps its place.

    Parameters
    ----------
    v : Tensor
    pow : float
        Which norm.
    dim : int
        The dimension that stays.

    Returns
    -------
    Tensor
        Of size 1 in the other dimensions.

    Examples
    --------
    >>> from minitorch_bp.nn.utils.parametrizations import norm_except_dim
    >>> import minitorch_bp as torch
    >>> norm_except_dim(torch.tensor([[3.0, 4.0], [6.0, 8.0]]))
    tensor([[ 5.],
            [10.]])
    """
    if dim == -1:
        return v.norm(pow)
    others = tuple(d for d in range(v.ndim) if d != dim)
    return v.norm(pow, others, keepdim=True) if others else v.abs()


# ---------------------------------------------------------------------- weight norm
class _WeightNorm(Module):
    def __init__(self, dim: Any = 0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except_dim(weight_v, 2, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Any, name: str = "weight", dim: Any = 0) -> Any:
    r"""Learn the length and the direction of a weight separately: :math:`w = g \frac{v}{\|v\|}`.

    Source: Salimans and Kingma, "Weight normalization", 2016.

    Parameters
    ----------
    module : Module
    name : str
        Which parameter.
    dim : int or None
        The dimension that has a length for each of its elements; None for one length in all.

    Returns
    -------
    Module
        The same module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(3, 2))
    >>> {k: tuple(v.shape) for k, v in layer.state_dict().items()}
    {'bias': (2,), 'parametrizations.weight.original0': (2, 1), 'parametrizations.weight.original1': (2, 3)}
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def take_old_names(state_dict: Any, prefix: str, *others: Any) -> None:
        old = [prefix + name + end for end in ("_g", "_v")]
        if all(key in state_dict for key in old):
            for k, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{k}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(take_old_names)
    return module


# ---------------------------------------------------------------------- spectral norm
class _SpectralNorm(Module):
    """Divides by the largest singular value, estimated by one step of the power method in each call."""

    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12):
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(f"spectral_norm: dim {dim} is out of range for a weight of {weight.ndim} dimensions")
        if n_power_iterations <= 0:
            raise ValueError(f"spectral_norm: n_power_iterations must be positive, but is {n_power_iterations}")
        self.dim, self.eps = dim % weight.ndim, eps
        if weight.ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._as_matrix(weight)
            u, v = (matrix.detach().new_empty(n).normal_(0, 1) for n in matrix.shape)
            self.register_buffer("_u", normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", normalize(v, dim=0, eps=eps))
            self._power_method(matrix, 15)

    def _as_matrix(self, weight: Tensor) -> Tensor:
        return weight.movedim(self.dim, 0).flatten(1)

    def _power_method(self, matrix: Tensor, steps: int) -> None:
        with no_grad():
            for _ in range(steps):
                self._u.copy_(normalize(matrix.mv(self._v), dim=0, eps=self.eps))
                self._v.copy_(normalize(matrix.mH.mv(self._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = self._as_matrix(weight)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        return weight / self._u.clone().vdot(matrix.mv(self._v.clone()))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: Any = None
) -> Any:  # fmt: skip
    r"""Divide a weight by its largest singular value, :math:`w / \sigma(w)`.

    Source: Miyato et al., "Spectral normalization for generative adversarial networks", 2018.

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

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> layer = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 2))
    >>> bool((torch.linalg.matrix_norm(layer.weight, 2) - 1).abs() < 1e-3)
    True
    """
    weight = _existing(module, name)
    if dim is None:
        dim = 1 if isinstance(module, _ConvTranspose) else 0
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))


def _existing(module: Any, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"{type(module).__name__} has no parameter or buffer {name!r}")
    return weight


# ---------------------------------------------------------------------- orthogonal matrices
def _made_orthogonal(a: Tensor) -> Tensor:
    """The orthogonal factor of a tall matrix, the diagonal of the other one positive."""
    from ...linalg import householder_product
    from ...ops.linalg.matrix_functions import geqrf

    x, tau = geqrf(a)
    return householder_product(x, tau) * x.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def _is_orthogonal(q: Tensor) -> bool:
    identity = eye(q.shape[-1], dtype=q.dtype)
    return allclose(q.mH @ q, identity, atol=10.0 * q.shape[-2] * finfo(q.dtype).eps)


class _Orthogonal(Module):
    """Maps any matrix to an orthogonal one, in one of three ways."""

    base: Tensor

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True):
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("orthogonal: the Householder map does not work for complex matrices")
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Tensor:
        from ...linalg import householder_product, matrix_exp, solve

        wide = x.shape[-2] < x.shape[-1]
        x = x.mT if wide else x
        n, k = x.shape[-2:]
        if self.orthogonal_map == "householder":
            a = x.tril(-1)
            q = householder_product(a, 2.0 / (1.0 + (a * a).sum(-2)))
            # The signs on the diagonal take part, without being learned.
            q = q * x.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
        else:
            lower = x.tril()
            if n != k:
                lower = cat([lower, lower.new_zeros(n, n - k).expand(*lower.shape[:-2], -1, -1)], -1)
            skew = lower - lower.mH
            if self.orthogonal_map == "matrix_exp":
                q = matrix_exp(skew)
            else:
                identity = eye(n, dtype=skew.dtype)
                q = solve(identity - 0.5 * skew, identity + 0.5 * skew)
            q = q[..., :k]
        if "base" in self._buffers:
            q = self.base @ q
        return q.mT if wide else q

    def right_inverse(self, q: Tensor) -> Tensor:
        from ...ops.linalg.matrix_functions import geqrf

        if q.shape != self.shape:
            raise ValueError(f"orthogonal: expected shape {list(self.shape)}, but got {list(q.shape)}")
        with no_grad():
            given, wide = q, q.shape[-2] < q.shape[-1]
            q = q.mT if wide else q
            n, k = q.shape[-2:]
            if "base" not in self._buffers:
                if self.orthogonal_map != "householder":
                    raise NotImplementedError(
                        f"orthogonal: the map {self.orthogonal_map!r} can't be assigned to without trivialization"
                    )
                a, tau = geqrf(q)
                signs = a.diagonal(dim1=-2, dim2=-1)
                signs.sign_()
                signs[tau == 0.0] *= -1
                return a.mT if wide else a
            if n == k:
                q = q.clone() if _is_orthogonal(q) else _made_orthogonal(q)
            else:  # completed to a square one
                q = _made_orthogonal(cat([q, randn(*q.shape[:-2], n, n - k, dtype=q.dtype)], -1))
            self.base = q
            start = zeros_like(given)
            start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
            return start


def orthogonal(
    module: Any, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Any:  # fmt: skip
    """Keep a matrix orthogonal (its rows, if it is wide): :math:`Q^T Q = I`.

    Source: Lezcano Casado, "Trivializations for gradient-based optimization on manifolds", 2019.

    Parameters
    ----------
    module : Module
    name : str
        Which parameter.
    orthogonal_map : 'matrix_exp', 'cayley' or 'householder'
        How any matrix is mapped to an orthogonal one; for square matrices 'matrix_exp', else 'householder' unless given.
    use_trivialization : bool
        Learn the matrix relative to where it starts, which makes it assignable and the learning better conditioned.

    Returns
    -------
    Module
        The same module.

    Raises
    ------
    ValueError
        If the tensor has fewer than two dimensions, or the map is unknown.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(3, 3))
    >>> torch.allclose(layer.weight @ layer.weight.T, torch.eye(3), atol=1e-5)
    True
    """
    weight = _existing(module, name)
    if weight.ndim < 2:
        raise ValueError(f"orthogonal: expected a matrix, but {name!r} has {weight.ndim} dimensions")
    if orthogonal_map is None:
        square = weight.shape[-2] == weight.shape[-1] or weight.is_complex()
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in ("matrix_exp", "cayley", "householder"):
        raise ValueError(f"orthogonal: orthogonal_map must be 'matrix_exp', 'cayley' or 'householder', but is {orthogonal_map!r}")
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)
