"""Real nodes in this process, people signed in to them, and a raw client of the socket."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import WSMsgType

from fairserver.domain.states import Role
from fairserver.settings import IceSettings, LimitSettings, ServerSettings, StoreSettings
from fairserver.web.app import serving
from fairserver.web.node import Node
from tests.fair_text import BoothText, write_fair
from tests.line.checker import Client
from tests.line.live import ORGANISER, LiveFair

#: Three booths, four desks.
_BOOTHS = [
    BoothText("b1", "online", ["b1-1", "b1-2"]),
    BoothText("b2", "online", ["b2-1"]),
    BoothText("b3", "onsite", ["b3-1"]),
]

#: Nobody is missed or goes away by the clock unless a test wants it.
PATIENT = {"accept_online_s": 3600, "accept_onsite_s": 3600, "presence_s": 3600}

#: A condition that does not hold by then never will: ends a run that would hang.
_NEVER_S = 30.0

#: A test's people all come from one address.
_ROOM: Mapping[str, int] = {
    "registrations_per_second": 1000,
    "registrations_per_minute": 60_000,
}

_names = itertools.count(1)


def a_form(**changes: Any) -> dict[str, Any]:
    """The entry form of a person who filled everything in."""
    consents = dict.fromkeys(
        ["take_part", "show_profile", "keep_profile", "statistics", "messages"], True
    )
    return {
        "request_id": f"registration-{next(_names):08d}",
        "full_name": "Nguyễn Thị Hoà",
        "phone": "0912 345 678",
        "birth_year": 1999,
        "sex": "nu",
        "commune": "Xã Đức Lập",
        "wish": "May công nghiệp",
        "language": "vi",
        "consents": consents,
        **changes,
    }


@dataclass
class Person:
    """Somebody who is signed in with a bearer."""

    token: str
    slot: str
    role: Role
    #: Of candidates.
    candidate_id: str = ""
    number: int = 0
    code: str = ""
    ticket_link: str = ""
    #: The personal link's token, of staff.
    link: str = ""


@dataclass
class Reply:
    """What an HTTP request got."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: Mapping[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Socket:
    """A client that sends whatever a test wants and keeps everything that comes."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.frames: list[dict[str, Any]] = []
        self.answers: defaultdict[str | None, list[dict[str, Any]]] = defaultdict(list)
        self.views: defaultdict[str, Client] = defaultdict(Client)
        self._ids = itertools.count(1)
        self._prefix = f"k{next(_names)}"
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.ws:
            assert message.type is WSMsgType.TEXT
            self._take(message.data)
            self._news.set()
        self._news.set()

    def _take(self, raw: str) -> None:
        frame = json.loads(raw)
        self.frames.append(frame)
        if frame["type"] in ("ok", "error"):
            self.answers[frame.get("id")].append(frame)
        elif frame["type"] in ("snapshot", "delta"):
            self.views[frame["view"]].take(raw.encode())

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something holds; fails when the socket closes before, or it never does."""
        async with asyncio.timeout(_NEVER_S):
            while not condition():
                assert not self._reader.done(), f"closed with {self.ws.close_code}"
                self._news.clear()
                await self._news.wait()

    async def send(self, raw: str | bytes) -> None:
        """Send a frame as it is."""
        if isinstance(raw, str):
            await self.ws.send_str(raw)
        else:
            await self.ws.send_bytes(raw)

    async def ask(
        self, kind: str, /, command_id: str | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Send a command and give its (next) answer."""
        name = command_id or f"{self._prefix}-{next(self._ids)}"
        before = len(self.answers[name])
        await self.send(json.dumps({"type": kind, "id": name, **fields}))
        await self.until(lambda: len(self.answers[name]) > before)
        return self.answers[name][before]

    async def do(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Send a command that must be carried out; give its result."""
        answer = await self.ask(kind, **fields)
        assert answer["type"] == "ok", answer
        result: dict[str, Any] = answer.get("result", {})
        return result

    async def refused(self, kind: str, /, **fields: Any) -> str:
        """Send a command that must be refused; give the code."""
        answer = await self.ask(kind, **fields)
        assert answer["type"] == "error", answer
        return str(answer["code"])

    async def unnamed_error(self, raw: str | bytes) -> dict[str, Any]:
        """Send a frame that has no readable id; give the error."""
        before = len(self.answers[None])
        await self.send(raw)
        await self.until(lambda: len(self.answers[None]) > before)
        return self.answers[None][before]

    def cell(self, view: str, key: str) -> dict[str, Any]:
        """One cell as this client holds it; empty when it holds none."""
        found: dict[str, Any] = self.views[view].cells.get(key, {})
        return found

    async def close_code(self) -> int | None:
        """Wait until the server has closed; give the code."""
        async with asyncio.timeout(_NEVER_S):
            await asyncio.shield(self._reader)
        return self.ws.close_code

    async def close(self) -> None:
        """Close from this side."""
        await self.ws.close()
        await asyncio.wait([self._reader])


class Server:
    """One running node and what a test does with it."""

    def __init__(self, node: Node, fair_id: str, http: aiohttp.ClientSession) -> None:
        self.node = node
        self.fair_id = fair_id
        self.http = http
        self.sockets: list[Socket] = []
        #: The same fair, seen from behind.
        self.live = LiveFair(node.line.store, fair_id)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.node.settings.port}"

    @property
    def fair_url(self) -> str:
        return f"/api/fairs/{self.fair_id}"

    # --- HTTP -----------------------------------------------------------------------------------

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        """Send a request as one of our pages or, with a token, a program does."""
        sent = {"X-Fair": "1", "Origin": self.base_url, **(headers or {})}
        sent = {name: value for name, value in sent.items() if value}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = raw if body is None else msgspec.json.encode(body)
        async with self.http.request(
            method, f"{self.base_url}{path}", data=data, headers=sent, allow_redirects=False
        ) as response:
            content = await response.read()
            return Reply(response.status, response.headers, content, response.cookies)

    async def get(self, path: str, **more: Any) -> Reply:
        return await self.request("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return await self.request("POST", path, body, **more)

    async def register(self, **changes: Any) -> Reply:
        """Send the entry form."""
        return await self.post(f"{self.fair_url}/candidates", a_form(**changes))

    # --- people ---------------------------------------------------------------------------------

    async def candidate(self, **changes: Any) -> Person:
        """Register a person and sign in."""
        reply = await self.register(bearer=True, **changes)
        assert reply.status == 201, reply.body
        found = reply.json
        return Person(
            token=found["session_token"],
            slot=found["slot"],
            role=Role.CANDIDATE,
            candidate_id=found["candidate_id"],
            number=found["number"],
            code=found["code"],
            ticket_link=found["ticket_link"],
        )

    async def staff(self, role: Role, booth_id: str | None = None) -> Person:
        """Invite somebody and sign in with the link."""
        invited = await self.node.ledger.staff.invite(self.fair_id, role, booth_id, "Người làm")
        reply = await self.post("/api/sessions", {"token": invited.token, "bearer": True})
        assert reply.status == 200, reply.body
        return Person(
            token=reply.json["session_token"],
            slot=reply.json["slot"],
            role=role,
            link=invited.token,
        )

    async def recruiter(self, booth_id: str = "b1") -> Person:
        return await self.staff(Role.RECRUITER, booth_id)

    async def organiser(self) -> Person:
        return await self.staff(Role.ORGANISER)

    async def socket(
        self, person: Person | None, views: Iterable[str] | Mapping[str, int | None] | None = ()
    ) -> Socket:
        """Open a person's socket; say hello unless ``views`` is None."""
        headers = {"Authorization": f"Bearer {person.token if person else 'nobody'}"}
        ws = await self.http.ws_connect(
            f"{self.base_url}/ws/{self.fair_id}", headers=headers, max_msg_size=0
        )
        socket = Socket(ws)
        self.sockets.append(socket)
        if views is not None:
            wanted = dict(views) if isinstance(views, Mapping) else dict.fromkeys(views)
            await socket.do("hello", views=wanted)
            await socket.until(lambda: set(wanted) <= set(socket.views))
        return socket

    async def newcomer(self, views: Iterable[str] = ("me",)) -> tuple[Person, Socket]:
        """Register somebody who is there, with a page open."""
        person = await self.candidate()
        socket = await self.socket(person, views)
        feed = self.node.fairs[self.fair_id].feed
        await socket.until(lambda: socket.cell("me", "me").get("present"))
        assert feed.projection.candidates[person.candidate_id].present
        return person, socket

    async def open_fair(self) -> None:
        await self.node.line.run(self.fair_id, "open_fair", ORGANISER)

    async def meeting(self) -> Meeting:
        """Bring a candidate and a recruiter to a call at b1."""
        person, candidate = await self.newcomer()
        recruiter_person = await self.recruiter()
        recruiter = await self.socket(recruiter_person, ["booth"])
        await self.open_fair()
        ticket_id = (await candidate.do("join", booth_id="b1", show_profile=True))["ticket_id"]
        await recruiter.do("open_desk", desk_id="b1-1")
        key = f"ticket/{ticket_id}"
        await candidate.until(lambda: candidate.cell("me", key).get("state") == "called")
        await recruiter.until(lambda: recruiter.cell("booth", key).get("state") == "called")
        return Meeting(self, ticket_id, person, candidate, recruiter_person, recruiter)


@dataclass
class Meeting:
    """A candidate and a recruiter whom a ticket has brought together; not accepted yet."""

    server: Server
    ticket_id: str
    person: Person
    candidate: Socket
    recruiter_person: Person
    recruiter: Socket

    @property
    def key(self) -> str:
        return f"ticket/{self.ticket_id}"

    async def enter(self) -> int:
        """Accept, and let both come into the room; gives the epoch."""
        ticket_id = self.ticket_id
        await self.candidate.do("accept", ticket_id=ticket_id)
        await self.candidate.do("enter_room", ticket_id=ticket_id, peer="peer-candidate")
        result = await self.recruiter.do("enter_room", ticket_id=ticket_id, peer="peer-desk")
        return int(result["epoch"])

    async def talk(self) -> int:
        """Bring both into the interview; gives the epoch."""
        epoch = await self.enter()
        seen = {"ticket_id": self.ticket_id, "epoch": epoch, "state": "connected"}
        await self.candidate.do("report_room", peer="peer-candidate", **seen)
        await self.recruiter.do("report_room", peer="peer-desk", **seen)
        await self.sees("interviewing")
        return epoch

    async def sees(self, state: str) -> None:
        """Wait until both pages show a state of the ticket."""
        for socket, view in ((self.candidate, "me"), (self.recruiter, "booth")):
            await socket.until(
                lambda socket=socket, view=view: socket.cell(view, self.key).get("state") == state
            )


class Servers:
    """Starts nodes on one live store and one ledger."""

    def __init__(
        self,
        stack: AsyncExitStack,
        folder: Path,
        store_address: str,
        fair_id: str,
        free_port: Callable[[], int],
        sql_url: str | None = None,
    ) -> None:
        self._sql_url = sql_url
        self._stack = stack
        self._folder = folder
        self._store_address = store_address
        self._free_port = free_port
        self.fair_id = fair_id

    async def start(
        self,
        rules: Mapping[str, int] | None = None,
        limits: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Server:
        """Start one more node; the first one's rules are the fair's. ``more`` are settings."""
        settings = msgspec.structs.replace(self.settings(rules or PATIENT, limits or {}), **more)
        node = await self._stack.enter_async_context(serving(settings))
        http = await self._stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        server = Server(node, self.fair_id, http)
        self._stack.push_async_callback(_close_all, server)
        return server

    def settings(self, rules: Mapping[str, int], limits: Mapping[str, Any]) -> ServerSettings:
        """The settings of a node."""
        path = self._folder / "fair.toml"
        if not path.exists():
            write_fair(path, self.fair_id, rules, _BOOTHS)
        return ServerSettings(
            port=self._free_port(),
            data_folder=str(self._folder),
            reserve_mb=0,
            sql_url=self._sql_url,
            fairs=[str(path)],
            store=StoreSettings(address=self._store_address),
            ice=IceSettings(stun=["stun:127.0.0.1:3478"]),
            limits=LimitSettings(**{**_ROOM, **limits}),
        )


async def _close_all(server: Server) -> None:
    for socket in server.sockets:
        await socket.close()
