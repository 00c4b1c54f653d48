"""Every example of the documentation and of the docstrings is run against the real server."""

from __future__ import annotations

import asyncio
import inspect
import re
import sys
import textwrap
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import booth_client
import booth_client.media
from booth_client import FairClient
from booth_client.media import InterviewMedia, open_own
from fairserver.domain.states import RoomSide, TicketState
from fairserver.protocol.commands import Accept, Join, OpenDesk
from fairserver.protocol.views import OwnTicketCell
from tests.booth_client.real import FAIR_ID, PATIENCE_S, RealServer, Role

pytestmark = pytest.mark.filterwarnings("ignore:.*deleted before being closed:ResourceWarning")

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "booth-client.md"


def examples() -> dict[str, str]:
    """Find the programs: by their names in the document, by their modules in docstrings."""
    text = DOCUMENT.read_text("utf-8")
    found = dict(re.findall(r"^<!-- run: (\w+) -->\n```python\n(.*?)^```", text, re.DOTALL | re.M))
    assert len(found) == text.count("```python"), "a program without a name is not run"
    for module in (booth_client, booth_client.media):
        told = inspect.getdoc(module) or ""
        (block,) = re.findall(r"::\n\n((?: {4}.*\n|\n)+)", told)
        found[module.__name__] = textwrap.dedent(block)
    return found


EXAMPLES = examples()


class Run:
    """An example, running as a program of its own."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def line(self) -> str:
        """Wait for the next line that it prints."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            return (await self.process.stdout.readline()).decode().rstrip("\n")

    async def until(self, wanted: str) -> None:
        """Wait until it prints a line."""
        while (said := await self.line()) != wanted:
            assert said or not self.process.stdout or not self.process.stdout.at_eof(), wanted

    async def ends_well(self) -> None:
        """Wait until it has ended by itself."""
        async with asyncio.timeout(PATIENCE_S):
            assert await self.process.wait() == 0


Start = Callable[..., Awaitable[Run]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start an example with its arguments; what still runs is ended after the test."""
    started: list[Process] = []

    async def begin(name: str, *arguments: str) -> Run:
        program = tmp_path / f"example_{name}.py"
        program.write_text(EXAMPLES[name], "utf-8")
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(program), *arguments, stdout=PIPE, env={"PYTHONPATH": str(ROOT)}
        )
        started.append(process)
        return Run(process)

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def token(server: RealServer) -> str:
    """The token of a recruiter's personal link."""
    return await server.invite(Role.RECRUITER, "b1")


@asynccontextmanager
async def person_at_call(server: RealServer) -> AsyncIterator[tuple[FairClient, str]]:
    """Somebody who stands in line and accepts the call, when there is one."""
    async with await server.candidate("Nguyễn Thị Lan") as phone:
        await phone.send(Join(id=phone.new_id(), booth_id="b1"))
        (turn,) = await phone.wait_for(lambda c: c.cells_of("me", OwnTicketCell), PATIENCE_S)
        yield phone, turn.ticket_id


async def accept(phone: FairClient, ticket_id: str) -> None:
    """Answer the call once it comes, and wait until both connect."""

    def is_in(state: TicketState) -> Callable[[FairClient], bool]:
        return lambda c: any(t.state is state for t in c.cells_of("me", OwnTicketCell))

    await phone.wait_for(is_in(TicketState.CALLED), PATIENCE_S)
    await phone.send(Accept(id=phone.new_id(), ticket_id=ticket_id))
    await phone.wait_for(is_in(TicketState.CONNECTING), PATIENCE_S)


async def test_the_line_is_printed_each_time_it_changes(
    server: RealServer, start: Start, token: str
) -> None:
    run = await start("line", server.url, token)
    await run.until("booth b1: in line []")
    async with person_at_call(server):
        await run.until("booth b1: in line [1]")


async def test_a_cut_line_comes_back(server: RealServer, start: Start, token: str) -> None:
    run = await start("resume", server.url, token)
    await run.until("back on socket 2, nothing missed: True")
    await run.ends_well()


async def test_a_command_is_carried_out_once_and_a_refusal_is_a_sentence(
    server: RealServer, start: Start, token: str
) -> None:
    run = await start("once", server.url, token, "b1-1")
    assert await run.line() == "carried out once: True"
    assert (await run.line()).startswith("desk_unknown - ")
    await run.ends_well()
    assert server.node.fairs[FAIR_ID].feed.projection.desks["b1-1"].state == "ready"


async def test_an_interview_is_held_and_ended(server: RealServer, start: Start, token: str) -> None:
    own = await open_own("test")
    async with person_at_call(server) as (phone, ticket_id):
        run = await start("interview", server.url, token, "b1-1")
        await accept(phone, ticket_id)
        async with InterviewMedia(phone, ticket_id, own, side=RoomSide.CANDIDATE) as media:
            await run.until(f"interview {ticket_id}: 320 x 240")
            assert media.talk.lines[0].text == "Chào bạn, tôi nghe rõ."
            assert media.heard.pictures
            await run.ends_well()
    ticket = server.node.fairs[FAIR_ID].feed.projection.tickets[ticket_id]
    assert ticket.outcome == "second_interview"
    await own.close()


async def test_a_computer_is_paired_once_and_let_in_again(
    server: RealServer, start: Start, tmp_path: Path
) -> None:
    offered = await server.node.ledger.devices.invite(FAIR_ID, "b1", "Máy bàn 1")
    kept = str(tmp_path / "kept" / "device.json")
    for code in (offered.code, "no code any more"):
        run = await start("pairing", server.url, code, kept)
        assert await run.line() == "Máy bàn 1 is let in at booth b1"
        await run.ends_well()
    run = await start("pairing", server.url, offered.code, str(tmp_path / "other.json"))
    assert (await run.line()).startswith("pairing_used - ")


async def test_a_candidates_program_takes_part(server: RealServer, start: Start) -> None:
    run = await start("candidate", server.url, FAIR_ID, "b1")
    assert await run.line() == "number 1, 0 ahead"
    await run.ends_well()


async def test_the_first_example_says_who_is_called(
    server: RealServer, start: Start, token: str
) -> None:
    run = await start("booth_client", server.url, token, "b1-1")
    await run.until("ready None")
    async with person_at_call(server) as (_, ticket_id):
        await run.until(f"calling {ticket_id}")


async def test_the_example_of_the_media_greets_whoever_is_at_the_desk(
    server: RealServer, start: Start, token: str
) -> None:
    own = await open_own("test")
    run = await start("booth_client.media", server.url, token, "b1-1")
    booth = await server.client(await server.invite(Role.RECRUITER, "b1"), "booth")
    async with booth, person_at_call(server) as (phone, ticket_id):
        await booth.send(OpenDesk(id=booth.new_id(), desk_id="b1-1"))
        await accept(phone, ticket_id)
        async with InterviewMedia(phone, ticket_id, own, side=RoomSide.CANDIDATE) as media:
            await run.until("they have read it")
            assert [line.text for line in media.talk.lines] == ["Chào bạn!"]
            await run.ends_well()
    await own.close()
