"""What can go wrong on the client's side, as types with the contract's stable codes."""

from __future__ import annotations

from typing import Any

from fairserver.protocol.answers import Error
from fairserver.protocol.errors import Code

#: Refusals that say "not now" instead of "no": the same command may be sent again later.
PASSING = frozenset({Code.STORE_AWAY, Code.TOO_FAST, Code.INTERNAL})


class FairClientError(Exception):
    """Base of every error that this package raises by itself."""


class CommandError(FairClientError):
    """The server refused a command; nothing was changed.

    ``code`` is stable (``fairserver.protocol.errors.Code``); ``message`` and ``hint`` are
    sentences in the language of the connection; ``detail`` holds the figures in them.
    """

    def __init__(self, answer: Error) -> None:
        super().__init__(f"{answer.code}: {answer.message} {answer.hint}".rstrip())
        self.code = answer.code
        self.message = answer.message
        self.hint = answer.hint
        self.detail: dict[str, Any] = answer.detail

    @property
    def passing(self) -> bool:
        """Whether the same command may succeed a little later."""
        return self.code in PASSING


class SignInError(FairClientError):
    """The server refused a sign-in or a registration over HTTP.

    ``status`` is the HTTP status; ``retry_after_s`` is set when the server named a time.
    """

    def __init__(self, status: int, answer: Error, retry_after_s: float | None = None) -> None:
        super().__init__(f"{status} {answer.code}: {answer.message} {answer.hint}".rstrip())
        self.status = status
        self.code = answer.code
        self.message = answer.message
        self.hint = answer.hint
        self.detail: dict[str, Any] = answer.detail
        self.retry_after_s = retry_after_s


class ConnectionEnded(FairClientError):
    """The connection is over for good and the client does not come back by itself.

    ``close_code`` is the socket's close code or the HTTP status of the refused handshake;
    null when the program itself closed the client.
    """

    def __init__(self, why: str, close_code: int | None = None) -> None:
        super().__init__(why)
        self.close_code = close_code
