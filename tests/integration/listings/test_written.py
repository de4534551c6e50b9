"""What is written out of rows with less work is, byte for byte, the listing of the contract."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import httpx
import pytest

from listingapi.answers import to_json
from listingapi.listings.rows import COLUMNS, listing_of
from tests import factories
from tests.clock import Clock

CONTROLS = "".join(map(chr, [*range(1, 0x21), 0x7F, 0x80, 0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFD]))
VARIED: Mapping[str, dict[str, Any]] = {
    "as usual": {},
    "without a phone": {"contact_phone_number": ""},
    "unicode": {"name": "Zoë\u2019s „Häuschen“ — 東京 🏡 e\u0301", "description": "\U0010ffff"},
    "controls": {"name": CONTROLS, "description": "a\r\n\tb\\u0041\\\\"},
    "quotes": {"name": '"', "description": '","latest_price_eur":1.00,"'},
    "quotes in an address": {"postal_address": factories.address(city='\\"', street_address="\\")},
    "what looks like an end of an amount": {"name": "1.00", "description": "2.00,.00", "latest_price_eur": 1000},
    "markup": {"name": "<script>&amp;</script>", "description": "%s {0} $1 / \\/"},
    "nothing": {"latest_price_eur": 0, "surface_area_m2": 0, "bedrooms_count": 0},
    "cents": {"latest_price_eur": "0.01", "surface_area_m2": 0.1},
    "ten cents": {"latest_price_eur": "100.10", "surface_area_m2": 63.57},
    "hundreds": {"latest_price_eur": "100.00", "surface_area_m2": 100},
    "the largest": {
        "latest_price_eur": "999999999999.99", "surface_area_m2": 1e12, "rooms_count": 999_999_999,
        "bedrooms_count": 999_999_999,
    },
    "the smallest surface": {"surface_area_m2": 5e-324},
    "small surfaces": {"surface_area_m2": 0.000015},
    "a surface of many digits": {"surface_area_m2": 1 / 3, "building_type": "STUDIO"},
}  # fmt: skip


@pytest.fixture
async def rows(
    client: httpx.AsyncClient, clock: Clock, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> list[asyncpg.Record]:
    """All of these listings as they are stored, the newest first; their dates have fractions of any length."""
    for number, changed in enumerate(VARIED.values()):
        answer = await client.post("/listings", json=factories.listing(**changed))
        assert answer.status_code == 201, answer.text
        clock.advance(seconds=(1, 0.5, 0.000001, 0.00001)[number % 4])
        await client.patch(answer.headers["Location"], json={"rooms_count": number + 1})
    found: list[asyncpg.Record] = await superuser.fetch(f"SELECT {COLUMNS} FROM listing ORDER BY listing_id DESC")
    return found


async def test_a_page_is_what_the_contract_says(client: httpx.AsyncClient, rows: list[asyncpg.Record]) -> None:
    assert len(rows) == len(VARIED)
    assert (await client.get("/listings")).content == to_json([listing_of(row) for row in rows])


async def test_each_of_them_is_what_the_contract_says(client: httpx.AsyncClient, rows: list[asyncpg.Record]) -> None:
    for row in rows:
        assert (await client.get(f"/listings/{row['listing_id']}")).content == to_json(listing_of(row))
