"""What is kept of listings is that of the last one that was read, and can be made anew."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from threading import Thread
from typing import Any

import asyncpg
import httpx
import pytest

from listingapi.bulk.generator import SeedPlan
from listingapi.bulk.seeding import seed, start_of_today
from listingapi.infra.database import Database, Transaction
from listingapi.infra.start import StartError
from listingapi.markets import repository, service
from listingapi.markets.consumer import CONSUMER
from tests import factories
from tests.conftest import TestDatabase
from tests.integration.markets.counting import answered, counted
from tests.settled import settled
from tests.told import fed
from tests.until import until

KEPT = "SELECT * FROM pricing.market_listing ORDER BY listing_id"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
async def kept(client: httpx.AsyncClient, superuser: Any) -> Sequence[Any]:
    """What is kept of three listings, of which one was changed, withdrawn and relisted, and one corrected."""
    for price in (1, 2, 3):
        await client.post("/listings", json=factories.listing(latest_price_eur=price))
    await client.patch("/listings/1", json={"latest_price_eur": 5, "surface_area_m2": 0})
    await client.delete("/listings/1")
    await client.post("/listings/1/relist", json={"latest_price_eur": "0.50"})
    await client.post("/listings/2/prices/1/corrections", json={"price_eur": 9, "reason": "A slip."})
    await settled(superuser)
    found: Sequence[Any] = await superuser.fetch(KEPT)
    assert len(found) == 3
    return found


async def test_events_that_come_late_and_twice_change_nothing(
    opened: Database, superuser: Any, kept: Sequence[Any]
) -> None:
    events = await fed(superuser, CONSUMER.types)
    assert len(events) > 6

    for event in [*reversed(events), *events]:
        async with opened.transaction() as transaction:
            await CONSUMER.handle(transaction, [event])
        assert await superuser.fetch(KEPT) == kept


async def test_who_read_a_listing_before_it_changed_does_not_have_the_last_word(
    client: httpx.AsyncClient, opened: Database, superuser: Any
) -> None:
    """It waits for the row, which is there by then as the listing is now."""
    await client.post("/listings", json=factories.listing())
    await settled(superuser)
    transaction = superuser.transaction()
    await transaction.start()
    await superuser.execute("SELECT FROM pricing.market_listing FOR UPDATE")
    stale = asyncio.create_task(_keep(opened, 1))
    await until(partial(is_waiting, superuser))
    await superuser.execute("UPDATE listing SET latest_price_eur = 7, version = version + 1")
    await repository.keep(Transaction(superuser), [1])
    await transaction.commit()
    await stale

    assert await superuser.fetchval("SELECT price_eur FROM pricing.market_listing") == 7


async def _keep(opened: Database, listing_id: int) -> None:
    async with opened.transaction() as transaction:
        await repository.keep(transaction, [listing_id])


async def is_waiting(superuser: Any) -> bool:
    return bool(await superuser.fetchval(WAITING))


async def test_a_recount_mends_what_is_wrong_or_missing(
    database: TestDatabase, superuser: Any, kept: Sequence[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "COUNTED_AT_ONCE", 2)
    await superuser.execute("UPDATE pricing.market_listing SET price_eur = 77, city_start = 'x' WHERE listing_id = 1")
    await superuser.execute("DELETE FROM pricing.market_listing WHERE listing_id = 3")
    told: list[tuple[int, int]] = []

    counted_listings = await service.recount(database.serving_url, lambda number, total: told.append((number, total)))

    assert (counted_listings, told) == (3, [(2, 3), (1, 3)])
    assert await superuser.fetch(KEPT) == kept


def test_the_command_recounts(database: TestDatabase) -> None:
    asyncio.run(seed(database.serving_url, SeedPlan(start_of_today(), listings=30, prices=60)))

    done = subprocess.run(
        [sys.executable, "-m", "listingapi", "markets", "recount"],
        env=database.settings().as_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "Counted 30 listings.\n", "")


async def test_a_database_that_is_gone_is_told_in_a_sentence(
    database: TestDatabase, kept: Sequence[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "COUNTED_AT_ONCE", len(kept) - 1)

    def end(*_: int) -> None:
        thread = Thread(target=asyncio.run, args=(end_connections(database),))
        thread.start()
        thread.join()

    with pytest.raises(StartError, match="The database went away before all listings were counted"):
        await service.recount(database.serving_url, end)


async def end_connections(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'listingapi markets'"
    )
    await connection.close()


async def test_made_up_listings_are_counted(client: httpx.AsyncClient, database: TestDatabase) -> None:
    await seed(database.serving_url, SeedPlan(start_of_today(), listings=200, prices=500))

    expected = await counted(client)

    assert {market: await answered(client, market) for market in expected} == expected
    assert sum(month["listings_count"] for months in expected.values() for month in months) == 200
