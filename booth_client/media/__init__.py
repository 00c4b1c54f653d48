"""The media of an interview: picture, sound and words, from Python, by ``aiortc``.

The same room that the pages speak in: whoever stands at the other end sees and hears this program
as it would a browser, and an interview outlives the connections that carry it. Greet whoever is
interviewed at a desk::

    import asyncio
    import sys

    from booth_client import FairClient, open_session
    from booth_client.media import InterviewMedia, open_own
    from fairserver.domain.states import DeskState
    from fairserver.protocol.views import DeskCell


    async def main(server: str, token: str, desk_id: str) -> None:
        def person(client: FairClient) -> str | None:
            desk = client.find("booth", f"desk/{desk_id}", DeskCell)
            met = desk and desk.state in (DeskState.CONNECTING, DeskState.INTERVIEWING)
            return desk.ticket_id if desk and met else None

        session = await open_session(server, token)
        own = await open_own("test")
        async with FairClient(server, session.fair_id, session.session_token) as client:
            ticket_id = await client.wait_for(person)
            async with InterviewMedia(client, ticket_id, own) as media:
                await media.wait_for(lambda now: now.heard.pictures and now.heard.sounds)
                media.talk.write("Chào bạn!")
                await media.wait_for(lambda now: now.talk.lines[0].arrived)
                print("they have read it", flush=True)
        await own.close()


    asyncio.run(main(*sys.argv[1:]))

* ``own`` is what is sent: the computer's camera and microphone, a file, or a picture and a tone
  of its own; a device that goes away costs what it gave and nothing else,
* ``heard`` is what comes: counters always, and whoever wants the frames,
* ``talk`` holds chat, captions and what each end tells the other, without any I/O,
* ``recorder`` records it, only while everybody has agreed,
* ``connection`` is one connection, ``interview`` the room over all of them,
* ``blocks`` draws a picture with characters, ``speaker`` plays the sound on this computer.

Importing this package needs ``aiortc``; the rest of ``booth_client`` does not.
"""

try:
    import aiortc as _aiortc  # noqa: F401 - asked for here, so that the answer is a sentence
except ImportError as _missing:
    raise ImportError(
        "booth_client.media needs aiortc for picture and sound: pip install 'aiortc>=1.16,<2'"
    ) from _missing

from booth_client.media.heard import Heard
from booth_client.media.interview import InterviewMedia, MediaState
from booth_client.media.own import OwnMedia, Trouble, open_own
from booth_client.media.recorder import InterviewRecorder
from booth_client.media.talk import ChatLine, EndState, Rung, Talk

__all__ = [
    "ChatLine",
    "EndState",
    "Heard",
    "InterviewMedia",
    "InterviewRecorder",
    "MediaState",
    "OwnMedia",
    "Rung",
    "Talk",
    "Trouble",
    "open_own",
]
