"""Imports that restore exports."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from tests import factories
from tests.bulk_files import Importer, day, line, price, restored, write
from tests.clock import Clock
from tests.conftest import TestDatabase

STATE = """
    SELECT to_jsonb(listing) - 'version' - 'price_version', (
        SELECT jsonb_agg(jsonb_build_array(price_eur, created_date) ORDER BY version)
        FROM listing_price
        WHERE listing_price.listing_id = listing.listing_id
    )
    FROM listing
    ORDER BY listing_id
"""


@pytest.mark.parametrize("with_prices", [True, False], ids=["with prices", "without prices"])
@pytest.mark.parametrize("kind", ["ndjson", "csv"])
async def test_an_export_restores_an_empty_database_to_the_byte(
    lived_in: Importer, create_database: Callable[[], TestDatabase], kind: Any, *, with_prices: bool
) -> None:
    exported = await lived_in.export(f"one.{kind}", format=kind, with_prices=with_prices)
    empty = Importer(await asyncio.to_thread(create_database), lived_in.folder)
    summary = await empty.files(exported)

    assert summary == Summary(lines=9, new=9, entries=12 if with_prices else 9)
    again = await empty.export(f"two.{kind}", format=kind, with_prices=with_prices)
    assert again.read_bytes() == exported.read_bytes()


async def test_an_export_with_prices_restores_all_but_the_numbers_of_versions(
    lived_in: Importer, superuser: Connection
) -> None:
    before = await superuser.fetch(STATE)
    exported = await lived_in.export(with_prices=True)
    await superuser.execute("TRUNCATE listing RESTART IDENTITY CASCADE")
    await lived_in.files(exported)

    assert await superuser.fetch(STATE) == before


@pytest.mark.parametrize("with_prices", [True, False], ids=["with prices", "without prices"])
async def test_an_export_changes_nothing_where_it_came_from(lived_in: Importer, *, with_prices: bool) -> None:
    exported = await lived_in.export(with_prices=with_prices)

    assert await lived_in.files(exported) == Summary(lines=9, unchanged=9)


async def test_ids_that_were_restored_are_not_given_again(importer: Importer, client: httpx.AsyncClient) -> None:
    for largest in (7, 500_000):
        await importer(restored(1, id=largest, external_id=f"flat-{largest}"))
        created = await client.post("/listings", json=factories.listing())
        assert created.status_code == 201
        assert created.json()["id"] == largest + 1


async def test_a_longer_history_adds_what_is_missing(importer: Importer, superuser: Connection) -> None:
    await importer(restored(1, 2, updated_date=day(2)))

    assert await importer(restored(1, 2, 3, 2)) == Summary(lines=1, changed=1, entries=2)
    assert [entry["price_eur"] for entry in (await importer.exported())[0]["prices"]] == [1, 2, 3, 2]
    row = await superuser.fetchrow("SELECT version, price_version, previous_price_eur, original_price_eur FROM listing")
    assert tuple(row) == (4, 4, 3, 1)


KNOWN = {
    "an equal history": restored(1, 2),
    "an equal history of another id": restored(1, 2, id=99),
    "an older export": restored(1, 2, updated_date=day(3)),
    "an older export with other facts": restored(1, 2, updated_date=day(3), name="Ruin"),
    "an export of before the last price": restored(1, updated_date=day(1)),
}


@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN)
async def test_what_is_known_changes_nothing(importer: Importer, known: Any) -> None:
    await importer(restored(1, 2))

    assert await importer(known) == Summary(lines=1, unchanged=1)


@pytest.mark.parametrize("with_prices", [True, False], ids=["with prices", "without prices"])
async def test_a_copy_follows_where_only_the_last_update_moved_on(
    lived_in: Importer,
    client: httpx.AsyncClient,
    clock: Clock,
    create_database: Callable[[], TestDatabase],
    *,
    with_prices: bool,
) -> None:
    copy = Importer(await asyncio.to_thread(create_database), lived_in.folder)
    await copy.files(await lived_in.export(with_prices=with_prices))
    (first, *_) = await lived_in.exported()
    was = {name: first[name] for name in factories.listing()}
    for hour, name in enumerate(("Other", first["name"])):
        clock.set(f"2024-02-03T0{hour}:05:06.789012Z")
        await client.put("/listings/1", json={**was, "name": name})
    exported = await lived_in.export(with_prices=with_prices)

    assert await copy.files(exported) == Summary(lines=9, changed=1, unchanged=8)
    assert (await copy.export("copy.ndjson", with_prices=with_prices)).read_bytes() == exported.read_bytes()
    assert await copy.files(exported) == Summary(lines=9, unchanged=9)


async def test_a_later_update_raises_the_version_and_adds_no_entry(importer: Importer, superuser: Connection) -> None:
    await importer(restored(1, 2))

    assert (await importer(restored(1, 2, updated_date="2024-01-01T00:00:00Z"))).changed == 1
    row = await superuser.fetchrow("SELECT version, price_version, price_changed_date FROM listing")
    assert tuple(row) == (3, 2, datetime.fromisoformat(day(2)))
    assert await superuser.fetchval("SELECT count(*) FROM listing_price") == 2


CONTRADICTIONS = {
    "another price in the history": (restored(1, 3), "prices contradict the price history of listing 7"),
    "another date in the history": (
        restored(1, 2, prices=[price(1, 1), price(2, 3)]),
        "prices contradict the price history of listing 7",
    ),
    "a history that ends earlier": (restored(1), "its price differs, but is not newer than the newest entry"),
    "a history that went on otherwise before the last update": (
        restored(1, 2, 1, 2, updated_date="2023-11-01T00:00:00Z"),
        "is older than the listing's last update",
    ),
    "another latest price": (restored(1, 2, latest_price_eur=3), "the last of prices must be latest_price_eur"),
    "the same price twice in a row": (restored(2, 2), "each of prices must differ from the one before it"),
    "a history that runs backwards": (restored(1, 2, prices=[price(1, 2), price(2, 1)]), "its dates run backwards"),
    "created after its first price": (restored(1, 2, created_date=day(2)), "its dates run backwards"),
    "updated before its last price": (restored(1, 2, updated_date=day(1)), "its dates run backwards"),
    "prices without a date of its own": (
        restored(1, 2, updated_date=None),
        "observed_date or updated_date is required",
    ),
    "no prices": (restored(1, 2, prices=[]), "prices must be a list of at least one"),
    "the id of another listing": (
        restored(1, 2, external_id="flat-2"),
        "listing 7 is another one: it was created at another time, or has another external_id",
    ),
    "the id of a listing of another time": (
        restored(1, 2, id=8, external_id=None, created_date=day(2), prices=None),
        "listing 8 is another one",
    ),
    "the id of a listing of another account": (
        restored(1, 2, id=9, external_id="flat-3"),
        "listing 9 belongs to another account",
    ),
}


@pytest.mark.parametrize(("contradiction", "reason"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
async def test_a_contradiction_is_refused(importer: Importer, contradiction: Any, reason: str) -> None:
    await importer(restored(1, 2), restored(5, id=8, external_id=None))
    await importer(restored(1, 2, id=9), account="agency")
    before = await importer.exported()

    assert (await importer(contradiction)).refused == 1
    assert reason in importer.refused()[0][1]
    assert await importer.exported() == before


async def test_a_listing_that_has_no_external_id_can_be_given_one(importer: Importer) -> None:
    await importer(restored(1, external_id=None))

    assert await importer(restored(1)) == Summary(lines=1, changed=1)
    assert (await importer.exported())[0]["external_id"] == "flat-1"
    assert await importer(restored(1)) == Summary(lines=1, unchanged=1)


async def test_a_line_that_is_too_old_to_give_an_external_id_is_refused(importer: Importer) -> None:
    await importer(restored(1, external_id=None))

    assert await importer(restored(1, updated_date=day(11))) == Summary(lines=1, refused=1)
    assert "external_id" not in (await importer.exported())[0]


async def test_lines_that_name_a_listing_in_different_ways_are_applied_in_their_order(importer: Importer) -> None:
    await importer(restored(1))
    by_id = restored(2, external_id=None, prices=None, updated_date="2024-02-01T00:00:00Z")
    by_name = line(latest_price_eur=3, observed_date="2024-03-01T00:00:00Z")
    at_last = {**by_id, "latest_price_eur": 4, "updated_date": "2024-04-01T00:00:00Z"}

    assert await importer(by_id, by_name, at_last) == Summary(lines=3, changed=3, entries=3)
    assert [entry["price_eur"] for entry in (await importer.exported())[0]["prices"]] == [1, 2, 3, 4]


async def test_what_is_imported_from_a_file_without_ids_goes_to_another_account_with_its_history(
    importer: Importer,
) -> None:
    await importer(restored(1, 2))
    copy = restored(1, 2, id=None)
    await importer.files(write(importer.folder / "copy.ndjson", [copy]), account="agency")

    exported = await importer.export(account="agency", with_prices=True)
    assert {**json.loads(exported.read_bytes()), "id": 7} == restored(1, 2)
