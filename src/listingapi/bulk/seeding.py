"""Fills a database with made-up listings and their histories, beside whatever is there."""

import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from listingapi.access.callers import DEFAULT_ACCOUNT_ID
from listingapi.bulk import seed_repository as repository
from listingapi.bulk.generator import SeedListing, SeedPlan, generate
from listingapi.bulk.progress import grouped, progress
from listingapi.infra.database import CONNECTION_LOST, SERVING_ROLE, connect
from listingapi.infra.start import StartError
from listingapi.markets.service import recount

ROWS_A_BATCH = 50_000
BATCH_SECONDS = 300.0
SESSION = {"role": SERVING_ROLE, "application_name": "listingapi seed"}


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was added, and how long it took."""

    listings: int
    prices: int
    seconds: float

    def __str__(self) -> str:
        rate = (self.listings + self.prices) / self.seconds
        return (
            f"Made up {grouped(self.listings)} listings with {grouped(self.prices)} prices "
            f"in {self.seconds:.1f} s: {grouped(rate)} rows a second."
        )


def start_of_today() -> datetime:
    """The last midnight, in UTC: what is seeded from it is the same all day."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def seed(url: str, plan: SeedPlan) -> Seeded:
    """Add the listings of a plan, which belong to the default account; they are made up, and so no event tells of them.

    Batches are committed one by one: interrupted, it leaves whole listings with whole histories.

    Raises:
        StartError: the database can't be reached or went away.
    """
    async with _connection(url) as connection:
        seeded = await _add(connection, plan)
    await _count(url)
    return seeded


async def seed_if_empty(url: str, plan: SeedPlan) -> Seeded | None:
    """Add the listings of a plan if there is none yet; None if there is one.

    Raises:
        StartError: the database can't be reached or went away.
    """
    async with _connection(url) as connection:
        seeded = None if await repository.any_listing(connection) else await _add(connection, plan)
    if seeded:
        await _count(url)
    return seeded


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[repository.Connection]:
    connection = await connect(url, command_timeout=BATCH_SECONDS, server_settings=SESSION)
    try:
        yield connection
    except (asyncpg.PostgresError, *CONNECTION_LOST) as error:
        reason = str(error) or type(error).__name__
        raise StartError(f"Seeding ended early, what was written so far stays: {reason}.") from None
    finally:
        await connection.close()


async def _add(connection: repository.Connection, plan: SeedPlan) -> Seeded:
    started = time.monotonic()
    with progress("Seeding", total=plan.listings + plan.prices) as report:
        for batch in _batches(generate(plan)):
            await repository.add(connection, batch, account_id=DEFAULT_ACCOUNT_ID, now=plan.now)
            report(sum(map(_rows, batch)))
    return Seeded(plan.listings, plan.prices, time.monotonic() - started)


async def _count(url: str) -> None:
    """Have the statistics of markets know them: no event tells of them."""
    with progress("Counting") as report:
        await recount(url, report)


def _batches(listings: Iterable[SeedListing]) -> Iterator[list[SeedListing]]:
    """Lists of listings that make some `ROWS_A_BATCH` rows each, so that memory stays flat."""
    batch: list[SeedListing] = []
    rows = 0
    for listing in listings:
        batch.append(listing)
        rows += _rows(listing)
        if rows >= ROWS_A_BATCH:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _rows(listing: SeedListing) -> int:
    return 1 + len(listing.prices)
