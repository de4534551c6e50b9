"""Importing observations: listings by external_id, and the price history that comes of them."""

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from listingapi.bulk import applying, batches, importing
from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from listingapi.infra.start import StartError
from tests import factories
from tests.bulk_files import Importer, day, line, ndjson, write
from tests.clock import Clock
from tests.conftest import TestDatabase

VERSIONS = "SELECT version, price_version, previous_price_eur, original_price_eur FROM listing"
HISTORY = "SELECT version, price_eur, created_date::date::text, source FROM listing_price ORDER BY listing_id, version"


async def test_a_new_external_id_makes_a_listing_whose_history_has_the_observed_date(
    importer: Importer, client: httpx.AsyncClient
) -> None:
    assert await importer(line(latest_price_eur=250_000.50)) == Summary(lines=1, new=1, entries=1)

    (listing,) = (await client.get("/listings")).json()
    assert listing == factories.listing(latest_price_eur=250_000.50) | {
        "id": listing["id"],
        "created_date": day(8),
        "updated_date": day(8),
    }
    prices = (await client.get(f"/listings/{listing['id']}/prices")).json()
    assert prices == [{"price_eur": 250_000.50, "created_date": day(8)}]


async def test_a_line_without_a_date_is_of_now(importer: Importer, client: httpx.AsyncClient) -> None:
    await importer(factories.listing(external_id="flat-1"))

    assert (await client.get("/listings")).json()[0]["created_date"] == "2024-07-01T12:00:00Z"


async def test_a_new_price_is_appended_and_numbered_by_its_version(importer: Importer, superuser: Connection) -> None:
    await importer(line(latest_price_eur=100), line(name="Renovated", latest_price_eur=100, observed_date=day(9)))
    summary = await importer(line(name="Renovated", latest_price_eur=90, observed_date=day(10)))

    assert summary == Summary(lines=1, changed=1, entries=1)
    assert [tuple(row) for row in await superuser.fetch(VERSIONS)] == [(3, 3, 100, 100)]
    assert [tuple(row) for row in await superuser.fetch(HISTORY)] == [
        (1, 100, "2023-08-01", "import"),
        (3, 90, "2023-10-01", "import"),
    ]


async def test_the_same_again_writes_nothing(importer: Importer, superuser: Connection) -> None:
    await importer(line())
    before = await superuser.fetch("SELECT xmin, * FROM listing")

    assert await importer(line(), line(observed_date=day(9))) == Summary(lines=2, unchanged=2)
    assert await superuser.fetch("SELECT xmin, * FROM listing") == before


async def test_several_lines_of_a_listing_are_applied_in_their_order(importer: Importer) -> None:
    months = [line(latest_price_eur=amount, observed_date=day(month)) for month, amount in ((8, 1), (9, 2), (10, 1))]

    assert await importer(*months) == Summary(lines=3, new=1, changed=2, entries=3)
    assert [entry["price_eur"] for entry in (await importer.exported())[0]["prices"]] == [1, 2, 1]


async def test_lines_without_dates_are_applied_in_their_order_too(importer: Importer) -> None:
    undated = [factories.listing(external_id="flat-1", latest_price_eur=amount) for amount in (1, 2, 1)]

    assert (await importer(*undated)).entries == 3


OLD = {
    "an older price": (line(latest_price_eur=5), "its price differs, but is not newer than the newest entry"),
    "another price of the same date": (
        line(latest_price_eur=5, observed_date=day(10)),
        "its price differs, but is not newer than the newest entry",
    ),
    "older facts": (line(name="Ruin", latest_price_eur=2), "is older than the listing's last update"),
    "older facts with a price that came later": (
        line(name="Ruin", latest_price_eur=2, observed_date="2023-09-15T00:00:00Z"),
        "is older than the listing's last update",
    ),
    "a price that was in force before, but not then": (
        line(latest_price_eur=1, observed_date=day(10)),
        "its price differs, but is not newer than the newest entry",
    ),
    "an older price between the newest entry and the last update": (
        line(latest_price_eur=5, observed_date="2023-10-15T00:00:00Z"),
        "is older than the listing's last update",
    ),
}


