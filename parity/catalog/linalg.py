"""Products of vectors and matrices, factorizations, Fourier transforms."""

from typing import Any

from .entry import BLAS, batch, dim, matrix, unary

_FFT: dict[str, Any] = {"free_layout": True, "known": {"empty": "PyTorch's FFT library fails"}, "read_only": True}
ENTRIES = [
    unary("outer", "torch.outer({0}.reshape(-1), {0}.reshape(-1)[:2])", loose_at_infinity=BLAS),
    unary("dot", "torch.dot({0}.reshape(-1), {0}.reshape(-1))", loose_at_infinity=BLAS, composite=True),
    unary("dot_pair", "torch.dot({0}.reshape(-1), {0}.reshape(-1).flip(0) * 2)", loose_at_infinity=BLAS, composite=True),
    matrix("dot_rows", "{0}[0] @ {0}[0]", loose_at_infinity=BLAS),
    matrix("mm", "torch.mm({0}, {0}.t())", loose_at_infinity=BLAS),
    matrix("matmul", "{0} @ {0}.T", loose_at_infinity=BLAS),
    matrix("mv", "torch.mv({0}, {0}[0])", loose_at_infinity=BLAS),
    matrix("vecmat", "{0}[:, 0] @ {0}", loose_at_infinity=BLAS),
    matrix("matvec", "{0} @ {0}[0]", loose_at_infinity=BLAS),
    matrix("addmm", "torch.addmm({0}.sum(1), {0}, {0}.t(), beta=0.5, alpha=2)", loose_at_infinity=BLAS,
          known={'booleans': "both refuse, PyTorch for the types' difference, we for the type"}),
    matrix("addmm_plain", "torch.addmm({0}.sum(1), {0}, {0}.t())", loose_at_infinity=BLAS, known={'booleans': 'as for addmm'}),
    batch("bmm", "torch.bmm({0}, {0}.transpose(1, 2))", loose_at_infinity=BLAS),
    batch("matmul_batch", "{0} @ {0}.mT", loose_at_infinity=BLAS),
    batch("matmul_3d_2d", "{0} @ {0}[0].t()", loose_at_infinity=BLAS),
    batch("matmul_3d_1d", "{0} @ {0}[0, 0]", loose_at_infinity=BLAS),
    matrix("tensordot", "torch.tensordot({0}, {0}, dims=([0], [0]))"),
    matrix("einsum_mm", "torch.einsum('ij,kj->ik', {0}, {0})", free_layout=True, loose_at_infinity=BLAS, floats_only=True),
    matrix("einsum_trace", "torch.einsum('ij->j', {0})", free_layout=True, loose_at_infinity=BLAS, floats_only=True),
    matrix("einsum_outer", "torch.einsum('ij,kl->ijkl', {0}, {0})[0]", free_layout=True, loose_at_infinity=BLAS, floats_only=True,
          known={'booleans': 'an outer product of booleans by bmm, refused here'}),
    batch("einsum_bmm", "torch.einsum('bij,bkj->bik', {0}, {0})", free_layout=True, loose_at_infinity=BLAS, floats_only=True),
    matrix("inv", "torch.linalg.inv({definite})", free_layout=True, read_only=True),
    matrix("solve", "torch.linalg.solve({definite}, {finite})", free_layout=True),
    matrix("det", "torch.linalg.det({definite})"),
    matrix("slogdet", "torch.linalg.slogdet({definite})[1]", read_only=True),
    unary("det_sign", "torch.linalg.slogdet({finite}.mean() * torch.ones(2, 2) * 0.1 + torch.eye(2))[0] * {0}", hookable=False,
          read_only=True),
    matrix("cholesky", "torch.linalg.cholesky({definite})", free_layout=True, read_only=True),
    matrix("qr", "torch.linalg.qr({definite})[1].abs()", free_layout=True, read_only=True),
    matrix("eigvalsh", "torch.linalg.eigvalsh({definite})", read_only=True),
    matrix("eigh", "torch.linalg.eigh({definite})[1].abs()", free_layout=True, read_only=True),
    matrix("svd", "torch.linalg.svd({definite})[0].abs()", free_layout=True, read_only=True),
    matrix("svdvals", "torch.linalg.svdvals({definite})", read_only=True),
    matrix("eig", "(torch.linalg.eigvals({definite}) ** 2).real.sum()", read_only=True, node="PyTorch selects from a view of real numbers"),
    matrix("lu", "torch.linalg.lu({definite})[2]", read_only=True),
    unary("lu_wide", "torch.linalg.lu(torch.stack([{finite}.reshape(-1)[:2].mean() * torch.ones(3) + torch.arange(3), torch.ones("
          "3) * {finite}.mean() + torch.tensor([3., 1., 7.])]))[2]", composite=True, read_only=True),
    matrix("lu_factor", "torch.linalg.lu_factor({definite})[0]", free_layout=True, read_only=True),
    matrix("solve_triangular", "torch.linalg.solve_triangular({definite}, {finite}, upper=False)", free_layout=True),
    matrix("matrix_exp", "torch.linalg.matrix_exp({definite} * 0.1)"),
    matrix("pinv", "torch.linalg.pinv({definite})"),
    matrix("matrix_norm_nuc", "torch.linalg.matrix_norm({definite}, 'nuc')"),
    unary("cross", "torch.linalg.cross(torch.stack([{0}, {0} * 2, {0} + 1], -1), torch.stack([{0} * {0}, {0}, {0} - 2], -1)).sum("
          "-1)", composite=True),
    matrix("cdist", "torch.cdist({finite}, {finite} * 0.5 + 1)", once=True, read_only=True),
    # PyTorch's transform puts the transformed dimension innermost; were the result left so, a later contiguous() would copy there only.
    dim("fft", "torch.fft.fft({finite}, dim={dim}).real.contiguous()", **_FFT, node="PyTorch selects from a view of real numbers"),
    dim("ifft", "torch.fft.ifft({finite}, dim={dim}, norm='ortho').imag.contiguous() + 0.013", **_FFT, node="PyTorch selects from a view of real numbers"),
    dim("rfft", "torch.fft.rfft({finite}, dim={dim}).imag.contiguous() + 0.013", **_FFT, node="PyTorch selects from a view of real numbers"),
    dim("irfft", "torch.fft.irfft(torch.fft.rfft({finite}, dim={dim}), n=3, dim={dim}).contiguous() + 0.013", **_FFT),
]  # fmt: skip
