"""Freed memory is kept for the next arrays: a loop that makes large ones takes no page faults; the switch turns that off."""

import os
import platform
import subprocess
import sys

import pytest

GNU = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library has this setting")

FAULTS = """
import resource
import minitorch_bp as torch
from minitorch_bp.core.memory import keeps_freed_memory
x = torch.ones(1_000_000)
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    y = x * 2 + x
before = faults()
for _ in range(20):
    y = x * 2 + x
print(keeps_freed_memory, faults() - before)
"""


def kept_and_faults(**variables: str) -> tuple[str, int]:
    others = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_", "MINITORCH_BP_"))}
    run = subprocess.run([sys.executable, "-c", FAULTS], env={**others, **variables}, capture_output=True, text=True, check=True)
    keeps, faults = run.stdout.split()
    return keeps, int(faults)


@GNU
def test_large_arrays_are_not_faulted_in_anew():
    kept, faults = kept_and_faults()
    assert kept == "True"
    assert faults < 20 * 100  # 20 times 2 or 3 arrays of 977 pages would be 40,000


@GNU
def test_the_switch_and_the_librarys_own_variables_leave_it_alone():
    assert kept_and_faults(MINITORCH_BP_KEEP_MEMORY="0")[0] == "False"
    assert kept_and_faults(MALLOC_TRIM_THRESHOLD_="131072")[0] == "False"
