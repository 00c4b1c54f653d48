"""Where a fair's socket is."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit


def is_secure(base_url: str) -> bool:
    """Tell whether what is said to a server stays between the two: by TLS, or on this computer."""
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    host = parts.hostname or ""
    try:
        return parts.scheme == "http" and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return parts.scheme == "http" and host == "localhost"


def socket_url(base_url: str, fair_id: str) -> str:
    """Return the address of a fair's socket on the server at ``base_url``.

    Raises ``ValueError`` when ``base_url`` is not an ``http://`` or ``https://`` address.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"not an http:// or https:// address: {base_url!r}")
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/ws/{quote(fair_id)}"
