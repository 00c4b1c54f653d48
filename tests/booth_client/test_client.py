"""The asyncio client against a small fair on a real socket, with drops, gaps and refusals."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosedOK
from websockets.utils import accept_key

from booth_client import CommandError, ConnectionEnded, FairClient
from booth_client.address import socket_url
from booth_client.backoff import Backoff
from booth_client.client import new_socket
from fairserver.domain.states import DeskState
from fairserver.protocol.answers import Delta, Error, PeerSignal, StoreStatus
from fairserver.protocol.commands import CallNext, Command
from fairserver.protocol.views import DeskCell

if TYPE_CHECKING:
    from conftest import SmallFair

Cells = dict[str, Any]
MakeDesk = Callable[..., dict[str, Any]]
#: Real seconds after which a wait in these tests is a failure and not a delay.
PATIENCE_S = 20


def connect(fair: SmallFair, **more: Any) -> FairClient:
    quick = Backoff(first_s=0.001, most_s=0.01)
    return FairClient(fair.url, "tay-ninh", "token", backoff=quick, **more)


def desk_is(state: str) -> Callable[[FairClient], bool]:
    def check(client: FairClient) -> bool:
        desk = client.find("booth", "desk/d1", DeskCell)
        return desk is not None and desk.state is DeskState(state)

    return check


def has_received(fair: SmallFair, more_than: int) -> bool:
    return len(fair.received) > more_than


@pytest.fixture(autouse=True)
async def booth(fair: SmallFair, cells: Cells) -> None:
    fair.change("booth", cells)


async def test_entering_waits_for_the_views(fair: SmallFair) -> None:
    async with connect(fair) as client:
        assert set(client.cells("booth")) == {"fair", "desk/d1"}
        assert len(client.cells_of("booth", DeskCell)) == 1
        assert client.seq("booth") == 1
        assert client.greeting is not None
        assert client.greeting.role == "recruiter"
        assert client.counters.connects == 1
        assert client.counters.frames == 2
        assert client.counters.bytes > 100
        assert client.unreadable == 0
    assert fair.authorization == ["Bearer token"]


async def test_changes_arrive_and_end_with_the_client(fair: SmallFair, a_desk: MakeDesk) -> None:
    async with connect(fair) as client:
        feed = client.changes()
        first = await anext(feed)
        assert first.snapshot
        await fair.publish("booth", {"desk/d2": a_desk("d2")}, drop=("desk/d1",))
        second = await anext(feed)
        assert second.set.keys() == {"desk/d2"}
        assert second.drop == {"desk/d1"}
        assert second.seq == 2
    assert [change async for change in feed] == []
    assert (await anext(client.changes())).snapshot


async def test_a_command_gets_its_answer(fair: SmallFair) -> None:
    async with connect(fair) as client:
        answer = await client.send(CallNext(id=client.new_id(), desk_id="d1"))
        assert answer.seq == fair.seq
    assert [type(command) for command in fair.received] == [CallNext]


async def test_a_refused_command_raises_with_code_and_hint(fair: SmallFair) -> None:
    fair.rule = lambda command: Error(
        id=command.id, code="store_away", message="bận", hint="đợi", detail={"minutes": 2}
    )
    async with connect(fair) as client:
        with pytest.raises(CommandError, match="store_away") as refused:
            await client.send(CallNext(id=client.new_id(), desk_id="d1"))
    error = refused.value
    assert (error.code, error.message, error.hint) == ("store_away", "bận", "đợi")
    assert error.detail == {"minutes": 2}
    assert error.passing


async def test_after_a_drop_the_views_resume_where_they_were(
    fair: SmallFair, a_desk: MakeDesk
) -> None:
    async with connect(fair) as client:
        fair.abort_all()
        fair.change("booth", {"desk/d1": a_desk(state="paused")})
        await client.wait_for(desk_is("paused"), PATIENCE_S)
        assert client.counters.connects == 2
    assert [hello.views for hello in fair.hellos] == [{"booth": None}, {"booth": 1}]


@pytest.mark.parametrize("code", [1001, 1011, 4008])
async def test_it_comes_back_after_every_ordinary_close(fair: SmallFair, code: int) -> None:
    async with connect(fair) as client:
        await fair.close_all(code)
        await client.wait_for(lambda c: c.counters.connects == 2 and c.connected, PATIENCE_S)


async def test_a_lost_answer_is_asked_for_again_with_the_same_id(fair: SmallFair) -> None:
    carried_out = []

    def rule(command: Command) -> None:
        carried_out.append(command.id)

    answering, fair.rule = fair.rule, rule
    async with connect(fair) as client:
        sending = asyncio.create_task(client.send(CallNext(id="one", desk_id="d1")))
        await fair.until(lambda: carried_out == ["one"])
        fair.rule = answering
        fair.abort_all()
        await asyncio.wait_for(sending, PATIENCE_S)
    assert [command.id for command in fair.received] == ["one", "one"]


async def test_a_command_sent_while_the_line_is_down_goes_out_later(fair: SmallFair) -> None:
    async with connect(fair) as client:
        client.cut(pause_s=0.05)
        await client.wait_for(lambda c: not c.connected, PATIENCE_S)
        await client.send(CallNext(id="one", desk_id="d1"), PATIENCE_S)
        assert client.counters.connects == 2
    assert [command.id for command in fair.received] == ["one"]


async def test_many_commands_across_many_drops_are_each_answered_once(fair: SmallFair) -> None:
    async with connect(fair) as client:
        sending = [
            asyncio.create_task(client.send(CallNext(id=f"c{n}", desk_id="d1"), PATIENCE_S))
            for n in range(60)
        ]
        for drop in range(5):
            await fair.until(partial(has_received, fair, drop * 10))
            fair.abort_all()
        answers = await asyncio.gather(*sending)
    assert [answer.id for answer in answers] == [f"c{n}" for n in range(60)]
    assert len(fair.done) == 60


async def test_a_command_without_an_answer_times_out_and_is_forgotten(fair: SmallFair) -> None:
    answering, fair.rule = fair.rule, lambda _: None
    async with connect(fair) as client:
        with pytest.raises(TimeoutError):
            await client.send(CallNext(id="one", desk_id="d1"), 0.01)
        fair.rule = answering
        client.cut()
        await client.send(CallNext(id="two", desk_id="d1"), PATIENCE_S)
    assert [command.id for command in fair.received].count("one") <= 1


async def test_a_gap_is_filled_by_resuming(fair: SmallFair, a_desk: MakeDesk) -> None:
    async with connect(fair) as client:
        fair.change("booth", {"desk/d2": a_desk("d2")})
        await fair.publish("booth", {"desk/d1": a_desk(state="paused")})
        await client.wait_for(desk_is("paused"), PATIENCE_S)
        assert set(client.cells("booth")) == {"fair", "desk/d1", "desk/d2"}
        assert client.counters.resyncs == 1
        assert client.counters.connects == 1


async def test_a_server_that_no_longer_has_the_deltas_sends_a_snapshot(
    fair: SmallFair, a_desk: MakeDesk
) -> None:
    async with connect(fair) as client:
        fair.abort_all()
        fair.change("booth", {"desk/d9": a_desk("d9")}, drop=("desk/d1",))
        fair.oldest = fair.seq
        await client.wait_for(lambda c: "desk/d9" in c.cells("booth"), PATIENCE_S)
        assert set(client.cells("booth")) == {"fair", "desk/d9"}


async def test_views_can_be_added_and_dropped(fair: SmallFair, cells: Cells) -> None:
    fair.change("hall", {"fair": cells["fair"]})
    async with connect(fair) as client:
        await client.watch("hall")
        assert set(client.cells("hall")) == {"fair"}
        await client.unwatch("hall")
        assert client.cells("hall") == {}
        client.cut()
        await client.wait_for(lambda c: c.counters.connects == 2 and c.connected, PATIENCE_S)
    assert fair.hellos[-1].views.keys() == {"booth"}


async def test_signals_and_the_stores_absence_are_handed_on(fair: SmallFair) -> None:
    heard: list[PeerSignal] = []
    signal = PeerSignal(ticket_id="t1", peer="page-one", epoch=1, kind="offer", sdp="v=0")
    async with connect(fair) as client:
        stop = client.listen(heard.append)
        await fair.say(signal)
        await fair.say(StoreStatus(state="away"))
        await client.wait_for(lambda c: c.store_away, PATIENCE_S)
        await fair.say(StoreStatus(state="ok"))
        await client.wait_for(lambda c: not c.store_away, PATIENCE_S)
        stop()
        await fair.say(signal)
        await fair.say(StoreStatus(state="away"))
        await client.wait_for(lambda c: c.store_away, PATIENCE_S)
    assert heard == [signal]


async def test_waiting_for_what_does_not_come_times_out(fair: SmallFair) -> None:
    async with connect(fair) as client:
        with pytest.raises(TimeoutError):
            await client.wait_for(desk_is("paused"), 0.01)


@pytest.mark.parametrize("code", [4400, 4401])
async def test_a_final_close_ends_everything_that_waits(fair: SmallFair, code: int) -> None:
    fair.rule = lambda _: None
    async with connect(fair) as client:
        feed = client.changes()
        await anext(feed)
        sending = asyncio.create_task(client.send(CallNext(id="one", desk_id="d1")))
        waiting = asyncio.create_task(client.wait_for(desk_is("paused")))
        await fair.until(lambda: fair.received)
        await fair.close_all(code)
        for task in (sending, waiting):
            with pytest.raises(ConnectionEnded) as ended:
                await asyncio.wait_for(task, PATIENCE_S)
            assert ended.value.close_code == code
        assert [change async for change in feed] == []
        with pytest.raises(ConnectionEnded):
            await client.send(CallNext(id="two", desk_id="d1"))
    assert len(fair.hellos) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refused_handshake_is_final(fair: SmallFair, status: int) -> None:
    fair.refuse = (status, {})
    with pytest.raises(ConnectionEnded, match=str(status)) as ended:
        async with connect(fair):
            pass
    assert ended.value.close_code == status


async def test_a_full_node_is_tried_again(fair: SmallFair) -> None:
    fair.refuse = (503, {"Retry-After": "0"})
    client = connect(fair)
    entering = asyncio.create_task(client.__aenter__())
    await fair.until(lambda: len(fair.authorization) >= 3)
    fair.refuse = None
    await asyncio.wait_for(entering, PATIENCE_S)
    await client.close()


async def test_a_hello_refused_for_a_moment_is_said_again(fair: SmallFair) -> None:
    def once(hello: Any) -> Error | None:
        later = len(fair.hellos) > 2
        return None if later else Error(id=hello.id, code="store_away", message="bận")

    fair.hello_rule = once
    async with connect(fair) as client:
        assert client.counters.connects == 3


async def test_a_hello_refused_for_good_ends_the_client(fair: SmallFair) -> None:
    fair.hello_rule = lambda hello: Error(id=hello.id, code="not_permitted", message="không được")
    with pytest.raises(ConnectionEnded, match="không được"):
        async with connect(fair):
            pass


async def test_a_stray_delta_for_another_view_harms_nothing(fair: SmallFair) -> None:
    async with connect(fair) as client:
        for socket in fair.sockets:
            fair.sockets[socket].add("hall")
        await fair.say(Delta(view="hall", from_seq=8, seq=9, set={}))
        await client.send(CallNext(id="one", desk_id="d1"), PATIENCE_S)
        assert client.counters.resyncs == 0


async def test_a_close_between_the_parts_of_a_message_is_an_ordinary_one() -> None:
    answers: asyncio.Queue[bytes] = asyncio.Queue()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", asked)
        assert key is not None
        accept = accept_key(key[1].decode())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept.encode() + b"\r\n\r\n"
        )
        writer.write(b"\x01\x01a" + b"\x88\x02" + (1000).to_bytes(2, "big"))
        head, mask = await reader.readexactly(2), await reader.readexactly(4)
        assert head == b"\x88\x82", "no close with two bytes"
        code = await reader.readexactly(2)
        answers.put_nowait(bytes(a ^ b for a, b in zip(code, mask, strict=False)))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, new_socket(f"ws://127.0.0.1:{port}/") as socket:
        with pytest.raises(ConnectionClosedOK):
            await socket.recv()
    assert int.from_bytes(answers.get_nowait(), "big") == 1000


def test_the_sockets_address_follows_the_servers() -> None:
    assert socket_url("http://127.0.0.1:8080", "a") == "ws://127.0.0.1:8080/ws/a"
    assert socket_url("https://fair.example/x/", "a") == "wss://fair.example/x/ws/a"
    with pytest.raises(ValueError, match="ftp"):
        socket_url("ftp://fair.example", "a")
