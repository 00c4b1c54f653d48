"""The station's screen: the line, the person, one primary act, the picture and the chat."""

from __future__ import annotations

import contextlib
from typing import ClassVar

import aiohttp
from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Input, Static

from booth_client.client import FairClient
from booth_client.errors import ConnectionEnded, SignInError
from booth_client.media.blocks import UPPER_HALF, blocks
from booth_client.media.interview import MediaState
from booth_client.media.own import OwnMedia
from booth_client.pairing import Device, DeviceFile
from booth_client.plain import plain
from booth_client.sign_in import open_session
from booth_client.station.model import OUTCOMES, PRIMARY, Step, idle_word, talked_s
from booth_client.station.screens import DeskScreen, PairScreen, StoppedScreen
from booth_client.station.words import Words
from booth_client.station.work import Work
from fairserver.domain.states import TicketState
from fairserver.protocol.errors import Code
from fairserver.protocol.views import BoothTicketCell

#: Seconds between two drawings.
_DRAW_S = 0.25
#: People of the line, and lines of chat, that are shown.
_SHOWN, _CHAT_SHOWN = 18, 12
_LIVE = frozenset({MediaState.LIVE, MediaState.LOST})


class StationApp(App[None]):
    """A booth's desk in a terminal."""

    CSS_PATH = "station.tcss"
    TITLE = "booth-client"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "primary", show=False),
        *(Binding(str(key), f"outcome({key})", show=False) for key in range(1, 8)),
        Binding("p", "pause", "Tạm nghỉ · Pause"),
        Binding("m", "microphone", "Micro"),
        Binding("k", "camera", "Camera"),
        Binding("r", "record", "Ghi hình · Record"),
        Binding("c", "chat", "Nhắn chữ · Chat"),
        Binding("t", "take_back", show=False),
        Binding("escape", "leave_chat", show=False),
        Binding("f2", "language", "Tiếng Việt · English"),
        Binding("ctrl+q", "quit", "Thoát · Quit"),
    ]

    def __init__(
        self, words: Words, file: DeviceFile, own: OwnMedia, *, server: str = "", desk_id: str = ""
    ) -> None:
        super().__init__()
        self.words = words
        #: The desk's work, once the computer is let in.
        self.station: Work | None = None
        self._file = file
        self._own = own
        self._server = server
        self._desk_id = desk_id

    def compose(self) -> ComposeResult:
        """Lay out three columns between the line's state and the keys."""
        yield Static(id="link", markup=False)
        with Horizontal(id="columns"):
            yield Static(id="line", markup=False)
            with Vertical(id="middle"):
                for name in ("step", "act", "reason", "person", "outcomes", "notice", "troubles"):
                    yield Static(id=name, markup=False)
            with Vertical(id="right"):
                yield Static(id="picture", markup=False)
                yield Static(id="media", markup=False)
                yield Static(id="recording", markup=False)
                yield Static(id="chat", markup=False)
                yield Input(id="write", disabled=True)
        yield Footer()

    def on_mount(self) -> None:
        """Begin the work."""
        self.set_interval(_DRAW_S, self.draw)
        self.run_station()

    @work(exclusive=True)
    async def run_station(self) -> None:
        """Let the computer in and work until it is sent away."""
        trouble = ""
        while True:
            device = self._file.load()
            if device is None:
                device = await self.push_screen_wait(PairScreen(self.words, self._server, trouble))
                self._file.save(device)
            try:
                await self._work(device)
            except SignInError as refused:
                trouble = f"{refused.message} {refused.hint}"
                if refused.code != Code.DEVICE_REVOKED:
                    break
                self._file.forget()
            except ConnectionEnded as ended:
                trouble = await self._why(device, ended)
                break
            except (aiohttp.ClientError, OSError):
                trouble = self.words("pair.unreachable", server=device.server)
                break
        await self.push_screen(StoppedScreen(self.words, trouble))

    async def _work(self, device: Device) -> None:
        session = await open_session(device.server, device.device_key)
        async with FairClient(
            device.server, device.fair_id, session.session_token, language=self.words.language
        ) as client:
            folder = self._file.path.with_suffix(".recordings")
            station = Work(client, device, session, self._own, folder)
            station.desk_id = await self._choose(station)
            self.station = station
            station.start()
            try:
                await station.ended()
            finally:
                self.station = None
                await station.close()

    async def _choose(self, station: Work) -> str:
        """Find the desk: the one that was named, the only one, or the one that is chosen."""
        desk_ids = [desk.desk_id for desk in station.desks]
        if self._desk_id in desk_ids:
            return self._desk_id
        if len(desk_ids) == 1:
            return desk_ids[0]
        return await self.push_screen_wait(DeskScreen(self.words, station.desks))

    async def _why(self, device: Device, ended: ConnectionEnded) -> str:
        """Ask why the server has sent this computer away, and forget a key that is void."""
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            try:
                await open_session(device.server, device.device_key)
            except SignInError as refused:
                if refused.code == Code.DEVICE_REVOKED:
                    self._file.forget()
                return f"{refused.message} {refused.hint}"
        return self.words("stopped.gone", why=ended)

    # --- keys -------------------------------------------------------------------------------

    async def action_primary(self) -> None:
        """Do the next right thing."""
        if self.station:
            await self.station.primary()

    async def action_outcome(self, key: int) -> None:
        """Take an outcome."""
        if self.station:
            await self.station.outcome(key)

    async def action_pause(self) -> None:
        """Stop calling people to this desk."""
        if self.station:
            await self.station.pause()

    def action_microphone(self) -> None:
        """Let the own sound be heard, or not."""
        self._own.microphone_on = not self._own.microphone_on

    def action_camera(self) -> None:
        """Let the own picture be seen, or not."""
        self._own.camera_on = not self._own.camera_on

    async def action_record(self) -> None:
        """Ask to record the interview, or stop that."""
        if self.station:
            await self.station.record()

    def action_chat(self) -> None:
        """Go to the chat."""
        field = self.query_one("#write", Input)
        if not field.disabled:
            field.focus()

    def action_leave_chat(self) -> None:
        """Go back to the keys."""
        self.set_focus(None)

    def action_take_back(self) -> None:
        """Take the desk's end back from another device."""
        if self.station:
            self.station.take_back()

    def action_language(self) -> None:
        """Speak the other language."""
        self.words.switch()
        self.draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write a line to the other person."""
        media = self.station and self.station.media
        if event.input.id == "write" and media and media.talk.write(event.value):
            event.input.clear()

    # --- drawing ----------------------------------------------------------------------------

    def draw(self) -> None:
        """Show what is."""
        station = self.station
        # Over another screen, and while the program ends, there is nothing to draw on.
        if station is None or not self.query("#link"):
            return
        self._draw_link(station)
        self._show("line", self._line(station))
        self._draw_step(station)
        self._show("person", self._person(station))
        self._show("troubles", "\n".join(self._troubles(station)))
        self._show("notice", station.notice)
        self._draw_media(station)
        self._show("recording", self._recording(station))

    def _show(self, name: str, what: str | Text) -> None:
        shown = what if isinstance(what, Text) else plain(what)
        self.query_one(f"#{name}", Static).update(shown)

    def _draw_link(self, station: Work) -> None:
        words, client = self.words, station.client
        title = words("title", desk=station.desk_id, booth=station.device.booth_id)
        state = words("link.up", age=station.age_s)
        if not client.connected:
            state = words("link.down")
        elif client.store_away:
            state = words("link.store")
        self.query_one("#link").set_class(not client.connected, "down")
        self._show("link", f"{title} · {state}")

    def _line(self, station: Work) -> str:
        words, line = self.words, station.line
        rows = [words("line.heading", n=len(line))]
        rows += [self._in_line(station, ticket) for ticket in line[:_SHOWN]]
        if len(line) > _SHOWN:
            rows.append(words("line.more", n=len(line) - _SHOWN))
        if not line:
            rows.append(words("line.empty"))
        return "\n".join(rows)

    def _in_line(self, station: Work, ticket: BoothTicketCell) -> str:
        words = self.words
        minutes = int(max(0.0, station.now_ms - ticket.since) / 60_000)
        state = words(f"lane.{ticket.lane.value}")
        if ticket.state is TicketState.ON_DECK:
            state = words("line.ready" if ticket.ready else "line.deck")
        elif not ticket.present:
            state = words("line.away")
        elif ticket.frozen:
            state = words("line.frozen")
        return f"{ticket.number:>4}  {words('line.waited', n=minutes):<8} {state}"

    def _draw_step(self, station: Work) -> None:
        words, step, ticket, desk = self.words, station.step, station.ticket, station.desk
        act = PRIMARY.get(step)
        self.query_one("#act").set_class(act is None, "waits")
        self._show("act", words(f"act.{act.word}" if act else "act.wait"))
        self._show("step", self._step(station, step, ticket))
        reason = ""
        if step is Step.READY and desk:
            n, booth = len(station.line), desk.idle_booth_id or ""
            reason = words(idle_word(desk, n), n=n, booth=booth)
        self._show("reason", reason)
        chosen = ticket.outcome if ticket else None
        marks = [
            f"{'●' if outcome is chosen else ' '} {key}  {words(f'outcome.{outcome.value}')}"
            for key, outcome in enumerate(OUTCOMES, 1)
        ]
        meets = step in (Step.INTERVIEWING, Step.OUTCOME, Step.NEXT) and ticket is not None
        self._show("outcomes", "\n".join(marks) if meets else "")

    def _step(self, station: Work, step: Step, ticket: BoothTicketCell | None) -> str:
        if ticket is None:
            return self.words("step.free" if step is Step.NEXT else f"step.{step.value}", number="")
        minutes, seconds = divmod(talked_s(ticket, station.now_ms), 60)
        outcome = self.words(f"outcome.{ticket.outcome.value}") if ticket.outcome else ""
        return self.words(
            f"step.{step.value}",
            number=ticket.number,
            minutes=minutes,
            seconds=f"{seconds:02d}",
            outcome=outcome,
        )

    def _person(self, station: Work) -> str:
        ticket = station.ticket
        if ticket is None or ticket.ticket_id not in station.people:
            return ""
        person, words = station.people[ticket.ticket_id], self.words
        if person is None:
            return words("person.hidden")
        if person.full_name is None:
            rows = [words("person.hidden")]
        else:
            born = words("person.born", year=person.birth_year)
            rows = [person.full_name, f"{born} · {person.commune}"]
        rows += [words("person.wish", wish=person.wish)] if person.wish else []
        rows += [words("media.phone", phone=person.phone)] if person.phone else []
        return "\n".join(rows)

    def _troubles(self, station: Work) -> list[str]:
        words, own = self.words, station.own
        said = [words(f"trouble.{trouble.value}") for trouble in sorted(own.troubles)]
        said += [] if station.speaker else [words("trouble.no_speaker")]
        said += [] if own.microphone_on else [words("own.muted")]
        said += [] if own.camera_on else [words("own.dark")]
        return said

    def _draw_media(self, station: Work) -> None:
        words, media = self.words, station.media
        field = self.query_one("#write", Input)
        field.disabled = media is None or media.is_over
        field.placeholder = words("chat.nobody" if field.disabled else "chat.field")
        if media is None:
            self._show("picture", words("media.none"))
            self._show("media", "")
            self._show("chat", "")
            return
        heard = media.heard
        state = words(f"media.{media.state.value}", pictures=heard.pictures, sounds=heard.sounds)
        if media.state in _LIVE and (word := media.check.word):
            state += "\n" + words("media.check", word=word.syllables, digits=word.digits)
        self._show("media", state)
        seen = heard.picture if media.state in _LIVE else None
        self._show("picture", self._drawn() if seen else words("media.none"))
        self._show("chat", self._chat(station))

    def _recording(self, station: Work) -> str:
        """Say where the recording stands, in words and with a sign."""
        words, ticket, kept = self.words, station.ticket, station.recordings
        recording = ticket.recording if ticket else None
        talks = ticket is not None and ticket.state is TicketState.INTERVIEWING
        rows = []
        if talks and recording:
            who = ", ".join(words(f"recording.{side.value}") for side in recording.waits_for)
            rows.append(words(f"recording.{recording.state.value}", who=who))
        elif talks and kept.allowed:
            rows.append(words("recording.offer"))
        rows += [words("recording.sending", n=kept.sending)] if kept.sending else []
        return "\n".join(rows)

    def _drawn(self) -> Text:
        media = self.station and self.station.media
        place = self.query_one("#picture").size
        drawn = Text(no_wrap=True, end="")
        if not media or media.heard.picture is None or not place.width:
            return drawn
        rows = blocks(media.heard.picture, place.width, place.height)
        for count, row in enumerate(rows):
            drawn.append("\n" if count else "")
            for block in row:
                style = Style(color=_hex(block.upper), bgcolor=_hex(block.lower))
                drawn.append(UPPER_HALF, style)
        return drawn

    def _chat(self, station: Work) -> str:
        words, media = self.words, station.media
        rows = [words("chat.heading")]
        for line in media.talk.lines[-_CHAT_SHOWN:] if media else []:
            who = words("chat.me" if line.mine else "chat.them")
            rows.append(
                f"{who}: {line.text}" + ("" if line.arrived else f" ({words('chat.sending')})")
            )
        return "\n".join(rows)


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
