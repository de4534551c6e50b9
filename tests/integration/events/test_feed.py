"""The feed by pages: in order, filtered, and with a link that leads on."""

import json
from typing import Any

import httpx
import pytest

from listingapi.access.callers import DEFAULT_ACCOUNT_ID
from listingapi.access.scopes import Scope
from listingapi.events import repository
from listingapi.rendering import PROBLEM_JSON
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.events.outbox import NOW, add, age, fill, sequenced
from tests.integration.events.pages import ids, next_of, walk
from tests.samples import data_of, listing
from tests.settled import settled
from tests.until import until

BATCH = "application/cloudevents-batch+json"


async def test_an_event_is_answered_as_a_cloudevent(client: httpx.AsyncClient, superuser: Any) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    data = data_of("price.changed").replace('"price_eur":285000,', '"price_eur":285000.10,')
    await add(superuser, 7, 3, "price.changed", account_id=4, created_date=NOW, trace=trace, data=data)
    await sequenced(superuser, 1)

    answer = await client.get("/events")

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == [
        {
            "specversion": "1.0",
            "id": "7-3-price.changed",
            "source": "/listings",
            "type": "org.listingapi.price.changed.v1",
            "subject": "7",
            "time": "2023-01-12T09:23:36Z",
            "datacontenttype": "application/json",
            "sequence": "3",
            "account": "4",
            "traceparent": trace,
            "data": json.loads(data),
        }
    ]
    assert '"price_eur":285000.10' in answer.text, "the data are as they were written"


async def test_without_a_trace_there_is_none(client: httpx.AsyncClient, superuser: Any) -> None:
    await add(superuser, 7)
    await sequenced(superuser, 1)

    [event] = (await client.get("/events")).json()

    assert "traceparent" not in event


@pytest.mark.parametrize(
    ("accept", "media_type"), [(BATCH, BATCH), ("*/*", "application/json"), (f"{BATCH};q=0.5, */*", "application/json")]
)
async def test_the_media_type_is_as_asked_for(client: httpx.AsyncClient, accept: str, media_type: str) -> None:
    answer = await client.get("/events", headers={"Accept": accept})

    assert answer.headers["Content-Type"] == media_type


async def test_the_links_lead_through_all_events_once_and_in_order(client: httpx.AsyncClient, superuser: Any) -> None:
    await fill(superuser, 25)
    await sequenced(superuser, 25)

    pages = [page async for page in walk(client, "/events?limit=10")]

    assert pages == [
        [f"0-{version}-listing.updated" for version in versions]
        for versions in (range(1, 11), range(11, 21), range(21, 26), ())
    ]


async def test_an_empty_feed_leads_on(client: httpx.AsyncClient, superuser: Any) -> None:
    first = await client.get("/events?types=listing.updated&types=price.changed&limit=5")
    await add(superuser, 1)
    await sequenced(superuser, 1)

    assert next_of(first) == "/events?after=0&types=listing.updated&types=price.changed&limit=5"
    assert await ids(client, next_of(first)) == ["1-1-listing.updated"]


@pytest.fixture
async def several(client: httpx.AsyncClient, superuser: Any) -> httpx.AsyncClient:
    """A feed of some types and listings."""
    for listing_id, version, kind in (
        (1, 1, "listing.created"), (2, 1, "listing.created"), (1, 2, "price.changed"), (1, 3, "listing.withdrawn"),
        (2, 2, "price.changed"),
    ):  # fmt: skip
        await add(superuser, listing_id, version, kind)
    await sequenced(superuser, 5)
    return client


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("types=price.changed", ["1-2-price.changed", "2-2-price.changed"]),
        *(
            (query, ["1-2-price.changed", "1-3-listing.withdrawn", "2-2-price.changed"])
            for query in (
                "types=price.changed&types=listing.withdrawn",
                "types=price.changed,listing.withdrawn",
                "types=price.changed,listing.withdrawn&types=price.changed",
                "types=price.changed%2Clisting.withdrawn",
            )
        ),
        ("listing=2", ["2-1-listing.created", "2-2-price.changed"]),
        ("listing=2&types=price.changed", ["2-2-price.changed"]),
        ("listing=1&after=1&limit=1", ["1-2-price.changed"]),
        ("listing=3", []),
    ],
)
async def test_only_what_is_asked_for_is_answered(several: httpx.AsyncClient, query: str, found: list[str]) -> None:
    assert await ids(several, f"/events?{query}") == found


