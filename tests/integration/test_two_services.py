"""`serve --only listings` and `serve --only prices` behind nginx answer as one `serve` on the same database does."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.accounts import Accounts, Headers
from tests.authorization import REQUESTS, Request, Stage
from tests.conftest import TestDatabase
from tests.nginx import nginx_before
from tests.openapi import document
from tests.servers import serving
from tests.settled import settled

# Of this moment, of this connection, or of nginx itself, which is told by the last one alone for how long to keep it.
UNCOMPARED = {
    "date", "server", "connection", "keep-alive", "transfer-encoding", "x-request-id", "cache-status",
    "x-accel-expires",
}  # fmt: skip
# Whoever takes compressed answers gets them, of the same content.
PLAIN = {"Accept-Encoding": "identity"}

OPERATIONS = {
    operation["operationId"]: (method.upper(), path)
    for path, operations in document()["paths"].items()
    for method, operation in operations.items()
}
READS = sorted(name for name, request in REQUESTS.items() if request.method in {"GET", "HEAD"})
WRITES = sorted(REQUESTS.keys() - READS)
PATHS = sorted({path for _, path in OPERATIONS.values()})
# What no right request holds, by its name; for each operation whose answer to it is no stream.
WRONG: dict[str, dict[str, Any]] = {
    "an unknown parameter": {"params": {"nothing": "1"}},
    "an empty body": {"content": b"", "headers": {"Content-Type": "application/json"}},
    "no JSON": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "no object": {"content": b"[]", "headers": {"Content-Type": "application/json"}},
    "what there is not": {"json": {"nothing": 1}},
    "another type": {"content": b"<a/>", "headers": {"Content-Type": "text/xml"}},
    "too much": {"content": b'"' + b"x" * 2_000_000 + b'"', "headers": {"Content-Type": "application/json"}},
    "a wish for problems": {"json": {"nothing": 1}, "headers": {"Accept": "application/problem+json"}},
    "a key that is none": {"json": {}, "headers": {"Idempotency-Key": "x" * 256}},
    "a head that is too long": {"headers": {"X-Filling": "x" * 33_000}},
    "an address that is too long": {"params": {"x": "x" * 33_000}},
    "wrong credentials": {"headers": {"Authorization": "Bearer lst_wrong"}},
    "no credentials": {"headers": {"Authorization": ""}},
    "a host that is none": {"headers": {"Host": "elsewhere.invalid"}},
    "another origin": {"headers": {"Origin": "https://elsewhere.invalid"}},
}
# Of a key or secret that was made, and of deliveries, which are attempted meanwhile.
BY_CHANCE = re.compile(rb'(lst|whsec)_[\w+/=-]+|"attempts":\[[^]]*\]|"due_date":"[^"]*",?')
UNKNOWN = (
    "/nothing", "/prices", "/prices:", "/prices:batches", "/prices/1", "/price-reviews/1", "/price-reviews/1/1",
    "/pricing-rules/1/x", "/markets/FR", "/markets/FR/Paris", "/markets/FR/Paris/HOUSE", "/marketsx",
    "/listings/1/price", "/listings/1/pricesx", "/listings/1/prices/x", "/listings/1/prices/1", "/listings/1/x/prices",
    "/listings/1/prices/summary/x", "/listings/prices/prices/prices", "/Listings/1/prices", "/listings/1/prices.csv",
    "/x/listings/1/prices", "/docs/nothing", "/docs/assets/nothing", "/accounts/1/prices",
)  # fmt: skip
# Other ways to write an address, which is another one for some and the same for others.
ODD = (
    "//listings//1//prices//", "/listings/1/prices/", "/listings/1/%70rices", "/listings/1%2Fprices", "/%6cistings/1",
    "/listings/1/./prices", "/listings/1/x/../prices", "/listings/%31/prices", "/listings/1/prices%2Fsummary",
    "/listings/1%2F/prices", "/listings/1;x/prices", "/listings/1/prices;x", "/listings/1/prices%3Fview=detailed",
    "/markets/FR/Biel%2FBienne/HOUSE/statistics", "/markets/FR/%C3%89vry/HOUSE/statistics", "/prices%3Abatch",
    "/markets//FR/Paris/HOUSE/statistics", "/listings/1/prices%0A", "/listings/1/prices/at?time=2999-01-01T00%3A00:00Z",
    "/markets/FR/a%20b+c/HOUSE/statistics?from_month=2023-01", "/pricing-rules/", "/price-reviews/?limit=1",
    "/listings/1/prices?view=detailed&limit=1", "/listings/1/prices?limit=0", "/listings?limit=1",
)  # fmt: skip
PAGES = ("/docs", "/docs/start.js", "/docs/assets/swagger-ui.css", "/openapi.json", "/livez", "/readyz")


@dataclass(frozen=True, slots=True)
class Both:
    """The one server, and the two services behind nginx, also each by itself."""

    one: Stage
    two: Stage
    services: tuple[str, str]
    database: TestDatabase

    def ask(self, method: str, path: str, **given: Any) -> tuple[httpx.Response, httpx.Response]:
        """Send a request to both, as an operator does."""
        headers = {**self.one.headers["operator"], **given.pop("headers", {})}
        request = {"headers": {name: value for name, value in headers.items() if value}, **given}
        one, two = (
            stage.client.request(method, stage.urls["operator"] + path, **request) for stage in (self.one, self.two)
        )
        return one, two


@pytest.fixture(scope="module")
def both(create_database: Callable[[], TestDatabase], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Listing 1 and its price is there for both."""
    database = create_database()
    environment = database.settings(trusted_proxies="127.0.0.1", anonymous_scopes="").as_environment()
    environment["PYTHONHASHSEED"] = "0"  # which of two wrong ids is named is by chance in each process
    with ExitStack() as stack:

        def start(*options: str) -> str:
            host, port = stack.enter_context(serving(*options, environment=environment)).address
            return f"{host}:{port}"

        one, listings, prices = start(), start("--only", "listings"), start("--only", "prices")
        two = stack.enter_context(nginx_before(tmp_path_factory.mktemp("nginx"), listings, prices))
        headers = asyncio.run(_keys(database))
        client = stack.enter_context(httpx.Client(timeout=60, headers=PLAIN))
        stages = [Stage(client, dict.fromkeys(headers, f"http://{address}"), headers) for address in (one, two)]
        stages[0].send("owner", REQUESTS["post-listings"]).raise_for_status()
        yield Both(stages[0], stages[1], (listings, prices), database)


