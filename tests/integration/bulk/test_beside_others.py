"""Imports beside whoever else writes, and beside what is left of an import that was killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from listingapi.bulk import batches, files, repository
from listingapi.bulk.claims import Claim
from listingapi.bulk.importing import LANES, Summary
from listingapi.bulk.repository import Connection
from tests.bulk_files import Importer, day, line, write
from tests.conftest import TestDatabase
from tests.told import kinds, told
from tests.until import until

IMPORT = (sys.executable, "-m", "listingapi", "import")
LINES = 25_000  # make more batches than are written at the same time
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
AS_ANOTHERS = """
    INSERT INTO account (name) VALUES ('other');
    CREATE TEMPORARY TABLE anothers AS SELECT * FROM listing;
    UPDATE anothers SET listing_id = 7, account_id = (SELECT account_id FROM account WHERE name = 'other');
    INSERT INTO listing OVERRIDING SYSTEM VALUE SELECT * FROM anothers;
"""


@asynccontextmanager
async def another(database: TestDatabase) -> AsyncIterator[Connection]:
    """One more connection of a superuser."""
    connection = await asyncpg.connect(database.superuser_url)
    try:
        yield connection
    finally:
        await connection.close()


async def someone_waits(superuser: Connection, several: int = 1) -> None:
    async def wait() -> bool:
        return bool(await superuser.fetchval(WAITING) >= several)

    await until(wait)


def flats(numbers: Any, price: int, month: int) -> list[Any]:
    return [line(external_id=f"flat-{n}", latest_price_eur=price, observed_date=day(month)) for n in numbers]


async def test_an_import_that_locks_crosswise_with_another_writer_tries_again(
    importer: Importer, superuser: Connection
) -> None:
    await importer(*flats((1, 2), 1, 1))
    await superuser.execute("SET deadlock_timeout = '10min'")
    async with superuser.transaction():
        await superuser.execute("SELECT FROM listing WHERE listing_id = 2 FOR UPDATE")
        importing = asyncio.create_task(importer(*flats((1, 2), 2, 2)))
        await someone_waits(superuser)
        await superuser.execute("SELECT FROM listing WHERE listing_id = 1 FOR UPDATE")

    assert await importing == Summary(lines=2, changed=2, entries=2)


@pytest.mark.parametrize("months", [(2,), (2, 3)], ids=["a line of each", "two lines of each"])
async def test_listings_are_locked_in_the_order_of_their_ids(
    importer: Importer, superuser: Connection, months: tuple[int, ...]
) -> None:
    """So that nobody who does the same is in each other's way."""
    await importer(*flats(range(1, 51), 1, 1))
    lines = [changed for month in months for changed in flats(range(50, 0, -1), month, month)]
    async with another(importer.database) as other, superuser.transaction():
        await superuser.execute("SELECT FROM listing WHERE listing_id = 25 FOR UPDATE")
        importing = asyncio.create_task(importer(*lines))
        await someone_waits(superuser)
        free = await other.fetch("SELECT listing_id FROM listing ORDER BY listing_id FOR UPDATE SKIP LOCKED")
    await importing

    assert [row["listing_id"] for row in free] == list(range(26, 51))


async def test_ids_that_are_reserved_at_the_same_time_are_all_reserved(
    database: TestDatabase, superuser: Connection
) -> None:
    """The sequence does not go back to the smaller of two ids that it is to jump to."""
    async with another(database) as one, another(database) as other:
        less, more = await jumps_at_once(one, other, superuser)

    assert less < more == await superuser.fetchval(repository.LAST_ID)


