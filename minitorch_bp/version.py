"""``torch.version``: of this package, and of what it is not built with."""

__version__ = "0.1.0"
debug = False
cuda = None
hip = None
rocm = None
xpu = None
git_version = None
