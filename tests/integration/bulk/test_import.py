"""Importing observations: listings by external_id, and the price history that comes of them."""

import json
from typing import Any

import httpx
import pytest

from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from tests import factories
from tests.bulk_files import Importer, day, line, ndjson, write

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


async def test_the_audit_trail_tells_of_what_an_import_wrote(importer: Importer, superuser: Connection) -> None:
    await importer(line(latest_price_eur=100), line(external_id="flat-2"))
    await importer(line(latest_price_eur=90, observed_date=day(10)))
    await importer(line(latest_price_eur=90, observed_date=day(10)))  # writes nothing
    entries = await superuser.fetch("SELECT account_id, actor, operation, details FROM audit_entry ORDER BY audit_id")

    assert {tuple(entry)[:3] for entry in entries} == {(1, "command line", "import")}
    assert [json.loads(entry["details"]) for entry in entries] == [
        {"new": 2, "changed": 0, "entries": 2},
        {"new": 0, "changed": 1, "entries": 1},
    ]
    assert await superuser.fetchval("SELECT array_agg(DISTINCT actor) FROM listing_price") == ["command line"]


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


async def test_each_account_has_its_own_external_ids(
    importer: Importer, superuser: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    await importer(line())
    assert (await importer(line(name="Of the agency"), account="agency")).new == 1

    assert "The account agency is new." in capsys.readouterr().err
    assert await superuser.fetchval("SELECT count(*) FROM listing_external_id WHERE external_id = 'flat-1'") == 2
    assert [listing["name"] for listing in await importer.exported()] == ["Flat near the station"]
