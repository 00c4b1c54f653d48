"""``python -m tests.benchmarks.forward PORT ADDRESS``: in a phone's network, lead its loopback's
port to the same port of an address; says ``ready`` and runs until it is ended."""

from __future__ import annotations

import asyncio
import sys

from tests.benchmarks.lab import forward


async def main(port: int, address: str) -> None:
    """Listen and pass on."""
    server = await forward("127.0.0.1", port, address)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
