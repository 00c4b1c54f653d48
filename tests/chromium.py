"""Where the browser of the journeys and the benchmarks is."""

from __future__ import annotations

import os
import shutil

#: The headless shell is the same Chromium without a window's parts, and takes much less.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The browser that the Makefile found or installed, or one on the path."""
    found = filter(None, map(shutil.which, _NAMES))
    return os.environ.get("FAIRSERVER_CHROMIUM") or next(found, None)
