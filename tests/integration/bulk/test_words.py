"""Listings that come by the command are found by their words as those that come over HTTP are."""

from datetime import UTC, datetime

import httpx
import pytest

from listingapi.bulk.generator import SeedPlan
from listingapi.bulk.importing import Summary
from listingapi.bulk.repository import Connection
from listingapi.bulk.seeding import seed
from tests import factories
from tests.bulk_files import Importer, day, line

# Which listings lack words, or have others than those of their texts.
WRONG = """
    SELECT listing.listing_id
    FROM listing LEFT JOIN listing_text USING (listing_id)
    WHERE words IS DISTINCT FROM listing_words(name, description, street_address, postal_code, city)
"""
STORED_AT = "SELECT xmin::text FROM listing_text WHERE listing_id = 1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Café Éclair", "'cafe':1 'eclair':2", id="accents"),
        pytest.param("ŁÓDŹ Żółw", "'lodz':1 'zolw':2", id="Polish"),
        pytest.param("Ørsted Ångström", "'angstrom':2 'orsted':1", id="Scandinavian"),
        pytest.param("Cafe\u0301", "'cafe':1", id="marks that are characters of their own"),
        pytest.param("서울", "'서울':1", id="scripts that are put together otherwise stay"),
    ],
)
async def test_words_are_without_accents(superuser: Connection, text: str, words: str) -> None:
    assert await superuser.fetchval("SELECT listing_words($1)::text", text) == words


async def test_imported_listings_have_their_words(importer: Importer, superuser: Connection) -> None:
    await importer(line(name="Dom w Łodzi"), line(external_id="flat-2"), line(external_id="flat-2", name="Other"))

    assert await superuser.fetch(WRONG) == []
    assert await superuser.fetchval("SELECT count(*) FROM listing_text") == 2


CHANGED_TEXTS = {
    "name": "Other",
    "description": "Other",
    "postal_address": factories.address(street_address="2 rue de Rivoli"),
}


@pytest.mark.parametrize("name", CHANGED_TEXTS)
async def test_words_follow_their_texts(importer: Importer, superuser: Connection, name: str) -> None:
    await importer(line())
    changed = line(observed_date=day(9), **{name: CHANGED_TEXTS[name]})

    assert await importer(changed) == Summary(lines=1, changed=1)
    assert await superuser.fetch(WRONG) == []


async def test_words_are_written_only_where_a_text_changed(importer: Importer, superuser: Connection) -> None:
    await importer(line())
    stored = await superuser.fetchval(STORED_AT)

    assert await importer(line(latest_price_eur=5, rooms_count=9, observed_date=day(9))) == Summary(
        lines=1, changed=1, entries=1
    )
    assert await superuser.fetchval(STORED_AT) == stored
    await importer(line(latest_price_eur=5, rooms_count=9, name="Other", observed_date=day(10)))
    assert await superuser.fetchval(STORED_AT) != stored


async def test_a_line_that_is_refused_writes_no_words(importer: Importer, superuser: Connection) -> None:
    await importer(line(observed_date=day(9)))

    assert (await importer(line(name="Older", latest_price_eur=5, observed_date=day(8)))).refused == 1
    assert await superuser.fetch(WRONG) == []


async def test_a_dry_run_writes_no_words(importer: Importer, superuser: Connection) -> None:
    await importer(line())
    stored = await superuser.fetchval(STORED_AT)
    lines = [line(name="Other", observed_date=day(9)), line(external_id="flat-2")]

    said = await importer(*lines, is_rehearsal=True)
    assert await superuser.fetchval(STORED_AT) == stored
    assert await superuser.fetchval("SELECT count(*) FROM listing_text") == 1
    assert await importer(*lines) == said
    assert await superuser.fetch(WRONG) == []


async def test_words_of_listings_of_the_api_follow_an_import(
    importer: Importer, client: httpx.AsyncClient, superuser: Connection
) -> None:
    created = (await client.post("/listings", json=factories.listing())).json()
    sent_back = {"id": created["id"], "updated_date": "2024-01-01T00:00:00Z"}

    assert await importer(factories.listing(name="Other") | sent_back) == Summary(lines=1, changed=1)
    assert await superuser.fetch(WRONG) == []


async def test_seeded_listings_have_their_words_and_their_account(importer: Importer, superuser: Connection) -> None:
    await seed(importer.database.serving_url, SeedPlan(listings=200, prices=500, now=datetime(2024, 1, 1, tzinfo=UTC)))

    assert await superuser.fetchval("SELECT count(*) FROM listing_text") == 200
    assert await superuser.fetch(WRONG) == []
    assert await superuser.fetchval("SELECT count(*) FROM listing_price WHERE account_id = 1") == 500
