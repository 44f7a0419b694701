"""``python -m minitorch_bp.utils.collect_env``: the versions that a report of a fault should name."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys

PACKAGES = ("minitorch_bp", "numpy", "scipy", "ml_dtypes", "pillow", "safetensors", "torch")


def get_pretty_env_info() -> str:
    """A text with a line for Python, the machine, and each package.

    Returns
    -------
    str
        For a person to read.

    Examples
    --------
    >>> from minitorch_bp.utils.collect_env import get_pretty_env_info
    >>> "Python version" in get_pretty_env_info()
    True
    """
    lines = [
        f"Python version: {platform.python_version()} ({sys.maxsize.bit_length() + 1}-bit runtime)",
        f"Python platform: {platform.platform()}",
        f"CPU: {platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "Is CUDA available: False",
        "Versions of relevant libraries:",
    ]
    for name in PACKAGES:
        try:
            lines.append(f"[pip3] {name}=={importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"[pip3] {name}: not installed")
    return "\n".join(lines)


def main() -> None:
    """Print it."""
    print("Collecting environment information...")
    print(get_pretty_env_info())


if __name__ == "__main__":
    main()
