"""``torch.version``: of this package, and of what it is not built with."""

from .torch_version import __version__ as __version__

debug = False
cuda = None
hip = None
rocm = None
xpu = None
git_version = None
