"""Child processes that must not outlive us, even when we are killed.

The embedded Valkey of a server is none of them: it lives on by design, and the next server
adopts it (``embedded``). A scratch Valkey would stay for ever, because nobody comes back for it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

#: ``prctl``: the signal that the kernel sends a process when its parent has died.
_PR_SET_PDEATHSIG = 1


def ends_with_parent(number: signal.Signals = signal.SIGKILL) -> Callable[[], None] | None:
    """Make the ``preexec_fn`` of a child that gets a signal when its parent dies.

    None where the system has no such thing (only Linux has). The kernel means the thread that
    started the child: start it from one that lives as long as the process does.
    """
    if sys.platform != "linux":
        return None
    # Loaded before the fork: afterwards the child may hardly do anything.
    libc, parent = ctypes.CDLL(None), os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before the kernel was told
            os.kill(os.getpid(), number)

    return tie
