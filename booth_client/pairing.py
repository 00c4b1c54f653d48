"""Pair this computer with a booth: a one-time code becomes a key, kept for the next start."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import aiohttp
import msgspec

from booth_client.address import is_secure
from booth_client.sign_in import post


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What a paired computer keeps. ``device_key`` is a secret: it signs in as a link does."""

    device_key: str
    staff_id: str
    fair_id: str
    booth_id: str
    display_name: str
    #: Address of the server that it belongs to.
    server: str = ""


class NotSecure(ValueError):
    """A server's address by which a secret would go in the clear over a network."""


async def pair(server: str, code: str, *, http: aiohttp.ClientSession | None = None) -> Device:
    """Exchange a code for a device's key.

    Raises ``SignInError`` with the code ``pairing_unknown``, ``pairing_used``,
    ``pairing_expired`` or ``device_revoked``, ``aiohttp.ClientError`` when the server cannot be
    reached, and ``NotSecure`` when its address is one at which others could read the key.
    """
    if not is_secure(server):
        raise NotSecure(server)
    device = await post(server, "/api/devices", {"code": code}, Device, http)
    return msgspec.structs.replace(device, server=server)


class DeviceFile:
    """The kept device, in a file that nobody else on this computer may read (mode 0600)."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    def load(self) -> Device | None:
        """Read the device; null when there is none, or the file is none of ours."""
        try:
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(0o600)  # a copy or a backup has opened it to others
            return msgspec.json.decode(self.path.read_bytes(), type=Device)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def save(self, device: Device) -> None:
        """Keep a device, whole or not at all; raises ``OSError`` when it cannot be written."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes the file with mode 0600 from the first moment.
        handle, name = tempfile.mkstemp(dir=self.path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(device))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise

    def forget(self) -> None:
        """Forget the device: it has been revoked, or another one is to be paired."""
        self.path.unlink(missing_ok=True)


def default_path() -> Path:
    """Return where this system keeps data of programs, for this user."""
    # Here, because programs that keep their keys elsewhere need not install it.
    from platformdirs import user_data_path

    return user_data_path("booth-client", appauthor=False) / "device.json"
