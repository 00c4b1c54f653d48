"""The tests' fair in a store, and whole nodes of the web layer."""

from __future__ import annotations

from tests.events.conftest import fair
from tests.web.conftest import empty_ledger, server, servers, sql_url

__all__ = ["empty_ledger", "fair", "server", "servers", "sql_url"]
