"""The list of PyTorch's names that are not here is what the installed PyTorch says."""

import pathlib
import subprocess
import sys


def test_the_list_is_current():
    """In a process of its own: what a module offers depends on which of its parts have been imported."""
    make = pathlib.Path(__file__).with_name("make_absent.py")
    done = subprocess.run([sys.executable, "-W", "ignore", str(make), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
