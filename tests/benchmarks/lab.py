"""A phone's link in a box: a network namespace whose only way out is as slow as one likes.

Needs root and Linux (``ip netns``, ``tc``). The limits hold for what the phone sends and for what
it gets; what does not fit waits in a queue of ``_QUEUE_MS`` and is dropped beyond, as at a mast.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fairserver.line.leash import ends_with_parent

#: How long a packet waits at most before the link drops it.
_QUEUE_MS = 400
#: A packet as large as they come must pass at once.
_BURST_BYTES = 3_000


@dataclass(frozen=True)
class PhoneLink:
    """The phone's network: its namespace, both ends of its cable, the address of this end."""

    name: str
    here: str
    address: str

    def limit(self, kbit_s: int) -> None:
        """Let through so much from now on, in each direction; kbit/s."""
        shape = ["root", "tbf", "rate", f"{kbit_s}kbit"]
        shape += ["burst", str(_BURST_BYTES), "latency", f"{_QUEUE_MS}ms"]
        _run("tc", "qdisc", "replace", "dev", self.here, *shape)
        _run("ip", "netns", "exec", self.name, "tc", "qdisc", "replace", "dev", "eth0", *shape)

    @contextmanager
    def browser(self, chromium: str) -> Iterator[str]:
        """Give an executable that runs a browser in the phone's network."""
        folder = Path(tempfile.mkdtemp(prefix="fs-"))
        wrapper = folder / "chromium"
        wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} {chromium} "$@"\n')
        wrapper.chmod(0o755)
        try:
            yield str(wrapper)
        finally:
            shutil.rmtree(folder)

    @asynccontextmanager
    async def reach(self, port: int) -> AsyncIterator[None]:
        """Let the phone reach a port of this machine's loopback by the same address.

        A page may open a camera only on ``localhost`` or with a certificate; its traffic crosses
        the phone's link all the same.
        """
        words = ["ip", "netns", "exec", self.name, sys.executable, "-m", "tests.benchmarks.forward"]
        server = await forward(self.address, port, "127.0.0.1")
        there = await asyncio.create_subprocess_exec(
            *words,
            str(port),
            self.address,
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=ends_with_parent(),
        )
        try:
            assert there.stdout is not None
            await there.stdout.readline()
            yield
        finally:
            there.terminate()
            await there.communicate()
            server.close()


@contextmanager
def phone_link() -> Iterator[PhoneLink]:
    """Make the namespace and its cable; they go with the block.

    Raises ``PermissionError`` where namespaces cannot be made.
    """
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("tc"):
        raise PermissionError("a phone's link needs root, ip and tc")
    number = os.getpid() % 250
    link = PhoneLink(f"fs-phone-{number}", f"fs-here-{number}", f"10.77.{number}.1")
    try:
        _run("ip", "netns", "add", link.name)
    except subprocess.CalledProcessError as error:
        raise PermissionError("this machine makes no network namespaces") from error
    try:
        _connect(link)
        yield link
    finally:
        _run("ip", "netns", "del", link.name)


def _connect(link: PhoneLink) -> None:
    """Put the cable in: one end here, one in the namespace."""
    there = link.address.removesuffix(".1") + ".2"
    inside = ["ip", "-n", link.name]
    _run("ip", "link", "add", link.here, "type", "veth", "peer", "eth0", "netns", link.name)
    _run("ip", "address", "add", f"{link.address}/24", "dev", link.here)
    _run("ip", "link", "set", link.here, "up")
    _run(*inside, "address", "add", f"{there}/24", "dev", "eth0")
    _run(*inside, "link", "set", "lo", "up")
    _run(*inside, "link", "set", "eth0", "up")
    _run(*inside, "route", "add", "default", "via", link.address)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


async def forward(host: str, port: int, to: str) -> asyncio.Server:
    """Pass every connection to ``host:port`` on to the same port of ``to``."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(to, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))

    return await asyncio.start_server(meet, host, port)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
