"""Texts of any length are stored, over HTTP, by import and by migration, and searches tell them apart."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx
import pytest
from alembic import command

from listingapi.bulk.importing import Summary
from listingapi.infra.migrations import config, migrate
from tests import factories
from tests.bulk_files import Importer, line
from tests.conftest import TestDatabase

ADD_LISTING = """
    INSERT INTO listing (
        account_id, version, name, description, building_type, latest_price_eur, original_price_eur, price_version,
        price_changed_date, surface_area_m2, rooms_count, bedrooms_count, street_address, postal_code, city, country,
        created_date, updated_date
    )
    VALUES (1, 1, 'Flat', 'Flat', 'HOUSE', 1, 1, 1, now(), 1, 1, 1, 'Street', $1, $2, 'FR', now(), now())
"""


def at_random(length: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz0123456789") -> str:
    """A text that PostgreSQL cannot compress."""
    return "".join(random.Random(length).choices(alphabet, k=length))  # noqa: S311  # no secret


WIDE = "".join(map(chr, range(0x20000, 0x20400)))
LONG = [
    pytest.param({"postal_code": at_random(2_800)}, id="a postal code"),
    pytest.param({"city": at_random(9_000)}, id="a city"),
    pytest.param({"city": at_random(9_000, WIDE), "postal_code": at_random(2_800, WIDE)}, id="of 4 bytes a character"),
]


@pytest.mark.parametrize("texts", LONG)
async def test_a_long_address_is_taken_and_found(client: httpx.AsyncClient, texts: dict[str, str]) -> None:
    created = await client.post("/listings", json=factories.listing(postal_address=factories.address(**texts)))
    assert (created.status_code, created.json()["postal_address"]) == (201, factories.address(**texts))

    await client.post("/listings", json=factories.listing())
    changed = await client.patch("/listings/2", json={"postal_address": texts})
    assert (changed.status_code, changed.json()["postal_address"]) == (200, factories.address(**texts))

    found = (await client.get("/listings", params={name: text[:2_000] for name, text in texts.items()})).json()
    assert [listing["id"] for listing in found] == ([] if "city" in texts else [2, 1])


async def test_long_cities_that_begin_alike_are_told_apart(client: httpx.AsyncClient) -> None:
    cities = ["É" * length for length in (99, 100, 101, 150)]
    for city in cities:
        await client.post("/listings", json=factories.listing(postal_address=factories.address(city=city)))

    for number, city in enumerate(cities, 1):
        found = (await client.get("/listings", params={"city": city.lower()})).json()
        assert [listing["id"] for listing in found] == [number]


async def test_long_postal_codes_that_begin_alike_are_told_apart(client: httpx.AsyncClient) -> None:
    codes = ["7" * length for length in (31, 32, 33, 50)]
    for code in codes:
        await client.post("/listings", json=factories.listing(postal_address=factories.address(postal_code=code)))

    for number, code in enumerate(codes, 1):
        found = (await client.get("/listings", params={"postal_code": code, "sort": "created"})).json()
        assert [listing["id"] for listing in found] == list(range(number, 5))


async def test_an_import_takes_long_texts_and_refuses_a_long_name_of_its_own(
    database: TestDatabase, tmp_path: Path
) -> None:
    importer = Importer(database, tmp_path)
    long = factories.address(city=at_random(1_000_000), postal_code=at_random(2_800))
    summary = await importer(
        line(external_id="1", postal_address=long), line(external_id="x" * 10_000), line(external_id="3")
    )

    assert summary == Summary(lines=3, new=2, entries=2, refused=1)
    assert [listing["postal_address"]["city"] for listing in await importer.exported()] == [long["city"], "Paris"]


@pytest.mark.parametrize("texts", LONG)
def test_a_database_with_long_texts_is_migrated(
    create_empty_database: Callable[[], TestDatabase], texts: dict[str, str]
) -> None:
    database = create_empty_database()
    migrate(database.migration_url, database.serving_url)
    command.downgrade(config(database.migration_url), "0002")

    async def add() -> None:
        connection = await asyncpg.connect(database.superuser_url)
        await connection.execute(ADD_LISTING, texts.get("postal_code", "75001"), texts.get("city", "Paris"))
        await connection.close()

    asyncio.run(add())
    migrate(database.migration_url, database.serving_url)
