"""A fair with vacancies, for the tests of what helps people choose and understand."""

from __future__ import annotations

from pathlib import Path

from msgspec import json, structs

from fairserver.domain.states import Role
from tests.fair_text import BoothText, write_fair
from tests.web.support import PATIENT, Person, Server, Servers, Socket

_EMPLOYER = """[booths.employer]
name = "{name}"
tax_code = "{tax_code}"
ownership = "private"
address = "Phường Long An, tỉnh Tây Ninh"
industry_code = "C"
industry_version = "vsic_2025"
main_product = "Hàng mẫu"
size = "101_200"
contact = {{ full_name = "Người Liên Hệ", phone = "0912345678" }}

[[booths.vacancies]]
vacancy_id = "{booth_id}-v1"
title = {{ vi = "{title}" }}
openings = 5
description = "Làm theo ca của xưởng."
education_level = "lower_secondary"
technical_level = "none"
workplace = {{ place = "Phường Long An", province_code = "{province}" }}
wage_unit = "month"
wage_min = 7_000_000
wage_max = {wage}
{more}
"""
#: Two firms that sew, the second one far away and for the young, and one that assembles.
_FIRMS = {
    "b1": ("May Một", "1199900002", "Công nhân may", "80", 9_000_000, "shift_required = true"),
    "b2": ("May Hai", "1199900404", "Công nhân may mũ giày", "82", 11_000_000, "age_to = 30"),
    "b3": (
        "Điện tử Ba",
        "1199900475",
        "Lắp ráp điện tử",
        "80",
        12_000_000,
        'work_conditions = { lifting = "over_20kg", sight = "small_objects" }',
    ),
}


def write_jobs_fair(path: Path, fair_id: str) -> None:
    """Write the tests' fair with an employer and a vacancy at each booth."""
    desks = [BoothText(booth_id, "online", [f"{booth_id}-1"]) for booth_id in _FIRMS]
    write_fair(path, fair_id, PATIENT, desks)
    text = path.read_text("utf-8").replace('"advice"', '"employer"')
    head, *booths = text.split("[booths.employer]")
    parts = [head]
    for (booth_id, firm), booth in zip(_FIRMS.items(), booths, strict=True):
        name, tax_code, title, province, wage, more = firm
        employer = _EMPLOYER.format(
            booth_id=booth_id,
            name=name,
            tax_code=tax_code,
            title=title,
            province=province,
            wage=wage,
            more=more,
        )
        _, _, next_booth = booth.partition("[[booths]]")
        parts.append(employer + (f"\n[[booths]]{next_booth}" if next_booth else ""))
    path.write_text("".join(parts), encoding="utf-8")


async def jobs_server(servers: Servers, folder: Path, fair_id: str) -> Server:
    """Start a node with the fair of employers."""
    write_jobs_fair(folder / "fair.toml", fair_id)
    return await servers.start()


async def caught_up(server: Server) -> None:
    """Wait until the node has read every event there is."""
    feed = server.node.fairs[server.fair_id].feed
    await feed.reached(await server.live.seq(), 10)
    assert feed.projection.seq >= await server.live.seq()


async def joined(server: Server, booth_id: str) -> tuple[Person, Socket, str]:
    """Let somebody who is there stand in a line; gives the ticket too."""
    person, socket = await server.newcomer()
    ticket_id = (await socket.do("join", booth_id=booth_id))["ticket_id"]
    return person, socket, ticket_id


async def stranger(server: Server) -> str:
    """Sign somebody in who organises another fair; gives the token."""
    plan = structs.replace(server.node.fairs[server.fair_id].plan, fair_id="elsewhere")
    await server.node.ledger.fairs.put("elsewhere", json.encode(plan), "digest")
    invited = await server.node.ledger.staff.invite("elsewhere", Role.ORGANISER, None, "Người lạ")
    reply = await server.post("/api/sessions", {"token": invited.token, "bearer": True})
    assert reply.status == 200, reply.body
    return str(reply.json["session_token"])