async def _settle(database: TestDatabase) -> None:
    """Let all be told that was written before."""
    connection = await asyncpg.connect(database.superuser_url)
    await settled(connection)
    await connection.close()


async def _keys(database: TestDatabase) -> dict[str, Headers]:
    async with Accounts.on(database) as accounts:
        return {
            "owner": await accounts.key(await accounts.add("owner")),
            "operator": await accounts.key(await accounts.add("operator", "operator")),
        }


def said(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """An answer as a client sees it."""
    headers = {name: value for name, value in answer.headers.items() if name not in UNCOMPARED}
    if varies := [name for name in headers.pop("vary", "").split(", ") if name not in {"", "Accept-Encoding"}]:
        headers["vary"] = ", ".join(varies)
    return answer.status_code, headers, answer.content


def without_numbers(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """The same of something that each of the two has made for itself."""
    status, headers, body = said(answer)
    body = BY_CHANCE.sub(b"", body)
    return status, {name: re.sub(r"\d+", "0", value) for name, value in headers.items()}, re.sub(rb"\d+", b"0", body)


def sender_of(name: str) -> str:
    """Who may do this."""
    operators = ("account", "audit", "correct", "approval", "rejection")
    return "operator" if any(word in name for word in operators) else "owner"


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_answered_alike(both: Both, name: str) -> None:
    one, two = (stage.send(sender_of(name), REQUESTS[name]) for stage in (both.one, both.two))

    assert one.is_success
    assert without_numbers(two) == without_numbers(one)


@pytest.mark.parametrize("name", READS)
def test_a_read_is_answered_alike(both: Both, name: str) -> None:
    sender, request = sender_of(name), REQUESTS[name]
    path = both.two.send(sender, request).request.url.raw_path.decode()
    asyncio.run(_settle(both.database))
    one, two = (stage.send(sender, Request(request.method, path)) for stage in (both.one, both.two))

    assert one.is_success
    compared = without_numbers if "deliver" in name else said
    assert compared(two) == compared(one)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - {"get-event-stream"}))
