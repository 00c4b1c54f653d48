"""The screens before and after the work: pairing, the choice of a desk, the end."""

from __future__ import annotations

import aiohttp
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from booth_client.errors import SignInError
from booth_client.pairing import Device, NotSecure, pair
from booth_client.station.words import Words
from fairserver.domain.states import DeskState
from fairserver.protocol.views import DeskCell


class PairScreen(Screen[Device]):
    """Ask for the server and the code until a device has been let in."""

    def __init__(self, words: Words, server: str, trouble: str = "") -> None:
        super().__init__()
        self._words = words
        self._server = server
        self._trouble = trouble

    def compose(self) -> ComposeResult:
        """Lay out two fields and a sentence."""
        with Vertical(classes="box"):
            yield Static(self._words("pair.heading"))
            yield Static(self._words("pair.how"))
            yield Input(self._server, placeholder=self._words("pair.server"), id="server")
            yield Input(placeholder=self._words("pair.code"), id="code")
            yield Static(self._trouble, id="trouble", classes="trouble", markup=False)

    def on_mount(self) -> None:
        """Begin where something is missing."""
        self.query_one("#code" if self._server else "#server").focus()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Try the code, or go on to it."""
        server = self.query_one("#server", Input).value.strip()
        code = self.query_one("#code", Input).value.strip()
        if not code:
            self.query_one("#code").focus()
            return
        try:
            self.dismiss(await pair(server, code))
        except SignInError as refused:
            self._say(f"{refused.message} {refused.hint}")
        except NotSecure:
            self._say(self._words("pair.not_secure"))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            self._say(self._words("pair.unreachable", server=server))

    def _say(self, sentence: str) -> None:
        self.query_one("#trouble", Static).update(sentence)


class DeskScreen(Screen[str]):
    """Ask which desk this computer stands at."""

    def __init__(self, words: Words, desks: list[DeskCell]) -> None:
        super().__init__()
        self._words = words
        self._desks = desks

    def compose(self) -> ComposeResult:
        """List the desks; those in use say so."""
        with Vertical(classes="box"):
            yield Static(self._words("desk.heading"))
            yield OptionList(
                *(Option(self._named(desk), id=desk.desk_id) for desk in self._desks), id="desks"
            )

    def on_mount(self) -> None:
        """Let the arrow keys choose."""
        self.query_one("#desks").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take that desk."""
        self.dismiss(event.option.id or "")

    def _named(self, desk: DeskCell) -> str:
        word = "desk.closed" if desk.state is DeskState.CLOSED else "desk.open"
        return f"{desk.desk_id} · {self._words(word)}"


class StoppedScreen(Screen[None]):
    """Say why this computer works no more."""

    def __init__(self, words: Words, sentence: str) -> None:
        super().__init__()
        self._words = words
        self._sentence = sentence

    def compose(self) -> ComposeResult:
        """Show the sentence."""
        with Vertical(classes="box"):
            yield Static(self._sentence, id="stopped", markup=False)
            yield Static(f"Ctrl+Q · {self._words('keys.quit')}")
