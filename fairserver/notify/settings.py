"""The settings of web push, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from fairserver.domain.fair_walk import Fault, show

_Path = Annotated[str, Meta(min_length=1, max_length=4000, description="a path in quotes")]
_Url = Annotated[str, Meta(max_length=2000)]

_MAIL = re.compile(r"mailto:[^@\s]+@[\w-]+(\.[\w-]+)+")


class PushSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Web push: the notice on a phone whose page is not in front."""

    #: False: no phone is offered it.
    enabled: bool = True
    #: File with the private P-256 key in PEM; unset: ``push-key.pem`` in the data folder, made
    #: at the first start. Nodes of one store share one file.
    key_file: _Path | None = None
    #: Who answers for the messages, told to the push services: ``mailto:…`` or ``https://…``;
    #: unset: the public address.
    contact: _Url | None = None
    #: Origins of push services of one's own, which may be inside this network.
    own_services: list[_Url] = []

    @property
    def own_origins(self) -> frozenset[str]:
        """The own push services' origins as a set."""
        return frozenset(origin.rstrip("/") for origin in self.own_services)


def contact_of(push: PushSettings, base_url: str) -> str:
    """Give the contact for push services; the public address without its port by default."""
    host = urlsplit(base_url).hostname or "localhost"
    return push.contact or f"https://{host}"


def check_push(push: PushSettings, *, production: bool) -> Iterator[Fault]:
    """Find what cannot be meant."""
    if push.contact is not None and not _is_contact(push.contact):
        right = "write mailto:somebody@example.vn or https://example.vn"
        yield Fault("push.contact", f"{show(push.contact)} is no contact", right)
    for index, origin in enumerate(push.own_services):
        key, parts = f"push.own_services[{index}]", urlsplit(origin.rstrip("/"))
        plain = bool(parts.path or parts.query or parts.fragment or parts.username)
        if parts.scheme not in ("http", "https") or not parts.hostname or plain:
            right = "write https://host or https://host:port, without a path"
            yield Fault(key, f"{show(origin)} is no origin", right)
        elif production and parts.scheme != "https":
            yield Fault(key, "must be https in production", "write https://…")


def _is_contact(text: str) -> bool:
    parts = urlsplit(text)
    is_page = parts.scheme == "https" and bool(parts.hostname) and parts.port is None
    return bool(_MAIL.fullmatch(text)) or is_page
