"""Make room for thousands of sockets in one process."""

from __future__ import annotations

import sys

#: Files that a process has open besides its robots' sockets: logs, the roster, sign-ins.
SPARE_FILES = 64


class TooFewFiles(OSError):
    """The system does not let this process open as many sockets as its robots need."""


def make_room(sockets: int) -> None:
    """Let this process open so many sockets: raises its soft limit of open files if need be.

    Raises ``TooFewFiles`` where the hard limit is below that. Systems without such limits
    (Windows) are taken at their word.
    """
    if sys.platform == "win32":
        return
    import resource  # there is none on Windows

    need = sockets + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= need:
        return
    if hard != resource.RLIM_INFINITY and hard < need:
        raise TooFewFiles(
            f"{sockets} robots need {need} open files, and this system lets a process have "
            f"{hard}: raise the hard limit (ulimit -Hn, LimitNOFILE=) or play fewer robots"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))
