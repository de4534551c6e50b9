"""Every answer has the headers that keep browsers and caches from harm, whoever gives it."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest

from listingapi.edge import at_the_edge
from listingapi.infra.admission import Admission
from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.servers import ServeProcess
from tests.sockets import exchange

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
PREFLIGHT = {"Origin": "https://agency.example", "Access-Control-Request-Method": "PUT"}
JSON = {"content-type": "application/json"}
# What is the same for everybody, until there is another release.
OF_A_RELEASE = ("/openapi.json", "/docs/start.js")
WRONG = {"Authorization": "Bearer wrong"}
HTTPS = {"X-Forwarded-Proto": "https"}
YEAR = "max-age=31536000"

ANSWERS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "a success": (200, "GET", "/listings", {}),
    "a head": (200, "HEAD", "/listings", {}),
    "the methods of an address": (204, "OPTIONS", "/listings", {}),
    "a preflight": (204, "OPTIONS", "/listings", {"headers": PREFLIGHT}),
    "the document": (200, "GET", "/openapi.json", {}),
    "a script of the docs": (200, "GET", "/docs/start.js", {}),
    "what is not JSON": (400, "POST", "/listings", {"content": b"{", "headers": JSON}),
    "wrong credentials": (401, "GET", "/listings", {"headers": WRONG}),
    "no such listing": (404, "GET", "/listings/7", {}),
    "no such address": (404, "GET", "/nothing", {}),
    "no such method": (405, "DELETE", "/listings", {}),
    "a body that is too large": (413, "POST", "/listings", {"content": b" " * (1024 * 1024 + 1), "headers": JSON}),
    "a wrong media type": (415, "POST", "/listings", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
    "a wrong body": (422, "POST", "/listings", {"json": {}}),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_every_answer_has_them(client: httpx.AsyncClient, name: str) -> None:
    status, method, path, request = ANSWERS[name]
    answer = await client.request(method, path, **request)

    assert answer.status_code == status
    assert {header: answer.headers.get_list(header) for header in ALWAYS} == {
        header: [value] for header, value in ALWAYS.items()
    }
    assert "strict-transport-security" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


@pytest.fixture
def broken_database(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """A database without a table that it should have, and that no other test gets."""
    database = create_database()
    asyncio.run(lose_listings(database))
    return database


async def lose_listings(database: TestDatabase) -> None:
    superuser = await asyncpg.connect(database.superuser_url)
    await superuser.execute("ALTER TABLE listing RENAME TO lost")
    await superuser.close()


async def test_a_failure_of_the_server_has_them(broken_database: TestDatabase, clock: Clock) -> None:
    async with client_of(broken_database.settings(), clock) as client:
        client.event_hooks = {}
        answer = await client.get("/listings")

    assert answer.status_code == 500
    assert answer.headers["cache-control"] == "no-store"
    assert ALWAYS.items() <= answer.headers.items()


async def test_a_failure_before_the_framework_is_answered_like_any_other(database: TestDatabase) -> None:
    async def failing(*_: object) -> None:
        raise LookupError

    edge: Any = at_the_edge(failing, failing, database.settings(), Admission())
    transport = httpx.ASGITransport(edge)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/listings")

    assert answer.status_code == 500
    assert answer.json() == {"message": "The server failed to answer; the failure was logged."}
    assert ALWAYS.items() <= answer.headers.items()


def test_what_is_not_http_has_them(live_server: ServeProcess) -> None:
    answer = exchange(live_server.address, b"nonsense\r\n\r\n")

    assert answer.status == 400
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize("name", ANSWERS)
async def test_nothing_is_kept_by_caches_unless_it_says_so(client: httpx.AsyncClient, name: str) -> None:
    status, method, path, request = ANSWERS[name]
    answer = await client.request(method, path, **request)

    if "Authorization" in request.get("headers", {}):
        assert answer.headers["cache-control"] == "private, no-store"
    elif status >= 400:
        assert answer.headers["cache-control"] == "no-store"
    elif path in OF_A_RELEASE:
        assert answer.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
    else:
        assert answer.headers.get("cache-control") == (None if method == "OPTIONS" else "private, no-store")


async def test_what_a_caller_with_credentials_gets_is_theirs(client: httpx.AsyncClient, database: TestDatabase) -> None:
    async with Accounts.on(database) as accounts:
        key = await accounts.key(await accounts.add("Agency"))
    await client.post("/listings", json=factories.listing())
    etag = (await client.get("/listings/1")).headers["etag"]
    for path, headers, status in (
        ("/listings", {}, 200), ("/listings/1", {"If-None-Match": etag}, 304), ("/listings/1/prices", {}, 200),
        ("/listings/7", {}, 404), ("/nothing", {}, 404),
    ):  # fmt: skip
        answer = await client.get(path, headers=key | headers)
        assert answer.status_code == status
        assert answer.headers.get_list("cache-control") == ["private, no-store"]


@pytest.mark.parametrize(("proxies", "expected"), [(frozenset({"127.0.0.1/32"}), YEAR), (frozenset(), None)])
async def test_only_whom_https_reached_is_told_to_stay_with_it(
    database: TestDatabase, clock: Clock, proxies: frozenset[str], expected: str | None
) -> None:
    async with client_of(database.settings(trusted_proxies=proxies), clock) as client:
        for answer in (
            await client.get("/listings", headers=HTTPS),
            await client.get("/nothing", headers=HTTPS),
            await client.options("/listings", headers=HTTPS | PREFLIGHT),
        ):
            assert answer.headers.get("strict-transport-security") == expected


async def test_a_connection_by_https_is_told_as_well(client: httpx.AsyncClient) -> None:
    answer = await client.get("https://test/listings")

    assert answer.headers["strict-transport-security"] == YEAR


async def test_the_docs_load_what_is_ours_and_run_nothing_that_stands_in_the_page(client: httpx.AsyncClient) -> None:
    for path in ("/docs", "/docs/"):
        page = await client.get(path)
        policy = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))

        assert page.headers.get_list("content-security-policy") == [page.headers["content-security-policy"]]
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert "unsafe" not in page.headers["content-security-policy"]
        assert page.headers["cross-origin-opener-policy"] == "same-origin"
        assert "<script>" not in page.text
        assert "style=" not in page.text


async def test_a_write_is_answered_with_them(client: httpx.AsyncClient) -> None:
    answer = await client.post("/listings", json=factories.listing())

    assert answer.status_code == 201
    assert ALWAYS.items() <= answer.headers.items()
