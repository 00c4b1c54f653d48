"""Make the recorded voice anew from the Vietnamese catalogue: ``python static/reading/record.py``.

Needs espeak-ng on the PATH (Debian: ``apt install espeak-ng``) and PyAV, which aiortc brings.
Every piece is what stands between two placeholders of a sentence, or a word of a number; files
that no sentence needs any more are removed.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av

HERE = Path(__file__).resolve().parent
#: Words a minute: slower than speech among friends.
SPEED = 150
#: Bits a second of mono speech at 22 050 Hz.
RATE = 24_000


def pieces() -> Iterator[tuple[str, str]]:
    """Name every piece with its words, as ``pieces.js`` asks for them."""
    words = json.loads((HERE / "words" / "vi.json").read_text(encoding="utf-8"))
    for key, text in words.items():
        if key.startswith(("read.say.", "read.n.")):
            for index, part in enumerate(re.split(r"\{\w+\}", text)):
                if re.search(r"[^\W\d_]", part):
                    yield f"{key.removeprefix('read.')}-{index}", part.strip(" .,")


def spoken(text: str) -> bytes:
    """Let espeak-ng say it; a WAV file."""
    command = ["espeak-ng", "-v", "vi", "-s", str(SPEED), "--stdout", text]
    return subprocess.run(command, check=True, capture_output=True).stdout


def compressed(wav: bytes) -> bytes:
    """Turn a WAV into an MP3, which every browser decodes."""
    out = io.BytesIO()
    with av.open(io.BytesIO(wav)) as source, av.open(out, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=22_050, layout="mono")
        stream.bit_rate = RATE
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=22_050)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return out.getvalue()


def main() -> None:
    """Write every piece, and remove what is none."""
    folder = HERE / "voice"
    folder.mkdir(exist_ok=True)
    made = dict(pieces())
    for path in folder.glob("*.mp3"):
        if path.stem not in made:
            path.unlink()
    for name, text in made.items():
        (folder / f"{name}.mp3").write_bytes(compressed(spoken(text)))


if __name__ == "__main__":
    main()
