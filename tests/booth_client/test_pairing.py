"""Pairing a computer against the real server: one code, one key, kept and revoked."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from booth_client import ConnectionEnded, Device, DeviceFile, SignInError, open_session, pair
from fairserver.domain.states import DeskState
from fairserver.protocol.commands import OpenDesk
from fairserver.protocol.views import DeskCell
from tests.booth_client.real import FAIR_ID, PATIENCE_S, RealServer, Role

pytestmark = pytest.mark.filterwarnings("ignore:.*deleted before being closed:ResourceWarning")


class Organiser:
    """The organiser's program."""

    def __init__(self, server: RealServer, token: str) -> None:
        self.base = f"{server.url}/api/fairs/{FAIR_ID}/devices"
        self.headers = {"X-Fair": "1", "Authorization": f"Bearer {token}"}

    async def code(self, booth_id: str = "b1", status: int = 201) -> dict[str, str]:
        """Ask for a machine's code."""
        body = {"booth_id": booth_id, "name": "Máy bàn 1"}
        async with (
            aiohttp.ClientSession(headers=self.headers) as http,
            http.post(self.base, json=body) as response,
        ):
            assert response.status == status
            answer: dict[str, str] = await response.json()
            return answer

    async def revoke(self, staff_id: str) -> None:
        """Let a machine go."""
        async with (
            aiohttp.ClientSession(headers=self.headers) as http,
            http.delete(f"{self.base}/{staff_id}") as response,
        ):
            assert response.status == 204


@pytest.fixture
async def organiser(server: RealServer) -> Organiser:
    session = await open_session(server.url, await server.invite(Role.ORGANISER, None))
    return Organiser(server, session.session_token)


async def test_a_paired_computer_works_at_its_booth_and_comes_back(
    server: RealServer, organiser: Organiser, tmp_path: Path
) -> None:
    offered = await organiser.code()
    device = await pair(server.url, offered["code"])
    file = DeviceFile(tmp_path / "kept" / "device.json")
    file.save(device)
    assert file.path.stat().st_mode & 0o777 == 0o600
    kept = DeviceFile(file.path).load()
    assert kept == device
    assert (kept.booth_id, kept.fair_id, kept.server) == ("b1", FAIR_ID, server.url)
    async with await server.client(kept.device_key, "booth") as client:
        await client.send(OpenDesk(id=client.new_id(), desk_id="b1-1"))
        desk = await client.wait_for(lambda c: c.find("booth", "desk/b1-1", DeskCell), PATIENCE_S)
        assert desk.state is DeskState.READY


async def test_a_code_used_already_and_a_wrong_one_are_told_apart(
    server: RealServer, organiser: Organiser
) -> None:
    offered = await organiser.code()
    await pair(server.url, offered["code"])
    for code, wanted in ((offered["code"], "pairing_used"), ("AAAA-AAAA", "pairing_unknown")):
        with pytest.raises(SignInError) as refused:
            await pair(server.url, code)
        assert refused.value.code == wanted
        assert refused.value.message
        assert refused.value.hint


async def test_a_computer_revoked_while_connected_is_told_so_and_stops(
    server: RealServer, organiser: Organiser
) -> None:
    offered = await organiser.code()
    device = await pair(server.url, offered["code"])
    async with await server.client(device.device_key, "booth") as client:
        await organiser.revoke(offered["staff_id"])
        with pytest.raises(ConnectionEnded) as ended:
            await client.wait_for(lambda _: False, PATIENCE_S)
        assert ended.value.close_code == 4401
    with pytest.raises(SignInError) as refused:
        await open_session(server.url, device.device_key)
    assert refused.value.code == "device_revoked"
    assert "ngừng" in refused.value.message


async def test_who_works_elsewhere_pairs_no_machine_and_nobody_at_a_booth_there_is_not(
    server: RealServer, organiser: Organiser
) -> None:
    assert (await organiser.code("b99", 404))["code"] == "booth_unknown"
    session = await open_session(server.url, await server.invite(Role.SUPPORT, None))
    support = Organiser(server, session.session_token)
    assert (await support.code("b1", 403))["code"] == "not_permitted"


def test_a_file_that_is_not_there_or_not_ours_is_no_device(tmp_path: Path) -> None:
    file = DeviceFile(tmp_path / "device.json")
    assert file.load() is None
    file.path.write_text("{}")
    assert file.load() is None
    file.save(Device(device_key="k", staff_id="s1", fair_id="f", booth_id="b1", display_name="Máy"))
    file.forget()
    assert file.load() is None
    file.forget()


def test_a_key_that_a_copy_has_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    file = DeviceFile(tmp_path / "device.json")
    file.save(Device(device_key="k", staff_id="s", fair_id="f", booth_id="b", display_name="Máy 1"))
    file.path.chmod(0o644)
    assert file.load() is not None
    assert file.path.stat().st_mode & 0o777 == 0o600
