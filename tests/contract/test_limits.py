"""Every limit on what callers send: taken at the limit, refused one beyond it, and told to operators."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import factories
from tests.heads import filled_by, with_headers, with_long_path
from tests.servers import ServeProcess
from tests.sockets import chunked, exchange, request

ROOT = Path(__file__).parents[2]
JSON = {"content-type": "application/json"}
MIB = 1024 * 1024
HEAD = 32 * 1024

Sending = Callable[[httpx.AsyncClient, int], Awaitable[httpx.Response]]


@dataclass(frozen=True, slots=True)
class Limit:
    """How a request with so much of something is sent, how much is taken, and how more than that is refused."""

    send: Sending
    most: int
    status: int
    message: str
    said: str


def listing_of(size: int) -> bytes:
    """A ListingWrite of so many bytes."""
    body = json.dumps(factories.listing(name="")).encode()
    return body.replace(b'"name": ""', b'"name": "%b"' % (b"x" * (size - len(body))))


def sends_body(client: httpx.AsyncClient, size: int) -> Awaitable[httpx.Response]:
    return client.post("/listings", content=listing_of(size), headers=JSON)


def sends_chunks(client: httpx.AsyncClient, size: int) -> Awaitable[httpx.Response]:
    async def chunks() -> AsyncIterator[bytes]:
        body = listing_of(size)
        for start in range(0, size, 50_000):
            yield body[start : start + 50_000]

    return client.post("/listings", content=chunks(), headers=JSON)


def sends_levels(opening: str, closing: str) -> Sending:
    def send(client: httpx.AsyncClient, levels: int) -> Awaitable[httpx.Response]:
        body = '{"name": ' + opening * (levels - 1) + "1" + closing * (levels - 1) + "}"
        return client.post("/listings", content=body, headers=JSON)

    return send


def sends_properties(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
    return client.post("/listings", json={"name": {str(name): 1 for name in range(number)}})


def sends_arrays(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
    return client.post("/listings", json={"name": [[]] * number})


def sends_lines(client: httpx.AsyncClient, lines: int) -> Awaitable[httpx.Response]:
    return client.post("/prices:batch", json={"prices": [{"listing_id": 1, "price_eur": 1}] * lines})


def sends_key(client: httpx.AsyncClient, length: int) -> Awaitable[httpx.Response]:
    return client.post("/listings", json=factories.listing(), headers={"Idempotency-Key": "k" * length})


def sends_reason(client: httpx.AsyncClient, length: int) -> Awaitable[httpx.Response]:
    return client.post("/listings/1/prices/1/corrections", json={"price_eur": 5, "reason": "r" * length})


def sends_url(client: httpx.AsyncClient, length: int) -> Awaitable[httpx.Response]:
    url = "https://receiver.invalid/".ljust(length, "p")
    return client.post("/webhooks", json={"url": url, "types": ["price.changed"]})


def subscribes_search(client: httpx.AsyncClient, size: int) -> Awaitable[httpx.Response]:
    search = {"city": "c" * (size - len('{"city":""}'))}
    body = {"url": "https://receiver.invalid/", "types": ["price.changed"], "search": search}
    return client.post("/webhooks", json=body)


def asks_for(path: str) -> Sending:
    return lambda client, number: client.get(path.replace("{}", str(number)))


def asks_whose(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
    return client.get("/access", params={"listing": ",".join(["1"] * number)})


def searches(client: httpx.AsyncClient, length: int) -> Awaitable[httpx.Response]:
    return client.get("/listings", params={"text": "t" * length})


LIMITS = {
    "a body that says its length": Limit(sends_body, MIB, 413, "larger than 1 MiB", "1 MiB"),
    "a body in chunks": Limit(sends_chunks, MIB, 413, "larger than 1 MiB", "1 MiB"),
    "objects in objects": Limit(sends_levels('{"a": ', "}"), 16, 422, "nested too deeply: 16 levels", "16 levels"),
    "arrays in arrays": Limit(sends_levels("[", "]"), 16, 422, "nested too deeply: 16 levels", "16 levels"),
    "the properties of an object": Limit(sends_properties, 1000, 422, "has an object of more than 1000", "| 1000 |"),
    "the arrays on a level": Limit(sends_arrays, 5000, 422, "has more than 5000", "| 5000 |"),
    "the lines of a batch": Limit(sends_lines, 1000, 422, "prices must be", "1000 lines"),
    "an Idempotency-Key": Limit(sends_key, 255, 422, "Idempotency-Key", "255 characters"),
    "the reason of a correction": Limit(sends_reason, 2000, 422, "reason must be", "2000 characters"),
    "the address of a webhook": Limit(sends_url, 2048, 422, "url must be", "2048 characters"),
    "the search of a webhook": Limit(subscribes_search, 4096, 422, "search must be", "4096 bytes"),
    "listings asked about": Limit(asks_whose, 1000, 422, "listing must be at most 1000 ids", "1000 ids"),
    "the text of a search": Limit(searches, 200, 422, "text must be", "200 characters"),
    "a page of listings": Limit(asks_for("/listings?limit={}"), 1000, 422, "limit", "1000 entries"),
    "a page of a history": Limit(asks_for("/listings/1/prices?limit={}"), 1000, 422, "limit", "1000 entries"),
    "a page of accounts": Limit(asks_for("/accounts?limit={}"), 1000, 422, "limit", "1000 entries"),
    "a page of reviews": Limit(asks_for("/price-reviews?limit={}"), 1000, 422, "limit", "1000 entries"),
    "a page of the audit trail": Limit(asks_for("/audit?limit={}"), 1000, 422, "limit", "1000 entries"),
}


@pytest.fixture
async def sender(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client, where listing 1 is there."""
    assert (await client.post("/listings", json=factories.listing())).json()["id"] == 1
    return client


def is_refused(answer: httpx.Response, limit: Limit) -> bool:
    return answer.status_code == limit.status and limit.message in answer.json()["message"]


@pytest.mark.parametrize("name", LIMITS)
async def test_it_is_taken_at_the_limit_and_refused_beyond(sender: httpx.AsyncClient, name: str) -> None:
    limit = LIMITS[name]

    assert not is_refused(at_limit := await limit.send(sender, limit.most), limit)
    assert at_limit.is_success or limit.message.startswith(("nested", "has "))
    assert is_refused(await limit.send(sender, limit.most + 1), limit)


@pytest.mark.parametrize("name", LIMITS)
def test_operators_are_told(name: str) -> None:
    limits = (ROOT / "docs/operations.md").read_text().partition("\n## Limits\n")[2].partition("\n## ")[0]

    assert LIMITS[name].said in limits


SENT: dict[str, tuple[Callable[[int], bytes], int, tuple[int, int]]] = {
    "the bytes of a head": (lambda size: filled_by(b"X", size), HEAD, (404, 431)),
    "the bytes of an address": (with_long_path, HEAD, (404, 414)),
    "the bytes of a token": (lambda size: filled_by(b"Authorization", size), HEAD, (401, 401)),
    "the headers of a request": (with_headers, 100, (404, 431)),
    "a body on the wire": (lambda size: request(b"POST", b"/listings", listing_of(size)), MIB, (201, 413)),
    "chunks on the wire": (lambda size: chunked(b"POST", b"/listings", [listing_of(size)]), MIB, (201, 413)),
}


@pytest.mark.parametrize("name", SENT)
def test_a_socket_finds_the_same(live_server: ServeProcess, name: str) -> None:
    make, most, statuses = SENT[name]

    assert tuple(exchange(live_server.address, make(size)).status for size in (most, most + 1)) == statuses
