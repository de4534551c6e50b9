"""Who asks for a page with nothing in it yet may wait for what comes."""

import asyncio
from time import monotonic
from typing import Any

import httpx
import pytest

from listingapi.events.repository import NEWEST
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.events.outbox import add, fill, sequenced
from tests.integration.events.pages import next_of
from tests.statements import seen_by
from tests.until import PATIENCE_SECONDS, until


async def test_who_waits_is_answered_soon_after_what_happens(client: httpx.AsyncClient, superuser: Any) -> None:
    await fill(superuser, 3)
    await sequenced(superuser, 3)
    waiting = asyncio.create_task(client.get("/events?after=3&types=price.changed", headers={"Prefer": "wait=20"}))
    await add(superuser, 5, 1, "listing.created")
    await sequenced(superuser, 4)
    assert not waiting.done()
    begun = monotonic()
    await add(superuser, 5, 2, "price.changed")

    answer = await waiting

    assert [event["id"] for event in answer.json()] == ["5-2-price.changed"]
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert next_of(answer) == "/events?after=5&types=price.changed"
    assert monotonic() - begun < PATIENCE_SECONDS / 4


async def test_who_waits_in_vain_is_led_on(client: httpx.AsyncClient, superuser: Any) -> None:
    waiting = asyncio.create_task(client.get("/events?types=price.changed", headers={"Prefer": "wait=2"}))
    await fill(superuser, 3)

    answer = await waiting

    assert answer.json() == []
    assert next_of(answer) == "/events?after=3&types=price.changed"


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=0", "wait=0"),
        ('respond-async, WAIT = "0"; x=1', "wait=0"),
        ("wait=0, wait=9", "wait=0"),
        ("respond-async", None),
        ("wait=soon", None),
        ("wait=-1", None),
        ("await=1", None),
    ],
)
async def test_wishes_that_are_known_are_applied(client: httpx.AsyncClient, prefer: str, applied: str | None) -> None:
    answer = await client.get("/events", headers={"Prefer": prefer})

    assert answer.headers.get("Preference-Applied") == applied


async def test_nobody_waits_longer_than_a_minute(client: httpx.AsyncClient, superuser: Any) -> None:
    await add(superuser, 1)
    await sequenced(superuser, 1)

    answer = await client.get("/events", headers={"Prefer": "wait=61"})

    assert answer.headers["Preference-Applied"] == "wait=60"


async def test_all_who_wait_share_one_query(
    database: TestDatabase, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reads a page before it waits; what comes then is read once for all of them."""
    seen = seen_by(monkeypatch, of_events=True)
    async with client_of(database.settings(), Clock()) as client:
        waiting = [
            asyncio.create_task(client.get(f"/events?types={kind}", headers={"Prefer": "wait=20"}))
            for kind in ("price.changed", "listing.created", "listing.updated") * 20
        ]
        await pages_are_read(seen, len(waiting))
        seen.clear()
        for version, kind in enumerate(("price.changed", "listing.created", "listing.updated"), start=1):
            await add(superuser, 1, version, kind)
            await sequenced(superuser, version)
        answers = await asyncio.gather(*waiting)
        read = [statement for statement in seen if "FROM event_feed" in statement or statement == NEWEST]

    assert [len(answer.json()) for answer in answers] == [1] * 60
    assert {*read} == {NEWEST}


async def test_while_nobody_waits_nobody_asks(
    database: TestDatabase, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = seen_by(monkeypatch, of_events=True)
    async with client_of(database.settings(), Clock()) as client:
        await client.get("/events", headers={"Prefer": "wait=1"})
        asked = seen.count(NEWEST)
        await fill(superuser, 3)
        await sequenced(superuser, 3)
        await fill(superuser, 3, first_version=10)
        await sequenced(superuser, 6)

        assert seen.count(NEWEST) <= asked + 1
        assert asked > 1


async def pages_are_read(seen: list[str], number: int) -> None:
    async def are_read() -> bool:
        return sum("FROM event_feed" in statement for statement in seen) >= number

    await until(are_read)
