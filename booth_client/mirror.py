"""The client's half of the contract without any I/O: what is held, what is owed, what to send.

``Mirror`` is fed with frames and answers with what they mean; it never touches a socket, so
every rule of resuming is tested without one. ``FairClient`` is the thin driver around it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import msgspec

from fairserver.domain.tolerant import read
from fairserver.protocol.answers import (
    AnyMessage,
    Delta,
    Error,
    HelloResult,
    Ok,
    PeerSignal,
    Snapshot,
    StoreStatus,
)
from fairserver.protocol.commands import Command, Hello, Unwatch
from fairserver.protocol.views import (
    BoothCell,
    BoothTicketCell,
    Cell,
    ControlBoothCell,
    CurveCell,
    DeskCell,
    FairCell,
    HallBoothCell,
    MeCell,
    OwnTicketCell,
    SettingsCell,
    TotalsCell,
)

#: What the part of a cell's key before the ``/`` stands for, by view.
CELL_TYPES: Mapping[str, Mapping[str, type[Cell]]] = {
    "me": {"fair": FairCell, "me": MeCell, "ticket": OwnTicketCell},
    "hall": {"fair": FairCell, "booth": HallBoothCell},
    "booth": {
        "fair": FairCell,
        "booth": BoothCell,
        "desk": DeskCell,
        "ticket": BoothTicketCell,
    },
    "control": {
        "fair": FairCell,
        "settings": SettingsCell,
        "totals": TotalsCell,
        "booth": ControlBoothCell,
        "desk": DeskCell,
        "curve": CurveCell,
    },
}

CellT = TypeVar("CellT", bound=Cell)
_NO_CELLS: Mapping[str, Cell] = MappingProxyType({})
_decoder: msgspec.json.Decoder[AnyMessage] = msgspec.json.Decoder(AnyMessage)
_encoder = msgspec.json.Encoder()


class Change(NamedTuple):
    """A view moved on to ``seq``: these cells are new or different, these keys are gone.

    With ``snapshot`` the cells in ``set`` are the whole view and ``drop`` names what was held
    before and is no longer there.
    """

    view: str
    set: Mapping[str, Cell]
    drop: frozenset[str]
    snapshot: bool
    seq: int


class Answered(NamedTuple):
    """A pending command got its one answer."""

    command: Command
    answer: Ok | Error


class Greeted(NamedTuple):
    """``hello`` was answered: the frames in ``resend`` go out now, oldest first."""

    result: HelloResult
    resend: list[bytes]


class Gap(NamedTuple):
    """A delta began after what is held of ``view``: send ``hello()`` to fill the hole."""

    view: str


Effect = Change | Answered | Greeted | Gap | Error | PeerSignal | StoreStatus | None


class _View:
    """What is held of one view."""

    __slots__ = ("cells", "gap_at", "seq")

    def __init__(self) -> None:
        #: The cells by key; replaced cell by cell, never changed in place.
        self.cells: dict[str, Cell] = {}
        #: Number of the newest event in the cells; null before the first snapshot.
        self.seq: int | None = None
        #: Value of ``seq`` at the last gap; a second gap there asks for a whole snapshot.
        self.gap_at: int | None = None


class Mirror:
    """Keep the views of one connection and its pending commands across drops.

    ``views`` are the names to watch; ``language`` is that of the server's sentences.
    """

    def __init__(self, views: Iterable[str], language: str = "vi") -> None:
        self.language = language
        #: Frames or cells that this version of the contract cannot read; they are skipped.
        self.unreadable = 0
        self._views = {name: _View() for name in views}
        #: Commands without an answer yet, oldest first; they survive a dropped line.
        self._pending: dict[str, Command] = {}
        #: Id of the newest ``hello`` that is not answered yet on this line.
        self._hello_id: str | None = None
        #: Views that the newest ``hello`` named.
        self._asked: frozenset[str] = frozenset()
        #: Of which stream of events the numbers held are: the newest that the server named.
        self._incarnation = ""
        #: ``hello`` was answered on this line: commands may flow.
        self._ready = False
        # Random, because two programs with one identity must not use the same ids.
        self._id_prefix = secrets.token_urlsafe(6)
        self._ids = 0

    @property
    def views(self) -> list[str]:
        """Names of the watched views."""
        return list(self._views)

    @property
    def ready(self) -> bool:
        """Whether ``hello`` was answered on the present line."""
        return self._ready

    @property
    def complete(self) -> bool:
        """Whether something of every watched view is held."""
        return all(view.seq is not None for view in self._views.values())

    def new_id(self) -> str:
        """Return an id that no other command of this client has."""
        self._ids += 1
        return f"{self._id_prefix}-{self._ids}"

    def cells(self, view: str) -> Mapping[str, Cell]:
        """Return the live cells of a view by key; empty when the view is not watched."""
        held = self._views.get(view)
        return MappingProxyType(held.cells) if held else _NO_CELLS

    def seq(self, view: str) -> int | None:
        """Return the number of the newest event held of a view, null before the first."""
        held = self._views.get(view)
        return held.seq if held else None

    def whole(self, view: str) -> Change | None:
        """Return all that is held of a view as one snapshot, null before the first."""
        held = self._views.get(view)
        if held is None or held.seq is None:
            return None
        return Change(view, dict(held.cells), frozenset(), True, held.seq)

    # --- what to send ---------------------------------------------------------------------

    def hello(self) -> bytes:
        """Return the frame that asks for every watched view from what is held."""
        self._hello_id = self.new_id()
        self._asked = frozenset(self._views)
        since = {name: view.seq for name, view in self._views.items()}
        language = self.language
        return _encoder.encode(Hello(id=self._hello_id, views=since, language=language))

    def submit(self, command: Command) -> bytes | None:
        """Keep a command until it is answered; return its frame when it may go out now.

        Raises ``ValueError`` when a pending command has the same id.
        """
        if command.id in self._pending:
            raise ValueError(f"a command with the id {command.id} is still pending")
        self._pending[command.id] = command
        return _encoder.encode(command) if self._ready else None

    def forget(self, command_id: str) -> None:
        """Stop waiting for an answer; the server may have carried the command out."""
        self._pending.pop(command_id, None)

    def watch(self, view: str) -> bytes | None:
        """Add a view; return the frame that asks for it when the line is up."""
        self._views.setdefault(view, _View())
        return self.hello() if self._ready else None

    def unwatch(self, view: str) -> bytes | None:
        """Drop a view and its cells; return the frame that says so when the line is up."""
        if self._views.pop(view, None) is None or not self._ready:
            return None
        # Not kept as pending: after a drop ``hello`` names only the views still watched.
        return _encoder.encode(Unwatch(id=self.new_id(), views=[view]))

    def line_lost(self) -> None:
        """Take note that the socket is gone: views and pending commands stay."""
        self._ready = False
        self._hello_id = None

    # --- what comes in --------------------------------------------------------------------

    def receive(self, frame: bytes | str) -> Effect:
        """Take one frame in and return what it means; null when there is nothing to do.

        A frame of an unknown kind is counted and skipped: a newer server may say things that
        this client does not know.
        """
        try:
            message = _decoder.decode(frame)
        except msgspec.DecodeError:
            self.unreadable += 1
            return None
        match message:
            case Delta():
                return self._delta(message)
            case Snapshot():
                return self._snapshot(message)
            case Ok() | Error():
                return self._answer(message)
            case _:
                return message

    def _answer(self, answer: Ok | Error) -> Effect:
        if answer.id is None:
            return answer if isinstance(answer, Error) else None
        if answer.id == self._hello_id:
            return self._hello_answer(answer)
        command = self._pending.pop(answer.id, None)
        return Answered(command, answer) if command else None

    def _hello_answer(self, answer: Ok | Error) -> Effect:
        self._hello_id = None
        if isinstance(answer, Error):
            return answer
        result = read(answer.result, HelloResult)
        is_renewed = self._is_renewed(result.incarnation)
        if self._ready:
            # A later hello of the same line: it carried the commands already.
            return Greeted(result, [self.hello()] if is_renewed else [])
        self._ready = True
        resend = [_encoder.encode(command) for command in self._pending.values()]
        return Greeted(result, [*resend, *self._mind_changed(is_renewed)])

    def _is_renewed(self, incarnation: str) -> bool:
        """Note of which stream the server's numbers are; say whether those held mean nothing now.

        They do when its store was set up anew: then everything is asked for whole. A server that
        names no stream tells nothing.
        """
        if incarnation in ("", self._incarnation):
            return False
        held = [view for view in self._views.values() if view.seq is not None]
        renewed = bool(self._incarnation and held)
        self._incarnation = incarnation
        if renewed:
            for view in held:
                view.seq = view.gap_at = None
        return renewed

    def _mind_changed(self, is_renewed: bool) -> list[bytes]:
        """Return what to send for views chosen or dropped while ``hello`` was on its way.

        Or where all are asked for whole, because the store was set up anew.
        """
        dropped = sorted(self._asked - self._views.keys())
        frames = []
        if dropped:
            frames.append(_encoder.encode(Unwatch(id=self.new_id(), views=dropped)))
        if is_renewed or self._views.keys() - self._asked:
            frames.append(self.hello())
        return frames

    def _snapshot(self, message: Snapshot) -> Change | None:
        held = self._views.get(message.view)
        if held is None:
            return None
        before = held.cells.keys()
        cells = self._read(message.view, message.cells)
        gone = frozenset(before - cells.keys())
        self._incarnation = message.incarnation or self._incarnation
        # Taken even when older than what is held: after a restore the server's word counts.
        held.cells, held.seq, held.gap_at = cells, message.seq, None
        return Change(message.view, dict(cells), gone, True, message.seq)

    def _delta(self, message: Delta) -> Change | Gap | None:
        held = self._views.get(message.view)
        if held is None:
            return None
        if held.seq is None or message.from_seq > held.seq:
            return self._gap(message.view, held)
        if message.seq < held.seq:
            # A late one: what is held already contains it.
            return None
        if not message.patch.keys() <= held.cells.keys():
            return self._gap(message.view, held)
        changed = self._read(message.view, {**message.set, **_patched(held.cells, message.patch)})
        gone = frozenset(key for key in message.drop if held.cells.pop(key, None) is not None)
        held.cells.update(changed)
        held.seq, held.gap_at = message.seq, None
        return Change(message.view, changed, gone, False, message.seq)

    def _gap(self, name: str, held: _View) -> Gap | None:
        if self._hello_id is not None:
            # Already asked; deltas sent before the server read that hello end up here.
            return None
        if held.gap_at == held.seq:
            # Resuming from here did not help once: ask for all of it.
            held.seq = None
        held.gap_at = held.seq
        return Gap(name)

    def _read(self, view: str, raw: dict[str, Any]) -> dict[str, Cell]:
        kinds = CELL_TYPES.get(view, {})
        cells: dict[str, Cell] = {}
        for key, value in raw.items():
            kind = kinds.get(key.split("/", 1)[0])
            try:
                if kind is None:
                    raise msgspec.ValidationError(f"no such cell: {view} {key}")
                cells[key] = read(value, kind)
            except msgspec.ValidationError:
                self.unreadable += 1
        return cells


def _patched(
    cells: Mapping[str, Cell], patch: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return cells as they are with the changed fields, plain."""
    return {key: {**msgspec.to_builtins(cells[key]), **fields} for key, fields in patch.items()}


def cells_of(cells: Mapping[str, Cell], kind: type[CellT]) -> list[CellT]:
    """Return the cells of one kind, in the order in which they came."""
    return [cell for cell in cells.values() if isinstance(cell, kind)]


def find_cell(cells: Mapping[str, Cell], key: str, kind: type[CellT]) -> CellT | None:
    """Return the cell under ``key``, null when it is not there."""
    cell = cells.get(key)
    return cell if isinstance(cell, kind) else None
