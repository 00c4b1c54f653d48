"""Frames that are no commands: an error that says what is wrong, and nothing else happens."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import aiohttp
import pytest

from fairserver.protocol.answers import CloseCode
from tests.web.support import Server, Servers, Socket


@pytest.fixture
async def socket(server: Server) -> Socket:
    _, socket = await server.newcomer()
    return socket


async def test_what_is_no_json_is_malformed(socket: Socket) -> None:
    error = await socket.unnamed_error('{"type": "ping", ')
    assert (error["code"], error["id"]) == ("malformed", None)
    assert error["message"]
    assert error["hint"]
    await socket.do("ping")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "dance"}, "unknown_command"),
        ({}, "malformed"),
        ({"type": 5}, "malformed"),
        ({"type": "join"}, "malformed"),
        ({"type": "join", "booth_id": 5}, "malformed"),
        ({"type": "join", "booth_id": "B 1"}, "malformed"),
        ({"type": "join", "booth_id": "b1", "extra": 1}, "malformed"),
        ({"type": "accept", "ticket_id": "t-1"}, "malformed"),
        ({"type": "finish", "ticket_id": "t1", "outcome": "promoted"}, "malformed"),
        ({"type": "hello", "views": {"secret": None}}, "malformed"),
        ({"type": "enter_room", "ticket_id": "t1", "peer": "x"}, "malformed"),
    ],
)
async def test_a_wrong_command_gets_an_error_with_its_id(
    socket: Socket, frame: dict[str, Any], code: str
) -> None:
    await socket.send(json.dumps({**frame, "id": "mine"}))
    await socket.until(lambda: socket.answers["mine"])
    (answer,) = socket.answers["mine"]
    assert (answer["type"], answer["code"]) == ("error", code)
    await socket.do("ping")


async def test_an_id_that_is_none_gets_an_error(socket: Socket) -> None:
    for frame in ({"type": "ping"}, {"type": "ping", "id": 5}):
        assert (await socket.unnamed_error(json.dumps(frame)))["code"] == "malformed"
    await socket.do("ping")


async def test_binary_frames_are_read_like_text_and_garbage_is_malformed(socket: Socket) -> None:
    await socket.send(b'{"type":"ping","id":"binary"}')
    await socket.until(lambda: socket.answers["binary"])
    assert socket.answers["binary"][0]["type"] == "ok"
    for garbage in (os.urandom(200), b"\xff\xfe{}", b"\x00" * 10):
        assert (await socket.unnamed_error(garbage))["code"] == "malformed"
        await socket.do("ping")


@pytest.mark.parametrize("name", ["views", "other"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
async def test_a_frame_nested_without_end_is_malformed(
    socket: Socket, name: str, opening: str
) -> None:
    frame = f'{{"{name}":{opening * 2500}'
    assert (await socket.unnamed_error(frame))["code"] == "malformed"
    await socket.do("ping")


async def test_text_that_is_not_utf8_closes_the_socket(server: Server) -> None:
    person = await server.candidate()
    socket = await server.socket(person)
    await socket.ws._writer.send_frame(b'{"type":"ping","id":"\xff\xfe"}', aiohttp.WSMsgType.TEXT)
    assert await socket.close_code() == 1007


async def test_a_long_frame_is_too_large_and_the_socket_stays(socket: Socket) -> None:
    error = await socket.unnamed_error(json.dumps({"type": "ping", "pad": "x" * 20_000}))
    assert error["code"] == "too_large"
    assert error["detail"] == {"size": 20_027, "limit": 16_384}
    await socket.do("ping")


async def test_a_frame_beyond_all_measure_is_not_even_read(socket: Socket) -> None:
    await socket.send("x" * 70_000)
    assert await socket.close_code() == 1009


async def test_three_malformed_frames_in_a_row_show_a_client_out(socket: Socket) -> None:
    for _ in range(3):
        await socket.send("nonsense")
    assert await socket.close_code() == CloseCode.MALFORMED
    assert len(socket.answers[None]) == 3


async def test_a_good_command_in_between_forgives(socket: Socket) -> None:
    for _ in range(4):
        for _ in range(2):
            await socket.unnamed_error("nonsense")
        await socket.do("ping")


async def test_too_many_commands_at_once_are_too_fast_and_change_nothing(servers: Servers) -> None:
    server = await servers.start(limits={"commands_per_second": 1, "commands_burst": 10})
    _, socket = await server.newcomer()
    await asyncio.gather(
        *(
            socket.send(json.dumps({"type": "join", "id": f"j{n}", "booth_id": "b1"}))
            for n in range(12)
        )
    )
    await socket.until(lambda: all(socket.answers[f"j{n}"] for n in range(12)))
    codes = [socket.answers[f"j{n}"][0].get("code", "ok") for n in range(12)]
    assert codes[0] == "ok"
    assert codes.count("too_fast") >= 6
    assert (await server.live.news(0)).count("ticket_issued") == 1


async def test_one_clients_flood_does_not_slow_another(servers: Servers) -> None:
    server = await servers.start(limits={"commands_per_second": 1, "commands_burst": 10})
    _, flood = await server.newcomer()
    _, calm = await server.newcomer()
    for number in range(200):
        await flood.send(json.dumps({"type": "ping", "id": f"f{number}"}))
    await calm.do("ping")


async def test_errors_come_in_the_clients_language(server: Server) -> None:
    person = await server.candidate()
    messages = {}
    for language in ("vi", "en"):
        socket = await server.socket(person, None)
        await socket.do("hello", views={}, language=language)
        answer = await socket.ask("join", booth_id="b9")
        messages[language] = answer["message"]
        assert answer["code"] == "booth_unknown"
    assert messages["vi"] != messages["en"]