async def test_a_filtered_page_leads_behind_all_that_was_looked_at(several: httpx.AsyncClient) -> None:
    answer = await several.get("/events?types=listing.withdrawn")

    assert next_of(answer) == "/events?after=5&types=listing.withdrawn"


async def test_a_page_looks_at_so_many_events_and_leads_on(
    several: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "MOST_SCANNED", 2)

    pages = [page async for page in walk(several, "/events?types=listing.withdrawn")]

    assert pages == [[], ["1-3-listing.withdrawn"], [], []]


async def test_a_page_waits_behind_what_it_looks_at(
    several: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "MOST_SCANNED", 2)

    assert await ids(several, "/events?types=listing.withdrawn", Prefer="wait=20") == ["1-3-listing.withdrawn"]


async def test_a_page_is_bounded_by_its_bytes(client: httpx.AsyncClient, superuser: Any) -> None:
    for version in range(1, 8):
        await add(superuser, 1, version, data=data_of("listing.updated", listing=listing(name="x" * 1_000_000)))
    await sequenced(superuser, 7)

    assert [len(page) async for page in walk(client, "/events")] == [5, 2, 0]


async def test_what_is_an_accounts_own_is_shown_to_it_alone(database: TestDatabase, superuser: Any) -> None:
    """What it has scheduled, and what its pricing rules have against a price."""
    public = database.settings(anonymous_scopes=frozenset({Scope.EVENTS_READ}))
    async with Accounts.on(database) as accounts, client_of(public, Clock()) as client:
        own, other = await accounts.add("own"), await accounts.add("other", "operator")
        headers = {"own": await accounts.key(own), "other": await accounts.key(other), "anonymous": {}}
        for account_id in (own, DEFAULT_ACCOUNT_ID):
            flagged = data_of("price.changed", price_eur=5.25, flags=[])
            await add(superuser, account_id, 1, "price.scheduled", account_id=account_id)
            await add(superuser, account_id, 2, "price.changed", account_id=account_id, data=flagged)
        await sequenced(superuser, 4)
        answers = {name: await client.get("/events", headers=given) for name, given in headers.items()}

    told = {name: [event["id"] for event in answer.json()] for name, answer in answers.items()}
    changes = [f"{own}-2-price.changed", f"{DEFAULT_ACCOUNT_ID}-2-price.changed"]
    assert told == {"own": [f"{own}-1-price.scheduled", *changes], "other": changes, "anonymous": changes}
    assert {name: answer.text.count('"flags"') for name, answer in answers.items()} == {
        "own": 1, "other": 0, "anonymous": 0,
    }  # fmt: skip
    assert all(answer.text.count('"price_eur":5.25') == 2 for answer in answers.values())


async def test_a_forgotten_position_is_gone(client: httpx.AsyncClient, superuser: Any) -> None:
    await fill(superuser, 5)
    await sequenced(superuser, 5)
    await superuser.execute("DELETE FROM event WHERE position <= 3; UPDATE event_feed SET forgotten_position = 3")

    answer = await client.get("/events?after=2", headers={"Accept": PROBLEM_JSON})

    assert answer.status_code == 410
    assert answer.json()["type"] == "urn:listingapi:problem:events-forgotten"
    assert "3 is the oldest position to go on from" in answer.json()["detail"]
    assert len(await ids(client, "/events?after=3")) == len(await ids(client, "/events")) == 2


@pytest.mark.parametrize(
    "query",
    [
        "after=1", "after=9223372036854775807", "after=9223372036854775808", "after=x", "types=price", "types=",
        "types=price.changed,", "types=price.changed,x", "types=price.changed%20", "limit=0", "limit=1001", "listing=x",
        "listing=-1", "listing=1.0", "listing_id=7",
    ],
)  # fmt: skip
async def test_what_is_no_position_type_or_limit_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/events?{query}", headers={"Accept": PROBLEM_JSON})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"?{query.partition('=')[0]}"]


async def test_old_events_are_forgotten_while_it_runs(database: TestDatabase, superuser: Any) -> None:
    async with client_of(database.settings(), Clock()):
        await fill(superuser, 1)
        await settled(superuser)
    await age(superuser, 1, 31)
    async with client_of(database.settings(), Clock()) as client:

        async def is_gone() -> bool:
            return (await client.get("/events?after=0")).status_code == 410

        await until(is_gone)
