"""What a copy says of itself: as PyTorch's, in lines; and which modules are compiled."""

import importlib.machinery
import sys

import torch

import minitorch_bp
from minitorch_bp.core import compiled


def test_show_and_parallel_info_are_lines_as_in_torch():
    for theirs, ours in zip(*((m.__config__.show(), m.__config__.parallel_info()) for m in (torch, minitorch_bp)), strict=True):
        assert type(ours) is type(theirs) and ours.endswith("\n") == theirs.endswith("\n")


def test_the_number_of_threads_is_told():
    before = minitorch_bp.get_num_threads()
    try:
        minitorch_bp.set_num_threads(1)
        assert "get_num_threads()): 1\n" in minitorch_bp.__config__.parallel_info()
    finally:
        minitorch_bp.set_num_threads(before)


def test_the_build_that_is_running_is_told():
    running = [
        name.removeprefix("minitorch_bp.")
        for name, module in sys.modules.items()
        if name.startswith("minitorch_bp.") and isinstance(module.__spec__.loader, importlib.machinery.ExtensionFileLoader)
    ]
    assert set(running) <= set(compiled.modules())
    line = f"Build: compiled ({', '.join(compiled.modules())})" if running else "Build: pure Python"
    assert line in minitorch_bp.__config__.show()
