"""Linear algebra: products of matrices, factorizations, linear systems. ``torch.linalg`` is a thin face on it."""
