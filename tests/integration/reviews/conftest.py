"""What the tests of reviews share."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.settled import settled

# Any change is flagged, and so is a first price below 1 000 € a square metre.
RULES: tuple[dict[str, Any], ...] = (
    {"kind": "largest-change", "max_change_percent": 0.01},
    {"kind": "price-per-m2", "min_price_per_m2_eur": 1_000},
)


@pytest.fixture
async def flagged(client: httpx.AsyncClient, superuser: Any) -> str:
    """The address of the review of a flagged price: version 2 of listing 1, 90 000 € after 100 000 €."""
    await flag(client)
    await client.post("/listings", json=factories.listing())
    await client.patch("/listings/1", json={"latest_price_eur": 90_000})
    await settled(superuser)
    return "/price-reviews/1/2"


async def flag(client: httpx.AsyncClient, **headers: str) -> None:
    """Have prices flagged from now on."""
    for rule in RULES:
        (await client.post("/pricing-rules", json=rule, headers=headers)).raise_for_status()


async def reviewed(client: httpx.AsyncClient, state: str = "open", **headers: str) -> list[tuple[int, int]]:
    """Listing and version of the prices whose reviews are in a state, in their order."""
    answer = await client.get(f"/price-reviews?state={state}", headers=headers)
    return [(review["listing_id"], review["version"]) for review in answer.raise_for_status().json()]
