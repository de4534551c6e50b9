"""A real server for those who write: an operator with a key, an identity provider, and a market with six homes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from playwright.async_api import Page

from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import bearer
from tests.browser.site import Window
from tests.conftest import TestDatabase
from tests.provider import Provider, signing_in
from tests.servers import serving
from tests.signing import rs256_key

HOMES = 6


@dataclass(frozen=True)
class Office:
    """Where it is, and the key of its operator."""

    url: str
    key: str
    provider: Provider

    def client(self) -> httpx.Client:
        """Who may do everything."""
        return httpx.Client(base_url=self.url, headers=bearer(self.key))

    def flag(self, price: int) -> int:
        """List a home whose price a rule flags; returns its id."""
        with self.client() as client:
            listing_id: int = client.post("/listings", json=factories.listing()).json()["id"]
            client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price}).raise_for_status()
        return listing_id


async def signed_in(window: Window, office: Office, path: str) -> Page:
    """Go to a page as the operator."""
    await window.sign_in(office.key, office.provider.account_id)
    return await window.go(path)


@contextmanager
def working(database: TestDatabase) -> Iterator[Office]:
    """Run it until the end of the block. Without a key anybody may read, and hand out keys."""
    with signing_in(rs256_key()) as provider:
        settings = database.settings(
            anonymous_scopes=frozenset({Scope.LISTINGS_READ, Scope.ACCOUNTS_ADMIN}),
            webhook_networks=frozenset({"127.0.0.0/8"}),
            **provider.settings,
        )
        with serving(environment=settings.as_environment()) as server, httpx.Client(base_url=server.url) as client:
            provider.account_id = client.post("/accounts", json={"name": "Office", "kind": "operator"}).json()["id"]
            provider.scope = " ".join(Scope)
            key = client.post(f"/accounts/{provider.account_id}/keys", json={"name": "of the tests"}).json()["key"]
            office = Office(server.url, key, provider)
            _fill(office)
            yield office


def _fill(office: Office) -> None:
    where = factories.address(city="Biel/Bienne", country="CH")
    with office.client() as client:
        client.post("/pricing-rules", json={"kind": "largest-change", "max_change_percent": 50}).raise_for_status()
        for number in range(HOMES):
            body = factories.listing(name=f"Home {number}", latest_price_eur=100_000 + 10_000 * number)
            client.post("/listings", json={**body, "postal_address": where}).raise_for_status()
