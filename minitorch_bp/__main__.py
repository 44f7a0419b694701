"""``python -m minitorch_bp script.py [arguments]``: run PyTorch code, unchanged, on this library.

As Python's own command line: a script, ``-m module`` or ``-c code``, each with its arguments.
"""

from __future__ import annotations

import os
import runpy
import sys

from .compat import enable_torch_alias

USAGE = """usage: python -m minitorch_bp script.py [arguments]
       python -m minitorch_bp -m module [arguments]
       python -m minitorch_bp -c code [arguments]
       python -m minitorch_bp doctor path [--json]

Runs code that says `import torch` (and torchvision), unchanged, on minitorch_bp; `doctor` says,
without running it, which names that it uses are not here."""


def main(arguments: list[str]) -> None:
    """Run what the command line names, as the main program."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE)
        raise SystemExit(0 if arguments else 2)
    first, *rest = arguments
    if first == "doctor" and not os.path.exists(first):
        from .doctor import command

        raise SystemExit(command(rest))
    if first in ("-m", "-c"):
        if not rest:
            raise SystemExit(f"{first} needs the {'module' if first == '-m' else 'code'} to run\n\n{USAGE}")
    elif not os.path.exists(first):
        raise SystemExit(f"there is no file {first!r}\n\n{USAGE}")
    enable_torch_alias()
    if first == "-m":
        sys.argv = [rest[0], *rest[1:]]
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
    else:
        sys.argv = [first, *rest]
        sys.path[0] = os.path.dirname(os.path.abspath(first))
        runpy.run_path(first, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
