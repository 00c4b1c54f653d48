"""The same nodes, stores and people as in the tests of the web layer."""

from __future__ import annotations

from tests.web.conftest import empty_ledger, server, servers, sql_url

__all__ = ["empty_ledger", "server", "servers", "sql_url"]
