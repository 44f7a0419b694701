"""``torch.return_types``: the classes of results with named fields, ``torch.return_types.max`` and so on."""

from __future__ import annotations

from typing import Any

from .ops._return_types import return_type

#: name -> fields
_FIELDS = {
    name: fields.split()
    for names, fields in (
        ("max min median nanmedian mode kthvalue sort topk cummax cummin", "values indices"),
        ("aminmax", "min max"), ("histogram histogramdd", "hist bin_edges"), ("qr linalg_qr", "Q R"), ("slogdet linalg_slogdet", "sign logabsdet"),
        ("svd", "U S V"), ("linalg_svd", "U S Vh"), ("linalg_eig linalg_eigh", "eigenvalues eigenvectors"), ("triangular_solve", "solution cloned_coefficient"),
        ("geqrf", "a tau"), ("frexp", "mantissa exponent"), ("lu_unpack linalg_lu", "P L U"), ("linalg_lu_factor", "LU pivots"), ("linalg_lu_factor_ex", "LU pivots info"),
        ("linalg_cholesky_ex", "L info"), ("linalg_inv_ex", "inverse info"), ("linalg_solve_ex", "result info"), ("linalg_lstsq", "solution residuals rank singular_values"),
        ("linalg_ldl_factor", "LD pivots"), ("linalg_ldl_factor_ex", "LD pivots info"),
    )
    for name in names.split()
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _FIELDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}: no function has results of that name")
    return return_type(name, *_FIELDS[name])


def __dir__() -> list[str]:
    return sorted(_FIELDS)
