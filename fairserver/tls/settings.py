"""The settings of HTTPS by the server itself, and what is wrong with them."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated

import msgspec
from msgspec import Meta

from fairserver.domain.fair_walk import Fault, show
from fairserver.tls.reach import Reach, find_reach, is_local, url_host

_Path = Annotated[str, Meta(min_length=1, max_length=4000, description="a path in quotes")]


class TlsMode(enum.StrEnum):
    """Whose certificate the server shows."""

    #: None: the server speaks HTTP, a reverse proxy stands in front.
    OFF = "off"
    #: One that was fetched, from files.
    FILES = "files"
    #: One by this computer's own authority, which phones are told to trust.
    LOCAL = "local"


class TlsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """HTTPS by the server itself."""

    mode: TlsMode = TlsMode.OFF
    #: Address to listen on for others; ``0.0.0.0`` is every IPv4 address, ``::`` every IPv6 one.
    host: Annotated[str, Meta(min_length=1, max_length=255)] = "0.0.0.0"  # noqa: S104 - what it is for
    #: Port of HTTPS.
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8443
    #: Port of the page over HTTP that leads others to HTTPS; 0: none.
    http_port: Annotated[int, Meta(ge=0, le=65_535)] = 8081
    #: Which address goes into links and QR codes, of a computer that has several.
    address: Annotated[str, Meta(max_length=60)] | None = None
    #: Certificate chain in PEM, the server's own first.
    certificate_file: _Path | None = None
    #: Private key in PEM, without a password.
    key_file: _Path | None = None
    #: Where the local authority is kept; unset: ``tls`` in the data folder.
    folder: _Path | None = None
    #: Whether browsers shall insist on https below this name too (HSTS ``includeSubDomains``).
    hsts_subdomains: bool = False

    def find_reach(self) -> Reach:
        """Find where others in the network reach the server now."""
        return find_reach(self.host, ip_address(self.address) if self.address else None)

    def url(self, host: str) -> str:
        """Write the address of HTTPS with a host in it, without a slash at its end."""
        return f"https://{url_host(host)}" + ("" if self.port == 443 else f":{self.port}")


def check_tls(tls: TlsSettings, host: str, port: int, public_url: str | None) -> Iterator[Fault]:
    """Find what does not go together; ``host`` and ``port`` are those of plain HTTP."""
    if tls.mode is TlsMode.OFF:
        return
    if not _is_this_computer(host):
        problem = f"{show(host)} would open everything over http, though there is https"
        yield Fault("host", problem, 'write host = "127.0.0.1"; others reach tls.host')
    if not _is_address(tls.host):
        right = "write an address of this computer, 0.0.0.0 or ::"
        yield Fault("tls.host", f"{show(tls.host)} is no address", right)
    yield from _check_ports(tls, port)
    yield from _check_files(tls, public_url) if tls.mode is TlsMode.FILES else _check_local(tls)


def _check_ports(tls: TlsSettings, port: int) -> Iterator[Fault]:
    if tls.port in (port, tls.http_port):
        yield Fault("tls.port", f"{tls.port} is taken twice", "write a port of its own")
    if tls.http_port == port:
        right = "write a port of its own, or 0 for none"
        yield Fault("tls.http_port", f"{tls.http_port} is taken twice", right)


def _check_files(tls: TlsSettings, public_url: str | None) -> Iterator[Fault]:
    for key in ("certificate_file", "key_file"):
        if getattr(tls, key) is None:
            yield Fault(f"tls.{key}", "is missing", 'name the PEM file, or write mode = "local"')
    if public_url is None or not public_url.startswith("https://"):
        right = "write public_url = https://…, a name that the certificate is for"
        yield Fault("public_url", 'must be https with tls.mode = "files"', right)
    for key in ("address", "folder"):
        if getattr(tls, key) is not None:
            yield Fault(f"tls.{key}", 'has no use with mode = "files"', "leave it out")


def _check_local(tls: TlsSettings) -> Iterator[Fault]:
    for key in ("certificate_file", "key_file"):
        if getattr(tls, key) is not None:
            right = 'write mode = "files", or leave it out'
            yield Fault(f"tls.{key}", 'has no use with mode = "local"', right)
    if tls.address is not None:
        yield from _check_vouched("tls.address", tls.address)
    if _is_address(tls.host) and not ip_address(tls.host).is_unspecified:
        yield from _check_vouched("tls.host", tls.host)


def _check_vouched(key: str, text: str) -> Iterator[Fault]:
    right = "write an address of this computer in its own network, such as 192.168.1.5"
    if not _is_address(text):
        yield Fault(key, f"{show(text)} is no address", right)
    elif not is_local(ip_address(text)):
        yield Fault(key, f"{text} is public: the local authority does not vouch for it", right)


def _is_this_computer(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
