"""The sentences for error codes, in the user's language, from the catalogue files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from fairserver.protocol.answers import Error
from fairserver.protocol.errors import Code

LANGUAGES = ("vi", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Read the sentences of one language; Vietnamese for any other."""
    name = language if language in LANGUAGES else "vi"
    raw = (files("fairserver.protocol") / "words" / f"{name}.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, str])


def error_message(code: Code, language: str, command_id: str | None = None, **detail: Any) -> Error:
    """Make the answer for a code: what was wrong, and what would be right."""
    words = catalogue(language)
    return Error(
        id=command_id,
        code=code.value,
        message=_filled(words[f"{code.value}.message"], detail),
        hint=_filled(words[f"{code.value}.hint"], detail),
        detail=detail,
    )


def _filled(sentence: str, detail: dict[str, Any]) -> str:
    for name, value in detail.items():
        sentence = sentence.replace("{" + name + "}", str(value))
    return sentence


def pick_language(accepted: str) -> str:
    """Choose ``vi`` or ``en`` from an ``Accept-Language`` header; Vietnamese when neither."""
    for part in accepted.lower().split(","):
        name = part.split(";")[0].strip()[:2]
        if name in LANGUAGES:
            return name
    return "vi"
