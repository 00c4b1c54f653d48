"""``booth-client``: a booth's desk in a terminal."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from booth_client.pairing import DeviceFile
from booth_client.station.words import LANGUAGES, Words


def main() -> int:
    """Run the station until it is left."""
    arguments = make_parser().parse_args()
    try:
        return asyncio.run(_run(arguments))
    except ImportError as missing:
        wrong = f"{missing}; install it: pip install 'fairserver[station]'"
    except OSError as error:
        wrong = str(error)
    sys.stderr.write(f"booth-client: {wrong}\n")
    return 1


def make_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="booth-client", description="A booth's desk in a terminal, with picture and sound."
    )
    parser.add_argument("--server", default="", help="address of the server, for pairing")
    parser.add_argument("--desk", default="", help="desk of this computer, such as b01-1")
    parser.add_argument(
        "--picture",
        default="camera",
        metavar="test|camera|none|FILE",
        help="what the other side sees and hears (default: camera and microphone)",
    )
    parser.add_argument("--camera", default="", help="another camera than the first one")
    parser.add_argument("--microphone", default="", help="another microphone than the first one")
    parser.add_argument("--language", choices=LANGUAGES, default="vi")
    parser.add_argument("--device-file", type=Path, metavar="FILE", help="keep the key here")
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    # Here, so that a missing library is a sentence and not a traceback.
    from booth_client.media.own import open_own
    from booth_client.station.app import StationApp

    own = await open_own(arguments.picture, arguments.camera, arguments.microphone)
    file = DeviceFile(arguments.device_file)
    words = Words(arguments.language)
    app = StationApp(words, file, own, server=arguments.server, desk_id=arguments.desk)
    await app.run_async()
    await own.close()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