@pytest.mark.parametrize(("old", "reason"), OLD.values(), ids=OLD)
async def test_what_is_older_than_the_listing_is_refused(importer: Importer, old: Any, reason: str) -> None:
    await importer(
        line(latest_price_eur=1, observed_date=day(9)),
        line(latest_price_eur=2, observed_date=day(10)),
        line(latest_price_eur=2, observed_date=day(11), rooms_count=9),
    )
    before = await importer.exported()

    assert await importer(old, line(external_id="flat-2")) == Summary(lines=2, new=1, entries=1, refused=1)
    ((number, said),) = importer.refused()
    assert number == 1
    assert reason in said
    assert (await importer.exported())[:1] == before


async def test_what_is_older_but_says_nothing_different_is_unchanged(importer: Importer) -> None:
    await importer(line(observed_date=day(9)))

    assert await importer(line(observed_date=day(8))) == Summary(lines=1, unchanged=1)


OF_ITS_TIME = {
    "the first price at its date": line(latest_price_eur=1, observed_date=day(9)),
    "the first price until the second": line(latest_price_eur=1, observed_date="2023-09-30T23:59:59Z"),
    "the first price with other facts": line(latest_price_eur=1, observed_date=day(9), name="Ruin"),
    "the second price with other facts": line(latest_price_eur=2, observed_date=day(10), name="Ruin"),
    "the last price before the last update": line(
        latest_price_eur=3, observed_date="2023-11-15T00:00:00Z", name="Ruin"
    ),
}


@pytest.mark.parametrize("old", OF_ITS_TIME.values(), ids=OF_ITS_TIME)
async def test_what_is_older_and_had_the_price_of_its_time_is_unchanged(importer: Importer, old: Any) -> None:
    await importer(*(line(latest_price_eur=month - 8, observed_date=day(month)) for month in (9, 10, 11)))
    await importer(line(latest_price_eur=3, observed_date=day(12), rooms_count=9))
    before = await importer.exported()

    assert await importer(old) == Summary(lines=1, unchanged=1)
    assert await importer.exported() == before


async def test_the_files_of_a_listing_that_the_api_has_changed_since_are_still_known(
    importer: Importer, client: httpx.AsyncClient, clock: Clock
) -> None:
    seen = [line(latest_price_eur=month, observed_date=day(month)) for month in (1, 2)]
    await importer(*seen)
    clock.set(day(3))
    (listing,) = (await client.get("/listings")).json()
    await client.put(f"/listings/{listing['id']}", json=factories.listing(name="By hand", latest_price_eur=7))
    before = await importer.exported()

    assert await importer(*seen) == Summary(lines=2, unchanged=2)
    assert await importer(line(latest_price_eur=1, observed_date=day(2))) == Summary(lines=1, refused=1)
    assert await importer.exported() == before


BAD = {
    "not JSON": (b'{"external_id": ', "The line is not JSON: "),
    "not UTF-8": (ndjson([line()])[:-1].replace(b"Flat", b"\xff"), "The line is not JSON: it is not UTF-8."),
    "no object": (b"[1]", "must be an object"),
    "a missing property": ({"external_id": "x"}, "name is required and must be a string"),
    "an unknown property": (line(colour="red"), "colour is not a known property"),
    "a property given twice": (ndjson([line()])[:-2] + b', "name": "Other"}', "name is given more than once"),
    "a price below a cent": (line(latest_price_eur=1.005), "latest_price_eur must be a number from 0 to"),
    "a null": (line(contact_phone_number=None), "contact_phone_number must be a phone number"),
    "a NUL": (line(name="a\0"), "name must be a string"),
    "a lone surrogate": (line(external_id="\ud800"), "external_id must be a string"),
    "a date without its zone": (line(observed_date="2023-08-01T00:00:00"), "observed_date must be a date and time"),
    "a date beyond all dates": (line(observed_date="0001-01-01T00:00:00+05:00"), "a date is out of range"),
    "no external_id and no id": (factories.listing(), "external_id is required where there is no id"),
    "an external_id that no index takes": (line(external_id="x" * 3000), "external_id must be a string of 1 to 255"),
    "an id that clients can't read": (line(id=2**53), "id must be an integer from 0 to"),
    "too long a line": (line(description="x" * 2**20), "The line is longer than 1048576 bytes"),
}


