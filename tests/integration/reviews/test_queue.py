"""Which prices are to be reviewed, and who sees that."""

from typing import Any

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.reviews.conftest import flag, reviewed
from tests.settled import settled


async def test_a_flagged_price_is_to_be_reviewed(client: httpx.AsyncClient, flagged: str) -> None:
    [review] = (await client.get("/price-reviews")).json()

    assert review == {
        "listing_id": 1, "version": 2, "account_id": 1, "price_eur": 90_000, "previous_price_eur": 100_000,
        "created_date": "2023-01-12T09:23:36Z", "state": "open",
        "flags": [
            {
                "rule_id": review["flags"][0]["rule_id"], "kind": "largest-change", "action": "flag",
                "detail": "The price changes by -10.00 %, more than 0.01 %.",
            }
        ],
    }  # fmt: skip
    assert flagged == "/price-reviews/1/2"


async def test_a_first_price_is_reviewed_too(client: httpx.AsyncClient, superuser: Any) -> None:
    await flag(client)
    await client.post("/listings", json=factories.listing(latest_price_eur="12.50"))
    await settled(superuser)

    [review] = (await client.get("/price-reviews")).json()

    assert (review["listing_id"], review["version"], review["price_eur"]) == (1, 1, 12.5)
    assert "previous_price_eur" not in review
    assert [flagged["kind"] for flagged in review["flags"]] == ["price-per-m2"]


async def test_every_way_to_a_flagged_price_leads_to_a_review(
    client: httpx.AsyncClient, clock: Clock, superuser: Any
) -> None:
    await flag(client)
    for _ in range(7):
        await client.post("/listings", json=factories.listing())
    await client.put("/listings/1", json=factories.listing(latest_price_eur=110_000))
    await client.patch("/listings/2", json={"latest_price_eur": 110_000})
    await client.post("/listings/3/prices", json={"price_eur": 110_000})
    await client.post("/prices:batch", json={"prices": [{"listing_id": 4, "price_eur": 110_000}]})
    await client.delete("/listings/5")
    await client.post("/listings/5/relist", json={"latest_price_eur": 110_000})
    later = {"price_eur": 110_000, "effective_date": "2023-02-01T00:00:00Z"}
    await client.post("/listings/6/prices", json=later)
    clock.set("2023-02-02T00:00:00Z")
    await client.patch("/listings/6", json={"name": "Another name"})
    await client.patch("/listings/7", json={"name": "Another name"})
    await settled(superuser)

    assert {listing_id for listing_id, _ in await reviewed(client)} == {1, 2, 3, 4, 5, 6}


async def test_a_price_that_no_rule_objects_to_is_not_reviewed(client: httpx.AsyncClient, superuser: Any) -> None:
    await client.post("/listings", json=factories.listing())
    await client.patch("/listings/1", json={"latest_price_eur": 1})
    await settled(superuser)

    assert await reviewed(client) == []


async def test_reviews_come_in_pages_the_oldest_price_first(
    client: httpx.AsyncClient, clock: Clock, superuser: Any
) -> None:
    await flag(client)
    for hour in range(7):
        clock.advance(hours=hour % 2)
        await client.post("/listings", json=factories.listing(latest_price_eur=1))
    await settled(superuser)

    pages, path = [], "/price-reviews?limit=3"
    while path:
        answer = await client.get(path)
        pages.append([review["listing_id"] for review in answer.json()])
        path = answer.links["next"]["url"] if "next" in answer.links else ""

    assert pages == [[1, 2, 3], [4, 5, 6], [7]]


async def test_a_cursor_is_good_for_its_own_list_only(client: httpx.AsyncClient, superuser: Any) -> None:
    await flag(client)
    for _ in range(2):
        await client.post("/listings", json=factories.listing(latest_price_eur=1))
    await settled(superuser)
    link = (await client.get("/price-reviews?limit=1")).links["next"]["url"]

    answer = await client.get(link.replace("?limit=1", "?limit=1&state=approved"))

    assert answer.status_code == 422
    assert answer.json()["message"].startswith("cursor belongs to another search")


@pytest.mark.parametrize("asked", ["state=closed", "state=", "limit=0", "limit=1001", "listing_id=1"])
async def test_what_can_not_be_asked_for_is_refused(client: httpx.AsyncClient, asked: str) -> None:
    assert (await client.get(f"/price-reviews?{asked}")).status_code == 422


async def test_an_account_sees_its_own_reviews_and_who_corrects_sees_all(
    client: httpx.AsyncClient, database: TestDatabase, superuser: Any
) -> None:
    async with Accounts.on(database) as accounts:
        one, other = [await accounts.key(await accounts.add(name)) for name in ("one", "other")]
        operator = await accounts.add("operator", "operator")
        every = await accounts.key(operator)
        writes_only = await accounts.key(operator, scopes={Scope.PRICES_WRITE})
        corrects_only = await accounts.key(operator, scopes={Scope.PRICES_CORRECT})
        reads_only = await accounts.key(operator, scopes={Scope.LISTINGS_READ})
    for headers in (one, other):
        await flag(client, **headers)
        await client.post("/listings", json=factories.listing(latest_price_eur=1), headers=headers)
    await settled(superuser)

    assert await reviewed(client, **one) == [(1, 1)]
    assert await reviewed(client, **other) == [(2, 1)]
    assert await reviewed(client, **every) == [(1, 1), (2, 1)]
    assert await reviewed(client, **corrects_only) == [(1, 1), (2, 1)]
    assert await reviewed(client, **writes_only) == []
    assert (await client.get("/price-reviews", headers=reads_only)).status_code == 403


async def test_only_its_own_account_is_told_that_a_first_price_was_flagged(
    client: httpx.AsyncClient, database: TestDatabase, superuser: Any
) -> None:
    async with Accounts.on(database) as accounts:
        one, other = [await accounts.key(await accounts.add(name)) for name in ("one", "other")]
    await flag(client, **one)
    await client.post("/listings", json=factories.listing(latest_price_eur=1), headers=one)
    await settled(superuser)

    [told_to_one], [told_to_other] = [(await client.get("/events", headers=headers)).json() for headers in (one, other)]

    assert [flagged["kind"] for flagged in told_to_one["data"]["flags"]] == ["price-per-m2"]
    assert "flags" not in told_to_other["data"]
