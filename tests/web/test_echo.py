"""The echo over HTTP: who may try, how often, and what is said when it is full."""

from __future__ import annotations

from typing import Any

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack

from fairserver.domain.states import Role
from fairserver.settings import EchoSettings
from fairserver.web.permissions import ACTS, Act
from tests.web.support import Person, Server, Servers


async def terms(server: Server, person: Person) -> tuple[int, dict[str, Any]]:
    """Ask whether there is a place."""
    reply = await server.get(f"{server.fair_url}/echo", token=person.token)
    return reply.status, reply.json


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
async def test_only_who_may_try_reaches_the_echo(server: Server, role: Role) -> None:
    if role is Role.CANDIDATE:
        person = await server.candidate()
    else:
        of_a_booth = role in (Role.RECRUITER, Role.GUEST)
        person = await server.staff(role, "b1" if of_a_booth else None)
    status, body = await terms(server, person)
    posted = await server.post(f"{server.fair_url}/echo", {"sdp": "v=0"}, token=person.token)
    if role.value in ACTS[Act.ECHO]:
        assert status == 200
        assert body == {"ice_servers": [{"urls": ["stun:127.0.0.1:3478"]}], "seconds": 20}
        assert posted.json["code"] == "malformed"
    else:
        assert (status, body["code"], posted.json["code"]) == (403, *["not_permitted"] * 2)


async def test_nobody_tries_from_a_foreign_page_or_without_being_signed_in(server: Server) -> None:
    person = await server.candidate()
    for headers in ({"Origin": "https://elsewhere.example"}, {"X-Fair": ""}):
        reply = await server.post(
            f"{server.fair_url}/echo", {"sdp": "v=0"}, token=person.token, headers=headers
        )
        assert reply.json["code"] == "not_permitted"
    reply = await server.post(f"{server.fair_url}/echo", {"sdp": "v=0"})
    assert reply.status == 401


async def test_a_picture_comes_back_and_the_next_person_hears_when_to_try(
    servers: Servers,
) -> None:
    server = await servers.start(echo=EchoSettings(places=1, seconds=60))
    first, second = await server.candidate(), await server.candidate()
    phone = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    came: list[Any] = []
    phone.on("track", came.append)
    phone.addTrack(VideoStreamTrack())
    await phone.setLocalDescription(await phone.createOffer())
    offer = {"sdp": phone.localDescription.sdp}
    reply = await server.post(f"{server.fair_url}/echo", offer, token=first.token)
    assert reply.status == 200, reply.body
    await phone.setRemoteDescription(RTCSessionDescription(sdp=reply.json["sdp"], type="answer"))
    await came[0].recv()
    status, body = await terms(server, second)
    assert (status, body["code"]) == (503, "echo_full")
    assert 0 < body["detail"]["again_s"] <= 60
    assert str(body["detail"]["again_s"]) in body["hint"]
    reply = await server.post(f"{server.fair_url}/echo", offer, token=second.token)
    assert reply.json["code"] == "echo_full"
    await phone.close()


async def test_who_tries_without_end_is_told_to_wait(servers: Servers) -> None:
    server = await servers.start(echo=EchoSettings(places=0))
    person = await server.candidate()
    codes = []
    for _ in range(8):
        reply = await server.post(f"{server.fair_url}/echo", {"sdp": "v=0"}, token=person.token)
        codes.append(reply.json["code"])
    assert codes[0] == "echo_away"
    assert codes[-1] == "too_fast"
