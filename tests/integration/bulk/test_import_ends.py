"""How an import reads its files, and what ends or disturbs it."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest

from listingapi.bulk import batches
from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from listingapi.infra.start import StartError
from tests.bulk_files import Importer, day, line, ndjson, write
from tests.conftest import TestDatabase


async def test_files_are_read_whatever_they_are_packed_in(importer: Importer) -> None:
    folder = importer.folder
    gzipped = folder / "no-name-tells"
    gzipped.write_bytes(
        gzip.compress(ndjson([line()])) + gzip.compress(b"\xef\xbb\xbf" + ndjson([line(observed_date=day(9))]))
    )
    crlf = folder / "crlf.jsonl"
    crlf.write_bytes(b"\xef\xbb\xbf" + ndjson([line(external_id="flat-2")]).replace(b"\n", b"\r\n").rstrip())

    assert await importer.files(gzipped, crlf) == Summary(lines=3, new=2, unchanged=1, entries=2, refused=0)


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda whole: whole[:-20], "is a damaged gzip"),
    "altered": (lambda whole: whole[:-8] + b"12345678", "is a damaged gzip"),
    "not compressed within": (lambda whole: whole[:10] + b"\xff" * 90, "is a damaged gzip"),
}


@pytest.mark.parametrize(("damage", "sentence"), DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_gzip_is_a_sentence(
    importer: Importer, damage: Callable[[bytes], bytes], sentence: str
) -> None:
    path = importer.folder / "damaged.ndjson.gz"
    path.write_bytes(damage(gzip.compress(ndjson([line()]))))

    with pytest.raises(StartError, match=sentence):
        await importer.files(path)


async def test_what_can_not_be_read_or_written_is_a_sentence(importer: Importer) -> None:
    good = write(importer.folder / "good.ndjson", [line()])
    with pytest.raises(StartError, match=r"missing\.ndjson can't be read: No such file"):
        await importer.files(good, importer.folder / "missing.ndjson")
    with pytest.raises(StartError, match="can't be written: No such file"):
        await importer.files(good, rejects=importer.folder / "no" / "folder")
    with pytest.raises(StartError, match="it is one of the files to import"):
        await importer.files(good, rejects=good)
    with pytest.raises(StartError, match="its first line lacks bedrooms_count"):
        await importer.files(write(importer.folder / "an.array", [[line()]]))
    assert good.read_bytes() == ndjson([line()])


async def test_a_lost_database_is_a_sentence(importer: Importer, superuser: Connection) -> None:
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE listing")
        running = asyncio.create_task(importer(line()))
        await import_is_waiting(superuser)
        await superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'listingapi import' AND datname = current_database()"
        )
        with pytest.raises(StartError, match="The import ended early; what was written stays"):
            await running


async def test_a_listing_that_is_changed_meanwhile_is_judged_again(importer: Importer, superuser: Connection) -> None:
    await importer(line(latest_price_eur=1), line(external_id="flat-2"))
    async with superuser.transaction():
        await superuser.execute(
            "UPDATE listing SET version = 2, name = 'By hand', updated_date = '2023-12-01' WHERE latest_price_eur = 1"
        )
        later = [
            line(latest_price_eur=2, observed_date=day(9)),
            line(external_id="flat-2", latest_price_eur=3, observed_date=day(9)),
        ]
        running = asyncio.create_task(importer(*later))
        await import_is_waiting(superuser)

    assert await running == Summary(lines=2, changed=1, entries=1, refused=1)
    assert {listing["name"] for listing in await importer.exported()} == {"By hand", "Flat near the station"}


async def test_imports_at_the_same_time_keep_every_history_whole(importer: Importer, superuser: Connection) -> None:
    paths = [
        write(importer.folder / f"{n}.ndjson", [line(external_id=f"flat-{i}", latest_price_eur=n) for i in range(50)])
        for n in range(4)
    ]
    await asyncio.gather(*(importer.files(path, rejects=None) for path in paths))

    assert await superuser.fetchval("SELECT count(*) FROM listing_price") == 50
    assert await superuser.fetchval("SELECT count(DISTINCT latest_price_eur) FROM listing") == 1


async def import_is_waiting(superuser: Connection) -> None:
    """Wait until the import waits for a lock that this connection holds."""
    blocked = "SELECT bool_or(pg_backend_pid() = ANY (pg_blocking_pids(pid))) FROM pg_locks"
    while not await superuser.fetchval(blocked):  # noqa: ASYNC110 - the event is in another process
        await asyncio.sleep(0.01)


async def test_an_interrupted_import_ends_in_the_same_state_when_it_is_run_again(
    importer: Importer, create_database: Callable[[], TestDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_LINES", 100)
    monkeypatch.setattr("listingapi.bulk.files.PIECE_BYTES", 4096)
    months = [
        write(
            importer.folder / f"{month}.ndjson",
            [line(external_id=f"{n}", latest_price_eur=n % month, observed_date=day(month)) for n in range(400)],
        )
        for month in (3, 4, 5)
    ]
    (importer.folder / "other").mkdir()
    whole = Importer(await asyncio.to_thread(create_database), importer.folder / "other")
    await whole.files(*months)

    damaged = importer.folder / "cut.ndjson.gz"
    damaged.write_bytes(gzip.compress(months[1].read_bytes(), mtime=0)[:-500])
    with pytest.raises(StartError):
        await importer.files(months[0], damaged)
    assert 400 < len([entry for listing in await importer.exported() for entry in listing["prices"]]) < 800
    await importer.files(*months)
    assert without_ids(await importer.exported()) == without_ids(await whole.exported())


def without_ids(listings: list[Any]) -> list[Any]:
    return [{**listing, "id": None} for listing in sorted(listings, key=lambda listing: str(listing["external_id"]))]
