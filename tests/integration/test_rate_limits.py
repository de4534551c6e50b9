"""Limits as callers meet them, over applications that share one Redis, and in one that has none."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from asgi_lifespan import LifespanManager

from listingapi.app import create_app
from listingapi.settings import Settings
from tests import factories
from tests.accounts import Accounts, Headers, bearer
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.openapi import validate_answer
from tests.redis_server import RedisServer
from tests.servers import serving

ClientOf = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
SET_READS = "UPDATE account SET reads_per_minute = $2 WHERE account_id = $1"


@pytest.fixture
def client_of(database: TestDatabase, clock: Clock) -> ClientOf:
    """Makes applications on one database, each with a client at an address."""

    @asynccontextmanager
    async def client(address: str = "192.0.2.1", **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        async with application(database.settings(**settings), clock) as app:
            transport = httpx.ASGITransport(app, client=(address, 1234), raise_app_exceptions=False)
            hooks = {"response": [validate_answer]}
            async with httpx.AsyncClient(transport=transport, base_url="http://test", event_hooks=hooks) as connected:
                yield connected

    return client


@asynccontextmanager
async def application(settings: Settings, clock: Clock) -> AsyncIterator[Any]:
    app: Any = create_app(settings, clock=clock)
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60):
        yield app


@pytest.fixture
async def key(accounts: Accounts) -> Headers:
    """A key of an agency."""
    return await accounts.key(await accounts.add("Agency"))


async def statuses(clients: list[httpx.AsyncClient], *, of_each: int, headers: Headers | None = None) -> list[int]:
    """What several clients are answered who ask at once."""
    asked = (client.get("/listings?limit=1", headers=headers) for client in clients for _ in range(of_each))
    return [answer.status_code for answer in await asyncio.gather(*asked)]


@pytest.mark.parametrize("setting", ["address_reads_per_minute", "account_reads_per_minute"])
async def test_two_applications_let_in_exactly_the_allowance_together(
    client_of: ClientOf, redis_server: RedisServer, key: Headers, setting: str
) -> None:
    given: dict[str, Any] = {"redis_url": redis_server.url, setting: 4}
    async with client_of(**given) as one, client_of(**given) as two:
        headers = key if setting.startswith("account") else None
        answered = await statuses([one, two], of_each=50, headers=headers)

    assert sorted(answered) == [200] * 4 + [429] * 96


def test_two_processes_let_in_exactly_the_allowance_together(database: TestDatabase, redis_server: RedisServer) -> None:
    settings = database.settings(redis_url=redis_server.url, address_reads_per_minute=3)
    with serving("--workers", "2", environment=settings.as_environment(), module="tests.patient") as server:
        # Each request has a connection of its own, so that either process may get it.
        answered = [httpx.get(f"{server.url}/listings", timeout=60).status_code for _ in range(12)]

    assert answered == [200] * 3 + [429] * 9


async def test_without_redis_each_application_counts_by_itself(client_of: ClientOf) -> None:
    async with client_of(address_reads_per_minute=3) as one, client_of(address_reads_per_minute=3) as two:
        assert sorted(await statuses([one], of_each=8)) == [200] * 3 + [429] * 5
        assert sorted(await statuses([two], of_each=8)) == [200] * 3 + [429] * 5


@pytest.mark.parametrize("is_shared", [True, False])
async def test_what_an_operator_set_for_an_account_goes_before_the_setting(
    client_of: ClientOf, redis_server: RedisServer, accounts: Accounts, *, is_shared: bool
) -> None:
    limited, other = await accounts.add("Limited"), await accounts.add("Other")
    await accounts._connection.execute(SET_READS, limited, 2)
    given: dict[str, Any] = {"account_reads_per_minute": 4}
    async with client_of(**given, redis_url=redis_server.url if is_shared else None) as client:
        for account_id, allowance in ((limited, 2), (other, 4)):
            headers = await accounts.key(account_id)
            assert (await statuses([client], of_each=9, headers=headers)).count(200) == allowance


async def test_reads_and_writes_of_an_address_are_counted_apart(client_of: ClientOf) -> None:
    async with client_of(address_reads_per_minute=1, address_writes_per_minute=1) as client:
        written = [await client.post("/listings", json=factories.listing()) for _ in range(2)]
        read = [await client.request(method, "/listings") for method in ("HEAD", "GET")]
        preflight = await client.options(
            "/listings", headers={"Origin": "https://x", "Access-Control-Request-Method": "PUT"}
        )

    assert [answer.status_code for answer in (*written, *read, preflight)] == [201, 429, 200, 429, 204]
    assert written[0].headers["ratelimit-policy"] == '"writes";q=1;w=60'
    assert written[0].headers["ratelimit"] == '"writes";r=0;t=60'
    assert int(written[1].headers["retry-after"]) == 60
    assert "ratelimit" not in preflight.headers


async def test_errors_say_what_is_left_and_browsers_may_read_it(client_of: ClientOf) -> None:
    async with client_of(address_reads_per_minute=1) as client:
        origin = {"Origin": "https://agency.example"}
        missing = await client.get("/listings/17", headers=origin)
        refused = await client.get("/listings/17", headers=origin)

    assert (missing.status_code, refused.status_code) == (404, 429)
    for answer in (missing, refused):
        assert answer.headers["ratelimit"].startswith('"reads";r=0;t=')
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "RateLimit" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("is_shared", [True, False])
async def test_failed_logins_of_an_address_are_limited_and_right_keys_get_in(
    client_of: ClientOf, redis_server: RedisServer, key: Headers, *, is_shared: bool
) -> None:
    shared = redis_server.url if is_shared else None
    async with client_of(failed_logins_per_minute=3, redis_url=shared) as client:
        assert (await client.get("/listings", headers=key)).status_code == 200
        wrong = [await client.get("/listings", headers=bearer(f"wrong {number}")) for number in range(9)]
        other_kind = await client.get("/listings", headers={"Authorization": "Basic eDp5"})
        right = await client.get("/listings", headers=key)
        without = await client.get("/listings")

    assert [answer.status_code for answer in wrong] == [401] * 3 + [429] * 6
    assert other_kind.status_code == 429
    assert [answer.status_code for answer in (right, without)] == [200, 200]
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in wrong[3:])


async def test_all_applications_give_a_credential_the_same_turn(client_of: ClientOf, redis_server: RedisServer) -> None:
    given: dict[str, Any] = {"failed_logins_per_minute": 1, "redis_url": redis_server.url}
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client_of(**given)) for _ in range(3)]
        await clients[0].get("/listings", headers=bearer("wrong"))
        answers = [await client.get("/listings", headers=bearer("newcomer")) for client in clients]
        told = [int(answer.headers["retry-after"]) for answer in answers]

    assert {answer.status_code for answer in answers} == {429}
    # The second may have changed between two of them.
    assert (told[0] - told[-1]) % 60 <= 1


async def test_missing_credentials_are_no_failed_login(client_of: ClientOf) -> None:
    async with client_of(failed_logins_per_minute=1, anonymous_scopes=frozenset()) as client:
        assert [(await client.get("/listings")).status_code for _ in range(5)] == [401] * 5
        assert (
            (await client.get("/listings", headers=bearer("wrong"))).headers["ratelimit"].startswith('"failed-logins"')
        )
