"""``python -m fairserver``: the same as the command ``fairserver``."""

from __future__ import annotations

import sys

from fairserver.cli import main

if __name__ == "__main__":
    sys.exit(main())
