"""The history that the page of a listing has for the app, so that it need not ask for it."""

from typing import Any

import httpx
import pytest

from listingapi.access.scopes import Scope
from listingapi.web import histories
from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.web.test_pages import BROWSER, create, data_of

NASTY = "</script><script>alert(1)</script><!-- &amp; \u2028"
TOMORROW = "2023-01-13T09:00:00Z"


async def served(client: httpx.AsyncClient, listing_id: str, **headers: str) -> Any:
    return data_of(await client.get(f"/{listing_id}/prices", headers={**BROWSER, **headers}), "history")


async def answered(client: httpx.AsyncClient, listing_id: str) -> Any:
    """What the app would be told by the API, in the form of what is served."""
    path = f"/listings/{listing_id}"
    listing = await client.get(path)
    scheduled = await client.get(f"{path}/prices/scheduled")
    return {
        "prices": {
            "listing": listing.json(),
            "etag": listing.headers["etag"],
            "summary": (await client.get(f"{path}/prices/summary")).json(),
            "entries": (await client.get(f"{path}/prices", params={"view": "detailed"})).json(),
            "scheduled": scheduled.json() if scheduled.is_success else [],
        },
        "access": (await client.get("/access", params={"listing": listing_id})).json(),
    }


async def with_a_history(client: httpx.AsyncClient) -> str:
    """A listing with a price, one that is corrected, and one that is to come."""
    listing_id = await create(client, NASTY)
    prices = f"/listings/{listing_id}/prices"
    mistaken = (await client.post(prices, json={"price_eur": 9_000})).json()["version"]
    correction = {"price_eur": 90_000.5, "reason": NASTY}
    (await client.post(f"{prices}/{mistaken}/corrections", json=correction)).raise_for_status()
    (await client.post(prices, json={"price_eur": 80_000, "effective_date": TOMORROW})).raise_for_status()
    return listing_id


async def test_it_is_what_the_api_answers(pages: httpx.AsyncClient) -> None:
    listing_id = await with_a_history(pages)
    found = await served(pages, listing_id)

    assert found == await answered(pages, listing_id)
    assert [entry["kind"] for entry in found["prices"]["entries"]] == ["price", "price", "correction"]
    assert [price["price_eur"] for price in found["prices"]["scheduled"]] == [80_000]
    assert found["access"]["own_listings"] == [int(listing_id)]


async def test_texts_in_it_end_no_script(pages: httpx.AsyncClient) -> None:
    listing_id = await with_a_history(pages)
    page = await pages.get(f"/{listing_id}/prices", headers=BROWSER)
    _, _, rest = page.text.partition('id="history">')
    data, end, _ = rest.partition("</script>")

    assert end
    assert not set("<>&\u2028") & set(data)
    assert data_of(page, "history")["prices"]["entries"][2]["reason"] == NASTY


@pytest.mark.usefixtures("small_app")
async def test_visitors_are_not_told_what_is_to_come(database: TestDatabase, clock: Clock) -> None:
    async with client_of(database.settings(), clock) as client:
        listing_id = await with_a_history(client)
    visitors = database.settings(anonymous_scopes=frozenset({Scope.LISTINGS_READ}))
    async with client_of(visitors, clock) as client:
        found = await served(client, listing_id)
        told = await answered(client, listing_id)

    assert found == told
    assert found["prices"]["scheduled"] == []
    assert found["access"]["scopes"] == ["listings:read"]


async def test_it_is_for_anybody_alone(pages: httpx.AsyncClient, database: TestDatabase) -> None:
    listing_id = await create(pages)
    async with Accounts.on(database) as accounts:
        key = await accounts.key(await accounts.add("Agency"))

    assert await served(pages, listing_id, **key) is None
    assert await served(pages, listing_id) is not None


@pytest.mark.usefixtures("small_app")
async def test_who_may_not_read_has_none(database: TestDatabase, clock: Clock) -> None:
    async with client_of(database.settings(), clock) as client:
        listing_id = await create(client)
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as client:
        assert await served(client, listing_id) is None


async def test_a_listing_that_is_withdrawn_or_was_never_there_has_none(pages: httpx.AsyncClient) -> None:
    listing_id = await create(pages)
    await pages.delete(f"/listings/{listing_id}")

    assert await served(pages, listing_id) is None
    assert await served(pages, "7000") is None


async def test_one_of_too_many_entries_is_left_to_the_app(
    pages: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "MOST_ENTRIES", 2)
    listing_id = await create(pages)
    seen = [await served(pages, listing_id)]
    for price in (90_000, 80_000):
        await pages.post(f"/listings/{listing_id}/prices", json={"price_eur": price})
        seen.append(await served(pages, listing_id))

    assert [found is None for found in seen] == [False, False, True]


async def test_one_of_too_many_bytes_is_left_to_the_app(pages: httpx.AsyncClient) -> None:
    small, large = "é" * (histories.MOST_BYTES // 2 - 4096), "é" * (histories.MOST_BYTES // 2)
    ids = [
        (await pages.post("/listings", json=factories.listing(description=text))).json()["id"]
        for text in (small, large)
    ]

    assert [await served(pages, listing_id) is None for listing_id in ids] == [False, True]


async def test_a_page_changes_with_its_history(pages: httpx.AsyncClient) -> None:
    listing_id = await create(pages)
    before = await pages.get(f"/{listing_id}/prices", headers=BROWSER)
    await pages.post(f"/listings/{listing_id}/prices", json={"price_eur": 90_000})
    known = {**BROWSER, "If-None-Match": before.headers["etag"]}
    after = await pages.get(f"/{listing_id}/prices", headers=known)

    assert after.status_code == 200
    assert data_of(after, "history")["prices"]["summary"]["current_price_eur"] == 90_000
