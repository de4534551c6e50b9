"""A listing whose history has everything in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from listingapi.listings.writer import ListingWriter
from listingapi.prices.change_service import PriceChangeService
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.pools import opened
from tests.statements import seen_by

ApplyDue = Callable[[], Awaitable[None]]
TellStory = Callable[[], Awaitable[str]]


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that requests run."""
    return seen_by(monkeypatch)


@pytest.fixture
def tell_story(client: httpx.AsyncClient, clock: Clock) -> TellStory:
    """Make a listing with a whole story, from the 1st of January on one event a day; return its address.

    1: 300 000 €; 2: 28 500 €, a slip; 3: 285 000 €; 4: the slip is corrected to 285 000 €; 5: 290 000 €; 6: that is
    void; 7: withdrawn; 8: relisted at 270 000 €.
    """

    async def tell() -> str:
        clock.set("2024-01-01T12:00:00Z")
        new = factories.listing(latest_price_eur=300_000, surface_area_m2=90)
        address = f"/listings/{(await client.post('/listings', json=new)).json()['id']}"
        slip = {"price_eur": 285_000, "reason": "A zero was missing."}
        nothing = {"void": True, "reason": "=Meant for another home"}
        for method, path, body in (
            ("POST", "/prices", {"price_eur": 28_500}),
            ("POST", "/prices", {"price_eur": 285_000}),
            ("POST", "/prices/2/corrections", slip),
            ("POST", "/prices", {"price_eur": 290_000}),
            ("POST", "/prices/5/corrections", nothing),
            ("DELETE", "", None),
            ("POST", "/relist", {"latest_price_eur": 270_000}),
        ):
            clock.advance(days=1)
            response = await client.request(method, address + path, json=body)
            assert response.is_success, response.text
        return address

    return tell


@pytest.fixture
async def path(client: httpx.AsyncClient) -> str:
    """Where the prices of a listing at 100 000 € are, created at 2023-01-12T09:23:36Z."""
    location: str = (await client.post("/listings", json=factories.listing())).headers["location"]
    return f"{location}/prices"


@pytest.fixture
async def apply_due(database: TestDatabase, clock: Clock) -> AsyncIterator[ApplyDue]:
    """Apply what is due as two other processes do at once, each several times at once."""
    async with AsyncExitStack() as stack:
        services = []
        for _ in range(2):
            pool = await stack.enter_async_context(opened(database, pool_size=4))
            services.append(PriceChangeService(pool, ListingWriter(pool, clock)))

        async def apply() -> None:
            await asyncio.gather(*(service.apply_due(clock()) for service in services * 3))

        yield apply
