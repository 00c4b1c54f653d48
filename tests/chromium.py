"""Where the browser of the journeys and the benchmarks is."""

from __future__ import annotations

import os
import shutil

#: With a window's parts: what shows notices, and asks people for permissions.
_WHOLE = ("chromium", "chromium-browser", "google-chrome")
#: The headless shell is the same Chromium without a window's parts, and takes much less.
_NAMES = ("chromium-headless-shell", *_WHOLE)


def find_chromium() -> str | None:
    """The browser that the Makefile found or installed, or one on the path."""
    return os.environ.get("FAIRSERVER_CHROMIUM") or _first(_NAMES)


def find_whole_chromium() -> str | None:
    """The same for what the headless shell cannot do."""
    return os.environ.get("FAIRSERVER_WHOLE_CHROMIUM") or _first(_WHOLE)


def _first(names: tuple[str, ...]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)
