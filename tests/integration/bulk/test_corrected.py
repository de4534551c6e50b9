"""Histories with corrections: files have the corrected story, and what was corrected is compared with it."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from tests.bulk_files import NOW, Importer, day, line, price, restored
from tests.clock import Clock
from tests.conftest import TestDatabase

CORRECTIONS = {
    "no entry": ((1, 2, 3), {}),
    "the first entry": ((9, 2, 3), {1: 9}),
    "the first entry void": ((2, 3), {1: None}),
    "an entry between": ((1, 9, 3), {2: 9}),
    "an entry that then says what the one before it said": ((1, 3), {2: 1}),
    "the last entry": ((1, 2, 9), {3: 9}),
    "the last entry void": ((1, 2), {3: None}),
    "the last entries void": ((1,), {2: None, 3: None}),
    "an entry void that stood between two equal ones": ((3,), {1: 3, 2: None}),
}


@pytest.fixture
def correct(importer: Importer, client: httpx.AsyncClient, clock: Clock) -> Callable[..., Any]:
    """Imports the listing 7 with the prices 1, 2 and 3, and corrects them: version → price, None for void."""

    async def import_and_correct(corrections: dict[int, float | None]) -> None:
        await importer(restored(1, 2, 3))
        clock.set("2024-01-15T00:00:00Z")
        for version, amount in corrections.items():
            said = {"void": True} if amount is None else {"price_eur": amount}
            path = f"/listings/7/prices/{version}/corrections"
            answer = await client.post(path, json=said | {"reason": "A mistake."})
            assert answer.status_code == 201

    return import_and_correct


@pytest.mark.parametrize(("story", "corrections"), CORRECTIONS.values(), ids=CORRECTIONS)
async def test_an_export_has_the_corrected_story_and_changes_nothing_where_it_came_from(
    importer: Importer, correct: Callable[..., Any], client: httpx.AsyncClient, story: Any, corrections: Any
) -> None:
    await correct(corrections)
    exported = await importer.export(with_prices=True)

    assert [entry["price_eur"] for entry in (await importer.exported())[0]["prices"]] == list(story)
    assert (await importer.exported())[0]["prices"] == (await client.get("/listings/7/prices")).json()
    assert await importer.files(exported) == Summary(lines=1, unchanged=1)
    assert await importer.files(exported, is_rehearsal=True) == Summary(lines=1, unchanged=1)
    assert await importer.files(await importer.export()) == Summary(lines=1, unchanged=1)


@pytest.mark.parametrize(("story", "corrections"), CORRECTIONS.values(), ids=CORRECTIONS)
async def test_a_copy_of_a_corrected_listing_exports_as_its_source_does(
    importer: Importer,
    correct: Callable[..., Any],
    create_database: Callable[[], TestDatabase],
    story: Any,
    corrections: Any,
) -> None:
    await correct(corrections)
    exported = await importer.export(with_prices=True)
    copy = Importer(await asyncio.to_thread(create_database), importer.folder)

    assert await copy.files(exported) == Summary(lines=1, new=1, entries=len(story))
    assert (await copy.export("copy.ndjson", with_prices=True)).read_bytes() == exported.read_bytes()


STATE = """
    SELECT version, latest_price_eur, previous_price_eur, original_price_eur, price_version FROM listing