def test_what_is_wrong_is_refused_alike(both: Both, name: str, wrong: str) -> None:
    method, path = OPERATIONS[name]
    one, two = both.ask(method, re.sub(r"\{\w+\}", "999999999", path), **WRONG[wrong])

    assert said(two) == said(one)
    assert one.status_code >= 400 or name.startswith(("get-", "patch-"))


@pytest.mark.parametrize("number", ["1", "x", "0", "9223372036854775808"])
@pytest.mark.parametrize("path", PATHS)
def test_every_method_is_answered_alike(both: Both, path: str, number: str) -> None:
    address = re.sub(r"\{\w+\}", number, path)
    for method in ("HEAD", "OPTIONS", "PATCH", "QUERY"):
        one, two = both.ask(method, address)
        assert said(two) == said(one), method


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
@pytest.mark.parametrize("path", [*UNKNOWN, *PAGES])
def test_what_is_no_operation_is_answered_alike(both: Both, path: str, method: str) -> None:
    one, two = both.ask(method, path)

    assert said(two) == said(one)


@pytest.mark.parametrize("path", ODD)
def test_an_address_that_is_written_otherwise_is_answered_alike(both: Both, path: str) -> None:
    one, two = (_as_written(both, stage, path) for stage in (both.one, both.two))

    assert said(two) == said(one)


def _as_written(both: Both, stage: Stage, path: str) -> httpx.Response:
    """Send an address that httpx would write otherwise."""
    request = stage.client.build_request("GET", stage.urls["operator"], headers=both.one.headers["operator"])
    request.url = request.url.copy_with(raw_path=path.encode())
    return stage.client.send(request)


@pytest.mark.parametrize("path", PATHS)
def test_each_of_the_two_answers_its_own_and_nothing_else(both: Both, path: str) -> None:
    client, address = both.one.client, re.sub(r"\{\w+\}", "1", path)
    answers = [
        client.options(f"http://{service}{address}", headers=both.one.headers["operator"]) for service in both.services
    ]

    assert sorted(answer.status_code for answer in answers) == [204, 404]


def test_a_stream_of_events_is_not_held_up(both: Both) -> None:
    stage = both.two
    with stage.client.stream("GET", f"{stage.urls['owner']}/events/stream", headers=stage.headers["owner"]) as answer:
        lines = answer.iter_lines()
        number = stage.send("owner", REQUESTS["post-listings"]).json()["id"]

        assert any(f'"subject":"{number}"' in line for line in lines)
        assert answer.headers["x-accel-buffering"] == "no"


def test_a_wait_for_events_ends_as_soon_as_there_is_one(both: Both) -> None:
    stage = both.two
    newest = both.ask("GET", "/events?limit=1000")[1]
    while newest.json():
        newest = stage.send("owner", Request("GET", newest.links["next"]["url"]))
    with ThreadPoolExecutor(1) as pool:
        path, headers = newest.links["next"]["url"], {**stage.headers["owner"], "Prefer": "wait=60"}
        waiting = pool.submit(stage.client.get, stage.urls["owner"] + path, headers=headers, timeout=30)
        number = stage.send("owner", REQUESTS["post-listings"]).json()["id"]

        assert str(number) in [event["subject"] for event in waiting.result().json()]


def test_a_service_that_is_away_is_told_as_errors_are(tmp_path: Path) -> None:
    with nginx_before(tmp_path, "127.0.0.1:9", "127.0.0.1:9") as address:
        answer = httpx.get(f"http://{address}/listings", timeout=60)

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/json")
    assert answer.json().keys() == {"message"}
    assert answer.headers["retry-after"] == "5"
