"""The ground every part stands on: one Valkey, one node, a fair, people on their sockets."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from redis.asyncio import Redis

from booth_client import Registered, Session, open_session
from fairserver.line.keys import stream_key
from fairserver.line.store import open_store
from tests.conftest import TestValkey
from tests.faults.support.caller import Caller
from tests.faults.support.fair import FairShape
from tests.faults.support.journal import Journal
from tests.faults.support.nodes import Nodes


@dataclass
class Ground:
    """What a part of the benchmark works with."""

    valkey: TestValkey
    nodes: Nodes
    store: Redis
    http: aiohttp.ClientSession

    @property
    def shape(self) -> FairShape:
        """The fair's size."""
        return self.nodes.shape

    @property
    def valkey_pid(self) -> int:
        """The store's process."""
        assert self.valkey.process is not None
        return self.valkey.process.pid

    async def socket(
        self, who: Registered | Session, views: Iterable[str] = (), name: str = "b"
    ) -> Caller:
        """Open a socket of somebody's and watch some views; ``name`` is another one each time."""
        return await Caller.open(
            self.http,
            self.nodes.nodes[0].url,
            self.shape.fair_id,
            who.session_token,
            Journal(),
            name,
            views=views,
        )

    async def staff_socket(self, token: str, views: Iterable[str] = ()) -> Caller:
        """Open a socket of the person to whom an invitation was sent."""
        session = await open_session(self.nodes.nodes[0].url, token, http=self.http)
        return await self.socket(session, views)

    async def settled(self) -> None:
        """Wait until the node has archived everything: nothing of the round is left to do."""
        newest: Any = await self.store.xrevrange(stream_key(self.shape.fair_id), count=1)
        seq = int(newest[0][0].split(b"-")[0])
        async with await self.nodes.open_ledger() as ledger:
            while await ledger.archive.last_seq(self.shape.fair_id) < seq:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@asynccontextmanager
async def ground(shape: FairShape) -> AsyncIterator[Ground]:
    """Start everything for one part, and take it down again."""
    folder = Path(tempfile.mkdtemp(prefix="fs-"))
    valkey = TestValkey(folder / "valkey", "always")
    valkey.start()
    nodes, store = Nodes(folder / "nodes", shape, valkey.address, count=1), None
    try:
        nodes.start()
        store = open_store(valkey.address)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            yield Ground(valkey, nodes, store, http)
    finally:
        nodes.stop()
        if store is not None:
            await store.aclose()
        valkey.kill()
        shutil.rmtree(folder)
