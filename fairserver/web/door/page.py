"""The page that explains how a phone or a laptop comes to trust the local authority."""

from __future__ import annotations

import html
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

import msgspec

from fairserver.tls.authority import Authority

_DEVICES: Final = ("android", "iphone", "computer")


def trust_page(language: str, *, authority: Authority, open_url: str, agent: str) -> str:
    """Write the page in a language; ``agent`` opens the steps of the device that asks."""
    other = "en" if language == "vi" else "vi"
    device = _device(agent)
    facts = {
        "language": language,
        "other": other,
        "name": authority.name,
        "ends": f"{authority.ends:%d/%m/%Y}",
        "fingerprint": authority.fingerprint,
        "url": open_url,
    }
    opened = {f"{name}_open": "open" if name == device else "" for name in _DEVICES}
    safe = {key: html.escape(value) for key, value in facts.items()}
    words = {key: _filled(text, safe) for key, text in _words(language).items()}
    lists = {key: _items(words, key) for key in (*_DEVICES, "remove")}
    return _template().substitute({**words, **lists, **safe, **opened})


def _device(agent: str) -> str:
    if "iPhone" in agent or "iPad" in agent:
        return "iphone"
    return "android" if "Android" in agent else "computer"


def _items(words: dict[str, str], group: str) -> str:
    """Write the numbered sentences of a group as the entries of a list."""
    steps = [text for key, text in words.items() if key.startswith(f"{group}_step_")]
    return "".join(f"<li>{text}</li>" for text in steps)


def _filled(text: str, facts: dict[str, str]) -> str:
    """Put facts into a sentence, and what stands between asterisks in bold."""
    pieces = html.escape(text, quote=False).split("*")
    marked = "".join(f"<b>{piece}</b>" if n % 2 else piece for n, piece in enumerate(pieces))
    for name, value in facts.items():
        marked = marked.replace("{" + name + "}", value)
    return marked


@cache
def _words(language: str) -> dict[str, str]:
    raw = (files("fairserver.web.door") / "words" / f"{language}.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, str])


@cache
def _template() -> Template:
    return Template((files("fairserver.web.door") / "trust.html").read_text(encoding="utf-8"))