"""
ENTRIES = "SELECT version, price_eur FROM listing_price ORDER BY version"


async def test_entries_go_on_behind_the_versions_of_corrections(
    importer: Importer, correct: Callable[..., Any], superuser: Connection
) -> None:
    await correct({2: 9, 3: None})
    longer = (await importer.exported())[0] | {"latest_price_eur": 8, "updated_date": "2024-03-01T00:00:00Z"}
    longer["prices"] += [
        {"price_eur": 7, "created_date": "2024-02-01T00:00:00Z"},
        {"price_eur": 8, "created_date": "2024-03-01T00:00:00Z"},
    ]

    said = await importer(longer, is_rehearsal=True)
    assert await importer(longer) == said == Summary(lines=1, changed=1, entries=2)
    assert [tuple(row) for row in await superuser.fetch(ENTRIES)] == [(1, 1), (2, 2), (3, 3), (6, 7), (7, 8)]
    assert tuple(await superuser.fetchrow(STATE)) == (7, 8, 7, 1, 7)
    assert [entry["price_eur"] for entry in (await importer.exported())[0]["prices"]] == [1, 9, 7, 8]


async def test_a_price_that_was_void_may_be_said_again(
    importer: Importer, correct: Callable[..., Any], superuser: Connection
) -> None:
    await correct({3: None})

    assert await importer(line(latest_price_eur=3, observed_date="2024-02-01T00:00:00Z")) == Summary(
        lines=1, changed=1, entries=1
    )
    assert tuple(await superuser.fetchrow(STATE)) == (5, 3, 2, 1, 5)


async def test_entries_go_on_behind_versions_that_were_withdrawals_and_schedules(
    importer: Importer, client: httpx.AsyncClient, clock: Clock, superuser: Connection
) -> None:
    await importer(restored(1))
    clock.set("2024-01-15T00:00:00Z")
    await client.delete("/listings/7")
    await client.post("/listings/7/relist", json={})
    planned = await client.post("/listings/7/prices", json={"price_eur": 5, "effective_date": "2030-01-01T00:00:00Z"})
    assert planned.status_code == 202
    (version,) = await superuser.fetchrow("SELECT version FROM listing")

    assert version == 4
    assert (await importer(line(latest_price_eur=2, observed_date="2024-02-01T00:00:00Z"))).entries == 1
    assert [tuple(row) for row in await superuser.fetch(ENTRIES)] == [(1, 1), (5, 2)]
    assert tuple(await superuser.fetchrow(STATE)) == (5, 2, 1, 1, 5)


async def test_an_old_line_is_held_against_the_corrected_story(importer: Importer, correct: Callable[..., Any]) -> None:
    await correct({2: 9})

    corrected = line(latest_price_eur=9, observed_date="2023-02-15T00:00:00Z")
    mistaken = line(latest_price_eur=2, observed_date="2023-02-15T00:00:00Z")
    assert await importer(corrected, mistaken) == Summary(lines=2, unchanged=1, refused=1)
    assert importer.refused() == [
        (2, "its price differs, but is not newer than the newest entry in the price history of listing 7")
    ]


async def test_no_entry_is_slipped_in_before_one_that_was_void(
    importer: Importer, correct: Callable[..., Any], superuser: Connection
) -> None:
    await correct({3: None})
    slipped_in = restored(
        1, 2, 5, prices=[price(1, 1), price(2, 2), {"price_eur": 5, "created_date": "2023-02-15T00:00:00Z"}]
    )
    slipped_in["updated_date"] = "2024-03-01T00:00:00Z"

    assert await importer(slipped_in) == Summary(lines=1, refused=1)
    assert importer.refused() == [(1, "prices contradict the price history of listing 7")]
    assert await superuser.fetchval("SELECT count(*) FROM listing_price") == 3


async def test_a_dry_run_knows_what_it_has_added_to_a_corrected_history(
    importer: Importer, correct: Callable[..., Any]
) -> None:
    await correct({3: None})
    lines = [
        line(latest_price_eur=4, observed_date="2024-02-01T00:00:00Z"),
        line(latest_price_eur=5, observed_date="2024-03-01T00:00:00Z"),
        line(latest_price_eur=4, observed_date="2024-02-15T00:00:00Z"),
    ]
    before = await importer.exported()

    said = await importer(*lines, is_rehearsal=True)
    assert said == Summary(lines=3, changed=2, unchanged=1, entries=2)
    assert await importer.exported() == before
    assert await importer(*lines) == said


async def test_what_is_imported_says_for_whom(importer: Importer, superuser: Connection) -> None:
    await importer(line(), restored(1, 2))
    await importer(line(external_id="other"), restored(3, 4, id=8, external_id="theirs"), account="agency")
    wrong = """
        SELECT count(*) FROM listing_price JOIN listing USING (listing_id)
        WHERE listing_price.account_id IS DISTINCT FROM listing.account_id
    """

    assert await superuser.fetchval("SELECT count(DISTINCT account_id) FROM listing_price") == 2
    assert await superuser.fetchval(wrong) == 0


def test_the_corrections_are_before_the_time_of_the_imports() -> None:
    assert day(12) < "2024-01-15" < NOW.isoformat()
