"""No public function goes without a comparison: each is named in the catalogue, in PyTorch's database, or in a test."""

import pathlib
import re

from torch.testing._internal.common_methods_invocations import op_db

from minitorch_bp.ops import exports
from parity.catalog import CATALOG

HERE = pathlib.Path(__file__).parent


def compared() -> set[str]:
    """Every name that some comparison with PyTorch calls."""
    names = set(re.findall(r"\w+", "\n".join(entry.template for entry in CATALOG.values())))
    for path in [*HERE.rglob("*.py"), *(HERE.parent / "tests").rglob("*.py")]:
        names.update(re.findall(r"\w+", path.read_text()))
    for info in op_db:  # `parity opdb` replays it: the function, its aliases, and the in-place forms
        for each in (info, *info.aliases):
            names.add(each.name.split(".")[-1])
            names.add(getattr(each.inplace_variant, "__name__", ""))
    return names


def test_every_public_function_is_compared() -> None:
    named = compared()
    for space, functions in exports().items():
        for name in functions:
            assert name in named or name.startswith("__"), (
                f"nothing compares {space}.{name} with PyTorch. Add a line to its chapter in parity/catalog, such as "
                f'unary("{name}", "torch.{name}({{0}})"), or a test'
            )
