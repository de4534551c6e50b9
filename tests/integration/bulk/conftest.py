"""What the tests of import and export share."""

from pathlib import Path

import httpx
import pytest

from tests import factories
from tests.bulk_files import Importer, day, line
from tests.clock import Clock
from tests.conftest import TestDatabase


@pytest.fixture
def importer(database: TestDatabase, tmp_path: Path) -> Importer:
    """Imports into the database of the test."""
    return Importer(database, tmp_path)


@pytest.fixture
async def lived_in(importer: Importer, client: httpx.AsyncClient, clock: Clock) -> Importer:
    """A database with all that an export may hold: texts that need quotes, cents, histories, listings without names."""
    odd = 'Loft, "Zum Löwen"\r\n=1+1;\tü 🏠 \\ \u2028'
    await client.post("/listings", json=factories.listing(name=odd, contact_phone_number=""))
    clock.set("2023-02-03T04:05:06.789012Z")
    await client.put("/listings/1", json=factories.listing(name=odd, latest_price_eur=99_999.99, surface_area_m2=1e-7))
    await client.put("/listings/1", json=factories.listing(name=odd, latest_price_eur=100_000))
    await importer(*(line(external_id=f"é{n}", latest_price_eur=n, observed_date=day(n)) for n in range(1, 9)))
    await importer(line(external_id="é3", latest_price_eur=2, observed_date=day(9)))
    return importer
