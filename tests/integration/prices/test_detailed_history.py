"""`view=detailed`: everything that was said of a listing's prices, by version, also what was wrong."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.integration.prices.conftest import TellStory


def at_noon(day: int) -> dict[str, str]:
    return {"created_date": f"2024-01-0{day}T12:00:00Z", "recorded_date": f"2024-01-0{day}T12:00:00Z"}


async def account_of(superuser: Any) -> int:
    return int(await superuser.fetchval("SELECT account_id FROM account"))


async def test_everything_that_was_said_is_in_it(
    client: httpx.AsyncClient, tell_story: TellStory, superuser: Any
) -> None:
    address = await tell_story()
    entries = (await client.get(f"{address}/prices?view=detailed")).json()

    by = {"account_id": await account_of(superuser)}
    price = {"kind": "price", "source": "api"} | by
    assert entries == [
        price | at_noon(1) | {"version": 1, "price_eur": 300_000, "price_per_m2_eur": 3333.33},
        price
        | at_noon(2)
        | {"version": 2, "price_eur": 28_500, "corrected_price_eur": 285_000, "corrected_by_version": 4}
        | {"change_eur": -15_000, "change_percent": -5, "price_per_m2_eur": 3166.67},
        price
        | at_noon(3)
        | {"version": 3, "price_eur": 285_000, "change_eur": 0, "change_percent": 0, "price_per_m2_eur": 3166.67},
        {"kind": "correction", "version": 4, "corrects_version": 2, "price_eur": 285_000}
        | at_noon(4)
        | by
        | {"reason": "A zero was missing."},
        price | at_noon(5) | {"version": 5, "price_eur": 290_000, "voided": True, "corrected_by_version": 6},
        {"kind": "correction", "version": 6, "corrects_version": 5, "void": True}
        | at_noon(6)
        | by
        | {"reason": "=Meant for another home"},
        {"kind": "withdrawn", "version": 7} | at_noon(7) | by,
        {"kind": "relisted", "version": 8} | at_noon(8) | by,
        price
        | at_noon(8)
        | {"version": 8, "price_eur": 270_000, "change_eur": -15_000, "change_percent": -5.26}
        | {"price_per_m2_eur": 3000},
    ]


async def test_the_plain_history_is_the_corrected_story(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    history = (await client.get(f"{await tell_story()}/prices")).json()

    assert history == [
        {"price_eur": 300_000, "created_date": "2024-01-01T12:00:00Z"},
        {"price_eur": 285_000, "created_date": "2024-01-02T12:00:00Z"},
        {"price_eur": 270_000, "created_date": "2024-01-08T12:00:00Z"},
    ]


async def test_the_last_of_several_corrections_counts(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    address = await tell_story()
    again = {"price_eur": 295_000, "reason": "The owner said so."}
    await client.post(f"{address}/prices/5/corrections", json=again)
    entries = (await client.get(f"{address}/prices?view=detailed")).json()

    [corrected] = [entry for entry in entries if entry["version"] == 5]
    assert corrected["price_eur"] == 290_000
    assert corrected["corrected_price_eur"] == 295_000
    assert corrected["corrected_by_version"] == 9
    assert corrected["change_eur"] == 10_000
    assert "voided" not in corrected
    assert [entry["corrects_version"] for entry in entries if entry["kind"] == "correction"] == [2, 5, 5]


async def test_a_change_is_against_the_last_price_that_is_not_void(
    client: httpx.AsyncClient, tell_story: TellStory
) -> None:
    address = await tell_story()
    await client.post(f"{address}/prices/3/corrections", json={"void": True, "reason": "Never said."})
    await client.post(f"{address}/prices/2/corrections", json={"void": True, "reason": "Never said."})
    entries = (await client.get(f"{address}/prices?view=detailed")).json()

    assert entries[-3]["version"] == 8
    assert entries[-3]["change_eur"] == -30_000


async def test_what_pricing_rules_had_against_a_price_is_said(client: httpx.AsyncClient, superuser: Any) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    flags = '[{"rule_id": 7, "kind": "largest-change", "action": "flag", "detail": "The price changes by 60 %."}]'
    await superuser.execute("UPDATE listing_price SET flags = $1", flags)
    [entry] = (await client.get(f"/listings/{listing_id}/prices?view=detailed")).json()

    assert entry["flags"] == [
        {"rule_id": 7, "kind": "largest-change", "action": "flag", "detail": "The price changes by 60 %."}
    ]


async def test_who_wrote_an_entry_is_the_account_of_the_listing_or_another(
    client: httpx.AsyncClient, superuser: Any
) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": 1})
    other = await superuser.fetchval("INSERT INTO account (name) VALUES ('other') RETURNING account_id")
    await superuser.execute("UPDATE listing_price SET account_id = CASE version WHEN 2 THEN $1::bigint END", other)
    entries = (await client.get(f"/listings/{listing_id}/prices?view=detailed")).json()
    owner = await superuser.fetchval("SELECT account_id FROM listing")

    assert [entry["account_id"] for entry in entries] == [owner, other]


async def test_when_an_entry_was_told_may_differ_from_when_it_came_into_force(
    client: httpx.AsyncClient, clock: Clock, superuser: Any
) -> None:
    clock.set("2024-01-01T12:00:00Z")
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    await superuser.execute(
        "INSERT INTO listing_price VALUES ($1, 2, 1, '2024-01-02Z', '2024-03-02Z', 'import')", listing_id
    )
    entry = (await client.get(f"/listings/{listing_id}/prices?view=detailed")).json()[1]

    assert (entry["created_date"], entry["recorded_date"]) == ("2024-01-02T00:00:00Z", "2024-03-02T00:00:00Z")
    assert entry["source"] == "import"


@pytest.mark.parametrize("surface", [0, 0.009])
async def test_without_a_surface_there_is_no_price_per_m2(client: httpx.AsyncClient, surface: float) -> None:
    listing_id = (await client.post("/listings", json=factories.listing(surface_area_m2=surface))).json()["id"]
    [entry] = (await client.get(f"/listings/{listing_id}/prices?view=detailed")).json()

    assert "price_per_m2_eur" not in entry