async def jumps_at_once(one: Connection, other: Connection, superuser: Connection) -> tuple[int, int]:
    """Have one reserve less than the other does between its look at the sequence and its jump."""
    less, more = 5 * repository.FEW_IDS, 9 * repository.FEW_IDS
    has_looked, may_jump = asyncio.Event(), asyncio.Event()

    class Slow:
        """The connection, with a pause before the last of what it does."""

        def __getattr__(self, name: str) -> Any:
            return getattr(one, name)

        async def execute(self, statement: str, *arguments: Any) -> None:
            if statement == repository.JUMP_TO_ID:
                has_looked.set()
                await may_jump.wait()
            await one.execute(statement, *arguments)

    slow: Any = Slow()
    first = asyncio.create_task(repository.reserve_ids(slow, less))
    await has_looked.wait()
    second = asyncio.create_task(repository.reserve_ids(other, more))

    async def is_done_or_waits() -> bool:
        return second.done() or bool(await superuser.fetchval(WAITING))

    await until(is_done_or_waits)
    may_jump.set()
    await asyncio.gather(first, second)
    return less, more


async def test_a_listing_that_is_created_meanwhile_is_not_taken_for_new(
    importer: Importer, superuser: Connection
) -> None:
    await importer(*flats([1], 1, 1))
    dates = {"created_date": day(1), "updated_date": day(2), "observed_date": day(2)}
    async with superuser.transaction():
        await superuser.execute(AS_ANOTHERS)
        importing = asyncio.create_task(importer(line(external_id="new", id=7, **dates), *flats([2], 1, 1)))
        await someone_waits(superuser)

    assert await importing == Summary(lines=2, new=1, entries=1, refused=1)
    assert importer.refused() == [(1, "listing 7 belongs to another account")]
    assert kinds(await told(superuser)) == [(1, "listing.created")] * 2


async def test_a_listing_in_several_batches_has_its_prices_in_their_order(
    importer: Importer, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first batch is held up; the second one, of a listing of the first, may not go ahead."""
    one_line_a_piece(monkeypatch, lines_of_a_batch=2)
    was_asked = asyncio.Event()
    is_apart_from = Claim.is_apart_from

    def asked(claim: Claim, others: Any) -> bool:
        if others:
            was_asked.set()
        return is_apart_from(claim, others)

    monkeypatch.setattr(Claim, "is_apart_from", asked)
    await importer(*flats([1, 2], 1, 1))
    async with superuser.transaction():
        await superuser.execute("SELECT FROM listing WHERE listing_id = 1 FOR UPDATE")
        importing = asyncio.create_task(importer(*flats([1, 2], 2, 2), *flats([3, 2], 3, 3), *flats([2, 1], 4, 4)))
        await someone_waits(superuser)
        await was_asked.wait()
    await importing
    exported = {each["external_id"]: each["prices"] for each in await importer.exported()}
    histories = {name: [entry["price_eur"] for entry in prices] for name, prices in exported.items()}

    assert histories == {"flat-1": [1, 2, 4], "flat-2": [1, 2, 3, 4], "flat-3": [3]}
    assert importer.refused() == []


def one_line_a_piece(monkeypatch: pytest.MonkeyPatch, *, lines_of_a_batch: int) -> None:
    monkeypatch.setattr(batches, "BATCH_LINES", lines_of_a_batch)
    monkeypatch.setattr(files, "PIECE_BYTES", 400)


async def test_what_a_killed_import_left_under_way_does_not_disturb_the_next(
    importer: Importer, superuser: Connection
) -> None:
    """It is killed while it writes two batches, which PostgreSQL does not notice before the next import begins."""
    path = write(importer.folder / "lines.ndjson", flats(range(LINES), 1, 1))
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE listing_text IN SHARE MODE")
        process = await asyncio.create_subprocess_exec(*IMPORT, path, env=os.environ | database_of(importer))
        await someone_waits(superuser, LANES)
        process.kill()
        await process.wait()
        importing = asyncio.create_task(importer.files(path))
        await someone_waits(superuser, 2 * LANES)

    assert await importing == Summary(lines=LINES, new=LINES, entries=LINES)
    assert await superuser.fetchval("SELECT count(*) FROM listing_text") == LINES
    assert await superuser.fetchval("SELECT count(*) FROM outbox") == LINES


def database_of(importer: Importer) -> Mapping[str, str]:
    return {"LISTINGAPI_DATABASE_URL": importer.database.serving_url}
