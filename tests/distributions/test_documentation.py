"""Each class and function of the API pages says its parameters and shows itself, in numpydoc's form."""

import inspect
import pathlib
import sys

import pytest
from numpydoc.validate import validate

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import test_docstrings

D = mt.distributions
PUBLIC = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (D, D.transforms, D.constraint, D.constraints, D.utils)
    for name, value in vars(module).items()
    if (inspect.isclass(value) or inspect.isfunction(value))
    and value.__module__.startswith("minitorch_bp.distributions")
    and not value.__name__.startswith("_")
}


@pytest.mark.parametrize("name", PUBLIC)
def test_docstring(name):
    errors = validate(PUBLIC[name], test_docstrings.HouseValidator)["errors"]
    assert [f"{code}: {text}" for code, text in errors if code in test_docstrings.CHECKS] == []
