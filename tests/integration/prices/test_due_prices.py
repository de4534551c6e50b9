"""Prices that were scheduled, when their time has come."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole, prices_of
from tests.integration.prices.conftest import ApplyDue
from tests.scheduling import RULES, scheduled, states
from tests.servers import ServeProcess
from tests.until import PATIENCE_SECONDS

HISTORY = "SELECT version, price_eur, created_date, recorded_date, source, flags FROM listing_price ORDER BY version"


async def test_when_due_it_becomes_history_once_dated_by_its_effective_date(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    await client.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))
    clock.set("2023-02-01T00:00:00.700Z")
    await apply_due()
    clock.advance(hours=1)
    await apply_due()

    [_, entry] = [dict(row) for row in await superuser.fetch(HISTORY)]
    assert entry == {
        "version": 3, "price_eur": 90_000, "source": "schedule", "flags": None,
        "created_date": datetime(2023, 2, 1, tzinfo=UTC),
        "recorded_date": datetime(2023, 2, 1, 0, 0, 0, 700_000, tzinfo=UTC),
    }  # fmt: skip
    [settled] = (await client.get(f"{path}/scheduled")).json()
    assert (settled["state"], settled["settled_version"]) == ("applied", 3)
    assert settled["settled_date"] == "2023-02-01T00:00:00.700000Z"
    listing = (await client.get("/listings/1")).json()
    assert (listing["latest_price_eur"], listing["updated_date"]) == (90_000, "2023-02-01T00:00:00.700000Z")
    assert (await client.get(path)).json()[-1] == {"price_eur": 90_000, "created_date": "2023-02-01T00:00:00Z"}
    await assert_histories_are_whole(superuser)


async def test_several_of_one_listing_become_history_in_order(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    for price, month in ((4, "05"), (1, "02"), (3, "04"), (2, "03")):
        await client.post(path, json=scheduled(price, f"2023-{month}-01T00:00:00Z"))
    clock.set("2023-12-01T00:00:00Z")
    await apply_due()

    assert [(entry["price_eur"], entry["created_date"][:7]) for entry in (await client.get(path)).json()] == [
        (100_000, "2023-01"), (1, "2023-02"), (2, "2023-03"), (3, "2023-04"), (4, "2023-05")
    ]  # fmt: skip
    await assert_histories_are_whole(superuser)


async def test_those_of_many_listings_become_history_once_each(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue
) -> None:
    paths = [(await client.post("/listings", json=factories.listing())).headers["location"] for _ in range(20)]
    for price in (1, 2, 3):
        for path in paths:
            await client.post(f"{path}/prices", json=scheduled(price, f"2023-02-0{price}T00:00:00Z"))
    clock.set("2023-03-01T00:00:00Z")
    await apply_due()

    for number in range(1, 21):
        assert await prices_of(superuser, number) == [100_000, 1, 2, 3]
    assert await superuser.fetchval("SELECT count(*) FROM scheduled_price WHERE state <> 'applied'") == 0
    await assert_histories_are_whole(superuser)


async def test_it_takes_changes_made_while_it_is_applied(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    await client.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))
    clock.set("2023-02-01T00:00:00Z")
    renaming = (client.patch("/listings/1", json={"name": f"Name {number}"}) for number in range(10))
    answers = await asyncio.gather(apply_due(), *renaming)

    assert {answer.status_code for answer in answers if answer} == {200}
    assert await prices_of(superuser, 1) == [100_000, 90_000]
    assert await superuser.fetchval("SELECT version FROM listing") == 1 + 1 + 1 + 10


async def test_a_price_that_was_given_after_its_time_stays(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    for price in range(10):
        clock.advance(hours=1)
        due = clock.now + timedelta(minutes=1)
        await client.post(path, json=scheduled(1000 + price, due.isoformat()))
        clock.advance(minutes=2)
        await asyncio.gather(apply_due(), client.post(path, json={"price_eur": price}))
        await apply_due()
        assert (await client.get("/listings/1")).json()["latest_price_eur"] == price

    assert {state for _, state in await states(client, path)} <= {"applied", "unchanged"}
    await assert_histories_are_whole(superuser)


async def test_a_price_that_is_that_already_changes_nothing(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    await client.post(path, json=scheduled(100_000, "2023-02-01T00:00:00Z"))
    clock.set("2023-02-01T00:00:00Z")
    await apply_due()

    assert await states(client, path) == [(100_000, "unchanged")]
    assert await prices_of(superuser, 1) == [100_000]


async def test_what_has_come_into_force_cant_be_cancelled(
    client: httpx.AsyncClient, clock: Clock, apply_due: ApplyDue, path: str
) -> None:
    where = (await client.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))).headers["location"]
    clock.set("2023-02-01T00:00:00Z")
    await apply_due()
    answer = await client.delete(where)

    assert answer.status_code == 409
    assert answer.json() == {"message": "The scheduled price 2 can't be cancelled: it is applied already."}


async def test_a_price_is_either_cancelled_or_applied(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str
) -> None:
    outcomes = []
    for price in range(1, 9):
        due = clock.now + timedelta(minutes=1)
        where = (await client.post(path, json=scheduled(price, due.isoformat()))).headers["location"]
        clock.advance(minutes=1)
        cancelled, _ = await asyncio.gather(client.delete(where), apply_due())
        outcomes.append((price, "cancelled" if cancelled.status_code == 204 else "applied"))

    assert await states(client, path) == outcomes
    assert await prices_of(superuser, 1) == [100_000, *(price for price, state in outcomes if state == "applied")]


@pytest.mark.parametrize(
    ("action", "confirm", "state"),
    [
        ("flag", "false", "applied"),
        ("confirm", "false", "refused"),
        ("confirm", "true", "applied"),
        ("reject", "false", "refused"),
        ("reject", "true", "refused"),
    ],
)
async def test_rules_are_asked_again_when_it_is_due(  # noqa: PLR0913, PLR0917
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue, path: str,
    action: str, confirm: str, state: str,
) -> None:  # fmt: skip
    await client.post(path, json=scheduled(1, "2023-02-01T00:00:00Z"), params={"confirm": confirm})
    await client.post("/pricing-rules", json=RULES[action])
    clock.set("2023-02-01T00:00:00Z")
    await apply_due()

    [entry] = (await client.get(f"{path}/scheduled")).json()
    assert entry["state"] == state
    assert ("The price changes by -100.00 %, more than 50 %." in entry.get("reason", "")) == (state == "refused")
    flags = [row["flags"] for row in await superuser.fetch(HISTORY)]
    assert len(flags) == (2 if state == "applied" else 1)
    assert state == "refused" or "largest-change" in flags[1]


async def test_two_applications_apply_it_by_themselves_and_once(
    database: TestDatabase, clock: Clock, superuser: Any
) -> None:
    async with client_of(database.settings(), clock) as one, client_of(database.settings(), clock):
        path = (await one.post("/listings", json=factories.listing())).headers["location"] + "/prices"
        await one.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))
        clock.set("2023-02-01T00:00:00Z")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await states(one, path) == [(90_000, "pending")]:
                pass

        assert await states(one, path) == [(90_000, "applied")]
    assert await prices_of(superuser, 1) == [100_000, 90_000]


async def test_a_real_server_applies_it_by_itself(live_server: ServeProcess) -> None:
    async with httpx.AsyncClient(base_url=live_server.url, timeout=PATIENCE_SECONDS) as client:
        path = (await client.post("/listings", json=factories.listing())).headers["location"] + "/prices"
        due = datetime.now(UTC) + timedelta(seconds=1)
        accepted = await client.post(path, json=scheduled(90_000, due.isoformat()))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(history := (await client.get(path)).json()) == 1:
                assert (await client.get(f"{path}/scheduled")).status_code == 200

    assert accepted.status_code == 202
    assert history[1]["price_eur"] == 90_000
    assert datetime.fromisoformat(history[1]["created_date"]) == due


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(("PATCH", "/listings/1", {"latest_price_eur": 80_000}), id="patched"),
        pytest.param(("PUT", "/listings/1", factories.listing(latest_price_eur=80_000)), id="replaced"),
        pytest.param(("POST", "/listings/1/prices", {"price_eur": 80_000}), id="appended"),
        pytest.param(("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 80_000}]}), id="in a batch"),
        pytest.param(
            ("POST", "/listings/1/prices/1/corrections", {"price_eur": 1, "reason": "A slip"}), id="corrected"
        ),
        pytest.param(("DELETE", "/listings/1", None), id="withdrawn"),
    ],
)
async def test_what_is_due_comes_before_whatever_is_written_then(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, path: str, write: tuple[str, str, Any]
) -> None:
    await client.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))
    await client.post(path, json=scheduled(95_000, "2023-02-01T00:00:01Z"))
    clock.set("2023-02-01T00:00:02Z")
    method, where, body = write
    answer = await client.request(method, where, json=body)

    assert answer.is_success, answer.text
    assert (await prices_of(superuser, 1))[:3] == [100_000, 90_000, 95_000]
    dates = await superuser.fetch("SELECT created_date FROM listing_price ORDER BY version")
    assert dates == sorted(dates)


async def test_what_is_due_is_not_cancelled_any_more(client: httpx.AsyncClient, clock: Clock, path: str) -> None:
    where = (await client.post(path, json=scheduled(90_000, "2023-02-01T00:00:00Z"))).headers["location"]
    clock.set("2023-02-01T00:00:00Z")

    assert (await client.delete(where)).status_code == 409
    assert (await client.get("/listings/1")).json()["latest_price_eur"] == 90_000


async def test_all_that_is_due_at_one_instant_is_applied_in_one_go(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, apply_due: ApplyDue
) -> None:
    lines = 620
    for _ in range(lines):
        await client.post("/listings", json=factories.listing())
    await superuser.execute(
        "INSERT INTO scheduled_price "
        "(listing_id, version, price_eur, effective_date, created_date, account_id, is_confirmed) "
        "SELECT listing_id, 1000, listing_id, '2023-02-01', '2023-01-12', 1, false FROM listing"
    )
    clock.set("2023-02-01T00:00:00Z")
    await apply_due()

    assert await superuser.fetchval("SELECT count(*) FROM listing_price WHERE source = 'schedule'") == lines
