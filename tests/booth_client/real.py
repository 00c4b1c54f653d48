"""One node on a port of its own, for programs that speak to it as an employer's would."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import web

from booth_client import Consents, FairClient, RegistrationForm, open_session, register
from fairserver.domain.states import Role
from fairserver.settings import LimitSettings, ServerSettings, StoreSettings
from fairserver.web.app import make_app, open_node

FAIR_FILE = Path(__file__).resolve().parents[2] / "config" / "fairs" / "minimal.toml"
FAIR_ID = "minimal"
PATIENCE_S = 60


class RealServer:
    """One node on a port of its own, which can be stopped and started again."""

    def __init__(self, folder: Path, address: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.settings = ServerSettings(
            port=port,
            data_folder=str(folder),
            fairs=[str(FAIR_FILE)],
            store=StoreSettings(address=address),
            limits=LimitSettings(registrations_per_second=1000, registrations_per_minute=60_000),
        )
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Start serving."""
        self._stack = AsyncExitStack()
        self.node = await open_node(self.settings, self._stack)
        runner = web.AppRunner(make_app(self.node), access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self.settings.port).start()
        self.node.start()
        self._stack.push_async_callback(self.node.stop)

    async def stop(self) -> None:
        """Stop serving; every client is told to come back."""
        await self._stack.aclose()

    async def invite(self, role: Role, booth_id: str | None) -> str:
        """Return the token of a personal link."""
        invitation = await self.node.ledger.staff.invite(FAIR_ID, role, booth_id, "Chị Hoa")
        return invitation.token

    async def client(self, token: str, *views: str) -> FairClient:
        """Sign in with a link's token; the client is not connected yet."""
        session = await open_session(self.url, token)
        return FairClient(self.url, FAIR_ID, session.session_token, views=views)

    async def candidate(self, name: str) -> FairClient:
        """Register somebody; the client is not connected yet."""
        form = RegistrationForm(
            full_name=name,
            birth_year=2000,
            sex="nu",
            commune="Xã Bến Lức",
            wish="",
            consents=Consents(take_part=True),
        )
        registered = await register(self.url, FAIR_ID, form)
        return FairClient(self.url, FAIR_ID, registered.session_token, views=("me", "hall"))
