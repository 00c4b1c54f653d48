"""A real receiver of webhooks that checks every signature and misbehaves when told to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

#: What the receiver does with one request.
Mood = Callable[[str, int], str]


def is_signed(secret: str, headers: Any, body: bytes) -> bool:
    """Check a message as the specification tells receivers to, without our own code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Takes messages; ``mood`` says for each (its id, how often it came) what happens.

    ``take``: 200. ``fail``: 500. ``gone``: 410. ``slow``: answers only after the sender's
    patience, though it has kept the message. ``drop``: kept, then the connection is cut.
    """

    secrets: dict[str, str] = field(default_factory=dict)
    mood: Mood = lambda _id, _times: "take"
    #: Messages in the order in which they were first taken, and how often each came.
    taken: list[dict[str, Any]] = field(default_factory=list)
    came: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    bodies: defaultdict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    url: str = ""
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body, name = await request.read(), request.headers["webhook-id"]
        self.came[name] += 1
        self.bodies[name].add(body)
        secret = self.secrets.get(name.partition(".")[0], "")
        if not is_signed(secret, request.headers, body):
            self.wrong.append(name)
        mood = self.mood(name, self.came[name])
        if mood == "fail":
            return web.Response(status=500)
        if mood == "gone":
            return web.Response(status=410)
        self._keep(name, body)
        if mood == "slow":
            await self.release.wait()
        if mood == "drop":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=204)

    def _keep(self, name: str, body: bytes) -> None:
        if name not in {one["id"] for one in self.taken}:
            self.taken.append({"id": name, **msgspec.json.decode(body)})

    def of_ticket(self, ticket_id: str) -> list[int]:
        """The numbers of what was taken about one turn, in the order of its first coming."""
        return [one["data"]["seq"] for one in self.taken if one["data"]["ticket_id"] == ticket_id]

    def kinds(self) -> list[str]:
        return [one["type"] for one in self.taken]
