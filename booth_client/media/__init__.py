"""The media of an interview: picture, sound and words, from Python, by ``aiortc``.

The same room that the pages speak in: whoever stands at the other end sees and hears this program
as it would a browser, and an interview outlives the connections that carry it::

    async with InterviewMedia(client, ticket_id, own=await open_own("test")) as media:
        await media.wait_for(lambda now: now.heard.pictures > 0, 60)
        media.talk.write("Chào bạn!")

* ``own`` is what is sent: the computer's camera and microphone, a file, or a picture and a tone
  of its own; a device that goes away costs what it gave and nothing else,
* ``heard`` is what comes: counters always, and whoever wants the frames,
* ``talk`` holds chat, captions and what each end tells the other, without any I/O,
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
from booth_client.media.talk import ChatLine, EndState, Rung, Talk

__all__ = [
    "ChatLine",
    "EndState",
    "Heard",
    "InterviewMedia",
    "MediaState",
    "OwnMedia",
    "Rung",
    "Talk",
    "Trouble",
    "open_own",
]
