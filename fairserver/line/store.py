"""The connection to the live store (Valkey or Redis), and the proof that it is fit for a fair."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import TimeoutError as StoreTimeoutError

#: Seconds to wait for one answer. A store that stands still is away after about two of them: once
#: more is tried within ``PATIENCE_S``, for an answer may have come while this process was busy.
SOCKET_TIMEOUT_S: Final = 0.75
#: Seconds from its first sending in which a broken or unanswered command is sent again.
PATIENCE_S: Final = 1.0
#: Milliseconds that a blocking read (``XREAD BLOCK``) asks for at most: so much less than the
#: time-out that a store with nothing to tell is not taken for one that stands still.
BLOCK_MS: Final = 250
#: Connections of one node; further commands wait for a free one.
CONNECTIONS: Final = 64
#: Oldest version with functions and the stream commands that we use.
OLDEST: Final = (7, 0, 0)
#: Valkey below this has known holes (docs of the releases 9.1.1 and 9.1.2).
SAFE_VALKEY: Final = (9, 1, 2)

_T = TypeVar("_T")

_SCHEMES = ("redis", "rediss", "unix")
_NOT_YET = {
    "redis+cluster": "Redis and Valkey Cluster",
    "rediss+cluster": "Redis and Valkey Cluster",
    "redis+sentinel": "Sentinel",
    "rediss+sentinel": "Sentinel",
}


class StoreUnfit(Exception):
    """The live store cannot carry a fair; ``reason`` is a plain sentence naming what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoreFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about the live store.

    ``durable`` means that an acknowledged command is on disk (append-only file, ``always``).
    ``warnings`` are plain sentences for the log.
    """

    name: str
    version: str
    durable: bool
    warnings: tuple[str, ...] = ()


def shown_address(address: str) -> str:
    """Return the address with its password hidden, for messages and logs."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@")))


def open_store(address: str, connections: int = CONNECTIONS) -> Redis:
    """Make a client of the live store; nothing is sent before the first command.

    ``address`` is ``redis://``, ``rediss://`` or ``unix://``. Commands broken by a lost
    connection are sent again (for about a second): every transition is idempotent by its
    command id, so a repeat gets the first answer. A store that stands still is found out in
    ``PATIENCE_S`` and a time-out. Raises ``StoreUnfit`` for other addresses.
    """
    scheme = urlsplit(address).scheme
    if scheme in _NOT_YET:
        raise StoreUnfit(
            f"{_NOT_YET[scheme]} is not supported yet ({shown_address(address)}); "
            "use the address of one Valkey: redis://, rediss:// or unix://"
        )
    if scheme not in _SCHEMES:
        raise StoreUnfit(
            f"{shown_address(address)!r} is no address of a live store; right would be "
            "redis://host:6379/0, rediss://host:6379/0 or unix:///path/of/socket"
        )
    try:
        pool: Any = BlockingConnectionPool.from_url(
            address,
            max_connections=connections,
            timeout=SOCKET_TIMEOUT_S,
            socket_timeout=SOCKET_TIMEOUT_S,
            socket_connect_timeout=SOCKET_TIMEOUT_S,
            decode_responses=False,
            retry=_Patience(ExponentialBackoff(cap=0.5, base=0.02), retries=6),
            retry_on_error=[BusyLoadingError],
        )
    except ValueError as error:
        raise StoreUnfit(f"{shown_address(address)!r} cannot be read: {error}") from error
    return Redis.from_pool(pool)


