"""What the station says, from the catalogue files beside this one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

LANGUAGES = ("vi", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Read the words of one language."""
    raw = (files("booth_client.station") / "words" / f"{language}.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, str])


class Words:
    """Say things in one language; ``switch`` goes on to the next."""

    def __init__(self, language: str = "vi") -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """Return the words under a key, with its values filled in."""
        return catalogue(self.language)[key].format(**values)

    def switch(self) -> None:
        """Go on to the next language."""
        at = LANGUAGES.index(self.language)
        self.language = LANGUAGES[(at + 1) % len(LANGUAGES)]
