"""How much memory this computer, or the container that the server is in, has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_MB: Final = 1024 * 1024
#: Where Linux says what a container may take (cgroup 2, cgroup 1).
_CONTAINER: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
#: Less than this is no computer to serve a fair on; the figure is not believed.
_LEAST_MB: Final = 64


def half_of_memory_mb() -> int:
    """Give half of the memory in megabytes, 0 when the system does not say.

    The other half is for the server itself and for the copy that a store makes while it writes its
    file anew.
    """
    sizes = [size for size in (_computer(), *map(_container, _CONTAINER)) if size > 0]
    half = min(sizes, default=0) // 2 // _MB
    return half if half >= _LEAST_MB else 0


def _computer() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0  # Windows has no sysconf


def _container(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0  # no container, or one without a limit ("max")
