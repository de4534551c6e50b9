"""`GET /listings/{id}/prices/summary`: what a history comes to."""

from typing import Any

import httpx

from tests import factories
from tests.clock import Clock
from tests.integration.prices.conftest import TellStory


async def test_a_summary_is_of_the_corrected_story(
    client: httpx.AsyncClient, tell_story: TellStory, clock: Clock
) -> None:
    address = await tell_story()
    clock.set("2024-01-20T11:59:00Z")

    # Six days until it was withdrawn, then eleven days and almost a twelfth one.
    assert (await client.get(f"{address}/prices/summary")).json() == {
        "current_price_eur": 270_000,
        "previous_price_eur": 285_000,
        "original_price_eur": 300_000,
        "price_changed_date": "2024-01-08T12:00:00Z",
        "change_since_original_eur": -30_000,
        "change_since_original_percent": -10,
        "change_since_previous_eur": -15_000,
        "change_since_previous_percent": -5.26,
        "lowest_price_eur": 270_000,
        "highest_price_eur": 300_000,
        "cuts_count": 2,
        "rises_count": 0,
        "price_per_m2_eur": 3_000,
        "days_on_market": 17,
    }


async def test_cuts_and_rises_are_counted_also_on_the_way_back(client: httpx.AsyncClient) -> None:
    address = f"/listings/{(await client.post('/listings', json=factories.listing(latest_price_eur=3))).json()['id']}"
    for price in (2, 3, 4, 1, 3):
        await client.patch(address, json={"latest_price_eur": price})
    summary = (await client.get(f"{address}/prices/summary")).json()

    assert (summary["cuts_count"], summary["rises_count"]) == (2, 3)
    assert (summary["lowest_price_eur"], summary["highest_price_eur"]) == (1, 4)
    assert (summary["change_since_original_eur"], summary["change_since_previous_eur"]) == (0, 2)
    assert summary["change_since_previous_percent"] == 200


async def test_a_new_listing_has_no_previous_price(client: httpx.AsyncClient) -> None:
    listing_id = (await client.post("/listings", json=factories.listing(latest_price_eur=0))).json()["id"]
    summary = (await client.get(f"/listings/{listing_id}/prices/summary")).json()

    assert not [name for name in summary if "previous" in name or "percent" in name]
    assert summary["lowest_price_eur"] == summary["highest_price_eur"] == 0


async def test_a_summary_takes_no_parameters(client: httpx.AsyncClient) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    refused: Any = await client.get(f"/listings/{listing_id}/prices/summary?view=detailed")

    assert refused.status_code == 422
    assert "view" in refused.json()["message"]
