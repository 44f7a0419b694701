"""``python -m parity``. Ctrl-C is looked after before anything else is imported, since importing PyTorch takes seconds."""

import os
import sys

from . import interrupts

if __name__ == "__main__":
    interrupts.watch()
    try:
        from .command import main

        code = main()
    except KeyboardInterrupt:  # before there were arguments to read
        code = 130
    interrupts.ignore()
    if interrupts.seen:  # a framework that is half imported may not survive the usual way out
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise SystemExit(code)
