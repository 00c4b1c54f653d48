"""A push service for every test, and the nodes of the web's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.notify.push_service import PushService
from tests.web.conftest import empty_ledger, servers, sql_url  # noqa: F401 - fixtures


@pytest.fixture
async def push_service(free_port: Callable[[], int]) -> AsyncIterator[PushService]:
    """A push service that checks everything; a fault of a message fails the test."""
    service = PushService(free_port())
    await service.start()
    yield service
    await service.stop()
    assert service.faults == []
