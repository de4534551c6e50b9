"""Whether the service is well, as its operators ask."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from listingapi import health
from tests import factories
from tests.conftest import TestDatabase, client_of
from tests.until import until

JSON = {"Accept": "application/json"}
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


async def test_who_asks_for_json_is_told_that_nothing_is_degraded(client: httpx.AsyncClient) -> None:
    asked = {accept: await client.get("/readyz", headers={"Accept": accept}) for accept in ("application/json", "*/*")}

    assert asked["application/json"].json() == {"status": "ok", "degraded": []}
    assert asked["*/*"].text == "ok"
    assert {answer.headers["vary"] for answer in asked.values()} == {"Accept"}


@pytest.mark.parametrize(
    ("part", "settings"),
    [
        ("redis", {"redis_url": "redis://127.0.0.1:1/0"}),
        ("identity provider", {"jwt_issuer": "https://id.example", "jwt_audience": "a", "jwt_jwks_url": "http://127.0.0.1:1/"}),
    ],
)  # fmt: skip
async def test_what_is_away_is_named_and_costs_nothing_else(
    database: TestDatabase, clock: Callable[[], Any], part: str, settings: dict[str, str]
) -> None:
    async with client_of(database.settings(**settings), clock) as client:

        async def is_named() -> bool:
            answer = await client.get("/readyz", headers=JSON)
            assert answer.status_code == 200
            return [each["part"] for each in answer.json()["degraded"]] == [part]

        await until(is_named)
        assert (await client.get("/readyz")).text == "ok"
        assert (await client.get("/listings")).status_code == 200


async def test_events_that_wait_are_named(
    database: TestDatabase, clock: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No relay runs."""
    monkeypatch.setattr(health, "LONGEST_LAG_SECONDS", 0.05)
    async with client_of(database.settings(rabbitmq_url="amqp://127.0.0.1:1"), clock) as client:
        await client.post("/listings", json=factories.listing())

        async def is_named() -> bool:
            answer = (await client.get("/readyz", headers=JSON)).json()
            return [each["part"] for each in answer["degraded"]] == ["events"]

        await until(is_named)


async def test_probes_need_no_host_count_towards_no_rate_and_pass_the_gate(
    database: TestDatabase, clock: Callable[[], Any]
) -> None:
    settings = database.settings(trusted_hosts=frozenset({"api.example.com"}), address_reads_per_minute=1)
    async with client_of(settings, clock) as client:
        for _ in range(3):
            for path in ("/livez", "/readyz"):
                answer = await client.get(path, headers={"Host": "10.0.0.7:8080", "Authorization": "Bearer wrong"})
                assert (answer.status_code, answer.text) == (200, "ok")
        assert (await client.head("/readyz")).status_code == 200
        refused = await client.post("/readyz")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_it_is_ready_while_all_connections_for_requests_are_in_use(
    database: TestDatabase, clock: Callable[[], Any], superuser: Any
) -> None:
    async with client_of(database.settings(database_pool_size=1), clock) as client:
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE pricing_rule IN ACCESS EXCLUSIVE MODE")
            waiting = [asyncio.create_task(client.get("/pricing-rules")) for _ in range(3)]
            await until(lambda: _waits(superuser))
            assert (await client.get("/readyz")).status_code == 200
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}


async def _waits(superuser: Any) -> bool:
    return bool(await superuser.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))


async def _answers(client: httpx.AsyncClient, status: int) -> bool:
    return (await client.get("/readyz")).status_code == status
