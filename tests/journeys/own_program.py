"""An employer's own program, as in the documentation of ``booth_client``: a process of its own.

``python -m tests.journeys.own_program SERVER TOKEN DESK_ID`` opens the desk, holds every interview
with the test picture and tone, answers each line of chat, and prints what it decodes, a line of
JSON at a time.
"""

from __future__ import annotations

import asyncio
import json
import sys

from booth_client import FairClient, open_session
from booth_client.media import InterviewMedia, OwnMedia, open_own
from fairserver.domain.states import DeskState
from fairserver.protocol.commands import OpenDesk
from fairserver.protocol.views import DeskCell

_AT_DESK = frozenset({DeskState.CONNECTING, DeskState.INTERVIEWING})


async def main(server: str, token: str, desk_id: str) -> None:
    """Work at one desk until the process ends."""
    session = await open_session(server, token)
    own = await open_own("test")
    async with FairClient(server, session.fair_id, session.session_token) as client:

        def desk(_: FairClient) -> DeskCell | None:
            return client.find("booth", f"desk/{desk_id}", DeskCell)

        def person(_: FairClient) -> str | None:
            cell = desk(client)
            return cell.ticket_id if cell and cell.state in _AT_DESK else None

        if (cell := desk(client)) is None or cell.state is DeskState.CLOSED:
            await client.send(OpenDesk(id=client.new_id(), desk_id=desk_id))
        print(json.dumps({"ready": True}), flush=True)
        while True:
            ticket_id = await client.wait_for(person)
            assert ticket_id is not None
            async with InterviewMedia(client, ticket_id, own) as media:
                await report(media, own)
            await client.wait_for(lambda _, was=ticket_id: person(client) != was)


async def report(media: InterviewMedia, own: OwnMedia) -> None:
    """Say how it goes until the interview is over; answer what is written."""
    answered, loudest = 0, 0.0
    while not media.is_over:
        loudest = max(loudest, media.heard.loudness)
        theirs = [line.text for line in media.talk.lines if not line.mine]
        for text in theirs[answered:]:
            media.talk.write(f"Đã nhận: {text}")
        answered = len(theirs)
        told = {
            "ticket_id": media.ticket_id,
            "state": media.state,
            "epoch": media.epoch,
            "pictures": media.heard.pictures,
            "sounds": media.heard.sounds,
            "loudest": round(loudest, 4),
            "sends": own.sends,
            "chat": theirs,
        }
        print(json.dumps(told), flush=True)
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
