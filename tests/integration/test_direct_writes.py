"""What answers frequent writes before the framework answers what the framework would."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from listingapi import direct
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

LISTINGS, LISTING, PRICES = "/listings", "/listings/1", "/listings/1/prices"
JSON = {"Content-Type": "application/json"}
Request = tuple[str, str, bytes, Mapping[str, str]]

REQUESTS: dict[str, Request] = {
    "a POST": ("POST", LISTINGS, b"WHOLE", JSON),
    "a POST with a key": ("POST", LISTINGS, b"WHOLE", JSON | {"Idempotency-Key": "one"}),
    "a POST on a version": ("POST", LISTINGS, b"WHOLE", JSON | {"If-Match": "1"}),
    "a POST without a type": ("POST", LISTINGS, b"WHOLE", {}),
    "a POST of no JSON": ("POST", LISTINGS, b"{", JSON),
    "a POST of wrong fields": ("POST", LISTINGS, b'{"name": ""}', JSON),
    "a POST with a parameter": ("POST", f"{LISTINGS}?confirm=true", b"WHOLE", JSON),
    "a POST to another address": ("POST", f"{LISTINGS}/", b"WHOLE", JSON),
    "a PUT": ("PUT", LISTING, b"WHOLE", JSON),
    "a PATCH": ("PATCH", LISTING, b'{"latest_price_eur": 7}', JSON),
    "a price": ("POST", PRICES, b'{"price_eur": 7}', JSON),
    "a price that is there": ("POST", PRICES, b'{"price_eur": 100000}', JSON),
    "a price for later": ("POST", PRICES, b'{"price_eur": 7, "effective_date": "2100-01-01T00:00:00Z"}', JSON),
    "no type": ("PATCH", LISTING, b'{"latest_price_eur": 7}', {}),
    "another type": ("PATCH", LISTING, b'{"latest_price_eur": 7}', {"Content-Type": "text/plain"}),
    "an empty type": ("PATCH", LISTING, b'{"latest_price_eur": 7}', {"Content-Type": ""}),
    "no JSON": ("PUT", LISTING, b"{", JSON),
    "no body": ("PUT", LISTING, b"", JSON),
    "an array": ("PATCH", LISTING, b"[]", JSON),
    "wrong fields": ("PUT", LISTING, b'{"name": ""}', JSON),
    "wrong fields of no listing": ("PUT", "/listings/99", b'{"name": ""}', JSON),
    "no listing": ("PATCH", "/listings/99", b"{}", JSON),
    "an id beyond a bigint": ("PATCH", "/listings/9999999999999999999", b"{}", JSON),
    "a problem": ("PATCH", "/listings/99", b"{}", JSON | {"Accept": "application/problem+json"}),
    "its version": ("PATCH", LISTING, b'{"latest_price_eur": 7}', JSON | {"If-Match": '"2", "1"'}),
    "another version": ("PATCH", LISTING, b'{"latest_price_eur": 7}', JSON | {"If-Match": '"2"'}),
    "a key": ("PATCH", LISTING, b'{"latest_price_eur": 7}', JSON | {"Idempotency-Key": "one"}),
    "no key": ("PATCH", LISTING, b'{"latest_price_eur": 7}', JSON | {"Idempotency-Key": '"'}),
    "too large": ("PATCH", LISTING, b'{"name": "%s"}' % (b"x" * 1024 * 1024), JSON),
    "a parameter": ("PATCH", f"{LISTING}?confirm=true", b'{"latest_price_eur": 7}', JSON),
    "a wrong parameter": ("PATCH", f"{LISTING}?confirmed=true", b'{"latest_price_eur": 7}', JSON),
}
# What is drawn for each request.
DRAWN = ("x-request-id",)


@pytest.fixture
async def framework(
    monkeypatch: pytest.MonkeyPatch, other_database: TestDatabase, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application in which the framework answers all writes."""
    with monkeypatch.context() as patch:
        patch.setattr(direct, "operations_on_listings", lambda _: {})
        patch.setattr(direct, "operations_on_prices", lambda _: {})
        async with client_of(other_database.settings(), clock) as connected:
            yield connected


@pytest.fixture
def other_database(create_database: Any) -> TestDatabase:
    """A database beside that of the test."""
    database: TestDatabase = create_database()
    return database


async def answered(client: httpx.AsyncClient, request: Request) -> list[Any]:
    """What a request is answered, and what it leaves: sent twice, as a client would that lost the first answer."""
    method, path, body, headers = request
    client.event_hooks = {}
    content = httpx.Request("PUT", "http://test", json=factories.listing(latest_price_eur=7)).content
    await client.post("/listings", json=factories.listing())
    answers = [
        await client.request(method, path, content=content if body == b"WHOLE" else body, headers=dict(headers))
        for _ in range(2)
    ]
    left = [await client.get(read) for read in (LISTINGS, LISTING, f"{PRICES}?view=detailed")]
    return [
        (answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k not in DRAWN})
        for answer in (*answers, *left)
    ]


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_an_answer_is_the_same(
    client: httpx.AsyncClient, framework: httpx.AsyncClient, request_: Request
) -> None:
    assert await answered(client, request_) == await answered(framework, request_)


async def test_a_connection_that_ends_within_a_body_is_answered_400(database: TestDatabase, clock: Clock) -> None:
    sent: list[Any] = []
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    async with client_of(database.settings(), clock) as client:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "PUT", "scheme": "http",
            "path": LISTING, "raw_path": LISTING.encode(), "query_string": b"", "root_path": "", "state": {},
            "headers": [(b"host", b"test"), (b"content-length", b"100")],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        transport: Any = client._transport
        await transport.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert b"the connection ended before it did" in sent[1]["body"]
