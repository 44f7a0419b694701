"""Parity in pytest: a fixture that compares, and a marker that makes a test of a function.

Load it in ``conftest.py`` by ``pytest_plugins = ["minitorch_bp_parity.pytest_plugin"]`` (in a checkout: ``parity.pytest_plugin``).
"""

from __future__ import annotations

from typing import Any

import pytest

from .checking import check
from .outcome import reference

_OPTIONS = "seed, orders, tolerance"


def pytest_configure(config: Any) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        f"parity({_OPTIONS}): run the test in minitorch_bp and in PyTorch, and compare what it returns, its gradients, and the generator",
    )


@pytest.fixture()
def parity_check(request: Any) -> Any:
    """:func:`parity.check`, with the options of the test's marker."""
    marker = request.node.get_closest_marker("parity")
    options = dict(marker.kwargs) if marker is not None else {}

    def compare(function: Any, *inputs: Any, **named: Any) -> Any:
        return check(function, *inputs, **{**options, **named})

    return compare


@pytest.fixture()
def torch() -> Any:
    """PyTorch; in a test with the marker, either framework."""
    return reference()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    """A test with the marker that does not ask for :func:`parity_check` is itself what is compared."""
    marker = pyfuncitem.get_closest_marker("parity")
    if marker is None or "parity_check" in pyfuncitem.fixturenames:
        return None
    names = list(pyfuncitem._fixtureinfo.argnames)
    inputs = {name: pyfuncitem.funcargs[name] for name in names if name != "torch"}
    check(pyfuncitem.obj, **inputs, **marker.kwargs)
    return True
