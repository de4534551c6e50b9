"""Seeding a real database: whole listings beside what is there, the same for the same plan."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from listingapi.bulk import seeding
from listingapi.bulk.generator import SeedPlan, generate
from listingapi.bulk.progress import Report
from listingapi.bulk.seed_repository import Connection
from listingapi.infra.database import connect
from listingapi.infra.start import StartError
from tests import factories
from tests.conftest import TestDatabase
from tests.servers import serving

NOW = datetime(2026, 11, 22, tzinfo=UTC)

HALF_WRITTEN = """
    WITH history AS (
        SELECT listing_id,
            count(*) AS prices,
            max(version) AS version,
            array_agg(price_eur ORDER BY version) AS price_eur,
            array_agg(created_date ORDER BY version) AS dates,
            bool_and(source = 'seed' AND recorded_date >= created_date) AS is_seeded
        FROM listing_price
        GROUP BY listing_id
    )
    SELECT count(*)
    FROM listing FULL JOIN history USING (listing_id)
    WHERE (
        prices = listing.version
        AND history.version = listing.version
        AND price_version = listing.version
        AND price_eur[1] = original_price_eur
        AND price_eur[prices] = latest_price_eur
        AND price_eur[prices - 1] IS NOT DISTINCT FROM previous_price_eur
        AND dates[1] = created_date
        AND dates[prices] = updated_date
        AND price_changed_date = updated_date
        AND is_seeded
    ) IS NOT TRUE
"""


def plan(listings: int = 40, prices: int = 150, random_seed: int = 1) -> SeedPlan:
    return SeedPlan(NOW, listings, prices, random_seed)


async def counts(connection: Connection) -> tuple[int, int]:
    """How many listings and prices there are."""
    row = await connection.fetchrow("SELECT (SELECT count(*) FROM listing), (SELECT count(*) FROM listing_price)")
    return tuple(row)


async def test_a_plan_is_stored_exactly_with_listings_and_histories_that_agree(
    database: TestDatabase, superuser: Connection
) -> None:
    await seeding.seed(database.serving_url, plan())

    assert await counts(superuser) == (40, 150)
    assert await superuser.fetchval(HALF_WRITTEN) == 0


async def test_the_same_plan_stores_the_same_rows(create_database: Callable[[], TestDatabase]) -> None:
    one, other = [await rows_after_seeding(await asyncio.to_thread(create_database)) for _ in range(2)]

    assert one == other


async def rows_after_seeding(database: TestDatabase) -> list[Any]:
    await seeding.seed(database.serving_url, plan())
    connection = await connect(database.superuser_url)
    try:
        listings = await connection.fetch("SELECT * FROM listing ORDER BY listing_id")
        return [*listings, *await connection.fetch("SELECT * FROM listing_price ORDER BY listing_id, version")]
    finally:
        await connection.close()


async def test_a_batch_boundary_changes_nothing(
    database: TestDatabase, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeding, "ROWS_A_BATCH", 7)
    await seeding.seed(database.serving_url, plan())

    names = [row["name"] for row in await superuser.fetch("SELECT name FROM listing ORDER BY listing_id")]
    assert names == [listing.name for listing in generate(plan())]
    assert await superuser.fetchval(HALF_WRITTEN) == 0


async def test_what_is_there_stays_and_more_can_be_created(client: httpx.AsyncClient, database: TestDatabase) -> None:
    before = (await client.post("/listings", json=factories.listing(name="Before"))).json()
    await seeding.seed(database.serving_url, plan())
    after = (await client.post("/listings", json=factories.listing(name="After"))).json()

    listings = (await client.get("/listings?limit=1000")).json()
    assert len({listing["id"] for listing in listings}) == 42
    assert before in listings
    assert after in listings


async def test_the_api_answers_what_was_seeded(client: httpx.AsyncClient, database: TestDatabase) -> None:
    await seeding.seed(database.serving_url, plan())

    listings = (await client.get("/listings?limit=1000")).json()
    newest_first = list(generate(plan()))[::-1]
    assert [listing["name"] for listing in listings] == [made_up.name for made_up in newest_first]
    for listing, made_up in zip(listings, newest_first, strict=True):
        history = (await client.get(f"/listings/{listing['id']}/prices")).json()
        assert [price["price_eur"] for price in history] == made_up.prices
        assert [datetime.fromisoformat(price["created_date"]) for price in history] == made_up.dates
        assert listing["latest_price_eur"] == made_up.prices[-1]


async def test_a_seeded_listing_can_be_updated(client: httpx.AsyncClient, database: TestDatabase) -> None:
    await seeding.seed(database.serving_url, plan(listings=1, prices=4))
    listing = (await client.get("/listings")).json()[0]
    changed = await client.put(f"/listings/{listing['id']}", json=listing | {"latest_price_eur": 1})

    assert changed.status_code == 200
    assert [price["price_eur"] for price in (await client.get(f"/listings/{listing['id']}/prices")).json()][3:] == [
        listing["latest_price_eur"],
        1,
    ]


async def test_only_an_empty_database_is_seeded_if_empty(database: TestDatabase, superuser: Connection) -> None:
    first = await seeding.seed_if_empty(database.serving_url, plan())
    second = await seeding.seed_if_empty(database.serving_url, plan())

    assert first is not None
    assert second is None
    assert await counts(superuser) == (40, 150)


async def test_of_two_that_seed_if_empty_at_once_one_does(database: TestDatabase, superuser: Connection) -> None:
    both = await asyncio.gather(*(seeding.seed_if_empty(database.serving_url, plan()) for _ in range(2)))

    assert both.count(None) == 1
    assert await counts(superuser) == (40, 150)


async def test_a_connection_that_is_killed_leaves_whole_listings_and_one_sentence(
    database: TestDatabase, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun = asyncio.Event()

    @contextmanager
    def watched(_: str, *, total: int) -> Iterator[Report]:
        assert total == 60_000
        yield lambda *_: has_begun.set()

    monkeypatch.setattr(seeding, "progress", watched)
    monkeypatch.setattr(seeding, "ROWS_A_BATCH", 1_000)
    running = asyncio.create_task(seeding.seed(database.serving_url, plan(listings=10_000, prices=50_000)))
    await has_begun.wait()
    await superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'listingapi seed'"
    )

    with pytest.raises(StartError, match=r"^Seeding ended early, what was written so far stays: .+\.$"):
        await running
    listings, _ = await counts(superuser)
    assert 0 < listings < 10_000
    assert await superuser.fetchval(HALF_WRITTEN) == 0


def run(database: TestDatabase, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the real command `listingapi seed` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "listingapi", "seed", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | database.settings().as_environment(),
        timeout=60,
    )


def test_the_command_seeds_and_says_how_fast(database: TestDatabase) -> None:
    done = run(database, "--listings", "12", "--prices", "30", "--random-seed", "5")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Made up 12 listings with 30 prices in ")
    assert "rows a second" in done.stdout


def test_the_command_refuses_a_plan_with_one_sentence(database: TestDatabase) -> None:
    done = run(database, "--listings", "12", "--prices", "3")

    assert done.returncode == 2
    assert done.stderr == "listingapi: --prices must be at least --listings, 12: every listing has a price.\n"


def test_serve_seeds_an_empty_database_and_only_that(database: TestDatabase) -> None:
    for is_first in (True, False):
        with serving("--seed-if-empty", environment=database.settings().as_environment()) as server:
            assert len(httpx.get(f"{server.url}/listings?limit=1000", timeout=60).json()) == 300
            assert any(line.startswith("Made up 300 listings") for line in server.printed) == is_first
