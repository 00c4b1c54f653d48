"""``python -m tests.faults.node CONFIG``: one server node; says its address once it listens."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from pathlib import Path

from fairserver.settings import read_settings
from fairserver.web.app import run_node
from fairserver.web.node import Node


async def _announce(node: Node) -> None:
    sys.stdout.write(f"ready {node.settings.base_url}\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """Leave no node behind when the test run itself is killed: its end of our input closes."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    """Run a node until it is told to stop, or killed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(run_node(read_settings(Path(sys.argv[1])), ready=_announce))


if __name__ == "__main__":
    main()
