"""Room for as many sockets as the settings let in."""

from __future__ import annotations

import sys

from fairserver.web.limits.connections import UNSETTLED

#: Files that a node has open besides its clients' sockets: connections that are no sockets yet,
#: stores, the ledger, pages, logs.
SPARE_FILES = UNSETTLED + 128


def make_room(connections: int) -> str | None:
    """Let this process open so many sockets: raises its soft limit of open files if need be.

    Returns a sentence for the log when the system's hard limit allows fewer, or None. Systems
    without such limits (Windows) are taken at their word.
    """
    if sys.platform == "win32":
        return None
    import resource  # there is none on Windows

    need = connections + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= need:
        return None
    enough = hard == resource.RLIM_INFINITY or hard >= need
    resource.setrlimit(resource.RLIMIT_NOFILE, (need if enough else hard, hard))
    if enough:
        return None
    return (
        f"limits.max_connections is {connections}, and this system lets a process have {hard} open "
        f"files: raise its hard limit to {need} (LimitNOFILE=, ulimit -Hn) or let in fewer"
    )
