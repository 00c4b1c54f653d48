"""The settings of web push and of webhooks, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from fairserver.domain.fair_walk import Fault, show
from fairserver.notify.targets import ANYWHERE, PUSH_SERVICES, is_host_pattern

_Path = Annotated[str, Meta(min_length=1, max_length=4000, description="a path in quotes")]
_Url = Annotated[str, Meta(max_length=2000)]
_Host = Annotated[str, Meta(max_length=255)]

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
    #: Hosts of the push services that are written to; ``*.`` stands for every name below one.
    services: list[_Host] = msgspec.field(default_factory=lambda: list(PUSH_SERVICES))
    #: Origins of push services of one's own, which may be inside this network.
    own_services: list[_Url] = []

    @property
    def own_origins(self) -> frozenset[str]:
        """The own push services' origins as a set."""
        return frozenset(origin.rstrip("/") for origin in self.own_services)


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Telling employers' own systems what happened at their booths."""

    #: Hosts of the receivers that are written to, public and by https on its own port; ``*.``
    #: stands for every name below one, ``*`` for every public name. Unset: ``*`` for a try, and
    #: nobody in production.
    receivers: list[_Host] | None = None
    #: Origins of receivers that may be inside this network or without https.
    own_receivers: list[_Url] = []
    #: Seconds that a receiver may take to answer.
    answer_s: Annotated[float, Meta(ge=0.1, le=60)] = 10.0
    #: Tries of one message before it is given up, and the waits between them: the first, doubled
    #: each time, up to the longest, in seconds. Of each a random part is waited.
    tries: Annotated[int, Meta(ge=1, le=50)] = 12
    first_wait_s: Annotated[float, Meta(ge=0.01, le=600)] = 5.0
    longest_wait_s: Annotated[float, Meta(ge=0.01, le=86_400)] = 3600.0

    @property
    def own_origins(self) -> frozenset[str]:
        """The own receivers' origins as a set."""
        return frozenset(origin.rstrip("/") for origin in self.own_receivers)

    @property
    def hosts(self) -> Sequence[str]:
        """The hosts of receivers that are written to, besides the own ones."""
        return (ANYWHERE,) if self.receivers is None else self.receivers

    def decided(self, *, production: bool) -> WebhookSettings:
        """Give the settings with the receivers named: in production nobody whom no one named."""
        if self.receivers is None and production:
            return msgspec.structs.replace(self, receivers=[])
        return self


def contact_of(push: PushSettings, base_url: str) -> str:
    """Give the contact for push services; the public address without its port by default."""
    host = urlsplit(base_url).hostname or "localhost"
    return push.contact or f"https://{host}"


def check_push(push: PushSettings, *, production: bool) -> Iterator[Fault]:
    """Find what cannot be meant."""
    if push.contact is not None and not _is_contact(push.contact):
        right = "write mailto:somebody@example.vn or https://example.vn"
        yield Fault("push.contact", f"{show(push.contact)} is no contact", right)
    yield from _check_hosts("push.services", push.services)
    yield from _check_origins("push.own_services", push.own_services)
    for index, origin in enumerate(push.own_services):
        if production and origin.startswith("http:"):
            key = f"push.own_services[{index}]"
            yield Fault(key, "must be https in production", "write https://…")


def check_webhooks(webhooks: WebhookSettings) -> Iterator[Fault]:
    """Find what cannot be meant."""
    yield from _check_hosts("webhooks.receivers", webhooks.receivers or [])
    yield from _check_origins("webhooks.own_receivers", webhooks.own_receivers)


def _check_hosts(key: str, hosts: list[str]) -> Iterator[Fault]:
    right = "write a name such as ats.example.vn, *.example.vn for all below it, or *"
    for index, host in enumerate(hosts):
        if not is_host_pattern(host):
            yield Fault(f"{key}[{index}]", f"{show(host)} is no public name of a host", right)


def _check_origins(key: str, origins: list[str]) -> Iterator[Fault]:
    right = "write https://host or https://host:port, without a path"
    for index, origin in enumerate(origins):
        parts = urlsplit(origin.rstrip("/"))
        plain = bool(parts.path or parts.query or parts.fragment or parts.username)
        if parts.scheme not in ("http", "https") or not parts.hostname or plain:
            yield Fault(f"{key}[{index}]", f"{show(origin)} is no origin", right)


def _is_contact(text: str) -> bool:
    parts = urlsplit(text)
    is_page = parts.scheme == "https" and bool(parts.hostname) and parts.port is None
    return bool(_MAIL.fullmatch(text)) or is_page
