"""Withdrawn listings: exports leave them out, imports don't change them."""

from typing import Any

import httpx
import pytest

from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from tests.bulk_files import Importer, day, line, restored
from tests.clock import Clock

WITHDRAWN = "the listing is withdrawn: relist it first"
STATE = "SELECT to_jsonb(listing) FROM listing ORDER BY listing_id"


@pytest.fixture
async def withdrawn(importer: Importer, client: httpx.AsyncClient, clock: Clock) -> Importer:
    """Two listings of December; one, flat-1, was withdrawn in January."""
    await importer(restored(1, 2), restored(1, 2, id=8, external_id="flat-2"))
    clock.set("2024-01-15T00:00:00Z")
    assert (await client.delete("/listings/7")).status_code == 204
    return importer


@pytest.mark.parametrize("with_prices", [True, False], ids=["with prices", "without prices"])
async def test_an_export_leaves_out_what_is_withdrawn(
    withdrawn: Importer, client: httpx.AsyncClient, *, with_prices: bool
) -> None:
    exported = await withdrawn.export(with_prices=with_prices)
    assert exported.read_bytes().count(b"\n") == 1
    assert b"flat-2" in exported.read_bytes()

    await client.post("/listings/7/relist", json={})
    assert (await withdrawn.export(with_prices=with_prices)).read_bytes().count(b"\n") == 2


CHANGES = {
    "another price": line(latest_price_eur=3, observed_date="2024-02-01T00:00:00Z"),
    "another price of now": {**restored(3, prices=None, updated_date=None, created_date=None, id=None)},
    "other facts": line(latest_price_eur=2, name="Other", observed_date="2024-02-01T00:00:00Z"),
    "a longer history": restored(1, 2, updated_date="2024-02-01T00:00:00Z"),
    "a later update": restored(1, 2, prices=None, updated_date="2024-02-01T00:00:00Z"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_line_that_would_change_a_withdrawn_listing_is_refused(
    withdrawn: Importer, superuser: Connection, change: Any
) -> None:
    before = await superuser.fetch(STATE)
    other = line(external_id="flat-2", latest_price_eur=9, observed_date="2024-02-01T00:00:00Z")

    said = await withdrawn(change, other, is_rehearsal=True)
    assert await superuser.fetch(STATE) == before
    assert await withdrawn(change, other) == said == Summary(lines=2, changed=1, entries=1, refused=1)
    assert withdrawn.refused() == [(1, WITHDRAWN)]
    assert (await superuser.fetch(STATE))[0] == before[0]


KNOWN = {
    "what it was": line(latest_price_eur=2, observed_date="2024-02-01T00:00:00Z"),
    "what it was, without a date": restored(2, prices=None, updated_date=None, created_date=None, id=None),
    "what it was earlier": line(latest_price_eur=1, observed_date=day(1)),
    "an export of before": restored(1, 2),
}


@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN)
async def test_a_line_that_changes_nothing_is_unchanged(withdrawn: Importer, superuser: Connection, known: Any) -> None:
    before = await superuser.fetch(STATE)

    assert await withdrawn(known) == Summary(lines=1, unchanged=1)
    assert await superuser.fetch(STATE) == before


async def test_a_listing_that_was_relisted_takes_lines_again(
    withdrawn: Importer, client: httpx.AsyncClient, superuser: Connection
) -> None:
    await client.post("/listings/7/relist", json={})

    assert await withdrawn(CHANGES["another price"]) == Summary(lines=1, changed=1, entries=1)
    (version, price_version) = await superuser.fetchrow(
        "SELECT version, price_version FROM listing WHERE listing_id = 7"
    )
    assert (version, price_version) == (5, 5)
    assert [entry["price_eur"] for entry in (await withdrawn.exported())[0]["prices"]] == [1, 2, 3]
