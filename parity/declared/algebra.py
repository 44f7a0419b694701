"""Linear algebra, products by letters, and Fourier transforms: sides, triangles, tolerances, orders, lengths, norms."""

from .domain import INF, LEFT_OUT, NINF, Declared, T, Text, op

_NORM = (LEFT_OUT, None, "forward", "backward", "ortho")
_SIDES = ("", ", left=False", ", left=True")
_TRIANGLES = tuple(
    f", upper={upper}{left}{unit}" for upper in (True, False) for left in _SIDES[:2] for unit in ("", ", unitriangular=True")
)
#: Of ``a``, well conditioned square matrices, ``b``, matrices to its right, ``c``, its transpose's shape, and ``s``, symmetric and positive.
_SQUARE = (
    "linalg.inv(a)", "linalg.inv_ex(a)", "torch.inverse(a)", *(f"linalg.solve(a, {'c' if 'False' in side else 'b'}{side})" for side in _SIDES), "linalg.solve(a, b[..., 0])", *(f"linalg.solve_triangular(a, {'c' if 'left=False' in t else 'b'}{t})" for t in _TRIANGLES),
    *(f"linalg.matrix_power(a, {n})" for n in (-3, -2, -1, 0, 1, 2, 3, 5)), "torch.matrix_power(a, 3)", *(f"linalg.cond(a, {p})" for p in (None, 2, -2, 1, -1, "'fro'", "'nuc'", "float('inf')", "-float('inf')")), "linalg.det(a)", "torch.logdet(s)", "torch.logdet(-s)", "list(linalg.slogdet(a))", "list(torch.slogdet(-a))",
    "linalg.cholesky(s)", "linalg.cholesky(s, upper=True)", "list(linalg.cholesky_ex(s))", "torch.cholesky_solve(b, linalg.cholesky(s))", "torch.cholesky_solve(b, linalg.cholesky(s).mT, upper=True)", "torch.cholesky_inverse(linalg.cholesky(s))", "torch.cholesky_inverse(linalg.cholesky(s).mT, upper=True)",
    "linalg.eigvalsh(s)", "linalg.eigvalsh(s.tril(), UPLO='L')", "linalg.eigvalsh(s.triu(), UPLO='U')", "linalg.eigh(s)[1].abs()", "linalg.svdvals(a)", "linalg.svd(a, full_matrices=False)[1]", "linalg.qr(a)[1].abs()", "linalg.matrix_exp(a * 0.2)", "linalg.matrix_exp(a)", "linalg.lu_solve(*linalg.lu_factor(a), b)", "linalg.lu(a)[2]", "list(linalg.lu(a))", "linalg.lu_solve(*linalg.lu_factor(a), b, adjoint=True)", "linalg.lu_solve(*linalg.lu_factor(a), c, left=False)", "torch.trace(a if a.ndim == 2 else a[0])",  "linalg.multi_dot([a, b, c]) if a.ndim == 2 else a", "torch.chain_matmul(c, a, b) if a.ndim == 2 else a",
)  # fmt: skip
#: Of ``x``, matrices of any shape.
_ANY = (
    *(f"list(linalg.lstsq(x, x[..., :1] * 2 + 1{options}))" for options in (", driver='gels'", ", driver='gelsd'", ", driver='gelss'")),
    # (PyTorch's gradient does not know of rcond, and its gelsy stops at a first column of zeros, and begins with the columns' order
    # of the matrix before.)
    "list(linalg.lstsq(x.detach(), x.detach()[..., :1] * 2 + 1, rcond=0.2, driver='gelsd'))", *(f"list(linalg.lstsq(x.exp(), x[..., :1] * 2 + 1{options}))[: 3 if x.ndim == 2 else 0]" for options in ("", ", driver='gelsy'")),
    "linalg.qr(x)[1].abs()", "linalg.qr(x, mode='complete')[1].abs()", "linalg.svdvals(x)", "torch.svd(x)[1]", "torch.svd(x, compute_uv=False)", "linalg.vecdot(x, x * 2)", "linalg.vecdot(x, x * 2, dim=0)", "linalg.vander(x[..., 0], N=3)", "linalg.vander(x[..., 0])", "torch.vander(x.reshape(-1), 3, increasing=True)", "torch.vander(x.reshape(-1))", "linalg.cross(x.new_ones(3), x.reshape(-1)[:1].expand(3))", "torch.geqrf(x)[1].shape", "linalg.diagonal(x, offset=1)", "torch.mm(x, x.mT) if x.ndim == 2 else torch.bmm(x, x.mT)", "linalg.tensorinv(x.new_ones(1, 1), ind=1)", "linalg.matmul(x, x.mT)", "torch.inner(x, x)", "torch.outer(x.reshape(-1)[:2], x.reshape(-1))", "torch.kron(x.contiguous(), x[..., :1, :].contiguous())", "torch.ger(x.reshape(-1)[:2], x.reshape(-1))",
)  # fmt: skip
#: Of matrices of any rank: where singular values are 0 they have no slope.
_RANKS = (
    *(f"linalg.pinv(x{options})" for options in ("", ", rtol=0.3", ", atol=0.5", ", atol=0.0, rtol=0.1")),
    *(f"linalg.matrix_rank(x{options})" for options in ("", ", tol=0.5", ", atol=1.0", ", rtol=0.3")),
    "linalg.svdvals(x)",
    "linalg.qr(x)[1].abs()",
)
_ONE = tuple(f"fft.{name}" for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"))
_SEVERAL = tuple(f"fft.{name}" for name in ("fft2", "ifft2", "fftn", "ifftn", "rfft2", "irfft2", "rfftn", "irfftn"))
_EQUATIONS = ("ii->i", "ii", "ii->", "ij->ji", "ij->", "ij->j", "ij", "ji", "...i->...", "i...->...i")
_PAIRS = (
    "ij,jk->ik",
    "ij,jk",
    "ij,kj->ki",
    "ij,ij->",
    "ij,ij->ji",
    "i...,j...->ij...",
    "ij,kl->ijkl",
    "ii,jk->ik",
    "ij,jj->ij",
    "...ij,jk->...ik",
    " i j , j k -> k i ",
    "ij,jk->",
    "ij,j",
    "ij,jk->ijk",
)

TABLE: list[Declared] = [
    *[op("squares", "n=1,2,3 m=1,2,4", x=T(shape), y=T(f"{batch} n m"), function=_SQUARE, _warns=False, _orders=1, _loose=1e-8, _refusal=False) for batch, shape in (("", "n n"), ("2", "2 n n"))],
    op("matrices", "n=1,2,3,4 m=1,2,3", x=T("n m", "positive"), function=_ANY, _orders=1, _loose=1e-7, _refusal=False),
    op("matrices", "n=1,2,3 m=1,2,3", x=T("2 n m", "positive"), function=_ANY, _orders=1, _loose=1e-7, _refusal=False),
    *[op("matrices", "n=1,2,3 m=1,2,3", x=T(shape, grad=False), function=_RANKS, _loose=1e-7, _refusal=False) for shape in ("n m", "2 n m")],
    op("torch.einsum", "", equation=_EQUATIONS, a=T("3 3"), _refusal=False),
    op("torch.einsum", "", equation=("iji->j", "iji->ji", "ijk->kji", "i...i->...i", "i...i", "ijk->", "...jk->...kj", "ijk->ik"), a=T("2 3 2"), _refusal=False),
    op("torch.einsum", "", equation=_PAIRS, a=T("2 2"), b=T("2 2"), _refusal=False),
    op("torch.einsum", "", equation=("ij,j->i", "ij,j", "i,j->ij", "ij,k->"), a=T("2 3"), b=T("3"), _refusal=False),
    op("torch.einsum", "", equation=("bij,bjk->bik", "bij,bjk->ik", "bij,bkj->b", "...ij,...jk->...ik", "bij,cjk->bcik", "bij,bij->bj"), a=T("2 3 3"), b=T("2 3 3"), _refusal=False),
    op("torch.einsum", "", equation=("ij,jk,kl->il", "ij,ij,ij->i", "ij,jk,ki->", "ij,jk,ik->j"), a=T("2 2"), b=T("2 2"), c=T("2 2"), _refusal=False),
    op("spectral", "h=2,3,5", x=T("2 h 4"), made=("", " * (1 + 0.5j)"), function=_ONE, n=(LEFT_OUT, None, 1, 3, 6), dim=(LEFT_OUT, -1, 1, 0, -2), norm=_NORM, _orders=1, _loose=1e-9, _refusal=False),
    op("spectral", "h=2,3,5", x=T("2 h 4"), made=("", " * (1 + 0.5j)"), function=_SEVERAL, s=(LEFT_OUT, None, (3, 2), (2, 5), (4, -1)), dim=(LEFT_OUT, (0, 1), (-1, 0), (-2, -1), (1, 2)), norm=_NORM, _orders=1, _loose=1e-9, _refusal=False),
    op("torch.stft", "f=4,5,8 w=2,3,4", input=T("2 20"), n_fft=("=f",), hop_length=(LEFT_OUT, None, 1, 3), win_length=("=w",), window=T("w", "positive", maybe=True), center=(LEFT_OUT, True, False), pad_mode=(LEFT_OUT, "constant"), normalized=(LEFT_OUT, True), onesided=(LEFT_OUT, True, False), return_complex=(True,), align_to_window=(LEFT_OUT, None), _orders=1, _named=False, _warns=False, _loose=1e-9, _refusal=False, _saved="one node there, several here"),
    *[op(f"fft.{name}", "", n=(1, 4, 5), d=(LEFT_OUT, 0.5, 2), dtype=(LEFT_OUT, None, Text("torch.float64")), requires_grad=(LEFT_OUT, True), _orders=0, _refusal=False) for name in ("fftfreq", "rfftfreq")],
    *[op(f"fft.{name}", "", input=T("3 4"), dim=(LEFT_OUT, 0, -1, (0, 1), None), _orders=1, _refusal=False, _named=False) for name in ("fftshift", "ifftshift")],
]  # fmt: skip
_ = INF, NINF, Text
