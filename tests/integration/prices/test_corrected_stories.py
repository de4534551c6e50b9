"""What a correction makes of a story, as a table; PostgreSQL tells it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from listingapi.money import Euros
from listingapi.prices import story_repository
from listingapi.prices.correction_service import story_of
from listingapi.prices.schemas import ListingPrice
from listingapi.prices.story_repository import Ends
from tests.conftest import TestDatabase
from tests.story import Correction, Entry, Said
from tests.tellings import START, telling

Told = list[tuple[int, int]]


def date_of(version: int) -> datetime:
    return START + timedelta(days=version)


def said(prices: Sequence[int], corrections: Sequence[tuple[int, int | None]] = ()) -> Said:
    """Prices with the versions from 1, and what corrections of entries came after them."""
    entries = [Entry(v, Decimal(price), date_of(v), date_of(v)) for v, price in enumerate(prices, 1)]
    return Said(
        entries,
        [
            Correction(v, corrects, None if price is None else Decimal(price), date_of(v))
            for v, (corrects, price) in enumerate(corrections, len(prices) + 1)
        ],
    )


@pytest.mark.parametrize(
    ("before", "corrects", "price", "expected"),
    [
        pytest.param(said([1]), 1, 2, [(1, 2)], id="the only entry gets another price"),
        pytest.param(said([1, 2, 3]), 1, 9, [(1, 9), (2, 2), (3, 3)], id="the first entry"),
        pytest.param(said([1, 2, 3]), 2, 9, [(1, 1), (2, 9), (3, 3)], id="an entry in the middle"),
        pytest.param(said([1, 2, 3]), 3, 9, [(1, 1), (2, 2), (3, 9)], id="the last entry"),
        pytest.param(said([1, 2, 3]), 1, None, [(2, 2), (3, 3)], id="the first is void"),
        pytest.param(said([1, 2, 3]), 2, None, [(1, 1), (3, 3)], id="one in the middle is void"),
        pytest.param(said([1, 2, 3]), 3, None, [(1, 1), (2, 2)], id="the last is void"),
        pytest.param(said([1, 2]), 2, 1, [(1, 1)], id="the last becomes what it was before it"),
        pytest.param(said([1, 2, 3]), 2, 1, [(1, 1), (3, 3)], id="one becomes what it was before it"),
        pytest.param(said([1, 2, 3]), 2, 3, [(1, 1), (2, 3)], id="the next one then changes nothing"),
        pytest.param(said([1, 2, 3]), 1, 2, [(1, 2), (3, 3)], id="the first becomes what the next says"),
        pytest.param(said([1, 2, 1]), 2, None, [(1, 1)], id="neighbours of a void entry are equal"),
        pytest.param(said([1, 2, 1, 2]), 2, 1, [(1, 1), (4, 2)], id="several that say the same are one"),
        pytest.param(said([1, 2], [(2, 3)]), 2, 4, [(1, 1), (2, 4)], id="the later correction counts"),
        pytest.param(said([1, 2], [(2, 3)]), 2, 2, [(1, 1), (2, 2)], id="a correction is taken back"),
        pytest.param(said([1, 2], [(2, None)]), 2, 2, [(1, 1), (2, 2)], id="a void entry is brought back"),
        pytest.param(said([1, 2], [(2, 3)]), 1, 5, [(1, 5), (2, 3)], id="corrections of other entries stay"),
    ],
)
async def test_corrected_story(
    database: TestDatabase, before: Said, corrects: int, price: int | None, expected: Told
) -> None:
    price_eur = None if price is None else Euros(price)
    async with telling(database, before) as (connection, listing_id):
        found = story_of(
            await story_repository.corrected(connection, listing_id, corrects, price_eur), corrects, price_eur
        )

    told = [ListingPrice(version, Euros(price), date_of(version)) for version, price in expected]
    assert found == Ends(told[-1], told[-2].price_eur if len(told) > 1 else None, told[0].price_eur)
