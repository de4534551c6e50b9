"""A dry run says exactly what would happen, and holds nobody up."""

import asyncio
from typing import Any

import pytest

from listingapi.bulk import applying, batches, lanes
from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from tests.bulk_files import Importer, day, line, write


async def test_a_dry_run_says_exactly_what_would_happen_and_writes_nothing(
    importer: Importer, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_LINES", 2)
    lines: list[Any] = [
        line(external_id=f"flat-{n % 4}", latest_price_eur=n, observed_date=day(1 + n)) for n in range(9)
    ]
    lines += [line(external_id="restored", id=500, observed_date=day(1)), b"bad"]

    said = await importer(*lines, is_rehearsal=True, account="agency")
    assert not await superuser.fetchval("SELECT EXISTS (SELECT FROM listing)")
    assert await superuser.fetchval("SELECT count(*) FROM account") == 1
    assert await superuser.fetchval("SELECT is_called FROM listing_listing_id_seq") is False
    assert await importer(*lines, account="agency") == said
    assert said == Summary(lines=11, new=5, changed=5, entries=10, refused=1)


async def test_a_dry_run_knows_what_is_there(importer: Importer, superuser: Connection) -> None:
    await importer(*(line(external_id=f"flat-{n}", latest_price_eur=n) for n in range(5)))
    await importer(line(), account="agency")
    known = await superuser.fetchval("SELECT listing_id FROM listing WHERE account_id = 1 ORDER BY listing_id LIMIT 1")
    lines = [
        line(external_id="flat-1", latest_price_eur=7, observed_date=day(9)),
        line(external_id="flat-1", latest_price_eur=1),
        line(external_id="flat-2", latest_price_eur=9),
        line(external_id="flat-3", latest_price_eur=3),
        line(external_id="flat-9"),
        line(external_id="flat-9", latest_price_eur=8, observed_date=day(10)),
        line(external_id="flat-8", id=known, created_date=day(1)),
    ]
    before = await importer.exported()

    said = await importer(*lines, is_rehearsal=True)
    assert said == Summary(lines=7, new=1, changed=2, unchanged=2, entries=3, refused=2)
    refused = importer.refused()
    assert await importer.exported() == before
    assert await importer(*lines) == said
    assert importer.refused() == refused


async def test_nobody_waits_for_a_dry_run(
    importer: Importer, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await importer(line(latest_price_eur=1))
    has_applied, may_go_on = asyncio.Event(), asyncio.Event()

    async def held(target: applying.Target, *arguments: Any, **options: Any) -> Any:
        applied = await applying.apply(target, *arguments, **options)
        if target.is_rehearsal:
            has_applied.set()
            await may_go_on.wait()
        return applied

    monkeypatch.setattr(lanes, "apply", held)
    later = [line(latest_price_eur=2, observed_date=day(9)), line(external_id="flat-2")]
    running = asyncio.create_task(importer(*later, is_rehearsal=True))
    await has_applied.wait()
    await superuser.execute("SET lock_timeout = '1ms'")
    try:
        await superuser.execute("UPDATE listing SET name = 'By hand', version = version + 1")
        other = write(importer.folder / "other.ndjson", [line(external_id="flat-3", name="Meanwhile")])
        assert (await importer.files(other, rejects=None)).new == 1
    finally:
        may_go_on.set()
        said = await running

    assert said == Summary(lines=2, new=1, changed=1, entries=2)
    assert {listing["name"] for listing in await importer.exported()} == {"By hand", "Meanwhile"}


async def test_neither_a_dry_run_nor_an_account_that_is_there_takes_the_number_of_an_account(
    importer: Importer, superuser: Connection
) -> None:
    numbers = "SELECT last_value, is_called FROM account_account_id_seq"
    before = await superuser.fetchrow(numbers)
    await importer(line(), is_rehearsal=True, account="agency")
    await importer(line())

    assert await superuser.fetchrow(numbers) == before
