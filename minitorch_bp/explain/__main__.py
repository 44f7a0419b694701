"""``python -m minitorch_bp.explain``: see ``command``."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