OF_THE_FUTURE = {
    "observed": {"observed_date": "2024-07-01T12:05:01Z"},
    "updated": {"observed_date": None, "updated_date": "2024-07-01T14:05:01+02:00"},
    "created": {"observed_date": "2024-08-01T00:00:00Z", "created_date": "2024-07-01T12:05:01Z"},
    "priced": {
        "observed_date": "2024-08-01T00:00:00Z",
        "prices": [{"price_eur": 100_000, "created_date": "2024-07-02T00:00:00Z"}],
    },
}


@pytest.mark.parametrize("is_there", [True, False], ids=["is there", "is new"])
@pytest.mark.parametrize("dates", OF_THE_FUTURE.values(), ids=OF_THE_FUTURE)
async def test_a_line_of_the_future_is_refused(importer: Importer, dates: Any, *, is_there: bool) -> None:
    await importer(line(external_id="flat-1" if is_there else "flat-2", latest_price_eur=1))
    before = await importer.exported()
    given = {name: value for name, value in line(**dates).items() if value is not None}

    assert await importer(given) == Summary(lines=1, refused=1)
    assert importer.refused() == [(1, "it is of the future: a date of it is more than 5 minutes after now")]
    assert await importer.exported() == before


async def test_clocks_may_differ_a_little(importer: Importer) -> None:
    assert (await importer(line(observed_date="2024-07-01T12:05:00Z"))).new == 1


@pytest.mark.parametrize("price_eur", [1, 1.5], ids=["a plain line", "a line that is read by itself"])
async def test_a_surface_of_minus_zero_is_zero(importer: Importer, superuser: Connection, price_eur: float) -> None:
    await importer(line(surface_area_m2=-0.0, latest_price_eur=price_eur))

    assert await superuser.fetchval("SELECT surface_area_m2::text FROM listing") == "0"


@pytest.mark.parametrize(("bad", "reason"), BAD.values(), ids=BAD)
async def test_a_bad_line_is_refused_with_its_number_and_stops_nothing_else(
    importer: Importer, bad: Any, reason: str
) -> None:
    summary = await importer(line(), b"", bad, line(external_id="flat-2"))

    assert summary == Summary(lines=3, new=2, entries=2, refused=1)
    ((number, said),) = importer.refused()
    assert number == 3
    assert reason in said


async def test_refused_lines_are_kept_as_they_came_so_that_they_can_be_mended(importer: Importer) -> None:
    bad = b'  {"external_id": "caf\\u00e9",   "name": "\xc3\xa9"}'
    path = write(importer.folder / "june.ndjson", [line(), bad])
    await importer.files(path)

    (kept,) = map(json.loads, importer.rejects.read_text().splitlines())
    assert kept["file"] == str(path)
    assert kept["line"] == 2
    assert kept["content"].encode() == bad
    mended = write(importer.folder / "mended.ndjson", [line(**json.loads(kept["content"]))])
    assert (await importer.files(mended)).new == 1


async def test_without_a_rejects_file_refused_lines_are_said(
    importer: Importer, capsys: pytest.CaptureFixture[str]
) -> None:
    await importer(*[b"x"] * 25, rejects=None)

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 21
    assert "lines.ndjson, line 20: The line is not JSON" in said[19]
    assert said[20] == "More lines are refused; --rejects FILE keeps them all."


async def test_numbers_in_strings_and_empty_phone_numbers_are_read_as_over_http(importer: Importer) -> None:
    await importer(line(latest_price_eur="345000.10", rooms_count="3", contact_phone_number=""))

    (listing,) = await importer.exported()
    assert (listing["latest_price_eur"], listing["rooms_count"]) == (345000.10, 3)
    assert "contact_phone_number" not in listing


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

    monkeypatch.setattr(importing, "apply", held)
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


async def test_each_account_has_its_own_external_ids(
    importer: Importer, superuser: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    await importer(line())
    assert (await importer(line(name="Of the agency"), account="agency")).new == 1

    assert "The account agency is new." in capsys.readouterr().err
    assert await superuser.fetchval("SELECT count(*) FROM listing_external_id WHERE external_id = 'flat-1'") == 2
    assert [listing["name"] for listing in await importer.exported()] == ["Flat near the station"]


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