class _Patience(Retry):
    """Tries again for so long, however long each try takes; by itself it would only count them."""

    async def call_with_retry(
        self,
        do: Callable[[], Awaitable[_T]],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> _T:
        """Do it, twice at least; raises the last error when there is no time for another try."""
        loop = asyncio.get_running_loop()
        until, tries = loop.time() + PATIENCE_S, 0

        async def failed(error: Exception, *count: int) -> None:
            nonlocal tries
            tries += 1
            await fail(error, *count)
            # The first may have run out of time while this process itself stood still.
            if loop.time() >= until and tries > 1:
                raise error

        return await super().call_with_retry(do, failed, is_retryable, with_failure_count)


def is_outage(error: Exception) -> bool:
    """Tell a store that cannot answer now (the same call may be sent again) from a fault of ours.

    A store that cannot write its file says MISCONF, one that has failed over READONLY.
    """
    if isinstance(error, ReadOnlyError | OutOfMemoryError) or str(error).startswith("MISCONF"):
        return True
    return isinstance(error, RedisError | OSError) and not isinstance(error, ResponseError)


async def check_store(client: Redis, require_durable: bool = False) -> StoreFacts:
    """Find out whether the store is fit to carry a fair.

    Raises ``StoreUnfit`` when it is unreachable, too old, without functions, a read-only
    replica or unable to write its file; and, with ``require_durable``, when an acknowledged
    command could be lost in a power cut.
    """
    info = await _info(client)
    name, version = _name_and_version(info)
    if _numbers(version) < OLDEST:
        raise StoreUnfit(f"{name} {version} is too old; needed is 7.0 or newer")
    if info.get("role") not in (None, "master"):
        raise StoreUnfit(
            f"{name} is a read-only replica of {info.get('master_host', 'another server')}; "
            "use the address of its primary"
        )
    if info.get("aof_last_write_status", "ok") != "ok":
        raise StoreUnfit(f"{name} could not write its append-only file; is its disk full?")
    await _check_functions(client, name, version)
    durable, warnings = await _check_settings(client, name)
    if require_durable and not durable:
        raise StoreUnfit(" ".join([*warnings, "The configuration requires a durable store."]))
    if name == "Valkey" and _numbers(version) < SAFE_VALKEY:
        warnings.append(f"Valkey {version} has known security holes; 9.1.2 or newer is safe.")
    return StoreFacts(name=name, version=version, durable=durable, warnings=tuple(warnings))


async def _info(client: Redis) -> dict[str, Any]:
    try:
        return dict(await client.info())
    except BusyLoadingError as error:
        raise StoreUnfit("the live store is still reading its file; try again soon") from error
    except (RedisError, OSError) as error:
        if _is_refusal(error):
            raise StoreUnfit(f"the live store refuses us: {error}") from error
        if isinstance(error, (StoreConnectionError, StoreTimeoutError, OSError)):
            raise StoreUnfit(f"the live store is unreachable: {error}") from error
        raise StoreUnfit(f"the live store does not answer INFO: {error}") from error


def _is_refusal(error: BaseException) -> bool:
    # While connecting, redis-py hides a refusal inside a plain ConnectionError.
    cause = error.__cause__ or error.__context__
    if isinstance(error, (AuthenticationError, NoPermissionError)):
        return True
    return "authenticat" in str(error) or (cause is not None and _is_refusal(cause))


def _name_and_version(info: dict[str, Any]) -> tuple[str, str]:
    if info.get("server_name") == "valkey" or "valkey_version" in info:
        return "Valkey", str(info.get("valkey_version", "0"))
    return "Redis", str(info.get("redis_version", "0"))


def _numbers(version: str) -> tuple[int, ...]:
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return tuple(found + [0] * (3 - len(found)))


async def _check_functions(client: Redis, name: str, version: str) -> None:
    try:
        await client.function_list()
    except NoPermissionError as error:
        raise StoreUnfit(f"{name} does not let us use functions: {error}") from error
    except ResponseError as error:
        raise StoreUnfit(f"{name} {version} has no functions (FUNCTION): {error}") from error


async def _check_settings(client: Redis, name: str) -> tuple[bool, list[str]]:
    try:
        found = await client.config_get("append*", "maxmemory*")
    except RedisError:
        return False, [f"{name} does not show its settings: whether it is durable is unknown."]
    settings = {_text(key): _text(value) for key, value in found.items()}
    warnings = []
    durable = settings.get("appendonly") == "yes" and settings.get("appendfsync") == "always"
    if not durable:
        warnings.append(
            f"{name} can lose acknowledged commands in a power cut: set appendonly yes and "
            "appendfsync always."
        )
    if settings.get("maxmemory-policy") != "noeviction":
        warnings.append(
            f"{name} may throw data away when memory is short "
            f"(maxmemory-policy {settings.get('maxmemory-policy')}): set noeviction."
        )
        durable = False  # what is thrown away was acknowledged
    if settings.get("maxmemory") == "0":
        warnings.append(
            f"{name} has no limit of memory (maxmemory 0): the system ends it when memory is "
            "short. Set maxmemory to about half of its computer's."
        )
    return durable, warnings


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""


async def memory_used(client: Redis) -> float:
    """Tell what part of the memory that the store may take is taken, from 0; 0 without a limit.

    Raises ``redis.exceptions.RedisError`` when the store is away.
    """
    info = await client.info("memory")
    most = int(info.get("maxmemory", 0))
    return int(info.get("used_memory", 0)) / most if most else 0.0
