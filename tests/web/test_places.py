"""Searching for a commune over HTTP while the entry form is filled in."""

from __future__ import annotations

import pytest

from tests.web.support import Server, Servers


async def test_a_commune_is_found_by_its_old_name(server: Server) -> None:
    reply = await server.post(f"{server.fair_url}/communes", {"search": "my khanh phong dien"})
    assert reply.status == 200
    assert reply.json == [
        {
            "text": "Phường An Bình, Cần Thơ",
            "former": "Xã Mỹ Khánh, Huyện Phong Điền, Cần Thơ",
        }
    ]


@pytest.mark.parametrize("body", [{}, {"search": 5}, {"search": "tân", "near": "80"}, []])
async def test_another_question_is_refused(server: Server, body: object) -> None:
    reply = await server.post(f"{server.fair_url}/communes", body)
    assert (reply.status, reply.json["code"]) == (400, "malformed")


async def test_one_address_may_not_ask_for_ever(servers: Servers) -> None:
    server = await servers.start(limits={"registrations_per_second": 1})
    while (
        reply := await server.post(f"{server.fair_url}/communes", {"search": "q"})
    ).status == 200:
        pass
    assert (reply.status, reply.json["code"]) == (429, "too_fast")
