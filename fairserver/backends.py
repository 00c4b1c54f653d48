"""The way to the live store and to the database, where these are not the server's own."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, urlsplit

from fairserver.domain.fair_walk import Fault

#: Values of ``ssl`` in a PostgreSQL address with which nothing goes over a network in the open.
_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
#: Of a settings file's mode: what everybody may.
_EVERYBODY = 0o007


def check_ways(store: str, sql: str | None) -> Iterator[Fault]:
    """Find what would go over a network unencrypted: what is sent there holds whole mornings."""
    live, lasting = urlsplit(store), urlsplit(sql or "")
    if live.scheme == "redis" and not _is_here(live):
        yield Fault(
            "store.address",
            "would send everything over the network unencrypted",
            "write rediss://…, or lead a tunnel to this computer",
        )
    encrypted = parse_qs(lasting.query).get("ssl", [""])[0] in _ENCRYPTED
    if lasting.scheme == "postgresql" and not _is_here(lasting) and not encrypted:
        yield Fault(
            "sql_url",
            "would send names and telephone numbers over the network unencrypted",
            "add ?ssl=verify-full, or lead a tunnel to this computer",
        )


def check_passwords(mode: int, store: str, sql: str | None) -> Iterator[Fault]:
    """Find passwords in a settings file that everybody can read; ``mode`` is the file's."""
    for key, address in (("store.address", store), ("sql_url", sql or "")):
        if mode & _EVERYBODY and urlsplit(address).password:
            problem = f"holds a password, and the file can be read by everybody ({mode:04o})"
            yield Fault(key, problem, "chmod 640 the file, and let its group be the server's")


def _is_here(address: SplitResult) -> bool:
    """Say whether an address leads to this computer; without a host it is a socket's file."""
    host = address.hostname
    if host is None or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
