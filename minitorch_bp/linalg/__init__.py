"""``torch.linalg``: linear algebra on matrices and batches of them.

The factorizations and their derivatives are in ``ops/linalg/decompositions.py``; here are torch's names, checks and what follows from
them.
"""

from ..ops.indexing.diagonals import linalg_diagonal as diagonal
from ..ops.linalg.applications import cond, lstsq, matrix_rank, pinv, tensorinv, tensorsolve
from ..ops.linalg.decompositions import LinAlgError
from ..ops.linalg.factorizations import (
    cholesky,
    cholesky_ex,
    eig,
    eigh,
    eigvals,
    eigvalsh,
    householder_product,
    lu,
    lu_factor,
    lu_factor_ex,
    lu_solve,
    qr,
    svd,
    svdvals,
)
from ..ops.linalg.matmul import matmul
from ..ops.linalg.norms import matrix_norm, norm
from ..ops.linalg.products import linalg_cross as cross
from ..ops.linalg.systems import (
    det,
    inv,
    inv_ex,
    matrix_exp,
    matrix_power,
    multi_dot,
    slogdet,
    solve,
    solve_ex,
    solve_triangular,
    vander,
    vecdot,
)
from ..ops.reduction.norms import vector_norm

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh",
    "householder_product", "inv", "inv_ex", "lstsq", "lu", "lu_factor", "lu_factor_ex", "lu_solve", "matmul", "matrix_exp",
    "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "solve_ex",
    "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot", "vector_norm",
]  # fmt: skip
