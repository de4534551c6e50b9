"""Whether the service is well, as its operators ask."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests import factories
from tests.conftest import TestDatabase, client_of
from tests.until import until

TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def test_it_lives_and_is_ready(client: httpx.AsyncClient) -> None:
    for path in ("/livez", "/readyz"):
        answer = await client.get(path)
        assert (answer.status_code, answer.text, answer.headers["cache-control"]) == (200, "ok", "no-store")


async def test_anybody_may_ask(database: TestDatabase, clock: Callable[[], Any]) -> None:
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_it_is_not_ready_without_postgresql_but_lives_and_comes_back(
    client: httpx.AsyncClient, superuser: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client.event_hooks = {}  # the OpenAPI document is for clients, not for probes
    name = await superuser.fetchval("SELECT current_database()")
    await superuser.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    await superuser.execute(TERMINATE)
    try:
        await until(lambda: _answers(client, 503))
        assert (await client.get("/readyz")).json()["message"].startswith("The database did not answer.")
        assert (await client.get("/livez")).status_code == 200
    finally:
        await superuser.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
    await until(lambda: _answers(client, 200))
    assert [record.name for record in caplog.records if record.name.startswith("asyncpg")] == []


async def test_it_is_ready_while_postgresql_takes_no_writes_and_those_are_503(
    database: TestDatabase, clock: Callable[[], Any], superuser: Any
) -> None:
    """As after a failover to a standby."""
    name = await superuser.fetchval("SELECT current_database()")
    await superuser.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        async with client_of(database.settings(), clock) as client:
            written = await client.post("/listings", json=factories.listing())
            read, probed = await client.get("/listings"), await client.get("/readyz")
    finally:
        await superuser.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")

    assert (written.status_code, written.headers["retry-after"]) == (503, "1")
    assert written.json()["message"].startswith("The database takes no writes at the moment,")
    assert (read.status_code, probed.status_code) == (200, 200)


async def _answers(client: httpx.AsyncClient, status: int) -> bool:
    return (await client.get("/readyz")).status_code == status
