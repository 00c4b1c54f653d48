"""The live store is checked before a fair is put into it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from fairserver.line.store import StoreUnfit, check_store, open_store, shown_address


@pytest.fixture
async def client(valkey_durable: Callable[..., Any]) -> AsyncIterator[Redis]:
    client = open_store(valkey_durable().address)
    yield client
    await client.aclose()


@asynccontextmanager
async def store_that_answers(answers: dict[bytes, bytes], port: int) -> AsyncIterator[Redis]:
    """Run a little server that speaks RESP2 and knows a few commands only."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            words = []
            for _ in range(int(head[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2].upper())
            writer.write(answers.get(words[0], b"-ERR unknown command\r\n"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    client = open_store(f"redis://127.0.0.1:{port}/0?protocol=2")
    yield client
    await client.aclose()
    server.close()
    await server.wait_closed()


def bulk(text: str) -> bytes:
    return f"${len(text.encode())}\r\n{text}\r\n".encode()


async def test_a_durable_valkey_is_fit_without_warnings(client: Redis) -> None:
    facts = await check_store(client, require_durable=True)
    assert facts.name == "Valkey"
    assert facts.version >= "9.1.2"
    assert facts.durable
    assert facts.warnings == ()


async def test_a_store_that_may_lose_commands_is_named_so(client: Redis) -> None:
    await client.config_set("appendfsync", "everysec")
    facts = await check_store(client)
    assert not facts.durable
    assert "appendfsync always" in facts.warnings[0]
    with pytest.raises(StoreUnfit, match="requires a durable store"):
        await check_store(client, require_durable=True)


async def test_a_store_that_throws_data_away_is_named_so(client: Redis) -> None:
    await client.config_set("maxmemory-policy", "allkeys-lru")
    assert "allkeys-lru" in (await check_store(client)).warnings[0]


async def test_a_read_only_replica_is_refused(client: Redis) -> None:
    await client.replicaof("127.0.0.1", 1)
    with pytest.raises(StoreUnfit, match=r"read-only replica of 127\.0\.0\.1"):
        await check_store(client)


async def test_a_user_without_functions_is_refused(client: Redis) -> None:
    await client.execute_command("ACL", "SETUSER", "default", "-@all", "+info", "+ping", "+hello")
    with pytest.raises(StoreUnfit, match="does not let us use functions"):
        await check_store(client)


async def test_hidden_settings_are_a_warning(client: Redis) -> None:
    await client.execute_command("ACL", "SETUSER", "default", "-config")
    facts = await check_store(client)
    assert not facts.durable
    assert "unknown" in facts.warnings[0]


async def test_an_unreachable_store_is_named_so(free_port: Callable[[], int]) -> None:
    client = open_store(f"redis://127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnfit, match="unreachable"):
        await check_store(client)
    await client.aclose()


async def test_a_wrong_password_is_named_so(client: Redis) -> None:
    await client.config_set("requirepass", "right")
    path = client.connection_pool.connection_kwargs["path"]
    stranger = open_store(f"unix://:wrong@{path}")
    with pytest.raises(StoreUnfit, match="refuses us"):
        await check_store(stranger)
    await stranger.aclose()
    nobody = open_store(f"unix://{path}")
    with pytest.raises(StoreUnfit, match="refuses us"):
        await check_store(nobody)
    await nobody.aclose()


async def test_a_store_older_than_7_is_refused(free_port: Callable[[], int]) -> None:
    old = {b"INFO": bulk("redis_version:6.2.14\r\nrole:master\r\n"), b"CLIENT": b"+OK\r\n"}
    async with store_that_answers(old, free_port()) as client:
        with pytest.raises(StoreUnfit, match=r"Redis 6\.2\.14 is too old; needed is 7\.0"):
            await check_store(client)


async def test_a_store_without_functions_is_refused(free_port: Callable[[], int]) -> None:
    bare = {b"INFO": bulk("redis_version:7.4.0\r\nrole:master\r\n"), b"CLIENT": b"+OK\r\n"}
    async with store_that_answers(bare, free_port()) as client:
        with pytest.raises(StoreUnfit, match="has no functions"):
            await check_store(client)


async def test_a_valkey_below_the_safe_floor_is_a_warning(free_port: Callable[[], int]) -> None:
    answers = {
        b"INFO": bulk("server_name:valkey\r\nvalkey_version:8.1.8\r\nrole:master\r\n"),
        b"CLIENT": b"+OK\r\n",
        b"FUNCTION": b"*0\r\n",
        b"CONFIG": b"*6\r\n"
        + b"".join(
            map(
                bulk,
                ("appendonly", "yes", "appendfsync", "always", "maxmemory-policy", "noeviction"),
            )
        ),
    }
    async with store_that_answers(answers, free_port()) as client:
        facts = await check_store(client)
    assert facts.durable
    assert facts.warnings == ("Valkey 8.1.8 has known security holes; 9.1.2 or newer is safe.",)


async def test_a_command_broken_by_a_restart_of_the_store_is_sent_again(
    valkey_durable: Callable[..., Any],
) -> None:
    server = valkey_durable()
    client = open_store(server.address)
    await client.set("line", "kept")
    server.kill()
    answer = asyncio.create_task(client.get("line"))
    await asyncio.to_thread(server.start)
    assert await answer == b"kept"
    await client.aclose()


@pytest.mark.parametrize("scheme", ["redis+cluster", "redis+sentinel", "rediss+sentinel"])
def test_clusters_and_sentinels_are_refused_as_not_supported_yet(scheme: str) -> None:
    with pytest.raises(StoreUnfit, match="not supported yet"):
        open_store(f"{scheme}://user:hush@host:26379/fair")


@pytest.mark.parametrize("address", ["", "localhost:6379", "http://host", "redis://host:port"])
def test_an_address_that_is_none_is_refused_with_what_would_be_right(address: str) -> None:
    with pytest.raises(StoreUnfit, match=r"redis://|cannot be read"):
        open_store(address)


def test_a_password_is_never_shown() -> None:
    assert shown_address("redis://me:hush@host:6379/0") == "redis://me:***@host:6379/0"
    assert shown_address("unix:///run/valkey.sock") == "unix:///run/valkey.sock"
    with pytest.raises(StoreUnfit) as caught:
        open_store("redis+cluster://me:hush@host:6379")
    assert "hush" not in caught.value.reason
