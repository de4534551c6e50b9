"""The price history over HTTP: one entry for the first price and for each change, oldest first."""

import httpx

from tests import factories
from tests.clock import Clock


async def test_every_change_of_price_appends_one_entry(client: httpx.AsyncClient, clock: Clock) -> None:
    clock.set("2023-01-12T09:23:36Z")
    created = (await client.post("/listings", json=factories.listing(latest_price_eur=100_000))).json()
    clock.set("2023-01-17T08:17:32Z")
    await client.put(f"/listings/{created['id']}", json=factories.listing(latest_price_eur=150_000))
    clock.set("2023-01-21T18:37:14Z")
    await client.put(f"/listings/{created['id']}", json=factories.listing(latest_price_eur=125_000))

    assert (await client.get(f"/listings/{created['id']}/prices")).json() == [
        {"price_eur": 100_000, "created_date": "2023-01-12T09:23:36Z"},
        {"price_eur": 150_000, "created_date": "2023-01-17T08:17:32Z"},
        {"price_eur": 125_000, "created_date": "2023-01-21T18:37:14Z"},
    ]


async def test_an_update_that_keeps_the_price_appends_nothing(client: httpx.AsyncClient) -> None:
    created = (await client.post("/listings", json=factories.listing())).json()
    changed = await client.put(f"/listings/{created['id']}", json=factories.listing(name="Renovated"))

    assert changed.json()["name"] == "Renovated"
    assert len((await client.get(f"/listings/{created['id']}/prices")).json()) == 1


async def test_a_return_to_an_earlier_price_is_an_entry_of_its_own(client: httpx.AsyncClient) -> None:
    created = (await client.post("/listings", json=factories.listing(latest_price_eur=1))).json()
    for price in (2, 1):
        await client.put(f"/listings/{created['id']}", json=factories.listing(latest_price_eur=price))

    history = (await client.get(f"/listings/{created['id']}/prices")).json()
    assert [entry["price_eur"] for entry in history] == [1, 2, 1]
