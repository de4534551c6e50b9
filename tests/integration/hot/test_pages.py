"""Pages that are made once for several are what each would get alone, and never of before what the caller knows."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from listingapi.access.scopes import MAY_HAVE, Scope
from tests import factories
from tests.accounts import Accounts, Headers
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.statements import seen_by

READ = frozenset({Scope.LISTINGS_READ})
NOW = {"Cache-Control": "no-cache"}
OLDEST_SECONDS = 1.0
OF_ITS_OWN = ("x-request-id", "x-accel-expires")
PAGES = [
    pytest.param("/listings", {}, id="all"),
    pytest.param("/listings?limit=1&view=detailed&sort=-price", {}, id="with a next page"),
    pytest.param("/listings?city=Nowhere", {}, id="none"),
    pytest.param("/listings?colour=red", {}, id="a wrong search"),
    pytest.param("/listings?colour=red", {"Accept": "application/problem+json"}, id="a problem"),
    pytest.param("/listings/1/prices?order=desc", {}, id="a window of a history"),
    pytest.param("/listings/1/prices?order=desc", {"If-None-Match": '"2"'}, id="one that is known"),
    pytest.param("/listings/1/prices?order=desc", {"Accept": "text/csv"}, id="as CSV"),
    pytest.param("/listings/1/prices?view=detailed", {}, id="in detail"),
    pytest.param("/listings/1/prices/summary", {}, id="a summary"),
    pytest.param("/listings/7/prices/summary", {}, id="of nothing"),
    pytest.param("/listings/1/prices/at?time=2999-01-01T00:00:00Z", {}, id="a price"),
    pytest.param("/markets/FR/Paris/HOUSE/statistics", {}, id="a market"),
]


@pytest.fixture
async def key(database: TestDatabase) -> Headers:
    async with Accounts.on(database) as accounts:
        return await accounts.key(await accounts.add("agency"), scopes=MAY_HAVE["agency"])


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that requests run."""
    return seen_by(monkeypatch)


@pytest.fixture
async def visitor(
    statements: list[str], database: TestDatabase, clock: Clock, key: Headers
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that anybody may read from, with two listings."""
    async with client_of(database.settings(anonymous_scopes=READ), clock) as connected:
        for price in (100_000, 200_000.5):
            await connected.post("/listings", json=factories.listing(latest_price_eur=price), headers=key)
        await connected.patch("/listings/1", json={"latest_price_eur": 90_000}, headers=key)
        statements.clear()
        yield connected


def said(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """What an answer says, but for its own id and time."""
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in OF_ITS_OWN]
    return answer.status_code, sorted(headers), answer.content


@pytest.mark.parametrize(("path", "headers"), PAGES)
async def test_an_answer_is_the_same_whether_it_is_kept_or_not(
    visitor: httpx.AsyncClient, path: str, headers: Headers
) -> None:
    made = said(await visitor.get(path, headers=headers | NOW))
    kept = [said(await visitor.get(path, headers=headers)) for _ in range(3)]
    alone = said(await visitor.get(f"{path}{'&' if '?' in path else '?'}", headers=headers))

    assert kept == [made] * 3
    assert (alone[0], alone[2]) == (made[0], made[2])


@pytest.mark.parametrize(("path", "headers"), PAGES)
async def test_a_caller_with_a_key_is_told_the_same(
    visitor: httpx.AsyncClient, key: Headers, path: str, headers: Headers
) -> None:
    anonymous, own = await visitor.get(path, headers=headers), await visitor.get(path, headers=headers | key)

    assert own.status_code == anonymous.status_code
    if "detailed" not in path or path.startswith("/listings?"):
        assert own.content == anonymous.content
    assert own.headers.get("link") == anonymous.headers.get("link")


@pytest.mark.parametrize(
    ("path", "varies"),
    [("/listings", "Authorization"), ("/listings/1/prices?order=desc", "Accept, Authorization")],
)
async def test_caches_are_told_of_which_second_an_answer_is_and_for_whom(
    visitor: httpx.AsyncClient, path: str, varies: str
) -> None:
    before = int(time.time())
    answer = await visitor.get(path)
    expires = int(answer.headers["x-accel-expires"].removeprefix("@"))

    assert before <= expires <= time.time()
    assert answer.headers.get_list("vary") == [varies]
    assert (await visitor.get(path, headers={"Authorization": "Basic x"})).headers.get("x-accel-expires") is None


async def test_those_who_ask_at_once_share_a_read(
    visitor: httpx.AsyncClient, key: Headers, statements: list[str]
) -> None:
    answers = await asyncio.gather(*(visitor.get("/listings", headers=key) for _ in range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert 1 <= sum("bytes_before" in statement for statement in statements) <= 3


async def test_what_is_kept_is_not_read_again(visitor: httpx.AsyncClient, statements: list[str]) -> None:
    began, read = time.monotonic(), 0
    while not read or time.monotonic() - began < OLDEST_SECONDS / 2:
        await visitor.get("/listings")
        read += 1

    seconds = time.monotonic() - began
    assert 1 <= sum("bytes_before" in statement for statement in statements) <= 1 + seconds / OLDEST_SECONDS


async def test_who_has_written_reads_it_at_once_and_everybody_within_a_second(
    visitor: httpx.AsyncClient, key: Headers
) -> None:
    reading = asyncio.create_task(_read_on(visitor, key))
    for price in range(1, 20):
        await visitor.get("/listings")
        (await visitor.patch("/listings/2", json={"latest_price_eur": price}, headers=key)).raise_for_status()
        written = time.monotonic()
        assert _price(await visitor.get("/listings", headers=key)) == price
        assert _price(await visitor.get("/listings", headers=NOW)) == price
        asked = time.monotonic()
        assert _price(await visitor.get("/listings")) == price or asked - written < OLDEST_SECONDS
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading


async def _read_on(visitor: httpx.AsyncClient, key: Headers) -> None:
    """Have a read on its way all the time."""
    while True:
        await asyncio.gather(*(visitor.get("/listings", headers=key) for _ in range(3)))


def _price(answer: httpx.Response) -> object:
    return answer.json()[0]["latest_price_eur"]


async def test_everybody_reads_it_when_a_second_is_over(visitor: httpx.AsyncClient, key: Headers) -> None:
    await visitor.get("/listings")
    await visitor.patch("/listings/2", json={"latest_price_eur": 7}, headers=key)
    written = asked = time.monotonic()
    while _price(await visitor.get("/listings")) != 7:
        assert asked - written < OLDEST_SECONDS
        asked = time.monotonic()


async def test_who_may_not_read_gets_nothing_that_is_kept(visitor: httpx.AsyncClient, database: TestDatabase) -> None:
    async with Accounts.on(database) as accounts:
        blind = await accounts.key(await accounts.add("blind"), scopes=[Scope.EVENTS_READ])
    await visitor.get("/listings")

    assert (await visitor.get("/listings", headers=blind)).status_code == 403
